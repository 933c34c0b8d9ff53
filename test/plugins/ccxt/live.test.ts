/** ccxt as a live feed: streams of Bybit and Binance on loopback, and the rules of closing with a venue made up. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";

import { defaultsOf } from "../../../src/api/config/fields.ts";
import {
  type Bar,
  type BarUpdate,
  isRetryableProviderError,
  TransientProviderError,
} from "../../../src/api/plugin.ts";
import { silentLogger } from "../../../src/kernel/log.ts";
import type { Market, Trade } from "../../../plugins/ccxt/client.ts";
import { CcxtConfig } from "../../../plugins/ccxt/config.ts";
import type { Venue } from "../../../plugins/ccxt/exchange.ts";
import { Ccxt } from "../../../plugins/ccxt/index.ts";
import { LiveBars } from "../../../plugins/ccxt/live.ts";
import binanceStreams from "../../venues/ccxt/binance-streams.json";
import bybitStreams from "../../venues/ccxt/bybit-streams.json";
import { type Row, VenueServer } from "../../venues/ccxt/server.ts";
import { ManualClock, minute, settle } from "../fixtures.ts";

const never = new AbortController().signal;
/** Where the venues' markets are asked for. */
const marketsPath = /instruments-info|exchangeInfo/;
const rowOf = (bar: Bar): Row => [bar.openTimeMs, bar.open, bar.high, bar.low, bar.close, bar.volume];

