import type { SymbolType, SymInfo } from "pynecore/plugin";

import type { Market } from "./client.ts";
import { gridOf, stepOf } from "./tick.ts";

/** A market of ccxt's as symbol information, pure. */

const everyDay = [0, 1, 2, 3, 4, 5, 6] as const;
const midnight = "00:00:00";

/** TradingView's word for a kind of market; perpetual swaps are `crypto` there. */
const types: Readonly<Record<string, SymbolType>> = {
  spot: "crypto",
  swap: "crypto",
  future: "futures",
  option: "option",
  index: "index",
};

/** What `symbolInfo` needs to know besides the market itself. */
export interface MarketContext {
  /** The exchange's id. */
  readonly exchangeId: string;
  readonly precisionMode: number;
  /** The step of prices where the market gives none that holds at every price. */
  readonly step: number;
  /** TradingView notation. */
  readonly timeframe: string;
}

/**
 * Symbol information, complete.
 *
 * Quantities count coins of the base currency, as on TradingView: the venue's contracts are multiplied by their size,
 * so one point is worth 1 per unit whatever the contract. An inverse contract is worth a fixed amount of the quote
 * currency, which no constant per coin can say: it is described by the price's currency with its steps in that
 * currency, and profits that are computed from it are those of a linear one.
 */
export function symbolInfo(market: Market, context: MarketContext): SymInfo {
  const step = stepOf(market.precision.price, context.precisionMode) ?? context.step;
  const grid = gridOf(step);
  const fees = market.percentage !== false;
  return {
    prefix: context.exchangeId.toUpperCase(),
    description: description(market),
    ticker: market.symbol,
    currency: market.inverse === true ? market.quote : (market.settle ?? market.quote),
    basecurrency: market.base,
    period: context.timeframe,
    type: types[market.type] ?? "crypto",
    mintick: grid.minmove / grid.pricescale,
    ...grid,
    pointvalue: 1,
    mincontract: quantityStep(market, context.precisionMode),
    timezone: "UTC",
    volumetype: market.inverse === true ? "quote" : "base",
    ...(fees && isNumber(market.taker) ? { takerFee: market.taker } : {}),
    ...(fees && isNumber(market.maker) ? { makerFee: market.maker } : {}),
    ...(isNumber(market.expiry) ? { expirationDate: Math.round(market.expiry / 1000) } : {}),
    openingHours: everyDay.map((day) => ({ day, start: midnight, end: midnight })),
    sessionStarts: everyDay.map((day) => ({ day, time: midnight })),
    sessionEnds: everyDay.map((day) => ({ day, time: midnight })),
  };
}

/** `BTC / USDT`, `BTC / USD inverse perpetual`, `BTC / USDT future 2026-12-25`, `BTC / USD call 90000 2026-12-25`. */
function description(market: Market): string {
  const words = [`${market.base} / ${market.quote}`];
  if (market.inverse === true) words.push("inverse");
  if (market.type === "swap") words.push("perpetual");
  if (market.type === "future") words.push("future");
  if (market.type === "option") words.push(market.optionType ?? "option", String(market.strike ?? ""));
  if (isNumber(market.expiry)) words.push(new Date(market.expiry).toISOString().slice(0, 10));
  return words.filter((word) => word !== "").join(" ");
}

/** The smallest step of a quantity; 0: the market gives none. */
function quantityStep(market: Market, precisionMode: number): number {
  const { amount } = market.precision;
  // Exchanges with prices of so many significant digits count decimal places for amounts.
  const step = stepOf(amount, precisionMode === 3 ? 2 : precisionMode) ?? market.limits?.amount?.min ?? 0;
  const size = market.type === "spot" ? 1 : (market.contractSize ?? 1);
  // 0.1 * 0.01 has digits in binary that nobody meant.
  return Number((step * size).toPrecision(12));
}

function isNumber(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value);
}
