import { isIntraday, type TradingCalendar } from "../kernel/calendar/calendar.ts";
import { type Timeframe, timeframeSeconds } from "../kernel/timeframe.ts";

/** What is missing between the first bar of a file and its last. Pure. Times are epoch ms. */

/** Two neighbouring bars that are further apart than one step. */
export interface Gap {
  readonly beforeMs: number;
  readonly afterMs: number;
}

/** Bars of open market hours that are not there, between two that are: `[fromMs, toMs)`. */
export interface Hole {
  readonly fromMs: number;
  /** End of the last one. */
  readonly toMs: number;
  /** How many are missing; closed hours in between count nothing. */
  readonly bars: number;
}

/** Times that need not all be read. */
export interface TimeSource {
  readonly length: number;
  timeAt(index: number): number;
  times(from: number, to: number): Float64Array;
}

/** Times that are read together rather than halved further. */
const blockLength = 2048;

/**
 * The gaps between times, ascending. Of intraday bars a stretch is passed over unread when it is exactly as long as
 * its bars are: no two bars are closer than a step, so none can be missing there.
 */
export function* gapsOf(source: TimeSource, timeframe: Timeframe): Generator<Gap> {
  const last = source.length - 1;
  if (last < 1) return;
  const stepMs = timeframeSeconds(timeframe) * 1000;
  if (isIntraday(timeframe)) {
    yield* intradayGaps(source, stepMs, 0, source.timeAt(0), last, source.timeAt(last));
    return;
  }
  // Days, weeks and months have no fixed length: every step is looked at by the calendar.
  yield* stepsBeyond(source.times(0, source.length), 0);
}

function* intradayGaps(
  source: TimeSource,
  stepMs: number,
  from: number,
  fromMs: number,
  to: number,
  toMs: number,
): Generator<Gap> {
  if (toMs - fromMs === (to - from) * stepMs) return;
  if (to - from <= blockLength) {
    yield* stepsBeyond(source.times(from, to + 1), stepMs);
    return;
  }
  const middle = (from + to) >>> 1;
  const middleMs = source.timeAt(middle);
  yield* intradayGaps(source, stepMs, from, fromMs, middle, middleMs);
  yield* intradayGaps(source, stepMs, middle, middleMs, to, toMs);
}

function* stepsBeyond(times: Float64Array, stepMs: number): Generator<Gap> {
  for (let index = 1; index < times.length; index++) {
    const [beforeMs, afterMs] = [times[index - 1] ?? 0, times[index] ?? 0];
    if (afterMs - beforeMs > stepMs) yield { beforeMs, afterMs };
  }
}

/** The holes that gaps are; one gap is one hole, however many nights lie inside. */
export function* holesIn(
  gaps: Iterable<Gap>,
  calendar: TradingCalendar,
  timeframe: Timeframe,
): Generator<Hole> {
  for (const { beforeMs, afterMs } of gaps) {
    let [bars, firstMs, lastMs] = [0, 0, 0];
    for (const openMs of calendar.missingBetween(beforeMs, afterMs, timeframe)) {
      if (bars++ === 0) firstMs = openMs;
      lastMs = openMs;
    }
    if (bars === 0) continue;
    yield { fromMs: firstMs, toMs: Math.min(afterMs, calendar.periodEndMs(lastMs, timeframe)), bars };
  }
}

/** All holes of times that are at hand. */
export function holesOf(openTimeMs: Float64Array, calendar: TradingCalendar, timeframe: Timeframe): Hole[] {
  return [...holesIn(stepsBeyond(openTimeMs, 0), calendar, timeframe)];
}

/** How many bars are missing in holes. */
export function missingBars(holes: Iterable<Hole>): number {
  let bars = 0;
  for (const hole of holes) bars += hole.bars;
  return bars;
}
