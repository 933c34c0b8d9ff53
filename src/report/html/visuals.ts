import type { RunResult } from "../../runtime/run.ts";
import { type ColorChannel, colorText, type Visual } from "../../runtime/visuals.ts";
import type { Dash, LineStyle, MarkPlace } from "./wire/visuals.ts";

/** What a script shows: its plots with styles and colours, by bar of the report. */

/** One colour for all bars, `null` for none; or colours by bar as `0xRRGGBBAA`, `NaN` for none. */
export type ReportColour = string | null | Float64Array;

interface Shown {
  readonly title: string;
  readonly overlay: boolean;
  /** Absent: the page's own. */
  readonly colour?: ReportColour | undefined;
}

export type ReportVisual = Shown &
  (
    | {
        readonly kind: "line";
        readonly values: Float64Array;
        readonly style: LineStyle;
        readonly width: number;
      }
    | {
        readonly kind: "mark";
        readonly values: Float64Array;
        readonly place: MarkPlace;
        readonly glyph: string;
        readonly text: string;
        readonly textColour?: ReportColour | undefined;
      }
    | {
        readonly kind: "candles";
        readonly columns: readonly [Float64Array, Float64Array, Float64Array, Float64Array];
      }
    | { readonly kind: "level"; readonly value: number; readonly width: number; readonly dash: Dash }
    | { readonly kind: "background" }
    | { readonly kind: "barColour" }
    | { readonly kind: "fill"; readonly between: readonly [number, number] }
  );

/** Pine's plot styles; one that is not here is a line. */
const lineStyles: Readonly<Record<string, LineStyle>> = {
  stepline: "step",
  stepline_diamond: "step",
  steplinebr: "step",
  histogram: "histogram",
  columns: "histogram",
  area: "area",
  areabr: "area",
  circles: "circles",
  cross: "circles",
};
const places: Readonly<Record<string, MarkPlace>> = {
  belowbar: "belowbar",
  top: "top",
  bottom: "bottom",
  absolute: "absolute",
};
/** The bit of `display` that is the chart. */
const onChart = 1;

/**
 * The visuals of a run that are meant for the chart, in the order in which the script names them; plots without any
 * style are lines, yes-and-no plots marks below the bars.
 *
 * @param first the first executed bar
 */
export function reportVisuals(result: RunResult, first: number): ReportVisual[] {
  const scriptOverlay = result.declaration.settings["overlay"] === true;
  const columns = new Map(result.plots.map((plot) => [plot.title, plot]));
  const cut = (values: Float64Array): Float64Array => values.subarray(first, result.bars);
  const styled = new Set(result.visuals.flatMap((visual) => visual.columns));
  const plain = result.plots
    .filter((plot) => !styled.has(plot.title))
    .map((plot): ReportVisual => {
      const shown = { title: plot.title, overlay: scriptOverlay, values: cut(plot.values) };
      return plot.boolean
        ? { ...shown, kind: "mark", place: "belowbar", glyph: "circle", text: "" }
        : { ...shown, kind: "line", style: "line", width: 2 };
    });

  const positions = new Map<string, number>();
  const visuals: ReportVisual[] = [];
  for (const visual of result.visuals) {
    const values = (name: string | undefined): Float64Array =>
      shifted(cut(columns.get(name ?? "")?.values ?? new Float64Array(0)), offsetOf(visual));
    const colour = (channel: ColorChannel | undefined): ReportColour | undefined => {
      if (channel === undefined) return undefined;
      if (channel.byBar !== undefined) return shifted(cut(channel.byBar), offsetOf(visual));
      const css = colorText(channel.first ?? Number.NaN)?.toLowerCase() ?? null;
      // na that the script names hides; a colour it says nothing about is the page's to choose.
      return css === null && !channel.isConstant ? undefined : css;
    };
    const overlay = scriptOverlay || visual.style["force_overlay"] === true;
    const shown = { title: visual.title || visual.id, overlay, colour: colour(visual.colors[0]) };
    const made = ofVisual(visual, shown, values, colour, positions);
    if (made === undefined) continue;
    positions.set(visual.id, visuals.length);
    visuals.push(made);
  }
  return [...visuals, ...plain];
}

function ofVisual(
  visual: Visual,
  shown: Shown,
  values: (name: string | undefined) => Float64Array,
  colour: (channel: ColorChannel | undefined) => ReportColour | undefined,
  positions: ReadonlyMap<string, number>,
): ReportVisual | undefined {
  const { style, columns, between } = visual;
  // What a fill lies between counts even where it is not shown itself.
  const hidden = (visual.display & onChart) === 0;
  const unseen = hidden ? { ...shown, colour: null } : shown;
  switch (visual.kind) {
    case "plot":
      return {
        ...unseen,
        kind: "line",
        values: values(columns[0]),
        style: lineStyles[String(style["style"] ?? "line")] ?? "line",
        width: Number(style["linewidth"] ?? 1),
      };
    case "hline":
      return {
        ...unseen,
        kind: "level",
        value: Number(style["price"] ?? Number.NaN),
        width: Number(style["linewidth"] ?? 1),
        dash: dashOf(style["linestyle"] ?? "dashed"),
      };
    case "shape":
    case "char":
    case "arrow": {
      if (hidden) return undefined;
      const glyph =
        visual.kind === "shape"
          ? (style["style"] ?? "xcross")
          : visual.kind === "char"
            ? (style["char"] ?? "◆")
            : "arrow";
      return {
        ...shown,
        kind: "mark",
        values: values(columns[0]),
        place: places[String(style["location"] ?? "")] ?? "abovebar",
        glyph: String(glyph),
        text: String(style["text"] ?? ""),
        textColour: colour(visual.colors[1]),
      };
    }
    case "candle":
    case "bar": {
      const [open, high, low, close] = columns;
      if (hidden) return undefined;
      return { ...shown, kind: "candles", columns: [values(open), values(high), values(low), values(close)] };
    }
    case "bgcolor":
      return hidden ? undefined : { ...shown, kind: "background" };
    case "barcolor":
      return hidden ? undefined : { ...shown, kind: "barColour" };
    case "fill": {
      const ends = between?.map((id) => positions.get(id));
      if (hidden || ends?.[0] === undefined || ends[1] === undefined) return undefined;
      return { ...shown, kind: "fill", between: [ends[0], ends[1]] };
    }
  }
}

/** Pine's line styles as dashes. */
export function dashOf(style: unknown): Dash {
  const name = String(style);
  return name.includes("dash") ? "dashed" : name.includes("dot") ? "dotted" : "solid";
}

function offsetOf(visual: Visual): number {
  return Math.trunc(Number(visual.style["offset"] ?? 0));
}

/** Values moved to the right; what leaves the chart is not drawn. */
function shifted(values: Float64Array, offset: number): Float64Array {
  if (offset === 0) return values;
  const moved = new Float64Array(values.length).fill(Number.NaN);
  for (let bar = 0; bar < values.length; bar++) {
    const from = bar - offset;
    if (from >= 0 && from < values.length) moved[bar] = values[from] ?? Number.NaN;
  }
  return moved;
}
