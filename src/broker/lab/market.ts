import type { SymInfo } from "../../kernel/syminfo.ts";
import type { LabProfile } from "./profile.ts";
import { labStartMs } from "./time.ts";

/** A bar a minute. */
export const barMs = 60_000;

/** The first whole minute: bars open on it. */
const firstBarMs = Math.ceil(labStartMs / barMs) * barMs;

/** The bar that is under way at a time. */
export const barTimeAt = (nowMs: number): number =>
  firstBarMs + Math.floor((nowMs - firstBarMs) / barMs) * barMs;

/** What the chart knows of the venue's symbol. */
export function labSymbol({ rules, hasAlias }: LabProfile): SymInfo {
  return {
    prefix: "LAB",
    description: "The lab's only symbol",
    ticker: hasAlias ? "LAB:CHART" : rules.symbol,
    currency: rules.quoteCurrency,
    basecurrency: rules.baseCurrency,
    period: "1",
    type: "crypto",
    mintick: rules.mintick,
    pricescale: Math.round(1 / rules.mintick),
    minmove: 1,
    pointvalue: 1,
    mincontract: rules.qtyStep,
    timezone: "UTC",
    volumetype: "base",
    openingHours: [],
    sessionStarts: [],
    sessionEnds: [],
  } as unknown as SymInfo;
}
