import { existsSync } from "node:fs";
import { basename, join } from "node:path";

import type { MappedSymbol, SymbolMap } from "../../config/symbol-map.ts";
import { readSource } from "../../data/download/source.ts";
import { dataFileName } from "../../data/file-name.ts";
import type { LoadedBars } from "../../data/load.ts";
import type { BarColumns } from "../../kernel/bar.ts";
import type { Feed, FeedRequest, Feeds, MissingFeed } from "../../runtime/security/feeds.ts";
import { canServe, type DataFolder, type KnownFile } from "./data-folder.ts";
import { type NamedData, namedFor } from "./named-data.ts";
import { shellWord } from "./shell-word.ts";

/** What the bars of a run's requests are looked for in. */
export interface RunFeedsParts {
  readonly folder: DataFolder;
  readonly named: readonly NamedData[];
  readonly symbolMap: SymbolMap;
  /** The chart's file, whole and in its own timeframe. */
  readonly chartFile: () => LoadedBars;
  /** The chart's bars with those before the window. */
  readonly history: () => BarColumns;
  /** `PREFIX:TICKER` of the chart. */
  readonly chartSymbol: string;
  /** Text of the `[download]` table of the chart. */
  readonly chartDownload: () => string;
}

/** Where an answer came from, for people. */
export interface FoundData {
  readonly how: "named" | "mapped" | "found";
  readonly path: string;
}

/**
 * The feeds of a run over data files: what `--security` names; the finer file behind the chart; the symbol map; a file
 * in the data folder of that very symbol, in the timeframe or finer.
 */
export class RunFeeds implements Feeds {
  /** By request, `SYMBOL|TF`. */
  readonly found = new Map<string, FoundData>();
  readonly #parts: RunFeedsParts;

  constructor(parts: RunFeedsParts) {
    this.#parts = parts;
  }

  history(): BarColumns {
    return this.#parts.history();
  }

  named(request: FeedRequest): Feed | undefined {
    const { folder, named, chartSymbol } = this.#parts;
    const symbolOf = ({ path }: NamedData): string => symbolOfBars(folder.load(path));
    const data = namedFor(named, request, chartSymbol, symbolOf);
    return data === undefined ? undefined : this.#use(request, "named", data.path);
  }

  find(request: FeedRequest): Feed | MissingFeed {
    const { folder, symbolMap, chartSymbol, chartFile } = this.#parts;
    const { symbol, timeframe, isChart } = request;
    if (isChart) {
      const own = chartFile();
      if (canServe(own.timeframe, timeframe)) {
        this.found.set(keyOf(request), { how: "found", path: own.path });
        return own;
      }
    } else {
      const mapped = symbolMap(symbol, timeframe);
      if (mapped !== undefined) return this.#mapped(request, mapped);
    }
    const wanted = (isChart ? chartSymbol : symbol).toUpperCase();
    const files = folder.best(timeframe, ({ symInfo }) => symbolOfInfo(symInfo).toUpperCase() === wanted);
    if (files.length === 1) return this.#use(request, "found", files[0]!.path);
    if (files.length > 1) return ambiguous(request, files);
    return {
      missing: `there are no bars of ${isChart ? chartSymbol : symbol} in ${timeframe}`,
      hint: this.#hint(request),
    };
  }

  rate(from: string, to: string): Feed | undefined {
    const isPair = ({ symInfo }: KnownFile): boolean =>
      symInfo.basecurrency === from && symInfo.currency === to;
    const file = this.#parts.folder.best("1D", isPair)[0];
    return file === undefined ? undefined : this.#parts.folder.load(file.path);
  }

  /** The file that a mapping means: of the timeframe, or the best finer one of the same instrument. */
  #mapped(request: FeedRequest, { provider, symbol }: MappedSymbol): Feed | MissingFeed {
    const { folder } = this.#parts;
    const { timeframe } = request;
    const exact = join(folder.path, dataFileName(provider, symbol, timeframe));
    if (existsSync(exact)) return this.#use(request, "mapped", exact);
    const stem = dataFileName(provider, symbol, "").replace(/\.ohlcv$/, "");
    const finer = folder.best(timeframe, ({ name, symInfo }) => name === `${stem}${symInfo.period}`)[0];
    if (finer !== undefined) return this.#use(request, "mapped", finer.path);
    return {
      missing: `there is no ${basename(exact)}, which the symbol map means by ${request.symbol}`,
      hint: `pyne data download ${shellWord(`${provider}:${symbol}@${timeframe}`)}`,
    };
  }

  #use(request: FeedRequest, how: FoundData["how"], path: string): Feed {
    this.found.set(keyOf(request), { how, path });
    return this.#parts.folder.load(path);
  }

  #hint({ symbol, timeframe, isChart }: FeedRequest): string {
    const { folder, chartSymbol, chartDownload } = this.#parts;
    const wanted = isChart ? chartSymbol : symbol;
    const same = folder.files.find(
      ({ symInfo }) => symbolOfInfo(symInfo).toUpperCase() === wanted.toUpperCase(),
    );
    const download = isChart ? chartDownload() : (same?.download ?? "");
    const provider = providerOf(download);
    if (provider !== undefined) return `pyne data download ${shellWord(`${provider}@${timeframe}`)}`;
    return `name a file: --security ${shellWord(`${wanted}:${timeframe}=FILE`)}${isChart ? "" : `, or say what a provider calls it: pyne data map ${shellWord(wanted)} provider:SYMBOL`}`;
  }
}

/** The key of a request. */
export function keyOf({ symbol, timeframe }: FeedRequest): string {
  return `${symbol}|${timeframe}`;
}

function ambiguous({ symbol, timeframe }: FeedRequest, files: readonly KnownFile[]): MissingFeed {
  const names = files.map(({ name }) => name);
  return {
    missing: `${symbol} in ${timeframe} could be ${names.join(" or ")}`,
    hint: `choose one: --security ${shellWord(`${symbol}:${timeframe}=${names[0]}`)}`,
  };
}

function symbolOfInfo({ prefix, ticker }: { readonly prefix: string; readonly ticker: string }): string {
  return `${prefix}:${ticker}`;
}

function symbolOfBars({ symInfo }: LoadedBars): string {
  return symbolOfInfo(symInfo);
}

/** The provider string of a `[download]` table, without its timeframe. */
function providerOf(download: string): string | undefined {
  try {
    return readSource(download, "")?.provider.replace(/@[^@]*$/, "");
  } catch {
    return undefined;
  }
}
