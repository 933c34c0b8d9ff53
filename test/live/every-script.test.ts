/**
 * Every script of the corpus and every truth case, live over bars that come about update by update: what a script
 * leaves behind is what the backtest over the same bars leaves behind, but for the rules of docs/live.md.
 */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { ScriptModule } from "../../src/api/script/declaration.ts";
import { parseBars } from "../../src/data/import/bars.ts";
import { readSymbolFile } from "../../src/data/syminfo-toml.ts";
import { loadPine } from "../../src/host/pine-script.ts";
import { type Bar, barAt, type BarColumns, columnsOf } from "../../src/kernel/bar.ts";
import { linearCongruential } from "../../src/kernel/random.ts";
import { MovingBar } from "../../src/runtime/moving-bar.ts";
import { truth } from "../golden/case.ts";
import { feedsOf } from "../golden/feeds.ts";
import { pending } from "../golden/pending.ts";
import { readDefinition } from "../golden/run-case.ts";
import { type Chart, charts, compileText, names, textOf } from "../pine/corpus.ts";
import { generatedStrategy } from "../pine/generated.ts";
import { asBacktest, asLive, differences, type Updates } from "./both-ways.ts";
import { waysOf } from "./market.ts";

const cache = mkdtempSync(join(tmpdir(), "pyne-both-ways-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

/** Bars of a run, and how many of them are live; a strategy needs some to trade. */
const indicatorBars = { all: 120, live: 16 };
const strategyBars = { all: 400, live: 180 };

/** Bars that know that they are the last ones, or live: the backtest knows of others. */
const asksWhere =
  /barstate\.(islast|isrealtime|ishistory|islastconfirmedhistory)\b|last_bar_(index|time)|timenow/;
/** The same when only the very last bar is live. */
const asksWhetherLive =
  /barstate\.(isrealtime|ishistory|islastconfirmedhistory)\b|last_bar_(index|time)|timenow/;

/** What is not the same, by script and the kind of thing, and the rule of docs/live.md that explains it. */
const onUpdates = "an alert is raised when its condition is first true, which may be on an update";
const ofOrders = "orders that fill raise alerts when they are live";
const kept = "varip counts updates";
const margin = "a margin call comes with the update at which the position cannot be carried any more";
const inside = "a script that runs inside bars places orders there; history has no inside";
const explained: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "alerts-texts": { alerts: onUpdates },
  "bollinger-squeeze-alerts": { alerts: onUpdates },
  "macd-rsi-confluence": { alerts: ofOrders },
  "named-arguments-v5": { alerts: onUpdates },
  "named-strategy-v5": { alerts: ofOrders },
  "screener-loop": { alerts: onUpdates },
  "strategy-every-value": { "plots Max drawdown": "the excursion of a closed trade ends with the trade" },
  "strategy-json-webhooks": { alerts: ofOrders },
  "strategy-scalper-every-tick": { plots: inside, trades: inside, equity: inside },
  "strategy-turtle-pyramid": { plots: margin, trades: margin, equity: margin },
  "strategy-full-v5": { plots: inside, trades: inside, equity: inside, alerts: inside },
  "varip-fields": { plots: kept },
  "varip-ticks": { plots: kept },
  "wrapped-strategy-config": { alerts: ofOrders },
};

/** Explanations that were needed, as `script kind`. */
const needed = new Set<string>();

/** What differs and is not explained. */
function unexplained(name: string, lines: readonly string[]): string[] {
  const known = Object.keys(explained[name] ?? {});
  return lines.filter((line) => {
    const what = known.find((prefix) => line.startsWith(prefix));
    if (what !== undefined) needed.add(`${name} ${what}`);
    return what === undefined;
  });
}

const path = new MovingBar();

/** How bars come about for a script: an indicator sees whatever happens, orders fill on the assumed path. */
function updatesFor(module: ScriptModule): Updates {
  const { kind, settings } = module.declaration;
  const runsInside = settings["calcOnEveryTick"] === true || settings["calcOnOrderFills"] === true;
  if (kind === "strategy" && runsInside) return (bar) => path.assumed(bar).slice(0, 3);
  if (kind === "strategy") return (bar) => path.assumed(bar).flatMap((update) => [update, update]);
  const random = linearCongruential(5);
  return (bar: Bar) =>
    waysOf(bar, 1 + Math.floor(random() * 3), random).flatMap((way) => (random() < 0.3 ? [way, way] : [way]));
}

async function expectTheSame(
  name: string,
  text: string,
  module: ScriptModule,
  whole: Chart,
  bars = module.declaration.kind === "strategy" ? strategyBars : indicatorBars,
): Promise<void> {
  const chart = newest(whole, bars.all);
  const { length } = chart.columns;
  const updates = updatesFor(module);
  const history = Math.max(1, length - bars.live);
  const closes = await asLive(module, chart, history, () => []);
  const told: Record<string, string[]> = {};
  if (!asksWhere.test(text))
    told["backtest, closes"] = differences(await asBacktest(module, chart, history), closes);
  told["closes, updates"] = differences(closes, await asLive(module, chart, history, updates));
  if (!asksWhetherLive.test(text)) {
    const last = await asLive(module, chart, length - 1, updates);
    told["backtest, last bar"] = differences(await asBacktest(module, chart, length - 1), last);
  }
  for (const [how, lines] of Object.entries(told)) told[how] = unexplained(name, lines);
  expect(told).toEqual(Object.fromEntries(Object.keys(told).map((how) => [how, []])));
}

/** The newest bars of a chart. */
function newest({ columns, ...chart }: Chart, count: number): Chart {
  const from = Math.max(0, columns.length - count);
  const bars = Array.from({ length: columns.length - from }, (_, index) => barAt(columns, from + index));
  return { ...chart, columns: columnsOf(bars) };
}

describe("the corpus", () => {
  const [hours, days] = charts();

  test.each([...names])("%s", async (name) => {
    const text = textOf(name);
    const { module } = await compileText(name, text, cache);
    await expectTheSame(name, text, module!, hours!);
    // There the requests of hours are answered from another feed.
    if (/request\./.test(text)) await expectTheSame(name, text, module!, days!);
  });
});

test.each([
  [1, 110],
  [2, 90],
])(
  "thousands of lines: strategy %i of %i systems",
  async (seed, systems) => {
    const text = generatedStrategy(seed, systems);
    expect(text.split("\n").length).toBeGreaterThan(2000);
    const { module, errors } = await compileText(`generated-${seed}`, text, cache);
    expect(errors).toEqual([]);
    await expectTheSame(`generated-${seed}`, text, module!, charts()[0]!, { all: 120, live: 60 });
  },
  30_000,
);

test("nothing is explained that is the same", () => {
  const all = Object.entries(explained).flatMap(([name, kinds]) =>
    Object.keys(kinds).map((what) => `${name} ${what}`),
  );
  expect([...needed].toSorted()).toEqual(all.toSorted());
});

describe("truth cases", () => {
  const cases = readdirSync(truth, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !pending.has(entry.name))
    .map((entry) => entry.name)
    .toSorted();

  test.each(cases)("%s", async (name) => {
    const at = join(truth, name);
    const { symInfo } = readSymbolFile(join(at, "syminfo.toml"));
    const bars = (file: string): BarColumns =>
      parseBars(readFileSync(join(at, file), "utf8"), "csv", symInfo.timezone).columns;
    const columns = bars("data.csv");
    const feeds = feedsOf(at, readDefinition(at).security ?? []);
    const text = readFileSync(join(at, "script.pine"), "utf8");
    const { module } = await loadPine(join(at, "script.pine"), () => undefined, cache, name);
    const { all } = module.declaration.kind === "strategy" ? strategyBars : indicatorBars;
    const first = columnsOf(
      Array.from({ length: Math.min(all, columns.length) }, (_, index) => barAt(columns, index)),
    );
    await expectTheSame(name, text, module, { name, columns: first, symInfo, feeds });
  });
});
