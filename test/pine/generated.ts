/** Strategies of several thousand lines, as people glue them together: many systems in one script that vote or trade. */
import { linearCongruential } from "../../src/kernel/random.ts";

/** A system of its own: signals with state, an object that remembers its trades, exits. @param at its number */
type System = (at: number, random: () => number) => readonly string[];

const pick = <Item>(items: readonly Item[], random: () => number): Item =>
  items[Math.floor(random() * items.length)]!;
const length = (random: () => number): number => 3 + Math.floor(random() * 20);

/** The lines that decide, and the names of the two conditions. */
const signals: readonly System[] = [
  (at, random) => [
    `fast${at} = ta.ema(close, ${length(random)})`,
    `slow${at} = ta.sma(hl2, ${length(random) + 10})`,
    `up${at} = ta.crossover(fast${at}, slow${at})`,
    `down${at} = ta.crossunder(fast${at}, slow${at})`,
  ],
  (at, random) => [
    `osc${at} = ta.rsi(${pick(["close", "hlc3", "ohlc4"], random)}, ${length(random)})`,
    `up${at} = osc${at} > 45 and osc${at}[1] <= 45`,
    `down${at} = osc${at} < 55 and osc${at}[1] >= 55`,
  ],
  (at, random) => [
    `top${at} = ta.highest(${length(random)})[1]`,
    `bottom${at} = ta.lowest(${length(random)})[1]`,
    `up${at} = close > top${at}`,
    `down${at} = close < bottom${at}`,
  ],
  (at, random) => [
    `float mean${at} = na`,
    `for i = 0 to ${2 + Math.floor(random() * 4)}`,
    `    mean${at} := nz(mean${at}) + close[i]`,
    `dist${at} = close - nz(mean${at}) / ${4 + Math.floor(random() * 3)}`,
    `up${at} = dist${at} > 0 and nz(dist${at}[1]) <= 0`,
    `down${at} = dist${at} < 0 and nz(dist${at}[1]) >= 0`,
  ],
];

/** What the system keeps over bars. */
const memory: System = (at, random) => [
  `var Book book${at} = Book.new("s${at}", array.new<float>(), map.new<int, int>())`,
  `if up${at} or down${at}`,
  `    book${at}.note(close, ${length(random)})`,
  `    book${at}.side := up${at} ? 1 : -1`,
  `var float level${at} = na`,
  `switch`,
  `    up${at} => level${at} := low - atr * ${(0.5 + random()).toFixed(2)}`,
  `    down${at} => level${at} := high + atr * ${(0.5 + random()).toFixed(2)}`,
  `    => level${at} := book${at}.side > 0 ? math.max(nz(level${at}, low), low - 2 * atr) : math.min(nz(level${at}, high), high + 2 * atr)`,
  `held${at} = 0`,
  `for t = 0 to strategy.opentrades > 0 ? strategy.opentrades - 1 : na`,
  `    if strategy.opentrades.entry_id(t) == "s${at}"`,
  `        held${at} += 1`,
];

const orders: readonly System[] = [
  (at, random) => [
    `if up${at} and held${at} == 0 and strategy.position_size >= 0`,
    `    strategy.entry("s${at}", strategy.long, ${1 + Math.floor(random() * 3)})`,
    `if held${at} > 0`,
    `    strategy.exit("x${at}", "s${at}", stop = level${at}, limit = close + atr * ${(1 + random() * 2).toFixed(2)})`,
    `if down${at} and held${at} > 0`,
    `    strategy.close("s${at}", comment = "turn ${at}")`,
  ],
  (at, random) => [
    `if up${at} and held${at} == 0 and strategy.position_size >= 0`,
    `    strategy.entry("s${at}", strategy.long, ${1 + Math.floor(random() * 3)}, stop = high + syminfo.mintick)`,
    `else if down${at}`,
    `    strategy.cancel("s${at}")`,
    `if held${at} > 0`,
    `    strategy.exit("x${at}", "s${at}", profit = ${50 + Math.floor(random() * 200)}, loss = ${100 + Math.floor(random() * 300)})`,
  ],
  (at, random) => [
    `if down${at} and held${at} == 0 and strategy.position_size >= 0`,
    `    strategy.entry("s${at}", strategy.long, ${1 + Math.floor(random() * 3)}, limit = low)`,
    `else if up${at} and held${at} > 0`,
    `    strategy.close("s${at}", qty_percent = 50)`,
    `if held${at} > 0 and close < level${at} - atr`,
    `    strategy.close("s${at}")`,
  ],
];

/** @param systems how many; each has 25 to 30 lines */
export function generatedStrategy(seed: number, systems: number): string {
  const random = linearCongruential(seed);
  const lines = [
    "//@version=6",
    `strategy("Generated ${seed}", pyramiding = 40, initial_capital = 1000000, margin_long = 0, margin_short = 0)`,
    "type Book",
    "    string name",
    "    array<float> seen",
    "    map<int, int> hours",
    "    int side = 0",
    "    float sum = 0.0",
    "method note(Book b, float price, int most) =>",
    "    b.seen.push(price)",
    "    b.sum += price",
    "    b.hours.put(hour, nz(b.hours.get(hour)) + 1)",
    "    if b.seen.size() > most",
    "        b.sum -= b.seen.shift()",
    "    b.seen.size()",
    "atr = ta.atr(14)",
    "votes = 0",
  ];
  for (let at = 0; at < systems; at++) {
    lines.push(`// ── System ${at} ──`);
    lines.push(
      ...pick(signals, random)(at, random),
      ...memory(at, random),
      ...pick(orders, random)(at, random),
    );
    lines.push(`votes += book${at}.side`);
    if (at % 10 === 0) lines.push(`plot(book${at}.sum, "Sum ${at}", display = display.data_window)`);
  }
  lines.push("plot(votes)", "plot(strategy.position_size)", "plot(strategy.netprofit)");
  return `${lines.join("\n")}\n`;
}
