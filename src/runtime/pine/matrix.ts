import { RuntimeFailure } from "../../kernel/errors.ts";
import { eigen } from "../lib/collections/eigen.ts";
import type { ElementKind } from "../lib/collections/element.ts";
import { arraySize, type Elements } from "../lib/collections/elements.ts";
import { given } from "../lib/collections/failures.ts";
import {
  determinant,
  identity,
  inverse,
  kronecker,
  multiply,
  pseudoinverse,
  rank,
  type Rows,
  transpose,
} from "../lib/collections/linear-algebra.ts";
import { Matrix, newElements } from "../lib/collections/matrix.ts";
import { NumberArray } from "../lib/collections/number-array.ts";
import * as statistics from "../lib/collections/statistics.ts";

/** A matrix of a script; `null` is na. */
type Id<Value> = Matrix<Value> | null;
type Numbers = Matrix<number> | null;
type Predicate = (rows: Rows) => boolean;

const na = Number.NaN;

/** `matrix.*`. An na index reads na, writes nothing and gives na for a row. */
export const matrix = {
  /** `matrix.new<T>`: the kind of T comes first. */
  new: <Value>(kind: ElementKind, rows: number, columns: number, initial?: Value): Matrix<Value> =>
    new Matrix<Value>(
      kind,
      arraySize("matrix.new", rows),
      arraySize("matrix.new", columns),
      initial ?? undefined,
    ),
  get<Value>(id: Id<Value>, row: number, column: number): Value {
    const m = given("matrix.get", id);
    if (row !== row || column !== column) return newElements<Value>(m.kind, 0).na;
    return m.at(m.rowIndex("matrix.get", row), m.columnIndex("matrix.get", column));
  },
  set<Value>(id: Id<Value>, row: number, column: number, value: Value): void {
    const m = given("matrix.set", id);
    if (row !== row || column !== column) return;
    m.rows[m.rowIndex("matrix.set", row)]!.put(m.columnIndex("matrix.set", column), value);
  },
  rows: <Value>(id: Id<Value>): number => given("matrix.rows", id).rows.length,
  columns: <Value>(id: Id<Value>): number => given("matrix.columns", id).columns,
  elements_count<Value>(id: Id<Value>): number {
    const m = given("matrix.elements_count", id);
    return m.rows.length * m.columns;
  },
  row<Value>(id: Id<Value>, row: number): Elements<Value> | null {
    const m = given("matrix.row", id);
    return row !== row ? null : m.rows[m.rowIndex("matrix.row", row)]!.copy();
  },
  col<Value>(id: Id<Value>, column: number): Elements<Value> | null {
    const m = given("matrix.col", id);
    return column !== column ? null : m.column(m.columnIndex("matrix.col", column));
  },

  add_row<Value>(id: Id<Value>, row = na, values: Elements<Value> | null = null): void {
    const m = given("matrix.add_row", id);
    const at = row !== row ? m.rows.length : m.rowIndex("matrix.add_row", row, m.rows.length + 1);
    // The first row of an empty matrix says how wide it is.
    if (m.rows.length === 0 && m.columns === 0 && values !== null) m.columns = values.size;
    checkSize("matrix.add_row", values, m.columns);
    m.rows.splice(at, 0, values?.copy() ?? newElements<Value>(m.kind, m.columns));
  },
  add_col<Value>(id: Id<Value>, column = na, values: Elements<Value> | null = null): void {
    const m = given("matrix.add_col", id);
    const at = column !== column ? m.columns : m.columnIndex("matrix.add_col", column, m.columns + 1);
    if (m.rows.length === 0 && m.columns === 0 && values !== null) {
      m.rows = Array.from({ length: values.size }, () => newElements<Value>(m.kind, 0));
    }
    checkSize("matrix.add_col", values, m.rows.length);
    for (const [index, row] of m.rows.entries()) row.insertAt(at, values?.at(index) ?? row.na);
    m.columns++;
  },
  remove_row<Value>(id: Id<Value>, row = na): Elements<Value> {
    const m = given("matrix.remove_row", id);
    const at = m.rowIndex("matrix.remove_row", row !== row ? m.rows.length - 1 : row);
    return m.rows.splice(at, 1)[0]!;
  },
  remove_col<Value>(id: Id<Value>, column = na): Elements<Value> {
    const m = given("matrix.remove_col", id);
    const at = m.columnIndex("matrix.remove_col", column !== column ? m.columns - 1 : column);
    const removed = m.column(at);
    for (const row of m.rows) row.removeAt(at);
    m.columns--;
    return removed;
  },
  swap_rows<Value>(id: Id<Value>, first: number, second: number): void {
    const m = given("matrix.swap_rows", id);
    const [a, b] = [m.rowIndex("matrix.swap_rows", first), m.rowIndex("matrix.swap_rows", second)];
    [m.rows[a], m.rows[b]] = [m.rows[b]!, m.rows[a]!];
  },
  swap_columns<Value>(id: Id<Value>, first: number, second: number): void {
    const m = given("matrix.swap_columns", id);
    const [a, b] = [
      m.columnIndex("matrix.swap_columns", first),
      m.columnIndex("matrix.swap_columns", second),
    ];
    for (const row of m.rows) {
      const value = row.at(a);
      row.put(a, row.at(b));
      row.put(b, value);
    }
  },
  fill<Value>(id: Id<Value>, value: Value, fromRow = 0, toRow = na, fromColumn = 0, toColumn = na): void {
    const m = given("matrix.fill", id);
    const area = m.area("matrix.fill", fromRow, toRow, fromColumn, toColumn);
    for (const row of m.rows.slice(area.fromRow, area.toRow)) {
      for (let column = area.fromColumn; column < area.toColumn; column++) row.put(column, value);
    }
  },
  copy: <Value>(id: Id<Value>): Matrix<Value> => given("matrix.copy", id).copy(),
  submatrix<Value>(id: Id<Value>, fromRow = 0, toRow = na, fromColumn = 0, toColumn = na): Matrix<Value> {
    const m = given("matrix.submatrix", id);
    const area = m.area("matrix.submatrix", fromRow, toRow, fromColumn, toColumn);
    const columns = Math.max(0, area.toColumn - area.fromColumn);
    const rows = m.rows
      .slice(area.fromRow, area.toRow)
      .map((row) => row.window(area.fromColumn, area.fromColumn + columns).copy());
    return Matrix.ofRows(m.kind, rows, columns);
  },
  reshape<Value>(id: Id<Value>, rows: number, columns: number): void {
    const m = given("matrix.reshape", id);
    const [height, width] = [arraySize("matrix.reshape", rows), arraySize("matrix.reshape", columns)];
    if (height * width !== m.rows.length * m.columns) {
      throw new RuntimeFailure(
        `matrix.reshape: ${m.rows.length} times ${m.columns} elements do not fill ${height} times ${width}`,
      );
    }
    const elements = [...m.elements()];
    const shaped = new Matrix<Value>(m.kind, height, width);
    for (const [index, value] of elements.entries()) {
      shaped.rows[Math.floor(index / width)]!.put(index % width, value);
    }
    m.rows = shaped.rows;
    m.columns = width;
  },
  /** Appends the rows of the second to the first and gives the first. */
  concat<Value>(id: Id<Value>, other: Id<Value>): Matrix<Value> {
    const [m, added] = [given("matrix.concat", id), given("matrix.concat", other)];
    if (m.rows.length === 0) m.columns = added.columns;
    if (m.columns !== added.columns) {
      throw new RuntimeFailure(
        `matrix.concat: both matrices have the same number of columns, not ${m.columns} and ${added.columns}`,
      );
    }
    m.rows.push(...added.copy().rows);
    return m;
  },
  reverse<Value>(id: Id<Value>): void {
    const m = given("matrix.reverse", id);
    m.rows = m.rows.toReversed();
    for (const row of m.rows) row.reverseInPlace();
  },
  /** Sorts the rows by one column. */
  sort<Value>(id: Id<Value>, column = 0, order: string | null = "ascending"): void {
    const m = given("matrix.sort", id);
    const keys = m.column(m.columnIndex("matrix.sort", column !== column ? 0 : column));
    const ascending = keys.sortedIndices();
    const indices = order === "descending" ? ascending.toReversed() : ascending;
    m.rows = indices.map((index) => m.rows[index]!);
  },
  transpose<Value>(id: Id<Value>): Matrix<Value> {
    const m = given("matrix.transpose", id);
    const rows = Array.from({ length: m.columns }, (_, column) => m.column(column));
    return Matrix.ofRows(m.kind, rows, m.rows.length);
  },

  avg: (id: Numbers): number => statistics.avg(allOf("matrix.avg", id)),
  min: (id: Numbers): number => statistics.min(allOf("matrix.min", id)),
  max: (id: Numbers): number => statistics.max(allOf("matrix.max", id)),
  median: (id: Numbers): number => statistics.median(allOf("matrix.median", id)),
  mode: (id: Numbers): number => statistics.mode(allOf("matrix.mode", id)),
  sum: (id: Numbers, other: Numbers | number): Matrix<number> =>
    elementwise("matrix.sum", id, other, (a, b) => a + b),
  diff: (id: Numbers, other: Numbers | number): Matrix<number> =>
    elementwise("matrix.diff", id, other, (a, b) => a - b),
  /** By a matrix, a number, or an array as a column, which gives an array. */
  mult(id: Numbers, other: Numbers | number | NumberArray): Matrix<number> | NumberArray {
    const m = given("matrix.mult", id);
    if (typeof other === "number") return elementwise("matrix.mult", m, other, (a, b) => a * b);
    const rows = rowsOf(m);
    if (other instanceof NumberArray) {
      checkInner("matrix.mult", m.columns, other.size);
      return NumberArray.of(
        "float",
        multiply(
          rows,
          [...other].map((value) => [value]),
        ).map((row) => row[0]!),
      );
    }
    const second = given("matrix.mult", other);
    checkInner("matrix.mult", m.columns, second.rows.length);
    return ofNumbers(multiply(rows, rowsOf(second)), second.columns);
  },
  pow(id: Numbers, power: number): Matrix<number> {
    const rows = squareRows("matrix.pow", id);
    const times = Math.trunc(power);
    if (!(times >= 0)) throw new RuntimeFailure(`matrix.pow: the power is at least 0, not ${power}`);
    let result = identity(rows.length);
    for (let step = 0; step < times; step++) result = multiply(result, rows);
    return ofNumbers(result, rows.length);
  },
  det: (id: Numbers): number => determinant(squareRows("matrix.det", id)),
  /** na when there is none. */
  inv(id: Numbers): Matrix<number> | null {
    const rows = squareRows("matrix.inv", id);
    const inverted = inverse(rows);
    return inverted === undefined ? null : ofNumbers(inverted, rows.length);
  },
  pinv(id: Numbers): Matrix<number> {
    const m = given("matrix.pinv", id);
    return ofNumbers(pseudoinverse(rowsOf(m)), m.rows.length);
  },
  rank: (id: Numbers): number => rank(rowsOf(given("matrix.rank", id))),
  trace: (id: Numbers): number =>
    squareRows("matrix.trace", id).reduce((sum, row, index) => sum + row[index]!, 0),
  /** Of a symmetric matrix the greatest first; the real parts of those that are not real. */
  eigenvalues: (id: Numbers): NumberArray =>
    NumberArray.of("float", eigen(squareRows("matrix.eigenvalues", id)).values),
  /** One column for each eigenvalue. */
  eigenvectors(id: Numbers): Matrix<number> {
    const rows = squareRows("matrix.eigenvectors", id);
    return ofNumbers(transpose(eigen(rows).vectors), rows.length);
  },
  kron(id: Numbers, other: Numbers): Matrix<number> {
    const [a, b] = [given("matrix.kron", id), given("matrix.kron", other)];
    return ofNumbers(kronecker(rowsOf(a), rowsOf(b)), a.columns * b.columns);
  },

  is_square: <Value>(id: Id<Value>): boolean => given("matrix.is_square", id).isSquare,
  is_identity: squareTest("matrix.is_identity", (rows) =>
    all(rows, (value, r, c) => value === Number(r === c)),
  ),
  is_binary: test("matrix.is_binary", (rows) => all(rows, (value) => value === 0 || value === 1)),
  is_zero: test("matrix.is_zero", (rows) => all(rows, (value) => value === 0)),
  is_symmetric: squareTest("matrix.is_symmetric", (rows) =>
    all(rows, (value, r, c) => value === rows[c]![r]),
  ),
  is_antisymmetric: squareTest("matrix.is_antisymmetric", (rows) =>
    all(rows, (value, r, c) => value === 0 - rows[c]![r]!),
  ),
  is_diagonal: squareTest("matrix.is_diagonal", (rows) => all(rows, (value, r, c) => r === c || value === 0)),
  is_antidiagonal: squareTest("matrix.is_antidiagonal", (rows) =>
    all(rows, (value, r, c) => r + c === rows.length - 1 || value === 0),
  ),
  is_triangular: squareTest(
    "matrix.is_triangular",
    (rows) =>
      all(rows, (value, r, c) => r <= c || value === 0) || all(rows, (value, r, c) => r >= c || value === 0),
  ),
  /** No element below 0, and every row adds up to 1. */
  is_stochastic: test("matrix.is_stochastic", (rows) =>
    rows.every(
      (row) =>
        row.every((value) => value >= 0) && Math.abs(row.reduce((sum, value) => sum + value, 0) - 1) <= 1e-10,
    )),
};

