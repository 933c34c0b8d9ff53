/** What requests give, bar by bar. The chart has five-minute bars; the close of each bar is its number. */
import { describe, expect, test } from "bun:test";

import type { Feed } from "../../../src/runtime/security/feeds.ts";
import { counted, feed, plotted, run, type Setting } from "./setting.ts";

const quarterHours: Setting = { columns: counted(9, 5) };
const other = (timeframe: string, minutes: number, length: number, from?: number): Feed =>
  feed("EX:OTHER", timeframe, counted(length, minutes, from));

describe("a longer timeframe of the chart's symbol", () => {
  test.each([
    ["a bar counts on the chart bar that ends with it", "close", "", "- x2, 2 x3, 5 x3, 8"],
    ["with gaps only there", "close", ", gaps = barmerge.gaps_on", "- x2, 2, - x2, 5, - x2, 8"],
    [
      "lookahead: what is known of the bar that forms",
      "close",
      ", lookahead = barmerge.lookahead_on",
      "0, 1, 2, 3, 4, 5, 6, 7, 8",
    ],
    ["its high grows", "high", ", lookahead = barmerge.lookahead_on", "1, 2, 3, 4, 5, 6, 7, 8, 9"],
    ["its open stays", "open", ", lookahead = barmerge.lookahead_on", "-0.5 x3, 2.5 x3, 5.5 x3"],
    [
      "what is computed of prices as well",
      "hl2",
      ", lookahead = barmerge.lookahead_on",
      "0, 0.5, 1, 3, 3.5, 4, 6, 6.5, 7",
    ],
    ["the bar before it", "close[1]", ", lookahead = barmerge.lookahead_on", "- x3, 2 x3, 5 x3"],
    [
      "state counts its bars, not the chart's",
      "ta.cum(1)",
      ", lookahead = barmerge.lookahead_on",
      "1 x3, 2 x3, 3 x3",
    ],
    [
      "the last closed bar by another name",
      "close",
      ', lookahead = "lookahead_last_closed"',
      "- x2, 2 x3, 5 x3, 8",
    ],
    ["bar_index is its own", "bar_index", "", "- x2, 0 x3, 1 x3, 2"],
    ["so is the timeframe", "timeframe.in_seconds()", "", "- x2, 900 x7"],
    ["and the time", "(time - timestamp(2024, 1, 1)) / 60000", "", "- x2, 0 x3, 15 x3, 30"],
    ["only the newest bars", "bar_index", ", calc_bars_count = 1", "- x8, 2"],
    [
      "a forming bar is not confirmed",
      "barstate.isconfirmed ? 1 : 0",
      ", lookahead = barmerge.lookahead_on",
      "0 x2, 1, 0 x2, 1, 0 x2, 1",
    ],
  ])("%s", async (_what, expression, options, expected) => {
    const text = `plot(request.security(syminfo.tickerid, "15", ${expression}${options}))`;
    expect(await plotted(text, quarterHours)).toBe(expected);
  });
});

describe("an indicator with a timeframe of its own", () => {
  const declared = (options: string): string => `indicator("I", timeframe = "15"${options})\n`;
  const withoutGaps = declared(", timeframe_gaps = false");
  test.each([
    ["shows what it plots where its bars end", declared("") + "plot(close)", "- x2, 2, - x2, 5, - x2, 8"],
    ["without gaps until the next one ends", `${withoutGaps}plot(close)`, "- x2, 2 x3, 5 x3, 8"],
    ["keeps its state there", `${withoutGaps}var n = 0\nn += 1\nplot(n)`, "- x2, 1 x3, 2 x3, 3"],
    [
      "may take things from the chart's timeframe and inputs",
      `${withoutGaps}k = input.int(3)\nplot(timeframe.in_seconds() + ta.sma(close, 2) * k)`,
      "- x5, 910.5 x3, 919.5",
    ],
    [
      "may request what it likes",
      `${withoutGaps}plot(request.security(syminfo.tickerid, "30", close))`,
      "- x5, 5 x4",
    ],
    [
      "on the chart's own timeframe",
      'indicator("I", timeframe = "5")\nplot(ta.cum(1))',
      "1, 2, 3, 4, 5, 6, 7, 8, 9",
    ],
  ])("%s", async (_what, text, expected) => {
    expect(await plotted(text, quarterHours)).toBe(expected);
  });

  test("all its columns and colours are there", async () => {
    const text = `${withoutGaps}plot(close, "c", close > 2 ? color.red : color.blue)\nplotcandle(open, high, low, close, "k")\nhline(3)\nbgcolor(close > 2 ? color.green : na)`;
    const { plots, visuals } = await run(text, { ...quarterHours, keepsColors: true });
    expect(plots.map(({ title, values }) => [title, values[8]])).toEqual([
      ["c", 8],
      ...[5.5, 9, 5, 8].map((value, at) => [`k (${["open", "high", "low", "close"][at]})`, value]),
    ]);
    expect([...visuals[0]!.colors[0]!.byBar!].slice(2, 6).map((color) => color.toString(16))).toEqual([
      ...Array<string>(3).fill("2962ffff"),
      "f23645ff",
    ]);
  });
});

