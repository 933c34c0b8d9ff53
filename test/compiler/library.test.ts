/** The table of built-ins against the library: everything it names is there, and its signatures can be read. */
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { array } from "../../src/compiler/builtins/array.ts";
import { color } from "../../src/compiler/builtins/color.ts";
import type { Entry } from "../../src/compiler/builtins/entry.ts";
import { map } from "../../src/compiler/builtins/map.ts";
import { math } from "../../src/compiler/builtins/math.ts";
import { matrix } from "../../src/compiler/builtins/matrix.ts";
import { signatureOf, valueType } from "../../src/compiler/builtins/signature.ts";
import { str } from "../../src/compiler/builtins/str.ts";
import { ta } from "../../src/compiler/builtins/ta.ts";
import * as pine from "../../src/runtime/pine.ts";
import { truth } from "../golden/case.ts";
import { errors } from "./check.ts";

const tables: Readonly<Record<string, readonly Entry[]>> = { ta, math, str, array, matrix, map, color };
const library = pine as unknown as Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What the language has, by namespace. */
const names: Readonly<Record<string, string>> = {
  ta: `sma ema rma wma vwma swma hma alma linreg tr atr bb bbw kc kcw stdev variance dev rsi macd cci cmo cog mfi mom roc
    stoch tsi wpr rci dmi change sar supertrend highest lowest highestbars lowestbars max min range median mode percentrank
    percentile_linear_interpolation percentile_nearest_rank correlation pivothigh pivotlow pivot_point_levels cross
    crossover crossunder rising falling barssince valuewhen cum obv accdist nvi pvi pvt wad wvad iii vwap`,
  math: `e pi phi rphi abs acos asin atan ceil cos exp floor log log10 sign sin sqrt tan todegrees toradians pow max min
    avg round round_to_mintick sum random`,
  str: `contains startswith endswith pos length lower upper trim repeat replace replace_all split substring match format
    format_time tonumber tostring`,
  array: `new new_int new_float new_bool new_string new_color new_line new_label new_box new_table new_linefill from get
    set first last size push pop shift unshift insert remove clear fill copy slice concat reverse join includes indexof
    lastindexof sort sort_indices binary_search binary_search_leftmost binary_search_rightmost every some abs avg sum min
    max range median mode stdev variance covariance standardize percentrank percentile_linear_interpolation
    percentile_nearest_rank`,
  matrix: `new get set rows columns elements_count row col add_row add_col remove_row remove_col swap_rows swap_columns
    fill copy submatrix reshape concat reverse sort transpose avg min max median mode sum diff mult pow det inv pinv rank
    trace eigenvalues eigenvectors kron is_square is_identity is_binary is_zero is_symmetric is_antisymmetric is_diagonal
    is_antidiagonal is_triangular is_stochastic`,
  map: `new put get contains remove put_all keys values size copy clear`,
  color: `aqua black blue fuchsia gray green lime maroon navy olive orange purple red silver teal white yellow new rgb
    from_gradient r g b t`,
};

describe.each(Object.keys(tables))("%s", (namespace) => {
  const table = tables[namespace]!;
  test("has every name of the language and no other", () => {
    const wanted = names[namespace]!.split(/\s+/).map((name) => `${namespace}.${name}`);
    expect([...new Set(table.map((entry) => entry.name))].toSorted()).toEqual(wanted.toSorted());
  });
  test("names nothing that the library does not have", () => {
    for (const entry of table) {
      if (entry.kind === "constant") continue;
      const { emit } = entry;
      if (emit.how === "kernel") {
        const Kernel = library[namespace]![emit.name] as new () => Record<string, unknown>;
        expect(typeof Kernel, entry.name).toBe("function");
        const kernel = new Kernel();
        for (const method of ["next", "save", "restore"]) {
          expect(typeof kernel[method], `${entry.name} ${method}`).toBe("function");
        }
        for (const field of emit.results ?? []) expect(kernel, entry.name).toHaveProperty(field);
      } else if (emit.how === "call") {
        const [space, name] = emit.name.split(".");
        expect(typeof library[space!]![name!], entry.name).toBe("function");
      } else if (emit.how === "inline") {
        for (const [, space, name] of emit.template.matchAll(
          /\b(math|str|array|matrix|map|color|ta)\.(\w+)/g,
        )) {
          expect(typeof library[space!]![name!], entry.name).toBe("function");
        }
      } else throw new Error(`${entry.name} is emitted in a way that this test does not know`);
    }
  });
  test("has signatures that can be read, and documentation", () => {
    for (const entry of table) {
      if (entry.kind === "function") expect(signatureOf(entry).entry).toBe(entry);
      else expect(valueType(entry.signature).type.kind).toBe("fundamental");
      if (entry.kind !== "constant") expect(entry.doc.length, entry.name).toBeGreaterThan(5);
    }
  });
});

describe("scripts that use the library", () => {
  test("every truth case is accepted", () => {
    const cases = readdirSync(truth, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const refused = cases.flatMap(({ name }) =>
      errors(readFileSync(join(truth, name, "script.pine"), "utf8")).map((error) => `${name}: ${error}`),
    );
    expect(refused.filter((line) => !/^(drawing|security|ltf)-/.test(line))).toEqual([]);
  });

  const body = (line: string, version = 6): string[] =>
    errors(`//@version=${version}\nindicator("x")\nvar a = array.from(1.5, 2)\n${line}\nplot(close)`);
  test.each<[string, string[]]>([
    ["x = a.max() + a.percentile_nearest_rank(50)", []],
    ["m = matrix.new<float>(2, 2, 0), v = m.mult(m).mult(2).mult(a).get(0)", []],
    ["k = map.new<string, array<int>>()", ["nested-collection 4:21"]],
    ["[u, v, w] = ta.kc(close, 20, 2)", []],
    ["[v, up, dn] = ta.vwap(close, barstate.isfirst, 2)", []],
    ["x = ta.highest(10) + ta.highest(close, 10) + ta.vwap + ta.obv", []],
    ['s = str.format("{0} {1} {2}", "a", 1, a) + str.tostring(a) + str.tostring(true)', []],
    ["x = ta.ema(close, bar_index)", ["argument-qualifier 4:19"]],
    ['x = a.get("b")', ["argument-type 4:11"]],
    ["b = array.new<bool>(3), x = b.avg()", ["unknown-member 4:31"]],
    ["x = math.max(1, 2, 3, 4.5) + math.min(close, open) + math.avg(1, 2, 3)", []],
    ["c = color.from_gradient(close, 0, 1, color.red, color.new(color.blue, 50))", []],
  ])("%s", (line, expected) => {
    expect(body(line)).toEqual(expected);
  });
});
