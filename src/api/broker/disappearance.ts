import { price, quantity, timestampSeconds } from "../../kernel/units.ts";
import { UnexpectedCancelError } from "./errors.ts";
import type { ExchangeOrder, LegType, OrderEvent } from "./orders.ts";
import type { UnexpectedCancelPolicy } from "./policies.ts";

/**
 * Finding out that an order of ours is gone although nobody said so. The engine cannot: an order may show as a working
 * order, a position, or a bracket of one, and only the plugin knows its venue's namespaces. It reads them all now and
 * then and lets the tracker judge: nothing is believed gone because one read did not show it.
 */

/** An order that a plugin watches for, as its books have it. */
export interface TrackedOrder {
  readonly clientOrderId: string;
  readonly pineId: string;
  readonly fromEntry?: string;
  readonly legType: LegType;
  /** `qty` and `filledQty` bound what a disappearance can have filled. */
  readonly order: ExchangeOrder;
  /** Since when no namespace has shown it, ms; absent: it shows. */
  readonly missingSinceMs?: number;
}

/** References the venue showed, by namespace; `null`: that namespace could not be read. */
export type VenuePresence = Readonly<Record<string, ReadonlySet<string> | null>>;

/** What became of an order that does not show any more. */
export type Disappearance =
  | { readonly kind: "still_present" }
  /** Nothing can be proven; it is asked again at the next pass. */
  | { readonly kind: "inconclusive"; readonly reason: string }
  /** It is over, and what it did to the position has been told by other means. */
  | { readonly kind: "closed"; readonly filledQty?: number }
  | ({ readonly kind: "filled" | "cancelled" } & DisappearedFill);

/** What an order filled before it went. */
export interface DisappearedFill {
  /** Cumulative, as the venue's history has it; held to between what was known and the order's quantity. */
  readonly filledQty: number;
  /** Of the part that was not known; needed when there is one. */
  readonly fillPrice?: number;
  /** The venue's id of the execution; made of the order's id and its total otherwise. */
  readonly fillId?: string;
  readonly fee?: number;
  readonly feeCurrency?: string;
}

/** What the plugin's books must take over, at once or not at all. */
export interface TrackedChange {
  readonly clientOrderId: string;
  /** `null`: it shows again. */
  readonly missingSinceMs?: number | null;
  readonly filledQty?: number;
  /** It is over; its row and those of these orders are retired. */
  readonly isOver?: true;
  readonly siblings?: readonly string[];
}

/** What a plugin supplies. */
export interface DisappearanceHooks<Row extends TrackedOrder> {
  /** Every live order. */
  rows(): Iterable<Row>;
  /** The row as it stands now, or `null` when it is over. */
  find(clientOrderId: string): Row | null;
  /** Where the order may show: its references by namespace. It is there when any of them is. */
  trackedRefs(row: Row): Readonly<Record<string, readonly string[]>>;
  /** Asked when the grace is over: what do the venue's history and the fetched state say? Changes nothing. */
  confirmMissing(row: Row): Disappearance | Promise<Disappearance>;
  /** Stores a change, in one transaction. */
  apply(change: TrackedChange): void;
  /** Orders that are not watched just now, such as those with a write under way. */
  isExempt?(row: Row): boolean;
  /** Orders that go with it: the other legs of its bracket. */
  siblings?(row: Row): readonly string[];
  /** The plugin's own guard against hearing of the same execution again from the stream. */
  registerExecution?(row: Row, fillId: string): void;
  /** Stops new exposure; `BrokerPlugin.quarantineSink`. Without it the policies that need it halt. */
  requestQuarantine?(reason: string): void;
  /** Cancels the other orders of the bot; needed by the policy `stop_and_cancel`. */
  cancelSiblings?(row: Row): Promise<void>;
  warn?(message: string): void;
}

/** How long an order must not show before anybody is asked, ms. */
export function disappearanceGraceMs(pollMs: number): number {
  return Math.max(5_000, 5 * pollMs);
}