describe("the chart's own bars", () => {
  test.each([
    ["are the chart", "request.security(syminfo.tickerid, timeframe.period, close)", "0, 1, 2, 3"],
    ["by an empty symbol", 'request.security("", "5", close)', "0, 1, 2, 3"],
    ["by an empty timeframe", 'request.security("TEST:TEST", "", ta.sma(close, 2))', "-, 0.5, 1.5, 2.5"],
    ["by the ticker alone", 'request.security("TEST", "", close[1])', "-, 0, 1, 2"],
    ["without gaps on any bar", 'request.security("", "", close, gaps = barmerge.gaps_on)', "0, 1, 2, 3"],
  ])("%s", async (_what, expression, expected) => {
    expect(await plotted(`plot(${expression})`, { columns: counted(4, 5) })).toBe(expected);
  });
});

describe("another symbol", () => {
  const start = Date.UTC(2024, 0, 1);
  test.each([
    ["in the chart's timeframe, bar by bar", "5", "close", "", other("5", 5, 9), "0, 1, 2, 3, 4, 5, 6, 7, 8"],
    ["what it lacks is carried forward", "5", "close", "", other("5", 10, 4), "0 x2, 1 x2, 2 x2, 3 x3"],
    [
      "with gaps it is not",
      "5",
      "close",
      ", gaps = barmerge.gaps_on",
      other("5", 10, 4),
      "0, -, 1, -, 2, -, 3, - x2",
    ],
    ["one that starts late", "5", "close", "", other("5", 5, 9, start + 1_200_000), "- x4, 0, 1, 2, 3, 4"],
    ["one that ends early", "5", "close", "", other("5", 5, 3), "0, 1, 2 x7"],
    [
      "a finer one is merged",
      "15",
      "close",
      "",
      feed("EX:OTHER", "15", counted(3, 15)),
      "- x2, 0 x3, 1 x3, 2",
    ],
    [
      "of a bar that is open nothing is known",
      "15",
      "close",
      ", lookahead = barmerge.lookahead_on",
      other("15", 15, 3),
      "- x2, 0, - x2, 1, - x2, 2",
    ],
    [
      "but the one before is",
      "15",
      "close[1]",
      ", lookahead = barmerge.lookahead_on",
      other("15", 15, 3),
      "- x3, 0 x3, 1 x3",
    ],
    [
      "its own facts",
      "5",
      "syminfo.ticker == 'OTHER' and syminfo.main_tickerid == 'TEST:TEST' ? 1 : 0",
      "",
      other("5", 5, 9),
      "1 x9",
    ],
    [
      "a shorter timeframe: its last bar",
      "1",
      "close",
      "",
      other("1", 1, 45),
      "4, 9, 14, 19, 24, 29, 34, 39, 44",
    ],
    [
      "with lookahead its first",
      "1",
      "close",
      ", lookahead = barmerge.lookahead_on",
      other("1", 1, 45),
      "0, 5, 10, 15, 20, 25, 30, 35, 40",
    ],
    [
      "an empty bar keeps what was",
      "1",
      "close",
      ", lookahead = barmerge.lookahead_on",
      other("1", 20, 3),
      "0 x4, 1 x4, 2",
    ],
  ])("%s", async (_what, timeframe, expression, options, extra, expected) => {
    const text = `plot(request.security("EX:OTHER", "${timeframe}", ${expression}${options}))`;
    expect(await plotted(text, { ...quarterHours, extra: [extra] })).toBe(expected);
  });

  test("data that is finer than what is asked for is merged", async () => {
    const fine = feed("EX:OTHER", "5", counted(9, 5));
    const feeds = { named: () => fine, find: () => fine, rate: () => undefined };
    const text = 'plot(request.security("EX:OTHER", "15", high))';
    expect(await plotted(text, { ...quarterHours, feeds })).toBe("- x2, 3 x3, 6 x3, 9");
  });

  test("a day of another zone ends when it ends there", async () => {
    // Tokyo's day is over at 15:00 UTC.
    const tokyo = feed("EX:OTHER", "1D", counted(3, 1440, Date.UTC(2023, 11, 31, 15)), {
      timezone: "Asia/Tokyo",
    });
    const text = 'plot(request.security("EX:OTHER", "D", close))';
    const setting = { columns: counted(48, 60), timeframe: "60", extra: [tokyo] };
    expect(await plotted(text, setting)).toBe("- x14, 0 x24, 1 x10");
  });
});

