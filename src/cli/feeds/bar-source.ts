import { loadSymbolMap } from "../../config/symbol-map.ts";
import { loadAggregated } from "../../data/aggregate/load.ts";
import { loadBars, type LoadedBars } from "../../data/load.ts";
import type { ReadRange } from "../../data/ohlcv/reader.ts";
import { readSymbolFile } from "../../data/syminfo-toml.ts";
import type { Timeframe } from "../../kernel/timeframe.ts";
import { DataFolder } from "./data-folder.ts";
import type { NamedData } from "./named-data.ts";
import { RunFeeds } from "./run-feeds.ts";

/** Where the bars of a run and of its requests lie, as plain data: a worker on another thread opens them again. */
export interface BarSource {
  readonly dataPath: string;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  /** Of the chart, where it is not the file's own. */
  readonly timeframe: Timeframe | undefined;
  /** The symbol file that was named. */
  readonly symbolPath: string | undefined;
  /** What `--security` names. */
  readonly named: readonly NamedData[];
  readonly dataFolder: string;
  readonly symbolMapToml: string;
}

/** The chart's bars in a range. @throws DataError when they cannot be used */
export function chartBars({ dataPath, timeframe, symbolPath }: BarSource, range: ReadRange): LoadedBars {
  return timeframe === undefined
    ? loadBars(dataPath, range, symbolPath)
    : loadAggregated(dataPath, timeframe, range, symbolPath);
}

/** The feeds of a run over these bars. @param warn told of a symbol map that is not understood */
export function feedsOf(
  source: BarSource,
  bars: Pick<LoadedBars, "columns" | "symInfo">,
  warn: (message: string) => void,
): RunFeeds {
  const { dataPath, fromMs, toMs, symbolPath, named, dataFolder, symbolMapToml } = source;
  const { prefix, ticker } = bars.symInfo;
  let whole: LoadedBars | undefined;
  return new RunFeeds({
    folder: new DataFolder(dataFolder),
    named,
    symbolMap: loadSymbolMap(symbolMapToml, warn),
    chartFile: () => (whole ??= loadBars(dataPath, {}, symbolPath)),
    history: () => (fromMs === undefined ? bars : chartBars(source, { toMs })).columns,
    chartSymbol: `${prefix}:${ticker}`,
    chartDownload: () => readSymbolFile(symbolPath ?? dataPath.replace(/\.ohlcv$/i, ".toml")).download,
  });
}
