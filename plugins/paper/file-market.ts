import {
  type Bar,
  type BarColumns,
  type BarUpdate,
  type Clock,
  type DataFile,
  parseTimeframe,
  partBetween,
  pathOf,
  type Timeframe,
  timeframeSeconds,
} from "pynecore/plugin";

import type { MarketPart } from "./exchange/state.ts";

/** A data file as a market: its bars in parts, and what is told of each. */

/** A part of a bar, and the update that tells of it. */
export interface MarketStep {
  readonly part: MarketPart;
  readonly update: BarUpdate;
}

export class FileMarket {
  readonly file: DataFile;
  readonly timeframe: Timeframe;
  readonly #updatesPerBar: number;

  /** @param updatesPerBar updates before the one that closes a bar */
  constructor(file: DataFile, updatesPerBar: number) {
    this.file = file;
    this.timeframe = parseTimeframe(file.timeframe);
    this.#updatesPerBar = updatesPerBar;
  }

  get columns(): BarColumns {
    return this.file.columns;
  }

  get bars(): number {
    return this.columns.length;
  }

  /** The parts of a bar, the last one its close. */
  stepsOf(index: number): readonly MarketStep[] {
    const bar = this.barAt(index);
    const fromMs = bar.openTimeMs;
    const toMs = this.closeTime(index);
    const count = this.#updatesPerBar;
    const volume = Number.isNaN(bar.volume) ? null : bar.volume / (count + 1);
    // A bar without prices passes by, and nothing fills.
    if (Number.isNaN(bar.open + bar.high + bar.low + bar.close)) return [];
    const closing: BarUpdate = { ...bar, isClosed: true };
    if (count === 0)
      return [{ part: { ...pricesOf(bar), fromMs, toMs, volume, startsBar: true }, update: closing }];
    const forming = pathOf(bar, count, this.file.symInfo).map((point, step) => ({
      ...bar,
      ...point,
      volume: (bar.volume * (step + 1)) / (count + 1),
      isClosed: false,
    }));
    const updates = [...forming, closing];
    const timeOf = (step: number): number => fromMs + ((toMs - fromMs) * step) / count;
    return updates.map((update, step) => ({
      update,
      part: {
        ...partBetween(updates[step - 1], update),
        fromMs: timeOf(Math.max(0, step - 1)),
        toMs: timeOf(Math.min(step, count)),
        volume,
        startsBar: step === 0,
      },
    }));
  }

  barAt(index: number, withExtra = true): Bar {
    const { columns } = this;
    const at = (column: Float64Array): number => column[index] ?? Number.NaN;
    const bar = {
      openTimeMs: at(columns.openTimeMs),
      open: at(columns.open),
      high: at(columns.high),
      low: at(columns.low),
      close: at(columns.close),
      volume: at(columns.volume),
    };
    if (!withExtra || columns.extra.size === 0) return bar;
    const extra = [...columns.extra].map(([name, column]) => [name, column[index] ?? ""] as const);
    return { ...bar, extra: Object.fromEntries(extra) };
  }

  /** When a bar closes: a period after its open, or at the next bar's open where that comes first. */
  closeTime(index: number): number {
    const opens = this.columns.openTimeMs;
    const open = opens[index] ?? Number.NaN;
    return Math.min(periodEnd(open, this.timeframe), opens[index + 1] ?? Infinity);
  }

  /** The first bar that opens at or after a time; the number of bars when there is none. */
  firstAtOrAfter(ms: number): number {
    const opens = this.columns.openTimeMs;
    let [low, high] = [0, opens.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (opens[middle]! < ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The hash of the first bars of a file: what an account is bound to. */
export function hashOf({ openTimeMs, open, high, low, close, volume }: BarColumns, bars: number): string {
  const hasher = new Bun.CryptoHasher("sha256");
  for (const column of [openTimeMs, open, high, low, close, volume]) hasher.update(column.slice(0, bars));
  return hasher.digest("hex").slice(0, 32);
}

/** The pace of a market: as fast as possible, or so many times as fast as it was. */
export class Pace {
  readonly #clock: Clock;
  readonly #speed: number;
  #anchor: { readonly clockMs: number; readonly marketMs: number } | undefined;

  /** @param speed `Infinity`: no waiting */
  constructor(clock: Clock, speed: number) {
    this.#clock = clock;
    this.#speed = speed;
  }

  /** Resolves when a time of the market has come. Time that nothing was waited for is not made up for. */
  async wait(marketMs: number, signal: AbortSignal): Promise<void> {
    if (this.#speed === Infinity) return;
    const nowMs = this.#clock.nowMs();
    this.#anchor ??= { clockMs: nowMs, marketMs };
    const dueMs = this.#anchor.clockMs + (marketMs - this.#anchor.marketMs) / this.#speed;
    for (let left = dueMs - nowMs; left > 0; left = dueMs - this.#clock.nowMs())
      await this.#clock.sleep(Math.min(left, longestSleepMs), signal);
  }
}

/** Longest single sleep, ms: timers do not count further than 2^31. */
const longestSleepMs = 3_600_000;

function pricesOf({ open, high, low, close }: Bar): Pick<Bar, "open" | "high" | "low" | "close"> {
  return { open, high, low, close };
}

function periodEnd(openMs: number, timeframe: Timeframe): number {
  if (timeframe.unit !== "month") return openMs + timeframeSeconds(timeframe) * 1000;
  const end = new Date(openMs);
  end.setUTCMonth(end.getUTCMonth() + timeframe.value);
  return end.getTime();
}
