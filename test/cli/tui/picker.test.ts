/** Lists, their filter and the pickers: keys in, screen out. */
import { describe, expect, test } from "bun:test";

import { listOf, selected, updateList } from "../../../src/cli/tui/list.ts";
import { pickerOf, pickerScreen } from "../../../src/cli/tui/picker.ts";
import { Bench, typed } from "./screen-keys.ts";

const brokers = [
  { id: "BINANCE", name: "Binance" },
  { id: "BITSO", name: "Bitso" },
  { id: "BYBIT", name: "Bybit" },
  { id: "KRAKEN", name: "Kraken" },
  { id: "OKX", name: "Okex" },
];

describe("the list", () => {
  const numbers = Array.from({ length: 30 }, (_, index) => ({ id: String(index) }));

  test.each([
    ["", "0"],
    ["down", "1"],
    ["down down up", "1"],
    ["up", "0"],
    ["pgdn", "10"],
    ["pgdn pgdn pgdn pgdn", "29"],
    ["end", "29"],
    ["end pgup", "19"],
    ["end down", "29"],
    ["end home", "0"],
    ["paste(q)", "0"],
    // Filters: 2, 12, 20 ... 29.
    ["/2", "2"],
    ["/2 down", "12"],
    ["/2 end", "29"],
    ["/29 back", "2"],
    ["/2 down /9", "29"],
    ["/ paste(2) paste(9)", "29"],
    // Cleared, the cursor stays on what it was on; Backspace on nothing leaves the filter alone.
    ["/2 down / esc down", "13"],
    ["/ back down", "1"],
    ["/x", undefined],
    ["/x esc", "0"],
  ])("%s is on %s", (keys, id) => {
    let list = listOf(numbers);
    for (const input of typed(keys)) ({ list } = updateList(list, input));
    expect(selected(list)?.id).toBe(id as string);
  });

  test.each([
    ["enter", ["select"]],
    ["q", ["quit"]],
    ["esc", ["back"]],
    ["/q", []],
    ["/2 enter", ["select"]],
    ["/x enter", []],
    ["/2 esc esc", ["back"]],
    ["/2 down q", ["quit"]],
  ])("%s means %j", (keys, wishes) => {
    let list = listOf(numbers);
    const seen: string[] = [];
    for (const input of typed(keys)) {
      const step = updateList(list, input);
      list = step.list;
      if (step.wish !== undefined) seen.push(step.wish);
    }
    expect(seen).toEqual(wishes);
  });

  test("the filter looks at id and name, apart from each other, in any case", () => {
    const found = (filter: string): (string | undefined)[] => {
      let list = listOf(brokers);
      for (const input of typed(`/${filter}`)) ({ list } = updateList(list, input));
      return list.matches.map((index) => list.items[index]?.id);
    };
    expect(found("bi")).toEqual(["BINANCE", "BITSO", "BYBIT"]);
    expect(found("okex")).toEqual(["OKX"]);
    expect(found("KRAKENKRA")).toEqual([]);
  });
});

describe("the picker", () => {
  const bench = (height = 24, width = 80) =>
    new Bench(pickerScreen, pickerOf("Broker of ccxt", brokers), { width, height });

  test("shows ids, names, and how many match", () => {
    const picker = bench(8);
    expect(picker.lines).toEqual([
      " Broker of ccxt  5/5",
      "",
      " › BINANCE  Binance",
      "   BITSO    Bitso",
      "   BYBIT    Bybit",
      "   KRAKEN   Kraken",
      "   OKX      Okex",
      " Enter select  / filter  q quit  ↑↓ PgUp PgDn Home End",
    ]);
    expect(picker.type("/bi").lines.slice(0, 6)).toEqual([
      " Broker of ccxt  3/5",
      " /bi_",
      " › BINANCE  Binance",
      "   BITSO    Bitso",
      "   BYBIT    Bybit",
      "",
    ]);
    expect(picker.type("down").lines[1]).toBe(" /bi");
    expect(picker.type("/zzz").text).toContain("nothing matches");
  });

  test.each([["q"], ["esc"], ["/b esc esc"], ["down q"]])("%s quits", (keys) => {
    expect(bench().type(keys).done).toEqual({ type: "quit" });
  });

  test("Enter opens; what opens ends it", () => {
    const picker = bench().type("/okx enter");
    expect(picker.asked()).toEqual([{ type: "open", id: "OKX" }]);
    expect(picker.done).toBeUndefined();
    expect(picker.text).toContain("opening OKX");
    expect(picker.type("down enter").asked()).toEqual([]);
    expect(picker.send({ type: "opened", id: "OKX" }).done).toEqual({ type: "opened", id: "OKX" });
  });

  test("a failure is shown in red until cursor or filter change", () => {
    for (const [keys, stays] of [
      ["enter", false],
      ["down", false],
      ["/k", false],
      ["/", true],
      ["up", true],
    ] as const) {
      const picker = bench()
        .type("enter")
        .send({ type: "failed", id: "BINANCE", message: "the door is shut" });
      expect(picker.toned("red")).toContain("the door is shut");
      expect(picker.type(keys).text.includes("the door is shut")).toBe(stays);
    }
  });

  test("Esc gives an opening up; what comes of it later is nobody's", () => {
    const picker = bench().type("enter esc");
    expect(picker.asked()).toEqual([{ type: "open", id: "BINANCE" }, { type: "cancel" }]);
    expect(picker.send({ type: "opened", id: "BINANCE" }).done).toBeUndefined();
    picker.type("down enter").send({ type: "failed", id: "BINANCE", message: "late" });
    expect(picker.text).not.toContain("late");
    expect(picker.type("q").done).toEqual({ type: "quit" });
  });

  test("what comes from outside moves no cursor and is cut to the screen", () => {
    const rows = [{ id: "A\u001b[2J", name: `x\u202e${"比".repeat(60)}` }];
    const picker = new Bench(pickerScreen, pickerOf("Broker", rows), { width: 40, height: 10 });
    expect(picker.lines[2]).toMatch(/^ › A�\[2J\s+x�比+…$/);
    expect(Math.max(...picker.lines.map((line) => Bun.stringWidth(line)))).toBeLessThanOrEqual(40);
  });

  test("a list longer than the screen scrolls with the cursor in sight", () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => ({ id: `SYM${index}` }));
    const picker = new Bench(pickerScreen, pickerOf("Broker", rows), { width: 40, height: 10 });
    for (const keys of ["", "pgdn", "down", "end", "up", "home"]) {
      picker.type(keys);
      expect(picker.lines.filter((line) => line.startsWith(" › "))).toHaveLength(1);
      expect(picker.lines).toHaveLength(10);
    }
  });
});
