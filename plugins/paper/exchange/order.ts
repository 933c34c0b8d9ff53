import {
  type ExchangeOrder,
  fallingLevel,
  type LegType,
  type OrderDirection,
  type OrderStatus,
  price,
  quantity,
  risingLevel,
  timestampSeconds,
  type TrailingStop,
} from "pynecore/plugin";

/** What somebody orders. Levels are prices, `NaN` one that is not there. */
export interface OrderTicket {
  readonly clientOrderId: string;
  readonly side: OrderDirection;
  readonly qty: number;
  /** Neither this nor a stop nor a trailing stop: a market order. With both, a stop that becomes a limit. */
  readonly limit: number;
  readonly stop: number;
  /** From where a trailing stop follows the price. */
  readonly trailPrice: number;
  /** Its distance in whole ticks. */
  readonly trailOffset: number;
  readonly reduceOnly: boolean;
  /** What one order of a group fills reduces the others; empty: none. */
  readonly group: string;
  /** Limit of the other leg of a bracket: it stands before the trailing stop. */
  readonly siblingLimit: number;
  /** Fills at the price that stands, not at the next one. */
  readonly atOnce: boolean;
  /** Whose it is, in the script's words. */
  readonly pineId: string;
  readonly fromEntry: string;
  readonly legType: LegType;
}

/** Orders that can still fill. */
const live: ReadonlySet<OrderStatus> = new Set<OrderStatus>(["pending", "open", "partial"]);

/** An order at the exchange. Plain fields, so that it can be written down and read back. */
export class PaperOrder implements TrailingStop {
  readonly id: string;
  readonly clientOrderId: string;
  readonly side: OrderDirection;
  qty: number;
  filledQty = 0;
  averagePrice = Number.NaN;
  fee = 0;
  status: OrderStatus = "open";
  /** Own limit; of a trailing order the limit of its sibling. */
  limit: number;
  stop: number;
  /** A stop that has not been reached holds the limit back. */
  isStopLimit: boolean;
  trailPrice: number;
  trailOffset: number;
  isTrailing: boolean;
  isArmed = false;
  trailStop = Number.NaN;
  standsAside = false;
  readonly reduceOnly: boolean;
  readonly group: string;
  readonly atOnce: boolean;
  readonly pineId: string;
  readonly fromEntry: string;
  readonly legType: LegType;
  /** Its stop was reached: what is left of it fills at any price. */
  isTriggered = false;
  /** The price has touched its limit before: the rest fills there. */
  isTouched = false;
  /** It was good at the price that stood when it came: it takes, it does not make. */
  isTaker = false;
  /** The trailing stop filled it, not the stop beside it. */
  filledByTrail = false;
  /** The stop of a stop-limit order that was reached. */
  reachedStop = Number.NaN;
  /** Takes part from this market time on, ms. */
  activeFromMs = 0;
  /** Among orders of one level the lower number comes first. */
  arrival = 0;
  /** The step of the path on which it filled or trailed last. */
  stamp = -1;
  createdMs = 0;
  updatedMs = 0;

  constructor(id: string, ticket: OrderTicket) {
    this.id = id;
    this.clientOrderId = ticket.clientOrderId;
    this.side = ticket.side;
    this.qty = ticket.qty;
    this.stop = ticket.stop;
    this.trailPrice = ticket.trailPrice;
    this.trailOffset = ticket.trailOffset;
    this.isTrailing = ticket.trailPrice === ticket.trailPrice;
    this.limit = this.isTrailing ? ticket.siblingLimit : ticket.limit;
    this.isStopLimit = !this.isTrailing && ticket.limit === ticket.limit && ticket.stop === ticket.stop;
    this.reduceOnly = ticket.reduceOnly;
    this.group = ticket.group;
    this.atOnce = ticket.atOnce;
    this.pineId = ticket.pineId;
    this.fromEntry = ticket.fromEntry;
    this.legType = ticket.legType;
  }

  get isLive(): boolean {
    return live.has(this.status);
  }

  get leaves(): number {
    return this.qty - this.filledQty;
  }

  /** No level holds it back. */
  get isMarket(): boolean {
    return (
      this.isTriggered || (!this.isTrailing && this.ownLimit !== this.ownLimit && this.stop !== this.stop)
    );
  }

  /** The limit at which it fills itself. */
  get ownLimit(): number {
    return this.isTrailing || this.isStopLimit ? Number.NaN : this.limit;
  }

  get risingLevel(): number {
    return risingLevel(this.side, this.ownLimit, this.stop);
  }

  get fallingLevel(): number {
    return fallingLevel(this.side, this.ownLimit, this.stop);
  }
}

/** An order as the exchange reports it. */
export function reportOf(order: PaperOrder, symbol: string, currency: string): ExchangeOrder {
  const { limit, stop, trailStop, isTrailing, averagePrice } = order;
  const stopPrice = order.isArmed ? trailStop : stop === stop ? stop : order.trailPrice;
  return {
    id: order.id,
    clientOrderId: order.clientOrderId,
    symbol,
    side: order.side > 0 ? "buy" : "sell",
    orderType: isTrailing ? "trailing_stop" : limit === limit ? "limit" : stop === stop ? "stop" : "market",
    qty: quantity(order.qty),
    filledQty: order.filledQty,
    remainingQty: Math.max(0, order.leaves),
    ...(!isTrailing && limit === limit ? { price: price(limit) } : {}),
    ...(stopPrice === stopPrice ? { stopPrice: price(stopPrice) } : {}),
    ...(averagePrice === averagePrice ? { averageFillPrice: price(averagePrice) } : {}),
    status: order.status,
    timestamp: timestampSeconds(order.updatedMs / 1000),
    fee: order.fee,
    feeCurrency: currency,
    reduceOnly: order.reduceOnly,
  };
}
