/**
 * A venue in a few lines: it takes what the engine sends, and has its answers and events lie about until somebody
 * delivers them. Orders are known by our id, and an id that was used is refused.
 */
import type { ExchangeOrder, OrderEvent } from "../../../src/api/broker/orders.ts";
import { price, quantity, timestampSeconds } from "../../../src/kernel/units.ts";
import type { Effect } from "../../../src/broker/engine/effects.ts";
import type { Fact, ReadResult, WriteResult } from "../../../src/broker/engine/facts.ts";
import type { EngineState } from "../../../src/broker/engine/state.ts";
import { positionOf } from "./story.ts";

/** What may be delivered. */
export type Post =
  | { readonly kind: "answer"; readonly effect: number; readonly result: WriteResult }
  | { readonly kind: "read"; readonly effect: number; readonly result: ReadResult }
  | { readonly kind: "event"; readonly event: OrderEvent };

export class SmallVenue {
  readonly orders = new Map<string, ExchangeOrder>();
  readonly post: Post[] = [];
  size = 0;
  /** Ids under which an order arrived more than once: none ever may. */
  readonly repeated: string[] = [];
  #serial = 0;

  /** An effect reaches the venue, or its answer is lost, or both. */
  take(effect: Effect, state: EngineState, fate: "done" | "lost" | "lost_before" | "not_sent"): void {
    if (fate === "not_sent" && isWrite(effect))
      return void this.post.push({
        kind: "answer",
        effect: effect.id,
        result: { kind: "not_sent", message: "offline" },
      });
    const result = fate === "lost_before" && isWrite(effect) ? null : this.#do(effect, state);
    if (!isWrite(effect)) {
      this.post.push({ kind: "read", effect: effect.id, result: this.#read(effect) });
      return;
    }
    this.post.push({
      kind: "answer",
      effect: effect.id,
      result:
        fate === "done" && result !== null
          ? result
          : effect.kind === "cancel"
            ? { kind: "cancel", outcome: "unknown" }
            : { kind: "unknown", message: "lost" },
    });
  }

  /** The place of what may be delivered instead of this: executions come in their order. */
  inOrder(index: number): number {
    const isFill = (post: Post | undefined): boolean =>
      post?.kind === "event" && post.event.fillId !== undefined;
    return isFill(this.post[index]) ? this.post.findIndex(isFill) : index;
  }

  get open(): ExchangeOrder[] {
    return [...this.orders.values()].filter((order) => isLive(order));
  }

  get position(): ReturnType<typeof positionOf> {
    return positionOf(this.size);
  }

  /** An order fills, in whole or in part; the legs beside it go. */
  fill(clientOrderId: string, qty: number): void {
    const order = this.orders.get(clientOrderId)!;
    const room = order.reduceOnly ? Math.max(0, order.side === "sell" ? this.size : -this.size) : Infinity;
    const filled = Math.min(qty, order.remainingQty, room);
    if (!(filled > 0)) return this.#end(order, "cancelled");
    this.size += order.side === "buy" ? filled : -filled;
    const filledQty = order.filledQty + filled;
    const isWhole = filledQty >= order.qty;
    const next: ExchangeOrder = {
      ...order,
      filledQty,
      remainingQty: order.qty - filledQty,
      status: isWhole ? "filled" : "partial",
    };
    this.orders.set(clientOrderId, next);
    this.#say(next, isWhole ? "filled" : "partial", {
      fillQty: filled,
      fillPrice: price(100),
      fillId: `f${++this.#serial}`,
    });
  }

  fact(post: Post, nowMs: number): Fact {
    switch (post.kind) {
      case "answer":
        return { kind: "written", nowMs, effect: post.effect, result: post.result };
      case "read":
        return { kind: "read", nowMs, effect: post.effect, result: post.result };
      case "event":
        return { kind: "venue", nowMs, event: post.event };
    }
  }

