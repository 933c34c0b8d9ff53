import {
  Grid,
  type LegType,
  type OrderEvent,
  seedTrailing,
  slipped,
  type SymInfo,
  type FillTrigger,
  triggerAt,
} from "pynecore/plugin";

import { book, equityAt, type FeeRules, feeOf } from "./account.ts";
import { type OrderTicket, PaperOrder, reportOf } from "./order.ts";
import { type Refused, refusalOf } from "./refusals.ts";
import type { ExchangeEvent, ExchangeState } from "./state.ts";

/** How an exchange treats its customers. */
export interface ExchangeRules {
  /** The symbol as orders name it. */
  readonly symbol: string;
  readonly symInfo: SymInfo;
  readonly fees: FeeRules;
  /** Ticks by which everything but limits fills worse. */
  readonly slippage: number;
  /** A limit fills on the way when the price passes it by so many ticks. */
  readonly limitTicks: number;
  /** Market time until a new order takes part, ms. */
  readonly latencyMs: number;
  /** Share of the traded volume that may fill; 0: any amount. */
  readonly volumeShare: number;
  /** Executions that an order is cut into. */
  readonly slices: number;
  /** Share of orders that are refused. */
  readonly rejectChance: number;
  readonly seed: number;
  /** Position value over equity; 0: no margin is asked for. */
  readonly leverage: number;
  /** An order that the price which stands satisfies already fills at it, not at the next one. */
  readonly fillsAtOnce: boolean;
  /** Begins the ids of fills, so that another account of the same name has others. */
  readonly fillPrefix: string;
}

/** What an attempt to order came to. */
export type Placement = { readonly kind: "accepted"; readonly orders: readonly PaperOrder[] } | Refused;

/**
 * An exchange with one market and one account. A pure state machine: parts of the market and orders in, executions
 * out; time and chance come with them. `takeChanges` says what has to be written down.
 */
export class Exchange {
  readonly rules: ExchangeRules;
  readonly state: ExchangeState;
  readonly grid: Grid;
  /** Orders that can still fill. */
  readonly live = new Map<string, PaperOrder>();
  readonly slippage: number;
  /** Orders count at once and fill whole: at an extreme nothing is left to fill. */
  readonly isPlain: boolean;
  #changed = new Set<PaperOrder>();
  #events: ExchangeEvent[] = [];

  constructor(rules: ExchangeRules, state: ExchangeState, live: Iterable<PaperOrder> = []) {
    this.rules = rules;
    this.state = state;
    this.grid = new Grid(rules.symInfo);
    this.slippage = rules.slippage * rules.symInfo.mintick;
    this.isPlain = rules.latencyMs === 0 && rules.volumeShare === 0 && rules.slices === 1;
    for (const order of live) this.live.set(order.clientOrderId, order);
  }

