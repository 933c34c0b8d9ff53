/** Arrays, slices, maps and matrices of scripts: against plain JavaScript, and what happens when a bar goes back. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import { RuntimeFailure } from "../../../src/kernel/errors.ts";
import type { ElementKind } from "../../../src/runtime/lib/collections/element.ts";
import type { Elements } from "../../../src/runtime/lib/collections/elements.ts";
import { array, map, matrix, PineObject } from "../../../src/runtime/pine.ts";
import { Snapshot } from "../../../src/runtime/lib/snapshot.ts";

const { NaN: na } = Number;
type Value = number | string;
type Array_ = ReturnType<typeof array.new<Value>>;

/** What a script can do to an array; `window` takes the latest of all arrays and slices. */
type Step =
  | readonly ["push" | "unshift", number]
  | readonly ["insert" | "set", number, number]
  | readonly ["remove" | "get", number]
  | readonly ["pop" | "shift" | "clear" | "reverse" | "sort" | "save" | "restore"]
  | readonly ["slice", number, number]
  | readonly ["fill", number, number, number];

const small = fc.integer({ min: 0, max: 9 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constantFrom("push", "unshift"), small) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom("insert", "set"), small, small) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom("remove", "get"), small) },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom("pop", "shift", "clear", "reverse", "sort", "save", "restore")),
  },
  { weight: 2, arbitrary: fc.tuple(fc.constant("slice"), small, small) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("fill"), small, small, small) },
) as fc.Arbitrary<Step>;

/** A slow and obvious array with windows: everything is done on the one list at the bottom. */
class Model {
  readonly items: Value[];
  constructor(
    readonly parent?: Model,
    public from = 0,
    public to = 0,
  ) {
    this.items = parent?.items ?? [];
  }
  get size(): number {
    return this.parent === undefined
      ? this.items.length
      : Math.max(0, Math.min(this.to, this.parent.size) - this.from);
  }
  get base(): number {
    return this.parent === undefined ? 0 : this.parent.base + this.from;
  }
  get values(): Value[] {
    return this.items.slice(this.base, this.base + this.size);
  }
  /** Replaces part of the window; the window and those around it grow or shrink with it. */
  splice(at: number, count: number, ...added: readonly Value[]): void {
    const { size } = this;
    if (this.parent === undefined) this.items.splice(at, count, ...added);
    else {
      this.parent.splice(Math.min(this.from + at, this.parent.size), count, ...added);
      this.to = this.from + size + added.length - count;
    }
  }
}

