/** Libraries, overloads, methods, layout, and where versions 5 and 6 part. */
import { describe, expect, test } from "bun:test";

import { renderDiagnostic } from "../../src/compiler/diagnostics.ts";
import { check, complaints, errors } from "./check.ts";

const v6 = (script: string): string => `//@version=6\nindicator("x")\n${script}`;
const v5 = (script: string): string => `//@version=5\nindicator("x")\n${script}`;

describe("layout", () => {
  test.each([
    ["an operator at the end of the line", "plot(close)\nx = close +\n  open\nplot(x)"],
    ["an operator at the start of the line", "x = close\n  + open\nplot(x)"],
    ["a tab and a blank", "x = close +\n\t open\nplot(x)"],
    ["brackets at any indentation", "plot(\n    close,\ntitle = 'a',\n        color = color.red\n )"],
    ["comments between the parts", "x = close +\n  // why\n\n  open // because\nplot(x)"],
    ["a condition over two lines", "if close > open and\n   high > low\n    alert('x')"],
    ["a ternary over lines", "x = close > open ? 1 :\n  close < open ? 2 :\n  3\nplot(x)"],
    ["statements that share a line", "a = 1, b = 2\nplot(a + b)"],
    ["a one-line function of several statements", "f(x) => y = x * 2, y + 1\nplot(f(close))"],
    ["carriage returns", "x = 1\r\nif close > open\r\n    alert('a')\r\nplot(x)\r\n"],
    ["else if", "x = if close > open\n    1\nelse if close < open\n    2\nelse\n    3\nplot(x)"],
    [
      "blocks in blocks",
      "for i = 0 to 3\n    if i > 1\n        for j = 0 to i\n            if j > 0\n                break\n        continue\nplot(1)",
    ],
    ["a comparison that looks like type arguments", "a = 1, b = 2\nx = a < b ? 1 : 0\nplot(x)"],
    ["regions and annotations", "//#region a\n//@variable x\nx = 1\n//#endregion\nplot(x)"],
  ])("%s", (_name, script) => {
    expect(errors(v6(script))).toEqual([]);
  });
});

describe("types and functions", () => {
  test.each([
    ["overloads by type", "f(int x) => x + 1\nf(string x) => x\nplot(f(1))\nalert(f('a'))"],
    ["overloads by number", "f(x) => x\nf(x, y) => x + y\nplot(f(1) + f(1, 2))"],
    ["methods of prices", "method half(float this) => this / 2\nplot(close.half())"],
    ["methods of types", "type P\n    float v\nmethod twice(P this) => this.v * 2\nplot(P.new(1).twice())"],
    [
      "a type that holds itself",
      "type Node\n    float v\n    Node next\nvar Node head = na\nhead := Node.new(close, head)\nplot(head.v)",
    ],
    ["types declared later", "type A\n    B b\ntype B\n    float v = 1.5\na = A.new(B.new())\nplot(a.b.v)"],
    [
      "enums in switches",
      "enum E\n    a\n    b = 'B'\ne = input.enum(E.a)\nx = switch e\n    E.a => 1\n    E.b => 2\nplot(x)",
    ],
    ["defaults", "f(float a, float b = 2) => a + b\nplot(f(1) + f(1, b = 3))"],
    ["tuples of a function", "f() =>\n    [close, open]\n[a, _] = f()\nplot(a)"],
    ["tuples of an if", "[a, b] = if close > open\n    [1, 2]\nelse\n    [3.0, 4]\nplot(a + b)"],
    ["a structure in a function", "f(x) =>\n    if x > 1\n        x\n    else\n        0\nplot(f(close))"],
    ["int where float is wanted", "float x = 1\nx := 2\nplot(x)"],
    ["a counter of a reassigned bound", "n = 3\nn += 1\ns = 0\nfor i = 0 to n\n    s += i\nplot(s)"],
    ["history of anything", "plot((high - low)[1] + ta.sma(close, 3)[2] + close[bar_index > 5 ? 1 : 0])"],
    ["history of a reference", "type P\n    float v\np = P.new(close)\nq = p[1]\nplot(na(q) ? 0 : q.v)"],
    ["reserved words after a dot and as arguments", "plotshape(close > open, text = 'x')"],
    ["const declarations", "const int n = 5\nconst string t = 'a' + 'b'\nplot(close[n], t)"],
  ])("%s", (_name, script) => {
    expect(errors(v6(script))).toEqual([]);
  });
});

