import { writePlotCsv } from "../../src/report/plot-csv.ts";
import { RowWriter } from "../../src/report/row-writer.ts";
import type { RunResult } from "../../src/runtime/run.ts";

/** The lines of the plot file. */
export function plotCsvLines(result: RunResult): string[] {
  return linesOf((rows) => writePlotCsv(result, rows));
}

/** What rows become. */
export function linesOf(write: (rows: RowWriter) => void): string[] {
  const pieces: Buffer[] = [];
  const rows = new RowWriter((bytes) => void pieces.push(Buffer.from(bytes)));
  write(rows);
  rows.flush();
  const text = Buffer.concat(pieces).toString("utf8");
  if (!text.endsWith("\n")) throw new Error("the last row has no end");
  return text.slice(0, -1).split("\n");
}
