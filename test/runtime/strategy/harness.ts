/** Runs a strategy over bars written as text, and writes what came of it as text. */
import { strategy, type StrategyContext, type StrategySettings } from "pynecore";

import type { BarColumns } from "../../../src/kernel/bar.ts";
import type { SymInfo } from "../../../src/kernel/syminfo.ts";
import { type RunOptions, type RunResult, runScript } from "../../../src/runtime/run.ts";
import type { Trade } from "../../../src/runtime/strategy/trade.ts";
import { symbol } from "../fixtures.ts";

export const minute = 60_000;

/** What a script does on each bar; or by the number of the bar. */
export type Actions = (s: StrategyContext) => void | Readonly<Record<number, () => void>>;

export interface Situation {
  readonly settings?: StrategySettings;
  readonly symbol?: Partial<SymInfo>;
  readonly volume?: number;
  readonly stepMs?: number;
  readonly startMs?: number;
  readonly timeframe?: string;
  readonly options?: Partial<RunOptions>;
}

/**
 * Bars as `open/high/low/close` or one price for all four, separated by blanks; `3*100` is three bars of 100. The
 * first opens at 2024-01-01T00:00Z.
 */
export function barsOf(text: string, situation: Situation = {}): BarColumns {
  const { volume = 100, stepMs = minute, startMs = Date.UTC(2024, 0, 1) } = situation;
  const rows = text
    .trim()
    .split(/\s+/)
    .flatMap((word) => {
      const [, count = "1", prices = ""] = /^(?:(\d+)\*)?(.*)$/.exec(word)!;
      const numbers = prices.split("/").map(Number);
      const [open = NaN, high = open, low = open, close = open] = numbers;
      return Array.from({ length: Number(count) }, () => [open, high, low, close] as const);
    });
  const column = (pick: 0 | 1 | 2 | 3): Float64Array => Float64Array.from(rows, (row) => row[pick]);
  return {
    length: rows.length,
    openTimeMs: Float64Array.from(rows, (_, index) => startMs + index * stepMs),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: new Float64Array(rows.length).fill(volume),
    extra: new Map(),
  };
}

/** Runs a strategy: one contract and an account that pays for everything, unless the situation says otherwise. */
export function simulate(bars: string, actions: Actions, situation: Situation = {}): Promise<RunResult> {
  const script = strategy("test", { initialCapital: 100_000, ...situation.settings }, (s) => {
    return () => {
      const byBar = actions(s);
      if (byBar !== undefined) byBar[s.barIndex]?.();
    };
  });
  return runScript(script, {
    columns: barsOf(bars, situation),
    symInfo: symbol({ period: "1", ...situation.symbol }),
    timeframe: situation.timeframe ?? "1",
    ...situation.options,
  });
}

const short = (value: number): string => String(Number(value.toPrecision(12)));

/** A trade as `L +1 100@1 > TP 110@2`: signal, size, price@bar, exit signal, exit price@bar. */
export function written(trade: Trade): string {
  const { size, entryPrice, entryBar, exitPrice, exitBar } = trade;
  const entry = `${trade.entryComment || trade.entryId} ${size > 0 ? "+" : ""}${short(size)} ${short(entryPrice)}@${entryBar}`;
  if (exitPrice === undefined) return `${entry} open`;
  return `${entry} > ${trade.exitComment || trade.exitId} ${short(exitPrice)}@${exitBar}`;
}

/** All trades, the open ones last. */
export function tradesOf(result: RunResult): string[] {
  const { closedTrades, openTrades } = result.strategy!;
  return [...closedTrades, ...openTrades].map(written);
}

/** The values of a plot, bar by bar. */
export function plotOf(result: RunResult, title: string): number[] {
  return [...(result.plots.find((plot) => plot.title === title)?.values ?? [])];
}
