/** What `--input` may say. */
import { describe, expect, test } from "bun:test";

import type { InputSpec } from "../../src/api/script/input-spec.ts";
import { parseInputOption, valuesOf } from "../../src/optimize/candidates.ts";

const int: InputSpec = { kind: "int", title: "Length", default: 9 };
const float: InputSpec = { kind: "float", title: "Factor", default: 1 };
const bool: InputSpec = { kind: "bool", title: "Stop", default: true };
const text: InputSpec = { kind: "string", title: "Mode", default: "a" };
const values = (option: string, spec: InputSpec) => valuesOf(parseInputOption(option), spec);

describe("values", () => {
  test.each([
    ["x=5..20:5", int, [5, 10, 15, 20]],
    ["x=5..19:5", int, [5, 10, 15]],
    ["x=5..8", int, [5, 6, 7, 8]],
    ["x=8..5", int, [8, 7, 6, 5]],
    ["x=8..5:-2", int, [8, 6]],
    ["x=-2..2:2", int, [-2, 0, 2]],
    ["x=7..7", int, [7]],
    ["x=3,1,2,1", int, [3, 1, 2]],
    ["x=1,10..12,100", int, [1, 10, 11, 12, 100]],
    ["x=1_000..3_000:1_000", int, [1000, 2000, 3000]],
    ["x=0.1..0.3:0.1", float, [0.1, 0.2, 0.3]],
    ["x=1e-3..3e-3:1e-3", float, [0.001, 0.002, 0.003]],
    ["x=.5..1.5:.5", float, [0.5, 1, 1.5]],
    ["x=1..2", { ...float, step: 0.5 }, [1, 1.5, 2]],
    ["x=true,false", bool, [true, false]],
    ["x=a, b ,c", text, ["a", "b", "c"]],
    ['x="a, b","c""d",e', text, ["a, b", 'c"d', "e"]],
    ["x=1..5", { ...text, options: ["1..5"] }, "Mode"],
    ['x="1..5"', { ...text, options: ["1..5"] }, ["1..5"]],
    [
      "x=hl2,close",
      { kind: "source", title: "Source", default: "close", options: ["close", "hl2"] },
      ["hl2", "close"],
    ],
    [" key = 1", int, [1]],
  ] satisfies [string, InputSpec, unknown][])("%s", (option, spec, expected) => {
    if (typeof expected === "string") expect(() => values(option, spec)).toThrow(expected);
    else expect(values(option, spec)).toEqual(expected as never);
  });
});

describe("what means nothing", () => {
  test.each([
    ["x", "names no input and its values"],
    ["=5", "names no input and its values"],
    ["x=", "is neither a value nor a range"],
    ["x=1,,2", "is neither a value nor a range"],
    ["x=1..", "is neither a value nor a range"],
    ["x=..3", "is neither a value nor a range"],
    ["x=1..5:", "is neither a value nor a range"],
    ['x="a', "is not closed"],
  ])("%s", (option, message) => {
    expect(() => parseInputOption(option)).toThrow(message);
  });

  test.each([
    ["x=1..5:0", int, "the step is 0"],
    ["x=1..5:-1", int, "the step -1 leads away from 5"],
    ["x=5..1:1", int, "the step 1 leads away from 1"],
    ["x=1..2", float, 'a range of "Factor" wants a step'],
    ["x=1..1e9", int, "these are 1,000,000,000 values"],
    ["x=0..1:1e-300", float, "values; an input may have 100,000"],
    ["x=1..2", text, "is no number, so it has no range"],
    ["x=1..2", bool, "is no number, so it has no range"],
    ["x=1,2.5", int, "is a whole number, not 2.5"],
    ["x=0..3", { ...int, min: 1 }, "is at least 1, not 0"],
    ["x=8..12", { ...int, max: 10 }, "is at most 10, not 11"],
    ["x=a", int, 'is a number, not "a"'],
    ["x=yes", bool, 'is true or false, not "yes"'],
    ["x=c", { ...text, options: ["a", "b"] }, 'is one of a, b, not "c"'],
  ] satisfies [string, InputSpec, string][])("%s", (option, spec, message) => {
    expect(() => values(option, spec)).toThrow(message);
  });
});
