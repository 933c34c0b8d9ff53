import { type Timeframe, timeframeSeconds } from "../timeframe.ts";
import { isIntraday } from "./calendar.ts";
import { weekdayOf } from "./dates.ts";
import { parseSession } from "./session-text.ts";
import { searchDays, TradingDays } from "./trading-days.ts";
import { daySlot, monthSlot, type Slot, weekSlot } from "./year-grid.ts";

/** One stretch of a session. */
interface Run {
  readonly openMs: number;
  /** Exclusive. */
  readonly endMs: number;
  /** The date it is filed under, days since 1970-01-01. */
  readonly date: number;
}

/** Open and close of a bar; both NaN for none. */
export interface Bounds {
  openMs: number;
  closeMs: number;
}

const noBounds: Bounds = { openMs: Number.NaN, closeMs: Number.NaN };

/**
 * The bars of a session that a script writes, on the clock of a zone: buckets of intraday bars count from the open of
 * a run and the last is cut at its close; a bar of a day is a run; longer ones go from the first run of a period to
 * that of the next. Where daylight saving changes, the wall clock holds.
 */
export class SessionRuns {
  readonly #days: TradingDays;
  #last: Run | undefined;

  /** @throws UsageError for what is not a session. An unknown zone is UTC. */
  constructor(text: string, timezone: string) {
    this.#days = new TradingDays({
      openingHours: parseSession(text),
      sessionStarts: [],
      sessionEnds: [],
      timezone,
    });
  }

  /** Whether a moment is in the session: its start is, its end is not. */
  contains(timeMs: number): boolean {
    return this.#runAt(timeMs) !== undefined;
  }

  /**
   * The bar that holds a moment, or the one `back` bars before it. Outside of the session there is no bar of a day or
   * less; going back from there begins at the last one.
   */
  bounds(timeMs: number, timeframe: Timeframe, back: number): Bounds {
    if (isIntraday(timeframe)) return this.#bucket(timeMs, timeframeSeconds(timeframe) * 1000, back);
    return timeframe.unit === "day" && timeframe.value === 1
      ? this.#day(timeMs, back)
      : this.#period(timeMs, timeframe, back);
  }

  #bucket(timeMs: number, step: number, back: number): Bounds {
    const inside = this.#runAt(timeMs);
    let run = inside ?? (back > 0 ? this.#runBefore(timeMs) : undefined);
    if (run === undefined) return noBounds;
    let bucket = Math.floor((inside === undefined ? run.endMs - 1 - run.openMs : timeMs - run.openMs) / step);
    for (let left = back; left > 0; left--) {
      if (--bucket >= 0) continue;
      run = this.#runBefore(run.openMs);
      if (run === undefined) return noBounds;
      bucket = Math.floor((run.endMs - 1 - run.openMs) / step);
    }
    // Seen from outside, a run is known by its first bucket.
    const openMs = run.openMs + (inside === undefined ? 0 : bucket * step);
    return { openMs, closeMs: Math.min(openMs + step, run.endMs) };
  }

  #day(timeMs: number, back: number): Bounds {
    let run = this.#runAt(timeMs);
    let left = back;
    if (run === undefined && left-- > 0) run = this.#runBefore(timeMs);
    for (; left > 0 && run !== undefined; left--) run = this.#runBefore(run.openMs);
    return run === undefined ? noBounds : { openMs: run.openMs, closeMs: run.endMs };
  }

  #period(timeMs: number, timeframe: Timeframe, back: number): Bounds {
    const run = this.#runAt(timeMs) ?? this.#runBefore(timeMs);
    if (run === undefined) return noBounds;
    let slot = slotOf(run.date, timeframe);
    for (let left = back; left > 0; left--) {
      const before = this.#runBefore(this.#firstRunFrom(slot.first)?.openMs ?? Number.NaN);
      if (before === undefined) return noBounds;
      slot = slotOf(before.date, timeframe);
    }
    const first = this.#firstRunFrom(slot.first);
    const next = this.#firstRunFrom(slot.last + 1);
    if (first === undefined || next === undefined) return noBounds;
    return { openMs: first.openMs, closeMs: next.openMs };
  }

  #runAt(timeMs: number): Run | undefined {
    const last = this.#last;
    if (last !== undefined && timeMs >= last.openMs && timeMs < last.endMs) return last;
    const today = this.#days.dateAt(timeMs);
    for (const date of [today, today - 1]) {
      const found = this.#runsOn(date).findLast(({ openMs, endMs }) => timeMs >= openMs && timeMs < endMs);
      if (found !== undefined) return (this.#last = found);
    }
    return undefined;
  }

  /** The last run that opens before a moment. */
  #runBefore(timeMs: number): Run | undefined {
    if (timeMs !== timeMs) return undefined;
    const today = this.#days.dateAt(timeMs);
    for (let date = today; date > today - searchDays; date--) {
      const found = this.#runsOn(date).findLast(({ openMs }) => openMs < timeMs);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The first run that is filed under a date or a later one. */
  #firstRunFrom(first: number): Run | undefined {
    for (let date = first - 1; date < first + searchDays; date++) {
      const found = this.#runsOn(date).find((run) => run.date >= first);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The runs that begin on a local date, ascending. */
  #runsOn(date: number): Run[] {
    const { intervals, rollMs } = this.#days.local(date);
    const runs: Run[] = [];
    for (let index = 0; index < intervals.length; index += 2) {
      const [openMs = 0, endMs = 0] = [intervals[index], intervals[index + 1]];
      runs.push({ openMs, endMs, date: openMs >= rollMs ? date + 1 : date });
    }
    return runs;
  }
}

/** A period by the dates it holds. A weekend belongs to the week before it, as everywhere. */
function slotOf(date: number, { unit, value }: Timeframe): Slot {
  if (unit === "month") return monthSlot(date, value);
  if (unit === "day") return daySlot(date, value, "calendar");
  if (value > 1) return weekSlot(date, value);
  const monday = date - weekdayOf(date);
  return { first: monday, last: monday + 6 };
}
