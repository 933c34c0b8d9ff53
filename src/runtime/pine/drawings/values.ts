import type { ChartPoint } from "./point.ts";
import type { Drawing } from "./registry.ts";

/** What each kind of drawing is made of, by Pine's names, and the values of a new one. Colours are `0xRRGGBBAA`. */

type Text = string | null;
const na = Number.NaN;
const blue = 0x2962ffff;
const white = 0xffffffff;
const black = 0x363a45ff;

export interface LineValues {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
  xloc: Text;
  extend: Text;
  color: number;
  style: Text;
  width: number;
  force_overlay: boolean;
}

export const newLine: Readonly<LineValues> = {
  x1: na,
  y1: na,
  x2: na,
  y2: na,
  xloc: "bar_index",
  extend: "none",
  color: blue,
  style: "solid",
  width: 1,
  force_overlay: false,
};

export interface LabelValues {
  x: number;
  y: number;
  text: Text;
  xloc: Text;
  yloc: Text;
  color: number;
  style: Text;
  textcolor: number;
  size: string | number | null;
  textalign: Text;
  tooltip: Text;
  text_font_family: Text;
  text_formatting: Text;
  force_overlay: boolean;
}

export const newLabel: Readonly<LabelValues> = {
  x: na,
  y: na,
  text: "",
  xloc: "bar_index",
  yloc: "price",
  color: blue,
  style: "label_down",
  textcolor: white,
  size: "normal",
  textalign: "center",
  tooltip: null,
  text_font_family: "default",
  text_formatting: "none",
  force_overlay: false,
};

export interface BoxValues {
  left: number;
  top: number;
  right: number;
  bottom: number;
  border_color: number;
  border_width: number;
  border_style: Text;
  extend: Text;
  xloc: Text;
  bgcolor: number;
  text: Text;
  text_size: string | number | null;
  text_color: number;
  text_halign: Text;
  text_valign: Text;
  text_wrap: Text;
  text_font_family: Text;
  text_formatting: Text;
  force_overlay: boolean;
}

export const newBox: Readonly<BoxValues> = {
  left: na,
  top: na,
  right: na,
  bottom: na,
  border_color: blue,
  border_width: 1,
  border_style: "solid",
  extend: "none",
  xloc: "bar_index",
  bgcolor: blue,
  text: "",
  text_size: "auto",
  text_color: black,
  text_halign: "center",
  text_valign: "center",
  text_wrap: "none",
  text_font_family: "default",
  text_formatting: "none",
  force_overlay: false,
};

export interface LinefillValues {
  readonly line1: Drawing<LineValues>;
  readonly line2: Drawing<LineValues>;
  color: number;
}

export interface PolylineValues {
  /** As they were when the polyline was made. */
  readonly points: readonly ChartPoint[];
  readonly curved: boolean;
  readonly closed: boolean;
  readonly xloc: Text;
  readonly line_color: number;
  readonly fill_color: number;
  readonly line_style: Text;
  readonly line_width: number;
  readonly force_overlay: boolean;
}

export const newPolyline: Readonly<PolylineValues> = {
  points: [],
  curved: false,
  closed: false,
  xloc: "bar_index",
  line_color: blue,
  fill_color: na,
  line_style: "solid",
  line_width: 1,
  force_overlay: false,
};

/** A cell of a table. */
export interface CellValues {
  text: Text;
  width: number;
  height: number;
  text_color: number;
  text_halign: Text;
  text_valign: Text;
  text_size: string | number | null;
  bgcolor: number;
  tooltip: Text;
  text_font_family: Text;
  text_formatting: Text;
}

export const newCell: Readonly<CellValues> = {
  text: "",
  width: 0,
  height: 0,
  text_color: black,
  text_halign: "center",
  text_valign: "center",
  text_size: "normal",
  bgcolor: na,
  tooltip: null,
  text_font_family: "default",
  text_formatting: "none",
};

/** First column, first row, last column, last row. */
export type Merged = readonly [column1: number, row1: number, column2: number, row2: number];

export interface TableValues {
  position: Text;
  readonly columns: number;
  readonly rows: number;
  bgcolor: number;
  frame_color: number;
  frame_width: number;
  border_color: number;
  border_width: number;
  readonly force_overlay: boolean;
  /** By `row * columns + column`. A cell is replaced, never changed. */
  readonly cells: Map<number, Readonly<CellValues>>;
  merged: readonly Merged[];
}

export const newTable: Readonly<Omit<TableValues, "cells">> = {
  position: "top_right",
  columns: 1,
  rows: 1,
  bgcolor: na,
  frame_color: na,
  frame_width: 0,
  border_color: na,
  border_width: 0,
  force_overlay: false,
  merged: [],
};
