import { isSymmetric, type Rows } from "./linear-algebra.ts";

/** Eigenvalues of a square matrix and a vector of length 1 for each. */
export interface Eigen {
  /** Real parts. */
  readonly values: number[];
  /** na for a value that is not real. */
  readonly vectors: number[][];
}

/** Far more than any matrix has been seen to need. */
const mostSteps = 10_000;

/**
 * Symmetric matrices by Jacobi's rotations, the greatest value first; others by the shifted QR algorithm and inverse
 * iteration, in the order in which the values stand on the diagonal in the end.
 */
export function eigen(a: Rows): Eigen {
  const found = isSymmetric(a) ? descending(symmetric(a)) : general(a);
  return { values: found.values, vectors: found.vectors.map(signed) };
}

function descending({ values, vectors }: Eigen): Eigen {
  const order = [...values.keys()].toSorted((x, y) => values[y]! - values[x]!);
  return { values: order.map((index) => values[index]!), vectors: order.map((index) => vectors[index]!) };
}

/** An eigenvector's sign is anybody's: here the largest component is positive. */
function signed(vector: number[]): number[] {
  const largest = vector.reduce(
    (most, value) => (Math.abs(value) > Math.abs(most) + 1e-12 ? value : most),
    0,
  );
  return largest < 0 ? vector.map((value) => -value) : vector;
}

/** Jacobi 1846: rotations that each make one pair of elements 0, until all are. */
function symmetric(a: Rows): Eigen {
  const m = a.map((row) => [...row]);
  const size = m.length;
  const vectors = m.map((_, row) => m.map((_, column) => Number(row === column)));
  for (let sweep = 0; sweep < 100 && offDiagonal(m) > 0; sweep++) {
    for (let p = 0; p < size - 1; p++) {
      for (let q = p + 1; q < size; q++) jacobi(m, vectors, p, q);
    }
  }
  return { values: m.map((row, index) => row[index]!), vectors };
}

function offDiagonal(m: Rows): number {
  const scale = Math.max(...m.map((row, index) => Math.abs(row[index]!)));
  return m.reduce(
    (sum, row, r) =>
      sum +
      row.reduce(
        (part, value, c) => (r !== c && Math.abs(value) > 1e-17 * scale ? part + value * value : part),
        0,
      ),
    0,
  );
}

function jacobi(m: number[][], vectors: number[][], p: number, q: number): void {
  const off = m[p]![q]!;
  if (off === 0) return;
  const theta = (m[q]![q]! - m[p]![p]!) / (2 * off);
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  for (const row of m) {
    const [x, y] = [row[p]!, row[q]!];
    row[p] = cosine * x - sine * y;
    row[q] = sine * x + cosine * y;
  }
  for (const rows of [m, vectors]) {
    const [rowP, rowQ] = [rows[p]!, rows[q]!];
    for (let index = 0; index < rowP.length; index++) {
      const [x, y] = [rowP[index]!, rowQ[index]!];
      rowP[index] = cosine * x - sine * y;
      rowQ[index] = sine * x + cosine * y;
    }
  }
  m[p]![q] = m[q]![p] = 0;
}

interface Complex {
  readonly re: number;
  readonly im: number;
}

const plus = (a: Complex, b: Complex): Complex => ({ re: a.re + b.re, im: a.im + b.im });
const minus = (a: Complex, b: Complex): Complex => ({ re: a.re - b.re, im: a.im - b.im });
const times = (a: Complex, b: Complex): Complex => ({
  re: a.re * b.re - a.im * b.im,
  im: a.re * b.im + a.im * b.re,
});
const conjugate = (a: Complex): Complex => ({ re: a.re, im: -a.im });
const size = (a: Complex): number => Math.hypot(a.re, a.im);
const over = (a: Complex, by: number): Complex => ({ re: a.re / by, im: a.im / by });

function squareRoot(a: Complex): Complex {
  const modulus = size(a);
  const re = Math.sqrt((modulus + a.re) / 2);
  const im = Math.sqrt(Math.max(0, (modulus - a.re) / 2));
  return { re, im: a.im < 0 ? -im : im };
}

function general(a: Rows): Eigen {
  const values = a.length === 2 ? twoValues(a) : qrValues(a).toReversed();
  const norm = Math.max(...a.flat().map(Math.abs));
  const scale = Math.max(1e-300, norm);
  return {
    values: values.map((value) => value.re),
    vectors: values.map((value) =>
      Math.abs(value.im) > 1e-7 * scale ? a.map(() => Number.NaN) : inverseIteration(a, value.re, scale),
    ),
  };
}

/** Of two rows, the value that goes with the greater diagonal element takes its place. */
function twoValues(a: Rows): Complex[] {
  const [[p = 0, q = 0] = [], [r = 0, s = 0] = []] = a;
  const half = (p - s) / 2;
  const root = squareRoot({ re: half * half + q * r, im: 0 });
  const middle = { re: (p + s) / 2, im: 0 };
  const [greater, smaller] = [plus(middle, root), minus(middle, root)];
  return half >= 0 ? [greater, smaller] : [smaller, greater];
}

/** A matrix of the same eigenvalues that is 0 below its first subdiagonal (A. S. Householder, 1958). */
function hessenberg(a: Rows): number[][] {
  const m = a.map((row) => [...row]);
  const n = m.length;
  for (let k = 0; k < n - 2; k++) {
    const below = m.slice(k + 1).map((row) => row[k]!);
    const norm = Math.hypot(...below);
    if (norm === 0) continue;
    below[0]! += below[0]! < 0 ? -norm : norm;
    const length = Math.hypot(...below);
    const v = below.map((value) => value / length);
    for (let column = 0; column < n; column++) {
      const share = 2 * v.reduce((sum, value, index) => sum + value * m[k + 1 + index]![column]!, 0);
      for (const [index, value] of v.entries()) m[k + 1 + index]![column]! -= share * value;
    }
    for (const row of m) {
      const share = 2 * v.reduce((sum, value, index) => sum + value * row[k + 1 + index]!, 0);
      for (const [index, value] of v.entries()) row[k + 1 + index]! -= share * value;
    }
  }
  return m;
}

