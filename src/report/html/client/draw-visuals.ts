import type { EmbeddedFill, EmbeddedMark, EmbeddedVisual } from "../wire/visuals.ts";
import { colourAt } from "./colours.ts";
import { drawGlyph } from "./glyphs.ts";
import type { Sight } from "./layer.ts";
import type { Report } from "./report.ts";
import type { Theme } from "./theme.ts";

/** Backgrounds, fills and marks: what a script shows that is no line. Only what is in view is drawn. */

/** The colour of a fill that names none: Pine's blue, nearly transparent. */
const defaultFill = "#2962ff1a";
/** Px between a bar and its mark. */
const gap = 8;

/** Everything under the lines of one pane. */
export function drawBelow(sight: Sight, report: Report, overlay: boolean): void {
  for (const visual of report.head.visuals) {
    if (visual.overlay !== overlay) continue;
    if (visual.kind === "background") drawBackground(sight, report, visual);
    if (visual.kind === "fill") drawFill(sight, report, visual);
  }
}

/** The marks of one pane. @param shown whether a visual, by position, is */
export function drawMarks(
  sight: Sight,
  report: Report,
  overlay: boolean,
  theme: Theme,
  shown: (position: number) => boolean,
): void {
  for (const [position, visual] of report.head.visuals.entries())
    if (visual.kind === "mark" && visual.overlay === overlay && shown(position))
      drawMark(sight, report, visual, theme.plots[position % theme.plots.length] ?? theme.accent);
}

function drawBackground(sight: Sight, report: Report, { colour }: EmbeddedVisual): void {
  const { context, height, spacing } = sight;
  eachStretch(
    sight,
    report,
    (bar) => colourAt(report, colour, bar) ?? null,
    (from, to, shade) => {
      context.fillStyle = shade;
      context.fillRect(sight.x(from) - spacing / 2, 0, (to - from + 1) * spacing, height);
    },
  );
}

function drawFill(sight: Sight, report: Report, visual: EmbeddedFill): void {
  const [a, b] = visual.between.map((position) => valueOf(report, position)) as [ValueAt, ValueAt];
  const { context } = sight;
  const shadeAt = (bar: number): string | null => {
    const missing = a(bar) !== a(bar) || b(bar) !== b(bar);
    if (missing) return null;
    const colour = colourAt(report, visual.colour, bar);
    return colour === undefined ? defaultFill : colour;
  };
  eachStretch(sight, report, shadeAt, (from, to, shade) => {
    // A stretch reaches to the bar before it, as the lines that bound it do.
    const start = from > 0 && a(from - 1) === a(from - 1) && b(from - 1) === b(from - 1) ? from - 1 : from;
    context.beginPath();
    for (let bar = start; bar <= to; bar++) context.lineTo(sight.x(bar), sight.y(a(bar)));
    for (let bar = to; bar >= start; bar--) context.lineTo(sight.x(bar), sight.y(b(bar)));
    context.closePath();
    context.fillStyle = shade;
    context.fill();
  });
}

type ValueAt = (bar: number) => number;

function valueOf(report: Report, position: number): ValueAt {
  const visual = report.head.visuals[position];
  if (visual?.kind === "level") return () => visual.value;
  const values = visual?.kind === "line" ? report.columns[visual.column] : undefined;
  return (bar) => values?.[bar] ?? Number.NaN;
}

/** Neighbouring bars of one colour in view, together. */
function eachStretch(
  { from, to }: Sight,
  { head }: Report,
  colourOf: (bar: number) => string | null,
  draw: (from: number, to: number, colour: string) => void,
): void {
  const last = Math.min(to, head.bars - 1);
  let start = Math.max(from, 0);
  let current = start <= last ? colourOf(start) : null;
  for (let bar = start + 1; bar <= last + 1; bar++) {
    const colour = bar <= last ? colourOf(bar) : null;
    if (colour === current && bar <= last) continue;
    if (current !== null) draw(start, bar - 1, current);
    start = bar;
    current = colour;
  }
}

function drawMark(sight: Sight, report: Report, visual: EmbeddedMark, fallback: string): void {
  const { high, low } = report.bars;
  const values = report.columns[visual.column];
  const { context } = sight;
  const last = Math.min(sight.to, report.head.bars - 1);
  for (let bar = Math.max(sight.from, 0); bar <= last; bar++) {
    const value = values?.[bar] ?? Number.NaN;
    if (value !== value || value === 0) continue;
    const colour = colourAt(report, visual.colour, bar);
    if (colour === null) continue;
    const arrow = visual.glyph === "arrow";
    const below = arrow ? value > 0 : visual.place === "belowbar" || visual.place === "bottom";
    const y =
      visual.place === "absolute"
        ? sight.y(value)
        : visual.place === "top"
          ? gap * 1.5
          : visual.place === "bottom"
            ? sight.height - gap * 1.5
            : below
              ? sight.y(low[bar] ?? 0) + gap
              : sight.y(high[bar] ?? 0) - gap;
    context.fillStyle = context.strokeStyle = colour ?? fallback;
    drawGlyph(context, arrow ? (below ? "arrowup" : "arrowdown") : visual.glyph, sight.x(bar), y);
    if (visual.text === "" || sight.spacing < 4) continue;
    context.font = "10px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = below ? "top" : "bottom";
    context.fillStyle = colourAt(report, visual.textColour, bar) ?? colour ?? fallback;
    for (const [line, text] of visual.text.split("\n").entries())
      context.fillText(text, sight.x(bar), y + (below ? 7 + line * 12 : -7 - line * 12));
  }
}
