import type { RunResult } from "../runtime/run.ts";
import type { RowWriter } from "./row-writer.ts";
import { csvCell } from "./text-file.ts";

/**
 * Writes the plot file: `time,open,high,low,close,volume`, further columns of the data, the plots. A row for every
 * bar on which something was plotted; times ISO-8601 in UTC.
 */
export function writePlotCsv(result: RunResult, rows: RowWriter): void {
  plotCsvHeader(plotTitles(result), rows);
  for (let bar = 0; bar < result.bars; bar++) {
    if (result.plotted[bar] === 1) plotCsvRow(result, bar, rows);
  }
}

/** Titles of what follows the prices. */
export function plotTitles({ columns, plots }: RunResult): string[] {
  return [...columns.extra.keys(), ...plots.map((plot) => plot.title)];
}

function plotCsvHeader(titles: readonly string[], rows: RowWriter): void {
  for (const title of ["time", "open", "high", "low", "close", "volume"]) rows.text(title);
  for (const title of titles) rows.text(csvCell(title));
  rows.end();
}

/** The row of one bar. */
export function plotCsvRow({ columns, plots }: RunResult, bar: number, rows: RowWriter): void {
  rows.time(columns.openTimeMs[bar]!);
  rows.float(columns.open[bar]!);
  rows.float(columns.high[bar]!);
  rows.float(columns.low[bar]!);
  rows.float(columns.close[bar]!);
  rows.float(columns.volume[bar]!);
  for (const column of columns.extra.values()) {
    const value = column[bar] ?? "";
    if (typeof value === "number") rows.float(value);
    else rows.text(csvCell(value));
  }
  for (const { values, boolean } of plots) {
    const value = values[bar]!;
    if (boolean && value === value) rows.text(value === 1 ? "True" : "False");
    else rows.float(value);
  }
  rows.end();
}
