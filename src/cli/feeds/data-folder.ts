import { join } from "node:path";

import { checkAggregation } from "../../data/aggregate/aggregate.ts";
import { dataFileNames } from "../../data/data-files.ts";
import { ensureConverted, loadBars, type LoadedBars } from "../../data/load.ts";
import { readSymbolFile } from "../../data/syminfo-toml.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";
import { parseTimeframe, timeframeSeconds } from "../../kernel/timeframe.ts";

/** A data file by what its symbol file says. */
export interface KnownFile {
  readonly name: string;
  readonly path: string;
  readonly symInfo: SymInfo;
  /** Text of the `[download]` table. */
  readonly download: string;
}

/** The data folder as a run sees it: symbol files are read once, bars when they are needed, each file once. */
export class DataFolder {
  readonly path: string;
  readonly #loaded = new Map<string, LoadedBars>();
  #files: readonly KnownFile[] | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** Files whose symbol file can be read; others are nobody's answer. */
  get files(): readonly KnownFile[] {
    this.#files ??= dataFileNames(this.path).flatMap((name): KnownFile[] => {
      const path = join(this.path, `${name}.ohlcv`);
      try {
        const { symInfo, download } = readSymbolFile(path.replace(/\.ohlcv$/, ".toml"));
        return [{ name, path, symInfo, download }];
      } catch {
        return [];
      }
    });
    return this.#files;
  }

  /**
   * The files that can answer for a timeframe, the best first: of that timeframe, else the longest of the finer ones
   * that it can be merged from. Equally good ones stand side by side.
   */
  best(timeframe: string, fits: (file: KnownFile) => boolean): readonly KnownFile[] {
    let best: KnownFile[] = [];
    let length = 0;
    for (const file of this.files) {
      const seconds = timeframeSeconds(parseTimeframe(file.symInfo.period));
      if (!fits(file) || !canServe(file.symInfo.period, timeframe) || seconds < length) continue;
      if (seconds > length) best = [];
      length = seconds;
      best.push(file);
    }
    return best;
  }

  /** @throws DataError when the file cannot be used */
  load(path: string): LoadedBars {
    let bars = this.#loaded.get(path);
    if (bars === undefined) this.#loaded.set(path, (bars = loadBars(ensureConverted(path))));
    return bars;
  }
}

/** Whether bars of a timeframe are those of another, or can be merged into them. */
export function canServe(source: string, target: string): boolean {
  const [from, to] = [parseTimeframe(source), parseTimeframe(target)];
  if (timeframeSeconds(from) === timeframeSeconds(to)) return true;
  try {
    checkAggregation(from, to);
    return true;
  } catch {
    return false;
  }
}
