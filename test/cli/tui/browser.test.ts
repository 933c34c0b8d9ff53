/** The symbol browser: what is asked about, when, and what stands on the screen. */
import { describe, expect, test } from "bun:test";

import { type Browser, browserOf } from "../../../src/cli/tui/browser.ts";
import { browserScreen } from "../../../src/cli/tui/browser-screen.ts";
import { hoursByDay, symbolFacts } from "../../../src/cli/tui/symbol-facts.ts";
import type { OpeningHours, SymInfo } from "../../../src/kernel/syminfo.ts";
import { Bench } from "./screen-keys.ts";

const everyDay: readonly OpeningHours[] = [0, 1, 2, 3, 4, 5, 6].map((day) => ({
  day,
  start: "00:00:00",
  end: "00:00:00",
}));

function info(description: string): SymInfo {
  return {
    prefix: "VENUE",
    description,
    ticker: "BTCUSDT",
    currency: "USDT",
    basecurrency: "BTC",
    period: "1D",
    type: "crypto",
    mintick: 1e-8,
    pricescale: 100_000_000,
    minmove: 1,
    pointvalue: 1,
    mincontract: 0.001,
    timezone: "UTC",
    volumetype: "base",
    takerFee: 0.001,
    makerFee: -0.00025,
    openingHours: everyDay,
    sessionStarts: [],
    sessionEnds: [],
  };
}

const start = 1_700_000_000_000;

function bench(symbols: readonly string[], options: Partial<Browser> = {}, size = { width: 80, height: 24 }) {
  const state = browserOf(
    {
      title: "venue",
      symbols,
      presets: { timeframe: "1D", from: undefined, to: "now", truncate: false },
      refusal: () => undefined,
      hasBrokers: true,
      enter: "download",
      ...options,
    },
    start,
  );
  return new Bench(browserScreen, state, size);
}

const asks = (effects: readonly { type: string; symbol?: string }[]): (string | undefined)[] =>
  effects.filter((effect) => effect.type === "ask").map((effect) => effect.symbol);

describe("symbol information", () => {
  test("is asked for once the cursor has rested 150 ms", () => {
    const browser = bench(["A", "B", "C"]);
    expect(asks(browser.pass(149).asked())).toEqual([]);
    expect(asks(browser.pass(1).asked())).toEqual(["A"]);
    browser.send({ type: "info", symbol: "A", info: info("first") });
    browser.type("down").pass(100).type("down").pass(100);
    expect(asks(browser.asked())).toEqual([]);
    expect(asks(browser.pass(50).asked())).toEqual(["C"]);
  });

  test("one request at a time; the symbol under the cursor is next", () => {
    const browser = bench(["A", "B", "C"]).pass(150);
    browser.type("down").pass(1000).type("down").pass(1000);
    expect(asks(browser.asked())).toEqual(["A"]);
    browser.send({ type: "info", symbol: "A", info: info("first") });
    expect(asks(browser.asked())).toEqual(["C"]);
  });

  test("is not asked for twice; 200 symbols are remembered", () => {
    const symbols = Array.from({ length: 202 }, (_, index) => `S${index}`);
    const browser = bench(symbols);
    for (const symbol of symbols.slice(0, 200)) {
      browser
        .pass(150)
        .send({ type: "info", symbol, info: info(symbol) })
        .type("down");
    }
    expect(asks(browser.asked())).toHaveLength(200);
    // S0 is looked at again, so S1 is the one that goes when S200 comes.
    browser.type("home").pass(1000).type("end up").pass(150);
    expect(asks(browser.asked())).toEqual(["S200"]);
    browser
      .send({ type: "info", symbol: "S200", info: info("") })
      .type("home")
      .pass(1000);
    expect(asks(browser.asked())).toEqual([]);
    browser.type("down").pass(1000);
    expect(asks(browser.asked())).toEqual(["S1"]);
  });

  test("a failure is shown in red and believed for 10 s", () => {
    const browser = bench(["A", "B"]).pass(150);
    browser.send({ type: "no-info", symbol: "A", message: "nobody knows A" });
    expect(browser.toned("red")).toBe("nobody knows A");
    browser.asked();
    browser
      .type("down")
      .pass(200)
      .send({ type: "info", symbol: "B", info: info("second") });
    browser.type("up").pass(9000);
    expect(asks(browser.asked())).toEqual(["B"]);
    expect(asks(browser.pass(1000).asked())).toEqual(["A"]);
  });

  test("the one under the cursor is shown, and nothing of another", () => {
    const browser = bench(["A", "B"]).pass(150).type("down");
    browser.send({ type: "info", symbol: "A", info: info("first") });
    expect(browser.text).not.toContain("first");
    expect(browser.type("up").text).toContain("first");
  });

  test("is not asked for while the wizard is open", () => {
    const browser = bench(["A"]).type("enter");
    browser.asked();
    expect(asks(browser.pass(1000).asked())).toEqual([]);
    expect(asks(browser.type("esc").asked())).toEqual(["A"]);
  });
});

