/**
 * Requests of a live run. Whatever came between two closes, a closed bar gives what a backtest over the same data
 * gives; before it is closed nothing is seen that has not arrived.
 */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { ScriptModule } from "../../src/api/script/declaration.ts";
import { parseBars } from "../../src/data/import/bars.ts";
import { readSymbolFile } from "../../src/data/syminfo-toml.ts";
import { loadPine } from "../../src/host/pine-script.ts";
import { linearCongruential } from "../../src/kernel/random.ts";
import { canonicalTimeframe } from "../../src/kernel/timeframe.ts";
import { type RunResult, runScript } from "../../src/runtime/run.ts";
import { BarLog } from "../../src/runtime/security/bar-log.ts";
import type { Feed, FeedRequest, Feeds } from "../../src/runtime/security/feeds.ts";
import { truth } from "../golden/case.ts";
import { readDefinition } from "../golden/run-case.ts";
import { symbol } from "../runtime/fixtures.ts";
import { randomScript, world } from "../runtime/security/random-scripts.ts";
import { compiled, counted, feed, feedsOf, folder, packed } from "../runtime/security/setting.ts";
import { liveThrough, waysOf } from "./market.ts";

/** Families that know of time, sessions and other feeds. */
const families = /^(security|ltf|session|tf|time)-/;
/** Bars of a case up to which it is run three times. */
const fewBars = 1000;

const seen = (result: RunResult): unknown => ({
  bars: result.bars,
  plots: result.plots.map(({ title, values }) => [title, [...values]]),
  plotted: [...result.plotted],
});

describe("a closed bar is that of the backtest", () => {
  const cases = readdirSync(truth)
    .filter((name) => families.test(name))
    // What asks for the last bar of all knows another one while bars are still to come.
    .filter((name) => !/last_bar_/.test(readFileSync(join(truth, name, "script.pine"), "utf8")))
    .toSorted();

  test.each(cases)("%s", async (name) => {
    const at = join(truth, name);
    const bars = (file: string, zone: string): Feed["columns"] =>
      parseBars(readFileSync(join(at, file), "utf8"), "csv", zone).columns;
    const { symInfo } = readSymbolFile(join(at, "syminfo.toml"));
    const columns = bars("data.csv", symInfo.timezone);
    const chart: Feed = { columns, symInfo, timeframe: symInfo.period };
    const offered = readDefinition(at).security ?? [];
    const others = offered.map(({ data, syminfo }): Feed => {
      const info = readSymbolFile(join(at, syminfo)).symInfo;
      return { columns: bars(data, info.timezone), symInfo: info, timeframe: info.period };
    });
    const keyOf = (symbol: string, timeframe: string): string =>
      `${symbol}|${canonicalTimeframe(timeframe)}`.toUpperCase();
    const feeds = (those: readonly Feed[]): Feeds => {
      const known = new Map(
        those.map((feed, at) => [keyOf(offered[at]!.symbol, offered[at]!.timeframe), feed]),
      );
      return {
        named: ({ symbol, timeframe }: FeedRequest) => known.get(keyOf(symbol, timeframe)),
        find: ({ symbol }) => ({ missing: `there are no bars of ${symbol}`, hint: undefined }),
        rate: () => undefined,
      };
    };
    const { module } = await loadPine(join(at, "script.pine"), () => undefined, folder, `live-${name}`);
    const { symInfo: info, timeframe } = chart;
    const batch = await runScript(module, { columns, symInfo: info, timeframe, feeds: feeds(others) });
    const property = fc.asyncProperty(
      fc.nat(100_000),
      fc.integer({ min: 1, max: columns.length - 1 }),
      fc.boolean(),
      async (seed, history, streams) => {
        const random = linearCongruential(seed);
        const result = await liveThrough(module, {
          chart,
          streams: streams ? others : [],
          feeds: (live) => feeds(streams ? live : others),
          history,
          ticks: (bar) => waysOf(bar, 1 + Math.floor(random() * 5), random),
          random,
        });
        expect(seen(result)).toEqual(seen(batch));
      },
    );
    await fc.assert(property, { numRuns: columns.length <= fewBars ? 3 : 1, endOnFailure: true });
  });
});