/** What one look at the venue does to an order's stamp. */
export function observe(
  missingSinceMs: number | undefined,
  refs: Readonly<Record<string, readonly string[]>>,
  present: VenuePresence,
  nowMs: number,
  graceMs: number,
): "keep" | "stamp" | "clear" | "confirm" {
  const namespaces = Object.entries(refs);
  const isVisible = namespaces.some(([namespace, own]) => own.some((ref) => present[namespace]?.has(ref)));
  if (isVisible) return missingSinceMs === undefined ? "keep" : "clear";
  if (missingSinceMs !== undefined) return nowMs - missingSinceMs < graceMs ? "keep" : "confirm";
  // A namespace that was not read is as good as one that could not be.
  return namespaces.every(([namespace]) => present[namespace]) ? "stamp" : "keep";
}

/**
 * Judges the venue's state pass by pass. Events are yielded before the plugin's books forget the order: a crash in
 * between repeats them, and the engine books an execution once.
 */
export class DisappearanceTracker<Row extends TrackedOrder> {
  readonly #warned = new Set<string>();
  /** Orders whose policy has been applied, until their row is retired. */
  readonly #policed = new Set<string>();
  #halt: UnexpectedCancelError | null = null;

  constructor(
    readonly hooks: DisappearanceHooks<Row>,
    readonly policy: UnexpectedCancelPolicy,
    readonly graceMs: number,
  ) {
    if (policy === "stop_and_cancel" && hooks.cancelSiblings === undefined)
      throw new TypeError('the policy "stop_and_cancel" needs the hook cancelSiblings');
  }

  /**
   * One pass over every order, inside `watchOrders`: `yield* tracker.pass(present, now)`.
   * @param present what the venue shows now
   * @param nowMs the time of that look
   * @throws UnexpectedCancelError once, after the events, when the policy is to halt
   */
  async *pass(present: VenuePresence, nowMs: number): AsyncGenerator<OrderEvent, void, undefined> {
    for (const row of [...this.hooks.rows()]) {
      if (this.hooks.isExempt?.(row)) continue;
      const { clientOrderId, missingSinceMs } = row;
      switch (observe(missingSinceMs, this.hooks.trackedRefs(row), present, nowMs, this.graceMs)) {
        case "keep":
          break;
        case "stamp":
          this.hooks.apply({ clientOrderId, missingSinceMs: nowMs });
          break;
        case "clear":
          this.hooks.apply({ clientOrderId, missingSinceMs: null });
          break;
        case "confirm":
          yield* this.#confirm(row, nowMs);
          break;
      }
    }
    const halt = this.#halt;
    this.#halt = null;
    if (halt !== null) throw halt;
  }

