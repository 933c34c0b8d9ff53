/**
 * What is known about a symbol. Names follow TradingView's `syminfo.*` in camelCase where the file's key has an
 * underscore; the TOML file beside the bars spells them `snake_case`.
 */

/** Every `type` that TradingView knows. */
export const symbolTypes = [
  "stock",
  "fund",
  "dr",
  "right",
  "bond",
  "warrant",
  "structured",
  "index",
  "forex",
  "futures",
  "spread",
  "economic",
  "fundamental",
  "crypto",
  "spot",
  "swap",
  "option",
  "commodity",
  "other",
] as const;
export type SymbolType = (typeof symbolTypes)[number];

/** What a volume counts. */
export const volumeTypes = ["base", "quote", "tick", "n/a"] as const;
export type VolumeType = (typeof volumeTypes)[number];

/** Days are numbered 0 = Monday ... 6 = Sunday; times are `HH:MM:SS` in the exchange's zone. */
export interface OpeningHours {
  readonly day: number;
  readonly start: string;
  /** At or before `start`: the interval runs past midnight; equal to `start`: 24 hours. */
  readonly end: string;
}

/** The moment at which a trading session starts or ends. */
export interface SessionTime {
  readonly day: number;
  readonly time: string;
}

/** The three weekly lists that describe trading hours. */
export interface SessionHours {
  readonly openingHours: readonly OpeningHours[];
  readonly sessionStarts: readonly SessionTime[];
  readonly sessionEnds: readonly SessionTime[];
}

/** Trading hours that hold from a date on. */
export interface SessionSchedule extends SessionHours {
  /** `yyyy-MM-dd`, exchange date. */
  readonly effectiveFrom: string;
}

/** Trading hours of single dates; an empty list means closed. */
export interface SessionCorrection {
  readonly openingHours: readonly { readonly start: string; readonly end: string }[];
  /** `yyyy-MM-dd`, exchange dates. */
  readonly dates: readonly string[];
}

/** Symbol information, complete: optional facts are absent, never null. */
export interface SymInfo extends SessionHours {
  readonly prefix: string;
  readonly description: string;
  readonly ticker: string;
  /** Quote currency. */
  readonly currency: string;
  readonly basecurrency?: string;
  /** Timeframe of the data in TradingView's notation, multiplier explicit (`60`, `1D`). */
  readonly period: string;
  readonly type: SymbolType;
  /** Smallest price step; equals `minmove / pricescale`. */
  readonly mintick: number;
  readonly pricescale: number;
  readonly minmove: number;
  /** Money per 1.0 of price per contract. */
  readonly pointvalue: number;
  /** Smallest quantity step. */
  readonly mincontract: number;
  /** IANA name or fixed offset such as `UTC+5:30`. */
  readonly timezone: string;
  readonly volumetype: VolumeType;
  readonly avgSpread?: number;
  readonly takerFee?: number;
  readonly makerFee?: number;
  readonly country?: string;
  readonly sector?: string;
  readonly industry?: string;
  readonly isin?: string;
  /** Unix seconds. */
  readonly expirationDate?: number;
  readonly currentContract?: string;
  readonly employees?: number;
  readonly shareholders?: number;
  readonly sharesOutstandingTotal?: number;
  readonly sharesOutstandingFloat?: number;
  readonly recommendationsBuy?: number;
  readonly recommendationsBuyStrong?: number;
  readonly recommendationsDate?: number;
  readonly recommendationsHold?: number;
  readonly recommendationsSell?: number;
  readonly recommendationsSellStrong?: number;
  readonly recommendationsTotal?: number;
  readonly targetPriceAverage?: number;
  readonly targetPriceHigh?: number;
  readonly targetPriceLow?: number;
  readonly targetPriceMedian?: number;
  readonly targetPriceDate?: number;
  readonly targetPriceEstimates?: number;
  /** Sorted ascending by `effectiveFrom`; the flat lists mirror the newest. */
  readonly sessionSchedules?: readonly SessionSchedule[];
  readonly sessionCorrections?: readonly SessionCorrection[];
}
