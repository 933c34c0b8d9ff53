import type { ExchangeOrder, LegType, OrderEvent, PriceBar } from "pynecore/plugin";

import type { AccountState } from "./account.ts";

/** A stretch of the market: a bar, or what the price did from one update of it to the next. */
export interface MarketPart extends PriceBar {
  /** Market time, epoch ms. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Traded in it; `null`: nobody knows. */
  readonly volume: number | null;
  /** The first of its bar. */
  readonly startsBar: boolean;
}

/**
 * How far the price has come on a part: 0 the open, 1 trailing stops on the way to both extremes, 2 the leg to the
 * nearer extreme, 3 that extreme, 4 the leg to the other one, 5 that, 6 trailing stops on the way to the close, 7 that
 * leg, 8 the close.
 */
export const lastStep = 8;

export interface Walk {
  readonly part: MarketPart;
  step: number;
  /** Where the price stands. */
  price: number;
  /** The last level that was offered on the present leg, in the direction of the price; `null`: none yet. */
  key: number | null;
  arrival: number;
  /** Something has filled: who hears of it may order more before the price goes on. */
  isPaused: boolean;
  /** Orders with a higher number have come since. */
  seen: number;
}

/** All that an exchange knows besides its orders. Survives JSON. */
export interface ExchangeState {
  readonly account: AccountState;
  /** Market time, epoch ms. */
  nowMs: number;
  /** The last price; `null` before the first. */
  price: number | null;
  /** Extremes of the bar so far. */
  high: number;
  low: number;
  /** What may still fill of the present part's volume; `null`: any amount. */
  volumeLeft: number | null;
  /** Counters: the numbers given out last. */
  orders: number;
  fills: number;
  events: number;
  arrivals: number;
  parts: number;
  /** The part that the price is on its way through; `null`: it stands at the end of one. */
  walk: Walk | null;
}

export function newState(balance: number): ExchangeState {
  return {
    account: { balance, size: 0, averagePrice: 0, feesPaid: 0 },
    nowMs: 0,
    price: null,
    high: 0,
    low: 0,
    volumeLeft: null,
    orders: 0,
    fills: 0,
    events: 0,
    arrivals: 0,
    parts: 0,
    walk: null,
  };
}

/** Something that happened to an order, as it is told and kept. Survives JSON. */
export interface ExchangeEvent {
  /** Ascending by one. */
  readonly number: number;
  readonly eventType: OrderEvent["eventType"];
  readonly atMs: number;
  readonly order: ExchangeOrder;
  readonly pineId: string;
  readonly fromEntry: string;
  readonly legType: LegType;
  readonly fill?: {
    readonly fillId: string;
    readonly qty: number;
    readonly price: number;
    readonly fee: number;
    /** Signed, after it. */
    readonly size: number;
  };
}
