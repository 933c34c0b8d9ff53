/**
 * Paper trading of a file gives the backtest's trades: the strategies that were compared with TradingView, through the
 * engine, its store and the paper exchange.
 */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { parseBars } from "../../../src/data/import/bars.ts";
import { readSymbolFile } from "../../../src/data/syminfo-toml.ts";
import { loadPine } from "../../../src/host/pine-script.ts";
import { barAt, type BarColumns, columnsOf } from "../../../src/kernel/bar.ts";
import { type RunResult, runScript } from "../../../src/runtime/run.ts";
import { Simulator } from "../../../src/runtime/strategy/simulator.ts";
import { truth } from "../../golden/case.ts";
import { readDefinition } from "../../golden/run-case.ts";
import { type Chart, charts, compileText, textOf } from "../../pine/corpus.ts";
import { tradeOnPaper } from "./session.ts";

/** Bars of a case that are traded: most of them have a handful, some twenty thousand. */
const mostBars = 1500;

/** What is not the same, and why that is so: docs/paper.md has the list. */
const differences: Readonly<Record<string, string>> = {
  "margin-reversal-trim": "a margin call",
  "margin-same-bar-stack": "a margin call",
  "margin-sublot": "a margin call",
  "magnifier-up-first": "an order on the first bar",
  "order-partial-once": "an order on the first bar",
  "risk-drawdown": "a risk rule closes at the next open",
  "slippage-limit": "a limit that turns the position around",
};

const cache = mkdtempSync(join(tmpdir(), "paper-golden-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

const cases = readdirSync(truth)
  .filter((name) => !name.includes(".") && readDefinition(join(truth, name)).kind === "strategy")
  .toSorted();

/** `L +1 100@3 > X 110@5`: entry, size, price@bar > exit, price@bar. */
function tradesOf(result: RunResult): string[] {
  const { closedTrades = [], openTrades = [] } = result.strategy ?? {};
  const number = (value: number): string => String(Number(value.toPrecision(10)));
  return [...closedTrades, ...openTrades].map((trade) => {
    const { size, entryId, entryPrice, entryBar, exitId, exitPrice, exitBar } = trade;
    const entry = `${entryId} ${size > 0 ? "+" : ""}${number(size)} ${number(entryPrice)}@${entryBar}`;
    return exitPrice === undefined ? `${entry} open` : `${entry} > ${exitId} ${number(exitPrice)}@${exitBar}`;
  });
}

/** The first bars, and one before them at which nothing happens. */
function withBarBefore(columns: BarColumns): BarColumns {
  const [time = 0, next = 0] = columns.openTimeMs;
  const first = columns.open[0]!;
  const before = (column: Float64Array, value: number): Float64Array =>
    Float64Array.of(value, ...column.subarray(0, mostBars));
  return {
    length: Math.min(mostBars, columns.length) + 1,
    openTimeMs: before(columns.openTimeMs, time - (next - time)),
    open: before(columns.open, first),
    high: before(columns.high, first),
    low: before(columns.low, first),
    close: before(columns.close, first),
    volume: before(columns.volume, 0),
    extra: new Map(),
  };
}

async function bothWays(
  name: string,
  updatesPerBar?: number,
): Promise<{ backtest: string[]; paper: string[] }> {
  const folder = join(truth, name);
  const { symInfo } = readSymbolFile(join(folder, "syminfo.toml"));
  const parsed = parseBars(readFileSync(join(folder, "data.csv"), "utf8"), "csv", symInfo.timezone);
  // A run at a broker takes no orders on its first bar: one more comes before, which the script does not count.
  const columns = withBarBefore(parsed.columns);
  const path = join(cache, `${name}.pine`);
  const source = readFileSync(join(folder, "script.pine"), "utf8");
  writeFileSync(path, source.replaceAll(/\bbar_index\b/g, "(bar_index - 1)"));
  const { module } = await loadPine(path, () => undefined, cache, name);
  const timeframe = symInfo.period;
  const backtest = await runScript(module, { columns, symInfo, timeframe });
  const { slippage, processOrdersOnClose } = backtest.strategy!.rules;
  const config = { slippage, fills_at_once: processOrdersOnClose };
  const feed = updatesPerBar === undefined ? {} : { updatesPerBar };
  const { result } = await tradeOnPaper(module, { columns, symInfo, timeframe, config, ...feed });
  return { backtest: tradesOf(backtest), paper: tradesOf(result) };
}

/** The newest hours of the corpus' chart, enough for some trades. */
const corpusBars = 250;

describe("strategies of the corpus on paper", () => {
  const [{ columns, symInfo }] = charts() as [Chart];
  const newest = columnsOf(
    Array.from({ length: corpusBars }, (_, index) => barAt(columns, columns.length - corpusBars + index)),
  );

  test.each([
    ["strategy-dca-grid", "the same"],
    ["strategy-json-webhooks", "the same"],
    ["strategy-risk-rules", "an exit in ticks of two entries of one name"],
  ])("%s: %s", async (name, what) => {
    const compiled = (await compileText(name, textOf(name), cache)).module!;
    const settings = { ...compiled.declaration.settings, commissionValue: 0 };
    const module = { ...compiled, declaration: { ...compiled.declaration, settings } };
    const timeframe = symInfo.period;
    let desk: Simulator | undefined;
    const backtest = await runScript(module, {
      ...{ columns: newest, symInfo, timeframe },
      desk: (...made) => (desk = new Simulator(...made)),
      observer: { onBarStart: (_bar, index) => void (desk!.takesOrders = index > 0) },
    });
    const { slippage } = backtest.strategy!.rules;
    const market = { columns: newest, symInfo, timeframe, config: { slippage } };
    const { result } = await tradeOnPaper(module, market);
    expect(tradesOf(backtest).length).toBeGreaterThan(3);
    if (what === "the same") expect(tradesOf(result)).toEqual(tradesOf(backtest));
    else expect(tradesOf(result)).not.toEqual(tradesOf(backtest));
  });
});

describe("paper trading and the backtest have the same trades", () => {
  test.each(cases.filter((name) => differences[name] === undefined))("%s", async (name) => {
    const { backtest, paper } = await bothWays(name);
    expect(paper).toEqual(backtest);
  });

  test.each(Object.entries(differences))("but for %s: %s", async (name) => {
    const { backtest, paper } = await bothWays(name);
    expect(paper).not.toEqual(backtest);
  });

  test.each(["strat-bollinger", "order-two-targets", "order-two-stops", "trail-gap-long"])(
    "%s, on another provider's feed",
    async (name) => {
      for (const updates of [2, 5]) {
        const { backtest, paper } = await bothWays(name, updates);
        expect(paper).toEqual(backtest);
      }
    },
  );
});
