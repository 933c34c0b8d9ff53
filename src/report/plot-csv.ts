import { formatFloat } from "../kernel/float.ts";
import type { RunResult } from "../runtime/run.ts";
import { csvCell } from "./text-file.ts";

/**
 * The lines of the plot file: `time,open,high,low,close,volume`, further columns of the data, the plots. A row for
 * every bar on which something was plotted; times ISO-8601 in UTC.
 */
export function* plotCsvLines(result: RunResult): Generator<string> {
  const { columns, plots, plotted } = result;
  const extras = [...columns.extra];
  const titles = [...extras.map(([name]) => name), ...plots.map((plot) => plot.title)];
  yield ["time", "open", "high", "low", "close", "volume", ...titles.map(csvCell)].join(",");
  const numbers = [columns.open, columns.high, columns.low, columns.close, columns.volume];
  for (let bar = 0; bar < result.bars; bar++) {
    if (plotted[bar] !== 1) continue;
    let line = isoUtc(columns.openTimeMs[bar] ?? 0);
    for (const column of numbers) line += `,${formatFloat(column[bar] ?? Number.NaN)}`;
    for (const [, column] of extras) {
      const value = column[bar] ?? "";
      line += `,${typeof value === "number" ? formatFloat(value) : csvCell(value)}`;
    }
    for (const plot of plots) {
      const value = plot.values[bar] ?? Number.NaN;
      line += `,${plot.boolean && value === value ? (value === 1 ? "True" : "False") : formatFloat(value)}`;
    }
    yield line;
  }
}

/** `2024-01-01T00:00:00+00:00` */
function isoUtc(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}+00:00`;
}
