import type { Bar, BarColumns } from "../../src/kernel/bar.ts";
import { linearCongruential } from "../../src/kernel/random.ts";
import type { SymInfo } from "../../src/kernel/syminfo.ts";

/** One-minute bars of a random walk on a grid of a cent. */
export function syntheticBars(count: number): Bar[] {
  const random = linearCongruential(1);
  let ticks = 100_000;
  return Array.from({ length: count }, (_, index) => {
    const open = ticks;
    const close = Math.max(1000, open + Math.round((random() - 0.5) * 40));
    ticks = close;
    return {
      openTimeMs: 1_600_000_000_000 + index * 60_000,
      open: open / 100,
      high: (Math.max(open, close) + 5) / 100,
      low: (Math.min(open, close) - 5) / 100,
      close: close / 100,
      volume: Math.round(random() * 1000),
    };
  });
}

/** The same as columns. */
export function syntheticColumns(count: number): BarColumns {
  const bars = syntheticBars(count);
  const column = (pick: (bar: Bar) => number): Float64Array => Float64Array.from(bars, pick);
  return {
    length: count,
    openTimeMs: column((bar) => bar.openTimeMs),
    open: column((bar) => bar.open),
    high: column((bar) => bar.high),
    low: column((bar) => bar.low),
    close: column((bar) => bar.close),
    volume: column((bar) => bar.volume),
    extra: new Map(),
  };
}

/** A symbol that never closes. */
export const syntheticSymbol: SymInfo = {
  prefix: "BENCH",
  description: "Synthetic",
  ticker: "BENCH",
  currency: "USD",
  period: "1",
  type: "other",
  mintick: 0.01,
  pricescale: 100,
  minmove: 1,
  pointvalue: 1,
  mincontract: 1,
  timezone: "UTC",
  volumetype: "base",
  openingHours: [],
  sessionStarts: [],
  sessionEnds: [],
};
