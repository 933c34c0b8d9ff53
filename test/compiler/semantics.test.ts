/** What scripts mean: each runs over bars that close at 10, 11, 12, ... and open one below. */
import { expect, test } from "bun:test";

import { run } from "./run.ts";

const na = Number.NaN;

/** What six bars plot, a column for each plot, and what is logged. */
const cases: readonly (readonly [
  name: string,
  script: string,
  plots: readonly number[][],
  log?: readonly string[],
])[] = [
  ["history of a variable", "x = close * 2\nplot(x[1])", [[na, 20, 22, 24, 26, 28]]],
  ["history before the first bar of a bool", "b = close > 0\nplot(b[1] ? 1 : 0)", [[0, 1, 1, 1, 1, 1]]],
  ["dynamic history", "plot(close[bar_index])", [[10, 10, 10, 10, 10, 10]]],
  [
    "a quotient of ints keeps its fraction until int() or a length wants a whole number",
    "n = bar_index + 1\nplot(n / 2)\nplot(int(n / 2))\nplot(math.floor(n / 2))",
    [
      [0.5, 1, 1.5, 2, 2.5, 3],
      [0, 1, 1, 2, 2, 3],
      [0, 1, 1, 2, 2, 3],
    ],
  ],
  [
    "a parameter's share keeps its fraction, and its consumer truncates it, also when a constant is passed",
    "f(n) => [n / 4, ta.sma(close, n / 4)]\n[share, mean] = f(10)\nplot(share)\nplot(mean)",
    [
      [2.5, 2.5, 2.5, 2.5, 2.5, 2.5],
      [na, 10.5, 11.5, 12.5, 13.5, 14.5],
    ],
  ],
  [
    "a name that a block declares after it has assigned the outer one",
    "n = 0\nif bar_index > 2\n    n := 1\n    n = 5\n    n := 6\nplot(n)",
    [[0, 0, 0, 1, 1, 1]],
  ],
  [
    "a body hides its parameter",
    "f(x) =>\n    x = x + 1\n    x := x * 2\n    x[1]\nplot(f(close))",
    [[na, 22, 24, 26, 28, 30]],
  ],
  [
    "members of tuples find their types each on its own",
    "f(b) =>\n    if b\n        [1, na]\n    else\n        [1.5, 2]\n[x, y] = f(bar_index > 2)\nplot(x)\nplot(y)",
    [
      [1.5, 1.5, 1.5, 1, 1, 1],
      [2, 2, 2, na, na, na],
    ],
  ],
  [
    "options of a request that a function passes on",
    "f(g, l) =>\n    ignored = true\n    request.security('', '', close, g, l, ignored)\nplot(f(barmerge.gaps_on, barmerge.lookahead_on))",
    [[10, 11, 12, 13, 14, 15]],
  ],
  ["history of a price, 3 back", "plot(close[3])", [[na, na, na, 10, 11, 12]]],
  ["history of an expression", "plot((high - low + bar_index)[2])", [[na, na, 3, 4, 5, 6]]],
  [
    "history in a branch counts its executions",
    "float v = na\nif bar_index % 2 == 0\n    x = close\n    v := x[1]\nplot(v)",
    [[na, na, 10, na, 12, na]],
  ],
  [
    "history in a function counts its executions",
    "f() =>\n    x = close\n    x[1]\nfloat v = na\nif bar_index % 2 == 0\n    v := f()\nplot(v)",
    [[na, na, 10, na, 12, na]],
  ],
  [
    "history of a global read in a branch counts bars",
    "x = close\nfloat v = na\nif bar_index % 2 == 0\n    v := x[1]\nplot(v)",
    [[na, na, 11, na, 13, na]],
  ],
  [
    "history of a parameter",
    "f(x) => x[1]\nplot(f(close))\nplot(f(open))",
    [
      [na, 10, 11, 12, 13, 14],
      [na, 9, 10, 11, 12, 13],
    ],
  ],
  [
    "history of a parameter that is a price in one call and something else in another",
    "f(x) => x[1]\nplot(f(close))\nplot(f(close + 1))",
    [
      [na, 10, 11, 12, 13, 14],
      [na, 11, 12, 13, 14, 15],
    ],
  ],
  [
    "history of a parameter that is a price, looked at in a loop through another function",
    "back(x, n) =>\n    float s = 0\n    for k = 0 to n\n        s += nz(x[k])\n    s\nboth(n) => back(high, n) - back(low, n)\nplot(both(1))\nplot(back(close, bar_index))",
    [
      [3, 6, 6, 6, 6, 6],
      [10, 21, 33, 46, 60, 75],
    ],
  ],
  [
    "history of a parameter that is a price, in a function that is not called on every bar, counts its executions",
    "f(x) => x[1]\nfloat v = na\nif bar_index % 2 == 0\n    v := f(close)\nplot(v)",
    [[na, na, 10, na, 12, na]],
  ],
  [
    "the end of a loop moves with an array that grows in it",
    "a = array.from(1)\nint n = 0\nfor k = 0 to array.size(a) - 1\n    if array.size(a) < 4\n        array.push(a, k)\n    n += 1\nfor v in a\n    if a.size() < 6\n        a.push(v)\n    n += 10\nplot(n)",
    [[64, 64, 64, 64, 64, 64]],
  ],
  [
    "the end of a loop that changes no size is looked at once",
    "a = array.from(3, 1, 2)\nint n = 0\nfor k = 0 to array.size(a) - 1\n    array.set(a, k, array.get(a, k) * 2)\n    n += array.get(a, k)\nfor v in a\n    n += v\nplot(n)",
    [[24, 24, 24, 24, 24, 24]],
  ],
  [
    "history in a part that is not always reached",
    "v = bar_index % 2 == 0 ? (close + 0)[1] : -1\nplot(v)",
    [[na, -1, 10, -1, 12, -1]],
  ],
  [
    "history of a var that is changed twice a bar",
    "var x = 0\nx += 1\nx += 1\nplot(x[1])",
    [[na, 2, 4, 6, 8, 10]],
  ],
  ["history of bar_index", "plot(bar_index[1])", [[na, 0, 1, 2, 3, 4]]],
  ["self reference", "float s = na\ns := nz(s[1]) + close\nplot(s)", [[10, 21, 33, 46, 60, 75]]],
  [
    "var in functions: one for each call",
    "f() =>\n    var n = 0\n    n += 1\n    n\nplot(f())\nplot(f() + f())",
    [
      [1, 2, 3, 4, 5, 6],
      [2, 4, 6, 8, 10, 12],
    ],
  ],
  [
    "var in a loop: one for each pass",
    "f() =>\n    var n = 0\n    n += 1\n    n\ns = 0\nfor i = 0 to 2\n    s += f()\nplot(s)",
    [[3, 6, 9, 12, 15, 18]],
  ],
  ["var set from a series once", "var x = close\nplot(x)", [[10, 10, 10, 10, 10, 10]]],
  [
    "for counts down",
    's = ""\nfor i = 3 to 1\n    s += str.tostring(i)\nif barstate.isfirst\n    log.info(s)',
    [],
    ["321"],
  ],
  [
    "for by 2",
    's = ""\nfor i = 0 to 5 by 2\n    s += str.tostring(i)\nif barstate.isfirst\n    log.info(s)',
    [],
    ["024"],
  ],
  ["for to na", "int n = na\ns = 0\nfor i = 0 to n\n    s += 1\nplot(s)", [[0, 0, 0, 0, 0, 0]]],
  [
    "for with a moving end",
    "n = 3\ns = 0\nfor i = 0 to n\n    if i == 1\n        n := 5\n    s += 1\nplot(s)",
    [[6, 6, 6, 6, 6, 6]],
  ],
  ["for as a value", "x = for i = 0 to 3\n    i * 2\nplot(x)", [[6, 6, 6, 6, 6, 6]]],
  [
    "break and continue",
    "s = 0\nfor i = 0 to 9\n    if i == 2\n        continue\n    if i == 5\n        break\n    s += i\nplot(s)",
    [[8, 8, 8, 8, 8, 8]],
  ],
  ["while", "n = 0\nwhile n < 4\n    n += 1\nplot(n)", [[4, 4, 4, 4, 4, 4]]],
  [
    "for in",
    "s = 0.0\nfor [i, v] in array.from(1.5, 2.5)\n    s += i * v\nplot(s)",
    [[2.5, 2.5, 2.5, 2.5, 2.5, 2.5]],
  ],
  [
    "for in map",
    'm = map.new<string, int>()\nm.put("a", 1)\nm.put("b", 2)\ns = 0\nt = ""\nfor [k, v] in m\n    s += v\n    t += k\nplot(s)\nif barstate.isfirst\n    log.info(t)',
    [[3, 3, 3, 3, 3, 3]],
    ["ab"],
  ],
  ["if without a branch", "x = if bar_index > 3\n    1\nplot(x)", [[na, na, na, na, 1, 1]]],
  ["if without a branch, bool", "x = if bar_index > 3\n    true\nplot(x ? 1 : 0)", [[0, 0, 0, 0, 1, 1]]],
  [
    "switch",
    "x = switch bar_index\n    0 => 10\n    1 => 11\n    => 12\nplot(x)",
    [[10, 11, 12, 12, 12, 12]],
  ],
  ["switch without default", "x = switch\n    bar_index < 2 => 1\nplot(x)", [[1, 1, na, na, na, na]]],
  [
    "tuples of switch",
    "[a, b] = switch\n    bar_index < 2 => [1, 2]\n    => [3, 4]\nplot(a * 10 + b)",
    [[12, 12, 34, 34, 34, 34]],
  ],
  ["int division keeps its fraction", "n = bar_index\nplot(n / 2)", [[0, 0.5, 1, 1.5, 2, 2.5]]],
  ["constant division", "plot(1 / 2)", [[0.5, 0.5, 0.5, 0.5, 0.5, 0.5]]],
  ["remainder", "plot(-7 % 3)", [[-1, -1, -1, -1, -1, -1]]],
  [
    "tolerance",
    "a = 0.1 + 0.2\nplot(a == 0.3 ? 1 : 0)\nplot(a > 0.3 ? 1 : 0)\nplot(a >= 0.3 ? 1 : 0)\nplot(a != 0.3 ? 1 : 0)",
    [
      [1, 1, 1, 1, 1, 1],
      [0, 0, 0, 0, 0, 0],
      [1, 1, 1, 1, 1, 1],
      [0, 0, 0, 0, 0, 0],
    ],
  ],
  [
    "comparison with na",
    "float n = na\nplot(n == n ? 1 : 0)\nplot(n != 1 ? 1 : 0)\nplot(n <= 1 ? 1 : 0)\nplot(not (n > 1) ? 1 : 0)",
    [
      [0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0],
      [1, 1, 1, 1, 1, 1],
    ],
  ],
  [
    "na of strings",
    'string s = na\nplot(na(s) ? 1 : 0)\nplot(s == "a" ? 1 : 0)\nplot(s != "a" ? 1 : 0)\nt = s + "x"\nplot(na(t) ? 1 : 0)',
    [
      [1, 1, 1, 1, 1, 1],
      [0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0],
      [1, 1, 1, 1, 1, 1],
    ],
  ],
  [
    "lazy and",
    "f() =>\n    var n = 0\n    n += 1\n    n > 100\nx = bar_index > 2 and f()\nplot(x ? 1 : 0)",
    [[0, 0, 0, 0, 0, 0]],
  ],
  [
    "objects are references",
    "type P\n    float v\na = P.new(1)\nb = a\nb.v := 2\nplot(a.v)\nc = a.copy()\nc.v := 3\nplot(a.v)",
    [
      [2, 2, 2, 2, 2, 2],
      [2, 2, 2, 2, 2, 2],
    ],
  ],
  [
    "history of objects",
    "type P\n    float v\nvar P p = P.new(0)\np.v += 1\nq = p[1]\nplot(na(q) ? -1 : q.v)",
    [[-1, 2, 3, 4, 5, 6]],
  ],
  [
    "enum titles",
    'enum E\n    a = "First"\n    b\ne = bar_index > 0 ? E.a : E.b\nlog.info(str.tostring(e))',
    [],
    ["b", "First", "First", "First", "First", "First"],
  ],
  [
    "methods",
    "method twice(float this) => this * 2\nplot(close.twice().twice())",
    [[40, 44, 48, 52, 56, 60]],
  ],
  [
    "overloads",
    'f(int x) => 1\nf(float x) => 2\nf(string x) => 3\nplot(f(1) * 100 + f(1.5) * 10 + f("a"))',
    [[123, 123, 123, 123, 123, 123]],
  ],
  [
    "default arguments",
    "f(a, b = 10) => a + b\nplot(f(1) + f(1, 2) + f(b = 3, a = 1))",
    [[18, 18, 18, 18, 18, 18]],
  ],
  [
    "input values",
    "n = input.int(3)\ns = input.source(close)\nc = input.color(color.red)\nplot(s[n])",
    [[na, na, na, 10, 11, 12]],
  ],
  [
    "input in an expression",
    'plot(ta.sma(close, input.int(2, "Len")))',
    [[na, 10.5, 11.5, 12.5, 13.5, 14.5]],
  ],
  [
    "source history and function",
    "s = input.source(hl2)\nf() => s[1]\nplot(f())",
    [[na, 9.5, 10.5, 11.5, 12.5, 13.5]],
  ],
  ["name shadowing", "x = 1\nif true\n    x = 2\n    x := 3\nplot(x)", [[1, 1, 1, 1, 1, 1]]],
  [
    "names of JavaScript",
    "new = 1\nclass1 = 2\ndelete = 3\nplot(new + class1 + delete)",
    [[6, 6, 6, 6, 6, 6]],
  ],
  ["a variable called like a namespace", "array = 5\nplot(array)", [[5, 5, 5, 5, 5, 5]]],
  [
    "a variable called rt, i, Math",
    "rt = 1\ni = 2\nMath = 3\nplot(rt + i + Math + math.abs(-1))",
    [[7, 7, 7, 7, 7, 7]],
  ],
  [
    "unary",
    "x = -close\ny = - -x\nplot(y)\nplot(-(-x))\nplot(1 - -x)",
    [
      [-10, -11, -12, -13, -14, -15],
      [-10, -11, -12, -13, -14, -15],
      [-9, -10, -11, -12, -13, -14],
    ],
  ],
  [
    "color arithmetic",
    "c = color.new(color.red, 50)\nplot(color.t(c))\nplot(color.r(c))",
    [
      [50, 50, 50, 50, 50, 50],
      [242, 242, 242, 242, 242, 242],
    ],
  ],
  ["nested functions", "g(x) => x[1]\nf(x) => g(x) + g(x * 2)\nplot(f(close))", [[na, 30, 33, 36, 39, 42]]],
  ["ternary chain", "x = bar_index == 0 ? 1 : bar_index == 1 ? 2 : 3\nplot(x)", [[1, 2, 3, 3, 3, 3]]],
  [
    "two plots of one title",
    'plot(1, "a")\nplot(2, "a")',
    [
      [1, 1, 1, 1, 1, 1],
      [2, 2, 2, 2, 2, 2],
    ],
  ],
  ["plotshape", 'plotshape(bar_index == 2, "s")', [[0, 0, 1, 0, 0, 0]]],
  [
    "plotcandle",
    'plotcandle(open, high, low, close, "c")',
    [
      [9, 10, 11, 12, 13, 14],
      [11, 12, 13, 14, 15, 16],
      [8, 9, 10, 11, 12, 13],
      [10, 11, 12, 13, 14, 15],
    ],
  ],
  [
    "array of bools",
    "a = array.new<bool>(2, true)\na.set(0, false)\nplot(a.get(0) ? 1 : 0)\nplot(a.get(1) ? 1 : 0)",
    [
      [0, 0, 0, 0, 0, 0],
      [1, 1, 1, 1, 1, 1],
    ],
  ],
  [
    "global changed in a branch, read in a function",
    "x = 0\nif bar_index > 2\n    x := 5\nf() => x\nplot(f())",
    [[0, 0, 0, 5, 5, 5]],
  ],
  ["function sees the history of a global", "x = close\nf() => x[2]\nplot(f())", [[na, na, 10, 11, 12, 13]]],
  [
    "kernel in a branch",
    "float v = na\nif bar_index % 2 == 0\n    v := ta.cum(1)\nplot(v)",
    [[1, na, 2, na, 3, na]],
  ],
  ["a fraction as an offset", "plot(close[3 / 2])", [[na, 10, 11, 12, 13, 14]]],
  ["division by zero", "x = bar_index == 0 ? 1 / bar_index : 0\nplot(na(x) ? 1 : 0)", [[1, 0, 0, 0, 0, 0]]],
];