  async *#confirm(row: Row, nowMs: number): AsyncGenerator<OrderEvent, void, undefined> {
    const { hooks } = this;
    const found = await hooks.confirmMissing(row);
    const now = hooks.find(row.clientOrderId);
    // While the history was being read, the stream may have said more about it.
    if (now === null || now.missingSinceMs !== row.missingSinceMs) return;
    switch (found.kind) {
      case "still_present":
        hooks.apply({ clientOrderId: row.clientOrderId, missingSinceMs: null });
        return;
      case "inconclusive":
        this.#warnOnce(now, found.reason);
        return;
      case "closed":
        this.#retire(now, found.filledQty);
        return;
      case "filled":
      case "cancelled":
        break;
      default:
        found satisfies never;
    }
    const filledQty = within(found.filledQty, now.order.filledQty, now.order.qty);
    const slice = filledQty - now.order.filledQty;
    if (Number.isNaN(slice)) {
      this.#warnOnce(now, "the venue does not say how much of it filled");
      return;
    }
    if (slice > 0 && !(Number.isFinite(found.fillPrice) && found.fillPrice! > 0)) {
      this.#warnOnce(now, "it filled, and the venue does not say at what price");
      return;
    }
    if (found.kind === "cancelled") await this.#applyPolicy(now);
    if (slice > 0) {
      const event = fillOf(now, found, filledQty, slice, nowMs);
      this.#register(now, event.fillId!);
      yield event;
    }
    if (found.kind === "cancelled") yield cancelOf(now, filledQty, nowMs);
    this.#retire(now, filledQty);
  }

  #retire(row: Row, filledQty: number | undefined): void {
    this.hooks.apply({
      clientOrderId: row.clientOrderId,
      missingSinceMs: null,
      isOver: true,
      siblings: this.#siblings(row),
      ...(filledQty === undefined
        ? {}
        : { filledQty: within(filledQty, row.order.filledQty, row.order.qty) }),
    });
    this.#policed.delete(row.clientOrderId);
  }

  async #applyPolicy(row: Row): Promise<void> {
    if (this.#policed.has(row.clientOrderId)) return;
    this.#policed.add(row.clientOrderId);
    const reason = `order ${row.clientOrderId} was cancelled by somebody else`;
    switch (this.policy) {
      case "ignore":
      case "re_place":
        return;
      case "halt":
        this.#halt ??= new UnexpectedCancelError(reason, row.clientOrderId);
        return;
      case "stop":
      case "stop_and_cancel":
        this.#quarantine(row, reason);
    }
    if (this.policy !== "stop_and_cancel") return;
    try {
      await this.hooks.cancelSiblings!(row);
    } catch (error) {
      this.hooks.warn?.(`the other orders could not be cancelled: ${String(error)}`);
    }
  }

  /** A quarantine that cannot be had becomes a halt: the order is gone either way. */
  #quarantine(row: Row, reason: string): void {
    try {
      if (this.hooks.requestQuarantine !== undefined) {
        this.hooks.requestQuarantine(reason);
        return;
      }
    } catch (error) {
      this.hooks.warn?.(`quarantine failed: ${String(error)}`);
    }
    this.#halt ??= new UnexpectedCancelError(reason, row.clientOrderId);
  }

  #register(row: Row, fillId: string): void {
    try {
      this.hooks.registerExecution?.(row, fillId);
    } catch (error) {
      this.hooks.warn?.(`execution ${fillId} could not be registered: ${String(error)}`);
    }
  }

  #siblings(row: Row): readonly string[] {
    return this.hooks.siblings?.(row) ?? [];
  }

  #warnOnce(row: Row, reason: string): void {
    const key = `${row.clientOrderId} ${reason}`;
    if (this.#warned.has(key)) return;
    this.#warned.add(key);
    this.hooks.warn?.(`order ${row.clientOrderId} does not show: ${reason}`);
  }
}

const within = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

function fillOf(
  row: TrackedOrder,
  found: DisappearedFill,
  filledQty: number,
  slice: number,
  nowMs: number,
): OrderEvent {
  const isWhole = filledQty >= row.order.qty;
  return {
    ...identity(row, filledQty, isWhole ? "filled" : "partial", nowMs),
    eventType: isWhole ? "filled" : "partial",
    fillPrice: price(found.fillPrice!),
    fillQty: slice,
    fillId: found.fillId ?? `gone:${row.clientOrderId}:${filledQty}`,
    fee: found.fee ?? 0,
    feeCurrency: found.feeCurrency ?? row.order.feeCurrency,
  };
}

function cancelOf(row: TrackedOrder, filledQty: number, nowMs: number): OrderEvent {
  return { ...identity(row, filledQty, "cancelled", nowMs), eventType: "cancelled" };
}

/** What every event about the order carries. */
function identity(
  row: TrackedOrder,
  filledQty: number,
  status: ExchangeOrder["status"],
  nowMs: number,
): Omit<OrderEvent, "eventType"> {
  const { qty } = row.order;
  return {
    order: {
      ...row.order,
      clientOrderId: row.clientOrderId,
      qty: quantity(qty),
      filledQty,
      remainingQty: status === "partial" ? qty - filledQty : 0,
      status,
    },
    timestamp: timestampSeconds(Math.floor(nowMs / 1000)),
    fee: 0,
    feeCurrency: row.order.feeCurrency,
    pineId: row.pineId,
    ...(row.fromEntry === undefined ? {} : { fromEntry: row.fromEntry }),
    legType: row.legType,
    fromDisappearanceTracker: true,
  };
}