describe("what a request gives", () => {
  test.each([
    [
      "a tuple",
      '[a, b] = request.security(syminfo.tickerid, "15", [open, close])\nplot(a + b)',
      "- x2, 1.5 x3, 7.5 x3, 13.5",
    ],
    [
      "an object",
      'type P\n    float v\np = request.security(syminfo.tickerid, "15", P.new(close))\nplot(na(p) ? -1 : p.v)',
      "-1 x2, 2 x3, 5 x3, 8",
    ],
    [
      "an array",
      'a = request.security(syminfo.tickerid, "15", array.from(close, open))\nplot(na(a) ? -1 : a.size())',
      "-1 x2, 2 x7",
    ],
    [
      "a copy: nobody else sees what becomes of it",
      'f() =>\n    var a = array.new<float>()\n    a.push(close)\n    a\na = request.security(syminfo.tickerid, "15", f())\nif not na(a)\n    a.push(0)\nplot(na(a) ? -1 : a.size())',
      "-1 x2, 2, 3, 4, 3, 4, 5, 4",
    ],
    [
      "a function's value, with state of its own at each place",
      'f(s) =>\n    var t = 0.0\n    t += s\n    t\nplot(request.security(syminfo.tickerid, "15", f(close)) - f(1))',
      "- x2, -1, -2, -3, 1, 0, -1, 6",
    ],
    [
      "a variable of the script, computed there",
      'x = ta.sma(close, 2)\nplot(request.security(syminfo.tickerid, "15", x))',
      "- x5, 3.5 x3, 6.5",
    ],
    [
      "a var of the script",
      'var n = 0\nn += 1\nplot(request.security(syminfo.tickerid, "15", n))',
      "- x2, 1 x3, 2 x3, 3",
    ],
    [
      "an input",
      'k = input.int(3)\nplot(request.security(syminfo.tickerid, "15", close * k))',
      "- x2, 6 x3, 15 x3, 24",
    ],
    [
      "within a branch that is not always taken",
      'x = 0.0\nif bar_index % 2 == 0\n    x := request.security(syminfo.tickerid, "15", close)\nplot(x)',
      "-, 0, 2, 0, 2, 0, 5, 0, 8",
    ],
    [
      "in a loop, each pass for itself",
      'x = 0.0\nfor i = 1 to 2\n    x += request.security(syminfo.tickerid, i == 1 ? "15" : "10", close)\nplot(x)',
      "- x2, 3, 5 x2, 10 x2, 12, 15",
    ],
    [
      "of a timeframe that changes",
      'plot(request.security(syminfo.tickerid, bar_index < 6 ? "15" : "10", close))',
      "- x2, 2 x3, 5 x2, 7 x2",
    ],
    [
      "nested: the inner one as the outer sees it",
      'plot(request.security(syminfo.tickerid, "15", request.security(syminfo.tickerid, "30", close)))',
      "- x5, 5 x4",
    ],
    [
      "of a function that requests",
      'f(t) => request.security(syminfo.tickerid, t, close)\nplot(f("15") - f("10"))',
      "- x2, 1, -1 x2, 0 x2, -2, 1",
    ],
    [
      "made of another request",
      'x = request.security(syminfo.tickerid, "10", close)\nplot(request.security(syminfo.tickerid, "15", x + 0))',
      "- x2, 1 x3, 5 x3, 7",
    ],
  ])("%s", async (_what, text, expected) => {
    expect(await plotted(text, quarterHours)).toBe(expected);
  });
});

