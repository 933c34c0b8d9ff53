import type { BarColumns } from "../../kernel/bar.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";

/** A data file as a provider reads it: its bars as columns, and its symbol. */
export interface DataFile {
  readonly path: string;
  readonly symInfo: SymInfo;
  /** TradingView notation, multiplier explicit. */
  readonly timeframe: string;
  readonly columns: BarColumns;
}

/** The user's data files, for reading. What the host hands to providers that work from files. */
export interface DataFiles {
  /** Names of the `.ohlcv` files in the workdir's data folder, without extension, ascending. */
  names(): Promise<string[]>;
  /**
   * Reads a file as it is now. A bare name is looked up in the data folder, then in the current folder; anything with
   * a separator is a path from the current folder. The extension may be left out.
   *
   * @param range open times wanted, epoch ms, both ends inclusive; default: all
   * @returns `undefined` when there is no such file
   * @throws PyneError when it is damaged, or has no symbol file beside it
   */
  read(
    nameOrPath: string,
    range?: { readonly fromMs?: number; readonly toMs?: number },
  ): Promise<DataFile | undefined>;
}

/** No files at all: what a provider has outside of the executable, unless its test hands it some. */
export const noDataFiles: DataFiles = {
  names: () => Promise.resolve([]),
  read: () => Promise.resolve(undefined),
};
