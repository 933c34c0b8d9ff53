/** What is wrong with a script, and how it is said: every rule that is checked before anything runs. */
import { expect, test } from "bun:test";

import { complaints } from "./check.ts";

/** Line 3 is the first of the script; places are line:column. */
const cases: readonly (readonly [script: string, ...complaints: string[]])[] = [
  ["x = ta.sma(close, lenght)\nplot(x)", "3:19 error: cannot find the variable `lenght` [unknown-name]"],
  [
    "length = 14\nx = ta.sma(close, lenght)\nplot(x + length)",
    "4:19 error: cannot find the variable `lenght`; did you mean `length`? [unknown-name]",
  ],
  ["x = foo(close)", "3:5 error: cannot find the function `foo` [unknown-function]"],
  [
    "plot(ta.smaa(close, 3))",
    "3:9 error: the namespace `ta` has no function `smaa`; did you mean `sma`? [unknown-member]",
  ],
  ["plot(close.foo())", "3:12 error: `float` has no method `foo` [unknown-member]"],
  [
    "plot(color.rde)",
    "3:12 error: the namespace `color` has no member `rde`; did you mean `red`? [unknown-member]",
  ],
  ["x = 1\nx = 2\nplot(x)", "4:1 error: `x` is already declared in this block, on line 3 [declared-twice]"],
  ["y := 3", "3:1 error: cannot find the variable `y` [unknown-name]"],
  ["plot(z)\nz = 1", "3:6 error: `z` is used before its declaration on line 4 [used-before-declaration]"],
  ["close := 3", "3:1 error: the built-in `close` cannot be assigned [not-assignable]"],
  ["f(x) =>\n    x := 2\n    x\nplot(f(1))", "4:5 error: `x` is a parameter [not-assignable]"],
  ["for i = 0 to 3\n    i := 2", "4:5 error: `i` is a loop variable [not-assignable]"],
  ["const int k = 3\nk := 4", "4:1 error: `k` is a constant [not-assignable]"],
  [
    "g = 1\nf() =>\n    g := 2\n    g\nplot(f())",
    "5:5 error: `g` is a global variable, which a function cannot assign [not-assignable]",
  ],
  ["x = na", "3:1 error: `x` needs a type, since na has none [na-without-type]"],
  ["float x = na\nplot(x)"],
  ["bool b = na", "3:10 error: `b` is bool, this is na [assignment-type]"],
  ["int i = 1.5", "3:9 error: `i` is int, this is const float [assignment-type]"],
  ["x = 1\nx := 1.5\nplot(x)", "4:6 error: `x` is int, this is const float [assignment-type]"],
  ['x = "a"\nx := 1', "4:6 error: `x` is string, this is const int [assignment-type]"],
  ["if close\n    plot(1)", "3:4 error: a condition is a bool, this is series float [not-a-condition]"],
  ['x = close > open ? 1 : "a"', "3:5 error: the two values of `?:` differ: int and string [branch-types]"],
  [
    'x = if close > open\n    1\nelse\n    "a"\nplot(close)',
    "3:5 error: the branches of this `if` have different types: int and string [branch-types]",
  ],
  ["[a, b] = ta.macd(close, 1, 2, 3)", "3:1 error: 2 names for 3 values [tuple-size]"],
  ["[a, b] = close", "3:10 error: only a tuple can be taken apart, this is series float [not-a-tuple]"],
  ["x = ta.macd(close, 1, 2, 3)", "3:5 error: this gives 3 values [tuple-value]"],
  ['x = log.info("a")', "3:5 error: this has no value that could be assigned [void-value]"],
  [
    "plot(ta.ema(close, bar_index))",
    "3:20 error: `length` wants simple int, this is series int [argument-qualifier]",
  ],
  [
    "plot(close, title = str)",
    "3:21 error: `str` is a namespace: its members are written as `str.name` [namespace-as-value]",
  ],
  [
    't = "a"\nt := "b"\nplot(close, t)',
    "5:13 error: `title` wants const string, this is series string [argument-qualifier]",
  ],
  ["plot()", "3:1 error: `plot` wants a value for `series` [missing-argument]"],
  [
    "plot(close, close, close)",
    "3:13 error: `title` wants const string, this is series float [argument-type]",
  ],
  ["plot(series = close, foo = 1)", "3:22 error: there is no parameter `foo` [unknown-argument]"],
  [
    'plot(title = "a", close)',
    "3:19 error: a positional argument cannot follow a named one [positional-after-named]",
  ],
  ["plot(close, series = open)", "3:22 error: `series` is given twice [argument-twice]"],
  [
    "if close > open\n    plot(close)",
    "4:5 error: `plot` belongs to the global scope, not into a block or function [global-only]",
  ],
  [
    "f() =>\n    plot(close)\n    1\nx = f()",
    "4:5 error: `plot` belongs to the global scope, not into a block or function [global-only]",
  ],
  [
    "f(x) => f(x - 1)\nplot(f(1))",
    "3:9 error: `f` calls itself, which Pine Script does not allow [recursion]",
  ],
  [
    "f(x) => g(x)\ng(x) => x\nplot(f(1))",
    "3:9 error: `g` is used before its declaration [used-before-declaration]",
  ],
  ["plot(1[1])", "3:6 error: a literal or constant has no history [no-history]"],
  ["plot(close[-1])", "3:12 error: a history offset is at least 0, not -1 [negative-offset]"],
  ['plot("a"[1])', "3:6 error: a literal or constant has no history [no-history]"],
  [
    "type P\n    float v\np = P.new(1)\nplot(p.v[1])",
    "6:6 error: a field has no history of its own [no-history]",
  ],
  ["type P\n    float v\np = P.new(1)\nplot(p.w)", "6:8 error: `P` has no field `w` [unknown-member]"],
  [
    'type P\n    float v\np = P.new("a")',
    "5:11 error: `v` wants series float, this is const string [argument-type]",
  ],
  [
    "type P\n    float v\n    float v\np = P.new(1)",
    "5:11 error: the field `v` occurs twice [declared-twice]",
  ],
  ["break", "3:1 error: `break` stands in no loop [jump-outside-loop]"],
  ["for i = 0 to 3 by 0\n    x = i", "3:19 error: the step of a loop is above 0, not 0 [loop-step]"],
  ['for i = "a" to 3\n    x = i', "3:9 error: a loop counts in numbers, this is const string [loop-bound]"],
  [
    "for x in close\n    y = x",
    "3:10 error: `for ... in` goes over an array, matrix or map, not over series float [not-a-collection]",
  ],
  [
    'strategy.entry("a", strategy.long)',
    "3:1 error: `strategy.entry` belongs to strategies, and this is an indicator [strategy-in-indicator]",
  ],
  [
    "x = close == na",
    "2:1 warning: this indicator shows nothing: it has no plot, drawing, log or alert [no-output]",
    "3:1 warning: `x` is never used [unused-variable]",
    "3:5 warning: a comparison with `na` is always false [comparison-with-na]",
  ],
  [
    "x = close > 1 and ta.sma(close, 3) > 2\nplot(x ? 1 : 0)",
    "3:19 warning: `ta.sma` has a memory of its own and is not called on every bar here [conditional-state]",
  ],
  ["unused = 1\nplot(close)", "3:1 warning: `unused` is never used [unused-variable]"],
  ["close = 3\nplot(close)", "3:1 warning: this hides the built-in `close` [hidden-name]"],
  ["x = input.int(5, minval = 10)", "3:15 error: the default 5 is below minval 10 [input-bounds]"],
  ["x = input.int(5, minval = 10, maxval = 2)", "3:27 error: minval 10 is above maxval 2 [input-bounds]"],
  [
    'x = input.string("a", options = ["b", "c"])',
    '3:5 error: the default "a" is none of the options "b", "c" [input-options]',
  ],
  [
    "x = input.source(ta.sma(close, 3))",
    "3:18 error: the default of a source is a price: close, hl2, ... [input-source]",
  ],
  ["enum E\n    a\n    b\nx = E.c", "6:7 error: the enum `E` has no field `c` [unknown-member]"],
  [
    "enum E\n    a\nenum F\n    a\nx = E.a == F.a",
    "7:5 error: `==` does not take const E and const F [bad-operand]",
  ],
  ["x = E", "3:5 error: cannot find the variable `E` [unknown-name]"],
  ["array<array<int>> x = na", "3:1 error: a collection cannot hold array<int> [nested-collection]"],
  ["x = not close", "3:9 error: a condition is a bool, this is series float [not-a-condition]"],
  ["f(x) => x + lenght\nplot(close)", "3:13 error: cannot find the variable `lenght` [unknown-name]"],
  [
    "f(n) => input.int(n)\nplot(f(5))",
    "3:19 error: an input is read before the first bar, when `n` has no value yet [argument-qualifier]",
  ],
  ['x = "a" + 1', "3:5 error: `+` does not take const string and const int [bad-operand]"],
  ["x = 1 < 2 < 3", "3:5 error: `<` does not take const bool and const int [bad-operand]"],
  ['x = -"a"', "3:6 error: `-` wants a number, this is const string [bad-operand]"],
  ["else\n    x = 1", "3:1 error: this `else` belongs to no `if` [else-without-if]"],
  [
    "if close > open\nplot(1)",
    "3:15 error: the lines after `if` must be indented by one level: this block is empty [empty-block]",
  ],
  [
    "if close = open\n    x = 1",
    "3:10 error: `=` declares a variable; did you mean `==`? [assignment-in-condition]",
  ],
  ["x = (1 + 2", "3:5 error: `(` is never closed [unclosed-bracket]"],
  ["x = 1 +\n    2", "3:8 error: expected a value, found the end of the line [syntax]"],
  [
    "x = 1\n    y = 2",
    "4:5 error: unexpected indentation: no line before this one opens a block [unexpected-indentation]",
  ],
  ["  x = 1", "3:3 error: expected an operator, `,` or the end of the line, found `x` [syntax]"],
  ["range = 1", "3:1 error: `range` is a reserved word; it cannot be the name of a variable [reserved-word]"],
  ["x = [1, 2]", "3:5 error: this gives 2 values [tuple-value]"],
  ["x = if = 3", "3:8 error: expected a value, found `=` [syntax]"],
  [
    'indicator("again")',
    "3:1 error: the script has declared itself already, as indicator [second-declaration]",
  ],
  [
    "f(int x, y = 1, z) => x + y + z\nplot(f(1, 2, 3))",
    "3:17 warning: `z` has no default and follows a parameter that has one [default-order]",
  ],
  ["f(x = na) => x\nplot(f())", "3:3 error: `x` needs a type: its default is na [na-without-type]"],
  ["import a/b/1", "3:1 error: cannot find the library a/b/1 [unknown-library]"],
  ["x = close ? 1 : 2", "3:5 error: a condition is a bool, this is series float [not-a-condition]"],
  ["method foo(float x) => x * 2\nplot(close.foo())"],
  ['f(float x) => x\nplot(f("a"))', "4:8 error: `x` wants float, this is const string [argument-type]"],
  ["f(x) => x\nplot(f())", "4:6 error: `f` wants a value for `x` [missing-argument]"],
  ["f(x) => x\nplot(f(1, 2))", "4:11 error: too many arguments: `f` takes 1 [too-many-arguments]"],
  [
    "f(simple int x) => x\nplot(f(bar_index))",
    "4:8 error: `x` wants simple int, this is series int [argument-qualifier]",
  ],
  [
    "switch close\n    1 => 2\n    => 3\n    2 => 3",
    "6:5 error: no case may follow the default `=>` [default-not-last]",
  ],
  [
    "x = switch\n    close > 1 => 1\n    close => 2\nplot(x)",
    "5:5 error: a condition is a bool, this is series float [not-a-condition]",
  ],
  ["while 1\n    x = 1", "3:7 error: a condition is a bool, this is const int [not-a-condition]"],
  ["var x = close\nx += 1\nplot(x)"],
  ["varip line l = na", "3:1 error: a `varip` variable cannot hold line [varip-type]"],
  ["x = sma(close, 3)", "3:5 error: `sma` is now called `ta.sma` [old-name]"],
  ['study("a")', "3:1 error: `study` is now called `indicator` [old-name]"],
  ["x = ta.sma(close, 3)\nx()", "4:1 error: `x` is a variable, not a function [not-a-function]"],
  [
    'strategy.exit("a", "b")',
    "3:1 error: `strategy.exit` belongs to strategies, and this is an indicator [strategy-in-indicator]",
  ],
  ["plot(ta.sma)", "3:6 error: `ta.sma` is a function: call it as `ta.sma(...)` [function-as-value]"],
  ["plot(ta)", "3:6 error: `ta` is a namespace: its members are written as `ta.name` [namespace-as-value]"],
  ["float x = close\nint y = x", "4:9 error: `y` is int, this is series float [assignment-type]"],
  ["x = math.max()", "3:5 error: `math.max` wants a value for `number0` [missing-argument]"],
  ['x = math.max(1, "a")', "3:17 error: `number1` wants int or float, this is const string [argument-type]"],
  ['x = runtime.error("a")', "3:5 error: this has no value that could be assigned [void-value]"],
];