describe("values made of the script's variables", () => {
  const asked = 'request.security(syminfo.tickerid, "15", value)';
  test.each([
    [
      "a collection that calls change",
      "var a = array.new<float>()\na.push(close)\nif a.size() > 2\n    a.shift()\nvalue = a.sum()",
      "- x2, 2 x3, 7 x3, 13",
    ],
    [
      "through another name for it",
      "var a = array.from(0.0)\nb = a\nb.set(0, b.get(0) + close)\nvalue = a.get(0)",
      "- x2, 2 x3, 7 x3, 15",
    ],
    [
      "a collection that a function changes, which is given nothing of it",
      "var a = array.new<float>()\nadd(v) =>\n    a.push(v)\n    a.size()\nadd(close)\nvalue = a.sum()",
      "- x2, 2 x3, 7 x3, 15",
    ],
    [
      "a field that a function sets, called in a branch",
      "type P\n    float v\nvar p = P.new(0.0)\nbump() =>\n    p.v += close\n    p.v\nif close > 3\n    bump()\nvalue = p.v",
      "- x2, 0 x3, 5 x3, 13",
    ],
    [
      "a variable that takes what leaves a collection",
      "var a = array.from(7.0)\ntaken = 0.0\na.push(close)\nif close > 1\n    taken += a.shift()\nvalue = a.sum()",
      "- x2, 2 x3, 5 x3, 8",
    ],
    [
      "a variable that is made of reading a collection",
      "var a = array.new<float>()\na.push(close)\nseen = 0.0\nif a.size() > 0\n    seen := seen + a.get(0)\nvalue = a.size()",
      "- x2, 1 x3, 2 x3, 3",
    ],
    [
      "a loop whose condition changes a collection",
      "var a = array.new<float>()\na.push(close)\nwhile a.size() > 1 and a.shift() > 0\n    passes = 1\nvalue = a.first()",
      "- x2, 2 x3, 5 x3, 8",
    ],
    [
      "a field that a branch sets",
      "type P\n    float v\nvar p = P.new(0.0)\nif close > 3\n    p.v += close\nvalue = p.v",
      "- x2, 0 x3, 5 x3, 13",
    ],
    [
      "loops that end early",
      "value = 0.0\nfor i = 1 to 10\n    if i > close\n        break\n    if i % 2 == 0\n        continue\n    value += i",
      "- x2, 1 x3, 9 x3, 16",
    ],
    [
      "a loop with a condition of its own",
      "value = 0.0\nn = 0\nwhile n < close\n    n += 1\n    value += n",
      "- x2, 3 x3, 15 x3, 36",
    ],
    [
      "a switch and what is before it",
      'kind = close > 3 ? "big" : "small"\nvalue = switch kind\n    "big" => close * 10\n    => close',
      "- x2, 2 x3, 50 x3, 80",
    ],
    ["history of a variable", "x = close * 2\nvalue = nz(x[1], -1)", "- x2, -1 x3, 4 x3, 10"],
    [
      "a value that is set later in the script",
      "var n = 0.0\nvalue = n + 0\nn += close",
      "- x2, 0 x3, 2 x3, 7",
    ],
    [
      "inputs with and without a name",
      'k = input.int(2)\nunused = close * input.int(5)\nvalue = close * k + input.int(7, "Seven")',
      "- x2, 11 x3, 17 x3, 23",
    ],
    [
      "tuples",
      "pair() => [close, close * 2]\n[one, two] = pair()\nvalue = one + two",
      "- x2, 6 x3, 15 x3, 24",
    ],
    [
      "drawings that are read back",
      "var line l = na\nl := line.new(bar_index, close, bar_index, close + 1)\nvalue = line.get_y2(l)",
      "- x2, 3 x3, 6 x3, 9",
    ],
  ])("%s", async (_what, lines, expected) => {
    expect(await plotted(`${lines}\nplot(${asked})`, quarterHours)).toBe(expected);
  });

  test.each([
    [
      "in a function: its parameter, for each place that calls it",
      'f(x) => request.security(syminfo.tickerid, "15", x)\nplot(f(close) * 100 + f(bar_index))',
      "- x2, 200 x3, 501 x3, 802",
    ],
    [
      "in a function that a loop calls",
      'f(x) => request.security(syminfo.tickerid, "15", x)\ns = 0.0\nfor i = 1 to 2\n    s := s * 100 + f(close * i)\nplot(s)',
      "- x2, 204 x3, 510 x3, 816",
    ],
    [
      "in a condition",
      'x = close + 0\nn = request.security(syminfo.tickerid, "15", x) > 2 ? 1 : 0\nplot(n)',
      "0 x5, 1 x4",
    ],
    [
      "in a branch of which the other bars know nothing",
      'x = close + 0\ny = 0.0\nif close > 100\n    y := request.security(syminfo.tickerid, "15", x)\nplot(y)',
      "0 x9",
    ],
    [
      "what else the script does with values does not matter there",
      'x = close + 0\na = request.security_lower_tf("EX:OTHER", "1", x)\nplot(request.security(syminfo.tickerid, "15", x) + a.last() - a.last())',
      "- x2, 2 x3, 5 x3, 8",
    ],
  ])("%s", async (_what, text, expected) => {
    expect(await plotted(text, { ...quarterHours, extra: [other("1", 1, 45)] })).toBe(expected);
  });
});

