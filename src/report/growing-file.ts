import { appendFileSync } from "node:fs";

import { writeFailure } from "../kernel/errors.ts";
import { plotTitles, writePlotCsv, writePlotCsvRows } from "./plot-csv.ts";
import { RowWriter } from "./row-writer.ts";
import { writeRows } from "./row-file.ts";
import type { RunResult } from "../runtime/run-options.ts";

/**
 * The plot file of a run that goes on: a row is added when its bar is over, and a process that dies leaves whole rows.
 * A title that comes up later changes the header: the file is written anew then.
 */
export class GrowingPlotFile {
  readonly path: string;
  #titles = "";
  /** Bars that are in the file. */
  #bars = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** Brings the file up to date. @throws RuntimeFailure when it cannot be written */
  update(result: RunResult): void {
    const titles = plotTitles(result).join("\n");
    if (titles !== this.#titles || this.#bars === 0) {
      writeRows(this.path, (rows) => writePlotCsv(result, rows), { isDurable: true });
      this.#titles = titles;
    } else this.#append(result);
    this.#bars = result.bars;
  }

  #append(result: RunResult): void {
    const pieces: Uint8Array[] = [];
    const rows = new RowWriter((bytes) => void pieces.push(bytes.slice()));
    writePlotCsvRows(result, this.#bars, rows);
    rows.flush();
    if (pieces.length === 0) return;
    try {
      // In one piece: a process that dies in between leaves no half row.
      appendFileSync(this.path, Buffer.concat(pieces));
    } catch (error) {
      throw writeFailure(this.path, error);
    }
  }
}