function all(rows: Rows, holds: (value: number, row: number, column: number) => boolean): boolean {
  return rows.every((row, r) => row.every((value, c) => holds(value, r, c)));
}

function test(caller: string, holds: Predicate): (id: Numbers) => boolean {
  return (id) => holds(rowsOf(given(caller, id)));
}

/** A question that only a square matrix can answer with yes. */
function squareTest(caller: string, holds: Predicate): (id: Numbers) => boolean {
  return (id) => {
    const m = given(caller, id);
    return m.isSquare && holds(rowsOf(m));
  };
}

function rowsOf(m: Matrix<number>): number[][] {
  return m.rows.map((row) => [...row]);
}

function squareRows(caller: string, id: Numbers): number[][] {
  const m = given(caller, id);
  if (!m.isSquare) {
    throw new RuntimeFailure(
      `${caller}: the matrix is square, not ${m.rows.length} rows by ${m.columns} columns`,
    );
  }
  return rowsOf(m);
}

function ofNumbers(rows: Rows, columns: number): Matrix<number> {
  return Matrix.ofRows<number>(
    "float",
    rows.map((row) => NumberArray.of("float", row)),
    columns,
  );
}

function allOf(caller: string, id: Numbers): Float64Array {
  return Float64Array.from(given(caller, id).elements());
}