test.each(cases)("%j", (script, ...expected) => {
  expect(complaints(`//@version=6\nindicator("x")\n${script}`)).toEqual(expected);
});

test.each([
  [
    "no version",
    `indicator("x")`,
    "1:1 error: the script does not say its version, which makes it version 1 [no-version]",
  ],
  [
    "an old one",
    `//@version=4\nstudy("x")`,
    "1:1 error: version 4 of Pine Script is too old; 5 and 6 are supported [version-too-old]",
  ],
  [
    "a new one",
    `//@version=7\nindicator("x")`,
    "1:1 error: version 7 of Pine Script is not known; the newest is 6 [version-too-new]",
  ],
  ["no declaration", `//@version=6\nx = 1`, "1:1 error: the script does not say what it is [no-declaration]"],
  [
    "a declaration in a block",
    `//@version=6\nif true\n    indicator("x")`,
    "3:5 error: `indicator` belongs to the global scope, not into a block [declaration-in-block]",
  ],
  [
    "a non-breaking space",
    `//@version=6\nindicator("x")\nx\u00A0= 1`,
    "3:2 error: a non-breaking space stands here [invisible-character]",
  ],
  [
    "an unclosed string",
    `//@version=6\nindicator("x)`,
    '2:11 error: this string is not closed by " on its line [unclosed-string]',
  ],
  [
    "a bad colour",
    `//@version=6\nindicator("x")\nplot(close, color = #12345)`,
    "3:21 error: `#12345` is not a colour [bad-color]",
  ],
  [
    "a bad number",
    `//@version=6\nindicator("x")\nplot(1.2.3)`,
    "3:6 error: `1.2.3` is not a number [bad-number]",
  ],
  [
    "pyramiding below 0",
    `//@version=6\nstrategy("x", pyramiding = -1)`,
    "2:28 error: `pyramiding` is at least 0, not -1 [declaration-value]",
  ],
])("%s", (_name, script, expected) => {
  expect(complaints(script)[0]).toBe(expected);
});
