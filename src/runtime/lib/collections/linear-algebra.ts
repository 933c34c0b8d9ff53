/** Linear algebra on rows of numbers. Nothing here changes what it is given. */

export type Rows = readonly (readonly number[])[];

/** The product of two matrices whose inner sizes agree. */
export function multiply(a: Rows, b: Rows): number[][] {
  const columns = b[0]?.length ?? 0;
  return a.map((row) =>
    Array.from({ length: columns }, (_, column) =>
      row.reduce((sum, value, index) => sum + value * b[index]![column]!, 0),
    ),
  );
}

export function transpose(a: Rows): number[][] {
  return (a[0] ?? []).map((_, column) => a.map((row) => row[column]!));
}

export function identity(size: number): number[][] {
  return Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, column) => Number(row === column)),
  );
}

/** A matrix as lower and upper triangle in one, rows exchanged so that the largest pivot comes first. */
interface Decomposition {
  readonly rows: number[][];
  /** Which row of the original each row is. */
  readonly order: number[];
  /** 1 for an even number of exchanges, −1 for an odd one. */
  readonly sign: number;
}

/** LU decomposition with partial pivoting (Doolittle). */
function decompose(a: Rows): Decomposition {
  const rows = a.map((row) => [...row]);
  const order = rows.map((_, index) => index);
  let sign = 1;
  for (let pivot = 0; pivot < rows.length; pivot++) {
    let best = pivot;
    for (let row = pivot + 1; row < rows.length; row++) {
      if (Math.abs(rows[row]![pivot]!) > Math.abs(rows[best]![pivot]!)) best = row;
    }
    if (best !== pivot) {
      [rows[pivot], rows[best]] = [rows[best]!, rows[pivot]!];
      [order[pivot], order[best]] = [order[best]!, order[pivot]!];
      sign = -sign;
    }
    const top = rows[pivot]!;
    if (top[pivot] === 0) continue;
    for (let row = pivot + 1; row < rows.length; row++) {
      const current = rows[row]!;
      const factor = current[pivot]! / top[pivot]!;
      current[pivot] = factor;
      for (let column = pivot + 1; column < rows.length; column++) current[column]! -= factor * top[column]!;
    }
  }
  return { rows, order, sign };
}

/** Determinant of a square matrix; 1 for an empty one. */
export function determinant(a: Rows): number {
  const { rows, sign } = decompose(a);
  return rows.reduce((product, row, index) => product * row[index]!, sign);
}

/** Inverse of a square matrix; `undefined` when a pivot is 0. */
export function inverse(a: Rows): number[][] | undefined {
  const decomposition = decompose(a);
  if (decomposition.rows.some((row, index) => row[index] === 0)) return undefined;
  return transpose(identity(a.length).map((unit) => solve(decomposition, unit)));
}

/** x of `a · x = b`. */
function solve({ rows, order }: Decomposition, b: readonly number[]): number[] {
  const x = order.map((index) => b[index]!);
  for (let row = 0; row < x.length; row++) {
    for (let column = 0; column < row; column++) x[row]! -= rows[row]![column]! * x[column]!;
  }
  for (let row = x.length - 1; row >= 0; row--) {
    for (let column = row + 1; column < x.length; column++) x[row]! -= rows[row]![column]! * x[column]!;
    x[row]! /= rows[row]![row]!;
  }
  return x;
}

/** Columns `u`, lengths and rows `v` with `a = Σ lengths · u · vᵀ`. */
interface SingularValues {
  readonly left: number[][];
  readonly lengths: number[];
  readonly right: number[][];
}

/** How often all pairs of columns are turned at most; a dozen times is usual. */
const mostSweeps = 60;

/**
 * Singular value decomposition of a matrix with at least as many rows as columns: pairs of columns are turned until
 * all are at right angles (M. R. Hestenes, "Inversion of matrices by biorthogonalization", 1958).
 */
function singularValues(a: Rows): SingularValues {
  const left = transpose(a);
  const right = identity(left.length);
  let turned = true;
  for (let sweep = 0; turned && sweep < mostSweeps; sweep++) {
    turned = false;
    for (let p = 0; p < left.length - 1; p++) {
      for (let q = p + 1; q < left.length; q++) turned = orthogonalize(left, right, p, q) || turned;
    }
  }
  return { left, lengths: left.map((column) => Math.sqrt(dot(column, column))), right };
}

/** Turns two columns to a right angle. @returns whether they were not at one */
function orthogonalize(left: number[][], right: number[][], p: number, q: number): boolean {
  const [a, b] = [left[p]!, left[q]!];
  const [alpha, beta, gamma] = [dot(a, a), dot(b, b), dot(a, b)];
  if (Math.abs(gamma) <= 1e-16 * Math.sqrt(alpha * beta) || gamma === 0) return false;
  const zeta = (beta - alpha) / (2 * gamma);
  const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  const cosine = 1 / Math.sqrt(1 + tangent * tangent);
  rotate(a, b, cosine, cosine * tangent);
  rotate(right[p]!, right[q]!, cosine, cosine * tangent);
  return true;
}

function rotate(a: number[], b: number[], cosine: number, sine: number): void {
  for (let index = 0; index < a.length; index++) {
    const [x, y] = [a[index]!, b[index]!];
    a[index] = cosine * x - sine * y;
    b[index] = sine * x + cosine * y;
  }
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}

/** Singular values below this share of the greatest are rounding. */
function threshold(a: Rows, lengths: readonly number[]): number {
  return Math.max(a.length, a[0]?.length ?? 0) * Math.max(0, ...lengths) * 2 ** -52;
}

/** How many rows are independent. */
export function rank(a: Rows): number {
  const { lengths } = singularValues(isTall(a) ? a : transpose(a));
  const least = threshold(a, lengths);
  return lengths.filter((length) => length > least).length;
}

/** Pseudoinverse (Moore and Penrose); the inverse where there is one. */
export function pseudoinverse(a: Rows): number[][] {
  if (!isTall(a)) return transpose(pseudoinverse(transpose(a)));
  const { left, lengths, right } = singularValues(a);
  const least = threshold(a, lengths);
  // v · u / length² of every column: u is not scaled to 1.
  return Array.from({ length: left.length }, (_, row) =>
    Array.from({ length: a.length }, (_, column) =>
      lengths.reduce(
        (sum, length, index) =>
          length > least ? sum + (right[index]![row]! * left[index]![column]!) / (length * length) : sum,
        0,
      ),
    ),
  );
}

function isTall(a: Rows): boolean {
  return a.length >= (a[0]?.length ?? 0);
}

export function isSymmetric(a: Rows): boolean {
  return a.every((row, r) => row.every((value, c) => value === a[c]?.[r]));
}

/** The Kronecker product. */
export function kronecker(a: Rows, b: Rows): number[][] {
  return a.flatMap((rowA) => b.map((rowB) => rowA.flatMap((x) => rowB.map((y) => x * y))));
}
