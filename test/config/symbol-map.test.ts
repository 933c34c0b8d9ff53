/** The symbol map: one line changes, every other byte stays; what cannot be read is never written. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { changeMapping, loadSymbolMap, symbolMapEntries } from "../../src/config/symbol-map.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pyne-map-"));
  path = join(folder, "symbol_map.toml");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const change = (key: string, value?: string): boolean =>
  changeMapping(path, join(folder, "lock.sqlite"), key, value);
const text = (): string => readFileSync(path, "utf8");

describe("a change", () => {
  test("creates the file, with a word about what it is", () => {
    expect(change("BINANCE:BTCUSDT", "ccxt:BINANCE:BTC/USDT")).toBe(false);
    expect(text()).toBe(
      `# TradingView symbols and what providers call them: "PREFIX:TICKER[:TF]" = "provider:native"\n\n[symbol_map]\n"BINANCE:BTCUSDT" = "ccxt:BINANCE:BTC/USDT"\n`,
    );
  });

  const file = `# mine\n[symbol_map]  # here\n"A:B" = "p:x"\n\n  "C:D" = 'q:y' # note\n\n\n[other]\nkey = 1\n`;
  test.each([
    ["appends to its table", file, "E:F", "r:z", `'q:y' # note\n"E:F" = "r:z"\n\n\n[other]`],
    ["replaces in place", file, "A:B", "r:z", `# here\n"A:B" = "r:z"\n\n  "C:D"`],
    ["finds a key in any case", file, "a:b", "r:z", `# here\n"a:b" = "r:z"\n\n  "C:D"`],
    ["removes one line", file, "C:D", undefined, `"A:B" = "p:x"\n\n\n\n[other]`],
    ["adds the table", "# nothing yet\n", "E:F", "r:z", `# nothing yet\n\n[symbol_map]\n"E:F" = "r:z"\n`],
    ["ends a last line first", `[symbol_map]\n"A:B" = "p:x"`, "E:F", "r:z", `"p:x"\n"E:F" = "r:z"\n`],
    ["keeps CRLF", `[symbol_map]\r\n"A:B" = "p:x"\r\n`, "E:F", "r:z", `"p:x"\r\n"E:F" = "r:z"\r\n`],
    ["escapes", file, 'E:"F', "r:z", String.raw`"E:\"F" = "r:z"`],
  ])("%s", (_name, before, key, value, expected) => {
    writeFileSync(path, before);
    change(key, value);
    expect(text()).toContain(expected);
    const rest = (all: string): string[] => all.split("\n").filter((line) => !/A:B|C:D|E:/i.test(line));
    for (const line of rest(before)) expect(rest(text())).toContain(line);
    expect(symbolMapEntries(path).get(key)).toBe(value);
  });

  test("removing what is not there touches nothing", () => {
    expect(change("A:B")).toBe(false);
    expect(existsSync(path)).toBe(false);
  });

  test.each([
    ["not TOML", "[symbol_map\n", "line 1: "],
    ["no table", "symbol_map = 5\n", "symbol_map is a table"],
    ["an inline table", `symbol_map = { "A:B" = "p:x" }\n`, "cannot be changed line by line|line"],
    ["dotted keys", `symbol_map."A:B" = "p:x"\n`, "cannot be changed line by line|line"],
  ])("is refused, the file as it was: %s", (_name, before, message) => {
    writeFileSync(path, before);
    expect(() => change("A:B", "r:z")).toThrow(new RegExp(message));
    expect(text()).toBe(before);
  });
});

test("a lookup does not tell upper from lower case; a timeframe's own entry comes first", () => {
  writeFileSync(path, `[symbol_map]\n"A:B" = "p:x"\n"A:B:60" = "P:y:z"\n"BAD" = 5\n`);
  const warnings: string[] = [];
  const map = loadSymbolMap(path, (message) => warnings.push(message));
  expect([map("a:b"), map("A:B", "60"), map("A:B", "5"), map("BAD"), map("none")]).toEqual([
    { provider: "p", symbol: "x" },
    { provider: "p", symbol: "y:z" },
    { provider: "p", symbol: "x" },
    undefined,
    undefined,
  ]);
  expect(warnings).toEqual([`${path}: BAD: expected "provider:symbol"; the entry is skipped`]);
});

test("a broken map stops nothing: it is empty, with a warning", () => {
  writeFileSync(path, "{{");
  const warnings: string[] = [];
  expect(loadSymbolMap(path, (message) => warnings.push(message))("A:B")).toBeUndefined();
  expect(warnings[0]).toContain("the symbol map is ignored");
});
