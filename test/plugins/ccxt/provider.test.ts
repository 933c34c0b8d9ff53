/** ccxt as a provider, against Bybit and Binance on loopback. */
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { defaultsOf } from "../../../src/api/config/fields.ts";
import {
  type Bar,
  isRetryableProviderError,
  type ProviderError,
  type TransientProviderError,
} from "../../../src/api/plugin.ts";
import type { Market } from "../../../plugins/ccxt/client.ts";
import { CcxtConfig } from "../../../plugins/ccxt/config.ts";
import { Ccxt } from "../../../plugins/ccxt/index.ts";
import { symbolInfo } from "../../../plugins/ccxt/market.ts";
import { exchangeTable, tablePath } from "../../../scripts/ccxt-exchanges.ts";
import binanceMarkets from "../../venues/ccxt/binance-markets.json";
import bybitMarkets from "../../venues/ccxt/bybit-markets.json";
import { type Fault, minute, rowAt, VenueServer } from "../../venues/ccxt/server.ts";

/** A provider of an exchange whose requests go to a server. */
function provider(
  server: VenueServer | string,
  symbol: string,
  timeframe = "1",
  settings: object = {},
): Ccxt {
  const base_url = typeof server === "string" ? server : server.url;
  const config = { ...defaultsOf(CcxtConfig), base_url, rate_limit: 0.01, ...settings } as CcxtConfig;
  return new Ccxt({ name: "ccxt", config, symbol, timeframe });
}

const never = new AbortController().signal;

async function downloaded(ccxt: Ccxt, from: number, to: number, limit?: number): Promise<Bar[]> {
  const pages = await Array.fromAsync(
    ccxt.download({ from, to, signal: never, ...(limit === undefined ? {} : { limit }) }),
  );
  return pages.flat();
}

async function failureOf(action: Promise<unknown>): Promise<ProviderError & Partial<TransientProviderError>> {
  try {
    await action;
  } catch (error) {
    return error as ProviderError;
  }
  throw new Error("nothing failed");
}

