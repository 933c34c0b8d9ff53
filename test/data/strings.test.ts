/** Provider strings and dates as people type them. */
import { describe, expect, test } from "bun:test";

import { parseDateOption } from "../../src/data/date-option.ts";
import { isProviderString, parseProviderString, symbolFor } from "../../src/data/provider-string.ts";
import { UsageError } from "../../src/kernel/errors.ts";

describe("provider strings", () => {
  test.each([
    ["C:data.csv", false],
    ["ccxt", false],
    ["data/x.csv", false],
    ["ccxt:BTC", true],
    [":X@1D", true],
  ])("%s: %p", (text, expected) => {
    expect(isProviderString(text)).toBe(expected);
  });

  test.each([
    ["Foo:EURUSD", "foo", "EURUSD", undefined],
    ["foo:EURUSD@60", "foo", "EURUSD", "60"],
    ["foo:A@B@d", "foo", "A@B", "1D"],
    ["ccxt:BYBIT:BTC/USDT:USDT@1D", "ccxt", "BYBIT:BTC/USDT:USDT", "1D"],
  ])("%s", (text, provider, rest, timeframe) => {
    expect(parseProviderString(text)).toEqual({ provider, rest, timeframe });
  });

  test.each([
    ["ccxt::BTC/USDT@1D", "the broker is empty"],
    [":X@1D", "the provider before the colon is empty"],
    ["ccxt:", "nothing follows the provider"],
    ["ccxt:X@", "the timeframe after @ is empty"],
    ["ccxt:@1D", "the symbol before @ is empty"],
    ["ccxt", "there is no colon"],
    ["ccxt:X@7H", `"7H" is not a timeframe`],
  ])("%s: %s", (text, reason) => {
    expect(() => parseProviderString(text)).toThrow(reason);
    expect(() => parseProviderString(text)).toThrow(UsageError);
  });

  test.each([
    ["BYBIT", true, null],
    ["BYBIT:X", true, "BYBIT:X"],
    ["X", false, "X"],
    ["", false, null],
  ])("the symbol of %p, multi-broker %p, is %p", (rest, multiBroker, symbol) => {
    expect(symbolFor(rest, multiBroker)).toBe(symbol);
  });
});

describe("dates", () => {
  const now = Date.UTC(2024, 4, 6, 7, 8, 9, 10);
  test.each([
    ["now", "2024-05-06T07:08:00.000Z"],
    ["", "2024-05-06T07:08:00.000Z"],
    ["0", "2024-05-06T07:08:00.000Z"],
    ["30", "2024-04-06T07:08:00.000Z"],
    ["20240101", "2024-01-01T00:00:00.000Z"],
    ["2024-01-01", "2024-01-01T00:00:00.000Z"],
    ["2024-01-01T09:30", "2024-01-01T09:30:00.000Z"],
    ["2024-01-01T09:30+02:00", "2024-01-01T07:30:00.000Z"],
  ])("%p is %s", (text, expected) => {
    expect(new Date(parseDateOption("--from", text, now)).toISOString()).toBe(expected);
  });
  test.each(["-5", "1000000", "20241301", "soon", "2024-01"])("%p is refused", (text) => {
    expect(() => parseDateOption("--from", text, now)).toThrow(`--from: "${text}" is not a date`);
  });
});