describe("facts of a symbol", () => {
  test("are in words and without exponents", () => {
    expect(symbolFacts(info("Bitcoin"))).toEqual([
      ["description", "Bitcoin"],
      ["type", "crypto"],
      ["currency", "USDT"],
      ["base", "BTC"],
      ["mintick", "0.00000001"],
      ["pricescale", "100000000"],
      ["minmove", "1"],
      ["pointvalue", "1"],
      ["mincontract", "0.001"],
      ["volume", "base"],
      ["timezone", "UTC"],
      ["fees", "taker 0.1 %, maker -0.025 %"],
      ["hours", "24/7"],
    ]);
  });

  const hours = (days: readonly number[], from: string, to: string): OpeningHours[] =>
    days.map((day) => ({ day, start: `${from}:00`, end: `${to}:00` }));

  test.each([
    ["none", [], ["always"]],
    ["a stock exchange", hours([0, 1, 2, 3, 4], "09:30", "16:00"), ["Mon-Fri 09:30-16:00"]],
    [
      "a lunch break, a short Friday",
      [
        ...hours([0, 1, 2, 3], "09:00", "11:30"),
        ...hours([0, 1, 2, 3], "12:30", "15:00"),
        ...hours([4], "09:00", "11:30"),
      ],
      ["Mon-Thu 09:00-11:30 12:30-15:00", "Fri 09:00-11:30"],
    ],
    ["overnight", hours([0, 1, 2, 3, 6], "17:00", "16:00"), ["Mon-Thu 17:00-16:00", "Sun 17:00-16:00"]],
    ["closed on Sunday", everyDay.slice(0, 6), ["Mon-Sat all day"]],
  ])("hours: %s", (_, openingHours, lines) => {
    expect(hoursByDay(openingHours)).toEqual(lines);
  });
});

describe("the screen", () => {
  test("list left, facts right", () => {
    const browser = bench(["BTC/USDT", "ETH/USDT"], {}, { width: 80, height: 18 }).pass(150);
    browser.send({ type: "info", symbol: "BTC/USDT", info: info("Bitcoin") });
    expect(browser.lines).toEqual([
      " venue  2/2 symbols",
      "",
      " › BTC/USDT                     │ BTC/USDT",
      "   ETH/USDT                     │",
      ...[
        "description  Bitcoin",
        "type         crypto",
        "currency     USDT",
        "base         BTC",
        "mintick      0.00000001",
        "pricescale   100000000",
        "minmove      1",
        "pointvalue   1",
        "mincontract  0.001",
        "volume       base",
        "timezone     UTC",
        "fees         taker 0.1 %, maker -0.025 %",
        "hours        24/7",
      ].map((line) => `                                │ ${line}`),
      " Enter download  / filter  Esc back  q quit  ↑↓ move",
    ]);
  });

  test.each([
    ["q", { type: "quit" }],
    ["esc", { type: "back" }],
    ["/b q", undefined],
    ["/b esc esc", { type: "back" }],
    ["enter", undefined],
  ] as const)("%s ends it with %j", (keys, done) => {
    expect(bench(["A", "B"]).type(keys).done as unknown).toEqual(done);
  });

  test("as a picker, Enter ends it with the symbol", () => {
    expect(bench(["A", "B"], { enter: "pick" }).type("down enter").done).toEqual({
      type: "symbol",
      symbol: "B",
    });
  });

  test("Enter while filtering opens the wizard at once", () => {
    const browser = bench(["A", "B"]).type("/b enter");
    expect(browser.text).toContain("Download B");
    expect(browser.text).toContain("Timeframe");
  });

  test("10,000 symbols: only the visible rows are looked at", () => {
    const looked = new Set<number>();
    const symbols = Array.from({ length: 10_000 }, (_, index) => `SYM${index}`);
    const browser = bench(symbols);
    const items = browser.state.list.items.map((item, index) => ({
      get id() {
        looked.add(index);
        return item.id;
      },
    }));
    browser.state = { ...browser.state, list: { ...browser.state.list, items } };
    expect(browser.type("end pgup").lines).toHaveLength(24);
    expect(looked.size).toBeLessThan(60);
  });
});
