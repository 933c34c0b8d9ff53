/** Bars and symbols that runtime tests run over. */
import type { BarColumns } from "../../src/kernel/bar.ts";
import type { SymInfo } from "../../src/kernel/syminfo.ts";

const days = [0, 1, 2, 3, 4, 5, 6];

/** Symbol TEST: US dollars, UTC, always open, ticks of a cent. */
export function symbol(changes: Partial<SymInfo> = {}): SymInfo {
  return {
    prefix: "TEST",
    description: "Test",
    ticker: "TEST",
    currency: "USD",
    type: "other",
    period: "5",
    mintick: 0.01,
    pricescale: 100,
    minmove: 1,
    pointvalue: 1,
    mincontract: 1e-4,
    timezone: "UTC",
    volumetype: "base",
    openingHours: days.map((day) => ({ day, start: "00:00:00", end: "00:00:00" })),
    sessionStarts: days.map((day) => ({ day, time: "00:00:00" })),
    sessionEnds: days.map((day) => ({ day, time: "00:00:00" })),
    ...changes,
  };
}

/** Five-minute bars from 2024: open 100, 101, 102 ..., high 1.5 above it, low 1 below, close 0.5 above. */
export function rampColumns(length: number): BarColumns {
  const column = (offset: number): Float64Array =>
    Float64Array.from({ length }, (_, index) => 100 + index + offset);
  return {
    length,
    openTimeMs: Float64Array.from({ length }, (_, index) => Date.UTC(2024, 0, 1) + index * 300_000),
    open: column(0),
    high: column(1.5),
    low: column(-1),
    close: column(0.5),
    volume: new Float64Array(length).fill(1),
    extra: new Map(),
  };
}
