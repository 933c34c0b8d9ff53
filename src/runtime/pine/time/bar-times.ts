import type { TradingCalendar } from "../../../kernel/calendar/calendar.ts";
import { followingBarOpenMs, previousBarOpenMs } from "../../../kernel/calendar/neighbours.ts";
import { SessionRuns } from "../../../kernel/calendar/session-runs.ts";
import { PyneError, RuntimeFailure } from "../../../kernel/errors.ts";
import { parseTimeframe, type Timeframe, timeframeSeconds } from "../../../kernel/timeframe.ts";
import type { BarClock } from "../../series.ts";
import { Periods } from "./periods.ts";
import { knownZone } from "./zoned.ts";

/** What a run knows about its own time. */
export interface ChartTime {
  readonly calendar: TradingCalendar;
  readonly timeframe: Timeframe;
  readonly timezone: string;
  /** Opens of the chart's bars, epoch ms. */
  readonly times: Float64Array;
  readonly clock: BarClock;
}

/** Sessions that stand for the symbol's own hours. */
const ownHours: ReadonlySet<string> = new Set(["regular", "extended"]);

/** Which bar a call asks for. */
export interface BarRequest {
  /** `""`: the chart's. */
  readonly timeframe: string | null;
  readonly session?: string | null;
  readonly timezone?: string | null;
  /** Bars of the chart to go back before anything else; negative: ahead. */
  readonly bars_back?: number;
  /** Bars of the timeframe to go back from there; negative: ahead. */
  readonly timeframe_bars_back?: number;
}

/**
 * `time(...)`, `time_close(...)` and `timeframe.change(...)`: which bar of which timeframe a bar of the chart belongs
 * to. Timeframes and sessions are read once and remembered by their text.
 */
export class BarTimes {
  readonly #chart: ChartTime;
  readonly #timeframes = new Map<string, Timeframe>();
  readonly #periods = new Map<Timeframe, Periods>();
  readonly #sessions = new Map<string, SessionRuns>();
  readonly #step: number;

  constructor(chart: ChartTime) {
    this.#chart = chart;
    this.#step = timeframeSeconds(chart.timeframe);
  }

  /** Open of the bar, epoch ms; na outside of the session. */
  open(caller: string, request: BarRequest): number {
    return this.#find(caller, request, false);
  }

  /** Its close. */
  close(caller: string, request: BarRequest): number {
    return this.#find(caller, request, true);
  }

  /** Whether the current bar is the first of a bar of the timeframe. */
  change(timeframe: string | null): boolean {
    const { index, first } = this.#chart.clock;
    const target = this.#timeframe("timeframe.change", timeframe);
    // Of the chart's own timeframe every bar is a new one.
    if (timeframeSeconds(target) <= this.#step) return index > first;
    return this.#periodsOf(target).begins(index);
  }

  #find(caller: string, request: BarRequest, wantsClose: boolean): number {
    const { calendar } = this.#chart;
    const timeframe = this.#timeframe(caller, request.timeframe);
    const bar = this.#barBefore(request.bars_back ?? 0);
    if (bar !== bar) return Number.NaN;
    const back = whole(request.timeframe_bars_back ?? 0);
    const session = request.session ?? "";
    if (session !== "" && !ownHours.has(session)) {
      const zone = request.timezone ?? this.#chart.timezone;
      const { openMs, closeMs } = this.#runs(caller, session, zone).bounds(bar, timeframe, back);
      return wantsClose ? closeMs : openMs;
    }
    if (session !== "") {
      const endMs = calendar.periodEndMs(bar, this.#chart.timeframe);
      if (!calendar.overlapsSession(bar, endMs)) return Number.NaN;
    }
    const openMs = this.#shifted(this.#openOf(bar, timeframe), timeframe, back);
    return wantsClose && openMs === openMs ? calendar.periodEndMs(openMs, timeframe) : openMs;
  }

  /** Open of the chart's bar so many before the current one; one that has not come yet is where it is expected. */
  #barBefore(barsBack: number): number {
    const { clock, times, calendar, timeframe } = this.#chart;
    const back = whole(barsBack);
    const index = clock.index - back;
    if (back < 0) return followingBarOpenMs(calendar, times[clock.index]!, timeframe, -back);
    return index < clock.first ? Number.NaN : times[index]!;
  }

  #openOf(barMs: number, timeframe: Timeframe): number {
    const { calendar, clock, times } = this.#chart;
    if (timeframe === this.#chart.timeframe) return barMs;
    if (timeframeSeconds(timeframe) <= this.#step) return calendar.barOpenMs(barMs, timeframe);
    // The current bar is what nearly every call asks about.
    if (barMs === times[clock.index]) return this.#periodsOf(timeframe).openMs(clock.index);
    const index = indexOf(times, barMs, clock.index);
    return index < 0 ? calendar.barOpenMs(barMs, timeframe) : this.#periodsOf(timeframe).openMs(index);
  }

  #shifted(openMs: number, timeframe: Timeframe, back: number): number {
    const { calendar } = this.#chart;
    if (back < 0) return followingBarOpenMs(calendar, openMs, timeframe, -back);
    let open = openMs;
    for (let left = back; left > 0 && open === open; left--)
      open = previousBarOpenMs(calendar, open, timeframe);
    return open;
  }

  #timeframe(caller: string, text: string | null): Timeframe {
    if (text === null || text === "") return this.#chart.timeframe;
    const known = this.#timeframes.get(text);
    if (known !== undefined) return known;
    const parsed = asFailure(caller, () => parseTimeframe(text));
    const { value, unit } = this.#chart.timeframe;
    const timeframe = parsed.value === value && parsed.unit === unit ? this.#chart.timeframe : parsed;
    this.#timeframes.set(text, timeframe);
    return timeframe;
  }

  #periodsOf(timeframe: Timeframe): Periods {
    let periods = this.#periods.get(timeframe);
    if (periods === undefined) {
      const { calendar, times, clock } = this.#chart;
      periods = new Periods(calendar, this.#chart.timeframe, timeframe, times, clock.first);
      this.#periods.set(timeframe, periods);
    }
    return periods;
  }

  #runs(caller: string, session: string, timezone: string): SessionRuns {
    const key = `${session}|${timezone}`;
    let runs = this.#sessions.get(key);
    if (runs === undefined) {
      knownZone(caller, timezone);
      runs = asFailure(caller, () => new SessionRuns(session, timezone));
      this.#sessions.set(key, runs);
    }
    return runs;
  }
}

/** A number of bars: na is none, a fraction is cut off. */
function whole(value: number): number {
  return value === value ? Math.trunc(value) : 0;
}

/** The bar that opens at a moment, at or before `from`; −1 for none. */
function indexOf(times: Float64Array, timeMs: number, from: number): number {
  let [low, high] = [0, from];
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const at = times[middle]!;
    if (at === timeMs) return middle;
    if (at < timeMs) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** What a script gets wrong at run time ends the run; it is no mistake on the command line. */
function asFailure<Value>(caller: string, make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof PyneError)) throw error;
    throw new RuntimeFailure(`${caller}: ${error.message}`, { hint: error.hint, cause: error });
  }
}