describe("random scripts", () => {
  const { columns, symInfo, feeds: others } = world;
  const chart: Feed = { columns, symInfo, timeframe: symInfo.period };
  const tolerant = (feeds: readonly Feed[]): Feeds => ({ ...feedsOf(feeds), toleratesMissing: true });
  const over = (module: ScriptModule): Promise<RunResult | undefined> =>
    runScript(module, { columns, symInfo, timeframe: chart.timeframe, feeds: tolerant(others) }).catch(
      (error: unknown) => {
        if (String(error).includes("other contexts")) return undefined;
        throw error;
      },
    );

  test("a closed bar is that of the backtest, whatever streams and whatever is a file", async () => {
    const property = fc.asyncProperty(
      randomScript,
      fc.nat(100_000),
      // Of a feed without a single bar nobody knows yet that it has one open.
      fc.integer({ min: 8, max: 298 }),
      fc.array(fc.boolean(), { minLength: others.length, maxLength: others.length }),
      async (text, seed, history, streaming) => {
        const module = await compiled(text);
        const batch = await over(module);
        // Requests in loops that are made of each other can be more than a run may have.
        fc.pre(batch !== undefined);
        const random = linearCongruential(seed);
        const files = others.filter((_, at) => !streaming[at]);
        const result = await liveThrough(module, {
          chart,
          streams: others.filter((_, at) => streaming[at]),
          feeds: (live) => tolerant([...files, ...live]),
          history,
          ticks: (bar) => waysOf(bar, 1 + Math.floor(random() * 5), random),
          random,
        });
        expect(seen(result)).toEqual(seen(batch!));
      },
    );
    await fc.assert(property, { numRuns: 25, endOnFailure: true });
  }, 60_000);
});

