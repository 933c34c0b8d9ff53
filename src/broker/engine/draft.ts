import type { Effect, Notice } from "./effects.ts";
import type { Fill } from "./fill.ts";
import type { JournalEntry, Step } from "./step.ts";
import type {
  EngineRules,
  EngineState,
  IntentRecord,
  Latches,
  Obligation,
  OrderRecord,
  PositionBook,
  SpotInventory,
  VenueView,
  Watch,
} from "./state.ts";
import type { Wish } from "./desired.ts";
import type { KeptExits } from "./kept-exits.ts";

/** An effect that has no number yet. */
export type NewEffect = Effect extends infer E ? (E extends Effect ? Omit<E, "id"> : never) : never;

/** Newest fill ids that the state itself remembers. */
const rememberedFills = 512;
/** Orders that are over and still known by name, so that a late fill finds its intent. */
const rememberedOrders = 64;

/**
 * A step under construction: the state as it was, what has changed of it, and what the step says. A map is copied when
 * the first of its records changes, and a record that is set to what it was changes nothing. One lives within one call
 * of `reduce`.
 */
export class Draft {
  readonly rules: EngineRules;
  readonly nowMs: number;
  readonly before: EngineState;
  #barTimeMs: number;
  #closedBarMs: number;
  #price: number;
  #nextEffect: number;
  #latches: Latches;
  #book: PositionBook;
  #view: VenueView;
  #spot: SpotInventory | null;
  #fillIds: readonly string[];
  #wanted: ReadonlyMap<string, Wish> | null;
  #hasRun: boolean;
  #exits: KeptExits;
  readonly #intents: DraftMap<string, IntentRecord>;
  readonly #orders: DraftMap<string, OrderRecord>;
  readonly #obligations: DraftMap<string, Obligation>;
  readonly #watches: DraftMap<string, Watch>;
  readonly #outbox: DraftMap<number, Effect>;
  readonly #journal: JournalEntry[] = [];
  readonly #fills: Fill[] = [];
  readonly #effects: Effect[] = [];
  readonly #notices: Notice[] = [];

  constructor(state: EngineState, nowMs: number) {
    this.before = state;
    this.rules = state.rules;
    // A clock that is set back does not take the run back.
    this.nowMs = state.nowMs > nowMs ? state.nowMs : nowMs;
    this.#barTimeMs = state.barTimeMs;
    this.#closedBarMs = state.closedBarMs;
    this.#price = state.price;
    this.#nextEffect = state.nextEffect;
    this.#latches = state.latches;
    this.#book = state.book;
    this.#view = state.view;
    this.#spot = state.spot;
    this.#fillIds = state.fillIds;
    this.#wanted = state.wanted;
    this.#hasRun = state.hasRun;
    this.#exits = state.exits;
    this.#intents = new DraftMap(state.intents);
    this.#orders = new DraftMap(state.orders);
    this.#obligations = new DraftMap(state.obligations);
    this.#watches = new DraftMap(state.watches);
    this.#outbox = new DraftMap(state.outbox);
  }

  get barTimeMs(): number {
    return this.#barTimeMs;
  }
  get price(): number {
    return this.#price;
  }
  get latches(): Latches {
    return this.#latches;
  }
  get book(): PositionBook {
    return this.#book;
  }
  get view(): VenueView {
    return this.#view;
  }
  get spot(): SpotInventory | null {
    return this.#spot;
  }
  get wanted(): ReadonlyMap<string, Wish> | null {
    return this.#wanted;
  }
  get hasRun(): boolean {
    return this.#hasRun;
  }
  get exits(): KeptExits {
    return this.#exits;
  }
  get intents(): ReadonlyMap<string, IntentRecord> {
    return this.#intents.now;
  }
  get orders(): ReadonlyMap<string, OrderRecord> {
    return this.#orders.now;
  }
  get obligations(): ReadonlyMap<string, Obligation> {
    return this.#obligations.now;
  }
  get watches(): ReadonlyMap<string, Watch> {
    return this.#watches.now;
  }
  get outbox(): ReadonlyMap<number, Effect> {
    return this.#outbox.now;
  }

  /** A number that nothing of this run has had: that of the next effect. */
  get serial(): number {
    return this.#nextEffect;
  }

  /** Something other than the time and the price has changed. */
  get hasChanged(): boolean {
    const { before } = this;
    return (
      this.#intents.now !== before.intents ||
      this.#orders.now !== before.orders ||
      this.#obligations.now !== before.obligations ||
      this.#watches.now !== before.watches ||
      this.#outbox.now !== before.outbox ||
      this.#book !== before.book ||
      this.#view !== before.view ||
      this.#spot !== before.spot ||
      this.#latches !== before.latches ||
      this.#wanted !== before.wanted
    );
  }

