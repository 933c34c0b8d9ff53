import { readdirSync } from "node:fs";

import type { DataFile } from "../api/plugins/data-files.ts";
import { findFile } from "../config/lookup.ts";
import { loadBars } from "./load.ts";
import type { ReadRange } from "./ohlcv/reader.ts";

/** Data files as `DataFiles` of the plugin API promises them. */

/** Names of the data files in a folder, ascending; none when there is no such folder. */
export function dataFileNames(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && !entry.name.startsWith("."))
      .flatMap(({ name }) => (/\.ohlcv$/i.test(name) ? [name.replace(/\.ohlcv$/i, "")] : []))
      .toSorted();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/**
 * A file by name or path; `undefined` when there is none.
 * @throws DataError when it is damaged or has no symbol file
 */
export function readDataFile(
  nameOrPath: string,
  folder: string,
  cwd: string,
  range: ReadRange = {},
): DataFile | undefined {
  const path = findFile(nameOrPath, folder, cwd, [".ohlcv"]);
  return path === undefined ? undefined : loadBars(path, range);
}
