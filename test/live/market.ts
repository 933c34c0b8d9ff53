/** A market for tests of live runs: bars that are known in the end come about update by update, in order of time. */
import type { ScriptModule } from "../../src/api/script/declaration.ts";
import { type Bar, barAt, type BarColumns, columnsOf } from "../../src/kernel/bar.ts";
import { tradingCalendar } from "../../src/kernel/calendar/calendar.ts";
import { parseTimeframe } from "../../src/kernel/timeframe.ts";
import { LiveRun, type LiveRunOptions } from "../../src/runtime/live-run.ts";
import type { RunResult } from "../../src/runtime/run.ts";
import type { Feed, Feeds } from "../../src/runtime/security/feeds.ts";
import { GrowingFeed } from "../../src/runtime/security/growing-feed.ts";

/** What a bar looks like on its way: the first `count` of some points between its extremes. */
export function waysOf(bar: Bar, count: number, random: () => number): Bar[] {
  const prices = Array.from({ length: count }, () => bar.low + random() * (bar.high - bar.low));
  return prices.map((close, index) => {
    const seen = [bar.open, ...prices.slice(0, index + 1)];
    const volume = (bar.volume * (index + 1)) / (count + 1);
    return { ...bar, high: Math.max(...seen), low: Math.min(...seen), close, volume };
  });
}

/** Ends of all bars, epoch ms. */
export function endsOf({ columns, symInfo, timeframe }: Feed): number[] {
  const calendar = tradingCalendar(symInfo);
  const parsed = parseTimeframe(timeframe);
  return Array.from(columns.openTimeMs.subarray(0, columns.length), (open) =>
    calendar.periodEndMs(open, parsed),
  );
}

export const barsOf = (columns: BarColumns): Bar[] =>
  Array.from({ length: columns.length }, (_, index) => barAt(columns, index));

/** A feed whose bars arrive when they happen. */
class Stream {
  readonly whole: Feed;
  readonly feed: GrowingFeed;
  readonly #bars: readonly Bar[];
  readonly #ends: readonly number[];
  #next = 0;

  /** @param untilMs what ended by then is history */
  constructor(whole: Feed, untilMs: number) {
    this.whole = whole;
    this.#bars = barsOf(whole.columns);
    this.#ends = endsOf(whole);
    while (this.#next < this.#bars.length && this.#ends[this.#next]! <= untilMs) this.#next++;
    const history = columnsOf(this.#bars.slice(0, this.#next));
    this.feed = new GrowingFeed(history, whole.symInfo, whole.timeframe);
  }

  /** Everything up to a moment has arrived. */
  pass(nowMs: number, random: () => number): void {
    while (this.#next < this.#bars.length && this.#ends[this.#next]! <= nowMs)
      this.feed.close(this.#bars[this.#next++]!);
    const forming = this.#bars[this.#next];
    if (forming !== undefined && forming.openTimeMs < nowMs)
      this.feed.tick(waysOf(forming, 1 + Math.floor(random() * 3), random).at(-1)!);
  }
}

/** How a market comes about. */
export interface Course {
  readonly chart: Feed;
  /** Other feeds by what `feeds` makes of them: those that stream, and files. */
  readonly streams: readonly Feed[];
  /** @param live the streams as they are in the run, in their order */
  readonly feeds: (live: readonly Feed[]) => Feeds;
  /** Chart bars that are history. */
  readonly history: number;
  /** Updates of a bar. */
  readonly ticks: (bar: Bar) => readonly Bar[];
  readonly random: () => number;
  readonly options?: Partial<LiveRunOptions>;
  /** After each update of the chart's bar. */
  readonly onTick?: (run: LiveRun, index: number) => void;
}

/** Runs a script through it. */
export async function liveThrough(module: ScriptModule, course: Course): Promise<RunResult> {
  const { chart, history, random } = course;
  const bars = barsOf(chart.columns);
  const ends = endsOf(chart);
  const streams = course.streams.map((feed) => new Stream(feed, ends[history - 1]!));
  const run = new LiveRun(module, {
    symInfo: chart.symInfo,
    timeframe: chart.timeframe,
    history: columnsOf(bars.slice(0, history)),
    feeds: course.feeds(streams.map(({ feed }) => feed)),
    ...course.options,
  });
  await run.start();
  await run.warmUp();
  run.goLive();
  for (let index = history; index < bars.length; index++) {
    const bar = bars[index]!;
    const endMs = ends[index]!;
    const updates = course.ticks(bar);
    for (const [step, update] of updates.entries()) {
      const nowMs = bar.openTimeMs + ((endMs - bar.openTimeMs) * (step + 0.5)) / updates.length;
      for (const stream of streams) stream.pass(nowMs, random);
      run.tick(update);
      course.onTick?.(run, index);
    }
    for (const stream of streams) stream.pass(endMs, random);
    run.close(bar);
  }
  return run.result("completed");
}