describe.each<[ElementKind, (n: number) => Value]>([
  ["int", (n) => n],
  ["string", (n) => String(n)],
])("an array of %s and slices of it, slices of slices", (kind, value) => {
  test("do what a plain list does, whatever is done through whichever", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.array(small), (steps, picks) => {
        const ids: Array_[] = [array.new<Value>(kind, 0)];
        const models = [new Model()];
        let saved:
          { snapshot: Snapshot; items: Value[]; bounds: [number, number][]; count: number } | undefined;
        for (const [index, [name, ...args]] of steps.entries()) {
          const pick = (picks[index % Math.max(1, picks.length)] ?? 0) % ids.length;
          const [id, model] = [ids[pick]!, models[pick]!];
          const [a = 0, b = 0, c = 0] = args as number[];
          const { size } = model;
          if (name === "push") {
            array.push(id, value(a));
            model.splice(size, 0, value(a));
          } else if (name === "unshift") {
            array.unshift(id, value(a));
            model.splice(0, 0, value(a));
          } else if (name === "insert" && a <= size) {
            array.insert(id, a, value(b));
            model.splice(a, 0, value(b));
          } else if (name === "set" && a < size) {
            array.set(id, a, value(b));
            model.items[model.base + a] = value(b);
          } else if (name === "remove" && a < size) {
            expect(array.remove(id, a)).toBe(model.values[a]!);
            model.splice(a, 1);
          } else if (name === "get" && a < size) {
            expect(array.get(id, a)).toBe(model.values[a]!);
            expect(array.get(id, a - size)).toBe(model.values[a]!);
          } else if (name === "pop" && size > 0) {
            expect(array.pop(id)).toBe(model.values.at(-1)!);
            model.splice(size - 1, 1);
          } else if (name === "shift" && size > 0) {
            expect(array.shift(id)).toBe(model.values[0]!);
            model.splice(0, 1);
          } else if (name === "clear") {
            array.clear(id);
            model.splice(0, size);
          } else if (name === "reverse" || name === "sort") {
            array[name](id);
            const changed = name === "sort" ? model.values.toSorted() : model.values.toReversed();
            changed.forEach((item, place) => (model.items[model.base + place] = item));
          } else if (name === "slice" && a <= b && b <= size && ids.length < 6) {
            ids.push(array.slice(id, a, b));
            models.push(new Model(model, a, b));
          } else if (name === "fill" && a <= size && b <= size) {
            array.fill(id, value(c), a, b);
            for (let place = a; place < b; place++) model.items[model.base + place] = value(c);
          } else if (name === "save") {
            saved = {
              snapshot: new Snapshot(ids),
              items: [...models[0]!.items],
              bounds: models.map(({ from, to }) => [from, to]),
              count: ids.length,
            };
          } else if (name === "restore" && saved !== undefined) {
            saved.snapshot.restore();
            models[0]!.items.splice(0, Infinity, ...saved.items);
            ids.length = models.length = saved.count;
            for (const [place, bounds] of saved.bounds.entries())
              [models[place]!.from, models[place]!.to] = bounds;
          }
          expect(ids.map((each) => [...each])).toEqual(models.map((each) => each.values));
        }
      }),
      { numRuns: 250 },
    );
  });
});

describe("array errors say where and what", () => {
  const three = (): Array_ => array.from<Value>("int", 1, 2, 3);
  test.each<[string, () => unknown, string]>([
    [
      "get behind the end",
      () => array.get(three(), 3),
      "array.get: index 3 is out of bounds, the array size is 3 (RE10045)",
    ],
    ["get before the start", () => array.get(three(), -4), "RE10045"],
    ["a negative index in version 5", () => array.get5(three(), -1), "index -1 is out of bounds"],
    ["set", () => array.set(three(), 5, 1), "array.set: index 5"],
    ["insert", () => array.insert(three(), 4, 1), "array.insert: index 4"],
    ["remove", () => array.remove(three(), -9), "array.remove: index -9"],
    ["bounds of fill", () => array.fill(three(), 0, 1, 4), "array.fill: index 4"],
    ["bounds of slice", () => array.slice(three(), -1, 2), "array.slice: index -1"],
    ["reversed bounds of slice", () => array.slice(three(), 2, 1), "RE10044"],
    ["pop of nothing", () => array.pop(array.new("int", 0)), "array.pop: the array is empty"],
    ["an array that is na", () => array.size(null), "array.size: the collection is na"],
    ["too large", () => array.new("float", 1e12), "from 0 to 10000000"],
  ])("%s", (_name, action, message) => {
    expect(action).toThrow(RuntimeFailure);
    expect(action).toThrow(message);
  });
  test("reversed bounds of fill do nothing", () => {
    const id = three();
    array.fill(id, 9, 2, 1);
    expect([...id]).toEqual([1, 2, 3]);
  });
});

