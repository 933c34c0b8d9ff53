/** Every built-in provider keeps the contract. */
import { describe, expect, test } from "bun:test";

import { CcxtConfig } from "../../plugins/ccxt/config.ts";
import { Ccxt } from "../../plugins/ccxt/index.ts";
import { HttpCsvPlugin } from "../../plugins/http-csv/index.ts";
import { PaperPlugin } from "../../plugins/paper/index.ts";
import { ReplayPlugin } from "../../plugins/replay/index.ts";
import { defaultsOf } from "../../src/api/config/fields.ts";
import {
  type ConformanceTarget,
  type InstanceRequest,
  testProvider,
} from "../../src/api/conformance/suite.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { minute, VenueServer } from "../venues/ccxt/server.ts";
import { BarServer, csvOf, RudeServer } from "../plugins/bar-server.ts";
import { columnsOfRows } from "../data/rows.ts";
import { dataFiles, hour, symInfo, TurnsClock, zigzag } from "../plugins/fixtures.ts";

const start = Date.UTC(2024, 0, 1);
const clock = new TurnsClock(start + 10_000 * hour);

/** Runs the suite; what it skipped, by id, after nothing failed. */
async function skipped(target: ConformanceTarget): Promise<string[]> {
  const results = await Array.fromAsync(
    testProvider({ clock, patienceMs: 20_000, promptMs: 10_000, liveMs: 10_000, ...target }),
  );
  expect(results.filter((result) => result.status === "fail")).toEqual([]);
  return results.filter((result) => result.status === "skip").map((result) => result.id);
}

describe("replay", () => {
  const files = dataFiles({
    X: { symInfo: symInfo("60"), timeframe: "60", columns: columnsOfRows(zigzag(300, start, hour)) },
  });
  test("as fast as it is read", async () => {
    const found = await skipped({
      plugin: ReplayPlugin,
      create: (request) =>
        new ReplayPlugin({
          ...request,
          name: "replay",
          config: { ...defaultsOf(ReplayPlugin.Config), speed: "max" } as ReplayPlugin["config"],
          dataFiles: files,
        }),
    });
    expect(found).toEqual(["brokers-listed", "dead-connection"]);
  });
});

test("paper, over a data file, orders included", async () => {
  const files = dataFiles({
    X: { symInfo: symInfo("60"), timeframe: "60", columns: columnsOfRows(zigzag(300, start, hour)) },
  });
  const found = await skipped({
    plugin: PaperPlugin,
    create: (request) =>
      new PaperPlugin({
        ...request,
        name: "paper",
        config: { ...defaultsOf(PaperPlugin.Config), start: "50%" } as PaperPlugin["config"],
        dataFiles: files,
      }),
    sendsOrders: true,
  });
  expect(found).toEqual(["brokers-listed", "dead-connection", "broker-residuals", "broker-ports"]);
});

test("ccxt, with Bybit on loopback", async () => {
  using bybit = new VenueServer("bybit");
  const now = Math.floor(Date.now() / minute) * minute;
  bybit.nowMs = now + 1000;
  bybit.history = [[now - 3000 * minute, now]];
  bybit.streaming = true;
  const at =
    (base_url: string) =>
    (request: InstanceRequest): Ccxt =>
      new Ccxt({
        ...request,
        name: "ccxt",
        config: { ...defaultsOf(CcxtConfig), base_url, rate_limit: 0.01 } as CcxtConfig,
        // The market's time runs ahead of the machine's.
        clock: { nowMs: () => bybit.nowMs, sleep: (ms, signal) => request.clock.sleep(ms, signal) },
      });
  const found = await skipped({
    plugin: Ccxt,
    create: at(bybit.url),
    unreachable: at("http://127.0.0.1:1"),
    symbol: "bybit:BTC/USDT",
    timeframe: "1",
    clock: systemClock,
  });
  expect(found).toEqual([]);
});

describe("http-csv", () => {
  const query = "/bars?symbol={symbol}&tf={timeframe}&from={from}&to={to}&limit={limit}";
  const made =
    (config: Partial<HttpCsvPlugin["config"]>): ConformanceTarget["create"] =>
    (request) =>
      new HttpCsvPlugin({
        ...request,
        name: "http-csv",
        config: { ...defaultsOf(HttpCsvPlugin.Config), ...config } as HttpCsvPlugin["config"],
      });

  test("against a server of hourly bars; a dead one is worth a retry", async () => {
    using server = new BarServer((url) =>
      url.pathname === "/symbols" ? Response.json(["X", "Y"]) : new Response(csvOf(url, start, hour, 9990)),
    );
    await using dead = await RudeServer.saying(null);
    const found = await skipped({
      plugin: HttpCsvPlugin,
      create: made({ url: server.origin + query, symbols_url: `${server.origin}/symbols`, page_size: 200 }),
      unreachable: made({ url: dead.origin + query }),
      timeframe: "60",
      // Real requests take real time; only the present is made up.
      clock: { nowMs: () => clock.nowMs(), sleep: (ms, signal) => systemClock.sleep(ms, signal) },
    });
    expect(found).toEqual(["brokers-listed"]);
    expect(server.requests.length).toBeLessThan(50);
  });
});