  #do(effect: Effect, state: EngineState): WriteResult | null {
    switch (effect.kind) {
      case "place": {
        const rows = Object.values(state.intents.get(effect.intentKey)?.orderIds ?? {})
          .map((id) => state.orders.get(id))
          .filter((row) => row !== undefined);
        const orders: ExchangeOrder[] = [];
        for (const row of rows) {
          if (this.orders.has(row.clientOrderId)) {
            this.repeated.push(row.clientOrderId);
            return { kind: "id_spent", message: row.clientOrderId };
          }
          const { intent } = effect.envelope;
          const order: ExchangeOrder = {
            id: `v${++this.#serial}`,
            symbol: "BTCUSDT",
            side: row.side,
            orderType: row.limit !== null ? "limit" : row.stop !== null ? "stop" : "market",
            qty: quantity(row.qty),
            filledQty: 0,
            remainingQty: row.qty,
            ...(row.limit === null ? {} : { price: price(row.limit) }),
            ...(row.stop === null ? {} : { stopPrice: price(row.stop) }),
            status: "open",
            timestamp: timestampSeconds(0),
            fee: 0,
            feeCurrency: "USDT",
            reduceOnly: intent.kind !== "entry",
            clientOrderId: row.clientOrderId,
          };
          this.orders.set(row.clientOrderId, order);
          this.#say(order, "created");
          orders.push(order);
        }
        return { kind: "accepted", orders };
      }
      case "amend": {
        const { intent } = effect.envelope;
        const orders: ExchangeOrder[] = [];
        for (const row of state.orders.values()) {
          const order = this.orders.get(row.clientOrderId);
          if (row.intentKey !== effect.intentKey || order === undefined || !isLive(order)) continue;
          const next: ExchangeOrder = {
            ...order,
            qty: intent.qty,
            remainingQty: intent.qty - order.filledQty,
            ...("limit" in intent && intent.limit !== undefined ? { price: intent.limit } : {}),
          };
          if (!(next.remainingQty > 0)) return { kind: "rejected", message: "filled", isMargin: false };
          this.orders.set(row.clientOrderId, next);
          this.#say(next, "amended");
          orders.push(next);
        }
        return orders.length > 0
          ? { kind: "accepted", orders }
          : { kind: "rejected", message: "no such order", isMargin: false };
      }
      case "cancel": {
        const own = effect.clientOrderIds
          .map((id) => this.orders.get(id))
          .filter((order) => order !== undefined);
        const hasFilled = own.some(({ status }) => status === "filled");
        for (const order of own) if (isLive(order)) this.#end(order, "cancelled");
        return { kind: "cancel", outcome: hasFilled ? "already_filled" : "cancel_confirmed" };
      }
      default:
        return null;
    }
  }

  #read(effect: Effect): ReadResult {
    switch (effect.kind) {
      case "read_position":
        return { kind: "position", position: this.position };
      case "read_order":
        return {
          kind: "order",
          clientOrderId: effect.clientOrderId,
          order: this.orders.get(effect.clientOrderId) ?? null,
        };
      default:
        return { kind: "open_orders", orders: this.open };
    }
  }

  #end(order: ExchangeOrder, status: "cancelled"): void {
    const next: ExchangeOrder = { ...order, status, remainingQty: 0 };
    this.orders.set(order.clientOrderId!, next);
    this.#say(next, "cancelled");
  }

  #say(order: ExchangeOrder, eventType: OrderEvent["eventType"], more: Partial<OrderEvent> = {}): void {
    this.post.push({
      kind: "event",
      event: {
        order,
        timestamp: timestampSeconds(60),
        eventType,
        fee: 0,
        feeCurrency: "USDT",
        fromDisappearanceTracker: false,
        ...more,
      },
    });
  }
}

export const isWrite = ({ kind }: Effect): boolean => !kind.startsWith("read_");
const isLive = ({ status }: ExchangeOrder): boolean => status === "open" || status === "partial";