describe("statistics of arrays", () => {
  type Numbers = Parameters<typeof array.avg>[0];
  const of = (...values: number[]): Numbers => array.from("float", ...values) as unknown as Numbers;

  test("min and max leave na out, and infinities count", () => {
    for (const values of [[], [na], [na, na]])
      expect([array.min(of(...values)), array.max(of(...values))]).toEqual([na, na]);
    for (const [values, least, greatest] of [
      [[na, 3, -1, na, 2], -1, 3],
      [[Infinity, na], Infinity, Infinity],
      [[-Infinity], -Infinity, -Infinity],
      [[1, Infinity, -Infinity], -Infinity, Infinity],
    ] as const) {
      const whole = of(0, ...values, 0);
      array.shift(whole);
      array.pop(whole);
      expect([array.min(whole), array.max(whole), array.range(whole)]).toEqual([
        least,
        greatest,
        greatest - least,
      ]);
    }
    expect([array.min(of(3, 1, 2), 1), array.max(of(3, 1, 2), 1), array.max(of(3), 1)]).toEqual([2, 2, na]);
  });

  test("na is left out; nothing left is na", () => {
    const gapped = of(na, 3, 1, na);
    expect([
      array.sum(gapped),
      array.avg(gapped),
      array.min(gapped),
      array.max(gapped),
      array.range(gapped),
      array.median(gapped),
      array.mode(gapped),
      array.variance(gapped),
      array.variance(gapped, false),
    ]).toEqual([4, 2, 1, 3, 2, 2, 1, 1, 2]);
    const none = of(na);
    expect([
      array.sum(none),
      array.avg(none),
      array.min(none),
      array.median(none),
      array.stdev(none),
    ]).toEqual(Array(5).fill(na));
  });
  test("ranks without sorting: nth, median and percentiles are those of the sorted list", () => {
    const numbers = fc.array(
      fc.oneof({ weight: 8, arbitrary: fc.integer({ min: -9, max: 9 }) }, fc.constant(na)),
      {
        minLength: 1,
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(
        numbers,
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 0, max: 100 }),
        (list, nth, share) => {
          const id = of(...list);
          const sorted = list.filter((value) => value === value).toSorted((a, b) => a - b);
          const at = (rank: number): number => sorted[rank] ?? na;
          expect([array.min(id, nth), array.max(id, nth)]).toEqual([at(nth), at(sorted.length - 1 - nth)]);
          expect(array.percentile_nearest_rank(id, share)).toEqual(
            at(Math.max(1, Math.ceil((share * list.length) / 100)) - 1),
          );
          const half = (sorted.length - 1) / 2;
          expect(array.median(id)).toEqual((at(Math.floor(half)) + at(Math.ceil(half))) / 2);
          if (sorted.length < list.length) return;
          const place = Math.min(Math.max((list.length * share) / 100 + 0.5, 1), list.length);
          const rest = place - Math.floor(place);
          const low = at(Math.floor(place) - 1);
          expect(array.percentile_linear_interpolation(id, share)).toBe(
            rest === 0 ? low : low * (1 - rest) + at(Math.floor(place)) * rest,
          );
          // What was asked for has moved nothing.
          expect([...(id as unknown as Iterable<number>)]).toEqual(list);
        },
      ),
      { numRuns: 400 },
    );
  });
  test("nth smallest and greatest", () => {
    const id = of(5, 1, na, 3);
    expect([array.min(id, 1), array.max(id, 2), array.min(id, 3)]).toEqual([3, 1, na]);
  });
  test("covariance drops pairs of which one is na", () => {
    expect(array.covariance(of(1, na, 3), of(2, 5, 6))).toBe(2);
  });
  test("standardize: na stays, equal elements give 1; percentrank of one is na", () => {
    expect([...array.standardize(of(2, na, 2))]).toEqual([1, na, 1]);
    expect(array.percentrank(of(2), 0)).toBeNaN();
  });
  test("indexof is tolerant, binary_search is exact", () => {
    const id = array.from("float", 1, 2, 3);
    expect([array.indexof(id, 2 + 1e-11), array.includes(id, na), array.lastindexof(id, 9)]).toEqual([
      1,
      false,
      -1,
    ]);
    expect(array.binary_search(id as unknown as Numbers, 2 + 1e-11)).toBe(-1);
  });
});

