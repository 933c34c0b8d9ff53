/** The grammar of the command line. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import { cittyArgs, parseArgv } from "../../src/cli/argv.ts";
import { argumentSpecs, type BuiltinArgs, spellingsOf } from "../../src/cli/options.ts";
import { editDistance, nearest } from "../../src/kernel/nearest.ts";
import { UsageError } from "../../src/kernel/errors.ts";

const definitions: BuiltinArgs = {
  script: { type: "positional", required: true, description: "What to run" },
  rest: { type: "positional", required: false, multiple: true, description: "More" },
  timeFrom: { type: "string", name: "from", alias: "f" },
  timeframe: { type: "string", alias: "t", default: "1D" },
  security: { type: "string", multiple: true },
  mode: { type: "enum", options: ["fast", "slow"], default: "fast" },
  plot: { type: "boolean", default: true },
  verbose: { type: "boolean", alias: "V" },
  all: { type: "boolean", alias: "a" },
  report: { type: "string", bare: /\.html$/ },
  maxBars: {
    type: "string",
    env: "MAX_BARS",
    parse: (text) => {
      if (!/^\d+$/.test(text)) throw new Error(`"${text}" is not a number`);
      return Number(text);
    },
  },
};
const specs = argumentSpecs(definitions);
const read = (line: string, env: Record<string, string> = {}): Record<string, unknown> => ({
  ...parseArgv(
    line.split(" ").filter((word) => word !== ""),
    specs,
    env,
  ).values,
});

test.each([
  ["x", { script: "x", rest: [], timeframe: "1D", security: [], mode: "fast", plot: true }],
  ["x y z", { script: "x", rest: ["y", "z"] }],
  ["x --from 2024-01-01", { timeFrom: "2024-01-01" }],
  ["x --from=2024-01-01", { timeFrom: "2024-01-01" }],
  ["x --from=", { timeFrom: "" }],
  ["x --from=a=b", { timeFrom: "a=b" }],
  ["x -f 5", { timeFrom: "5" }],
  ["x -f5", { timeFrom: "5" }],
  ["x -f=5", { timeFrom: "5" }],
  ["x -f -500", { timeFrom: "-500" }],
  ["x --from -500", { timeFrom: "-500" }],
  ["-f -500 x", { timeFrom: "-500", script: "x" }],
  ["x --security a=1 --security b=2", { security: ["a=1", "b=2"] }],
  ["x -f 1 -f 2", { timeFrom: "2" }],
  ["x --no-plot", { plot: false }],
  ["x --plot=false", { plot: false }],
  ["x --no-verbose", { verbose: false }],
  ["x -Va", { verbose: true, all: true }],
  ["x --mode slow", { mode: "slow" }],
  ["x --max-bars 7", { maxBars: 7 }],
  ["x --maxBars 7", { maxBars: 7 }],
  ["x --report", { script: "x", report: "" }],
  ["--report x y", { script: "x", rest: ["y"], report: "" }],
  ["x --report out.html y", { script: "x", rest: ["y"], report: "out.html" }],
  ["x --report=anything y", { rest: ["y"], report: "anything" }],
  ["x --report -f 5", { report: "", timeFrom: "5" }],
  ["-- --from", { script: "--from" }],
  ["x -- -V --", { script: "x", rest: ["-V", "--"] }],
  ["-", { script: "-" }],
])("%s", (line, values) => {
  expect(read(line)).toMatchObject(values);
});

test.each([
  ["", "SCRIPT is missing: what to run"],
  ["x --form 1", "unknown option --form"],
  ["x --time-from 1", "unknown option --time-from"],
  ["x -z", "unknown option -z"],
  ["x --from", "--from needs a value"],
  ["x --from --verbose", "--from needs a value"],
  ["x --mode quick", `--mode is one of fast, slow, not "quick"`],
  ["x --max-bars ten", `--max-bars: "ten" is not a number`],
  ["x --plot=maybe", "is a flag"],
])("%p: %s", (line, message) => {
  expect(() => read(line)).toThrow(message);
  expect(() => read(line)).toThrow(UsageError);
});

test.each([
  ["--form", "did you mean --from?"],
  ["--timefame", "did you mean --timeframe?"],
  ["--verbsoe", "did you mean --verbose?"],
  ["--xyzzy", "pyne --help"],
])("%s: %s", (option, hint) => {
  let caught: UsageError | undefined;
  try {
    read(`x ${option}`);
  } catch (error) {
    caught = error as UsageError;
  }
  expect(caught?.hint).toBe(hint);
});

describe("the environment", () => {
  test("stands in for an absent option, and is parsed like one", () => {
    expect(read("x", { MAX_BARS: "9" })["maxBars"]).toBe(9);
    expect(read("x --max-bars 7", { MAX_BARS: "9" })["maxBars"]).toBe(7);
    expect(() => read("x", { MAX_BARS: "many" })).toThrow(`"many" is not a number`);
  });
  test("a flag is true or false", () => {
    const flag = argumentSpecs({ quiet: { type: "boolean", env: "Q" } });
    for (const [text, value] of [
      ["1", true],
      ["true", true],
      ["0", false],
      ["", false],
    ] as const)
      expect(parseArgv([], flag, { Q: text }).values["quiet"]).toBe(value);
    expect(() => parseArgv([], flag, { Q: "perhaps" })).toThrow("Q is true or false");
  });
});

test("a required option", () => {
  const required = argumentSpecs({ name: { type: "string", required: true } });
  expect(() => parseArgv([], required)).toThrow("--name is required");
});

test("an extra argument", () => {
  const none = argumentSpecs({ only: { type: "positional", required: false } });
  expect(() => parseArgv(["a", "b"], none)).toThrow(`unexpected argument "b"`);
});

test("which options were given", () => {
  expect([...parseArgv(["x", "-V"], specs).given]).toEqual(["verbose", "script"]);
});

test("values reach citty commands in both spellings", () => {
  expect(cittyArgs(parseArgv(["x", "--max-bars", "7", "y"], specs))).toMatchObject({
    _: ["x", "y"],
    maxBars: 7,
    "max-bars": 7,
  });
});

test("spellings of an option, negations included", () => {
  expect(specs.options.flatMap(spellingsOf)).toContain("--no-plot");
  expect(spellingsOf(specs.options[0]!)).toEqual(["--from", "-f"]);
  expect(spellingsOf(specs.options.at(-1)!)).toEqual(["--max-bars", "--maxBars"]);
});

test("any words either parse or are a usage error", () => {
  const word = fc.oneof(
    fc.string({ maxLength: 6 }),
    fc.constantFrom("--", "-", "-f", "--from", "--no-plot", "-Va", "--mode=slow", "x"),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (words) => {
      try {
        parseArgv(words, specs);
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError);
      }
    }),
  );
});

describe("did you mean", () => {
  test.each([
    ["kitten", "sitting", 3],
    ["ab", "ba", 1],
    ["", "abc", 3],
    ["same", "same", 0],
  ])("%s and %s are %p apart", (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });
  test("the nearest of what is near, or nothing", () => {
    expect(nearest("rnu", ["run", "data"])).toBe("run");
    expect(nearest("xyz", ["run", "data"])).toBeUndefined();
  });
});
