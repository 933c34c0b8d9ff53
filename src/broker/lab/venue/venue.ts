import { Account } from "./account.ts";
import { Brackets } from "./brackets.ts";
import {
  clean,
  type Execution,
  isOpen,
  leftOf,
  type OrderRequest,
  Refusal,
  signOf,
  type Trail,
  type VenueEvent,
  type VenueOrder,
  type VenueRules,
} from "./model.ts";

/** The venue's own coin, in which fees can be paid. */
const feeCoin = "FEE";

type Sells = Pick<OrderRequest, "side" | "group"> & { readonly id?: string };

/** What an amend changes. */
export interface OrderChange {
  readonly qty?: number | undefined;
  readonly limit?: number | null | undefined;
  readonly stop?: number | null | undefined;
  readonly trail?: Trail | null | undefined;
}

/**
 * An exchange with one symbol and one account. It does what it is told at once and knows nothing of answers, events on
 * their way or who is listening; those go wrong elsewhere. Like many a real one it takes a client order id a second
 * time without a word: whoever sends one twice has two orders.
 */
export class Venue {
  readonly rules: VenueRules;
  readonly account: Account;
  readonly brackets: Brackets;
  /** Every order there ever was, oldest first. */
  readonly orders: VenueOrder[] = [];
  readonly executions: Execution[] = [];
  readonly events: VenueEvent[] = [];
  price = 100;
  /** Market orders fill when they arrive. */
  fillsMarket: boolean;
  /** The most that one look at an order fills of it. */
  depth = Infinity;
  /** Of the notional. */
  feeRate: number;
  /** Told of every event, at once. */
  onEvent: ((event: VenueEvent) => void) | null = null;
  readonly #nowMs: () => number;

  constructor(rules: VenueRules, nowMs: () => number) {
    this.rules = rules;
    this.fillsMarket = rules.fillsMarket;
    this.feeRate = rules.feeRate;
    this.account = new Account(rules);
    this.brackets = new Brackets(this);
    this.#nowMs = nowMs;
  }

  /** @throws Refusal */
  place(owner: string | null, request: OrderRequest): VenueOrder {
    this.#check(owner, request);
    const order = this.#rest(owner, request);
    this.#match(order);
    return order;
  }

  /** A group that is on the books as a whole before any of it fills. @throws Refusal of the first that is refused */
  placeGroup(owner: string, requests: readonly OrderRequest[]): VenueOrder[] {
    for (const request of requests) this.#check(owner, request);
    const orders = requests.map((request) => this.#rest(owner, request));
    for (const order of orders) this.#match(order);
    return orders;
  }

  #rest(owner: string | null, request: OrderRequest): VenueOrder {
    const order: VenueOrder = {
      ...request,
      owner,
      id: `V${this.orders.length + 1}`,
      filled: 0,
      trail: request.trail ?? null,
      best: null,
      isTriggered: false,
      status: "open",
      notional: 0,
      fee: 0,
      createdMs: this.#nowMs(),
      updatedMs: this.#nowMs(),
    };
    this.orders.push(order);
    this.#tell("created", order);
    return order;
  }

  /** @throws Refusal when it is over, or has filled more */
  amend(order: VenueOrder, change: OrderChange): void {
    if (!isOpen(order)) throw new Refusal("not_found", `${order.id} is ${order.status}`);
    const qty = change.qty ?? order.qty;
    if (clean(qty - order.filled) <= 0)
      throw new Refusal("rejected", `${order.id} has filled ${order.filled} of the ${qty} it may have`);
    this.#checkWorth(clean(qty - order.filled));
    this.#checkCoins(order.owner, order, clean(qty - order.filled));
    order.qty = qty;
    if (change.limit !== undefined) order.limit = change.limit;
    if (change.stop !== undefined) order.stop = change.stop;
    if (change.trail !== undefined) order.trail = change.trail;
    this.#touch(order);
    this.#tell("amended", order);
    this.#match(order);
  }

  cancel(order: VenueOrder): void {
    if (!isOpen(order)) return;
    order.status = "cancelled";
    this.#touch(order);
    this.#tell("cancelled", order);
    if (this.rules.attachesBrackets) this.#sweep();
  }

