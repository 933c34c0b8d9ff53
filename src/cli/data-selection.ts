import { basename, dirname, join } from "node:path";

import { findFile } from "../config/lookup.ts";
import { dataFileNames } from "../data/data-files.ts";

/** A data file that was asked for. */
export interface SelectedFile {
  readonly folder: string;
  /** Without extension. */
  readonly name: string;
}

/** What a list of names, paths and patterns means. */
export interface Selection {
  readonly files: readonly SelectedFile[];
  /** Those that mean nothing. */
  readonly unmatched: readonly string[];
}

/**
 * The data files of arguments, each once: a name or path as everywhere, else a pattern (`ccxt_*`) over the names in the
 * data folder. Without arguments all of that folder.
 */
export function selectDataFiles(folder: string, cwd: string, wanted: readonly string[]): Selection {
  const all = dataFileNames(folder).map((name): SelectedFile => ({ folder, name }));
  if (wanted.length === 0) return { files: all, unmatched: [] };
  const files = new Map<string, SelectedFile>();
  const unmatched: string[] = [];
  for (const argument of wanted) {
    const path = findFile(argument, folder, cwd, [".ohlcv"]);
    const glob = new Bun.Glob(argument.replace(/\.ohlcv$/i, ""));
    const found =
      path === undefined
        ? all.filter(({ name }) => glob.match(name))
        : [{ folder: dirname(path), name: basename(path).replace(/\.ohlcv$/i, "") }];
    if (found.length === 0) unmatched.push(argument);
    for (const file of found) files.set(join(file.folder, file.name), file);
  }
  return { files: [...files.values()], unmatched };
}
