/** The rules of the ccxt plugin that need no exchange: ticks, timeframes, paging, errors, addresses, settings. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import { heal } from "../../../src/config/heal.ts";
import { defaultsOf } from "../../../src/api/config/fields.ts";
import { isRetryableProviderError, type Bar, type TransientProviderError } from "../../../src/api/plugin.ts";
import { CcxtConfig, settingsOf } from "../../../plugins/ccxt/config.ts";
import { meanings, providerErrorOf } from "../../../plugins/ccxt/errors.ts";
import { pages, seekOn } from "../../../plugins/ccxt/paging.ts";
import { TradeBars } from "../../../plugins/ccxt/sources.ts";
import { gridOf, observedStep, stepAt, stepOf } from "../../../plugins/ccxt/tick.ts";
import {
  endOfBarMs,
  shortestStepMs,
  timeframeTable,
  tradingViewOf,
  wordFor,
} from "../../../plugins/ccxt/timeframes.ts";
import { rebased } from "../../../plugins/ccxt/transport.ts";

describe("the price grid", () => {
  test.each([
    // step, minmove, pricescale
    [0.01, 1, 100],
    [0.25, 1, 4],
    [0.5, 1, 2],
    [0.05, 1, 20],
    [0.1, 1, 10],
    [0.3, 3, 10],
    [0.30000000000000004, 3, 10],
    [1, 1, 1],
    [2.5, 5, 2],
    [10, 10, 1],
    [1e-7, 1, 1e7],
    [1e-10, 1, 1e10],
    [5e-9, 1, 2e8],
    [1e-18, 1, 1e18],
  ])("a step of %p is %p / %p", (step, minmove, pricescale) => {
    expect(gridOf(step)).toEqual({ minmove, pricescale });
    expect(minmove / pricescale).toBeCloseTo(step, 15);
  });

  test.each([
    // precision, mode, step
    [0.01, 4, 0.01],
    [2, 2, 0.01],
    [0, 2, 1],
    [-2, 2, 100],
    [5, 3, undefined],
    [undefined, 4, undefined],
    [0, 4, undefined],
    [Number.NaN, 4, undefined],
  ])("precision %p in mode %p is a step of %p", (precision, mode, step) => {
    expect(stepOf(precision, mode)).toBe(step);
  });

  test.each([
    [35_105.5, 5, 1],
    [0.012_34, 5, 0.000_001],
    [9.99, 3, 0.01],
    [10, 3, 0.1],
    [0, 5, undefined],
    [Number.NaN, 5, undefined],
  ])("at %p, %p significant digits are steps of %p", (price, digits, step) => {
    expect(stepAt(price, digits)).toBe(step);
  });

  test("prices show their step", () => {
    expect(observedStep([35_100, 35_100.1, 35_099.95])).toBe(0.01);
    expect(observedStep([100, 2000])).toBe(1);
    expect(observedStep([1e-8, Number.NaN])).toBe(1e-8);
    expect(observedStep([])).toBeUndefined();
  });

  test("any decimal step is its fraction, in lowest terms", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 0, max: 10 }), (digits, places) => {
        const step = Number(`${digits}e-${places}`);
        const { minmove, pricescale } = gridOf(step);
        expect(minmove / pricescale).toBe(step);
        for (const factor of [2, 5]) expect(minmove % factor === 0 && pricescale % factor === 0).toBe(false);
      }),
    );
  });
});

describe("timeframes", () => {
  test.each([
    ["1s", "1S"],
    ["1m", "1"],
    ["90m", "90"],
    ["1h", "60"],
    ["4h", "240"],
    ["1d", "1D"],
    ["3d", "3D"],
    ["1w", "1W"],
    ["1M", "1M"],
    ["1y", "12M"],
    ["1Y", "12M"],
    ["15", undefined],
    ["0m", undefined],
    ["tick", undefined],
  ])("%s is %p", (word, expected) => {
    expect(tradingViewOf(word)).toBe(expected);
  });

  test("an exchange's table is ascending; what it lacks is named with what there is", () => {
    const words = ["1d", "1M", "1h", "odd", "1m"];
    expect(Object.keys(timeframeTable(words))).toEqual(["1", "60", "1D", "1M"]);
    expect(wordFor("60", words, "bybit")).toBe("1h");
    expect(() => wordFor("480", words, "bybit")).toThrow("bybit has no bars of 480; it has 1, 60, 1D, 1M");
    expect(() => wordFor("toString", words, "bybit")).toThrow("no bars of toString");
  });

  test.each([
    ["2024-01-01T00:00:00Z", "1M", "2024-02-01T00:00:00Z"],
    ["2024-11-01T00:00:00Z", "3M", "2025-02-01T00:00:00Z"],
    ["2024-01-01T00:00:00Z", "1y", "2025-01-01T00:00:00Z"],
    ["2024-01-01T00:00:00Z", "1w", "2024-01-08T00:00:00Z"],
    ["2024-01-01T00:00:00Z", "15m", "2024-01-01T00:15:00Z"],
  ])("the bar of %s, %s, ends at %s", (open, word, end) => {
    expect(endOfBarMs(Date.parse(open), word)).toBe(Date.parse(end));
    expect(Date.parse(open) + shortestStepMs(word)).toBeLessThanOrEqual(Date.parse(end));
  });
});

const bar = (openTimeMs: number, close = 1): Bar => ({
  openTimeMs,
  open: close,
  high: close,
  low: close,
  close,
  volume: 1,
});

describe("paging", () => {
  async function collect(generator: AsyncIterable<readonly Bar[]>): Promise<number[]> {
    const times: number[] = [];
    for await (const page of generator) times.push(...page.map((one) => one.openTimeMs));
    return times;
  }

  test("the next page begins where the last one ended, however long it was", async () => {
    const asked: number[] = [];
    const answers = [[3, 1, 2, 2], [4], [5, 6, 7, 99]];
    const fetch = async (since: number) => {
      asked.push(since);
      return (answers.shift() ?? []).map((time) => bar(time));
    };
    expect(await collect(pages({ from: 1, to: 8, limit: 3, stepMs: 1, fetch }))).toEqual([
      1, 2, 3, 4, 5, 6, 7,
    ]);
    expect(asked).toEqual([1, 4, 5]);
  });

  test("of two bars with one time the later row counts", async () => {
    const fetch = async () => [bar(1, 5), bar(1, 6)];
    const [page] = await Array.fromAsync(pages({ from: 1, to: 2, limit: 9, stepMs: 1, fetch }));
    expect(page).toEqual([bar(1, 6)]);
  });

  test("an exchange that has gone past the end is not asked again", async () => {
    let asked = 0;
    const fetch = async () => {
      asked++;
      return [bar(500)];
    };
    expect(await collect(pages({ from: 1, to: 400, limit: 2, stepMs: 1, fetch }))).toEqual([]);
    expect(asked).toBe(1);
  });

  test("a long hole is crossed with coarse bars", async () => {
    const asked: number[] = [];
    const series = [1, 2, 1_000_003, 1_000_004];
    const from = (since: number, limit: number): Bar[] =>
      series.filter((time) => time >= since && time < since + limit).map((time) => bar(time));
    const fetch = async (since: number, limit = 1) => {
      asked.push(since);
      return from(since, limit);
    };
    const coarse = async (since: number) =>
      from(since, 400_000).map((one) => bar(Math.floor(one.openTimeMs / 40) * 40));
    const seek = (since: number) =>
      seekOn({ from: since - 40, to: 2_000_000, limit: 10_000, stepMs: 40, fetch: coarse });
    const plan = { from: 0, to: 2_000_000, limit: 10, stepMs: 1, fetch, seek };
    expect(await collect(pages(plan))).toEqual(series);
    expect(asked.length).toBeLessThan(20);
  });

  test("every bar of any series arrives once, in order, from exchanges of any habit", async () => {
    const habit = fc.record({
      limit: fc.integer({ min: 2, max: 40 }),
      windowed: fc.boolean(),
      newestFirst: fc.boolean(),
      before: fc.integer({ min: 0, max: 3 }),
    });
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(
        times,
        habit,
        fc.nat(200),
        fc.integer({ min: 1, max: 300 }),
        async (set, how, from, span) => {
          const series = set.toSorted((a, b) => a - b);
          const fetch = async (since: number, limit = 0) => {
            const first = since - how.before;
            const rest = series.filter((time) => time >= first && (!how.windowed || time < since + limit));
            const rows = rest.slice(0, limit + how.before).map((time) => bar(time));
            return how.newestFirst ? rows.toReversed() : rows;
          };
          const to = from + span;
          const got = await collect(pages({ from, to, limit: how.limit, stepMs: 1, fetch }));
          expect(got).toEqual(series.filter((time) => time >= from && time < to));
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("errors", () => {
  test("every class of ccxt has its meaning", async () => {
    const { default: hierarchy } = await import("ccxt-src/base/errorHierarchy.js");
    const names = (tree: object): string[] =>
      Object.entries(tree).flatMap(([name, below]) => [name, ...names(below as object)]);
    expect(names(hierarchy).toSorted()).toEqual(Object.keys(meanings).toSorted());
  });

  const thrown = (name: string, message: string): Error => Object.assign(new Error(message), { name });
  const mapped = (error: unknown, status?: number, headers: Record<string, string> = {}) =>
    providerErrorOf(error, {
      exchangeId: "bybit",
      secrets: ["hunter2-key", ""],
      nowMs: Date.parse("2024-01-01T00:00:00Z"),
      ...(status === undefined ? {} : { answer: { status, headers: new Headers(headers) } }),
    });

  test.each([
    ["RateLimitExceeded", "bybit {}", 429, true],
    ["DDoSProtection", "bybit {}", 418, true],
    ["OnMaintenance", "bybit {}", 503, true],
    ["ExchangeNotAvailable", "bybit 502 Bad Gateway", 502, true],
    ["ExchangeNotAvailable", "bybit 404 Not Found", 404, false],
    ["RequestTimeout", "bybit timed out", undefined, true],
    ["NetworkError", "bybit fetch failed", undefined, true],
    ["BadResponse", "cut off", 200, true],
    ["InvalidNonce", "bybit {}", 200, true],
    ["BadSymbol", "bybit {}", 200, false],
    ["AuthenticationError", "bybit {}", 401, false],
    ["PermissionDenied", "bybit {}", 200, false],
    ["NotSupported", "bybit fetchX() is not supported yet", undefined, false],
    ["BadRequest", "bybit {}", 200, false],
    ["ExchangeError", "bybit {}", 200, false],
    ["TypeError", "undefined is not an object", undefined, true],
  ])("%s (%s, HTTP %p) may succeed later: %p", (name, message, status, retryable) => {
    const error = mapped(thrown(name, message), status);
    expect(isRetryableProviderError(error)).toBe(retryable);
    expect(error.exitCode).toBe(retryable ? 75 : 1);
  });

  test.each([
    [{ "retry-after": "7" }, 7000],
    [{ "retry-after": "0.5" }, 500],
    [{ "retry-after": "Mon, 01 Jan 2024 00:00:30 GMT" }, 30_000],
    [{ "retry-after": "Sun, 31 Dec 2023 00:00:00 GMT" }, 0],
    [{ "retry-after": "soon" }, undefined],
    [{}, undefined],
  ])("%j: wait %p ms", (headers, wait) => {
    const error = mapped(thrown("RateLimitExceeded", "bybit {}"), 429, headers as Record<string, string>);
    expect((error as TransientProviderError).retryAfterMs).toBe(wait);
  });

  test.each([
    [
      'bybit {"retCode":10001,"retMsg":"params error: Symbol Invalid","result":{}}',
      "bybit: params error: Symbol Invalid (10001)",
    ],
    ['binance {"code":-1121,"msg":"Invalid symbol."}', "bybit: Invalid symbol. (-1121)"],
    ['bybit {"error":["EQuery:Unknown asset pair"]}', "bybit: EQuery:Unknown asset pair"],
    ['bybit {"error":{"message":"no","code":7}}', "bybit: no (7)"],
    [
      "bybit GET https://user:pw@api.bybit.com/v5/market/kline?api_key=abc&sign=def fetch failed: reset",
      "bybit: GET api.bybit.com fetch failed: reset",
    ],
    [
      "bybit GET https://api.bybit.com/v5 503 Service Unavailable <html>\n<h1>Down</h1>\n</html>",
      "bybit: GET api.bybit.com 503 Service Unavailable Down",
    ],
    ['bybit {"retMsg":"API key hunter2-key is invalid."}', "bybit: API key *** is invalid."],
    ["bybit ", "bybit: no reason given"],
  ])("%s", (text, message) => {
    expect(mapped(thrown("ExchangeError", text.replace(/^binance/, "bybit"))).message).toBe(message);
  });

  test("a message is one short line", () => {
    const { message } = mapped(thrown("ExchangeError", `bybit ${"long\n".repeat(900)}`));
    expect(message.length).toBeLessThan(220);
    expect(message).not.toContain("\n");
  });

  test("a certificate that nobody signed does not become better by waiting", () => {
    const error = Object.assign(new Error("self signed certificate"), {
      code: "DEPTH_ZERO_SELF_SIGNED_CERT",
    });
    expect(isRetryableProviderError(mapped(error))).toBe(false);
    const unreachable = Object.assign(thrown("NetworkError", "no answer"), { cause: error });
    expect(isRetryableProviderError(mapped(unreachable))).toBe(false);
  });
});

describe("another address", () => {
  test.each([
    ["https://api.bybit.com/v5/a?b=%5B", "", "https://api.bybit.com/v5/a?b=%5B"],
    ["https://api.bybit.com/v5/a?b=%5B", "http://127.0.0.1:81", "http://127.0.0.1:81/v5/a?b=%5B"],
    ["https://api.bybit.com/v5/a", "https://gateway.example/ccxt/", "https://gateway.example/ccxt/v5/a"],
    ["wss://stream.binance.com:9443/stream", "https://gateway.example", "wss://gateway.example/stream"],
    ["wss://stream.binance.com:9443/stream", "http://127.0.0.1:81", "ws://127.0.0.1:81/stream"],
  ])("%s below %p is %s", (url, base, expected) => {
    expect(rebased(url, base)).toBe(expected);
  });
});

describe("settings", () => {
  const config = (text: string) => {
    const { userValues, tables } = heal(CcxtConfig, text, "f");
    return { ...defaultsOf(CcxtConfig), ...userValues, tables } as CcxtConfig;
  };

  test("an exchange's table overrides the top for itself alone; options are merged", () => {
    const values = config(
      `api_key = "top"\ntimeout = 5\noptions = { a = 1, b = 1 }\n[Bybit]\napi_key = "own"\nenvironment = "demo"\n[bybit.options]\n[Bybit.options]\nb = 2\n`.replace(
        "[bybit.options]\n",
        "",
      ),
    );
    expect(settingsOf(values, "bybit")).toMatchObject({
      api_key: "own",
      timeout: 5,
      environment: "demo",
      options: { a: 1, b: 2 },
    });
    expect(settingsOf(values, "okx")).toMatchObject({
      api_key: "top",
      environment: "live",
      options: { a: 1, b: 1 },
    });
  });

  test.each([
    ["https://gateway.example/x", true],
    ["http://127.0.0.1:8080", true],
    ["http://localhost:8080", true],
    ["http://[::1]:8080", true],
    ["", true],
    ["http://gateway.example", false],
    ["http://127.0.0.1.evil.example", false],
    ["ftp://127.0.0.1", false],
    ["somewhere", false],
  ])("base_url %s: %p", (url, accepted) => {
    const act = () => heal(CcxtConfig, `base_url = "${url}"\n`, "f");
    if (accepted) expect(act).not.toThrow();
    else expect(act).toThrow("base_url: expected an https:// address, or an http:// one of this machine");
  });

  test("neither keys nor a proxy's password are shown", () => {
    for (const text of ["api_key = 5", 'proxy = "socks5://u:hunter2@h"', "[bybit]\nsecret = 7"]) {
      let message = "";
      try {
        heal(CcxtConfig, `${text}\n`, "f");
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).toContain("expected");
      expect(message).not.toContain("hunter2");
    }
  });
});

describe("bars from trades", () => {
  const minute = 60_000;
  test("repeated ids and trades of bars that are over are left out", () => {
    const bars = new TradeBars(minute);
    const trade = (id: string, timestamp: number, price: number) => ({ id, timestamp, price, amount: 1 });
    expect(bars.add([trade("b", 2, 12), trade("a", 1, 10)])).toEqual([
      { openTimeMs: 0, open: 10, high: 12, low: 10, close: 12, volume: 2 },
    ]);
    expect(bars.add([trade("b", 2, 12), trade("c", 3, 8), trade("d", minute, 9)])).toEqual([
      { openTimeMs: 0, open: 10, high: 12, low: 8, close: 8, volume: 3 },
      { openTimeMs: minute, open: 9, high: 9, low: 9, close: 9, volume: 1 },
    ]);
    expect(bars.add([trade("e", 5, 1), { price: 3 }, { timestamp: minute }])).toEqual([]);
  });
});