  /** It was taken, and is refused after all. */
  reject(order: VenueOrder): void {
    if (!isOpen(order)) return;
    order.status = "rejected";
    this.#touch(order);
    this.#tell("rejected", order);
  }

  /** The newest order under a client order id. */
  find(clientOrderId: string): VenueOrder | undefined {
    return this.orders.findLast((order) => order.clientOrderId === clientOrderId);
  }

  openOrders(): VenueOrder[] {
    return this.orders.filter(isOpen);
  }

  /** The market is somewhere else. */
  setPrice(price: number): void {
    this.price = price;
    for (const order of this.openOrders()) if (isOpen(order)) this.#match(order);
    this.brackets.watch();
  }

  /**
   * Somebody takes the other side.
   * @param qty what is left and may fill at most
   * @param price default: what the order says, else the market's
   */
  fill(order: VenueOrder, qty = Infinity, price = this.#priceOf(order)): void {
    if (!isOpen(order) || this.#isAsleep(order)) return;
    const left = leftOf(order);
    const room = this.#isBounded(order) ? this.#whole(this.account.reducible(order)) : Infinity;
    const amount = clean(Math.min(qty, left, room));
    if (amount > 0) this.#execute(order, amount, price);
    if (room < Math.min(qty, left) && isOpen(order)) this.cancel(order);
    this.#settleGroup(order, amount);
    this.#sweep();
  }

  /**
   * A person trades by hand, on the account that the runs use.
   * @param legId the position that it closes, on an account that keeps several
   */
  trade(side: "buy" | "sell", qty: number, legId: string | null = null): void {
    const order = this.place(null, {
      clientOrderId: "",
      pineId: "",
      fromEntry: null,
      legType: legId === null ? "entry" : "close",
      side,
      qty,
      limit: null,
      stop: null,
      reduceOnly: legId !== null,
      group: null,
      legId,
    });
    this.fill(order);
  }

  #check(owner: string | null, request: OrderRequest): void {
    const { minQty, maxQty } = this.rules;
    if (request.qty < minQty || request.qty > maxQty)
      throw new Refusal("rejected", `quantity ${request.qty} is not between ${minQty} and ${maxQty}`);
    if (request.reduceOnly && this.account.reducible(request) <= 0)
      throw new Refusal("nothing_to_reduce", "there is no position to reduce");
    this.#checkWorth(request.qty);
    this.#checkCoins(owner, request, request.qty);
  }

