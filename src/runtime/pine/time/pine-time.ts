import { tradingCalendar, type TradingCalendar, isIntraday } from "../../../kernel/calendar/calendar.ts";
import { dayMs } from "../../../kernel/calendar/dates.ts";
import type { SymInfo } from "../../../kernel/syminfo.ts";
import { parseTimeframe, type Timeframe, timeframeSeconds } from "../../../kernel/timeframe.ts";
import { zoneOf } from "../../../kernel/zone.ts";
import type { BarClock } from "../../series.ts";
import { type BarRequest, BarTimes } from "./bar-times.ts";
import { type DateParts, timestampOf, timestampOfText } from "./timestamp.ts";
import { knownZone, ZonedParts } from "./zoned.ts";

/** What the times of a run are made of. */
export interface TimeParts {
  readonly symInfo: SymInfo;
  /** TradingView's notation. */
  readonly timeframe: string;
  /** Opens of the bars, epoch ms. */
  readonly times: Float64Array;
  readonly clock: BarClock;
  /** The machine's clock. */
  readonly nowMs: () => number;
}

const utc = zoneOf("UTC")!;

/**
 * Everything a script asks about time. Variables are worked out when they are read, from the bar the clock stands on.
 * Times are epoch ms; na is NaN.
 */
export class PineTime {
  readonly calendar: TradingCalendar;
  readonly bars: BarTimes;
  readonly #parts: TimeParts;
  readonly #timeframe: Timeframe;
  readonly #isIntraday: boolean;
  /** From a bar's open to its last second. */
  readonly #lastSecond: number;
  readonly #own: ZonedParts;
  readonly #zones = new Map<string, ZonedParts>();
  readonly #texts = new Map<string, number>();
  #zoneName = "";
  #zone: ZonedParts;
  #closeOf = Number.NaN;
  #close = Number.NaN;

  constructor(parts: TimeParts) {
    const { symInfo, times, clock } = parts;
    this.#parts = parts;
    this.calendar = tradingCalendar(symInfo);
    this.#timeframe = parseTimeframe(parts.timeframe);
    this.#isIntraday = isIntraday(this.#timeframe);
    this.#lastSecond = timeframeSeconds(this.#timeframe) * 1000 - 1000;
    const timezone = zoneOf(symInfo.timezone) === undefined ? "UTC" : symInfo.timezone;
    this.#own = this.#zone = new ZonedParts(zoneOf(timezone)!);
    const { calendar } = this;
    this.bars = new BarTimes({ calendar, timeframe: this.#timeframe, timezone, times, clock });
  }

  /** Open of the bar. */
  get open(): number {
    return this.#parts.times[this.#parts.clock.index] ?? Number.NaN;
  }

  /** Close of the bar, cut at the end of its trading day. */
  get close(): number {
    const { open } = this;
    if (open !== this.#closeOf) {
      this.#closeOf = open;
      this.#close = this.calendar.periodEndMs(open, this.#timeframe);
    }
    return this.#close;
  }

  /** 00:00 UTC of the trading date. */
  get tradingday(): number {
    return this.tradingDate(this.open) * dayMs;
  }

  /** The trading date of a bar of the chart, days since 1970-01-01. */
  tradingDate(openMs: number): number {
    return this.#isIntraday
      ? this.calendar.tradingDateAt(openMs + this.#lastSecond)
      : this.calendar.tradingDayOfBar(openMs).date;
  }

  get now(): number {
    return this.#parts.nowMs();
  }

  get year(): number {
    return this.#own.year(this.open);
  }
  get month(): number {
    return this.#own.month(this.open);
  }
  get weekofyear(): number {
    return this.#own.weekofyear(this.open);
  }
  get dayofmonth(): number {
    return this.#own.dayofmonth(this.open);
  }
  get dayofweek(): number {
    return this.#own.dayofweek(this.open);
  }
  get hour(): number {
    return this.#own.hour(this.open);
  }
  get minute(): number {
    return this.#own.minute(this.open);
  }
  get second(): number {
    return this.#own.second(this.open);
  }

  year_of(time: number, timezone: string | null): number {
    return this.#in("year", timezone).year(time);
  }
  month_of(time: number, timezone: string | null): number {
    return this.#in("month", timezone).month(time);
  }
  weekofyear_of(time: number, timezone: string | null): number {
    return this.#in("weekofyear", timezone).weekofyear(time);
  }
  dayofmonth_of(time: number, timezone: string | null): number {
    return this.#in("dayofmonth", timezone).dayofmonth(time);
  }
  dayofweek_of(time: number, timezone: string | null): number {
    return this.#in("dayofweek", timezone).dayofweek(time);
  }
  hour_of(time: number, timezone: string | null): number {
    return this.#in("hour", timezone).hour(time);
  }
  minute_of(time: number, timezone: string | null): number {
    return this.#in("minute", timezone).minute(time);
  }
  second_of(time: number, timezone: string | null): number {
    return this.#in("second", timezone).second(time);
  }

  /** `time(timeframe, bars_back, timeframe_bars_back)`. */
  time_of_timeframe(timeframe: string | null, bars_back: number, timeframe_bars_back: number): number {
    return this.bars.open("time", { timeframe, bars_back, timeframe_bars_back });
  }
  /** `time(timeframe, session, bars_back, timeframe_bars_back)`. */
  time_of_session(timeframe: string | null, session: string | null, bars_back: number, back: number): number {
    return this.bars.open("time", { timeframe, session, bars_back, timeframe_bars_back: back });
  }
  time_in_zone(request: BarRequest): number {
    return this.bars.open("time", request);
  }
  close_of_timeframe(timeframe: string | null, bars_back: number, timeframe_bars_back: number): number {
    return this.bars.close("time_close", { timeframe, bars_back, timeframe_bars_back });
  }
  close_of_session(
    timeframe: string | null,
    session: string | null,
    bars_back: number,
    back: number,
  ): number {
    return this.bars.close("time_close", { timeframe, session, bars_back, timeframe_bars_back: back });
  }
  close_in_zone(request: BarRequest): number {
    return this.bars.close("time_close", request);
  }

  /** `timestamp(year, ...)` on the exchange's clock. */
  timestamp(parts: DateParts): number {
    return timestampOf(zoneOf(this.#parts.symInfo.timezone) ?? utc, parts);
  }

  timestamp_in_zone(parts: DateParts & { readonly timezone: string | null }): number {
    const { timezone } = parts;
    return timezone === null ? this.timestamp(parts) : timestampOf(knownZone("timestamp", timezone), parts);
  }

  timestamp_of_text(text: string | null): number {
    if (text === null) return Number.NaN;
    let time = this.#texts.get(text);
    if (time === undefined) this.#texts.set(text, (time = timestampOfText(text)));
    return time;
  }

  #in(caller: string, timezone: string | null): ZonedParts {
    if (timezone === null || timezone === this.#parts.symInfo.timezone) return this.#own;
    if (timezone === this.#zoneName) return this.#zone;
    let parts = this.#zones.get(timezone);
    if (parts === undefined) {
      parts = new ZonedParts(knownZone(caller, timezone));
      this.#zones.set(timezone, parts);
    }
    this.#zoneName = timezone;
    this.#zone = parts;
    return parts;
  }
}