describe("request.security_lower_tf", () => {
  const minutes = other("1", 1, 18);
  test.each([
    [
      "every bar within the chart's",
      'a = request.security_lower_tf("EX:OTHER", "1", close)\nplot(a.size() * 100 + nz(a.sum()))',
      "510, 535, 560, 348",
    ],
    [
      "for a tuple an array each",
      '[a, b] = request.security_lower_tf("EX:OTHER", "1", [open, close])\nplot(b.sum() - a.sum())',
      "2.5 x3, 1.5",
    ],
    [
      "texts and conditions",
      'a = request.security_lower_tf("EX:OTHER", "1", close > 2)\nplot(a.includes(true) ? a.indexof(true) : -1)',
      "3, 0 x3",
    ],
    [
      "of the same timeframe one",
      'a = request.security_lower_tf(syminfo.tickerid, "5", close)\nplot(a.size() + a.first())',
      "1, 2, 3, 4",
    ],
    [
      "a longer one that may be wrong is empty",
      'a = request.security_lower_tf(syminfo.tickerid, "15", close, ignore_invalid_timeframe = true)\nplot(a.size())',
      "0 x4",
    ],
    [
      "a symbol that may be wrong too",
      'a = request.security_lower_tf("NO:SUCH", "1", close, ignore_invalid_symbol = true)\nplot(a.size())',
      "0 x4",
    ],
    [
      "a variable of the script",
      'x = ta.cum(close)\na = request.security_lower_tf("EX:OTHER", "1", x)\nplot(a.last())',
      "10, 45, 105, 153",
    ],
  ])("%s", async (_what, text, expected) => {
    expect(await plotted(text, { columns: counted(4, 5), extra: [minutes] })).toBe(expected);
  });
});

describe("currencies", () => {
  const euros = feed("EX:OTHER", "5", counted(4, 5), { currency: "EUR" });
  const rate = feed("FX:EURUSD", "1D", counted(3, 1440, Date.UTC(2023, 11, 30)), {
    basecurrency: "EUR",
    currency: "USD",
  });
  test.each([
    ["one into itself", 'request.currency_rate("USD", "USD")', "1 x4"],
    ["nothing to nothing", 'request.currency_rate("", "USD")', "1 x4"],
    ["the last day that is over", 'request.currency_rate("EUR", "USD") + 1', "2 x4"],
    ["turned round", 'request.currency_rate("USD", "EUR")', "1 x4"],
    ["one that nobody knows", 'request.currency_rate("USD", "XYZ")', "- x4"],
    [
      "amounts are converted",
      'request.security("EX:OTHER", "5", close * 10, currency = "USD")',
      "0, 10, 20, 30",
    ],
  ])("%s", async (_what, expression, expected) => {
    expect(await plotted(`plot(${expression})`, { columns: counted(4, 5), extra: [euros, rate] })).toBe(
      expected,
    );
  });
});