describe.each([
  ["bybit", "bybit:BTC/USDT:USDT", bybitStreams] as const,
  ["binance", "binance:BTC/USDT", binanceStreams] as const,
])("%s on loopback", (venue, symbol, stories) => {
  const story = stories[0]! as { messages: object[]; expect: { closed: number[][] } };
  const [final] = story.expect.closed as [Row];

  function feed(server: VenueServer, clock = new ManualClock(final[0] + 30_000)): Ccxt {
    // Its own reconnects need not wait in a test.
    const options = { ws: { backoff: { base: 1 } } };
    const settings: object = { base_url: server.url, rate_limit: 0.01, options };
    const config = { ...defaultsOf(CcxtConfig), ...settings } as CcxtConfig;
    return new Ccxt({ name: "ccxt", config, symbol, timeframe: "1", clock });
  }

  test("a bar forms, is closed by the next one, and has the values of the history", async () => {
    using server = new VenueServer(venue);
    server.history = [[final[0], final[0] + minute]];
    // The stream may miss the last trades.
    const corrected: Row = [...final];
    corrected[5] += 0.5;
    server.special.set(final[0], corrected);
    const ccxt = feed(server);
    await ccxt.connect();
    expect(ccxt.isConnected).toBe(true);
    const updates: BarUpdate[] = [];
    for (const [index, message] of story.messages.entries()) {
      const next = ccxt.watchOhlcv(symbol, "1", never);
      await server.subscribed();
      server.push(message);
      updates.push(await next);
      // The fourth message begins the next bar, which closes the one before.
      if (index === 3) updates.push(await ccxt.watchOhlcv(symbol, "1", never));
    }
    expect(updates.slice(0, 5).map((update) => update.isClosed)).toEqual([false, false, false, true, false]);
    expect(rowOf(updates[2]!)).toEqual(final);
    expect(rowOf(updates[3]!)).toEqual(corrected);
    expect(updates[4]!.openTimeMs).toBe(final[0] + minute);
    expect(server.frames.length).toBe(1);
    await ccxt.disconnect();
    expect(ccxt.isConnected).toBe(false);
    while (server.openSockets > 0) await settle();
  });

  test("a dropped socket is a transient failure; connecting again rebuilds the feed", async () => {
    using server = new VenueServer(venue);
    const ccxt = feed(server);
    await ccxt.connect();
    const broken = ccxt.watchOhlcv(symbol, "1", never).catch((error: unknown) => error);
    await server.subscribed();
    server.dropSockets();
    expect(isRetryableProviderError(await broken)).toBe(true);
    expect(ccxt.isConnected).toBe(false);
    await ccxt.connect();
    expect(ccxt.isConnected).toBe(true);
    const next = ccxt.watchOhlcv(symbol, "1", never);
    await server.subscribed(2);
    server.push(story.messages[0]!);
    expect((await next).isClosed).toBe(false);
    await ccxt.disconnect();
  });

  test("an aborted wait throws the reason, and the next one goes on with the same stream", async () => {
    using server = new VenueServer(venue);
    const ccxt = feed(server);
    await ccxt.connect();
    const controller = new AbortController();
    const waiting = ccxt.watchOhlcv(symbol, "1", controller.signal).catch((error: unknown) => error);
    await server.subscribed();
    const reason = new Error("enough");
    controller.abort(reason);
    expect(await waiting).toBe(reason);
    const next = ccxt.watchOhlcv(symbol, "1", never);
    server.push(story.messages[0]!);
    expect((await next).openTimeMs).toBe(final[0]);
    expect(server.frames.length).toBe(1);
    await ccxt.disconnect();
  });

  test("a wait that is still open when the feed is disconnected ends", async () => {
    using server = new VenueServer(venue);
    const ccxt = feed(server);
    await ccxt.connect();
    const waiting = ccxt.watchOhlcv(symbol, "1", never).catch((error: unknown) => error);
    await server.subscribed();
    await ccxt.disconnect();
    expect(isRetryableProviderError(await waiting)).toBe(true);
    const late = await ccxt.watchOhlcv(symbol, "1", never).catch((error: unknown) => error);
    expect(String(late)).toContain("the feed is not connected");
  });

  test("a live run loads the markets once and keeps its own; all are there for whoever asks again", async () => {
    using server = new VenueServer(venue);
    server.history = [[final[0], final[0] + minute]];
    const loads = (): number => server.requests.filter((path) => marketsPath.test(path)).length;
    const ccxt = feed(server);
    await ccxt.connect();
    const once = loads();
    expect(once).toBeGreaterThan(0);
    const next = ccxt.watchOhlcv(symbol, "1", never);
    await server.subscribed();
    server.push(story.messages[0]!);
    await next;
    await ccxt.disconnect();
    // A connection that is made anew asks for none of it.
    await ccxt.connect();
    const [, ticker = ""] = /^[^:]+:(.*)$/.exec(symbol)!;
    expect((await ccxt.getSymbolInfo()).ticker).toBe(ticker);
    await ccxt.backfillClosedBars(symbol, "1", final[0] - minute);
    expect(loads()).toBe(once);
    const all = await ccxt.getAvailableSymbols();
    expect(all.length).toBeGreaterThan(1);
    expect(all).toContain(ticker);
    expect(loads()).toBe(2 * once);
    await ccxt.disconnect();
  });

  test("what was closed meanwhile is fetched: strictly after, and nothing that forms", async () => {
    using server = new VenueServer(venue);
    const start = final[0];
    server.history = [[start, start + 5 * minute]];
    const ccxt = feed(server, new ManualClock(start + 4 * minute + 1000));
    const bars = await ccxt.backfillClosedBars(symbol, "1", start);
    expect(bars.map((bar) => (bar.openTimeMs - start) / minute)).toEqual([1, 2, 3]);
  });
});

test("behind a proxy bars are polled through it", async () => {
  using proxy = new VenueServer("bybit");
  const start = bybitStreams[0]!.messages[0]!.data[0]!.start;
  proxy.history = [[start, start + minute]];
  const clock = new ManualClock(start + 30_000);
  const settings: object = { base_url: "http://127.0.0.1:9", proxy: proxy.url, rate_limit: 0.01 };
  const config = { ...defaultsOf(CcxtConfig), ...settings } as CcxtConfig;
  const ccxt = new Ccxt({ name: "ccxt", config, symbol: "bybit:BTC/USDT", timeframe: "1", clock });
  await ccxt.connect();
  expect(await ccxt.watchOhlcv("BTC/USDT", "1", never)).toMatchObject({ openTimeMs: start, isClosed: false });
  expect(proxy.streams).toEqual([]);
  await ccxt.disconnect();
});

