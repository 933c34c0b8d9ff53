/** Streams beside a chart: what the script has seen at the end is what the venue says, whatever came in which order. */
import { expect, test } from "bun:test";
import fc from "fast-check";

import { ReplayPlugin } from "../../plugins/replay/index.ts";
import { defaultsOf } from "../../src/api/config/fields.ts";
import type { LiveProviderPlugin } from "../../src/api/plugins/live.ts";
import type { ProviderPlugin } from "../../src/api/plugins/provider.ts";
import { type BarColumns, columnsOf } from "../../src/kernel/bar.ts";
import type { SymInfo } from "../../src/kernel/syminfo.ts";
import { Connection } from "../../src/live/connection.ts";
import { type LiveEnd, runLive } from "../../src/live/runner.ts";
import type { FeedOpener } from "../../src/live/side-feeds.ts";
import type { RunResult } from "../../src/runtime/run.ts";
import { runScript } from "../../src/runtime/run.ts";
import type { Feed } from "../../src/runtime/security/feeds.ts";
import { compiled, feedsOf, walk } from "../runtime/security/setting.ts";
import { dataFiles, symInfo, TurnsClock } from "../plugins/fixtures.ts";
import { barsOf } from "./market.ts";

const start = Date.UTC(2024, 0, 1);
const { signal: never } = new AbortController();

const infoOf = (ticker: string, period: string): SymInfo => ({ ...symInfo(period), prefix: "EX", ticker });
/** Three days of a chart and of what is asked for beside it, by the names of their files. */
const files: Readonly<Record<string, Feed>> = {
  CHART_60: { columns: walk(72, 60, 1, start), symInfo: infoOf("CHART", "60"), timeframe: "60" },
  CHART_15: { columns: walk(288, 15, 2, start), symInfo: infoOf("CHART", "15"), timeframe: "15" },
  OTHER_60: { columns: walk(72, 60, 3, start), symInfo: infoOf("OTHER", "60"), timeframe: "60" },
  OTHER_240: { columns: walk(18, 240, 4, start), symInfo: infoOf("OTHER", "240"), timeframe: "240" },
  LATE_60: {
    columns: walk(20, 60, 5, start + 40 * 3_600_000),
    symInfo: infoOf("LATE", "60"),
    timeframe: "60",
  },
};
const chart = files["CHART_60"]!;

function replay(config: Readonly<Record<string, unknown>>, name: string): ReplayPlugin {
  const [symbol, timeframe = ""] = name.split("_");
  return new ReplayPlugin({
    name: "replay",
    config: { ...defaultsOf(ReplayPlugin.Config), speed: "max", ...config } as ReplayPlugin["config"],
    symbol: symbol!,
    timeframe,
    clock: new TurnsClock(Date.UTC(2026, 0, 1)),
    dataFiles: dataFiles(files),
  });
}

/** Everything through the chart's own replay. */
async function run(
  text: string,
  config: Readonly<Record<string, unknown>>,
  told: string[] = [],
  opened: string[] = [],
): Promise<LiveEnd> {
  const clock = new TurnsClock(Date.UTC(2026, 0, 1));
  const say = (line: string): void => void told.push(line);
  const log = { debug() {}, info: say, warn: say, error: say };
  const provider = replay(config, "CHART_60");
  const connection = new Connection({ provider, clock, log });
  await connection.first(never);
  const opener: FeedOpener = {
    files: { named: () => undefined, rate: () => undefined },
    names: () => false,
    pair: () => undefined,
    open({ symbol, timeframe, isChart }) {
      const ticker = isChart ? "CHART" : symbol.replace(/^EX:/, "");
      const name = `${ticker}_${timeframe}`;
      const file = files[name];
      opened.push(name);
      if (file === undefined) return Promise.resolve({ missing: `there is no ${name}`, hint: undefined });
      return Promise.resolve({
        ...{ key: name, name, provider, connection, timeframe, symbol: ticker },
        ...{ symInfo: file.symInfo, source: replay(config, name) as unknown as ProviderPlugin<object> },
        ownsConnection: false,
      });
    },
  };
  return runLive({
    ...{ provider, connection, clock, log, opener },
    script: await compiled(text),
    bars: {
      ...{ columns: await downloaded(provider), symInfo: chart.symInfo, timeframe: "60" },
      ...{ grid: { minmove: 1, pricescale: 100 }, path: "" },
    },
    run: {},
    random: () => 0,
    shutdownMs: 1000,
    events: { onStart() {}, onLive() {}, onTick() {}, onClose() {} },
    signal: never,
  });
}

async function downloaded(provider: LiveProviderPlugin): Promise<BarColumns> {
  const bars = [];
  for await (const page of provider.download({ from: 0, to: 8e15, signal: never })) bars.push(...page);
  return columnsOf(bars);
}

async function batch(text: string): Promise<RunResult> {
  const { columns, symInfo: info } = chart;
  return runScript(await compiled(text), {
    ...{ columns, symInfo: info, timeframe: "60" },
    feeds: feedsOf(Object.values(files).filter((file) => file !== chart)),
  });
}

const values = ({ plots }: RunResult, bars: number): unknown =>
  plots.map(({ title, values: all }) => [title, [...all.subarray(0, bars)]]);

const everything = `
plot(request.security("EX:OTHER", "60", ta.ema(close, 5)), "other")
plot(request.security("EX:OTHER", "240", high + low), "other 240")
plot(request.security(syminfo.tickerid, "240", ta.sma(close, 3)), "longer")
plot(request.security(syminfo.tickerid, "D", close[1], lookahead = barmerge.lookahead_on), "yesterday")
a = request.security_lower_tf(syminfo.tickerid, "15", close)
plot(a.size(), "shorter")
plot(array.sum(a), "their sum")
plot(request.security("EX:LATE", "60", ta.cum(close)), "late")
plot(request.security("EX:OTHER", "60", nz(request.security(syminfo.tickerid, "240", close)) + close), "nested")
plot(ta.ema(close, 5), "chart")`;

test("replays with gaps, late closes and lost connections leave behind what a backtest does", async () => {
  const plain = await batch(everything);
  const faults = fc.record({
    seed: fc.nat(100_000),
    updates_per_bar: fc.integer({ min: 0, max: 5 }),
    gap_chance: fc.constantFrom(0, 0.1, 0.4),
    late_chance: fc.constantFrom(0, 0.2),
    disconnect_chance: fc.constantFrom(0, 0.1),
    outage_bars: fc.integer({ min: 1, max: 5 }),
    start: fc.constantFrom("-60", "-3", "50%"),
  });
  await fc.assert(
    fc.asyncProperty(faults, async (config) => {
      const opened: string[] = [];
      const { result, feedEnd } = await run(everything, config, [], opened);
      expect(feedEnd).toContain("nothing left to replay");
      expect(opened.toSorted()).toEqual(["CHART_15", "LATE_60", "OTHER_240", "OTHER_60"]);
      const { bars } = result;
      // A gap at the very end of the file shows itself to nobody.
      expect(bars).toBeGreaterThan(60);
      expect([...result.columns.openTimeMs]).toEqual(
        barsOf(chart.columns)
          .slice(0, bars)
          .map((bar) => bar.openTimeMs),
      );
      expect(values(result, bars)).toEqual(values(plain, bars));
    }),
    { numRuns: 15 },
  );
}, 60_000);