test("a strategy whose account is in another currency counts with the last day that is over", async () => {
  const text = `strategy("S", currency = currency.EUR, initial_capital = 1000)
if bar_index == 0
    strategy.entry("L", strategy.long, 1)
if bar_index == 4
    strategy.close("L")
plot(strategy.netprofit)`;
  const rate = feed("FX:EURUSD", "1D", counted(3, 1440, Date.UTC(2023, 11, 29)), { basecurrency: "EUR" });
  // Bought at the open of bar 1 for 0.5, sold at that of bar 5 for 4.5; a euro is 2 dollars.
  expect((await plotted(text, { columns: counted(7, 5), extra: [rate] })).split(", ").at(-1)).toBe("2 x2");
});

describe("tickers", () => {
  test.each([
    ['ticker.new("EX", "OTHER")', "EX:OTHER"],
    ['ticker.new("EX", "OTHER", session.regular)', "EX:OTHER"],
    ['ticker.standard(ticker.heikinashi("EX:OTHER"))', "EX:OTHER"],
    ["ticker.standard(ticker.modify(syminfo.tickerid, session.extended))", "TEST:TEST"],
    ['ticker.standard(ticker.inherit(ticker.heikinashi(syminfo.tickerid), "EX:OTHER"))', "EX:OTHER"],
  ])("%s", async (expression, expected) => {
    expect(await plotted(`plot(${expression} == "${expected}" ? 1 : 0)`, { columns: counted(1, 5) })).toBe(
      "1",
    );
  });

  test("Heikin Ashi of a longer timeframe is made of its bars", async () => {
    const text = 'plot(request.security(ticker.heikinashi(syminfo.tickerid), "15", close))';
    // (-0.5 + 3 - 1 + 2) / 4, then (2.5 + 6 + 2 + 5) / 4, ...
    expect(await plotted(text, quarterHours)).toBe("- x2, 0.875 x3, 3.875 x3, 6.875");
  });

  test("inherited by another symbol", async () => {
    const text =
      'plot(request.security(ticker.inherit(ticker.heikinashi(syminfo.tickerid), "EX:OTHER"), "5", close))';
    expect(await plotted(text, { columns: counted(2, 5), extra: [other("5", 5, 2)] })).toBe("-0.125, 0.875");
  });
});

describe("what goes wrong says what", () => {
  const ended = (expression: string, setting: Setting = {}): Promise<string> =>
    run(`plot(${expression})`, setting).then(
      () => "nothing",
      (error: unknown) => (error as Error).message,
    );
  test.each([
    ['request.security("NO:SUCH", "5", close)', "request.security: there are no bars of NO:SUCH in 5"],
    ['request.security(syminfo.tickerid, "0", close)', 'request.security: "0" is not a timeframe'],
    ['request.security(syminfo.tickerid, "7H", close)', 'request.security: "7H" is not a timeframe'],
    [
      'request.security(syminfo.tickerid, "1S", close)',
      "request.security: there are no bars of TEST:TEST in 1S",
    ],
    [
      'request.security(syminfo.tickerid, "7", close)',
      "request.security: there are no bars of TEST:TEST in 7",
    ],
    ['request.security("={oops", "5", close)', '"={oops" is not a ticker id'],
    [
      'request.security_lower_tf(syminfo.tickerid, "15", close).size()',
      "request.security_lower_tf: 15 is longer than the chart's 5",
    ],
    [
      'request.security(ticker.renko(syminfo.tickerid, "ATR", 10), "5", close)',
      "ticker.renko: bars that are made of price moves are not supported",
    ],
    ["request.dividends(syminfo.tickerid)", "request.dividends: there is no source of such figures"],
    [
      'request.security("EX:OTHER", "5", close)',
      "request.security: there are no bars of EX:OTHER: its data is empty",
    ],
  ])("%s: %s", async (expression, message) => {
    expect(await ended(expression, { extra: [other("5", 5, 0)] })).toBe(message);
  });

  test("data that is coarser than what is asked for", async () => {
    const coarse = feed("EX:OTHER", "60", counted(3, 60));
    const feeds = { named: () => coarse, find: () => coarse, rate: () => undefined };
    expect(await ended('request.security("EX:OTHER", "15", close)', { feeds })).toBe(
      "request.security: the bars of EX:OTHER are of 60: coarser than 15",
    );
  });

  test.each([
    "request.dividends(syminfo.tickerid, ignore_invalid_symbol = true)",
    "request.splits(syminfo.tickerid, splits.denominator, ignore_invalid_symbol = true)",
    "request.earnings(syminfo.tickerid, ignore_invalid_symbol = true)",
    'request.financial(syminfo.tickerid, "ACCOUNTS_PAYABLE", "FY", ignore_invalid_symbol = true)',
    'request.economic("US", "GDP", ignore_invalid_symbol = true)',
    'request.security("NO:SUCH", "5", close, ignore_invalid_symbol = true)',
    'request.seed("repo", "THING", close)',
  ])("%s is na", async (expression) => {
    expect(await ended(`na(${expression}) ? 1 : 0`, {})).toBe("nothing");
    expect(await plotted(`plot(na(${expression}) ? 1 : 0)`, { columns: counted(2, 5) })).toBe("1 x2");
  });

  test("sixty-four contexts are the limit", async () => {
    const loop = (passes: number): string =>
      `x = 0.0\nfor i = 1 to ${passes}\n    x += nz(request.security(syminfo.tickerid, str.tostring(i * 5 + 5), close))\nplot(x)`;
    expect((await run(loop(64))).bars).toBe(60);
    await expect(run(loop(65))).rejects.toThrow("the script asks for more than 64 other contexts");
  });
});