describe("maps", () => {
  test("keep the order of first insertion, also when a value is replaced", () => {
    const m = map.new<string, number>("float");
    for (const [key, value] of [
      ["b", 1],
      ["a", 2],
      ["b", 3],
    ] as const)
      map.put(m, key, value);
    expect([...m]).toEqual([
      ["b", 3],
      ["a", 2],
    ]);
    expect(map.get(m, "c")).toBeNaN();
  });
  test("a key more or less inside a loop over the map is an error", () => {
    const m = map.new<number, number>("int");
    map.put(m, 1, 1);
    expect(() => {
      for (const [key] of m) map.put(m, key + 1, 0);
    }).toThrow("changed by the loop");
  });
  test("hold 50,000 pairs and no more", () => {
    const m = map.new<number, number>("int");
    for (let key = 0; key < 50_000; key++) map.put(m, key, key);
    map.put(m, 7, 8);
    expect(() => map.put(m, -1, 0)).toThrow("at most 50000 pairs");
  });
});

describe("matrices", () => {
  type M = ReturnType<typeof matrix.new<number>>;
  const of = (...rows: readonly (readonly number[])[]): M => {
    const m = matrix.new<number>("float", rows.length, rows[0]?.length ?? 0);
    rows.forEach((row, r) => row.forEach((value, c) => matrix.set(m, r, c, value)));
    return m;
  };
  const rowsOf = (m: unknown): number[][] => [...(m as M)].map((row) => [...row]);
  const near = (a: unknown, b: readonly (readonly number[])[], digits = 9): void =>
    rowsOf(a).forEach((row, r) => row.forEach((value, c) => expect(value).toBeCloseTo(b[r]![c]!, digits)));

  test("an na index reads na, writes nothing, gives an na row; out of range is an error", () => {
    const m = of([1, 2], [3, 4]);
    matrix.set(m, na, 0, 9);
    expect([matrix.get(m, na, 0), matrix.row(m, na), matrix.get(m, 0, 0)]).toEqual([na, null, 1]);
    expect(() => matrix.get(m, 2, 0)).toThrow("row 2 is out of bounds, the matrix has 2 rows");
    expect(() => matrix.add_row(m, 0, array.from("float", 1))).toThrow("1 elements where the matrix needs 2");
  });
  test("sum, difference, product with a matrix, a number, an array", () => {
    const m = of([1, 2], [3, 4]);
    expect(rowsOf(matrix.sum(m, 1))).toEqual([
      [2, 3],
      [4, 5],
    ]);
    expect(rowsOf(matrix.diff(m, m))).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(rowsOf(matrix.mult(m, 2))).toEqual([
      [2, 4],
      [6, 8],
    ]);
    expect([...(matrix.mult(m, array.from("float", 1, 1) as never) as unknown as M)] as unknown).toEqual([
      3, 7,
    ]);
    expect(() => matrix.mult(m, of([1, 2, 3]))).toThrow("2 columns do not fit 1 rows");
  });
  test("rows in front, sorted, turned over, appended, given another shape", () => {
    const m = of([3, 1], [1, 2], [2, 3]);
    matrix.sort(m);
    expect(rowsOf(m)).toEqual([
      [1, 2],
      [2, 3],
      [3, 1],
    ]);
    matrix.sort(m, 1, "descending");
    expect(rowsOf(m)).toEqual([
      [2, 3],
      [1, 2],
      [3, 1],
    ]);
    matrix.reverse(m);
    expect(rowsOf(m)).toEqual([
      [1, 3],
      [2, 1],
      [3, 2],
    ]);
    matrix.concat(m, of([9, 9]));
    matrix.reshape(m, 2, 4);
    expect(rowsOf(m)).toEqual([
      [1, 3, 2, 1],
      [3, 2, 9, 9],
    ]);
    expect(() => matrix.reshape(m, 3, 3)).toThrow("2 times 4 elements do not fill 3 times 3");
  });
  test("kinds of matrices", () => {
    const upper = of([1, 2], [0, 3]);
    expect([
      matrix.is_triangular(upper),
      matrix.is_symmetric(upper),
      matrix.is_antisymmetric(of([0, 2], [-2, 0])),
      matrix.is_antidiagonal(of([0, 1], [2, 0])),
      matrix.is_stochastic(of([0.3, 0.7], [1, 0])),
      matrix.is_binary(of([1, 0, 1])),
      matrix.is_zero(of([0, 0])),
      matrix.is_square(of([0, 0])),
      matrix.is_identity(of([1, 0])),
    ]).toEqual([true, false, true, true, true, true, true, false, false]);
  });

  const square = fc.integer({ min: 1, max: 5 }).chain((size) =>
    fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: size, maxLength: size }), {
      minLength: size,
      maxLength: size,
    }),
  );
  test("the inverse undoes, the determinant of a product is the product", () => {
    fc.assert(
      fc.property(square, (rows) => {
        const m = of(...rows);
        const inverted = matrix.inv(m);
        if (Math.abs(matrix.det(m)) < 1e-9) return;
        const size = rows.length;
        near(
          matrix.mult(m, inverted),
          rows.map((_, r) => rows.map((_, c) => Number(r === c))),
          6,
        );
        near(matrix.pinv(m), rowsOf(inverted), 5);
        expect(matrix.rank(m)).toBe(size);
        expect(matrix.det(matrix.mult(m, m) as M) / matrix.det(m) ** 2).toBeCloseTo(1, 6);
      }),
    );
    expect(matrix.inv(of([1, 2], [2, 4]))).toBeNull();
    expect(matrix.rank(of([1, 2], [2, 4]))).toBe(1);
  });
  test("the pseudoinverse of any matrix fits (Penrose), tall or wide", () => {
    for (const m of [of([1, 2, 3], [4, 5, 6]), of([1, 2], [2, 4], [3, 6]), of([2, 0], [0, 0])]) {
      const p = matrix.pinv(m);
      near(matrix.mult(matrix.mult(m, p) as M, m), rowsOf(m));
      near(matrix.mult(matrix.mult(p, m) as M, p), rowsOf(p));
    }
  });
  test("eigenvalues: their sum is the trace, their vectors are only stretched", () => {
    fc.assert(
      fc.property(square, fc.boolean(), (drawn, symmetric) => {
        const rows = drawn.map((row, r) =>
          row.map((value, c) => (symmetric ? value + drawn[c]![r]! : value)),
        );
        const m = of(...rows);
        const values = [...matrix.eigenvalues(m)];
        expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(matrix.trace(m), 4);
        if (!symmetric) return;
        const vectors = matrix.eigenvectors(m);
        const stretched = rowsOf(vectors).map((row) => row.map((value, c) => value * values[c]!));
        near(matrix.mult(m, vectors), stretched, 6);
      }),
      { numRuns: 200 },
    );
    expect([...matrix.eigenvalues(of([2, 4], [6, 8]))].map((value) => value.toFixed(6))).toEqual([
      "-0.744563",
      "10.744563",
    ]);
    expect([...matrix.eigenvalues(of([1, 0, 0], [0, 3, 0], [0, 0, 2]))]).toEqual([3, 2, 1]);
    const general = of([2, 1, 0], [0, 3, 1], [0, 0, 5]);
    const vectors = matrix.eigenvectors(general);
    near(
      matrix.mult(general, vectors),
      rowsOf(vectors).map((row) => row.map((value, c) => value * [2, 3, 5][c]!)),
      6,
    );
  });
  test("the Kronecker product and powers", () => {
    expect(rowsOf(matrix.kron(of([1, 2]), of([1], [3])))).toEqual([
      [1, 2],
      [3, 6],
    ]);
    expect(rowsOf(matrix.pow(of([1, 1], [1, 0]), 10))).toEqual([
      [89, 55],
      [55, 34],
    ]);
    expect(rowsOf(matrix.pow(of([1, 1], [1, 0]), 0))).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });
});

