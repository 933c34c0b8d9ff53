import type { SymInfo } from "../../kernel/syminfo.ts";
import { parseTimeframe, timeframeSeconds } from "../../kernel/timeframe.ts";
import type { BarTimes } from "./time/bar-times.ts";

const text = (value: string | undefined): string | null => value ?? null;
const number = (value: number | undefined): number => value ?? Number.NaN;
const milliseconds = (seconds: number | undefined): number =>
  seconds === undefined ? Number.NaN : seconds * 1000;

/** `syminfo` by Pine's names; what is not known is na. `main` is the symbol of the chart. */
export function symbolFacts(
  symbol: SymInfo,
  main: SymInfo,
): Readonly<Record<string, string | number | null>> {
  const tickerid = `${symbol.prefix}:${symbol.ticker}`;
  return {
    prefix: symbol.prefix,
    ticker: symbol.ticker,
    tickerid,
    main_tickerid: `${main.prefix}:${main.ticker}`,
    root: symbol.ticker,
    description: symbol.description,
    type: symbol.type,
    currency: symbol.currency,
    basecurrency: text(symbol.basecurrency),
    timezone: symbol.timezone,
    session: "regular",
    volumetype: symbol.volumetype,
    country: text(symbol.country),
    sector: text(symbol.sector),
    industry: text(symbol.industry),
    isin: text(symbol.isin),
    current_contract: text(symbol.currentContract),
    mintick: symbol.mintick,
    pointvalue: symbol.pointvalue,
    mincontract: symbol.mincontract,
    pricescale: symbol.pricescale,
    minmove: symbol.minmove,
    expiration_date: milliseconds(symbol.expirationDate),
    employees: number(symbol.employees),
    shareholders: number(symbol.shareholders),
    shares_outstanding_float: number(symbol.sharesOutstandingFloat),
    shares_outstanding_total: number(symbol.sharesOutstandingTotal),
    recommendations_buy: number(symbol.recommendationsBuy),
    recommendations_buy_strong: number(symbol.recommendationsBuyStrong),
    recommendations_hold: number(symbol.recommendationsHold),
    recommendations_sell: number(symbol.recommendationsSell),
    recommendations_sell_strong: number(symbol.recommendationsSellStrong),
    recommendations_total: number(symbol.recommendationsTotal),
    recommendations_date: milliseconds(symbol.recommendationsDate),
    target_price_average: number(symbol.targetPriceAverage),
    target_price_high: number(symbol.targetPriceHigh),
    target_price_low: number(symbol.targetPriceLow),
    target_price_median: number(symbol.targetPriceMedian),
    target_price_date: milliseconds(symbol.targetPriceDate),
    target_price_estimates: number(symbol.targetPriceEstimates),
  };
}

const unitNames = { second: "S", minute: "", day: "D", week: "W", month: "M" } as const;

function periodText(timeframe: string, version: number): string {
  const { value, unit } = parseTimeframe(timeframe);
  const isShort = version === 5 && value === 1 && unit !== "minute" && unit !== "second";
  return `${isShort ? "" : value}${unitNames[unit]}`;
}

/** `timeframe`; `main_period` is that of the chart. In version 5 a multiplier of 1 is left out of days, weeks and months. */
export class TimeframeFacts {
  readonly period: string;
  readonly main_period: string;
  readonly multiplier: number;
  readonly isseconds: boolean;
  readonly isminutes: boolean;
  readonly isintraday: boolean;
  readonly isticks = false;
  readonly isdaily: boolean;
  readonly isweekly: boolean;
  readonly ismonthly: boolean;
  readonly isdwm: boolean;
  readonly #bars: BarTimes;

  constructor(timeframe: string, version: number, bars: BarTimes, main: string) {
    this.#bars = bars;
    const { value, unit } = parseTimeframe(timeframe);
    this.period = periodText(timeframe, version);
    this.main_period = periodText(main, version);
    this.multiplier = value;
    this.isseconds = unit === "second";
    this.isminutes = unit === "minute";
    this.isintraday = this.isseconds || this.isminutes;
    this.isdaily = unit === "day";
    this.isweekly = unit === "week";
    this.ismonthly = unit === "month";
    this.isdwm = !this.isintraday;
  }

  /** Nominal length; `""` is the chart's. */
  in_seconds(timeframe: string | null): number {
    return timeframeSeconds(parseTimeframe(timeframe === null || timeframe === "" ? this.period : timeframe));
  }

  /** The largest unit that divides: months of 28 days, weeks, days, minutes, else seconds. */
  from_seconds(seconds: number): string {
    const units = [
      [2_419_200, "M"],
      [604_800, "W"],
      [86_400, "D"],
      [60, ""],
    ] as const;
    for (const [size, suffix] of units)
      if (seconds >= size && seconds % size === 0) return `${seconds / size}${suffix}`;
    return `${seconds}S`;
  }

  /** Whether the current bar is the first of a bar of that timeframe; never the first of all. */
  change(timeframe: string | null): boolean {
    return this.#bars.change(timeframe);
  }
}

/** `chart`: there is none, so it is a plain one in the dark. */
export class ChartFacts {
  readonly bg_color = 0x0f0f0fff;
  readonly fg_color = 0xdbdbdbff;
  readonly is_standard = true;
  readonly is_heikinashi = false;
  readonly is_renko = false;
  readonly is_kagi = false;
  readonly is_linebreak = false;
  readonly is_pnf = false;
  readonly is_range = false;
  readonly left_visible_bar_time: number;
  readonly right_visible_bar_time: number;

  constructor(firstTime: number, lastTime: number) {
    this.left_visible_bar_time = firstTime;
    this.right_visible_bar_time = lastTime;
  }
}
