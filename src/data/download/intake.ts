import type { Bar } from "../../kernel/bar.ts";
import { DataError } from "../../kernel/errors.ts";
import type { RefusedBar } from "../provenance-file.ts";
import type { TimeRange } from "./types.ts";

/**
 * A period that has just ended may still change where the venue's clock or bookkeeping runs behind: its bar counts
 * only when a later one has begun, or so long after.
 */
export const settleMs = 5000;

/** What an intake knows from the start. */
export interface IntakeOptions {
  /** Open time of the last stored bar; −Infinity without one. */
  readonly boundaryMs: number;
  /** The window: from inclusive, to exclusive. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly periods: Periods;
}

/** Where the bars of an instrument end, and where there should be some. */
export interface Periods {
  /** End of the period of a bar that opens at a time, exclusive. */
  endMs(openMs: number): number;
  /** Whether trading hours lie between two bars that follow one another. */
  missesBetween(beforeMs: number, afterMs: number): boolean;
}

/** What of a page is to be stored. */
export interface Taken {
  /** The last stored bar as the venue has it now. */
  readonly again: Bar | undefined;
  /** Bars that follow it, ascending. */
  readonly fresh: readonly Bar[];
  /** The page told nothing that was not known. */
  readonly idle: boolean;
  /** The venue did not show that nothing lies between the last stored bar and the first fresh one. */
  readonly hole: TimeRange | undefined;
}

/**
 * Decides, page by page through one answer of a provider, which bars are new, final and in order. Pure but for what it
 * remembers.
 *
 * Once a bar is not final, no later one is taken: the next run would start behind it and never ask for it again.
 */
export class Intake {
  readonly #options: IntakeOptions;
  /** Open times of the bars taken so far, ascending. */
  readonly #taken: number[] = [];
  #newestMs = -Infinity;
  #frontierMs = Infinity;
  #overlapSeen = false;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  get #lastMs(): number {
    return this.#taken.at(-1) ?? this.#options.boundaryMs;
  }

  /**
   * @param bars ascending, one per time
   * @throws DataError for a bar that belongs before one that was taken already
   */
  take(bars: readonly Bar[], nowMs: number): Taken {
    const { boundaryMs, fromMs, toMs, periods } = this.#options;
    let again: Bar | undefined;
    let hole: TimeRange | undefined;
    const fresh: Bar[] = [];
    const newest = bars.at(-1)?.openTimeMs ?? this.#newestMs;
    const old = bars.length > 0 && newest <= this.#newestMs;
    this.#newestMs = Math.max(this.#newestMs, newest);
    for (const [index, bar] of bars.entries()) {
      const { openTimeMs } = bar;
      if (openTimeMs <= boundaryMs) this.#overlapSeen = true;
      if (openTimeMs < fromMs || openTimeMs >= toMs) continue;
      const last = this.#lastMs;
      if (openTimeMs < last) {
        this.#requireKnown(openTimeMs, last);
        continue;
      }
      if (openTimeMs >= this.#frontierMs) continue;
      const endMs = periods.endMs(openTimeMs);
      if (endMs > nowMs || (endMs + settleMs > nowMs && index === bars.length - 1)) {
        this.#frontierMs = openTimeMs;
        continue;
      }
      if (openTimeMs === last) {
        again = bar;
        continue;
      }
      const unproven = last === boundaryMs && last !== -Infinity && !this.#overlapSeen;
      if (unproven && periods.missesBetween(last, openTimeMs))
        hole = { fromMs: periods.endMs(last), toMs: openTimeMs };
      fresh.push(bar);
      this.#taken.push(openTimeMs);
    }
    return { again, fresh, idle: old && fresh.length === 0, hole };
  }

  /** Of the bars of a page that break a rule, those whose place in the file stays empty. Call it before `take`. */
  refuse(refused: readonly RefusedBar[], nowMs: number): RefusedBar[] {
    const { boundaryMs, fromMs, toMs, periods } = this.#options;
    return refused.filter(({ timeMs }) => {
      if (timeMs !== timeMs) return true;
      if (timeMs < fromMs || timeMs >= toMs || timeMs <= boundaryMs || timeMs >= this.#frontierMs)
        return false;
      if (periods.endMs(timeMs) + settleMs <= nowMs) return true;
      this.#frontierMs = timeMs;
      return false;
    });
  }

  #requireKnown(timeMs: number, lastMs: number): void {
    if (timeMs <= this.#options.boundaryMs) return;
    let [low, high] = [0, this.#taken.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#taken[middle] ?? 0) < timeMs) low = middle + 1;
      else high = middle;
    }
    if (this.#taken[low] === timeMs) return;
    throw new DataError(
      `the provider sent the bar at ${new Date(timeMs).toISOString()} after the one at ${new Date(lastMs).toISOString()} was stored`,
      { hint: "what was stored before stays; the provider does not send its pages in order" },
    );
  }
}
