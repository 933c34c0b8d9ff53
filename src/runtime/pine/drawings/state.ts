import { colorText } from "../../visuals.ts";
import type { Drawings } from "./drawings.ts";
import type { ChartPoint } from "./point.ts";
import type { Drawing, DrawingKind } from "./registry.ts";
import type { LinefillValues, LineValues, PolylineValues, TableValues } from "./values.ts";

/** A drawing as data, by Pine's names: colours are `#RRGGBBAA`, what is na is null. */
export type DrawingState = Readonly<Record<string, unknown>> & { readonly id: number };

/** Everything that is drawn, oldest first. */
export interface DrawingStates {
  readonly lines: readonly DrawingState[];
  readonly labels: readonly DrawingState[];
  readonly boxes: readonly DrawingState[];
  readonly tables: readonly DrawingState[];
  readonly polylines: readonly DrawingState[];
  readonly linefills: readonly DrawingState[];
}

export function drawingStates(drawings: Drawings): DrawingStates {
  const states = (kind: DrawingKind): DrawingState[] => [...drawings[kind].registry].map(drawingState);
  return {
    lines: states("line"),
    labels: states("label"),
    boxes: states("box"),
    tables: states("table"),
    polylines: states("polyline"),
    linefills: states("linefill"),
  };
}

export function drawingState(drawing: Drawing): DrawingState {
  const { kind, vid, values } = drawing;
  switch (kind) {
    case "linefill": {
      const { line1, line2, color } = values as LinefillValues;
      return { id: vid, line1: lineState(line1), line2: lineState(line2), color: colorText(color) };
    }
    case "polyline": {
      const { points, ...rest } = values as PolylineValues;
      return { id: vid, points: points.map(pointState), ...plain(rest) };
    }
    case "table": {
      const { cells: _cells, merged: _merged, ...rest } = values as TableValues;
      return { id: vid, ...plain(rest), cells: cellStates(values as TableValues) };
    }
    default:
      return { id: vid, ...plain(values) };
  }
}

function lineState(line: Drawing<LineValues>): DrawingState {
  return { id: line.vid, ...plain(line.values) };
}

function pointState({ time, index, price }: ChartPoint): object {
  return plain({ time, index, price });
}

/** Cells by row and column; the first of merged ones carries `merge`, the corners of the area. */
function cellStates({ cells, columns, merged }: TableValues): object[] {
  const areas = new Map(merged.map((area) => [area[1] * columns + area[0], area]));
  return [...cells]
    .toSorted(([a], [b]) => a - b)
    .map(([place, cell]) => {
      const area = areas.get(place);
      return {
        column: place % columns,
        row: Math.floor(place / columns),
        ...plain(cell),
        ...(area === undefined ? {} : { merge: area }),
      };
    });
}

const isColor = (name: string): boolean => name.endsWith("color");

function plain(values: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]: [string, unknown]) => {
      if (typeof value !== "number") return [name, value];
      return [name, isColor(name) ? colorText(value) : Number.isFinite(value) ? value : null];
    }),
  );
}
