/**
 * Nothing that a script sees depends on what comes after the bar it is on. When the chart ends after a bar, and of
 * every other feed nothing is left but what had opened by then, with the prices of what was not over yet spoilt, all
 * values up to that bar are what they were.
 */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parseBars } from "../../../src/data/import/bars.ts";
import { readSymbolFile } from "../../../src/data/syminfo-toml.ts";
import { loadPine } from "../../../src/host/pine-script.ts";
import type { ScriptModule } from "../../../src/api/script/declaration.ts";
import type { BarColumns } from "../../../src/kernel/bar.ts";
import { tradingCalendar } from "../../../src/kernel/calendar/calendar.ts";
import type { SymInfo } from "../../../src/kernel/syminfo.ts";
import { parseTimeframe } from "../../../src/kernel/timeframe.ts";
import { runScript } from "../../../src/runtime/run.ts";
import type { Feed } from "../../../src/runtime/security/feeds.ts";
import { truth } from "../../golden/case.ts";
import { readDefinition } from "../../golden/run-case.ts";
import { randomScript, type World, world } from "./random-scripts.ts";
import { compiled, feedsOf, folder } from "./setting.ts";

/** The world as it is known when a bar of the chart is over. */
function upTo({ columns, symInfo, feeds }: World, bar: number): World {
  const endOf = (info: SymInfo, openMs: number): number =>
    tradingCalendar(info).periodEndMs(openMs, parseTimeframe(info.period));
  const now = endOf(symInfo, columns.openTimeMs[bar]!);
  const cut = (one: Feed): Feed => {
    // A feed without any bars is a mistake; one that has not begun is none.
    let length = 1;
    while (length < one.columns.length && one.columns.openTimeMs[length]! < now) length++;
    const known = firstBars(one.columns, length);
    for (let index = 0; index < length; index++) {
      if (endOf(one.symInfo, known.openTimeMs[index]!) <= now) continue;
      for (const column of [known.open, known.high, known.low, known.close, known.volume])
        column[index]! *= 7;
    }
    return { ...one, columns: known };
  };
  return { columns: firstBars(columns, bar + 1), symInfo, feeds: feeds.map(cut) };
}

function firstBars(columns: BarColumns, length: number): BarColumns {
  const cut = (column: Float64Array): Float64Array => column.slice(0, length);
  return {
    length,
    openTimeMs: cut(columns.openTimeMs),
    open: cut(columns.open),
    high: cut(columns.high),
    low: cut(columns.low),
    close: cut(columns.close),
    volume: cut(columns.volume),
    extra: new Map(),
  };
}

async function values(module: ScriptModule, { columns, symInfo, feeds }: World): Promise<number[][]> {
  const { plots } = await runScript(module, {
    columns,
    symInfo,
    timeframe: symInfo.period,
    // Requests within requests may ask for what this world does not have.
    feeds: { ...feedsOf(feeds), toleratesMissing: true },
  });
  return plots.map((plot) => [...plot.values]);
}

async function expectNoLookahead(module: ScriptModule, world: World, bars: readonly number[]): Promise<void> {
  const whole = await values(module, world);
  for (const bar of bars) {
    const known = await values(module, upTo(world, bar));
    expect({ bar, values: known }).toEqual({ bar, values: whole.map((plot) => plot.slice(0, bar + 1)) });
  }
}

const cases = readdirSync(truth)
  .filter((name) => /^(security|ltf)-/.test(name))
  .toSorted();

test.each(cases)("%s", async (name) => {
  const at = join(truth, name);
  const barsOf = (file: string, zone: string): BarColumns =>
    parseBars(readFileSync(join(at, file), "utf8"), "csv", zone).columns;
  const { symInfo } = readSymbolFile(join(at, "syminfo.toml"));
  const all = barsOf("data.csv", symInfo.timezone);
  const feeds = (readDefinition(at).security ?? []).map(({ symbol: id, data, syminfo }): Feed => {
    const info = readSymbolFile(join(at, syminfo)).symInfo;
    const [prefix = "", ticker = ""] = id.split(":");
    return {
      columns: barsOf(data, info.timezone),
      symInfo: { ...info, prefix, ticker },
      timeframe: info.period,
    };
  });
  const { module } = await loadPine(join(at, "script.pine"), () => undefined, folder, name);
  const columns = firstBars(all, Math.min(all.length, 220));
  const last = columns.length - 1;
  const bars = [...new Set([0, 1, Math.floor(last / 3), Math.floor(last / 2), last - 1])];
  await expectNoLookahead(
    module,
    { columns, symInfo, feeds },
    bars.filter((bar) => bar >= 0 && bar < last),
  );
});

test("random scripts", async () => {
  const property = fc.asyncProperty(randomScript, fc.nat(298), fc.nat(298), async (text, first, second) => {
    const module = await compiled(text);
    // Requests in loops that are made of each other can be more than a run may have.
    const asksTooMuch = await values(module, world).then(
      () => false,
      (error: unknown) => (error as Error).message.includes("other contexts"),
    );
    fc.pre(!asksTooMuch);
    await expectNoLookahead(module, world, [first, second]);
  });
  await fc.assert(property, { numRuns: 25, endOnFailure: true });
}, 60_000);
