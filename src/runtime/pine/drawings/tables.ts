import { RuntimeFailure } from "../../../kernel/errors.ts";
import type { Drawing, DrawingLog } from "./registry.ts";
import { DrawingSpace, filled, type Id } from "./space.ts";
import { type CellValues, type Merged, newCell, newTable, type TableValues } from "./values.ts";

/** A part of a table, ends included. */
interface Area {
  readonly table_id: Id<TableValues>;
  readonly start_column: number;
  readonly start_row: number;
  readonly end_column?: number;
  readonly end_row?: number;
}

/** `table.*`. */
export class Tables extends DrawingSpace<TableValues> {
  constructor(log: DrawingLog, limit: number) {
    super("table", log, limit);
  }

  /** @throws RuntimeFailure for a size below 0 */
  new(given: Readonly<Record<string, unknown>>): Drawing<TableValues> {
    const values = { ...filled(newTable, given), cells: new Map() };
    const [columns, rows] = [Math.trunc(values.columns), Math.trunc(values.rows)];
    if (!(columns >= 0 && rows >= 0)) {
      throw new RuntimeFailure(
        `table.new: a table has 0 columns and rows or more, not ${columns} by ${rows}`,
      );
    }
    return this.make({ ...values, columns, rows });
  }

  override copy(id: Id<TableValues>): Id<TableValues> {
    return id === null ? null : this.make({ ...id.values, cells: new Map(id.values.cells) });
  }

  /** Defines a cell anew. @throws RuntimeFailure for a place outside of the table */
  cell(
    given: Readonly<Record<string, unknown>> & {
      readonly table_id: Id<TableValues>;
      readonly column: number;
      readonly row: number;
    },
  ): void {
    const { table_id: id, column, row } = given;
    if (id === null) return;
    this.#write(id, this.#place("table.cell", id, column, row), filled(newCell, given));
  }

  /** Changes one value of a cell; a cell that was never defined is an empty one. */
  set_cell<Key extends keyof CellValues>(
    id: Id<TableValues>,
    column: number,
    row: number,
    key: Key,
    value: CellValues[Key],
  ): void {
    if (id === null) return;
    const place = this.#place(`table.cell_set_${key}`, id, column, row);
    this.#write(id, place, { ...(id.values.cells.get(place) ?? newCell), [key]: value });
  }

  clear(area: Area): void {
    const { table_id: id } = area;
    if (id === null) return;
    const [column1, row1, column2, row2] = this.#area("table.clear", id, area);
    this.changing(id);
    for (let row = row1; row <= row2; row++) {
      for (let column = column1; column <= column2; column++)
        id.values.cells.delete(row * id.values.columns + column);
    }
    id.values.merged = id.values.merged.filter(
      ([c1, r1, c2, r2]) => c2 < column1 || c1 > column2 || r2 < row1 || r1 > row2,
    );
  }

  /** @throws RuntimeFailure when a cell is part of another merged one */
  merge_cells(area: Area): void {
    const { table_id: id } = area;
    if (id === null) return;
    const merged = this.#area("table.merge_cells", id, area);
    const [column1, row1, column2, row2] = merged;
    const others = id.values.merged.filter((other) => !sameArea(other, merged));
    const taken = others.find(
      ([c1, r1, c2, r2]) => c2 >= column1 && c1 <= column2 && r2 >= row1 && r1 <= row2,
    );
    if (taken !== undefined) {
      throw new RuntimeFailure(
        `table.merge_cells: the cells from column ${column1}, row ${row1} are partly merged already`,
      );
    }
    this.changing(id);
    id.values.merged = [...others, merged];
  }

  #write(id: Drawing<TableValues>, place: number, cell: CellValues): void {
    this.changing(id);
    id.values.cells.set(place, cell);
  }

  #place(caller: string, id: Drawing<TableValues>, column: number, row: number): number {
    const { columns, rows } = id.values;
    const [x, y] = [Math.trunc(column), Math.trunc(row)];
    if (x >= 0 && x < columns && y >= 0 && y < rows) return y * columns + x;
    throw new RuntimeFailure(
      `${caller}: column ${column}, row ${row} is outside of a table of ${columns} columns and ${rows} rows`,
    );
  }

  #area(caller: string, id: Drawing<TableValues>, area: Area): Merged {
    const { start_column: column, start_row: row, end_column: toColumn, end_row: toRow } = area;
    const end = [toColumn ?? column, toRow ?? row] as const;
    this.#place(caller, id, column, row);
    this.#place(caller, id, ...end);
    const [x1, y1, x2, y2] = [column, row, ...end].map(Math.trunc) as [number, number, number, number];
    return [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)];
  }
}

function sameArea(a: Merged, b: Merged): boolean {
  return a.every((value, index) => value === b[index]);
}