function elementwise(
  caller: string,
  id: Numbers,
  other: Numbers | number,
  combine: (a: number, b: number) => number,
): Matrix<number> {
  const m = given(caller, id);
  const isWhole = typeof other === "number" ? Number.isInteger(other) : given(caller, other).kind === "int";
  const resultKind = m.kind === "int" && isWhole ? "int" : "float";
  if (typeof other === "number") {
    return Matrix.fill(resultKind, m.rows.length, m.columns, (row, column) =>
      combine(m.at(row, column), other),
    );
  }
  const second = given(caller, other);
  if (second.rows.length !== m.rows.length || second.columns !== m.columns) {
    throw new RuntimeFailure(
      `${caller}: both matrices have the same size, not ${m.rows.length} by ${m.columns} and ` +
        `${second.rows.length} by ${second.columns}`,
    );
  }
  return Matrix.fill(resultKind, m.rows.length, m.columns, (row, column) =>
    combine(m.at(row, column), second.at(row, column)),
  );
}

function checkInner(caller: string, columns: number, rows: number): void {
  if (columns !== rows) {
    throw new RuntimeFailure(`${caller}: ${columns} columns do not fit ${rows} rows`);
  }
}

function checkSize<Value>(caller: string, values: Elements<Value> | null, size: number): void {
  if (values !== null && values.size !== size) {
    throw new RuntimeFailure(
      `${caller}: the array has ${values.size} elements where the matrix needs ${size}`,
    );
  }
}