  #checkWorth(qty: number): void {
    const worth = clean(qty * this.price);
    if (worth < this.rules.minNotional)
      throw new Refusal("too_small", `${qty} are worth ${worth}, less than ${this.rules.minNotional}`);
  }

  /** Coins are promised once: what an order may sell is locked in it. */
  #checkCoins(owner: string | null, { side, group, id }: Sells, qty: number): void {
    if (this.rules.mode !== "spot" || side !== "sell") return;
    const isOwn = (order: VenueOrder): boolean =>
      order.id === id || (group !== null && order.group === group && order.owner === owner);
    const free = this.#free(isOwn);
    if (qty > free) throw new Refusal("margin", `there are not ${qty} coins to sell: ${free} are free`);
  }

  /** Coins that no order is about to sell. */
  get freeCoins(): number {
    return this.#free(() => false);
  }

  /** @param isExcepted an order that locks nothing; of a group the largest locks */
  #free(isExcepted: (order: VenueOrder) => boolean): number {
    const locked = new Map<string, number>();
    for (const order of this.openOrders()) {
      if (order.side !== "sell" || isExcepted(order)) continue;
      const name = order.group === null ? order.id : `${order.owner} ${order.group}`;
      locked.set(name, Math.max(locked.get(name) ?? 0, leftOf(order)));
    }
    return [...locked.values()].reduce((free, qty) => clean(free - qty), this.account.size);
  }

  /** What can fill no more than there is: what only reduces, and coins that are sold. */
  #isBounded({ reduceOnly, side }: Pick<OrderRequest, "reduceOnly" | "side">): boolean {
    return reduceOnly || (this.rules.mode === "spot" && side === "sell");
  }

  /** As much of it as can be traded: coins after their fees are no whole steps. */
  #whole(qty: number): number {
    const { qtyStep } = this.rules;
    return clean(Math.floor(qty / qtyStep + 1e-6) * qtyStep);
  }

  /** Fills what the market reaches. */
  #match(order: VenueOrder): void {
    if (!isOpen(order) || this.#isAsleep(order)) return;
    const sign = signOf(order.side);
    if (!order.isTriggered && (order.stop !== null || order.trail !== null)) {
      const level = this.#stopOf(order);
      if (level === null || sign * (this.price - level) < 0) return;
      order.isTriggered = true;
    }
    const isMarket = order.limit === null;
    if (isMarket ? !this.fillsMarket : sign * (order.limit! - this.price) < 0) return;
    this.fill(order, this.depth);
  }

  /** Its entry rests, and has opened nothing. */
  #isAsleep({ owner, fromEntry }: VenueOrder): boolean {
    if (!this.rules.attachesBrackets || fromEntry === null) return false;
    const isEntry = (order: VenueOrder): boolean =>
      order.owner === owner && order.legType === "entry" && order.pineId === fromEntry;
    return (
      this.openOrders().some(isEntry) && !this.orders.some((order) => isEntry(order) && order.filled > 0)
    );
  }

  /** Where a stop is just now, with its trail: of two levels the nearer. */
  #stopOf(order: VenueOrder): number | null {
    const { stop, trail } = order;
    if (trail === null) return stop;
    const sign = signOf(order.side);
    if (order.best === null && sign * (trail.activation - this.price) < 0) return stop;
    if (order.best === null || sign * (order.best - this.price) > 0) order.best = this.price;
    const level = order.best + sign * trail.offset;
    return stop !== null && sign * (level - stop) > 0 ? stop : level;
  }

  #priceOf(order: VenueOrder): number {
    return order.limit ?? (order.stop !== null && !order.isTriggered ? order.stop : this.price);
  }

  #execute(order: VenueOrder, qty: number, price: number): void {
    const { feeRate } = this;
    const { takesFeeInBase, takesFeeInOther, baseCurrency, quoteCurrency } = this.rules;
    const isOther = takesFeeInOther && this.executions.length % 3 !== 2;
    const inBase = takesFeeInBase && order.side === "buy" && !isOther;
    const fee = clean(feeRate * qty * (inBase ? 1 : price));
    const execution: Execution = {
      fillId: `F${this.executions.length + 1}`,
      orderId: order.id,
      clientOrderId: order.clientOrderId,
      owner: order.owner,
      purpose: { pineId: order.pineId, fromEntry: order.fromEntry, legType: order.legType },
      side: order.side,
      qty,
      price,
      fee,
      feeCurrency: isOther ? feeCoin : inBase ? baseCurrency : quoteCurrency,
      baseFee: inBase ? fee : 0,
      timeMs: this.#nowMs(),
      legId: this.account.legOf(order),
    };
    this.executions.push(execution);
    this.account.take(execution);
    order.filled = clean(order.filled + qty);
    order.notional += qty * price;
    order.fee = clean(order.fee + fee);
    order.status = leftOf(order) === 0 ? "filled" : "partial";
    this.#touch(order);
    this.#tell(order.status, order, execution);
  }

  /** What one of a group fills, the others lose. */
  #settleGroup(filled: VenueOrder, qty: number): void {
    if (filled.group === null || qty === 0) return;
    for (const other of this.openOrders()) {
      if (other === filled || other.group !== filled.group || other.owner !== filled.owner) continue;
      const left = clean(leftOf(other) - qty);
      if (left <= 0) {
        this.cancel(other);
        continue;
      }
      other.qty = clean(other.filled + left);
      this.#touch(other);
      this.#tell("amended", other);
    }
  }

  #sweep(): void {
    if (!this.rules.sweepsReduceOnly) return;
    for (const order of this.openOrders())
      if (isOpen(order) && order.reduceOnly && this.account.reducible(order) <= 0 && !this.#isAsleep(order))
        this.cancel(order);
  }

  #touch(order: VenueOrder): void {
    order.updatedMs = this.#nowMs();
  }

  #tell(kind: VenueEvent["kind"], order: VenueOrder, execution: Execution | null = null): void {
    const event = {
      number: this.events.length + 1,
      kind,
      order: { ...order },
      execution,
      atMs: this.#nowMs(),
    };
    this.events.push(event);
    this.onEvent?.(event);
  }
}