describe("a bar that goes back", () => {
  class Node extends PineObject {
    override get varip(): ReadonlySet<string> {
      return new Set(["ticks"]);
    }
    price = 1;
    ticks = 0;
    next: Node | null = null;
    seen = array.from("float", 1, 2);
  }
  test("restores the contents of everything that can be reached, circles included, and keeps identity", () => {
    const [node, other] = [new Node(), new Node()];
    node.next = other;
    other.next = node;
    const nodes = array.from<Node | null>("object", node);
    const byName = map.new<string, Node | null>("object");
    map.put(byName, "a", node);
    const m = matrix.new<number>("float", 2, 2, 0);
    const snapshot = new Snapshot([nodes, byName, m, 5, null, "text"]);
    for (let run = 0; run < 2; run++) {
      const { seen } = node;
      array.push(nodes, null);
      map.put(byName, "b", null);
      matrix.add_row(m);
      matrix.set(m, 0, 0, 7);
      other.price = 9;
      other.ticks++;
      array.push(seen, 3);
      node.seen = array.from("float", 0);
      node.next = null;
      snapshot.restore();
      expect([...nodes]).toEqual([node]);
      expect([...byName]).toEqual([["a", node]]);
      expect([matrix.rows(m), matrix.get(m, 0, 0)]).toEqual([2, 0]);
      expect([other.price, other.ticks, node.next as unknown, [...node.seen]]).toEqual([
        1,
        run + 1,
        other,
        [1, 2],
      ]);
      expect(node.seen).toBe(seen);
    }
  });

  const { sort } = array;
  /** What a bar may do, by number. */
  const deeds: readonly ((a: Elements<unknown>, at: number, value: number) => void)[] = [
    (a, _at, value) => array.push(a, value),
    (a, _at, value) => array.push(a, value + 1),
    (a, _at, value) => array.unshift(a, value),
    (a) => void (a.size > 0 && array.pop(a)),
    (a) => void (a.size > 0 && array.shift(a)),
    (a, at, value) => void (a.size > 0 && array.set(a, at % a.size, value)),
    (a, at, value) => array.insert(a, at % (a.size + 1), value),
    (a, at) => void (a.size > 0 && array.remove(a, at % a.size)),
    (a) => array.clear(a),
    (a) => array.reverse(a),
    (a) => sort(a as never),
    (a, at, value) => void (a.size > 1 && array.set(array.slice(a, at % (a.size - 1), a.size)!, 0, value)),
    (a, at) => array.reverse(array.slice(a, at % (a.size + 1), a.size)!),
  ];
  const deed = fc.tuple(fc.nat(deeds.length - 1), fc.nat(20), fc.nat(9));
  const bar = fc.array(fc.array(deed, { maxLength: 4 }), { minLength: 1, maxLength: 4 });

  test("restores whatever was done to it, as often as it is done, and goes on from there", () => {
    fc.assert(
      fc.property(fc.array(bar, { maxLength: 8 }), (bars) => {
        const numbers = array.from("float", 1, 2, 3, 4, 5) as Elements<unknown>;
        const texts = array.from<unknown>("string", "1", "2", "3");
        const pairs = map.new<number, number>("float");
        const doAll = (deeds_: readonly (readonly [number, number, number])[]): void => {
          for (const [which, at, value] of deeds_) {
            deeds[which]!(numbers, at, value);
            deeds[which]!(texts, at, String(value) as never);
            if (which % 4 === 3) map.remove(pairs, at);
            else if (which === 8) map.clear(pairs);
            else map.put(pairs, at, value);
          }
        };
        const all = (): unknown => [[...numbers], [...texts], [...pairs]];
        for (const executions of bars) {
          const snapshot = new Snapshot([numbers, texts, pairs]);
          const before = all();
          for (const done of executions) {
            doAll(done);
            snapshot.restore();
            expect(all()).toEqual(before);
          }
          doAll(executions[0]!);
        }
      }),
      { numRuns: 300 },
    );
  });
});
