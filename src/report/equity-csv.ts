import type { RunResult } from "../runtime/run.ts";
import type { RowWriter } from "./row-writer.ts";

/**
 * Writes the equity file of a strategy: `time,equity,drawdown,drawdown %`, a row for every bar that was executed.
 * Times are ISO-8601 in UTC, equity is at the bar's close in account currency, the drawdown is how far it lies below
 * its highest value so far, the initial capital included.
 */
export function writeEquityCsv({ bars, columns, strategy }: RunResult, rows: RowWriter): void {
  if (strategy === undefined) return;
  for (const title of ["time", "equity", "drawdown", "drawdown %"]) rows.text(title);
  rows.end();
  const { equity, rules } = strategy;
  const first = bars - equity.length;
  let peak = rules.initialCapital;
  for (let index = 0; index < equity.length; index++) {
    const value = equity[index]!;
    peak = Math.max(peak, value);
    rows.time(columns.openTimeMs[first + index]!);
    rows.float(value);
    rows.float(peak - value);
    rows.float(peak > 0 ? ((peak - value) / peak) * 100 : 0);
    rows.end();
  }
}
