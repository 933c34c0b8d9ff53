import { BarWindows } from "../../data/aggregate/windows.ts";
import { type Bar, columnsOf } from "../../kernel/bar.ts";
import { tradingCalendar } from "../../kernel/calendar/calendar.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";
import { parseTimeframe } from "../../kernel/timeframe.ts";
import { LiveColumns } from "../live-columns.ts";
import type { Room } from "../room.ts";
import { addTo, beginBar, emptyBar, type FormingBar } from "./forming-bar.ts";
import type { LiveEdge, LiveFeed } from "./feeds.ts";
import type { LiveMoment } from "./live-moment.ts";

/**
 * The bars of a longer timeframe, merged from a feed that gets longer. The last bar is made of what is over and, while
 * it forms, of the newest bar of the shorter timeframe as it stands: closed, the bars are those of `aggregateBars`.
 */
export class MergedFeed implements LiveFeed, LiveEdge {
  readonly columns = new LiveColumns(columnsOf([]));
  readonly symInfo: SymInfo;
  readonly timeframe: string;
  readonly live: LiveEdge = this;
  readonly forms = true;
  version = 0;
  readonly #base: LiveFeed;
  readonly #moment: LiveMoment;
  readonly #windows: BarWindows;
  /** What is over of the last bar. */
  readonly #sum = emptyBar();
  readonly #shown = emptyBar();
  /** Bars of the base that are part of it for good. */
  #taken = 0;
  #seen = -1;

  constructor(base: LiveFeed, timeframe: string, moment: LiveMoment) {
    this.#base = base;
    this.#moment = moment;
    this.symInfo = { ...base.symInfo, period: timeframe };
    this.timeframe = timeframe;
    const [source, target] = [parseTimeframe(base.timeframe), parseTimeframe(timeframe)];
    this.#windows = new BarWindows(tradingCalendar(base.symInfo), source, target);
    this.sync();
  }

  get room(): Room {
    return this.columns.room;
  }

  get goesOn(): boolean {
    return this.#base.live.goesOn;
  }

  /** Before the chart's bar is over nobody knows whether the last bar gets more. */
  get closed(): number {
    return Math.max(0, this.columns.length - (this.#moment.isSettled ? 0 : 1));
  }

  sync(): void {
    const { columns, live } = this.#base;
    live.sync();
    if (live.version === this.#seen) return;
    this.#seen = live.version;
    this.version++;
    const { closed } = live;
    for (; this.#taken < closed; this.#taken++) {
      this.#add(this.#sum, this.#taken);
      this.#show(this.#sum);
    }
    if (columns.length === closed) return;
    Object.assign(this.#shown, this.#sum);
    this.#add(this.#shown, closed);
    this.#show(this.#shown);
  }

  #add(bar: FormingBar, index: number): void {
    const { columns } = this.#base;
    const windowMs = this.#windows.next(columns.openTimeMs[index]!);
    if (windowMs !== bar.openTimeMs) beginBar(bar, windowMs);
    addTo(bar, columns, index);
  }

  /** Puts the bar into its row. */
  #show(bar: FormingBar): void {
    const { columns } = this;
    const isLast = columns.length > 0 && columns.openTimeMs[columns.length - 1] === bar.openTimeMs;
    if (isLast) columns.put(within(bar));
    else columns.append(within(bar));
  }
}

/** Where a high or low is missing beside a price that is not, the others could exclude that price. */
function within(bar: FormingBar): Bar {
  let { high, low } = bar;
  for (const price of [bar.open, bar.close]) {
    if (price > high) high = price;
    if (price < low) low = price;
  }
  return { ...bar, high, low };
}
