import type { OrderHookEvent } from "../../api/plugins/extension-hooks.ts";
import { Grid } from "../../kernel/grid.ts";
import { risesFirst, type Side } from "../../kernel/price-path.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";
import { Account } from "./account.ts";
import { Books } from "./books.ts";
import { CommissionPool } from "./commission.ts";
import { Ledger } from "./ledger.ts";
import type { Binding, Order } from "./order.ts";
import { RiskRules } from "./risk-rules.ts";
import type { StrategyRules } from "./rules.ts";
import type { Trade } from "./trade.ts";

/** Prices of a bar. */
export interface SimulatedBar {
  readonly index: number;
  readonly timeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** Who is told what the simulator did. */
export interface SimulatorListener {
  onOrderEvent(event: OrderHookEvent, order: Order): void;
  onTrade(kind: "open" | "close", trade: Trade): void;
}

/** A pending entry that a venue has begun to fill. */
export interface Filling {
  /** What it has opened so far. */
  readonly binding: Binding;
  /** Contracts that it has still to open. */
  readonly left: number;
}

/**
 * Everything a running simulation knows: the bar, the books, the ledger, the account. The phases of a bar and the
 * commands of the script work on it.
 */
export class Desk {
  readonly rules: StrategyRules;
  readonly grid: Grid;
  readonly books = new Books();
  readonly ledger: Ledger;
  readonly account: Account;
  readonly risk = new RiskRules();
  readonly fees: CommissionPool;
  readonly listener: SimulatorListener | undefined;
  readonly pointvalue: number;
  readonly pyramiding: number;
  /** Of a price and a distance in ticks the price counts, not the nearer of the two. */
  prefersPrices = false;
  /** Slippage in price. */
  readonly slippage: number;
  /** Whose fills its events speak of. */
  source: OrderHookEvent["source"] = "sim";
  /** Takes the close that a risk rule makes to a venue; absent: it fills at once. */
  orderRiskClose: ((order: Order) => void) | undefined = undefined;

  /** What a venue has filled of a pending entry; absent: an entry fills at once. */
  fillingOf: ((entry: Order) => Filling | undefined) | undefined = undefined;

  barIndex = -1;
  timeMs = 0;
  open = Number.NaN;
  high = Number.NaN;
  low = Number.NaN;
  /** The close, or the point of the path at which the script stands inside the bar. */
  close = Number.NaN;
  /** Symbol currency to account currency on this bar. */
  rate = 1;
  /** Position and equity with which the bar began. */
  startSize = 0;
  startEquity = 0;

  /** Fills since the script ran last. */
  fills = 0;
  /** A close has filled this bar against the position with which it began. */
  closedStart = false;
  /** A `close` of one entry has filled this bar. */
  closedById = false;
  /** Side of the market entry that has filled in the queue being walked through; 0: none. */
  queueSide: Side | 0 = 0;
  /** An entry has filled since the open phase began. */
  enteredAtOpen = false;
  /** A margin call of a single contract waits for the close. */
  hasDeferredCall = false;
  /** Nothing has filled on the bar, and no price of it brings a margin call. */
  isSettled = false;
  /** Closes that fill at the close of this bar. */
  readonly immediate: Order[] = [];

  #raw: SimulatedBar | undefined;
  #cancelLegs = (binding: { readonly legs: readonly Order[] }): void => {
    if (binding.legs.length > 0) for (const leg of [...binding.legs]) if (!leg.isCommitted) this.cancel(leg);
  };

  /** @param heldStep see `Grid` */
  constructor(
    rules: StrategyRules,
    symbol: SymInfo,
    listener: SimulatorListener | undefined,
    heldStep?: number,
  ) {
    this.rules = rules;
    this.grid = new Grid(symbol, heldStep);
    this.ledger = new Ledger(this.grid);
    this.account = new Account(rules.initialCapital, this.grid);
    this.pointvalue = symbol.pointvalue;
    this.account.pointvalue = symbol.pointvalue;
    this.pyramiding = Math.max(1, rules.pyramiding);
    this.slippage = rules.slippage * symbol.mintick;
    this.fees = new CommissionPool({
      type: rules.commissionType,
      value: rules.commissionValue,
      pointvalue: symbol.pointvalue,
    });
    this.listener = listener;
  }

  /** Takes a bar; its prices are snapped when somebody asks for them. */
  begin(bar: SimulatedBar): void {
    this.#raw = bar;
    this.barIndex = bar.index;
    this.timeMs = bar.timeMs;
    this.startSize = this.account.size;
    this.closedStart = false;
    this.closedById = false;
    this.hasDeferredCall = false;
    // Setting a length costs more than all the rest, even when it stays what it was.
    if (this.immediate.length > 0) this.immediate.length = 0;
    this.fills = 0;
  }

