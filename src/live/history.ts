import { isProviderError, isRetryableProviderError } from "../api/plugins/errors.ts";
import { LiveProviderPlugin } from "../api/plugins/live.ts";
import type { ProviderPlugin } from "../api/plugins/provider.ts";
import { readPage } from "../data/download/page.ts";
import { answer, pages } from "../data/download/pages.ts";
import { processRateLimits } from "../data/download/rate-limit.ts";
import { retryAfterOf, retryDelayMs } from "../data/download/retry.ts";
import type { Bar } from "../kernel/bar.ts";
import type { TradingCalendar } from "../kernel/calendar/calendar.ts";
import type { Clock } from "../kernel/clock.ts";
import { messageOf } from "../kernel/errors.ts";
import type { Logger } from "../kernel/log.ts";
import type { Timeframe } from "../kernel/timeframe.ts";
import { isNews } from "./watchdog.ts";

/** A venue's history may run so far behind its stream, ms. */
const lagMs = 15_000;
/** Times that a bar which has just ended is asked for, and the wait before the second one, ms. */
const lagTries = 4;
const lagWaitMs = 1000;

/** Who is asked, and for what. */
export interface HistoryOptions {
  readonly provider: LiveProviderPlugin;
  /** Downloads this symbol, where the provider of the stream has no backfill and was made for another one. */
  readonly source: ProviderPlugin<object>;
  /** The spelling of the stream. */
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** The same in TradingView's notation. */
  readonly timeframeText: string;
  readonly calendar: TradingCalendar;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
}

/** Closed bars that the stream did not bring: by the provider's backfill, or by a download where it has none. */
export class History {
  readonly #options: HistoryOptions;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  /**
   * The venue's closed bars after a time, ascending. Transient failures are waited for, without end; where the
   * provider can never say, there are none.
   *
   * @param untilMs open of the bar that follows those that are missing; a bar that has only just ended is asked for
   *   again, since histories lag behind
   * @throws the signal's reason
   */
  async closedAfter(
    sinceMs: number,
    untilMs: number | undefined,
    signal: AbortSignal,
  ): Promise<readonly Bar[]> {
    const { clock, log, random } = this.#options;
    let [failures, tries] = [0, 1];
    for (;;) {
      try {
        const bars = await this.#ask(sinceMs, untilMs, signal);
        if (untilMs === undefined || !this.#lags(bars, sinceMs, untilMs) || tries >= lagTries) return bars;
        await clock.sleep(lagWaitMs * 2 ** (tries++ - 1), signal);
      } catch (error) {
        signal.throwIfAborted();
        failures++;
        if (isProviderError(error) && !isRetryableProviderError(error)) {
          log.warn(`bars may be missing after ${new Date(sinceMs).toISOString()}: ${messageOf(error)}`);
          return [];
        }
        const waitMs = retryDelayMs(failures, retryAfterOf(error), random());
        if (isNews(failures))
          log.warn(`missing bars: ${messageOf(error)}; asking again in ${(waitMs / 1000).toFixed(1)} s`);
        await clock.sleep(waitMs, signal);
      }
    }
  }

  /** Whether the newest bar that should be there is missing and has only just ended. */
  #lags(bars: readonly Bar[], sinceMs: number, untilMs: number): boolean {
    const { calendar, timeframe, clock } = this.#options;
    let newest = Number.NaN;
    for (const open of calendar.missingBetween(sinceMs, untilMs, timeframe)) newest = open;
    if (newest !== newest || (bars.at(-1)?.openTimeMs ?? -Infinity) >= newest) return false;
    const nowMs = clock.nowMs();
    const endMs = calendar.periodEndMs(newest, timeframe);
    return nowMs >= endMs - lagMs && nowMs < endMs + lagMs;
  }

  async #ask(sinceMs: number, untilMs: number | undefined, signal: AbortSignal): Promise<readonly Bar[]> {
    const { provider, source, symbol, timeframeText, clock } = this.#options;
    const options = { provider, clock, signal, rateLimits: processRateLimits };
    if (provider.backfillClosedBars !== LiveProviderPlugin.prototype.backfillClosedBars) {
      await processRateLimits.take(provider, clock, signal);
      const ask = async (): Promise<unknown> => provider.backfillClosedBars(symbol, timeframeText, sinceMs);
      return this.#after(await answer(ask, "missing bars", options), sinceMs);
    }
    const found: unknown[] = [];
    const to = untilMs ?? clock.nowMs();
    if (to <= sinceMs + 1) return [];
    const download = pages({ from: sinceMs + 1, to, withExtra: false }, { ...options, provider: source });
    for await (const page of download) found.push(...page);
    return this.#after(found, sinceMs).filter((bar) => this.#isOver(bar, untilMs));
  }

  #after(rows: unknown, sinceMs: number): readonly Bar[] {
    if (!Array.isArray(rows)) return [];
    return readPage(rows, false).bars.filter((bar) => bar.openTimeMs > sinceMs && !Number.isNaN(bar.close));
  }

  /** A download may show the forming bar too. */
  #isOver({ openTimeMs }: Bar, untilMs: number | undefined): boolean {
    const { calendar, timeframe, clock } = this.#options;
    if (untilMs !== undefined) return openTimeMs < untilMs;
    return calendar.periodEndMs(openTimeMs, timeframe) <= clock.nowMs();
  }
}