describe("the table of exchanges", () => {
  test("is what the installed ccxt gives: bun scripts/ccxt-exchanges.ts", async () => {
    expect(readFileSync(tablePath, "utf8")).toBe(await exchangeTable());
  });

  test("is listed by id, with names", async () => {
    const list = await Ccxt.getListOfBrokers();
    expect(list.length).toBeGreaterThan(100);
    expect(list).toContainEqual({ id: "bybit", name: "Bybit" });
    expect(list.map(({ id }) => id)).toEqual(list.map(({ id }) => id).toSorted());
  });

  test("is the only place that knows ccxt's files, and loads each when it is asked for", () => {
    const folder = join(import.meta.dir, "../../../plugins/ccxt");
    const wrong = readdirSync(folder).flatMap((file) =>
      readFileSync(join(folder, file), "utf8")
        .split("\n")
        .filter((line) => /["']ccxt/.test(line) && line.includes("import"))
        .filter((line) => file !== "exchanges.ts" || !/load: \(\) => import\("ccxt-src\//.test(line)),
    );
    expect(wrong).toEqual([]);
  });

  test.each([
    ["BYBITT:BTC/USDT", 'ccxt knows no exchange "bybitt"; similar: bybit, bybiteu, bybitid'],
    ["constructor:X", 'ccxt knows no exchange "constructor"'],
    [":X", "no exchange is named"],
  ])("%s", async (symbol, message) => {
    const error = await failureOf(provider("", symbol).getAvailableSymbols());
    expect(error.message).toStartWith(message);
    expect(error.hint).toContain("--list-brokers");
  });
});

describe("symbols", () => {
  test("those of active markets, ascending; the exchange's capitals do not matter", async () => {
    using bybit = new VenueServer("bybit");
    bybit.fault = async (url) => {
      if (url.searchParams.get("category") !== "spot") return undefined;
      const reply = bybitSpot();
      reply.result.list[1]!.status = "PreLaunch";
      return Response.json(reply);
    };
    const symbols = await provider(bybit, "ByBit").getAvailableSymbols();
    expect(symbols).toEqual(["BTC/USD:BTC", "BTC/USDT", "BTC/USDT:USDT", "ETH/USDT:USDT"]);
  });

  test("one that is unknown names what it may have meant", async () => {
    using bybit = new VenueServer("bybit");
    const error = await failureOf(provider(bybit, "BYBIT:BTCUSDT").getSymbolInfo());
    expect(error.message).toBe('bybit has no symbol "BTCUSDT"; did you mean BTC/USDT or BTC/USDT:USDT?');
    expect(error.hint).toBe("pyne data download ccxt:BYBIT --list-symbols shows what there is");
    expect((await failureOf(provider(bybit, "BYBIT:").getSymbolInfo())).message).toBe("no symbol is named");
  });

  test("the market table is loaded once for all instances with the same settings", async () => {
    using bybit = new VenueServer("bybit");
    await provider(bybit, "BYBIT:BTC/USDT").getSymbolInfo();
    const asked = bybit.requests.length;
    await provider(bybit, "bybit:ETH/USDT").getSymbolInfo();
    expect(bybit.requests.length).toBe(asked);
  });
});

describe("symbol information", () => {
  // symbol, type, mintick, minmove / pricescale, mincontract, currency, maker, taker, description
  const rows = [
    ["bybit", "BTC/USDT", "crypto", 0.01, 1, 100, 1e-6, "USDT", 0.001, 0.001, "BTC / USDT"],
    ["bybit", "ETH/USDT:USDT", "crypto", 0.01, 1, 100, 0.01, "USDT", 0.0001, 0.0006, "ETH / USDT perpetual"],
    ["bybit", "BTC/USD:BTC", "crypto", 0.1, 1, 10, 1, "USD", 0.0001, 0.0006, "BTC / USD inverse perpetual"],
    ["binance", "BTC/USDT", "crypto", 0.01, 1, 100, 1e-5, "USDT", 0.001, 0.001, "BTC / USDT"],
    [
      "binanceusdm",
      "ETH/USDT:USDT",
      "crypto",
      0.1,
      1,
      10,
      0.001,
      "USDT",
      0.0002,
      0.0005,
      "ETH / USDT perpetual",
    ],
  ] as const;

  test.each(rows)(
    "%s %s",
    async (
      exchange,
      symbol,
      type,
      mintick,
      minmove,
      pricescale,
      mincontract,
      currency,
      maker,
      taker,
      text,
    ) => {
      using server = new VenueServer(exchange === "bybit" ? "bybit" : "binance");
      const info = await provider(server, `${exchange}:${symbol}`, "60").getSymbolInfo();
      expect(info).toEqual({
        prefix: exchange.toUpperCase(),
        description: text,
        ticker: symbol,
        currency,
        basecurrency: symbol.slice(0, 3),
        period: "60",
        type,
        mintick,
        minmove,
        pricescale,
        pointvalue: 1,
        mincontract,
        timezone: "UTC",
        volumetype: symbol === "BTC/USD:BTC" ? "quote" : "base",
        makerFee: maker,
        takerFee: taker,
        openingHours: [0, 1, 2, 3, 4, 5, 6].map((day) => ({ day, start: "00:00:00", end: "00:00:00" })),
        sessionStarts: [0, 1, 2, 3, 4, 5, 6].map((day) => ({ day, time: "00:00:00" })),
        sessionEnds: [0, 1, 2, 3, 4, 5, 6].map((day) => ({ day, time: "00:00:00" })),
      });
    },
  );

  test("is the same from the markets that were recorded", async () => {
    using bybit = new VenueServer("bybit");
    using binance = new VenueServer("binance");
    const recorded = [
      ...bybitMarkets.map(({ market }) => ["bybit", market] as const),
      ...binanceMarkets.map(({ id, market }) => [id.split(":")[0]!, market] as const),
    ];
    for (const [exchange, market] of recorded) {
      const info = await provider(
        exchange === "bybit" ? bybit : binance,
        `${exchange}:${market.symbol}`,
      ).getSymbolInfo();
      const context = { exchangeId: exchange, precisionMode: 4, step: Number.NaN, timeframe: "1" };
      expect(info).toEqual(symbolInfo(market as unknown as Market, context));
    }
  });

  const market: Market = {
    id: "X",
    symbol: "X/USDT:USDT-261225",
    base: "X",
    quote: "USDT",
    settle: "USDT",
    type: "future",
    linear: true,
    contractSize: 0.01,
    expiry: Date.parse("2026-12-25T08:00:00Z"),
    precision: { price: 0.25, amount: 0.1 },
  };
  const context = { exchangeId: "okx", precisionMode: 4, step: 0.5, timeframe: "1D" };

  test.each([
    [
      "a dated future",
      {},
      { type: "futures", expirationDate: 1_798_185_600, description: "X / USDT future 2026-12-25" },
    ],
    ["contracts of 0.01 coins, ten of them the least", {}, { mincontract: 0.001, pointvalue: 1 }],
    ["a step that is no power of ten", {}, { mintick: 0.25, minmove: 1, pricescale: 4 }],
    ["no step of its own", { precision: {} }, { mintick: 0.5, mincontract: 0 }],
    [
      "a smallest amount in place of a step",
      { precision: { price: 1 }, limits: { amount: { min: 3 } } },
      { mincontract: 0.03 },
    ],
    [
      "an option",
      { type: "option", strike: 90_000, optionType: "call" },
      { type: "option", description: "X / USDT call 90000 2026-12-25" },
    ],
  ])("%s", (_name, changes, expected) => {
    expect(symbolInfo({ ...market, ...changes } as Market, context)).toMatchObject(expected);
  });
});

test("fees that are amounts are no rates", () => {
  const [{ market }] = bybitMarkets as unknown as [{ market: Market }];
  const context = { exchangeId: "bybit", precisionMode: 4, step: 1, timeframe: "1D" };
  expect(symbolInfo(market, context)).toHaveProperty("takerFee", 0.001);
  expect(symbolInfo({ ...market, percentage: false }, context)).not.toHaveProperty("takerFee");
});

describe("download", () => {
  const start = Date.parse("2024-01-01T00:00:00Z");

  test.each([
    ["bybit", "bybit:BTC/USDT:USDT", 1000],
    ["binance", "binance:BTC/USDT", 1000],
  ] as const)("%s: pages of the exchange's own size, every bar once", async (venue, symbol, size) => {
    using server = new VenueServer(venue);
    server.history = [[start, start + 3000 * minute]];
    const bars = await downloaded(provider(server, symbol), start, start + 2500 * minute);
    expect(bars.length).toBe(2500);
    const [time, open, high, low, close, volume] = rowAt(start + 1234 * minute);
    expect(bars[1234]).toEqual({ openTimeMs: time, open, high, low, close, volume });
    const asked = server.requests.filter((path) => path.includes("kline"));
    expect(asked.length).toBe(3);
    expect(asked.every((path) => path.includes(`limit=${size}`))).toBe(true);
  });

  test("a smaller page may be asked for, a larger one not", async () => {
    using server = new VenueServer("bybit");
    server.history = [[start, start + 10 * minute]];
    const ccxt = provider(server, "bybit:BTC/USDT");
    for (const [limit, sent] of [
      [4, 4],
      [1, 2],
      [5000, 1000],
    ] as const) {
      server.requests.length = 0;
      expect((await downloaded(ccxt, start, start + 10 * minute, limit)).length).toBe(10);
      expect(server.requests.every((path) => !path.includes("kline") || path.includes(`limit=${sent}`))).toBe(
        true,
      );
    }
  });

  test("what was listed years after the start, and stood still for months, takes few requests", async () => {
    using server = new VenueServer("bybit");
    const later = start + 200 * 1440 * minute;
    server.history = [
      [start + 90 * minute, start + 95 * minute],
      [later + 7 * minute, later + 9 * minute],
    ];
    // The venue looks no further than one page, as many do.
    const inWindow: Fault = (url) => {
      if (!url.pathname.endsWith("/kline")) return undefined;
      const length = url.searchParams.get("interval") === "D" ? 1440 * minute : minute;
      const from = Number(url.searchParams.get("start"));
      const to = from + Number(url.searchParams.get("limit")) * length;
      const rows: string[][] = [];
      const opens = server.history.flatMap(([first, end]) =>
        Array.from({ length: (end - first) / minute }, (_, index) => first + index * minute),
      );
      for (const open of new Set(opens.map((time) => Math.floor(time / length) * length)))
        if (open >= from && open < to) rows.push([...rowAt(open).map(String), "0"]);
      return Response.json({ retCode: 0, retMsg: "OK", result: { list: rows.toReversed() } });
    };
    server.fault = inWindow;
    const bars = await downloaded(
      provider(server, "bybit:BTC/USDT"),
      Date.parse("2015-01-01"),
      later + 1440 * minute,
    );
    expect(bars.map((bar) => bar.openTimeMs)).toEqual(
      [90, 91, 92, 93, 94]
        .map((index) => start + index * minute)
        .concat([7, 8].map((index) => later + index * minute)),
    );
    expect(server.requests.length).toBeLessThan(40);
  });

  test("rows that are repeated and out of order arrive once and in order", async () => {
    using server = new VenueServer("binance");
    server.fault = (url) => {
      if (!url.pathname.endsWith("/klines")) return undefined;
      const rows = [3, 1, 2, 2, 0, 3].map((index) => rowAt(start + index * minute));
      return Response.json(rows.map(([time, ...values]) => [time, ...values.map(String)]));
    };
    const bars = await downloaded(provider(server, "binance:BTC/USDT"), start, start + 4 * minute);
    expect(bars.map((bar) => (bar.openTimeMs - start) / minute)).toEqual([0, 1, 2, 3]);
  });

  test("a missing price is a gap in the numbers", async () => {
    using server = new VenueServer("binance");
    server.fault = (url) =>
      url.pathname.endsWith("/klines") ? Response.json([[start, "1", null, "1", "1", "1"]]) : undefined;
    const [bar] = await downloaded(provider(server, "binance:BTC/USDT"), start, start + minute);
    expect(bar).toMatchObject({ openTimeMs: start, open: 1, low: 1 });
    expect(bar!.high).toBeNaN();
  });

  test.each([
    [
      "bybit:BTC/USDT",
      "480",
      "bybit has no bars of 480; it has 1, 3, 5, 15, 30, 60, 120, 240, 360, 720, 1D, 1W, 1M",
    ],
    ["coinspot:BTC/AUD", "1D", "coinspot publishes no bars"],
  ])("%s@%s: %s", async (symbol, timeframe, message) => {
    using server = new VenueServer("bybit");
    const ccxt = provider(server, symbol, timeframe);
    expect((await failureOf(downloaded(ccxt, start, start + minute))).message).toStartWith(message);
  });
});

describe("faults", () => {
  const start = Date.parse("2024-01-01T00:00:00Z");
  const text =
    (body: string, status = 200, headers: Record<string, string> = {}): Fault =>
    () =>
      new Response(body, { status, headers });
  const bybitError =
    (retCode: number, retMsg: string): Fault =>
    () =>
      Response.json({ retCode, retMsg, result: {} });

  /** What a download meets when the bars are answered so. */
  async function meets(fault: Fault, settings: object = {}) {
    const server = new VenueServer("bybit");
    server.history = [[start, start + 10 * minute]];
    const ccxt = provider(server, "bybit:BTC/USDT", "1", settings);
    await ccxt.getSymbolInfo();
    server.fault = (url, request) => (url.pathname.endsWith("/kline") ? fault(url, request) : undefined);
    try {
      return await failureOf(downloaded(ccxt, start, start + 5 * minute));
    } finally {
      server[Symbol.dispose]();
    }
  }

  test.each<[string, Fault, boolean, RegExp, number | undefined]>([
    ["429 with Retry-After", text("slow down", 429, { "retry-after": "3" }), true, /429/, 3000],
    ["418", text("banned", 418, { "retry-after": "120" }), true, /418/, 120_000],
    ["500", text("<html>oops</html>", 500), true, /500/, undefined],
    ["503", text("", 503, { "retry-after": "9" }), true, /503/, 9000],
    ["403", text("forbidden", 403), true, /403/, undefined],
    ["404", text("nothing", 404), false, /404/, undefined],
    ["truncated JSON", text('{"retCode":0,"result":{"list":[["17'), true, /no complete JSON/, undefined],
    ["a page of a proxy in between", text("<html>sign in</html>"), true, /no complete JSON/, undefined],
    ["nothing at all", text(""), true, /the answer was empty/, undefined],
    ["a redirect", text("", 302, { location: "https://example.com/" }), true, /bybit/, undefined],
    [
      "a rate limit in the body",
      bybitError(10_006, "Too many visits!"),
      true,
      /Too many visits! \(10006\)/,
      undefined,
    ],
    [
      "a clock that is wrong",
      bybitError(10_002, "invalid request, please check your timestamp"),
      true,
      /timestamp/,
      undefined,
    ],
    [
      "a key that is refused",
      bybitError(10_003, "API key is invalid."),
      false,
      /API key is invalid/,
      undefined,
    ],
    [
      "a symbol that disappeared",
      bybitError(10_001, "params error: Symbol Invalid"),
      false,
      /Symbol Invalid/,
      undefined,
    ],
    ["an error nobody mapped", bybitError(987_654, "surprise"), false, /surprise \(987654\)/, undefined],
  ])("%s", async (_name, fault, retryable, message, retryAfterMs) => {
    const error = await meets(fault);
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/https?:|\n/);
    expect(error.message.length).toBeLessThan(230);
    expect(isRetryableProviderError(error)).toBe(retryable);
    expect(error.retryAfterMs).toBe(retryAfterMs);
  });

  test("a body that never ends runs into the timeout, not only headers that never come", async () => {
    const stalled: Fault = () =>
      new Response(
        new ReadableStream({
          async pull(controller) {
            controller.enqueue(new TextEncoder().encode('{"retCode":0,'));
            await new Promise(() => {});
          },
        }),
      );
    const silent: Fault = () => new Promise<undefined>(() => {});
    // The markets must come within it too, on a machine that is busy.
    const errors = await Promise.all([stalled, silent].map((fault) => meets(fault, { timeout: 1 })));
    for (const error of errors) {
      expect(error.message).toBe("bybit: GET api.bybit.com request timed out (1000 ms)");
      expect(isRetryableProviderError(error)).toBe(true);
    }
  });

  test("a connection that is refused", async () => {
    const server = new VenueServer("bybit");
    const { url } = server;
    server[Symbol.dispose]();
    const error = await failureOf(provider(url, "bybit").getAvailableSymbols());
    expect(isRetryableProviderError(error)).toBe(true);
    expect(error.message).toStartWith(`bybit: no answer from ${new URL(url).host}: `);
    expect(error.message).toMatch(/: (ECONNREFUSED|ConnectionRefused)$/);
  });

  test.each([
    ["before the headers", ""],
    ["in the middle of the body", 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"retCode":0'],
  ])("a connection that ends %s", async (_name, said) => {
    const listener = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        data(socket) {
          socket.write(said);
          socket.flush();
          socket.terminate();
        },
      },
    });
    const error = await failureOf(
      provider(`http://127.0.0.1:${listener.port}`, "bybit").getAvailableSymbols(),
    );
    listener.stop(true);
    expect(isRetryableProviderError(error)).toBe(true);
    expect(error.message).toStartWith(`bybit: no answer from 127.0.0.1:${listener.port}: `);
    expect(error.message).not.toMatch(/https?:|\n/);
  });

  test("a market table that could not be loaded is asked for again", async () => {
    using server = new VenueServer("bybit");
    server.fault = () => new Response("", { status: 503 });
    const ccxt = provider(server, "bybit");
    expect(isRetryableProviderError(await failureOf(ccxt.getAvailableSymbols()))).toBe(true);
    server.fault = () => undefined;
    expect((await ccxt.getAvailableSymbols()).length).toBe(5);
  });

  test("an abort ends the request and throws the signal's reason", async () => {
    using server = new VenueServer("bybit");
    const ended = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const ccxt = provider(server, "bybit:BTC/USDT");
    await ccxt.getSymbolInfo();
    server.fault = (_url, request) => {
      request.signal.addEventListener("abort", () => ended.resolve());
      arrived.resolve();
      return new Promise<undefined>(() => {});
    };
    const controller = new AbortController();
    const request = { from: start, to: start + minute, signal: controller.signal };
    const download = failureOf(Array.fromAsync(ccxt.download(request)));
    await arrived.promise;
    const reason = new Error("interrupted");
    controller.abort(reason);
    expect(await download).toBe(reason as never);
    await ended.promise;
    expect(await failureOf(Array.fromAsync(ccxt.download(request)))).toBe(reason as never);
  });

  test("keys that an exchange quotes are not shown", async () => {
    const error = await meets(bybitError(10_003, "API key hunter2-key is invalid."), {
      api_key: "hunter2-key",
    });
    expect(error.message).toBe("bybit: API key *** is invalid. (10003)");
  });
});

describe("environments", () => {
  test.each([
    ["bybit", "sandbox", "api-testnet.bybit.com"],
    ["bybit", "demo", "api-demo.bybit.com"],
  ])("%s has a %s", async (exchange, environment, host) => {
    using server = new VenueServer("bybit");
    server.fault = () => new Response("", { status: 503 });
    const error = await failureOf(provider(server, exchange, "1", { environment }).getAvailableSymbols());
    expect(error.message).toContain(host);
  });

  test.each([
    ["bitstamp", "sandbox"],
    ["kraken", "sandbox"],
    ["kraken", "demo"],
  ])("%s has no %s", async (exchange, environment) => {
    const error = await failureOf(provider("", exchange, "1", { environment }).getAvailableSymbols());
    expect(error.message).toBe(`${exchange} has no ${environment} environment that ccxt can use`);
    expect(error.code).toBe("PROVIDER_NOT_SUPPORTED");
  });
});

/** A copy of Bybit's spot markets. */
function bybitSpot() {
  const replies = JSON.parse(
    readFileSync(join(import.meta.dir, "../../venues/ccxt/bybit-replies.json"), "utf8"),
  ) as { query: string; response: { result: { list: { status: string }[] } } }[];
  return replies.find(({ query }) => query === "category=spot")!.response;
}