test.each(cases.map(([name, ...rest]) => [name, rest] as const))(
  "%s",
  async (_name, [script, plots, log = []]) => {
    const result = await run(script);
    expect(Object.values(result.plots)).toEqual(plots as number[][]);
    expect(result.log).toEqual([...log]);
  },
);

test.each([
  ["a number as a condition", `x = bar_index ? 1 : 0\nplot(x)`, [0, 1, 1, 1, 1, 1]],
  ["division of constants", `plot(1 / 2)`, [0, 0, 0, 0, 0, 0]],
  [
    "both sides of and",
    `f() =>\n    var n = 0\n    n += 1\n    n > 3\nx = bar_index > 3 and f()\nplot(x ? 1 : 0)`,
    [0, 0, 0, 0, 1, 1],
  ],
  ["a bool beside a number", `up = bar_index > 2\nplot(up == 1 ? 1 : up != 0 ? 2 : 0)`, [0, 0, 0, 1, 1, 1]],
  [
    "the last bool that was not na",
    `bool b = bar_index % 2 == 0 ? bar_index > 1 : na\nplot(fixnan(b) ? 1 : 0)`,
    [0, 0, 1, 1, 1, 1],
  ],
  ["a number beside a bool", `x = bar_index > 2 ? bar_index - 3 : true\nplot(x ? 1 : 0)`, [1, 1, 1, 0, 1, 1]],
  ["a quotient with a parameter", `f(n) => 2 / (n + 1)\nplot(f(3))`, [0.5, 0.5, 0.5, 0.5, 0.5, 0.5]],
  [
    "a quotient with a local variable made of a parameter",
    `f(n = 4) =>\n    m = n * 2\n    1 / m\nplot(f())`,
    [0.125, 0.125, 0.125, 0.125, 0.125, 0.125],
  ],
  [
    "a quotient with a variable that changes",
    `n = 2\nif bar_index > 2\n    n := 3\nplot(n / 2)`,
    [1, 1, 1, 1.5, 1.5, 1.5],
  ],
  ["a quotient of named constants", `n = 7\nm = n + 1\nplot(m / 3)`, [2, 2, 2, 2, 2, 2]],
  ["a bool that is na", `bool b = na\nplot(na(b) ? 1 : 0)`, [1, 1, 1, 1, 1, 1]],
  [
    "the end of a loop is looked at once",
    `n = 2\ns = 0\nfor i = 0 to n\n    n := 9\n    s += 1\nplot(s)`,
    [3, 3, 3, 3, 3, 3],
  ],
  [
    "history of a field",
    `type P\n    float v\nvar p = P.new(0)\np.v := close\nplot(p.v[1])`,
    [na, 10, 11, 12, 13, 14],
  ],
])("version 5: %s", async (_name, script, expected) => {
  const { plots } = await run(script, 6, { version: 5 });
  expect(plots["Plot"]).toEqual(expected);
});

