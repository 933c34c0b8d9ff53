import { Boxes, Labels, Linefills, Lines, Polylines } from "./kinds.ts";
import { type Drawing, DrawingLog } from "./registry.ts";
import { Tables } from "./tables.ts";

/** Most live drawings of each kind. */
export interface DrawingLimits {
  readonly lines: number;
  readonly labels: number;
  readonly boxes: number;
  readonly polylines: number;
}

/** Nobody sees more tables than there are positions; what a script forgets to keep must not pile up. */
const tableLimit = 500;

/** Everything that a script drew. */
export class Drawings {
  readonly log = new DrawingLog();
  readonly line: Lines;
  readonly label: Labels;
  readonly box: Boxes;
  readonly polyline: Polylines;
  readonly linefill: Linefills;
  readonly table: Tables;

  constructor(limits: DrawingLimits) {
    const { log } = this;
    // A fill needs lines, so there are about as many.
    this.linefill = new Linefills(log, limits.lines);
    this.line = new Lines(log, limits.lines, (line) => this.linefill.lineRemoved(line));
    this.label = new Labels(log, limits.labels);
    this.box = new Boxes(log, limits.boxes);
    this.polyline = new Polylines(log, limits.polylines);
    this.table = new Tables(log, tableLimit);
  }

  /** Every live drawing. */
  *live(): Generator<Drawing> {
    for (const space of [this.line, this.label, this.box, this.table, this.polyline, this.linefill])
      yield* space.registry;
  }

  save(): void {
    this.log.save();
  }

  restore(): void {
    this.log.restore();
  }
}

/** The limits that a declaration sets: 50 of a kind, at most 500 and 100 polylines. */
export function drawingLimits(settings: Readonly<Record<string, string | number | boolean>>): DrawingLimits {
  const limit = (name: string, most: number): number => {
    const given = Number(settings[name] ?? 50);
    return Math.min(Math.max(1, Math.trunc(given)), most);
  };
  return {
    lines: limit("maxLinesCount", 500),
    labels: limit("maxLabelsCount", 500),
    boxes: limit("maxBoxesCount", 500),
    polylines: limit("maxPolylinesCount", 100),
  };
}