  /** Snaps the bar's prices to ticks. Most bars of a strategy that waits never need it. */
  snap(): void {
    const bar = this.#raw;
    if (bar === undefined) return;
    this.#raw = undefined;
    this.setPrices(bar.open, bar.high, bar.low, bar.close);
  }

  setPrices(open: number, high: number, low: number, close: number): void {
    const { grid } = this;
    this.open = grid.barSnap(open);
    this.high = grid.barSnap(high);
    this.low = grid.barSnap(low);
    this.close = grid.barSnap(close);
  }

  /** Lets something happen in the middle of the bar, which knows the prices up to there. Closes at once are dropped. */
  standAt(high: number, low: number, price: number, action: () => void): void {
    const { high: wholeHigh, low: wholeLow, close } = this;
    this.high = high;
    this.low = low;
    this.close = price;
    this.account.mark(price);
    action();
    this.immediate.length = 0;
    this.high = wholeHigh;
    this.low = wholeLow;
    this.close = close;
  }

  get risesFirst(): boolean {
    return risesFirst(this.open, this.high, this.low);
  }

  /** Margin of a side as a ratio; 0: the side needs none. */
  margin(side: number): number {
    return Math.max(0, side > 0 ? this.rules.marginLong : this.rules.marginShort) / 100;
  }

  setRate(rate: number): void {
    this.rate = rate;
    this.account.pointvalue = this.pointvalue * rate;
  }

  place(order: Order): void {
    order.bar = this.barIndex;
    this.books.place(order);
    if (this.listener !== undefined) this.tell("created", order);
  }

  /** Takes an order back. */
  cancel(order: Order): void {
    if (!order.isLive) return;
    this.books.remove(order);
    if (this.listener !== undefined && !order.isConsumed) this.tell("cancelled", order);
  }

  /** Takes an order back that the rules do not let fill. */
  reject(order: Order): void {
    this.books.remove(order);
    if (this.listener !== undefined) this.tell("rejected", order);
  }

  /** Takes back every order that waits. */
  cancelOrders(): void {
    const { queue, entries, exits } = this.books;
    for (const order of [...queue, ...entries.values(), ...exits]) this.cancel(order);
  }

  /** The same, and the closes at once of this bar: a risk rule has spoken. */
  cancelEverything(): void {
    this.cancelOrders();
    this.immediate.length = 0;
  }

  /** Settles the ledger after contracts were closed; exits of what is spent go with it. */
  settleLedger(order: Order, quantity: number): void {
    this.ledger.settle(order, quantity, this.#cancelLegs);
    if (this.account.openTrades.length > 0) return;
    this.ledger.clear();
    if (this.books.exits.size === 0) return;
    for (const leg of [...this.books.exits]) if (!leg.isCommitted && !this.awaitsEntry(leg)) this.cancel(leg);
  }

  /** Whether a leg's entry is pending, so that it must stay. */
  awaitsEntry(leg: Order): boolean {
    if (leg.binding !== undefined) return this.isFilling(leg.binding);
    return leg.id !== null && this.books.pending(leg.id) !== undefined;
  }

  /** Whether the order that has opened this is pending: there is more of it to come. */
  isFilling(binding: Binding): boolean {
    return this.#fillingOf(binding) !== undefined;
  }

  /** Contracts that an entry has opened and those that its order has still to open. */
  wholeOf(binding: Binding): number {
    return this.grid.add(binding.quantity, this.#fillingOf(binding)?.left ?? 0);
  }

  #fillingOf(binding: Binding): Filling | undefined {
    if (this.fillingOf === undefined) return undefined;
    const pending = this.books.pending(binding.entryId);
    const filling = pending === undefined ? undefined : this.fillingOf(pending);
    return filling?.binding === binding ? filling : undefined;
  }

  tell(kind: OrderHookEvent["kind"], order: Order, quantity = order.quantity, price?: number): void {
    const event: OrderHookEvent = {
      kind,
      orderId: (order.kind === "close" ? order.exitId : order.id) ?? "",
      ...(order.kind === "close" && order.id !== null ? { fromEntry: order.id } : {}),
      side: order.side > 0 ? "buy" : "sell",
      quantity,
      ...levelOf(order, price),
      source: this.source,
    };
    this.listener?.onOrderEvent(event, order);
  }
}

function levelOf(order: Order, price: number | undefined): { price?: number } {
  const level = price ?? (order.limit === order.limit ? order.limit : order.stop);
  return level === level ? { price: level } : {};
}
