import type { LoadedBars } from "../../data/load.ts";
import { tradingCalendar } from "../../kernel/calendar/calendar.ts";
import { parseTimeframe } from "../../kernel/timeframe.ts";
import type { Feed, Feeds } from "../../runtime/security/feeds.ts";
import type { DataFolder } from "./data-folder.ts";

/** The files that requests of a live run are answered from. They stay as they are, and that is told once of each. */
export class LiveFiles {
  readonly #folder: DataFolder;
  readonly #tell: (line: string) => void;
  readonly #told = new Set<string>();

  constructor(folder: DataFolder, tell: (line: string) => void) {
    this.#folder = folder;
    this.#tell = tell;
  }

  /** @throws DataError when the file cannot be used */
  feed(path: string): Feed {
    const bars = this.#folder.load(path);
    if (!this.#told.has(path)) {
      this.#told.add(path);
      this.#tell(`${path} is a file: ${endText(bars)}, and the run adds nothing to it`);
    }
    return bars;
  }

  /** A pair of currencies, if there is a file of one. */
  rate: Feeds["rate"] = (from, to) => {
    const isPair = ({ basecurrency, currency }: Feed["symInfo"]): boolean =>
      basecurrency === from && currency === to;
    const file = this.#folder.best("1D", ({ symInfo }) => isPair(symInfo))[0];
    return file === undefined ? undefined : this.feed(file.path);
  };

  /** `PREFIX:TICKER` that a file says it holds. */
  symbolOf(path: string): string {
    const { prefix, ticker } = this.#folder.load(path).symInfo;
    return `${prefix}:${ticker}`;
  }
}

/** `its last bar ends 2024-03-01 00:00 UTC`. */
function endText({ columns, symInfo, timeframe }: LoadedBars): string {
  const last = columns.openTimeMs[columns.length - 1];
  if (last === undefined) return "it is empty";
  const endMs = tradingCalendar(symInfo).periodEndMs(last, parseTimeframe(timeframe));
  return `its last bar ends ${new Date(endMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