/** Bars of five minutes; each has one update, which is 0.3 above what the bar will close with. */
describe("while a bar forms", () => {
  const start = Date.UTC(2024, 0, 1);
  const chart: Feed = { columns: counted(9, 5), symInfo: symbol(), timeframe: "5" };
  const other = (timeframe: string, minutes: number, length: number, from = start): Feed =>
    feed("EX:OTHER", timeframe, counted(length, minutes, from));

  /** What a plot shows on the update of each live bar, and what at its close; three bars are history. */
  async function shown(
    text: string,
    {
      streams = [],
      files = [],
    }: { readonly streams?: readonly Feed[]; readonly files?: readonly Feed[] } = {},
  ): Promise<{ readonly update: string; readonly close: string }> {
    const updates: number[] = [];
    const result = await liveThrough(await compiled(text), {
      chart,
      streams,
      feeds: (live) => feedsOf([...live, ...files]),
      history: 3,
      ticks: (bar) => [{ ...bar, close: bar.close + 0.3 }],
      random: () => 0.5,
      onTick: ({ runner }, index) => updates.push(runner.plots.columns[0]!.values[index]!),
    });
    return { update: packed(updates), close: packed([...result.plots[0]!.values.subarray(3)]) };
  }

  const own = (expression: string, options = ""): string =>
    `plot(request.security(syminfo.tickerid, "15", ${expression}${options}))`;
  const on = ", lookahead = barmerge.lookahead_on";
  test.each([
    [
      "a longer bar shows what it would be if it ended now",
      own("close"),
      "2 x2, 5.3, 5 x2, 8.3",
      "2 x2, 5 x3, 8",
    ],
    [
      "or waits until it is over",
      own("close", ', lookahead = "lookahead_last_closed"'),
      "2 x3, 5 x3",
      "2 x2, 5 x3, 8",
    ],
    [
      "as it forms it goes with the chart",
      own("close", on),
      "3.3, 4.3, 5.3, 6.3, 7.3, 8.3",
      "3, 4, 5, 6, 7, 8",
    ],
    ["the one before it is what it was", own("close[1]", on), "2 x3, 5 x3", "2 x3, 5 x3"],
    ["state counts its bars, not its updates", own("ta.cum(1)", on), "2 x3, 3 x3", "2 x3, 3 x3"],
    ["with gaps", own("close", ", gaps = barmerge.gaps_on"), "- x2, 5.3, - x2, 8.3", "- x2, 5, - x2, 8"],
    ["it is not confirmed", own("barstate.isconfirmed ? 1 : 0"), "1 x2, 0, 1 x2, 0", "1 x6"],
    [
      "what is computed of it is taken back",
      own("ta.sma(close, 2)"),
      "- x2, 3.65, 3.5 x2, 6.65",
      "- x2, 3.5 x3, 6.5",
    ],
    [
      "a request within a request",
      own('nz(request.security(syminfo.tickerid, "15", close)) + bar_index', on),
      "4.3, 5.3, 6.3, 8.3, 9.3, 10.3",
      "4, 5, 6, 8, 9, 10",
    ],
    [
      "the chart's own bars",
      'plot(request.security(syminfo.tickerid, "5", ta.cum(close)))',
      "6.3, 10.3, 15.3, 21.3, 28.3, 36.3",
      "6, 10, 15, 21, 28, 36",
    ],
    [
      "Heikin Ashi of them",
      'plot(request.security(ticker.heikinashi(syminfo.tickerid), "5", close) - close * 0.75 - open * 0.25)',
      "-0.15 x6",
      "0 x6",
    ],
  ])("%s", async (_what, text, update, close) => {
    expect(await shown(text)).toEqual({ update, close });
  });

  test.each([
    [
      "another symbol in the chart's timeframe",
      'plot(request.security("EX:OTHER", "5", open))',
      [other("5", 5, 9)],
      "2.5, 3.5, 4.5, 5.5, 6.5, 7.5",
    ],
    [
      "its longer bar only when it ends with the chart's",
      'plot(request.security("EX:OTHER", "15", open))',
      [other("15", 15, 3)],
      "-0.5 x2, 0.5 x3, 1.5",
    ],
    [
      "its shorter bars as they come, the last one forming",
      'plot(request.security_lower_tf("EX:OTHER", "1", close).size())',
      [other("1", 1, 45)],
      "3 x6",
    ],
    [
      "shorter bars merged to the chart's",
      'plot(request.security("EX:OTHER", "5", open))',
      [feed("EX:OTHER", "5", counted(9, 5))],
      "2.5, 3.5, 4.5, 5.5, 6.5, 7.5",
    ],
  ])("of a stream %s", async (_what, text, streams, update) => {
    expect((await shown(text, { streams })).update).toBe(update);
  });

  test("of a file nothing is seen that ends after the bar began", async () => {
    const text = 'plot(request.security("EX:OTHER", "5", close))';
    expect(await shown(text, { files: [other("5", 5, 9)] })).toEqual({
      update: "2, 3, 4, 5, 6, 7",
      close: "3, 4, 5, 6, 7, 8",
    });
    const lower = 'plot(request.security_lower_tf("EX:OTHER", "1", close).size())';
    expect(await shown(lower, { files: [other("1", 1, 45)] })).toEqual({ update: "0 x6", close: "5 x6" });
  });

  test("a file that ends stays as it is, a stream that begins late begins then", async () => {
    const text = 'plot(request.security("EX:OTHER", "5", close))';
    expect((await shown(text, { files: [other("5", 5, 5)] })).close).toBe("3, 4 x5");
    expect((await shown(text, { streams: [other("5", 5, 9, start + 1_500_000)] })).close).toBe(
      "- x2, 0, 1, 2, 3",
    );
  });

  test("a rate is that of the last day that is over", async () => {
    const pair = feed("FX:EURUSD", "5", counted(9, 5), { basecurrency: "EUR", currency: "USD" });
    const day = feed("FX:EURUSD", "1D", counted(3, 1440, start - 2 * 86_400_000), {
      basecurrency: "EUR",
      currency: "USD",
    });
    const text = 'plot(request.currency_rate("EUR", "USD"))';
    expect(await shown(text, { files: [day] })).toEqual({ update: "1 x6", close: "1 x6" });
    // Days that the run itself has not seen the end of are no rates.
    expect(await shown(text, { streams: [pair] })).toEqual({ update: "- x6", close: "- x6" });
  });

  test("what a script asks for when it is live begins with all of its history", async () => {
    const text = `x = 0.0
if barstate.isrealtime
    x := request.security(syminfo.tickerid, "15", ta.cum(close))
plot(x)`;
    expect(await shown(text)).toEqual({ update: "2 x2, 7.3, 7 x2, 15.3", close: "2 x2, 7 x3, 15" });
  });

  test("what is logged on other bars is heard of bars that are over", async () => {
    const said: string[] = [];
    const text = `f() =>
    log.info("{0} {1}", bar_index, close)
    close
plot(request.security(syminfo.tickerid, "15", f(), lookahead = "lookahead_last_closed"))
plot(request.security(syminfo.tickerid, "15", f() + 1))`;
    await liveThrough(await compiled(text), {
      chart,
      streams: [],
      feeds: () => feedsOf([]),
      history: 3,
      ticks: (bar) => [bar, bar],
      random: () => 0.5,
      options: { contextMessages: () => ({ log: (_level, line) => void said.push(line), alert() {} }) },
    });
    expect(said).toEqual(["0 2", "0 2", "1 5", "1 5", "2 8", "2 8"]);
  });
});

test("values of shorter bars are kept for the chart's bar, and not for ever", () => {
  const log = new BarLog(7);
  let most = 0;
  for (let index = 7; index < 10_000; index++) {
    log.put(index, index);
    const from = Math.max(7, index - 3);
    expect(log.take(from, index + 1)).toEqual(
      Array.from({ length: index + 1 - from }, (_, step) => from + step),
    );
    most = Math.max(most, log.length);
  }
  expect(most).toBeLessThan(2000);
  // A bar that forms has a value of its own each time.
  log.put(10_000, "a");
  log.put(10_000, "b");
  expect(log.take(9999, 10_001)).toEqual([9999, "b"]);
});
