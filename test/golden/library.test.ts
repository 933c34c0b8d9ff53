/** What TradingView logs for a tour of the library, against the same calls without a compiler. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { array, color, map, math, matrix, str, ta } from "../../src/runtime/pine.ts";
import { truth } from "./case.ts";

const { NaN: na } = Number;
const run = { syminfo: { mintick: 0.00001, minmove: 1, pricescale: 100_000 } };
const ints = (...values: number[]) => array.from("int", ...values);
const floats = (...values: number[]) => array.from("float", ...values);
type Numbers = Parameters<typeof array.avg>[0];
/** The functions for numbers want arrays of numbers. */
const n = (id: unknown): Numbers => id as Numbers;

type Log = (pattern: string, ...args: unknown[]) => void;

const cases: Readonly<Record<string, (log: Log) => void>> = {
  "array-basic": (log) => {
    const b = array.new<boolean>("bool", 5, false);
    const c = array.new<number>("color", 5, 0xf23645ff);
    const f = array.new<number>("float", 5, 0);
    const i = array.new<number>("int", 5, 0);
    const s = array.new<string>("string", 5, "s");
    array.set(b, 0, true);
    array.set(c, 0, 0x4caf50ff);
    array.set(c, -2, 0xff9800ff);
    for (const numbers of [f, i]) {
      array.set(numbers, 0, 1);
      array.set(numbers, -2, 2);
    }
    array.set(s, 0, "s0");
    array.set(s, -2, "s2");
    log("{0}", b);
    log("{0} {1}", array.get(c, 3) === 0xff9800ff, array.get(c, 0) === 0x4caf50ff);
    for (const one of [f, i, s]) log("{0}", one);
    const m = ints(-1, -2, -3, -4, -5);
    log("{0} {1}", m, array.size(m));
    array.push(m, 6);
    log("{0} {1}", array.pop(m), array.size(m));
    array.clear(m);
    log("{0}", array.size(m));
  },
  "array-binary-search": (log) => {
    const a = n(ints(10, 20, 20, 20, 30, 40));
    for (const v of [5, 10, 15, 20, 25, 30, 40, 45]) {
      log(
        "{0}: {1} {2} {3}",
        v,
        array.binary_search(a, v),
        array.binary_search_leftmost(a, v),
        array.binary_search_rightmost(a, v),
      );
    }
    const one = n(ints(10));
    log("{0} {1}", array.binary_search_leftmost(one, 5), array.binary_search_rightmost(one, 45));
  },
  "array-every-some": (log) => {
    const bools = (...values: boolean[]) => array.from("bool", ...values);
    const e = bools();
    log("{0} {1} {2}", array.every(e), array.some(e), array.includes(e, true));
    log(
      "{0} {1} {2}",
      array.every(bools(true, true)),
      array.every(bools(true, false)),
      array.every(bools(false, false)),
    );
    log("{0} {1}", array.every(ints(1, 2)), array.every(ints(1, 0)));
  },
  "array-functions-int": (log) => {
    let a = ints(-1, -2, -3, -4, -5);
    log("{0}", array.abs(n(a)));
    log("{0}", array.avg(n(a)));
    a = ints(1, 2, 4, 5, 6);
    log("{0}", array.binary_search(n(a), 4));
    log("{0}", array.binary_search(n(a), 3));
    log("{0}", array.binary_search_leftmost(n(a), 3));
    log("{0}", array.binary_search_rightmost(n(a), 3));
    array.concat(a, ints(7, 8, 9, 10));
    log("{0}", a);
    const c = array.copy(a);
    log("{0}", c);
    log("{0,number,#.###############}", array.covariance(n(a), n(c)));
    log("{0,number,#.###############}", array.covariance(n(a), n(c), false));
    array.insert(a, 0, 0);
    array.fill(c, 0, 1, 3);
    log("{0}", c);
    log("{0}", array.first(a));
    log("{0}", array.includes(a, 4));
    log("{0}", array.indexof(a, 4));
    log("{0}", array.join(a, ", "));
    log("{0}", array.last(a));
    log("{0}", array.lastindexof(a, 4));
    log("{0}", array.max(n(a)));
    log("{0}", array.min(n(a)));
    log("{0}", array.median(n(a)));
    log("{0}", array.mode(n(a)));
    log("{0}", array.percentrank(n(a), 4));
    for (const p of [0.5, 50, 70]) log("{0}", array.percentile_linear_interpolation(n(a), p));
    for (const p of [0.5, 50, 70]) log("{0}", array.percentile_nearest_rank(n(a), p));
    log("{0}", array.range(n(a)));
    array.remove(a, 4);
    log("{0}", a);
    array.reverse(c);
    log("{0}", c);
    log("{0}", array.shift(a));
    log("{0}", array.size(a));
    const part = array.slice(a, 1, 3);
    log("{0} {1}", part, array.size(part));
    array.set(part, 1, 11);
    log("{0}; {1}", part, a);
    array.sort(a, "descending");
    log("{0}", a);
    array.sort(a, "ascending");
    log("{0}", a);
    log("{0}", array.sort_indices(c));
    log("{0}", array.sort_indices(c, "descending"));
    log("{0}", array.standardize(n(a)));
    log("{0}", array.standardize(n(floats(1.1, 2.2, 3.3, 4.4, 5.5))));
    log("{0,number,#.#############}", array.stdev(n(a)));
    log("{0,number,#.#############}", array.stdev(n(a), false));
    log("{0}", array.sum(n(a)));
    array.unshift(a, 0);
    log("{0}", a);
    log("{0,number,#.#############}", array.variance(n(a)));
    log("{0,number,#.#############}", array.variance(n(a), false));
  },
  "array-na-index": (log) => {
    const show = (id: unknown): string => array.join(id as ReturnType<typeof ints>, ",");
    const g = ints(10, 20, 30, 40);
    log("get: {0} arr: {1}", array.get(g, na), show(g));
    array.set(g, na, 99);
    log("set_arr: {0} size: {1}", show(g), array.size(g));
    log("remove: {0} arr: {1}", array.remove(g, na), show(g));
    const h = array.copy(g);
    array.insert(h, na, 77);
    log("insert_arr: {0}", show(h));
    const slices = {
      nafrom: array.slice(g, na, 2),
      nato: array.slice(g, 1, na),
      bothna: array.slice(g, na, na),
    };
    for (const [name, slice] of Object.entries(slices)) {
      log(`slice_${name}: {0} size: {1}`, show(slice), array.size(slice));
    }
    const f1 = array.copy(g);
    array.fill(f1, 5, na, 2);
    log("fill_nafrom: {0}", show(f1));
    const f2 = array.copy(g);
    array.fill(f2, 5, 1, na);
    log("fill_nato: {0}", show(f2));
    log(
      "percentrank: {0} max: {1} min: {2}",
      array.percentrank(n(g), na),
      array.max(n(g), na),
      array.min(n(g), na),
    );
    log("still_running: true");
    const e = array.new<number>("int", 0);
    log("empty_get: {0} size: {1}", array.get(e, na), array.size(e));
    array.set(e, na, 9);
    log("empty_set_size: {0}", array.size(e));
    log("empty_remove: {0} size: {1}", array.remove(e, na), array.size(e));
    array.insert(e, na, 77);
    log("empty_insert: {0} size: {1}", show(e), array.size(e));
    log("still_running: true");
  },
  "array-na-percentiles": (log) => {
    const a = n(floats(10, na, 20, 30, na, 40));
    for (const p of [0, 25, 50, 60, 75, 100]) log("{0}", array.percentile_nearest_rank(a, p));
    for (const i of [0, 1, 2, 5]) log("{0}", array.percentrank(a, i));
    for (const p of [0, 10, 25, 50, 75, 100]) log("{0}", array.percentile_linear_interpolation(a, p));
    const b = n(floats(0, 1.1, 2.2, 4.4, 5.5, 6.6, 7.7, 8.8, 9.9, 10.1));
    for (const p of [10, 15, 25, 50, 75, 90]) log("{0}", array.percentile_linear_interpolation(b, p));
  },
  "array-negative-index": (log) => {
    const fresh = () => ints(10, 20, 30, 40);
    let a = fresh();
    log("{0} {1}", array.get(a, -1), array.get(a, -4));
    array.set(a, -1, 99);
    log("{0}", a);
    a = fresh();
    log("{0} {1}", array.remove(a, -1), array.size(a));
    a = fresh();
    const v = array.slice(a, 1, 3);
    log("{0}", array.get(v, -1));
    array.set(v, -1, 99);
    log("{0}", a);
    for (const index of [4, -4, -1]) {
      a = fresh();
      array.insert(a, index, 77);
      log("{0}", a);
    }
    const e = array.new<number>("int", 0);
    array.insert(e, 0, 77);
    log("{0}", e);
  },
  "array-new-drawings": (log) => {
    const empty = array.size(array.new("object", 0));
    log("{0} {1} {2} {3} {4}", empty, empty, empty, empty, empty);
    const [b, l] = [array.new("object", 3), array.new("object", 5)];
    log("{0} {1} {2}", array.size(b), array.size(l), array.get(b, 2) === null && array.get(l, 4) === null);
    log("{0} {1}", array.size(array.new("int", na)), array.size(array.new("float", na)));
  },
  "array-slice-write": (log) => {
    const fresh = () => ints(10, 20, 30, 40);
    type Array = ReturnType<typeof fresh>;
    const on = (from: number, to: number, change: (v: Array, a: Array) => void): void => {
      const a = fresh();
      change(array.slice(a, from, to), a);
    };
    for (const change of [
      (v: Array) => array.push(v, 99),
      (v: Array) => array.insert(v, 1, 99),
      (v: Array) => array.unshift(v, 99),
    ]) {
      on(0, 2, (v, a) => {
        change(v);
        log("{0} {1}", a, v);
      });
    }
    on(1, 3, (v, a) => {
      array.push(v, 99);
      log("{0} {1}", a, v);
    });
    on(0, 2, (v, a) => log("{0} {1} {2}", array.remove(v, 0), a, v));
    on(0, 2, (v, a) => log("{0} {1}", array.pop(v), a));
    on(0, 2, (v, a) => log("{0} {1}", array.shift(v), a));
    on(0, 2, (v, a) => {
      array.clear(v);
      log("{0} {1}", a, array.size(v));
    });
    on(0, 2, (v, a) => {
      array.set(v, 0, 99);
      log("{0}", a);
    });
  },
  "array-sort-na": (log) => {
    const a = floats(30, 20, 10, na);
    array.sort(a);
    log("{0} {1} {2} {3}", array.get(a, 0), array.get(a, 1), array.get(a, 2), Number.isNaN(array.get(a, 3)));
    const b = floats(30, 20, 10, na);
    array.sort(b, "descending");
    log("{0} {1} {2} {3}", Number.isNaN(array.get(b, 0)), array.get(b, 1), array.get(b, 2), array.get(b, 3));
    const s = array.from<string | null>("string", "b", "a", null);
    array.sort(s);
    log("{0} {1}", array.get(s, 1), array.get(s, 2));
    array.sort(s, "descending");
    log("{0} {1}", array.get(s, 0), array.get(s, 1));
  },
  "map-basic": (log) => {
    const m = map.new<string, number>("int");
    log("{0}", map.size(m));
    map.put(m, "one", 1);
    map.put(m, "two", 2);
    map.put(m, "three", 3);
    log("{0} {1} {2} {3}", map.get(m, "one"), map.get(m, "two"), map.get(m, "three"), map.size(m));
    log("{0} {1}", map.contains(m, "one"), map.contains(m, "four"));
    log("{0} {1}", map.put(m, "one", 100), map.get(m, "one"));
    log("{0} {1}", map.keys("string", m), map.values(m));
    const c = map.copy(m);
    map.put(c, "four", 4);
    log(
      "{0} {1} {2} {3} {4}",
      map.get(c, "one"),
      map.get(c, "three"),
      map.get(c, "four"),
      map.size(c),
      map.size(m),
    );
    log("{0} {1} {2}", map.remove(m, "two"), map.contains(m, "two"), map.size(m));
    log("{0}", Number.isNaN(map.remove(m, "nonexistent")));
    const o = map.new<string, number>("int");
    map.put(o, "five", 5);
    map.put(o, "six", 6);
    map.put_all(m, o);
    log(
      "{0} {1} {2} {3} {4}",
      map.contains(m, "five"),
      map.get(m, "five"),
      map.contains(m, "six"),
      map.get(m, "six"),
      map.size(m),
    );
    map.clear(m);
    log("{0} {1}", map.size(m), map.contains(m, "one"));
  },
  "map-put-all": (log) => {
    const [a, b] = [map.new<string, number>("int"), map.new<string, number>("int")];
    map.put(a, "one", 1);
    map.put(b, "two", 2);
    map.put_all(a, b);
    log("{0} {1} {2}", map.keys("string", a), map.values(a), map.size(b));
    map.put(b, "one", 100);
    map.put_all(a, b);
    log("{0}", map.get(a, "one"));
    for (const [key, value] of a) log("{0}={1}", key, value);
  },
  "matrix-areas": (log) => {
    const show = (m: Iterable<unknown>): string =>
      [...m].map((row) => `${array.join(row as ReturnType<typeof floats>, " ")};`).join("");
    const m = matrix.new<number>("float", 3, 3, 0);
    matrix.fill(m, 1, 0, 2, 0, 2);
    log("{0}", show(m));
    log("{0}", show(matrix.submatrix(m, 0, 2, 0, 2)));
    matrix.swap_rows(m, 0, 2);
    log("{0}", show(m));
    matrix.swap_columns(m, 0, 2);
    log("{0}", show(m));
    log("{0}", matrix.remove_row(m, 0));
    log("{0}", matrix.remove_col(m, 0));
    log("{0}", show(matrix.pow(load(2, 2, [1, 2, 3, 4]), 2)));
  },
  "matrix-basic-a": (log) => {
    const a = matrix.new<number>("float", 3, 3, 1.5);
    log("{0} {1} {2}", matrix.rows(a), matrix.columns(a), matrix.elements_count(a));
    matrix.set(a, 1, 1, 10);
    log("{0}", matrix.get(a, 1, 1));
    matrix.fill(a, 2);
    log("{0}", matrix.get(a, 0, 0));
    matrix.add_row(a, 1);
    matrix.add_col(a, 2);
    log("{0} {1}", matrix.rows(a), matrix.columns(a));
    const e = load(3, 3, [1, 0, 0, 0, 1, 0, 0, 0, 1]);
    log("{0} {1} {2}", matrix.is_identity(e), matrix.is_diagonal(e), matrix.is_symmetric(e));
    const s = load(2, 2, [1, 2, 3, 4]);
    log("{0} {1}", matrix.det(s), matrix.trace(s));
    const r = load(2, 3, [1, 2, 3, 4, 5, 6]);
    log("{0} {1} {2}", matrix.avg(r), matrix.max(r), matrix.min(r));
    log("{0} {1}", matrix.row(r, 0), matrix.col(r, 1));
    const p = matrix.mult(r, load(3, 2, [7, 8, 9, 10, 11, 12])) as ReturnType<typeof load>;
    log("{0}x{1} {2} {3}", matrix.rows(p), matrix.columns(p), matrix.get(p, 0, 0), matrix.get(p, 1, 1));
    const q = matrix.transpose(r);
    log("{0}x{1}", matrix.rows(q), matrix.columns(q));
    const c = matrix.copy(s);
    matrix.set(c, 0, 0, 99);
    log("{0} {1}", matrix.get(s, 0, 0), matrix.get(c, 0, 0));
    const u = matrix.submatrix(load(3, 3, [1, 2, 3, 4, 5, 6, 7, 8, 9]), 0, 2, 0, 2);
    log("{0}x{1} {2} {3}", matrix.rows(u), matrix.columns(u), matrix.get(u, 0, 0), matrix.get(u, 1, 1));
    matrix.reshape(r, 3, 2);
    log("{0} {1}", matrix.rows(r), matrix.columns(r));
    const o = matrix.new<number>("float", 3, 3, 1);
    matrix.remove_row(o, 1);
    matrix.remove_col(o, 1);
    log("{0} {1}", matrix.rows(o), matrix.columns(o));
    const w = load(3, 3, [1, 0, 0, 2, 0, 0, 3, 0, 0]);
    matrix.swap_rows(w, 0, 2);
    log("{0} {1}", matrix.get(w, 0, 0), matrix.get(w, 2, 0));
    matrix.swap_columns(w, 0, 1);
    log("{0} {1}", matrix.get(w, 0, 0), matrix.get(w, 0, 1));
  },
  "matrix-for-in": (log) => {
    const m = load(2, 3, [0, 5, 0, 0, 0, 7]);
    for (const row of m) log("{0}", row);
    for (const [i, row] of [...m].entries()) log("{0} {1}", i, array.size(row));
    const w = matrix.new<number>("float", 2, 2, 0);
    for (const row of w) array.set(row, 0, 4);
    log("{0} {1}", matrix.get(w, 0, 0), matrix.get(w, 1, 0));
    array.set(matrix.row(w, 0), 1, 8);
    log("{0}", matrix.get(w, 0, 1));
    for (const _ of matrix.new<number>("float", 0, 3)) log("never");
    log("done");
  },
  "math-functions-a": (log) => {
    log("{0}", Math.abs(-1));
    log("{0,number,#.##########}", math.acos(0.5));
    log("{0,number,#.##########}", math.asin(0.5));
    log("{0,number,#.##########}", Math.atan(0.5));
    log("{0}", math.avg(1, 2, 3));
    log("{0}", Math.ceil(1.5));
    log("{0,number,#.##########}", math.cos(0.5));
    log("{0,number,#.##########}", math.exp(0.5));
    log("{0}", Math.floor(1.5));
    log("{0,number,#.##########}", Math.log(2.718281828459045));
    log("{0,number,#.##########}", Math.log10(100));
    log("{0}", Math.max(1, 2, 3));
    log("{0}", Math.min(1, 2, 3));
  },
  "math-pow-shortcuts": (log) => {
    for (const x of [0.9156440858938809, 0.8612114025523432, 0.8273235598000624]) {
      log(
        "{0} {1} {2} {3}",
        (math.pow(x, 2) - x * x) * 1e18,
        (math.pow(x, 0.5) - Math.sqrt(x)) * 1e18,
        (math.pow(x, 1) - x) * 1e18,
        (math.pow(x, 0) - 1) * 1e18,
      );
    }
    log("{0}", math.pow(2, 10));
  },
  "math-random-seeded": (log) => {
    const [a, b] = [new math.Random(), new math.Random()];
    for (let bar = 0; bar < 10; bar++) {
      log("bar_index: {0}; r: {1,number,#.###############}", bar, a.next(0, 1, 42));
      log("bar_index: {0}; r: {1,number,#.###############}", bar, b.next(0, 1, 42));
    }
  },
  "math-round-to-mintick": (log) => {
    log("{0,number,#.##########}", math.roundToMintick(1.56789918, run.syminfo));
  },
  "math-sum": (log) => {
    const sum = new math.Sum();
    for (let bar = 0; bar < 6; bar++) log("{0}", sum.next(bar, 3));
  },
  "str-format-digits": (log) => {
    const shown: readonly [string, number][] = [
      ["{0,number,#.####################}", 0.1],
      ["{0,number,#.####################}", 1 / 3],
      ["{0,number,#.####################}", 0.1 + 0.2],
      ["{0,number,#.####################}", 0.001234567890123456],
      ["{0,number,#.####################}", 0.12345678901234568],
      ["{0,number,#.##}", 2.675],
      ["{0,number,#}", 0.5],
      ["{0,number,#}", 2.5],
      ["{0,number,#.#}", 0.75],
      ["{0,number,#.#}", 0.5],
      ["{0,number,#.0}", 0.5],
      ["{0,number,#.#}", 0.05],
    ];
    for (const [index, [pattern, value]] of shown.entries()) log(`${index} {0}|`, str.format(pattern, value));
  },
  "str-format-styles": (log) => {
    const shown: readonly [string, number][] = [
      ["{0,NUMBER,#.#}", 1.234],
      ["{0, number, integer}", 1.34],
      ["{0, number, currency}", 1340000],
      ["{0, number, percent}", 0.1],
      ["{0, number, #.#}", 1.234],
      ["{0,number,#.# }", 1.234],
      ["{0, number, #.# }", 1.234],
      ["{0} != {0, number, #.#}", 1.34],
      ["{0,number,#.#}", 1.34],
      ["{0,number,'#'.##}", 1.234],
    ];
    for (const [index, [pattern, value]] of shown.entries()) log(`${index} {0}|`, str.format(pattern, value));
  },
  "str-format-time": (log) => {
    const t = Date.parse("2025-01-01T01:23:45-05:00");
    log("{0}", str.format_time(t, "yyyy-MM-dd HH:mm", "UTC-4"));
    log("{0}", str.format_time(t, "HH:mm:ss", "UTC"));
    log("{0}", str.format_time(t, "yyyy/MM/dd", "UTC+1"));
    log("{0}", str.format_time(t, "dd-MM-yyyy HH:mm", "UTC-8"));
    log("{0}", str.format_time(t, "yyyy-MM-dd'T'HH:mm:ssZ", "UTC-5"));
  },
  "str-functions": (log) => {
    const h = "Hello World!";
    log("{0}", str.contains(h, "!"));
    log("{0}", str.contains(h, "?"));
    log("{0}", str.endswith(h, "!"));
    log("{0}", str.endswith(h, "?"));
    log("{0}", str.format_time(Date.parse("2025-01-01T01:23:45-05:00"), "yyyy-MM-dd HH:mm", "UTC-4"));
    log("{0}", str.length(h));
    log("{0}", str.lower(h));
    log("{0}", str.match(h, "[\\w]+"));
    log("{0}", str.pos(h, "World"));
    log("{0}", str.repeat("Hello ", 3, ""));
    log("{0}", str.replace(h, "World", "Pyne", 0));
    log("{0}", str.replace_all(`${h} ${h}`, "World", "Pyne"));
    log("{0}", str.split(h, " "));
    log("{0}", str.startswith(h, "Hello"));
    log("{0}", str.substring(h, 6, 11));
    log("{0}", str.trim("  Hello World!  "));
    log("{0}", str.upper(h));
  },
  "str-replace-occurrence": (log) => {
    const shown: readonly [string, string, number][] = [
      ["aXbXcXd", "X", 1],
      ["aXbXcXd", "X", 0],
      ["aXbXcXd", "X", 2],
      ["aXbXcXd", "X", 3],
      ["abc", "X", 0],
      ["aaaa", "aa", 0],
      ["aaaa", "aa", 1],
      ["aaaa", "aa", 2],
      ["aaaa", "aa", 3],
      ["abc", "", 0],
      ["abc", "", 2],
      ["abc", "", 3],
      ["abc", "", 4],
      ["", "", 1],
    ];
    for (const [index, [source, target, occurrence]] of shown.entries()) {
      log(`${index} {0}|`, str.replace(source, target, "-", occurrence));
    }
  },
  "str-tostring-digits": (log) => {
    const shown: readonly [number, string][] = [
      [0.1, "#.####################"],
      [1 / 3, "#.####################"],
      [-36.51483716701107, "#.################"],
      [123456789.12345679, "#.##########"],
      [12345.678901234567, "#.####################"],
      [0.1 + 0.2, "#.####################"],
      [0.001234567890123456, "#.####################"],
      [0.009999999999999998, "#.####################"],
      [0.0019999999999999996, "#.####################"],
      [0.1 + 0.7, "#.####################"],
      [0.00012345678901234567, "#.####################"],
      [0.0001234567890123456, "#.####################"],
      [0.0009999999999999998, "#.####################"],
      [1e-17, "#.####################"],
      [1e-7, "#.####################"],
    ];
    for (const [index, [value, mask]] of shown.entries())
      log(`${index} {0}|`, str.tostring(value, mask, run));
  },
};

/** A matrix of floats, row by row. */
function load(rows: number, columns: number, values: readonly number[]) {
  const m = matrix.new<number>("float", rows, columns);
  for (const [index, value] of values.entries()) {
    matrix.set(m, Math.floor(index / columns), index % columns, value);
  }
  return m;
}

test.each(Object.keys(cases))("%s: every line", (name) => {
  const lines: string[] = [];
  cases[name]!((pattern, ...args) => lines.push(str.format(pattern, ...args)!.trimEnd()));
  const expected = readFileSync(join(truth, name, "expected.log"), "utf8")
    .trimEnd()
    .split("\n");
  expect(lines.map(rounded)).toEqual(expected.map((line) => rounded(line.trimEnd())));
});

/** Numbers in square brackets are compared to twelve digits. */
function rounded(line: string): string {
  return line.replace(/\[[^\]]*\]/g, (list) =>
    list.replace(/-?\d+\.\d+/g, (digits) => String(Number(Number(digits).toPrecision(12)))),
  );
}

test("the namespaces are there", () => {
  expect(Object.keys({ array, color, map, math, matrix, str, ta }).length).toBe(7);
});
