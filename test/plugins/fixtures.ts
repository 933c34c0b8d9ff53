/** What tests of providers need: a clock that stands still, and data files that are made up. */
import type { Clock } from "../../src/kernel/clock.ts";
import type { BarColumns } from "../../src/kernel/bar.ts";
import type { DataFile, DataFiles } from "../../src/api/plugins/data-files.ts";
import type { SymInfo } from "../../src/kernel/syminfo.ts";

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** Time that passes when a test says so; a sleep ends when its moment is reached. */
export class ManualClock implements Clock {
  #nowMs: number;
  #sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason);
      const sleeper = { atMs: this.#nowMs + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener(
        "abort",
        () => {
          this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
          reject(signal.reason);
        },
        { once: true },
      );
    });
  }

  /** How many sleep. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  advance(ms: number): void {
    this.#nowMs += ms;
    const due = this.#sleepers.filter(({ atMs }) => atMs <= this.#nowMs);
    this.#sleepers = this.#sleepers.filter(({ atMs }) => atMs > this.#nowMs);
    for (const { wake } of due) wake();
  }

  /** Jumps to the next sleeper's moment, when somebody sleeps. */
  advanceToNext(): void {
    const next = Math.min(...this.#sleepers.map(({ atMs }) => atMs));
    if (Number.isFinite(next)) this.advance(next - this.#nowMs);
  }
}

/** Lets everything that is ready run. */
export async function settle(turns = 5): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const days = [0, 1, 2, 3, 4, 5, 6];

/** A symbol that always trades, on a grid of hundredths. */
export function symInfo(period: string): SymInfo {
  return {
    prefix: "TEST",
    description: "A test",
    ticker: "X",
    currency: "USD",
    period,
    type: "crypto",
    mintick: 0.01,
    pricescale: 100,
    minmove: 1,
    pointvalue: 1,
    mincontract: 1,
    timezone: "UTC",
    volumetype: "base",
    openingHours: days.map((on) => ({ day: on, start: "00:00:00", end: "00:00:00" })),
    sessionStarts: days.map((on) => ({ day: on, time: "00:00:00" })),
    sessionEnds: days.map((on) => ({ day: on, time: "00:00:00" })),
  };
}

/** Rows of a zigzag: one bar a period from `startMs` on. */
export function zigzag(count: number, startMs: number, periodMs: number): number[][] {
  return Array.from({ length: count }, (_, index) => {
    const open = 100 + (index % 7);
    const close = open + (index % 2 === 0 ? 0.5 : -0.5);
    return [startMs + index * periodMs, open, open + 1.25, open - 1, close, 10 + index];
  });
}

/** Data files by name. */
export function dataFiles(files: Readonly<Record<string, Omit<DataFile, "path">>>): DataFiles {
  return {
    names: () => Promise.resolve(Object.keys(files).toSorted()),
    read(name, { fromMs = -Infinity, toMs = Infinity } = {}) {
      const file = files[name];
      if (file === undefined) return Promise.resolve(undefined);
      const wanted = [...file.columns.openTimeMs.entries()].filter(([, ms]) => ms >= fromMs && ms <= toMs);
      const pick = (column: Float64Array): Float64Array =>
        Float64Array.from(wanted, ([index]) => column[index] ?? Number.NaN);
      const { openTimeMs, open, high, low, close, volume, extra } = file.columns;
      const columns: BarColumns = {
        length: wanted.length,
        openTimeMs: pick(openTimeMs),
        open: pick(open),
        high: pick(high),
        low: pick(low),
        close: pick(close),
        volume: pick(volume),
        extra: new Map([...extra].map(([key, column]) => [key, pick(column as Float64Array)])),
      };
      return Promise.resolve({ ...file, columns, path: `${name}.ohlcv` });
    },
  };
}

/** A clock whose milliseconds are turns of the event loop: deadlines pass without time passing. */
export class TurnsClock implements Clock {
  constructor(readonly now: number) {}

  nowMs(): number {
    return this.now;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    for (let turn = 0; turn < ms; turn++) {
      signal?.throwIfAborted();
      await new Promise((resolve) => setImmediate(resolve));
    }
    signal?.throwIfAborted();
  }
}