describe("versions", () => {
  test.each([
    ["a number as a condition", "x = close ? 1 : 0\nplot(x)", ["not-a-condition 3:5"]],
    ["a bool that is na", "bool b = na\nplot(b ? 1 : 0)", ["assignment-type 3:10"]],
    ["history of a literal", "plot(1[1])", ["no-history 3:6"]],
    ["an argument given twice", "plot(close, series = open)", ["argument-twice 3:22"]],
    ["transp", "plot(close, transp = 50)", ["unknown-argument 3:13"]],
    ["a series offset", "plot(close, offset = bar_index)", ["argument-qualifier 3:22"]],
  ])("%s is for version 5", (_name, script, expected) => {
    expect(errors(v5(script))).toEqual([]);
    expect(errors(v6(script))).toEqual(expected);
  });
});

describe("libraries", () => {
  const library = `//@version=6
library("Tools")
export const float factor = 2.0
export type Pair
    float a
    float b = 1.0
export enum Side
    left
    right
export twice(float x) => x * factor
export method total(Pair this) => this.a + this.b
hidden(float x) => x
plot(close)
`;
  const use = (script: string): string[] => errors(v6(script), { "Me/Tools/1": library });

  test.each([
    ["a function", "import Me/Tools/1\nplot(Tools.twice(close))"],
    ["under another name", "import Me/Tools/1 as t\nplot(t.twice(close) + t.factor)"],
    ["a type and its methods", "import Me/Tools/1 as t\np = t.Pair.new(1)\nt.Pair q = na\nplot(p.total())"],
    ["an enum", "import Me/Tools/1 as t\ns = input.enum(t.Side.left)\nplot(s == t.Side.right ? 1 : 0)"],
  ])("%s", (_name, script) => {
    expect(use(script)).toEqual([]);
  });

  test.each([
    ["what is not exported", "import Me/Tools/1 as t\nplot(t.hidden(close))", ["unknown-member 4:8"]],
    ["another version", "import Me/Tools/2 as t\nplot(close)", ["unknown-library 3:1"]],
    [
      "the same name twice",
      "import Me/Tools/1 as t\nimport Me/Tools/1 as t\nplot(close)",
      ["declared-twice 4:1"],
    ],
  ])("%s is refused", (_name, script, expected) => {
    expect(use(script)).toEqual(expected);
  });

  test.each([
    ["an exported function without types", `library("L")\nexport f(x) => x`, ["export-without-type 3:10"]],
    ["a variable that is no constant", `library("L")\nexport float x = close`, ["bad-export 3:8"]],
    [
      "globals in an exported function",
      `library("L")\nx = close\nexport f(float y) => y + x`,
      ["library-global 4:26"],
    ],
  ])("%s is refused", (_name, script, expected) => {
    expect(errors(`//@version=6\n${script}`)).toEqual(expected);
  });

  test("that import each other are named in their order", () => {
    const importing = (name: string, other: string): string =>
      `//@version=6\nlibrary("${name}")\nimport Me/${other}/1 as o\nexport f(float x) => o.f(x)\n`;
    const libraries = { "Me/A/1": importing("A", "B"), "Me/B/1": importing("B", "A") };
    const found = complaints(v6("import Me/A/1 as a\nplot(a.f(close))"), libraries);
    expect(found.filter((line) => line.includes("circular-import"))).toEqual([
      "Me/B/1.pine:3:1: error: libraries import each other: Me/A/1, Me/B/1, Me/A/1 [circular-import]",
    ]);
  });
});

describe("frames", () => {
  test("show the fault of a very long line, and nothing that a terminal obeys", () => {
    const long = `x = "${"a".repeat(5000)}" + \u001B[31m1`;
    const [found] = check(v6(long)).diagnostics;
    const frame = renderDiagnostic(found!);
    expect(frame).not.toContain("\u001B");
    for (const line of frame.split("\n")) expect(line.length).toBeLessThan(200);
  });

  test("keep tabs in front of the caret", () => {
    const [found] = check(v6("if close > open\n\tx = lenght\n")).diagnostics;
    const [, text, caret] = renderDiagnostic(found!).split("\n");
    expect(text).toBe("    4 | \tx = lenght");
    expect(caret).toBe("      | \t    ^~~~~~");
  });
});
