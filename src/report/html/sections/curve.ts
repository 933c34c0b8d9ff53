import type { EquityCurve } from "../equity.ts";
import { html, type SafeHtml, trusted } from "../safe-html.ts";
import { amount, percent } from "../wire/format.ts";

/** Equity and drawdown drawn as one picture: needs no script, prints sharply, follows the page's colours. */

/** Units of the drawing; it is stretched to the width it is given. */
const width = 1000;
const equityHeight = 190;
const gap = 14;
const drawdownHeight = 80;
const height = equityHeight + gap + drawdownHeight;

/** The two curves over all bars, the equity above. */
export function curveSvg(curve: EquityCurve, initialCapital: number, label: string): SafeHtml {
  const { bars, equity, drawdown, length } = curve;
  const x = (bar: number): string => fixed(length < 2 ? 0 : (bar / (length - 1)) * width);
  const span = curve.highest - curve.lowest;
  // An equity that never moved is a line in the middle.
  const y = (value: number): string =>
    fixed(4 + (span > 0 ? (curve.highest - value) / span : 0.5) * (equityHeight - 8));
  const top = equityHeight + gap;
  const depth = curve.deepest || -1;
  const below = (value: number): string => fixed(top + (value / depth) * (drawdownHeight - 2));
  const line = bars.map((bar, index) => `${x(bar)},${y(equity[index] ?? 0)}`).join(" ");
  const under = bars.map((bar, index) => `${x(bar)},${below(drawdown[index] ?? 0)}`).join(" ");
  const base = y(initialCapital);
  const [start, end] = [x(bars[0] ?? 0), x(bars.at(-1) ?? 0)];
  return html`<svg
    class="curve"
    viewBox="0 0 ${width} ${height}"
    preserveAspectRatio="none"
    role="img"
    aria-label="${label}"
  >
    <polygon class="equity-area" points="${start},${base} ${trusted(line)} ${end},${base}" />
    <line class="equity-base" x1="0" x2="${width}" y1="${base}" y2="${base}" />
    <polyline class="equity-line" points="${trusted(line)}" />
    <polygon class="drawdown-area" points="${start},${top} ${trusted(under)} ${end},${top}" />
    <polyline class="drawdown-line" points="${trusted(under)}" />
    <line class="equity-base" x1="0" x2="${width}" y1="${top}" y2="${top}" />
  </svg>`;
}

/** The extremes, written over the picture: text in it would be stretched with it. */
export function curveLabels(curve: EquityCurve): SafeHtml {
  if (curve.highest === curve.lowest) return html``;
  return html`<span class="curve-label highest" aria-hidden="true">${amount(curve.highest)}</span
    ><span class="curve-label lowest" aria-hidden="true">${amount(curve.lowest)}</span
    ><span class="curve-label deepest" aria-hidden="true">${percent(curve.deepest)}</span>`;
}

/** What the picture says, in words. */
export function curveWords(curve: EquityCurve, initialCapital: number, currency: string): string {
  const end = curve.equity.at(-1) ?? initialCapital;
  return (
    `Equity went from ${amount(initialCapital)} to ${amount(end)} ${currency}, between ${amount(curve.lowest)} and ` +
    `${amount(curve.highest)}. The deepest drawdown on closing prices was ${percent(curve.deepest)}; the longest ` +
    `stretch below a peak took ${amount(curve.longestUnderwater, 0)} bars.`
  );
}

function fixed(value: number): string {
  return String(Math.round(value * 100) / 100);
}