  /** What changed since the last call: orders in no order, events in theirs. */
  takeChanges(): { readonly orders: readonly PaperOrder[]; readonly events: readonly ExchangeEvent[] } {
    const changes = { orders: [...this.#changed], events: this.#events };
    this.#changed = new Set();
    this.#events = [];
    return changes;
  }

  /** Where the price stands; `NaN` before the first. */
  get price(): number {
    return this.state.walk?.price ?? this.state.price ?? Number.NaN;
  }

  get equity(): number {
    const { account } = this.state;
    return account.size === 0
      ? account.balance
      : equityAt(account, this.price, this.rules.symInfo.pointvalue);
  }

  /** Takes orders, all or none. Their ids must be new. */
  place(tickets: readonly OrderTicket[]): Placement {
    for (const ticket of tickets) {
      const refusal = this.refusalOf(ticket);
      if (refusal !== undefined) return refusal;
    }
    const orders = tickets.map((ticket) => this.#accept(ticket));
    // What fills at once fills when everything that came with it is there.
    for (const order of orders) if (this.state.walk === null && order.isLive) this.#fillAtOnce(order);
    return { kind: "accepted", orders };
  }

  /** Changes an order that is alive; what it has filled stays. `refusalOf` says whether it may be. */
  amend(order: PaperOrder, ticket: OrderTicket): void {
    const isTrailing = ticket.trailPrice === ticket.trailPrice;
    const trailsAsBefore =
      isTrailing &&
      order.isTrailing &&
      order.trailPrice === ticket.trailPrice &&
      order.trailOffset === ticket.trailOffset;
    order.qty = ticket.qty;
    order.isTrailing = isTrailing;
    order.trailPrice = ticket.trailPrice;
    order.trailOffset = ticket.trailOffset;
    order.limit = isTrailing ? ticket.siblingLimit : ticket.limit;
    const wasReached = ticket.stop === order.reachedStop && !isTrailing;
    order.stop = wasReached ? Number.NaN : ticket.stop;
    order.isStopLimit = !isTrailing && order.limit === order.limit && order.stop === order.stop;
    order.isTouched = false;
    if (!trailsAsBefore) {
      order.isArmed = false;
      order.trailStop = Number.NaN;
    }
    this.#enter(order);
    if (isTrailing && !trailsAsBefore) this.#seed(order, this.price);
    this.tell("amended", order);
  }

  /** Takes an order back. */
  cancel(order: PaperOrder): void {
    this.end(order, "cancelled");
  }

  /** Whether there is a position that an order would make smaller. */
  canReduce(order: PaperOrder): boolean {
    return this.state.account.size * order.side < 0;
  }

  /** Whether an order takes part now. */
  isActive(order: PaperOrder): boolean {
    return order.activeFromMs <= this.state.nowMs;
  }

  /**
   * Fills an order, or as much of it as may fill now.
   *
   * @param price before slippage
   * @returns whether anything was filled
   */
  execute(order: PaperOrder, price: number, trigger: FillTrigger, stamp: number): boolean {
    const { state, rules, grid } = this;
    const { account } = state;
    order.stamp = stamp;
    if (trigger !== "limit") order.isTriggered = true;
    else order.isTouched = true;
    this.#changed.add(order);
    const qty = this.#slice(order);
    if (!(qty > 0)) return false;
    const at = grid.fillSnap(slipped(price, order.side, trigger, this.slippage));
    const isMaker = trigger === "limit" && !order.isTaker;
    const { pointvalue } = rules.symInfo;
    const fee = feeOf(rules.fees, isMaker, qty, at, pointvalue);
    const before = order.filledQty;
    order.filledQty = grid.add(before, qty);
    order.averagePrice = before === 0 ? at : (order.averagePrice * before + at * qty) / order.filledQty;
    order.fee += fee;
    if (state.volumeLeft !== null) state.volumeLeft = Math.max(0, state.volumeLeft - qty);
    book(account, order.side, qty, at, fee, pointvalue, grid);
    const isDone = grid.lotTolerant(order.leaves) <= 0;
    order.status = isDone ? "filled" : "partial";
    order.updatedMs = state.nowMs;
    const fillId = `${rules.fillPrefix}F${++state.fills}`;
    this.tell(isDone ? "filled" : "partial", order, { fillId, qty, price: at, fee, size: account.size });
    if (isDone) this.live.delete(order.clientOrderId);
    this.#reduceGroup(order, qty);
    if (!isDone && order.reduceOnly && order.isMarket && !this.canReduce(order)) this.end(order, "expired");
    return true;
  }

  /** Ends an order that has not filled to the end. */
  end(order: PaperOrder, status: "cancelled" | "expired"): void {
    order.status = status;
    order.updatedMs = this.state.nowMs;
    this.live.delete(order.clientOrderId);
    this.tell("cancelled", order);
  }

  /** A new number in the order of arrival. */
  nextArrival(): number {
    return ++this.state.arrivals;
  }

  /** Something was changed about an order that nobody is told of. */
  touch(order: PaperOrder): void {
    this.#changed.add(order);
  }

  tell(eventType: OrderEvent["eventType"], order: PaperOrder, fill?: ExchangeEvent["fill"]): void {
    const { state, rules } = this;
    this.#changed.add(order);
    this.#events.push({
      number: ++state.events,
      eventType,
      atMs: timeOf(state),
      order: reportOf(order, rules.symbol, rules.symInfo.currency),
      pineId: order.pineId,
      fromEntry: order.fromEntry,
      legType: legOf(order),
      ...(fill === undefined ? {} : { fill }),
    });
  }

  /** A stop of a stop-limit order was reached: from here on it is a limit order. */
  reachStop(order: PaperOrder): void {
    order.isStopLimit = false;
    order.reachedStop = order.stop;
    order.stop = Number.NaN;
    order.arrival = this.nextArrival();
    this.#changed.add(order);
  }

  #accept(ticket: OrderTicket): PaperOrder {
    const { state } = this;
    const order = new PaperOrder(`P${++state.orders}`, ticket);
    order.createdMs = state.nowMs;
    this.#enter(order);
    this.live.set(order.clientOrderId, order);
    if (order.isTrailing) this.#seed(order, order.side < 0 ? state.high : state.low);
    this.tell("created", order);
    return order;
  }

