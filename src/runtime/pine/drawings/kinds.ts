import type { Elements } from "../../lib/collections/elements.ts";
import type { ChartPoint } from "./point.ts";
import type { Drawing, DrawingLog } from "./registry.ts";
import { DrawingSpace, filled, type Id } from "./space.ts";
import {
  type BoxValues,
  type LabelValues,
  type LinefillValues,
  type LineValues,
  newBox,
  newLabel,
  newLine,
  newPolyline,
  type PolylineValues,
} from "./values.ts";

/** What a constructor was given, by Pine's names. */
type Given = Readonly<Record<string, unknown>>;
type Point = ChartPoint | null;

const isTime = (xloc: unknown): boolean => xloc === "bar_time";

/** The x of a point on one of the two axes; na of na. */
function xOf(point: Point, xloc: unknown): number {
  if (point === null) return Number.NaN;
  return Math.trunc(isTime(xloc) ? point.time : point.index);
}

function yOf(point: Point): number {
  return point === null ? Number.NaN : point.price;
}

/** `line.*`. */
export class Lines extends DrawingSpace<LineValues> {
  constructor(log: DrawingLog, limit: number, afterRemoval: (line: Drawing<LineValues>) => void) {
    super("line", log, limit, afterRemoval);
  }

  new(given: Given): Drawing<LineValues> {
    const values = filled(newLine, given);
    values.x1 = Math.trunc(values.x1);
    values.x2 = Math.trunc(values.x2);
    return this.make(values);
  }

  from_points(given: Given & { readonly first_point: Point; readonly second_point: Point }): Id<LineValues> {
    const { first_point: first, second_point: second, xloc } = given;
    const values = filled(newLine, given);
    values.x1 = xOf(first, xloc);
    values.y1 = yOf(first);
    values.x2 = xOf(second, xloc);
    values.y2 = yOf(second);
    return this.make(values);
  }

  set_first_point(id: Id<LineValues>, point: Point): void {
    this.put(id, { x1: xOf(point, id?.values.xloc), y1: yOf(point) });
  }

  set_second_point(id: Id<LineValues>, point: Point): void {
    this.put(id, { x2: xOf(point, id?.values.xloc), y2: yOf(point) });
  }

  /** Where the line, made endless, is at a bar. A line over times has no price at a bar. */
  get_price(id: Id<LineValues>, x: number): number {
    if (id === null || isTime(id.values.xloc)) return Number.NaN;
    const { x1, y1, x2, y2 } = id.values;
    return x1 === x2 ? y1 : y1 + ((y2 - y1) / (x2 - x1)) * (Math.trunc(x) - x1);
  }
}

/** `label.*`. */
export class Labels extends DrawingSpace<LabelValues> {
  constructor(log: DrawingLog, limit: number) {
    super("label", log, limit);
  }

  new(given: Given): Drawing<LabelValues> {
    const values = filled(newLabel, given);
    values.x = Math.trunc(values.x);
    return this.make(values);
  }

  from_point(given: Given & { readonly point: Point }): Drawing<LabelValues> {
    const values = filled(newLabel, given);
    values.x = xOf(given.point, values.xloc);
    values.y = yOf(given.point);
    return this.make(values);
  }

  set_point(id: Id<LabelValues>, point: Point): void {
    this.put(id, { x: xOf(point, id?.values.xloc), y: yOf(point) });
  }
}

/** `box.*`. */
export class Boxes extends DrawingSpace<BoxValues> {
  constructor(log: DrawingLog, limit: number) {
    super("box", log, limit);
  }

  new(given: Given): Drawing<BoxValues> {
    const values = filled(newBox, given);
    values.left = Math.trunc(values.left);
    values.right = Math.trunc(values.right);
    return this.make(values);
  }

  from_points(given: Given & { readonly top_left: Point; readonly bottom_right: Point }): Drawing<BoxValues> {
    const values = filled(newBox, given);
    values.left = xOf(given.top_left, values.xloc);
    values.top = yOf(given.top_left);
    values.right = xOf(given.bottom_right, values.xloc);
    values.bottom = yOf(given.bottom_right);
    return this.make(values);
  }

  set_top_left_point(id: Id<BoxValues>, point: Point): void {
    this.put(id, { left: xOf(point, id?.values.xloc), top: yOf(point) });
  }

  set_bottom_right_point(id: Id<BoxValues>, point: Point): void {
    this.put(id, { right: xOf(point, id?.values.xloc), bottom: yOf(point) });
  }
}

/** `polyline.*`. */
export class Polylines extends DrawingSpace<PolylineValues> {
  constructor(log: DrawingLog, limit: number) {
    super("polyline", log, limit);
  }

  /** The points are copied: what happens to them later does not move the polyline. */
  new(given: Given & { readonly points: Elements<ChartPoint> | null }): Drawing<PolylineValues> {
    const points = [...(given.points ?? [])].map((point) => point.copy());
    return this.make({ ...filled(newPolyline, given), points });
  }
}

/** `linefill.*`. There is one between two lines; it goes with either of them, and needs both to begin with. */
export class Linefills extends DrawingSpace<LinefillValues> {
  constructor(log: DrawingLog, limit: number) {
    super("linefill", log, limit);
  }

  new(line1: Id<LineValues>, line2: Id<LineValues>, color: number): Id<LinefillValues> {
    if (line1?.isLive !== true || line2?.isLive !== true) return null;
    for (const other of this.of(line1)) if (isBetween(other, line2, line1)) this.delete(other);
    return this.make({ line1, line2, color });
  }

  get_line1(id: Id<LinefillValues>): Id<LineValues> {
    return id?.values.line1 ?? null;
  }

  get_line2(id: Id<LinefillValues>): Id<LineValues> {
    return id?.values.line2 ?? null;
  }

  /** Live fills of a line. There are never many, so nothing is kept that a rollback would have to mend. */
  of(line: Drawing): readonly Drawing<LinefillValues>[] {
    return [...this.registry].filter(({ values }) => values.line1 === line || values.line2 === line);
  }

  /** The line is gone. */
  lineRemoved(line: Drawing): void {
    if (this.registry.count === 0) return;
    for (const fill of this.of(line)) this.delete(fill);
  }
}

function isBetween({ values }: Drawing<LinefillValues>, a: Drawing, b: Drawing): boolean {
  return (values.line1 === a && values.line2 === b) || (values.line1 === b && values.line2 === a);
}
