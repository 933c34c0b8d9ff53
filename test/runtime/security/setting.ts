/** Runs Pine texts with requests over made-up bars, for tests. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

import type { ScriptModule } from "../../../src/api/script/declaration.ts";
import { loadPine } from "../../../src/host/pine-script.ts";
import { type BarColumns, columnsOf } from "../../../src/kernel/bar.ts";
import { linearCongruential } from "../../../src/kernel/random.ts";
import type { SymInfo } from "../../../src/kernel/syminfo.ts";
import { canonicalTimeframe } from "../../../src/kernel/timeframe.ts";
import { type RunOptions, type RunResult, runScript } from "../../../src/runtime/run.ts";
import type { Feed, FeedRequest, Feeds } from "../../../src/runtime/security/feeds.ts";
import { symbol } from "../fixtures.ts";

/** Compiled scripts; several test files of one process share them. */
export const folder = mkdtempSync(join(tmpdir(), "pyne-requests-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** A feed of a symbol `PREFIX:TICKER`. */
export function feed(
  id: string,
  timeframe: string,
  columns: BarColumns,
  changes: Partial<SymInfo> = {},
): Feed {
  const [prefix = "", ticker = ""] = id.split(":");
  return { columns, timeframe, symInfo: symbol({ prefix, ticker, period: timeframe, ...changes }) };
}

/** Bars whose close is their number, `minutes` apart from 2024 on; open is half below, high and low one around. */
export function counted(length: number, minutes: number, from = Date.UTC(2024, 0, 1)): BarColumns {
  return columnsOf(
    Array.from({ length }, (_, index) => ({
      openTimeMs: from + index * minutes * 60_000,
      open: index - 0.5,
      high: index + 1,
      low: index - 1,
      close: index,
      volume: 1,
    })),
  );
}

/** A random walk. */
export function walk(length: number, minutes: number, seed: number, from = Date.UTC(2024, 0, 1)): BarColumns {
  const random = linearCongruential(seed);
  let price = 100;
  return columnsOf(
    Array.from({ length }, (_, index) => {
      const open = price;
      price = Math.max(1, open + random() - 0.5);
      return {
        openTimeMs: from + index * minutes * 60_000,
        open,
        high: Math.max(open, price) + random(),
        low: Math.min(open, price) - random(),
        close: price,
        volume: Math.floor(random() * 100),
      };
    }),
  );
}

export function feedsOf(all: readonly Feed[]): Feeds {
  const keyOf = (id: string, timeframe: string): string => `${id}|${canonicalTimeframe(timeframe)}`;
  const known = new Map(
    all.map((one) => [keyOf(`${one.symInfo.prefix}:${one.symInfo.ticker}`, one.timeframe), one]),
  );
  return {
    named: ({ symbol: id, timeframe }: FeedRequest) => known.get(keyOf(id, timeframe)),
    find: ({ symbol: id, timeframe }) => ({
      missing: `there are no bars of ${id} in ${timeframe}`,
      hint: undefined,
    }),
    rate: (from, to) => all.find(({ symInfo }) => symInfo.basecurrency === from && symInfo.currency === to),
  };
}

const modules = new Map<string, Promise<ScriptModule>>();

export async function compiled(text: string): Promise<ScriptModule> {
  let module = modules.get(text);
  if (module === undefined) {
    const declaration = /^(indicator|strategy)\(/m.test(text) ? "" : 'indicator("Requests")\n';
    const path = join(folder, `script-${modules.size}.pine`);
    writeFileSync(path, `//@version=6\n${declaration}${text}\n`);
    module = loadPine(path, () => undefined, folder, "requests").then((loaded) => loaded.module);
    modules.set(text, module);
  }
  return module;
}

/** What a run over a chart is given; default: sixty bars of five minutes. */
export type Setting = Partial<RunOptions> & { readonly extra?: readonly Feed[] };

export async function run(text: string, { extra = [], ...options }: Setting = {}): Promise<RunResult> {
  return runScript(await compiled(text), {
    columns: counted(60, 5),
    symInfo: symbol(),
    timeframe: "5",
    feeds: feedsOf(extra),
    ...options,
  });
}

/** The values of the first plot, na as `-`, numbers that repeat once with their count: `- x3, 2, 5 x4`. */
export async function plotted(text: string, setting: Setting = {}): Promise<string> {
  const { plots } = await run(text, setting);
  return packed([...plots[0]!.values]);
}

export function packed(values: readonly number[]): string {
  const parts: { text: string; count: number }[] = [];
  for (const value of values) {
    const text = Number.isNaN(value) ? "-" : String(Math.round(value * 1e6) / 1e6);
    const last = parts.at(-1);
    if (last?.text === text) last.count++;
    else parts.push({ text, count: 1 });
  }
  return parts.map(({ text, count }) => (count === 1 ? text : `${text} x${count}`)).join(", ");
}