  /** Gives an order its place among those of its level, and the time from which it counts. */
  #enter(order: PaperOrder): void {
    const { state, rules, price } = this;
    order.arrival = this.nextArrival();
    order.updatedMs = state.nowMs;
    order.activeFromMs = state.nowMs + rules.latencyMs;
    const satisfied = triggerAt(order.side, order.ownLimit, Number.NaN, price);
    order.isTaker = satisfied === "limit";
  }

  /** A trailing stop that comes between two parts, its activation passed already, follows from here on. */
  #seed(order: PaperOrder, extreme: number): void {
    if (this.state.walk !== null || this.state.price === null || !this.canReduce(order)) return;
    seedTrailing(order, this.state.price, extreme, this.grid);
  }

  #fillAtOnce(order: PaperOrder): void {
    const { state, price } = this;
    if (!(order.atOnce || this.rules.fillsAtOnce) || state.price === null || !this.isActive(order)) return;
    if (order.reduceOnly && !this.canReduce(order)) return;
    const trigger = order.isMarket ? "market" : triggerAt(order.side, order.ownLimit, order.stop, price);
    if (trigger === undefined || order.isStopLimit) return;
    this.execute(order, price, trigger, order.stamp);
  }

  /** Why an order would be refused; `undefined`: it is taken. @param order the one that it would change */
  refusalOf(ticket: OrderTicket, order?: PaperOrder): Refused | undefined {
    return refusalOf(this, ticket, order);
  }

  /** How much of an order may fill now. */
  #slice(order: PaperOrder): number {
    const { rules, state, grid } = this;
    let qty = order.leaves;
    if (rules.slices > 1) qty = Math.min(qty, Math.max(1 / grid.lots, order.qty / rules.slices));
    if (state.volumeLeft !== null) qty = Math.min(qty, state.volumeLeft);
    if (order.reduceOnly) qty = Math.min(qty, this.canReduce(order) ? Math.abs(state.account.size) : 0);
    return grid.lotTolerant(qty);
  }

  #reduceGroup(filled: PaperOrder, qty: number): void {
    if (filled.group === "") return;
    for (const order of [...this.live.values()]) {
      if (order === filled || order.group !== filled.group) continue;
      const left = this.grid.add(order.qty, -qty);
      if (this.grid.lotTolerant(this.grid.add(left, -order.filledQty)) <= 0) this.end(order, "cancelled");
      else {
        order.qty = left;
        this.tell("amended", order);
      }
    }
  }
}

/** What an order is for, by how it filled. */
function legOf(order: PaperOrder): LegType {
  if (order.legType !== "sl" || !order.isTrailing) return order.legType;
  return order.filledByTrail ? "trail" : "sl";
}

/** What happens at a close belongs to the bar that closes, and what happens at its first price to the one that opens. */
function timeOf({ walk, nowMs }: ExchangeState): number {
  if (walk === null) return nowMs;
  // Where a bar forms, its first price is a part of no length.
  return Math.max(walk.part.fromMs, Math.min(nowMs, walk.part.toMs - 1));
}
