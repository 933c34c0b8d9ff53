/** A script over the same bars as a backtest and live, and everything that can be seen of either run. */
import type { ScriptModule } from "../../src/api/script/declaration.ts";
import { type Bar, barAt, columnsOf } from "../../src/kernel/bar.ts";
import { PyneError } from "../../src/kernel/errors.ts";
import { LiveRun } from "../../src/runtime/live-run.ts";
import type { RunOptions, RunResult } from "../../src/runtime/run-options.ts";
import { runScript } from "../../src/runtime/run.ts";
import { drawingStates } from "../../src/runtime/pine/drawings/state.ts";
import { Simulator } from "../../src/runtime/strategy/simulator.ts";
import type { StrategyDesk } from "../../src/runtime/strategy/strategy-desk.ts";
import type { Trade } from "../../src/runtime/strategy/trade.ts";
import type { Chart } from "../pine/corpus.ts";

/** What can be seen of a run when it is over. */
export interface Seen {
  readonly plots: Readonly<Record<string, readonly number[]>>;
  readonly colors: Readonly<Record<string, readonly number[] | number>>;
  readonly drawings: unknown;
  readonly logs: readonly string[];
  readonly alerts: readonly string[];
  readonly trades: readonly string[];
  readonly equity: readonly number[];
  readonly failed?: string;
}

const nowMs = (): number => Date.UTC(2025, 0, 1);

class Ears {
  readonly logs: string[] = [];
  readonly alerts: string[] = [];
  /** First bar whose messages count. */
  from = 0;
  readonly sink = {
    log: (level: string, text: string, bar: number): void => {
      if (bar >= this.from) this.logs.push(`${bar} ${level} ${text}`);
    },
    alert: (text: string, bar: number): void => {
      if (bar >= this.from) this.alerts.push(`${bar} ${text}`);
    },
  };
}

const number = (value: number): string => String(Number(value.toPrecision(12)));

function tradeLine(trade: Trade): string {
  const { size, entryId, entryPrice, entryBar, exitId, exitPrice, exitBar, profit } = trade;
  const entry = `${entryId} ${size > 0 ? "+" : ""}${number(size)} ${number(entryPrice)}@${entryBar}`;
  if (exitPrice === undefined) return `${entry} open`;
  return `${entry} > ${exitId} ${number(exitPrice)}@${exitBar} ${number(profit ?? 0)}`;
}

function seenOf(result: RunResult, { logs, alerts }: Ears): Seen {
  const { plots, visuals, drawings, strategy, bars } = result;
  return {
    plots: Object.fromEntries(plots.map(({ title, values }) => [title, [...values.subarray(0, bars)]])),
    colors: Object.fromEntries(
      visuals.flatMap(({ id, colors }) =>
        colors.map(({ name, byBar, first }) => [
          `${id} ${name}`,
          byBar === undefined ? (first ?? Number.NaN) : [...byBar.subarray(0, bars)],
        ]),
      ),
    ),
    drawings: drawingStates(drawings),
    logs,
    alerts,
    trades: [...(strategy?.closedTrades ?? []), ...(strategy?.openTrades ?? [])].map(tradeLine),
    equity: [...(strategy?.equity ?? [])],
  };
}

function failure(error: unknown, ears: Ears): Seen {
  if (!(error instanceof PyneError)) throw error;
  const none = { plots: {}, colors: {}, drawings: {}, trades: [], equity: [] };
  return { ...none, logs: ears.logs, alerts: ears.alerts, failed: error.message };
}

/** The backtest of which the first bars take no orders. */
export async function asBacktest(
  module: ScriptModule,
  { columns, symInfo, feeds }: Chart,
  history: number,
  more: Partial<RunOptions> = {},
): Promise<Seen> {
  const ears = new Ears();
  let desk: StrategyDesk | undefined;
  try {
    const result = await runScript(module, {
      columns,
      symInfo,
      timeframe: symInfo.period,
      messages: ears.sink,
      keepsColors: true,
      nowMs,
      desk: (...made) => {
        desk = new Simulator(...made);
        desk.takesOrders = false;
        return desk;
      },
      observer: {
        onBarStart: (_bar, index) => {
          if (desk !== undefined) desk.takesOrders = index >= history;
        },
      },
      ...(feeds === undefined ? {} : { feeds }),
      ...more,
    });
    return seenOf(result, ears);
  } catch (error) {
    return failure(error, ears);
  }
}

/** How a bar comes about: updates before its close. */
export type Updates = (bar: Bar, index: number) => readonly Bar[];

/** The same bars, those after the history one by one. */
export async function asLive(
  module: ScriptModule,
  { columns, symInfo, feeds }: Chart,
  history: number,
  updates: Updates,
  more: Partial<RunOptions> = {},
): Promise<Seen> {
  const ears = new Ears();
  const bars = Array.from({ length: columns.length }, (_, index) => barAt(columns, index));
  try {
    const run = new LiveRun(module, {
      symInfo,
      timeframe: symInfo.period,
      history: columnsOf(bars.slice(0, history)),
      messages: ears.sink,
      keepsColors: true,
      nowMs,
      ...(feeds === undefined ? {} : { feeds }),
      ...more,
    });
    await run.start();
    await run.warmUp();
    run.goLive();
    for (let index = history; index < bars.length; index++) {
      for (const update of updates(bars[index]!, index)) run.tick(update);
      run.close(bars[index]!);
    }
    return seenOf(run.result("completed"), ears);
  } catch (error) {
    return failure(error, ears);
  }
}

/** What differs between two runs, one line for each kind of thing. */
export function differences(a: Seen, b: Seen): string[] {
  const lines: string[] = [];
  if (a.failed !== b.failed) lines.push(`failed: ${a.failed} | ${b.failed}`);
  for (const key of ["plots", "colors"] as const) {
    const titles = new Set([...Object.keys(a[key]), ...Object.keys(b[key])]);
    for (const title of titles) {
      const [x, y] = [a[key][title], b[key][title]];
      if (Bun.deepEquals(x, y)) continue;
      if (!Array.isArray(x) || !Array.isArray(y)) {
        lines.push(
          `${key} ${title}: ${Array.isArray(x) ? "by bar" : x} | ${Array.isArray(y) ? "by bar" : y}`,
        );
        continue;
      }
      const at = x.findIndex((value, index) => !Object.is(value, y[index]));
      lines.push(`${key} ${title}: at ${at} ${x[at]} | ${y[at]}`);
    }
  }
  const [da, db] = [a.drawings, b.drawings] as Record<string, unknown[]>[];
  for (const kind of new Set([...Object.keys(da!), ...Object.keys(db!)])) {
    const [x, y] = [da![kind] ?? [], db![kind] ?? []];
    if (Bun.deepEquals(x, y)) continue;
    const at = x.findIndex((value, index) => !Bun.deepEquals(value, y[index]));
    lines.push(`${kind}: ${x.length} | ${y.length}; at ${at} ${short(x[at])} | ${short(y[at])}`);
  }
  for (const key of ["logs", "alerts", "trades", "equity"] as const) {
    const [x, y] = [a[key], b[key]] as [readonly unknown[], readonly unknown[]];
    if (Bun.deepEquals(x, y)) continue;
    let at = x.findIndex((value, index) => !Object.is(value, y[index]));
    if (at < 0) at = x.length;
    lines.push(`${key}: ${x.length} | ${y.length}; at ${at} ${short(x[at])} | ${short(y[at])}`);
  }
  return lines;
}

function short(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 300);
}