/** Eigenvalues by QR steps with Wilkinson's shift in complex numbers; what has split off is left alone. */
function qrValues(a: Rows): Complex[] {
  const m: Complex[][] = hessenberg(a).map((row) => row.map((re) => ({ re, im: 0 })));
  const norm = Math.max(0, ...m.flat().map(size));
  const values: Complex[] = [];
  let last = m.length - 1;
  for (let step = 0, since = 0; last >= 0; step++, since++) {
    const first = splitPoint(m, last, norm);
    if (first === last || step > mostSteps) {
      values.push(m[last]![last]!);
      last--;
      since = 0;
    } else {
      // A matrix that does not move under its own shift is pushed aside.
      const shift =
        since % 11 === 10
          ? { re: size(m[last]![last - 1]!) + size(m[last]![last]!), im: 0 }
          : wilkinson(m, last);
      qrStep(m, first, last, shift);
    }
  }
  return values;
}

/** Where the part that ends at `last` begins: below an element that is nothing beside its neighbours. */
function splitPoint(m: Complex[][], last: number, norm: number): number {
  for (let row = last; row > 0; row--) {
    const around = size(m[row - 1]![row - 1]!) + size(m[row]![row]!);
    if (size(m[row]![row - 1]!) <= 2 ** -52 * (around === 0 ? norm : around)) return row;
  }
  return 0;
}

/** The eigenvalue of the last two rows and columns that is nearer to the last element. */
function wilkinson(m: Complex[][], last: number): Complex {
  const [a, b, c, d] = [m[last - 1]![last - 1]!, m[last - 1]![last]!, m[last]![last - 1]!, m[last]![last]!];
  const half = over(plus(a, d), 2);
  const root = squareRoot(minus(times(half, half), minus(times(a, d), times(b, c))));
  const [one, two] = [plus(half, root), minus(half, root)];
  return size(minus(one, d)) < size(minus(two, d)) ? one : two;
}

/** A − s = QR, then RQ + s, for rows and columns `first` to `last`, by rotations of neighbours. */
function qrStep(m: Complex[][], first: number, last: number, shift: Complex): void {
  for (let index = first; index <= last; index++) m[index]![index] = minus(m[index]![index]!, shift);
  const rotations: (readonly [Complex, Complex])[] = [];
  for (let k = first; k < last; k++) {
    const [upper, lower] = [m[k]!, m[k + 1]!];
    const length = Math.hypot(size(upper[k]!), size(lower[k]!));
    const cosine = length === 0 ? { re: 1, im: 0 } : over(upper[k]!, length);
    const sine = length === 0 ? { re: 0, im: 0 } : over(lower[k]!, length);
    for (let column = k; column <= last; column++) {
      const [x, y] = [upper[column]!, lower[column]!];
      upper[column] = plus(times(conjugate(cosine), x), times(conjugate(sine), y));
      lower[column] = minus(times(cosine, y), times(sine, x));
    }
    rotations.push([cosine, sine]);
  }
  for (const [index, [cosine, sine]] of rotations.entries()) {
    const k = first + index;
    for (let row = first; row <= Math.min(k + 1, last); row++) {
      const [x, y] = [m[row]![k]!, m[row]![k + 1]!];
      m[row]![k] = plus(times(x, cosine), times(y, sine));
      m[row]![k + 1] = minus(times(y, conjugate(cosine)), times(x, conjugate(sine)));
    }
  }
  for (let index = first; index <= last; index++) m[index]![index] = plus(m[index]![index]!, shift);
}

/** Solves `(a − value) · x = x` again and again: x turns into the eigenvector. */
function inverseIteration(a: Rows, value: number, scale: number): number[] {
  const shifted = value + scale * 1e-10;
  let vector = a.map((_, index) => 1 + index / 7);
  for (let step = 0; step < 4; step++) {
    const next = eliminate(
      a.map((row, r) => row.map((element, c) => (r === c ? element - shifted : element))),
      vector,
      scale,
    );
    const norm = Math.hypot(...next);
    vector = next.map((component) => component / norm);
  }
  return vector;
}

/** Gaussian elimination that takes a pivot of nothing for a very small one. */
function eliminate(rows: number[][], b: readonly number[], scale: number): number[] {
  const m = rows.map((row, index) => [...row, b[index]!]);
  for (let pivot = 0; pivot < m.length; pivot++) {
    let best = pivot;
    for (let row = pivot + 1; row < m.length; row++) {
      if (Math.abs(m[row]![pivot]!) > Math.abs(m[best]![pivot]!)) best = row;
    }
    [m[pivot], m[best]] = [m[best]!, m[pivot]!];
    const top = m[pivot]!;
    if (Math.abs(top[pivot]!) < scale * 1e-18) top[pivot] = scale * 1e-18;
    for (let row = pivot + 1; row < m.length; row++) {
      const factor = m[row]![pivot]! / top[pivot]!;
      for (let column = pivot; column <= m.length; column++) m[row]![column]! -= factor * top[column]!;
    }
  }
  const x: number[] = Array.from({ length: m.length }, () => 0);
  for (let row = m.length - 1; row >= 0; row--) {
    let value = m[row]![m.length]!;
    for (let column = row + 1; column < m.length; column++) value -= m[row]![column]! * x[column]!;
    x[row] = value / m[row]![row]!;
  }
  return x;
}
