/** A venue in memory, and a clock that is moved by hand: what the download tests run against. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type DownloadRequest, ProviderPlugin, type RateLimit } from "../../../src/api/plugins/provider.ts";
import { answerTimeoutMs } from "../../../src/data/download/pages.ts";
import { RateLimits } from "../../../src/data/download/rate-limit.ts";
import type { DownloadJob } from "../../../src/data/download/types.ts";
import type { Bar } from "../../../src/kernel/bar.ts";
import type { Clock } from "../../../src/kernel/clock.ts";
import type { SymInfo } from "../../../src/kernel/syminfo.ts";

export const minuteMs = 60_000;
/** 2024-01-01T00:00:00Z, a Monday. */
export const start = 1_704_067_200_000;

/** A symbol that never closes; a tick is a cent. */
export const symbol: SymInfo = {
  prefix: "VENUE",
  description: "Test coin",
  ticker: "X",
  currency: "USD",
  basecurrency: "X",
  period: "1",
  type: "crypto",
  mintick: 0.01,
  pricescale: 100,
  minmove: 1,
  pointvalue: 1,
  mincontract: 0.5,
  timezone: "UTC",
  volumetype: "base",
  openingHours: [],
  sessionStarts: [],
  sessionEnds: [],
};

/** A bar of minute `index` whose prices follow from the index and a version. */
export function barOf(index: number, version = 0): Bar {
  const cents = 10_000 + (index % 50);
  const last = cents + (version % 7);
  return {
    openTimeMs: start + index * minuteMs,
    open: cents / 100,
    high: (last + 5) / 100,
    low: (cents - 5) / 100,
    close: last / 100,
    volume: 1 + index + version,
  };
}

/** Time that passes only when somebody waits. A wait for an answer that does not come never ends by itself. */
export class HandClock implements Clock {
  now: number;
  readonly waits: number[] = [];
  /** Let the wait for an answer run out. */
  stalls = false;

  constructor(nowMs: number) {
    this.now = nowMs;
  }

  nowMs(): number {
    return this.now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms === answerTimeoutMs && !this.stalls) {
      return new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      });
    }
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    this.waits.push(ms);
    this.now += ms;
    return Promise.resolve();
  }
}

/** One page of an answer, or what goes wrong instead. */
export type Answer = readonly unknown[] | Error | "hang";

/** A provider that answers by a function of the request. */
export class TestVenue extends ProviderPlugin {
  static override timeframes = { "1": "1m", "1D": "1d", "1M": "1mo" };
  readonly requests: { from: number; to: number; limit: number | undefined }[] = [];
  info: () => Promise<SymInfo> = () => Promise.resolve(symbol);
  answers: (request: DownloadRequest) => Iterable<Answer> = () => [];

  constructor(answers?: (request: DownloadRequest) => Iterable<Answer>, timeframe = "1") {
    super({ config: {}, name: "venue", symbol: "X", timeframe });
    if (answers !== undefined) this.answers = answers;
  }

  override getAvailableSymbols(): Promise<string[]> {
    return Promise.resolve(["X"]);
  }

  override getSymbolInfo(): Promise<SymInfo> {
    return this.info();
  }

  override async *download(request: DownloadRequest): AsyncIterable<readonly Bar[]> {
    this.requests.push({ from: request.from, to: request.to, limit: request.limit });
    for (const answer of this.answers(request)) {
      if (answer === "hang") await new Promise(() => {});
      else if (answer instanceof Error) throw answer;
      else yield answer as readonly Bar[];
    }
  }
}

/** A venue that has these bars, in pages of so many. */
export function serving(bars: () => readonly Bar[], pageSize = 10) {
  return function* ({ from, to }: DownloadRequest): Generator<readonly Bar[]> {
    const wanted = bars().filter((bar) => bar.openTimeMs >= from && bar.openTimeMs < to);
    for (let at = 0; at < wanted.length; at += pageSize) yield wanted.slice(at, at + pageSize);
  };
}

/** A class with a rate limit of its own. */
export function limited(rateLimit: RateLimit): typeof TestVenue {
  return class extends TestVenue {
    static override rateLimit = rateLimit;
  };
}

/** A clock at a minute; at a whole one it is ten seconds later, when the bar before it has settled. */
export function clockAt(minutes: number): HandClock {
  return new HandClock(start + minutes * minuteMs + (Number.isInteger(minutes) ? 10_000 : 0));
}

/** A job into a fresh folder, its clock standing at minute `minutes`. */
export function jobFor(
  provider: TestVenue,
  minutes: number,
  options: Partial<DownloadJob> & { readonly folder?: string } = {},
): DownloadJob & { readonly clock: HandClock } {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "pyne-download-"));
  return {
    provider,
    path: join(folder, "venue_X_1.ohlcv"),
    timeframe: "1",
    from: start,
    lock: { folder: join(folder, "locks"), waitMs: 0 },
    random: () => 0.5,
    rateLimits: new RateLimits(),
    ...options,
    clock: clockAt(minutes),
  };
}
