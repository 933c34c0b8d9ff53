/** What a script shows, on its way into a page. Indices of columns count those of the embedded data. */

/** The shapes that a line of values may take. */
export type LineStyle = "line" | "step" | "histogram" | "area" | "circles";

/**
 * A CSS colour, `null` for none; by bar, an index into `palette`, where no value is no colour. Absent: the page's own, by
 * position.
 */
export type EmbeddedColour = string | null | { readonly column: number; readonly palette: readonly string[] };

/** Where a mark stands: at the bar, at an edge of the pane, or at its value. */
export const markPlaces = ["abovebar", "belowbar", "top", "bottom", "absolute"] as const;
export type MarkPlace = (typeof markPlaces)[number];

interface Shown {
  readonly title: string;
  /** On the pane of the prices rather than the script's own. */
  readonly overlay: boolean;
  readonly colour?: EmbeddedColour;
}

export interface EmbeddedLine extends Shown {
  readonly kind: "line";
  readonly column: number;
  readonly style: LineStyle;
  /** px */
  readonly width: number;
}

/** A sign on every bar whose value is neither 0 nor missing. */
export interface EmbeddedMark extends Shown {
  readonly kind: "mark";
  readonly column: number;
  readonly place: MarkPlace;
  /** One character, or a name of Pine's `shape.*`; `arrow` points by the sign of the value. */
  readonly glyph: string;
  readonly text: string;
  readonly textColour?: EmbeddedColour;
}

export interface EmbeddedCandles extends Shown {
  readonly kind: "candles";
  /** Open, high, low, close. */
  readonly columns: readonly [number, number, number, number];
}

export interface EmbeddedLevel extends Shown {
  readonly kind: "level";
  readonly value: number;
  readonly width: number;
  readonly dash: Dash;
}

export interface EmbeddedBackground extends Shown {
  readonly kind: "background";
}

export interface EmbeddedBarColour extends Shown {
  readonly kind: "barColour";
}

/** The area between two lines or levels. */
export interface EmbeddedFill extends Shown {
  readonly kind: "fill";
  /** Positions among the visuals. */
  readonly between: readonly [number, number];
}

export type EmbeddedVisual =
  | EmbeddedLine
  | EmbeddedMark
  | EmbeddedCandles
  | EmbeddedLevel
  | EmbeddedBackground
  | EmbeddedBarColour
  | EmbeddedFill;

export type Dash = "solid" | "dashed" | "dotted";
/** A bar, which may lie between two or beyond the last, and a price. */
export type Place = readonly [bar: number, price: number];

interface Drawn {
  readonly overlay: boolean;
}

/** A line, a polyline, or what is filled between lines: a path. */
export interface EmbeddedPath extends Drawn {
  readonly kind: "path";
  readonly points: readonly Place[];
  readonly closed: boolean;
  /** A line of two points that goes on. */
  readonly extend: "none" | "left" | "right" | "both";
  readonly stroke: string | null;
  readonly fill: string | null;
  readonly width: number;
  readonly dash: Dash;
}

export interface EmbeddedBox extends Drawn {
  readonly kind: "box";
  readonly from: Place;
  readonly to: Place;
  readonly extend: "none" | "left" | "right" | "both";
  readonly stroke: string | null;
  readonly fill: string | null;
  readonly width: number;
  readonly dash: Dash;
  readonly text: string;
  readonly textColour: string | null;
}

export interface EmbeddedLabel extends Drawn {
  readonly kind: "label";
  readonly at: Place;
  /** At the price of `at`, or at the bar. */
  readonly place: "price" | "abovebar" | "belowbar";
  /** Pine's `label.style_*` without its beginning. */
  readonly style: string;
  readonly text: string;
  readonly fill: string | null;
  readonly textColour: string | null;
}

export type EmbeddedDrawing = EmbeddedPath | EmbeddedBox | EmbeddedLabel;
