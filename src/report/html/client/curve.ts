import { amount, percent } from "../wire/format.ts";
import type { PriceChart } from "./chart.ts";
import type { Report } from "./report.ts";

/**
 * The equity curve as an overview of the run: shows which part the chart below is on, reads out what is under the
 * pointer, and a click takes the chart there.
 */
export function liveCurve(report: Report, chart: PriceChart): void {
  const { curve } = report.head;
  const box = document.getElementById("curve");
  const readout = document.getElementById("curve-readout");
  if (curve === undefined || box === null || readout === null) return;
  const bars = report.head.bars;
  const view = document.createElement("div");
  view.className = "curve-view";
  const line = document.createElement("div");
  line.className = "curve-pointer";
  line.hidden = true;
  box.append(view, line);
  const share = (bar: number): number => Math.min(Math.max(bar / Math.max(bars - 1, 1), 0), 1) * 100;
  chart.onRange = (from, to) => {
    view.style.left = `${share(from)}%`;
    view.style.width = `${Math.max(share(to) - share(from), 0.2)}%`;
  };
  const { from, to } = chart.range;
  chart.onRange(from, to);

  const pointed = (event: PointerEvent): number => {
    const { left, width } = box.getBoundingClientRect();
    return Math.min(Math.max((event.clientX - left) / Math.max(width, 1), 0), 1) * (bars - 1);
  };
  box.addEventListener("pointermove", (event) => {
    const at = nearest(curve.bars, pointed(event));
    const bar = curve.bars[at] ?? 0;
    line.hidden = false;
    line.style.left = `${share(bar)}%`;
    readout.textContent = `${chart.scale.label(bar)}: ${amount(curve.equity[at] ?? 0)} ${report.head.currency}, drawdown ${percent(curve.drawdown[at] ?? 0)}`;
  });
  box.addEventListener("pointerleave", () => {
    line.hidden = true;
    readout.textContent = "";
  });
  box.addEventListener("click", (event) => chart.center(pointed(event)));
}

function nearest(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  const before = low - 1;
  return before >= 0 && value - (sorted[before] ?? 0) < (sorted[low] ?? 0) - value ? before : low;
}