  setBar(barTimeMs: number, isClosed = false): void {
    this.#barTimeMs = barTimeMs;
    if (isClosed) this.#closedBarMs = barTimeMs;
  }
  setPrice(price: number): void {
    this.#price = price;
  }
  setWanted(wanted: ReadonlyMap<string, Wish> | null): void {
    this.#wanted = wanted;
  }
  setHasRun(hasRun: boolean): void {
    this.#hasRun = hasRun;
  }
  setExits(exits: KeptExits): void {
    this.#exits = exits;
  }
  setBook(book: PositionBook): void {
    this.#book = book;
  }
  setView(changes: Partial<VenueView>): void {
    this.#view = { ...this.#view, ...changes };
  }
  setSpot(spot: SpotInventory): void {
    this.#spot = spot;
  }
  setLatches(changes: Partial<Latches>): void {
    this.#latches = { ...this.#latches, ...changes };
  }

  setIntent(record: IntentRecord): void {
    this.#intents.set(record.key, record);
  }
  dropIntent(key: string): void {
    this.#intents.delete(key);
  }
  setOrder(order: OrderRecord): void {
    this.#orders.set(order.clientOrderId, order);
  }
  /** Forgets the oldest of the orders that are over and whose intent is gone, beyond those worth remembering. */
  pruneOrders(): void {
    if (this.orders.size <= rememberedOrders) return;
    const over = [...this.orders.values()].filter((order) => {
      const record = this.intents.get(order.intentKey);
      return isOver(order) && record?.generation !== order.generation;
    });
    for (const order of over.slice(0, -rememberedOrders)) this.#orders.delete(order.clientOrderId);
  }

  /** Takes on, or changes, what has to be settled. */
  owe(obligation: Obligation): void {
    this.#obligations.set(obligation.id, obligation);
  }
  settle(id: string): void {
    this.#obligations.delete(id);
  }
  setWatch(watch: Watch): void {
    this.#watches.set(watch.id, watch);
  }
  dropWatch(id: string): void {
    this.#watches.delete(id);
  }

  /** Puts an effect into the outbox. @returns its number */
  send(effect: NewEffect): number {
    const numbered = { ...effect, id: this.#nextEffect++ } as Effect;
    this.#outbox.set(numbered.id, numbered);
    this.#effects.push(numbered);
    return numbered.id;
  }

  /** Takes an effect out of the outbox: it has its result. `undefined`: it had one already. */
  answered(id: number): Effect | undefined {
    const effect = this.outbox.get(id);
    if (effect !== undefined) this.#outbox.delete(id);
    return effect;
  }

  /** Whether a fill of this id was booked lately. */
  hasFill(fillId: string): boolean {
    return this.#fillIds.includes(fillId);
  }
  /** Books an execution; the position is the book's business. */
  fill(fill: Fill): void {
    this.#fills.push(fill);
    this.#fillIds = [...this.#fillIds.slice(1 - rememberedFills), fill.fillId];
  }

  /** A line of the event log. */
  journal(event: string, details: Omit<JournalEntry, "event"> = {}): void {
    this.#journal.push({ event, ...details });
  }
  notice(notice: Notice): void {
    this.#notices.push(notice);
  }
  /** A line of the event log that people should see as well. */
  tell(
    level: "info" | "warn" | "error",
    code: string,
    message: string,
    about: { readonly intentKey?: string; readonly clientOrderId?: string } = {},
  ): void {
    this.journal(code, { ...about, payload: { message } });
    this.notice({ kind: "event", level, code, message, ...about });
  }

  finish(): Step {
    const state: EngineState = {
      rules: this.rules,
      nowMs: this.nowMs,
      barTimeMs: this.#barTimeMs,
      closedBarMs: this.#closedBarMs,
      price: this.#price,
      nextEffect: this.#nextEffect,
      latches: this.#latches,
      wanted: this.#wanted,
      hasRun: this.#hasRun,
      exits: this.#exits,
      intents: this.intents,
      orders: this.orders,
      obligations: this.obligations,
      watches: this.watches,
      book: this.#book,
      fillIds: this.#fillIds,
      view: this.#view,
      spot: this.#spot,
      outbox: this.outbox,
    };
    return {
      state,
      journal: this.#journal,
      fills: this.#fills,
      effects: this.#effects,
      notices: this.#notices,
    };
  }
}

/** Whether an order's status is final. */
export function isOver(order: Pick<OrderRecord, "status">): boolean {
  switch (order.status) {
    case "pending":
    case "open":
    case "partial":
      return false;
    case "filled":
    case "cancelled":
    case "rejected":
    case "expired":
      return true;
  }
}

/** A map that is copied when it is first written to. */
class DraftMap<K, V> {
  #map: ReadonlyMap<K, V>;
  #own: Map<K, V> | null = null;

  constructor(map: ReadonlyMap<K, V>) {
    this.#map = map;
  }

  get now(): ReadonlyMap<K, V> {
    return this.#map;
  }

  set(key: K, value: V): void {
    if (this.#map.get(key) !== value) this.#writable().set(key, value);
  }

  delete(key: K): void {
    if (this.#map.has(key)) this.#writable().delete(key);
  }

  #writable(): Map<K, V> {
    if (this.#own === null) this.#map = this.#own = new Map(this.#map);
    return this.#own;
  }
}
