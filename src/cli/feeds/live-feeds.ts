import type { LoadedBars } from "../../data/load.ts";
import { tradingCalendar } from "../../kernel/calendar/calendar.ts";
import { parseTimeframe } from "../../kernel/timeframe.ts";
import type { Feed, FeedRequest, Feeds, MissingFeed } from "../../runtime/security/feeds.ts";
import type { DataFolder } from "./data-folder.ts";
import { type NamedData, namedFor } from "./named-data.ts";
import { shellWord } from "./run-feeds.ts";

/** What the requests of a live run are answered from. */
export interface LiveFeedsParts {
  readonly folder: DataFolder;
  readonly named: readonly NamedData[];
  /** `PREFIX:TICKER` of the chart. */
  readonly chartSymbol: string;
  /** Told once of each file that it stays as it is. */
  readonly note: (line: string) => void;
}

/** The feeds of a live run beside its chart: files that `--security` names. They end where they end. */
export class LiveFeeds implements Feeds {
  readonly #parts: LiveFeedsParts;
  readonly #told = new Set<string>();

  constructor(parts: LiveFeedsParts) {
    this.#parts = parts;
  }

  named(request: FeedRequest): Feed | undefined {
    const { folder, named, chartSymbol } = this.#parts;
    const symbolOf = (path: string): string => symbolOfBars(folder.load(path));
    const data = namedFor(named, request, chartSymbol, symbolOf);
    return data === undefined ? undefined : this.#file(data.path);
  }

  find({ symbol, timeframe, isChart }: FeedRequest): MissingFeed {
    const wanted = isChart ? this.#parts.chartSymbol : symbol;
    return {
      missing: `there are no bars of ${wanted} in ${timeframe} in this live run`,
      hint: `name a file: --security ${shellWord(`${wanted}:${timeframe}=FILE`)}`,
    };
  }

  rate(from: string, to: string): Feed | undefined {
    const file = this.#parts.folder.best(
      "1D",
      ({ symInfo }) => symInfo.basecurrency === from && symInfo.currency === to,
    )[0];
    return file === undefined ? undefined : this.#file(file.path);
  }

  #file(path: string): Feed {
    const bars = this.#parts.folder.load(path);
    if (!this.#told.has(path)) {
      this.#told.add(path);
      this.#parts.note(`${path} is a file: ${endText(bars)}, and nothing is added to it`);
    }
    return bars;
  }
}

function symbolOfBars({ symInfo: { prefix, ticker } }: LoadedBars): string {
  return `${prefix}:${ticker}`;
}

/** `its last bar ends 2024-03-01 00:00 UTC`. */
function endText({ columns, symInfo, timeframe }: LoadedBars): string {
  const last = columns.openTimeMs[columns.length - 1];
  if (last === undefined) return "it is empty";
  const endMs = tradingCalendar(symInfo).periodEndMs(last, parseTimeframe(timeframe));
  return `its last bar ends ${new Date(endMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
