/** Text cut to columns, and what is written to bring a terminal from one picture to the next. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import { styleFor } from "../../../src/cli/output.ts";
import { picture, repaint } from "../../../src/cli/tui/paint.ts";
import { cut, fit, harmless, widthOf, wrap } from "../../../src/cli/tui/text.ts";

test.each([
  ["abcdef", 6, "abcdef"],
  ["abcdef", 5, "abcd…"],
  ["abcdef", 1, "…"],
  ["abcdef", 0, ""],
  ["比特币", 6, "比特币"],
  ["比特币", 5, "比特…"],
  ["比特币", 4, "比…"],
  ["e\u0301e\u0301e\u0301", 2, "e\u0301…"],
  ["👩‍👩‍👧ab", 3, "👩‍👩‍👧…"],
])("%s in %d columns is %s", (text, width, expected) => {
  expect(cut(text, width)).toBe(expected);
});

test("a text that is fitted takes exactly its columns", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 40 }), (text, width) => {
      expect(widthOf(fit(harmless(text), width))).toBe(width);
    }),
  );
});

test.each([
  ["BTC/USDT", "BTC/USDT"],
  ["EVIL\u001b[2J\u0007", "EVIL�[2J�"],
  ["a\r\nb\tc", "a��b�c"],
  ["\u202eTDSU\u200b", "�TDSU�"],
  ["\u009b31m\ud800", "�31m�"],
  ["比特币 é", "比特币 é"],
])("%j is shown as %s", (text, shown) => {
  expect(harmless(text)).toBe(shown);
});

test("words are wrapped, the last line says that there is more", () => {
  expect(wrap("the door is shut", 8, 3)).toEqual(["the door", "is shut"]);
  expect(wrap("the door is shut for good", 8, 2)).toEqual(["the door", "is shut…"]);
});

describe("repaint", () => {
  const size = { width: 5, height: 3 };
  const rows = (...lines: string[]) =>
    picture(
      lines.map((text) => [{ text, tone: "red" as const }]),
      size,
      styleFor(false),
    );

  test("writes everything when nobody knows what is there", () => {
    expect(repaint(undefined, rows("a", "b"))).toBe(
      "\u001b[2J\u001b[1;1H\u001b[2Ka\u001b[2;1H\u001b[2Kb\u001b[3;1H\u001b[2K",
    );
  });

  test("writes only rows that changed", () => {
    expect(repaint(rows("a", "b", "c"), rows("a", "x", "c"))).toBe("\u001b[2;1H\u001b[2Kx");
    expect(repaint(rows("a"), rows("a"))).toBe("");
  });

  test("cuts what stands beyond the screen; colours only where there are some", () => {
    expect(rows("abcdefgh", "b", "c", "d")).toEqual(["abcd…", "b", "c"]);
    expect(picture([[{ text: "abcdefgh", tone: "red" }]], size, styleFor(true))[0]).toBe(
      "\u001b[31mabcd…\u001b[39m",
    );
  });
});
