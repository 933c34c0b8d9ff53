/**
 * Scripts as beginners break them: the first thing that is said, with its hint, and how many faults are counted. One
 * mistake is one error, whatever follows from it.
 */
import { describe, expect, test } from "bun:test";

import { check } from "./check.ts";

type Row = readonly [script: string, first: string, count: number];

/** After two lines that declare an indicator of version 6. */
const bodies: readonly Row[] = [
  [
    "f(x) => ta.emma(x, lenn)\nplot(f(close))",
    "3:12 the namespace `ta` has no function `emma`; did you mean `ema`? [unknown-member]",
    2,
  ],
  [
    "len = input.int(14)\nplot(ta.ema(close, lenn))",
    "4:20 cannot find the variable `lenn`; did you mean `len`? [unknown-name]",
    1,
  ],
  [
    "plot(ta.sma(clsoe, 14))",
    "3:13 cannot find the variable `clsoe`; did you mean `close`? [unknown-name]",
    1,
  ],
  ["plott(close)", "3:1 cannot find the function `plott`; did you mean `plot`? [unknown-function]", 1],
  [
    "plot(close, colour = color.red)",
    "3:13 there is no parameter `colour`; did you mean `color`? (parameters: series, title, color, linewidth, style, trackprice, histbase, offset, join, editable, show_last, display, format, precision, force_overlay, linestyle) [unknown-argument]",
    1,
  ],
  [
    "plot(close, color = colour.red)",
    "3:21 cannot find the variable `colour`; did you mean `color`? [unknown-name]",
    1,
  ],
  [
    "plot(close, color = color.gren)",
    "3:27 the namespace `color` has no member `gren`; did you mean `green`? [unknown-member]",
    1,
  ],
  [
    "if close > open\n    lable.new(bar_index, high)",
    "4:5 cannot find the variable `lable`; did you mean `label`? [unknown-name]",
    1,
  ],
  [
    "x = ta.rsi(close, 14)\nplot(x, style = plot.style_lin)",
    "4:22 the namespace `plot` has no member `style_lin`; did you mean `style_line`? [unknown-member]",
    1,
  ],
  [
    "strategy.entry('L', strategy.long)",
    "3:1 `strategy.entry` belongs to strategies, and this is an indicator (declare the script with strategy(...)) [strategy-in-indicator]",
    1,
  ],
  [
    "a = array.new_flaot(0)\nplot(a.size())",
    "3:11 the namespace `array` has no function `new_flaot`; did you mean `new_float`? [unknown-member]",
    1,
  ],
  ["var flaot x = 0.0\nplot(x)", "3:5 there is no type `flaot`; did you mean `float`? [unknown-type]", 1],
  ["x = clos + opn\nplot(x)", "3:5 cannot find the variable `clos`; did you mean `close`? [unknown-name]", 2],
  ["x = foo(bar(baz), qux)\nplot(x)", "3:5 cannot find the function `foo` [unknown-function]", 4],
  ["x = foo.bar\nplot(x)", "3:5 cannot find the variable `foo` [unknown-name]", 1],
  ["x = foo.bar(close, lenn)\nplot(x)", "3:5 cannot find the variable `foo` [unknown-name]", 1],
  ["x = close.foo(lenn)\nplot(x)", "3:15 cannot find the variable `lenn` [unknown-name]", 1],
  [
    "iff close > open\n    x = 1\nplot(close)",
    "3:5 expected an operator, `,` or the end of the line, found `close` (iff(condition, a, b) is now written condition ? a : b) [syntax]",
    1,
  ],
  [
    "for i = 0 to 10\n    plot(i)",
    "4:5 `plot` belongs to the global scope, not into a block or function (give it a value that is na when there is nothing to show) [global-only]",
    1,
  ],
  ["Plot(close)", "3:1 cannot find the function `Plot`; did you mean `plot`? [unknown-function]", 1],
  ["plot(Close)", "3:6 cannot find the variable `Close`; did you mean `close`? [unknown-name]", 1],
  [
    "x = True\nplot(x ? 1 : 0)",
    "3:5 cannot find the variable `True`; did you mean `true`? [unknown-name]",
    1,
  ],
  [
    "x = ta.SMA(close, 10)\nplot(x)",
    "3:8 the namespace `ta` has no function `SMA`; did you mean `sma`? [unknown-member]",
    1,
  ],
  [
    "import TradingView/ta/7 as tvta\nplot(tvta.foo(close))\nplot(tvta.bar(close))",
    "3:1 cannot find the library TradingView/ta/7 (looked for lib/TradingView/ta/7.pine in the scripts folder) [unknown-library]",
    1,
  ],
  [
    "plot(close > open)",
    "3:6 `series` wants series float, this is series bool (`x ? 1 : 0` makes a number of a condition) [argument-type]",
    1,
  ],
  ["plot('text')", "3:6 `series` wants series float, this is const string [argument-type]", 1],
  [
    "x = 'a' + 1\nplot(close)",
    "3:5 `+` does not take const string and const int (str.tostring(x) makes a string of a value) [bad-operand]",
    1,
  ],
  [
    "x = close + 'a'\nlabel.new(bar_index, high, x)",
    "3:5 `+` does not take series float and const string (str.tostring(x) makes a string of a value) [bad-operand]",
    1,
  ],
  [
    "label.new(bar_index, high, close)",
    "3:28 `text` wants series string, this is series float (str.tostring(x) makes a string of a value) [argument-type]",
    1,
  ],
  [
    "x = close > open ? 'up' : 0\nplot(1)",
    "3:5 the two values of `?:` differ: string and int [branch-types]",
    1,
  ],
  ["int x = close\nplot(x)", "3:9 `x` is int, this is series float [assignment-type]", 1],
  [
    "x = 5\nx := close\nplot(x)",
    "4:6 `x` is int, this is series float (a variable keeps the type of its first value: declare it as float x = ...) [assignment-type]",
    1,
  ],
  ["string s = 5\nplot(close)", "3:12 `s` is string, this is const int [assignment-type]", 1],
  ["bool b = 1\nplot(b ? 1 : 0)", "3:10 `b` is bool, this is const int [assignment-type]", 1],
  [
    "if 1\n    x = 1\nplot(close)",
    "3:4 a condition is a bool, this is const int (compare it, as in `x != 0`, or write `bool(x)`) [not-a-condition]",
    1,
  ],
  [
    "x = bar_index and close > open\nplot(x ? 1 : 0)",
    "3:5 a condition is a bool, this is series int (compare it, as in `x != 0`, or write `bool(x)`) [not-a-condition]",
    1,
  ],
  ["plot(ta.sma(close, '14'))", "3:20 `length` wants series int, this is const string [argument-type]", 1],
  [
    "plot(ta.ema(close, bar_index))",
    "3:20 `length` wants simple int, this is series int (it must not change from bar to bar) [argument-qualifier]",
    1,
  ],
  [
    "x = input.int(14.5)\nplot(x)",
    "3:15 `defval` wants const int, this is const float (int(x) cuts the fraction off) [argument-type]",
    1,
  ],
  [
    "x = array.new<float>(0)\nx.push('a')\nplot(x.size())",
    "4:8 `value` wants series float, this is const string [argument-type]",
    1,
  ],
  [
    "x = array.from(1, 'a')\nplot(x.size())",
    "3:19 `arg1` wants series int, this is const string [argument-type]",
    1,
  ],
  [
    "line l = label.new(bar_index, high)\nplot(close)",
    "3:10 `l` is line, this is series label [assignment-type]",
    1,
  ],
  [
    "x = line.new(bar_index, high)\nplot(close)",
    "3:5 `line.new` wants a value for `x2` [missing-argument]",
    1,
  ],
  ["color c = 'red'\nplot(close, color = c)", "3:11 `c` is color, this is const string [assignment-type]", 1],
  [
    "plot(close, color = 'red')",
    "3:21 `color` wants series color, this is const string (write color.red or #FF0000, without quotes) [argument-type]",
    1,
  ],
  ["x = close == 'a'\nplot(close)", "3:5 `==` does not take series float and const string [bad-operand]", 1],
  ["[a, b] = ta.bb(close, 20, 2)\nplot(a)", "3:1 2 names for 3 values (`_` drops a value) [tuple-size]", 1],
  [
    "x = ta.macd(close, 12, 26, 9)\nplot(x)",
    "3:5 this gives 3 values (take them apart: [a, b] = ...) [tuple-value]",
    1,
  ],
  ["f(x) =>\n    x * 2\nplot(f('a'))", "4:5 `*` does not take const string and const int [bad-operand]", 1],
  [
    "type P\n    float v\np = P.new('a')\nplot(p.v)",
    "5:11 `v` wants series float, this is const string [argument-type]",
    1,
  ],
  [
    "type P\n    float v\np = P.new(1)\nplot(p)",
    "6:6 `series` wants series float, this is series P [argument-type]",
    1,
  ],
  ["x = na\nplot(x)", "3:1 `x` needs a type, since na has none (float x = na) [na-without-type]", 1],
  [
    "hline(close)",
    "3:7 `price` wants input float, this is series float (it must not change from bar to bar) [argument-qualifier]",
    1,
  ],
  ["plot(ta.sma(close, 14)", "3:5 `(` is never closed [unclosed-bracket]", 1],
  [
    "plot(ta.sma(close, 14)))",
    "3:24 expected an operator, `,` or the end of the line, found `)` [syntax]",
    1,
  ],
  ["x = (close + open / 2\nplot(x)", "3:5 `(` is never closed [unclosed-bracket]", 1],
  ["x = close[1\nplot(x)", "3:10 `[` is never closed [unclosed-bracket]", 1],
  ["x = array.from(1, 2, 3\nplot(x.size())", "3:15 `(` is never closed [unclosed-bracket]", 1],
  ["f(x => x * 2\nplot(f(1))", "3:2 `(` is never closed [unclosed-bracket]", 1],
  ["plot(close, title = 'abc)", "3:21 this string is not closed by ' on its line [unclosed-string]", 1],
  [
    "plot(close 'title')",
    '3:12 expected `,` or `)`, found the string "title" (the bracket `(` was opened at 3:5) [syntax]',
    1,
  ],
  ["plot(, close)", "3:6 expected a value, found `,` [syntax]", 1],
  ["x = [1, 2, 3]\nplot(close)", "3:5 this gives 3 values (take them apart: [a, b] = ...) [tuple-value]", 1],
  [
    "x = {1}\nplot(close)",
    "3:5 the character `{` has no meaning here (a block is indented by four blanks; there are no braces) [unknown-character]",
    1,
  ],
  [
    "x = close;\nplot(x)",
    "3:10 the character `;` has no meaning here (a statement ends with its line; several on one line are parted by `,`) [unknown-character]",
    1,
  ],
  [
    "if close > open\nx = 1\nplot(close)",
    "3:15 the lines after `if` must be indented by one level: this block is empty (one level is four spaces or a tab) [empty-block]",
    1,
  ],
  [
    "if close > open\n  x = 1\nplot(close)",
    "4:3 expected the end of the line, found `x` (a block is indented by four blanks or a tab, no more and no less) [syntax]",
    1,
  ],
  [
    "if close > open\n    x = 1\n  y = 2\nplot(close)",
    "5:1 this line goes back to 2 columns, where no block is open (open blocks are indented by 0, 4) [bad-indentation]",
    1,
  ],
  [
    "if close > open\n    x = 1\n        y = 2\nplot(close)",
    "5:9 unexpected indentation: no line before this one opens a block (a line that continues the one before it is indented by a number of blanks that is no multiple of four) [unexpected-indentation]",
    1,
  ],
  [
    "x = close +\n    open\nplot(x)",
    "3:12 expected a value, found the end of the line (a line that continues the one before it is indented by a number of blanks that is no multiple of four) [syntax]",
    1,
  ],
  [
    "f(x) =>\nx * 2\nplot(f(close))",
    "3:7 the lines after `=>` must be indented by one level: this block is empty (one level is four spaces or a tab) [empty-block]",
    1,
  ],
  [
    "  x = 1\nplot(x)",
    "3:3 expected an operator, `,` or the end of the line, found `x` (its indentation makes this line a continuation of the one before it: statements are indented by multiples of four) [syntax]",
    1,
  ],
  [
    "if close > open\n\tx = 1\n      y = 2\nplot(close)",
    "5:7 expected an operator, `,` or the end of the line, found `y` (its indentation makes this line a continuation of the one before it: statements are indented by multiples of four) [syntax]",
    1,
  ],
  [
    "if close > open { x = 1 }\nplot(close)",
    "3:17 the character `{` has no meaning here (a block is indented by four blanks; there are no braces) [unknown-character]",
    1,
  ],
  [
    "if (close > open) x = 1\nplot(close)",
    "3:19 expected the end of the line, found `x` (the block stands on the lines below, indented by four blanks or a tab) [syntax]",
    1,
  ],
  [
    "if close > open:\n    x = 1\nplot(close)",
    "3:16 expected the end of the line, found `:` (the block stands on the lines below, indented by four blanks or a tab) [syntax]",
    1,
  ],
  [
    "if close > open then\n    x = 1\nplot(close)",
    "3:17 expected the end of the line, found `then` (the block stands on the lines below, indented by four blanks or a tab) [syntax]",
    1,
  ],
  [
    "else\n    x = 1\nplot(close)",
    "3:1 this `else` belongs to no `if` (it stands exactly below its `if`) [else-without-if]",
    1,
  ],
  [
    "if close > open\n    x = 1\nelse if\n    x = 2\nplot(close)",
    "5:8 expected a value, found the end of the line (a line that continues the one before it is indented by a number of blanks that is no multiple of four) [syntax]",
    1,
  ],
  [
    "if close > open\n    x = 1\nelseif close < open\n    x = 2\nplot(close)",
    "5:8 expected an operator, `,` or the end of the line, found `close` (`else if` is two words) [syntax]",
    1,
  ],
  [
    "switch close\n    1 : 2\nplot(close)",
    "4:7 expected `=>`, found `:` (a case is written as value => result) [syntax]",
    1,
  ],
  [
    "x = switch\n    close > open -> 1\nplot(close)",
    "4:19 expected a value, found `>` (it is written `=>`) [syntax]",
    1,
  ],
  [
    "for i in range(0, 10)\n    x = i\nplot(close)",
    "3:10 cannot find the function `range` (a loop counts like this: for i = 0 to 9) [unknown-function]",
    1,
  ],
  [
    "for (i = 0; i < 10; i++)\n    x = i\nplot(close)",
    "3:11 the character `;` has no meaning here (a statement ends with its line; several on one line are parted by `,`) [unknown-character]",
    1,
  ],
  [
    "for i = 0 to 10:\n    x = i\nplot(close)",
    "3:16 expected the end of the line, found `:` (the block stands on the lines below, indented by four blanks or a tab) [syntax]",
    1,
  ],
  [
    "while (close > open)\nx = 1\nplot(close)",
    "3:20 the lines after `while` must be indented by one level: this block is empty (one level is four spaces or a tab) [empty-block]",
    1,
  ],
  [
    "type P\nfloat v\nplot(close)",
    "3:6 this type has no fields (they stand on the lines below, one level deeper) [empty-block]",
    1,
  ],
  ["x = close && open\nplot(x)", "3:11 `&&` is written `and` [unknown-character]", 1],
  ["x = close > open || close < open\nplot(close)", "3:18 `||` is written `or` [unknown-character]", 1],
  ["x = !(close > open)\nplot(close)", "3:5 `!` is written `not` [unknown-character]", 1],
  [
    "x = close != open\nx++\nplot(close)",
    "4:4 expected a value, found the end of the line (it is written x += 1) [syntax]",
    1,
  ],
  [
    "var x = 0\nx =+ 1\nplot(x)",
    "4:1 `x` is already declared in this block, on line 3 (`:=` changes what exists) [declared-twice]",
    1,
  ],
  [
    "function f(x)\n    return x * 2\nplot(f(close))",
    "3:10 expected an operator, `,` or the end of the line, found `f` (a function is declared as f(x) => x * 2) [syntax]",
    1,
  ],
  [
    "f(x) =>\n    return x * 2\nplot(f(close))",
    "4:12 expected an operator, `,` or the end of the line, found `x` (there is no `return`: a function gives the value of its last line) [syntax]",
    1,
  ],
  [
    "def f(x):\n    x * 2\nplot(close)",
    "3:5 expected an operator, `,` or the end of the line, found `f` (a function is declared as f(x) => x * 2) [syntax]",
    1,
  ],
  [
    "let x = 1\nplot(x)",
    "3:1 there is no type `let` (a variable is declared as x = 1; `var x = 1` keeps it from bar to bar) [unknown-type]",
    1,
  ],
  [
    "float x = 1.0f\nplot(x)",
    "3:11 `1.0f` is not a number (a name cannot begin with a digit) [bad-number]",
    1,
  ],
  ["x = 1_000\nplot(x)", "3:5 `1_000` is not a number (digits are not grouped) [bad-number]", 1],
  ["x = null\nplot(x)", "3:5 cannot find the variable `null` (no value is called na) [unknown-name]", 1],
  ["x = close === open\nplot(close)", "3:13 expected a value, found `=` (equality is `==`) [syntax]", 1],
  ["x = close <> open\nplot(close)", "3:12 expected a value, found `>` (inequality is `!=`) [syntax]", 1],
  [
    "x = close ^ 2\nplot(x)",
    "3:11 the character `^` has no meaning here (powers are math.pow(x, y)) [unknown-character]",
    1,
  ],
  ["x = close ** 2\nplot(x)", "3:12 expected a value, found `*` (powers are math.pow(x, y)) [syntax]", 1],
  [
    "/* comment */\nplot(close)",
    "3:1 expected a value, found `/` (comments begin with `//` and end with their line) [syntax]",
    1,
  ],
  [
    "# comment\nplot(close)",
    "3:1 `#` is not a colour (comments begin with `//`; a colour is #RRGGBB) [bad-color]",
    1,
  ],
  [
    "x := close\nplot(x)",
    "3:1 cannot find the variable `x` (`x = 1` declares a variable, `x := 2` changes one that has been declared) [unknown-name]",
    1,
  ],
  ["x == close\nplot(close)", "3:1 cannot find the variable `x` [unknown-name]", 1],
  [
    "close = open = high\nplot(close)",
    "3:14 expected an operator, `,` or the end of the line, found `=` [syntax]",
    1,
  ],
  [
    "x = if close > open 1 else 2\nplot(x)",
    "3:21 expected the end of the line, found `1` (the block stands on the lines below, indented by four blanks or a tab) [syntax]",
    1,
  ],
  ["a, b = 1, 2\nplot(a)", "3:1 cannot find the variable `a` [unknown-name]", 1],
  ["plot(close)\nplot(close", "4:5 `(` is never closed [unclosed-bracket]", 1],
  ["“x” = 1\nplot(close)", "3:1 a curly quote `“` (strings stand between \" or ') [unknown-character]", 1],
  ["x = “a”\nplot(close)", "3:5 a curly quote `“` (strings stand between \" or ') [unknown-character]", 1],
  ["plot(close, 'a', title = 'b')", "3:26 `title` is given twice [argument-twice]", 1],
  [
    "plot(title = 'a', close)",
    "3:19 a positional argument cannot follow a named one [positional-after-named]",
    1,
  ],
  ["plot()", "3:1 `plot` wants a value for `series` [missing-argument]", 1],
  [
    "plot(close, linewidth = close)",
    "3:25 `linewidth` wants input int, this is series float (int(x) cuts the fraction off) [argument-type]",
    1,
  ],
  [
    "ta.crossover(close)\nplot(close)",
    "3:1 `ta.crossover` wants a value for `source2` [missing-argument]",
    1,
  ],
  ["plot(ta.sma(close, 14, 3))", "3:24 too many arguments: it takes at most 2 [too-many-arguments]", 1],
  [
    "if close > open\n    plot(close)",
    "4:5 `plot` belongs to the global scope, not into a block or function (give it a value that is na when there is nothing to show) [global-only]",
    1,
  ],
  [
    "f() =>\n    plot(close)\nf()",
    "4:5 `plot` belongs to the global scope, not into a block or function (give it a value that is na when there is nothing to show) [global-only]",
    1,
  ],
  ["f(x) => f(x)\nplot(f(1))", "3:9 `f` calls itself, which Pine Script does not allow [recursion]", 1],
  [
    "f(x) => g(x)\ng(x) => x\nplot(f(1))",
    "3:9 `g` is used before its declaration [used-before-declaration]",
    1,
  ],
  [
    "plot(g(1))\ng(x) => x",
    "3:6 `g` is used before its declaration on line 4 (functions stand above their first use) [used-before-declaration]",
    1,
  ],
  [
    "f(x, x) => x\nplot(f(1, 2))",
    "3:6 `x` is already declared in this block, on line 3 (`:=` changes what exists) [declared-twice]",
    1,
  ],
  [
    "f(x) => x\nf(x) => x * 2\nplot(f(1))",
    "4:1 `f` is already declared with these parameters, on line 3 [declared-twice]",
    1,
  ],
  [
    "x = close\nx = open\nplot(x)",
    "4:1 `x` is already declared in this block, on line 3 (`:=` changes what exists) [declared-twice]",
    1,
  ],
  [
    "f(x) =>\n    x := 2\nplot(f(1))",
    "4:5 `x` is a parameter (declare a variable of your own: `x = parameter`) [not-assignable]",
    1,
  ],
  [
    "g = 0\nf() =>\n    g := 1\n    g\nplot(f())",
    "5:5 `g` is a global variable, which a function cannot assign (return the value, or keep it in a field of an object) [not-assignable]",
    1,
  ],
  [
    "plot(close[-1])",
    "3:12 a history offset is at least 0, not -1 (the future is not known) [negative-offset]",
    1,
  ],
  ["plot(close['a'])", "3:12 a history offset is a number, this is const string [bad-offset]", 1],
  ["plot(5[1])", "3:6 a literal or constant has no history [no-history]", 1],
  ["break\nplot(close)", "3:1 `break` stands in no loop [jump-outside-loop]", 1],
  ["x = input.int(5, minval = 10)\nplot(x)", "3:15 the default 5 is below minval 10 [input-bounds]", 1],
  [
    "x = input.string('a', options = ['b'])\nplot(close)",
    '3:5 the default "a" is none of the options "b" [input-options]',
    1,
  ],
  [
    "len = input.int(title = 'Len')\nplot(len)",
    "3:7 `input.int` wants a value for `defval` [missing-argument]",
    1,
  ],
  [
    "x = request.security('AAPL', close)\nplot(x)",
    "3:30 `timeframe` wants series string, this is series float (str.tostring(x) makes a string of a value) [argument-type]",
    1,
  ],
  [
    "indicator('again')\nplot(close)",
    "3:1 the script has declared itself already, as indicator [second-declaration]",
    1,
  ],
  [
    "var tbl = table.new(position.top_rigth, 2, 2)\nplot(close)",
    "3:30 the namespace `position` has no member `top_rigth`; did you mean `top_right`? [unknown-member]",
    1,
  ],
  [
    "label.new(bar_index, high, 'a', stile = label.style_label_down)\nplot(close)",
    "3:33 there is no parameter `stile`; did you mean `style`? (parameters: point, text, xloc, yloc, color, style, textcolor, size, textalign, tooltip, text_font_family, force_overlay, text_formatting) [unknown-argument]",
    1,
  ],
  ["x = map.new<string>()\nplot(close)", "3:13 `map.new` wants 2 type arguments, not 1 [bad-type]", 1],
  [
    "x = array.new<array<float>>()\nplot(close)",
    "3:15 a collection cannot hold array<float> (put the inner collection into a field of a type of your own) [nested-collection]",
    1,
  ],
  ["x = array.new<foo>()\nplot(close)", "3:15 there is no type `foo` [unknown-type]", 1],
  [
    "x = matrix.new(2, 2)\nplot(close)",
    "3:5 `matrix.new` does not say what it holds (write matrix.new<float>(...)) [bad-type]",
    1,
  ],
  [
    "enum E\n    a\nx = E.b\nplot(close)",
    "5:7 the enum `E` has no field `b` (it has: a) [unknown-member]",
    1,
  ],
  [
    "type P\n    float v\np = P.new(1)\np.w := 2\nplot(p.v)",
    "6:3 `P` has no field `w` (it has: v) [unknown-member]",
    1,
  ],
  [
    "type P\n    float v = ta.sma(close, 5)\np = P.new()\nplot(p.v)",
    "4:15 the default of a field is a literal or the name of a built-in, not a call [field-default]",
    1,
  ],
  [
    "plot(close, transp = 50)",
    "3:13 there is no parameter `transp` (version 6 has no `transp`: color.new(color.red, 50) is half transparent) [unknown-argument]",
    1,
  ],
  [
    "if bar_index\n    x = 1\nplot(close)",
    "3:4 a condition is a bool, this is series int (compare it, as in `x != 0`, or write `bool(x)`) [not-a-condition]",
    1,
  ],
  ["bool b = na\nplot(close)", "3:10 `b` is bool, this is na [assignment-type]", 1],
  [
    "x = nz(close > open)\nplot(close)",
    "3:8 `source` wants int, float, color or string, this is series bool [argument-type]",
    1,
  ],
  [
    "x = na(close > open)\nplot(close)",
    "3:5 a bool is never na in version 6 (it is true or false) [bool-na]",
    1,
  ],
  ["plot(close[1][2])\nplot(2[1])", "4:6 a literal or constant has no history [no-history]", 1],
];