test("nothing of a feed that was disconnected keeps a process alive", async () => {
  using server = new VenueServer("bybit");
  const source = `
    import { Ccxt } from ${JSON.stringify(join(import.meta.dir, "../../../plugins/ccxt/index.ts"))};
    import { CcxtConfig } from ${JSON.stringify(join(import.meta.dir, "../../../plugins/ccxt/config.ts"))};
    import { defaultsOf } from ${JSON.stringify(join(import.meta.dir, "../../../src/api/config/fields.ts"))};
    const config = { ...defaultsOf(CcxtConfig), base_url: ${JSON.stringify(server.url)}, rate_limit: 0.01 };
    const ccxt = new Ccxt({ config, symbol: "bybit:BTC/USDT", timeframe: "1" });
    await ccxt.connect();
    ccxt.watchOhlcv("BTC/USDT", "1", new AbortController().signal).catch(() => console.log("ended"));
    await Bun.stdin.text();
    await ccxt.disconnect();
  `;
  const child = Bun.spawn([process.execPath, "--eval", source], {
    cwd: join(import.meta.dir, "../../.."),
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  await server.subscribed();
  child.stdin.end();
  expect(await new Response(child.stdout).text()).toBe("ended\n");
  expect(await child.exited).toBe(0);
});

describe("closing bars", () => {
  const bar = (index: number, close: number, volume = 1): Bar => ({
    openTimeMs: index * minute,
    open: 1,
    high: 9,
    low: 1,
    close,
    volume,
  });

  /** A venue whose stream and history are told what to say. */
  class FakeVenue {
    readonly id = "fake";
    streams = true;
    methods = new Set(["watchOHLCV", "fetchOHLCV"]);
    history: Bar[] = [];
    failures = 0;
    asked = 0;
    #arrived = Promise.withResolvers<Bar[]>();
    trades: Trade[][] = [];

    can(method: string): boolean {
      return this.methods.has(method);
    }
    say(...bars: Bar[]): void {
      this.#arrived.resolve(bars);
      this.#arrived = Promise.withResolvers<Bar[]>();
    }
    fail(reason: Error): void {
      this.#arrived.reject(reason);
      this.#arrived = Promise.withResolvers<Bar[]>();
    }
    watchBars(): Promise<Bar[]> {
      return this.#arrived.promise;
    }
    watchTrades(): Promise<Trade[]> {
      const trades = this.trades.shift();
      return trades === undefined ? new Promise(() => {}) : Promise.resolve(trades);
    }
    async barsSince(_market: unknown, _word: string, since: number): Promise<Bar[]> {
      this.asked++;
      if (this.failures-- > 0) throw new TransientProviderError("away");
      return this.history.filter((one) => one.openTimeMs >= since);
    }
  }

  function live(changes: (venue: FakeVenue) => void = () => {}, word = "1m") {
    const venue = new FakeVenue();
    changes(venue);
    const clock = new ManualClock(10 * minute + 1000);
    const closed = new AbortController();
    const bars = new LiveBars({
      venue: venue as unknown as Venue,
      market: { symbol: "X/Y" } as Market,
      word,
      clock,
      log: silentLogger,
      closed: closed.signal,
    });
    const shown = async (): Promise<string> => {
      const update = await bars.next(never);
      return `${update.openTimeMs / minute}${update.isClosed ? "!" : ""} ${update.close}`;
    };
    const says = async (...said: Bar[]): Promise<string> => {
      const next = shown();
      await settle();
      venue.say(...said);
      return next;
    };
    return { venue, clock, bars, shown, says, closed };
  }

  test("bars that the stream left out come from the history, in order", async () => {
    const { venue, shown, says } = live();
    expect(await says(bar(10, 2))).toBe("10 2");
    venue.history = [bar(10, 3), bar(11, 4), bar(12, 5), bar(13, 6)];
    expect(await says(bar(13, 6))).toBe("10! 3");
    expect([await shown(), await shown(), await shown()]).toEqual(["11! 4", "12! 5", "13 6"]);
  });

  test("late and repeated candles of a closed bar change nothing", async () => {
    const { venue, shown, says } = live();
    await says(bar(10, 2));
    venue.history = [bar(10, 3)];
    expect(await says(bar(11, 4))).toBe("10! 3");
    expect(await shown()).toBe("11 4");
    expect(await says(bar(10, 7), bar(9, 1), bar(11, 5))).toBe("11 5");
  });

  test("a bar that nobody trades in after its end is closed by the clock", async () => {
    const { venue, clock, shown, says } = live();
    await says(bar(10, 2));
    venue.history = [bar(10, 3)];
    const next = shown();
    await settle();
    clock.advance(minute + 1000);
    expect(await next).toBe("10! 3");
    // The next trade is its neighbour, then one after a hole that the history fills.
    const asked = venue.asked;
    expect(await says(bar(11, 4))).toBe("11 4");
    expect(venue.asked).toBe(asked);
    venue.history.push(bar(11, 4), bar(12, 5), bar(13, 6));
    expect(await says(bar(14, 7))).toBe("11! 4");
    expect([await shown(), await shown(), await shown()]).toEqual(["12! 5", "13! 6", "14 7"]);
  });

  test("a history that is slow is asked again; what it never has is taken from the stream", async () => {
    const { venue, clock, shown, says } = live();
    await says(bar(10, 2));
    const closing = says(bar(11, 4));
    for (let turn = 0; turn < 2; turn++) {
      while (clock.sleeping === 0) await settle();
      await settle();
      clock.advanceToNext();
    }
    expect(await closing).toBe("10! 2");
    expect(venue.asked).toBe(3);
    expect(await shown()).toBe("11 4");
  });

  test("a history that cannot be reached is a transient failure, and nothing is lost by it", async () => {
    const { venue, clock, shown, says } = live();
    await says(bar(10, 2));
    venue.failures = 3;
    venue.history = [bar(10, 3)];
    const closing = says(bar(11, 4)).catch((error: unknown) => error);
    for (let turn = 0; turn < 2; turn++) {
      while (clock.sleeping === 0) await settle();
      await settle();
      clock.advanceToNext();
    }
    expect(isRetryableProviderError(await closing)).toBe(true);
    expect([await shown(), await shown()]).toEqual(["10! 3", "11 4"]);
  });

  test("a stream that breaks says so, and goes on when it is asked again", async () => {
    const { venue, shown, says } = live();
    const broken = shown().catch((error: unknown) => error);
    await settle();
    venue.fail(new TransientProviderError("gone"));
    expect(isRetryableProviderError(await broken)).toBe(true);
    expect(await says(bar(10, 2))).toBe("10 2");
  });

  test("an exchange with trades alone has bars made of them", async () => {
    const { shown } = live((venue) => {
      venue.methods = new Set(["watchTrades", "fetchOHLCV"]);
      venue.history = [bar(10, 3)];
      const trade = (id: string, timestamp: number, price: number) => ({ id, timestamp, price, amount: 1 });
      venue.trades = [[trade("a", 10 * minute, 2)], [trade("a", 10 * minute, 2), trade("b", 11 * minute, 5)]];
    });
    expect([await shown(), await shown(), await shown()]).toEqual(["10 2", "10! 3", "11 5"]);
  });

  test("an exchange without streams is asked again and again, until the feed is disconnected", async () => {
    const { venue, clock, shown, closed } = live((fake) => {
      fake.methods = new Set(["fetchOHLCV"]);
      fake.history = [bar(9, 1), bar(10, 2)];
    });
    expect([await shown(), await shown(), await shown()]).toEqual(["9 1", "9! 1", "10 2"]);
    venue.history = [bar(10, 3)];
    const next = shown();
    while (clock.sleeping < 2) await settle();
    clock.advance(3000);
    expect(await next).toBe("10 3");
    const last = shown().catch((error: unknown) => error);
    while (clock.sleeping < 2) await settle();
    closed.abort(new TransientProviderError("disconnected"));
    expect(isRetryableProviderError(await last)).toBe(true);
  });

  test("months are closed by the calendar, although no timer is that long", async () => {
    const { venue, clock, shown, says } = live(() => {}, "1M");
    const month = (close: number): Bar => ({ ...bar(0, close), openTimeMs: 0 });
    await says(month(2));
    venue.history = [month(3)];
    const next = shown();
    for (let turn = 0; turn < 3; turn++) {
      while (clock.sleeping === 0) await settle();
      clock.advanceToNext();
      await settle();
    }
    expect(await next).toBe("0! 3");
    expect(clock.nowMs()).toBe(Date.parse("1970-02-01T00:00:02Z"));
  });
});
