import type { BarColumns } from "../../kernel/bar.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";
import { Room } from "../room.ts";
import { BarEnds } from "./bar-ends.ts";
import type { Feed, LiveEdge, LiveFeed } from "./feeds.ts";
import type { LiveMoment } from "./live-moment.ts";

/**
 * A file among the feeds of a live run. It may know bars that are still to come, as in a replay: it shows those that
 * have opened before the chart's last bar ends, and while that bar forms nothing that ended after it began.
 */
export class FileFeed implements LiveFeed, LiveEdge {
  readonly columns: BarColumns;
  readonly symInfo: SymInfo;
  readonly timeframe: string;
  readonly live: LiveEdge = this;
  readonly forms = false;
  readonly goesOn = false;
  readonly room: Room;
  readonly #chart: Feed;
  readonly #chartEnds: BarEnds;
  readonly #moment: LiveMoment;
  readonly #ends: BarEnds;
  #shown = 0;
  #over = 0;

  constructor(file: Feed, chart: Feed, chartEnds: BarEnds, moment: LiveMoment) {
    this.symInfo = file.symInfo;
    this.timeframe = file.timeframe;
    this.room = Room.of(file.columns.length + 1);
    this.#chart = chart;
    this.#chartEnds = chartEnds;
    this.#moment = moment;
    this.columns = asLongAs(file.columns, () => this.#length(file.columns));
    this.#ends = new BarEnds(this);
  }

  get version(): number {
    return this.#moment.number;
  }

  get closed(): number {
    if (this.#moment.isSettled) return this.columns.length;
    const chart = this.#chart.columns;
    const beganMs = chart.openTimeMs[chart.length - 1]!;
    while (this.#over < this.columns.length && this.#ends.at(this.#over) <= beganMs) this.#over++;
    return this.#over;
  }

  sync(): void {}

  #length(file: BarColumns): number {
    const endMs = this.#chartEnds.scheduled(this.#chart.columns.length - 1);
    while (this.#shown < file.length && file.openTimeMs[this.#shown]! < endMs) this.#shown++;
    return this.#shown;
  }
}

/** The same columns, of a length that changes. */
export function asLongAs(columns: BarColumns, length: () => number): BarColumns {
  return Object.defineProperty({ ...columns }, "length", { get: length, enumerable: true });
}