const scripts: readonly Row[] = [
  [
    "//@version=4\nstudy('x')\nplot(sma(close, 14))",
    "1:1 version 4 of Pine Script is too old; 5 and 6 are supported (convert it: TradingView's editor does so by itself, and these names have changed:\nstudy -> indicator, security -> request.security, sma -> ta.sma, tostring -> str.tostring,\ninput(type = input.integer) -> input.int, abs -> math.abs, iff(c, a, b) -> c ? a : b) [version-too-old]",
    1,
  ],
  [
    "//@version=3\nstudy('x')\nplot(sma(close, 14))",
    "1:1 version 3 of Pine Script is too old; 5 and 6 are supported (convert it: TradingView's editor does so by itself, and these names have changed:\nstudy -> indicator, security -> request.security, sma -> ta.sma, tostring -> str.tostring,\ninput(type = input.integer) -> input.int, abs -> math.abs, iff(c, a, b) -> c ? a : b) [version-too-old]",
    1,
  ],
  [
    "study('x')\nplot(sma(close, 14))",
    "1:1 the script does not say its version, which makes it version 1 (convert it: TradingView's editor does so by itself, and these names have changed:\nstudy -> indicator, security -> request.security, sma -> ta.sma, tostring -> str.tostring,\ninput(type = input.integer) -> input.int, abs -> math.abs, iff(c, a, b) -> c ? a : b) [no-version]",
    1,
  ],
  [
    "//@version=5\nstudy('x', overlay=true)\nlen = input(14, type=input.integer)\nplot(sma(close, len))\nx = iff(close > open, 1, 0)\ny = security(tickerid, 'D', close)\nz = tostring(close)\nplotshape(crossover(close, open), color=green)",
    "2:1 `study` is now called `indicator` [old-name]",
    9,
  ],
  [
    "//@version=5\nindicator('x')\nlen = input(title='a', type=input.integer, defval=14, minval=1)\nplot(ema(close, len))",
    "3:35 `input.integer` is now called `input.int` [old-name]",
    2,
  ],
  [
    "//@version=5\nindicator('x')\nplot(close, color=red)",
    "3:19 `red` is now called `color.red` [old-name]",
    1,
  ],
  [
    "//@version=5\nindicator('x')\nx = max(close, open) + abs(close) + rsi(close, 14)\nplot(x)",
    "3:5 `max` is now called `math.max` [old-name]",
    3,
  ],
  [
    "//@version=5\nplot(close)",
    '1:1 the script does not say what it is (begin with indicator("Name"), strategy("Name") or library("Name")) [no-declaration]',
    1,
  ],
  [
    "//@version=6\n",
    '1:1 the script does not say what it is (begin with indicator("Name"), strategy("Name") or library("Name")) [no-declaration]',
    1,
  ],
  [
    "",
    "1:1 the script does not say its version, which makes it version 1 (begin with //@version=6) [no-version]",
    1,
  ],
  [
    "//@version=5\nstrategy('x')\nstrategy.entry('L', strategy.long, when = close > open)\nstrategy.exit('X', 'L')",
    "4:1 `strategy.exit` has nothing that could trigger it (give it profit, limit, loss, stop, or a trailing stop) [exit-without-trigger]",
    1,
  ],
  [
    "//@version=6\nstrategy('x')\nstrategy.entry('L', strategy.long, when = close > open)",
    "3:36 there is no parameter `when` (version 6 has no `when`: put the call into an `if`) [unknown-argument]",
    1,
  ],
  [
    "//@version=6\nstrategy('x')\nstrategy.entry('L')",
    "3:1 `strategy.entry` wants a value for `direction` [missing-argument]",
    1,
  ],
  [
    "//@version=6\nstrategy('x')\nstrategy.entry('L', 'long')\nstrategy.exit('X')",
    "4:1 `strategy.exit` has nothing that could trigger it (give it profit, limit, loss, stop, or a trailing stop) [exit-without-trigger]",
    1,
  ],
  [
    "//version=6\nindicator('x')\nplot(close)",
    "1:1 the script does not say its version, which makes it version 1 (begin with //@version=6) [no-version]",
    1,
  ],
  ["//@version=6\nindicator(title)\nplot(close)", "2:11 cannot find the variable `title` [unknown-name]", 1],
  [
    "//@version=6\nindicator()\nplot(close)",
    "2:1 `indicator` wants a value for `title` [missing-argument]",
    1,
  ],
  [
    "//@version=6\nindicator('x', overlay = 1)\nplot(close)",
    "2:26 `overlay` wants const bool, this is const int (compare it, as in `x != 0`) [argument-type]",
    1,
  ],
  [
    "//@version=6\nindicator('x', max_lines_count = 1000)\nplot(close)",
    "2:34 `max_lines_count` is at most 500, not 1000 [declaration-value]",
    1,
  ],
  [
    "//@version=6\nlibrary('x')\nexport f(x) => x\n",
    "3:10 an exported function needs a type for `x` [export-without-type]",
    1,
  ],
  [
    "//@version=6\nindicator('x', overlay = close > open)\nplot(close)",
    "2:26 `overlay` wants const bool, this is series bool (it must be known when the script is compiled) [argument-qualifier]",
    1,
  ],
];

/** The first error, and how many there are. */
function faultsOf(text: string): readonly [string, number] {
  const found = check(text).diagnostics.filter(({ severity }) => severity === "error");
  const [first] = found;
  if (first === undefined) return ["", 0];
  const { source, span, message, hint, code } = first;
  const { line, column } = source.position(span.start);
  // Candidates of overloads come from the table of built-ins.
  const advice = hint
    ?.split("\n")
    .filter((part) => !part.startsWith("candidate:"))
    .join("\n");
  const shown = advice === undefined || advice === "" ? "" : ` (${advice})`;
  return [`${line}:${column} ${message}${shown} [${code}]`, found.length];
}

describe("what is wrong is said once and in words", () => {
  test.each(bodies)("%j", (script, first, count) => {
    expect(faultsOf(`//@version=6\nindicator("x")\n${script}`)).toEqual([first, count]);
  });
  test.each(scripts)("%j", (script, first, count) => {
    expect(faultsOf(script)).toEqual([first, count]);
  });
});
