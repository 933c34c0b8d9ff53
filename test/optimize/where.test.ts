/** The language of `--where`. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import { parseCondition } from "../../src/optimize/where.ts";

const inputs = { fast: 10, slow: 30, ratio: 0.5, stop: true, mode: "trend", länge: 3 };
const holds = (text: string): boolean => parseCondition(text, inputs)(inputs);

test.each([
  ["fast < slow", true],
  ["fast >= slow", false],
  ["fast * 3 == slow", true],
  ["slow - fast - fast == 10", true],
  ["slow / fast / 3 == 1", true],
  ["2 + 3 * 4 == 14", true],
  ["(2 + 3) * 4 == 20", true],
  ["-fast + slow == 20", true],
  ["--fast == 10", true],
  ["fast % 3 == 1", true],
  ["ratio == .5", true],
  ["1e1 == fast", true],
  ["1_000 > fast", true],
  ["5 < fast < slow", true],
  ["5 < fast < 7", false],
  ["stop", true],
  ["not stop", false],
  ["!stop or fast == 10", true],
  ["not (stop and fast == 10)", false],
  ["stop == false", false],
  ["stop and fast > 100 or slow == 30", true],
  ["stop && (fast > 100 || slow == 30)", true],
  ['mode == "trend"', true],
  ["mode != 'trend'", false],
  ["abs(fast - slow) == 20", true],
  ["min(fast, slow, 3) == 3", true],
  ["max(fast, slow) == slow", true],
  ["länge == 3", true],
])("%s: %p", (text, expected) => {
  expect(holds(text)).toBe(expected);
});

describe("mistakes say where they are", () => {
  test.each([
    ["", '"the end" is not expected here (at column 1)'],
    ["fast <", '"the end" is not expected here (at column 7)'],
    ["fast < slow slow", '"slow" is not expected here (at column 13)'],
    ["(fast < slow", '")" is missing (at column 13)'],
    ["fast", "this is a number, not a condition"],
    ["fasst < slow", 'there is no input "fasst" (at column 1)'],
    ["fast < mode", "a number cannot be compared with a text (at column 6)"],
    ['mode < "a"', '"<" compares numbers, not texts'],
    ["stop < true", '"<" compares numbers, not yes and no'],
    ["stop + 1 > 2", '"+" wants a number, not a bool'],
    ["fast and slow", '"and" wants a bool, not a number'],
    ["-mode == 1", '"-" wants a number, not a text'],
    ["sqrt(fast) > 2", 'there is no function "sqrt"'],
    ["abs(fast, slow) > 2", "abs takes one number"],
    ["fast; process.exit()", '";" has no meaning here (at column 5)'],
    ["fast = 3", '"=" has no meaning here'],
    ["constructor == 1", 'there is no input "constructor"'],
    ["__proto__ == 1", 'there is no input "__proto__"'],
    ["fast.constructor == 1", '"." has no meaning here'],
    ["constructor(1) == 1", 'there is no function "constructor"'],
    [`${"(".repeat(5000)}stop`, "this is nested too deep"],
    [`${"-".repeat(5000)}fast == 1`, "this is nested too deep"],
  ])("%s", (text, message) => {
    expect(() => parseCondition(text, inputs)).toThrow(message);
  });

  test("a near name is a hint", () => {
    expect(() => parseCondition("fasst < slow", inputs)).toThrow(
      expect.objectContaining({ hint: "did you mean fast?" }) as never,
    );
  });
});

test("whatever is typed, it is a condition or a mistake of typing", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom(
          "fast",
          "slow",
          "stop",
          "mode",
          "1",
          "'a'",
          "<",
          "==",
          "+",
          "-",
          "*",
          "and",
          "not",
          "(",
          ")",
          ",",
          "abs",
          "&&",
          "§",
        ),
      ),
      (words) => {
        try {
          expect(typeof parseCondition(words.join(" "), inputs)(inputs)).toBe("boolean");
        } catch (error) {
          expect(error).toMatchObject({ code: "USAGE" });
        }
      },
    ),
  );
});