describe("a context is nobody's business", () => {
  const noisy = `
log.info("bar {0}", bar_index)
alert("now")
told(s) =>
    log.info("told {0}", bar_index)
    label.new(bar_index, s)
    s
x = told(ta.cum(close))
label.new(bar_index, close)
y = request.security(syminfo.tickerid, "15", x)
plot(y, "y")
plot(label.all.size(), "labels")`;

  test("what it says, plots and draws stays there", async () => {
    const said: string[] = [];
    const messages = {
      log: (_: string, text: string) => said.push(text),
      alert: (text: string) => said.push(text),
    };
    const { plots } = await run(noisy, { ...quarterHours, messages });
    expect(said).toHaveLength(27);
    expect(plots.map(({ title }) => title)).toEqual(["y", "labels"]);
    expect(plots[1]!.values.at(-1)).toBe(18);
  });

  test("its logs can be had", async () => {
    const said: string[] = [];
    const contextMessages = ({ timeframe }: Feed) => ({
      log: (_: string, text: string) => said.push(`${timeframe} ${text}`),
      alert() {},
    });
    await run(noisy, { ...quarterHours, contextMessages });
    expect(said).toEqual(["15 told 0", "15 told 1", "15 told 2"]);
  });

  test("it gives no orders", async () => {
    const text = `strategy("S")
if bar_index == 2
    strategy.entry("L", strategy.long, 1)
x = strategy.position_size + close
plot(request.security(syminfo.tickerid, "15", x), "x")
plot(strategy.position_size, "size")`;
    const { plots, strategy } = await run(text, quarterHours);
    expect([...plots[0]!.values].slice(2)).toEqual([2, 2, 2, 5, 5, 5, 8]);
    expect([...plots[1]!.values]).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 1]);
    expect(strategy!.openTrades).toHaveLength(1);
  });

  test("the same request is computed once", async () => {
    const said: string[] = [];
    const contextMessages = () => ({ log: (_: string, text: string) => said.push(text), alert() {} });
    const text = `f(t) =>
    request.security(syminfo.tickerid, t, g())
g() =>
    log.info("{0}", bar_index)
    close
`;
    const ordered = text.split("\n");
    const source = [...ordered.slice(2, 5), ...ordered.slice(0, 2), 'plot(f("15") + f("15") + f("15"))'].join(
      "\n",
    );
    await run(source, { ...quarterHours, contextMessages });
    expect(said).toEqual(["0", "1", "2"]);
  });

  test("many that run the whole script do not run each other", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `x${index}`);
    const lines = names.flatMap((name, index) => [
      `${name} = ta.sma(close, ${index + 1})`,
      `r${index} = request.security(syminfo.tickerid, "15", ${name})`,
    ]);
    const sum = names.map((_, index) => `nz(r${index})`).join(" + ");
    expect((await run(`${lines.join("\n")}\nplot(${sum})`, quarterHours)).bars).toBe(9);
  });

  test("a value that is made of itself begins as na", async () => {
    const text = `x = 0.0
x := nz(x[1]) + request.security(syminfo.tickerid, "15", close + nz(x[1]))
plot(x)`;
    expect((await run(text, quarterHours)).bars).toBe(9);
  });
});
