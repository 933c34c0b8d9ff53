import { RuntimeFailure } from "../../../kernel/errors.ts";
import { type ElementKind, isNumeric } from "./element.ts";
import type { Elements } from "./elements.ts";
import { NumberArray } from "./number-array.ts";
import { ObjectArray } from "./object-array.ts";

/** A new array of a kind, every element `initial`. */
export function newElements<Value>(kind: ElementKind, size: number, initial?: Value): Elements<Value> {
  const array = isNumeric(kind)
    ? NumberArray.filled(kind, size, initial as number | undefined)
    : new ObjectArray<Value>(kind, size, initial);
  return array as unknown as Elements<Value>;
}

/** A matrix of a script: rows that are arrays, which a loop over the matrix hands out themselves. */
export class Matrix<Value> {
  readonly kind: ElementKind;
  rows: Elements<Value>[];
  columns: number;

  constructor(kind: ElementKind, rows: number, columns: number, initial?: Value) {
    this.kind = kind;
    this.columns = columns;
    this.rows = Array.from({ length: rows }, () => newElements<Value>(kind, columns, initial));
  }

  /** A matrix of rows that it may keep. */
  static ofRows<Value>(kind: ElementKind, rows: Elements<Value>[], columns: number): Matrix<Value> {
    const matrix = new Matrix<Value>(kind, 0, columns);
    matrix.rows = rows;
    return matrix;
  }

  /** A matrix of numbers by their place. */
  static fill(
    kind: ElementKind,
    rows: number,
    columns: number,
    value: (row: number, column: number) => number,
  ): Matrix<number> {
    const matrix = new Matrix<number>(kind, rows, columns);
    for (const [row, elements] of matrix.rows.entries()) {
      for (let column = 0; column < columns; column++) elements.put(column, value(row, column));
    }
    return matrix;
  }

  get isSquare(): boolean {
    return this.rows.length === this.columns;
  }

  at(row: number, column: number): Value {
    return this.rows[row]!.at(column);
  }

  /** @throws RuntimeFailure outside of the matrix */
  rowIndex(caller: string, row: number, size = this.rows.length): number {
    const whole = Math.trunc(row);
    if (whole >= 0 && whole < size) return whole;
    throw new RuntimeFailure(
      `${caller}: row ${row} is out of bounds, the matrix has ${this.rows.length} rows`,
    );
  }

  /** @throws RuntimeFailure outside of the matrix */
  columnIndex(caller: string, column: number, size = this.columns): number {
    const whole = Math.trunc(column);
    if (whole >= 0 && whole < size) return whole;
    throw new RuntimeFailure(
      `${caller}: column ${column} is out of bounds, the matrix has ${this.columns} columns`,
    );
  }

  /** An area from inclusive to exclusive bounds; na stands for the end. @throws RuntimeFailure outside of the matrix */
  area(
    caller: string,
    fromRow: number,
    toRow: number,
    fromColumn: number,
    toColumn: number,
  ): { fromRow: number; toRow: number; fromColumn: number; toColumn: number } {
    const end = (bound: number, size: number): number => (bound === bound ? bound : size);
    const rows = this.rows.length;
    return {
      fromRow: this.rowIndex(caller, end(fromRow, 0), rows + 1),
      toRow: this.rowIndex(caller, end(toRow, rows), rows + 1),
      fromColumn: this.columnIndex(caller, end(fromColumn, 0), this.columns + 1),
      toColumn: this.columnIndex(caller, end(toColumn, this.columns), this.columns + 1),
    };
  }

  /** A column as an array of its own. */
  column(index: number): Elements<Value> {
    const elements = newElements<Value>(this.kind, this.rows.length);
    for (const [row, values] of this.rows.entries()) elements.put(row, values.at(index));
    return elements;
  }

  copy(): Matrix<Value> {
    return Matrix.ofRows(
      this.kind,
      this.rows.map((row) => row.copy()),
      this.columns,
    );
  }

  /** All elements, row by row. */
  *elements(): Generator<Value> {
    for (const row of this.rows) yield* row;
  }

  /** The rows themselves. */
  [Symbol.iterator](): Iterator<Elements<Value>> {
    return this.rows[Symbol.iterator]();
  }

  saveContents(): unknown {
    return { rows: [...this.rows], columns: this.columns };
  }

  restoreContents(contents: unknown): void {
    const { rows, columns } = contents as { rows: Elements<Value>[]; columns: number };
    this.rows = [...rows];
    this.columns = columns;
  }
}
