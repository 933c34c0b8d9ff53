import { existsSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";

import { readOhlcv } from "../ohlcv/reader.ts";
import { publish } from "../publish.ts";
import { isOwnExport, markExport } from "./marks.ts";
import { type ExportLayout, exportText } from "./text.ts";

/** A file that was written. */
export interface Exported {
  readonly path: string;
  readonly bars: number;
  readonly bytes: number;
}

/** Where the export of a data file goes: beside it, under the format's extension. */
export function exportPath(source: string, { format }: ExportLayout): string {
  return `${source.replace(/\.ohlcv$/i, "")}.${format}`;
}

/** Where the digests of exports are kept. */
export function exportMarks(cache: string): string {
  return join(cache, "exports");
}

/** Whether an export to this path would destroy a file that is not an unchanged export of ours. */
export function wouldDestroy(path: string, marks: string): boolean {
  return existsSync(path) && !isOwnExport(marks, path);
}

/**
 * Writes the bars of a data file as text beside it. The file appears as a whole, or the one before it stays; it is
 * written over without a question, which is the caller's to ask (`wouldDestroy`).
 *
 * It gets the time of the data file: a script run over the text does not import it again, which would lose what a text
 * does not hold.
 *
 * @param marks folder of the digests
 * @throws DataError when the data file is damaged
 */
export function exportFile(source: string, layout: ExportLayout, marks: string): Exported {
  const { atime, mtime } = statSync(source);
  const { columns } = readOhlcv(source);
  const path = exportPath(source, layout);
  const hasher = new Bun.CryptoHasher("sha256");
  let bytes = 0;
  function* blocks(): Generator<Uint8Array> {
    for (const piece of exportText(columns, layout)) {
      const block = Buffer.from(piece, "latin1");
      hasher.update(block);
      bytes += block.length;
      yield block;
    }
  }
  publish(path, blocks(), (temporary) => {
    utimesSync(temporary, atime, mtime);
    markExport(marks, path, hasher.digest("hex"));
  });
  return { path, bars: columns.length, bytes };
}