test("inputs are known by the names of their variables", async () => {
  const script = `enum E\n    a\n    b = "B"\nn = input.int(1)\ne = input.enum(E.a)\ns = input.source(close)\nplot(n)\nplot(e == E.b ? 1 : 0)\nplot(s)`;
  const { plots } = await run(script, 1, { inputs: { n: 7, e: "b", s: "hl2" } });
  expect(Object.values(plots)).toEqual([[7], [1], [9.5]]);
});

test.each([
  ["an int that is none", { n: 1.5 }, /input n .* is a whole number, not 1.5/],
  ["too small", { n: 0 }, /at least 1/],
  ["a field that the enum does not have", { e: "c" }, /one of a, b/],
])("an input with %s is refused", async (_name, inputs, message) => {
  const script = "enum E\n    a\n    b\nn = input.int(1, minval = 1)\ne = input.enum(E.a)\nplot(n)";
  await expect(run(script, 1, { inputs })).rejects.toThrow(message);
});

test.each([
  ["nested loops", "s = 0\nfor i = 0 to 99\n    for j = 0 to 1999\n        s += 1\nplot(s)"],
  ["a loop that its body moves on", "n = 1\nfor i = 0 to n\n    n += 1\nplot(n)"],
  ["while true", "while true\n    x = 1"],
  [
    "a loop that breaks late",
    "s = 0\nfor i = 0 to 1000000\n    s += 1\n    if s > 100000\n        break\nplot(s)",
  ],
])("%s has a limit", async (_name, script) => {
  await expect(run(script, 1, { loopLimit: 5000 })).rejects.toThrow("take more than 5,000 steps");
});
