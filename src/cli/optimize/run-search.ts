import { RuntimeFailure, UsageError } from "../../kernel/errors.ts";
import { rowWidth } from "../../optimize/evaluate.ts";
import { Results } from "../../optimize/results.ts";
import { SearchLog } from "../../optimize/search-log.ts";
import type { App } from "../app.ts";
import type { RunSetup } from "../run-setup.ts";
import { runPool } from "./pool.ts";
import type { Finished, Task } from "./protocol.ts";
import type { Search } from "./search.ts";

/** Runs a search and keeps what it finds, so that nothing is lost when it is killed. */

/** How a search is run. */
export interface SearchRun {
  /** The file of what was found so far. */
  readonly logPath: string;
  readonly jobs: number;
  /** Goes on with an unfinished search. */
  readonly resume: boolean;
  /** Throws an unfinished search away. */
  readonly restart: boolean;
}

/** What a search found. */
export interface SearchOutcome {
  readonly results: Results;
  /** Sets that were known before. */
  readonly resumed: number;
  readonly seconds: number;
  /** False when it was interrupted. */
  readonly isWhole: boolean;
}

/** Results are written down so often, ms. */
const commitMs = 500;

/**
 * @throws UsageError when an unfinished search is there and nobody says what to do with it, or it is another one
 * @throws RuntimeFailure when a worker ends, or the disk is full
 */
export async function runSearch(
  app: App,
  setup: RunSetup,
  search: Search,
  { logPath, jobs, resume, restart }: SearchRun,
): Promise<SearchOutcome> {
  const { sets } = search.selection;
  const results = new Results(sets.length, rowWidth(search.splits));
  const exists = SearchLog.exists(logPath);
  if (exists && !resume && !restart) {
    throw new UsageError(`${logPath} holds an unfinished search`, {
      hint: "--resume goes on with it, --restart throws it away",
    });
  }
  using log =
    exists && resume
      ? SearchLog.resume(logPath, search.identity, results)
      : SearchLog.create(logPath, search.identity);
  const resumed = results.done;
  if (resumed > 0) app.out.note(`${count(resumed)} of ${count(sets.length)} sets are known already`);
  const started = performance.now();
  let committed = Number.NEGATIVE_INFINITY;
  const onFinished = (finished: readonly Finished[]): void => {
    for (const { ordinal, outcome } of finished) {
      results.add(ordinal, outcome);
      log.add(ordinal, outcome);
    }
    const now = performance.now();
    if (finished.length > 0 && now - committed > commitMs) {
      log.commit();
      committed = now;
    }
    const seconds = (now - started) / 1000;
    app.out.progress(progressLine(results.done, sets.length, results.done - resumed, seconds));
  };
  // Where a set takes minutes nobody comes by to write down the one before.
  const ticking = setInterval(() => log.tryCommit(), commitMs);
  try {
    await runPool({
      setup,
      job: search.job,
      tasks: tasksOf(sets, results),
      jobs: Math.min(jobs, sets.length - resumed),
      signal: app.signal,
      onFinished,
    });
  } finally {
    clearInterval(ticking);
    log.commit();
    app.out.endProgress();
  }
  const isWhole = results.done === sets.length;
  if (results.failed === results.count) {
    SearchLog.remove(logPath);
    throw new RuntimeFailure(`the script fails with every set of inputs: ${results.failure(0)}`);
  }
  return { results, resumed, seconds: (performance.now() - started) / 1000, isWhole };
}

function* tasksOf(sets: readonly number[], results: Results): Generator<Task> {
  for (const [ordinal, set] of sets.entries()) if (!results.isDone(ordinal)) yield { ordinal, set };
}

const count = (value: number): string => value.toLocaleString("en");

function progressLine(done: number, total: number, fresh: number, seconds: number): string {
  const rate = fresh / Math.max(seconds, 0.001);
  const left = rate === 0 ? Infinity : (total - done) / rate;
  const share = String(Math.floor((done / total) * 100)).padStart(3);
  const speed = rate >= 10 ? Math.round(rate).toLocaleString("en") : rate.toFixed(1);
  return `${share} %  ${count(done)} of ${count(total)} sets  ${speed} sets/s  ${durationText(left)} left`;
}

/** `1:02:03` or `2:03`. */
function durationText(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.ceil(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number): string => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
