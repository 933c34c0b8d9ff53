/**
 * A small world around an engine: a script that changes its mind, a venue that keeps its promises, and a line between
 * them that loses answers, delays, repeats and reorders what the venue says, and now and then kills the process. Every
 * choice is a number from outside, so that a world can be lived again.
 */
import type { OrderIdKind } from "../../../src/api/broker/intents.ts";
import type { ExchangeOrder, LegType, OrderEvent } from "../../../src/api/broker/orders.ts";
import { clientOrderId } from "../../../src/broker/ids.ts";
import type { Effect } from "../../../src/broker/engine/effects.ts";
import type { Wanted } from "../../../src/broker/engine/desired.ts";
import type { Fact, WriteResult } from "../../../src/broker/engine/facts.ts";
import { minus, plus } from "../../../src/broker/engine/book/quantity.ts";
import { price, quantity, timestampSeconds } from "../../../src/kernel/units.ts";
import { barMs, effectText, Play, type rulesOf, wantedOf } from "./notation.ts";
import { positionOf } from "./story.ts";

interface VenueOrder {
  readonly clientOrderId: string;
  readonly legType: LegType;
  readonly fromEntry: string | undefined;
  readonly pineId: string;
  readonly side: "buy" | "sell";
  readonly isMarket: boolean;
  /** Members share what is left of a bracket. */
  readonly bracket: string | null;
  qty: number;
  filled: number;
  status: "open" | "filled" | "cancelled";
}

type Write = Extract<Effect, { kind: "place" | "amend" | "cancel" }>;

/** Something that must never happen has happened. */
class Violation extends Error {}

const lines = [
  "",
  "entry L buy 2",
  "entry L buy 3 limit 99",
  "entry S sell 2",
  "entry S sell 1 limit 101",
  "entry L buy 2; exit X<L sell 2 tp 110 sl 90",
  "entry L buy 2 limit 99; exit X<L sell 2 tp 110 sl 90",
  "entry S sell 3; exit Y<S buy 3 sl 110",
  "exit X<L sell 2 tp 111 sl 91; exit Y<S buy 3 sl 109",
  "exit X<L sell 1 tp 108 part",
  "close L sell 1; exit X<L sell 2 sl 90",
  "close * sell 9",
  "entry L buy 2 limit 98 stop 104",
  "order O sell 1",
  "order A buy 1 limit 99 oca g; order B sell 1 limit 101 oca g",
];

export class World {
  play: Play;
  readonly orders = new Map<string, VenueOrder>();
  readonly #rules: Parameters<typeof rulesOf>[0];
  readonly #arrived = new Set<number>();
  #position = 0;
  #fills = 0;
  #events: OrderEvent[] = [];
  readonly #seen: OrderEvent[] = [];
  #wanted = new Map<string, Wanted>();
  #generation = 0;
  #barTimeMs = barMs;
  #nowMs = barMs;
  readonly #booked = new Map<string, number>();
  readonly #ended = new Set<string>();
  #restarts = 0;
  /** What happened, for whoever has to find out why. */
  readonly log: string[] = [];

  constructor(rules: Parameters<typeof rulesOf>[0]) {
    this.#rules = rules;
    this.play = new Play(rules);
    this.#start();
  }

  /** One thing happens, by choice of three numbers. */
  step(what: number, which: number, how: number): void {
    switch (what % 12) {
      case 0:
        return this.evaluate(lines[which % lines.length]!, how % 3 === 0);
      case 1:
      case 2:
        return this.#answer(which, how);
      case 3:
        return this.#arrive(which);
      case 4:
      case 5:
        return this.#fill(which, how);
      case 6:
      case 7:
      case 8:
        return this.#deliver(which, how % 4 === 0);
      case 9:
        return this.#give({ kind: "tick", nowMs: this.#now(), price: 88 + (how % 25) });
      case 10:
        return this.#wait(how % 2 === 0 ? 500 : 4_000);
      default:
        if (how % 3 === 0 && this.#restarts < 3) this.#restart();
        else this.#repeat(which);
    }
  }

  /** The script runs: what it says now under ids that are pending keeps its number, anything else is new. */
  evaluate(text: string, isNewBar: boolean): void {
    if (isNewBar) this.#barTimeMs += barMs;
    const next = new Map<string, Wanted>();
    for (const wanted of wantedOf(text)) {
      const before = this.#wanted.get(wanted.key);
      const { size } = this.play.state.book;
      const isPriced = wanted.intent.kind === "entry" && wanted.intent.orderType !== "market";
      const flip =
        isPriced && size * (wanted.intent.side === "buy" ? 1 : -1) < 0 ? { flip: Math.abs(size) } : {};
      next.set(wanted.key, { ...wanted, ...flip, generation: before?.generation ?? ++this.#generation });
    }
    this.#wanted = next;
    this.#evaluated();
  }

  /** Everything that is under way comes to its end, and the script wants nothing more. */
  calmDown(): void {
    for (let round = 0; round < 40; round++) {
      for (const effect of this.#pending()) {
        this.#land(effect);
        this.#settle(effect);
      }
      const open = [...this.orders.values()].filter(({ status }) => status === "open");
      for (const order of open) if (order.isMarket) this.#execute(order, Infinity);
      while (this.#events.length > 0) this.#deliver(0, false);
      this.#wait(2_000);
      if (round === 10) this.evaluate("", true);
    }
  }

  get position(): number {
    return this.#position;
  }

  #start(): void {
    this.#give({
      kind: "started",
      nowMs: this.#now(),
      openOrders: [...this.orders.values()].filter(({ status }) => status === "open").map(exchangeOrder),
      position: positionOf(this.#position),
    });
    this.#give({ kind: "stream", nowMs: this.#now(), isAlive: true });
  }

  /** The process is killed: what it had sent may be on its way, its answers reach nobody. */
  #restart(): void {
    this.#restarts++;
    for (const effect of this.#pending()) if (effect.id % 2 === 0) this.#land(effect);
    const { state } = this.play;
    this.play = new Play(this.#rules, state);
    // What the desk has pending comes back from the books: what was never sent is forgotten with the process.
    for (const [key, wanted] of this.#wanted)
      if (state.intents.get(key)?.generation !== wanted.generation) this.#wanted.delete(key);
    this.#start();
    this.#evaluated();
  }

  #evaluated(): void {
    this.#give({
      kind: "evaluated",
      nowMs: this.#now(),
      barTimeMs: this.#barTimeMs,
      price: 100,
      wanted: [...this.#wanted.values()],
    });
  }

  #give(fact: Fact): void {
    this.log.push(
      `${fact.kind}${fact.kind === "venue" ? ` ${fact.event.eventType} ${fact.event.order.clientOrderId}` : ""}`,
    );
    const before = this.play.state;
    const step = this.play.give(fact);
    for (const effect of step.effects) {
      this.log.push(`  ${effectText(effect)}`);
      if (effect.kind === "place" || effect.kind === "amend" || effect.kind === "cancel")
        this.#check(effect, before);
    }
    for (const fill of step.fills) {
      if (this.#booked.has(fill.fillId)) throw new Violation(`${fill.fillId} is booked twice`);
      this.#booked.set(fill.fillId, (fill.side === "buy" ? 1 : -1) * fill.qty);
    }
    for (const notice of step.notices) {
      if (notice.kind === "event") this.log.push(`  ! ${notice.code} ${notice.message}`);
      if (notice.kind === "order_over" && this.#wanted.get(notice.key)?.generation === notice.generation)
        this.#wanted.delete(notice.key);
    }
    this.#dropFilled();
    for (const record of this.play.state.intents.values()) {
      const life = `${record.key}#${record.generation}`;
      if (record.phase === "done" && record.end !== "superseded") this.#ended.add(life);
      else if (this.#ended.has(life)) throw new Violation(`${life} is back from the dead`);
    }
    const { size, early = [] } = this.play.state.book;
    const ahead = early.reduce((all, lot) => plus(all, (lot.side === "buy" ? 1 : -1) * lot.qty), 0);
    const sum = [...this.#booked.values()].reduce(plus, 0);
    if (sum !== plus(size, ahead))
      throw new Violation(`the book has ${size} and ${ahead}, its fills are ${sum}`);
    for (const wake of step.notices)
      if (wake.kind === "wake" && !(wake.atMs > before.nowMs)) throw new Violation("woken in the past");
  }

  /** As a script's book does: an order that has filled leaves it. */
  #dropFilled(): void {
    for (const [key, { generation }] of this.#wanted) {
      const record = this.play.state.intents.get(key);
      if (record?.generation === generation && record.phase === "done" && record.end === "filled")
        this.#wanted.delete(key);
    }
  }

  #check(effect: Write, before: Play["state"]): void {
    for (const other of before.outbox.values())
      if (
        "intentKey" in other &&
        other.intentKey === effect.intentKey &&
        other.kind !== "cancel" &&
        other.generation === effect.generation
      )
        if (this.play.state.outbox.has(other.id))
          throw new Violation(`two writes are out for ${effect.intentKey}`);
    if (effect.kind !== "place") return;
    for (const id of idsOf(effect, this.play))
      if (this.orders.has(id))
        throw new Violation(`${effectText(effect)} uses the id of an order that exists`);
    const { intent } = effect.envelope;
    if (intent.kind !== "close")
      for (const order of this.play.state.orders.values())
        if (
          order.intentKey === effect.intentKey &&
          order.generation !== effect.generation &&
          this.orders.get(order.clientOrderId)?.status === "open" &&
          order.status === "pending"
        )
          throw new Violation(`${effectText(effect)} while an older order of it may live`);
  }

  #pending(): Effect[] {
    return [...this.play.state.outbox.values()];
  }

  #pick(which: number): Effect | undefined {
    const pending = this.#pending();
    return pending[which % Math.max(1, pending.length)];
  }

  #arrive(which: number): void {
    const effect = this.#pick(which);
    if (effect !== undefined) this.#land(effect);
  }

  /** A write reaches the venue, once. */
  #land(effect: Effect): void {
    if (this.#arrived.has(effect.id)) return;
    this.#arrived.add(effect.id);
    if (effect.kind === "place") this.#create(effect);
    if (effect.kind === "amend") this.#amend(effect);
    if (effect.kind === "cancel") this.#cancel(effect.clientOrderIds);
  }

  #create(effect: Extract<Effect, { kind: "place" }>): void {
    const { intent } = effect.envelope;
    const own = [...this.play.state.orders.values()].filter(
      (order) =>
        order.intentKey === effect.intentKey && idsOf(effect, this.play).includes(order.clientOrderId),
    );
    for (const order of own) {
      if (this.orders.has(order.clientOrderId)) throw new Violation(`${order.clientOrderId} was sent twice`);
      const made: VenueOrder = {
        clientOrderId: order.clientOrderId,
        legType: order.legType,
        pineId: order.pineId,
        fromEntry: order.fromEntry ?? undefined,
        side: order.side,
        isMarket: order.limit === null && order.stop === null,
        bracket:
          intent.kind === "exit"
            ? `${effect.intentKey}${effect.envelope.barTimeMs}${effect.envelope.retrySeq}`
            : null,
        qty: intent.qty,
        filled: 0,
        status: "open",
      };
      this.orders.set(made.clientOrderId, made);
      this.#say(made, "created");
    }
  }

  #amend(effect: Extract<Effect, { kind: "amend" }>): void {
    for (const id of idsOf(effect, this.play)) {
      const order = this.orders.get(id);
      if (order?.status !== "open") continue;
      order.qty = effect.envelope.intent.qty;
      if (order.filled >= order.qty) order.status = "filled";
      this.#say(order, "amended");
    }
  }

  #cancel(ids: readonly string[]): void {
    for (const id of ids) {
      const order = this.orders.get(id);
      if (order?.status !== "open") continue;
      order.status = "cancelled";
      this.#say(order, "cancelled");
    }
  }

  #answer(which: number, how: number): void {
    const effect = this.#pick(which);
    if (effect === undefined) return;
    const isLanded = this.#arrived.has(effect.id);
    // Before it has arrived anything can happen to it; afterwards it can only be told, or not.
    if (!isLanded && effect.kind === "place" && how % 5 === 0)
      return this.#written(effect, { kind: "not_sent", message: "down" });
    if (!isLanded && effect.kind === "place" && how % 5 === 1)
      return this.#written(effect, { kind: "skipped", reason: "other", message: "no" });
    if (!isLanded && effect.kind === "place" && effect.envelope.intent.kind === "entry" && how % 11 === 3)
      return this.#written(effect, { kind: "rejected", message: "no", isMargin: false });
    if (!isLanded && effect.kind === "place" && how % 13 === 3)
      return this.#written(effect, { kind: "rate_limited", retryAfterMs: 1_000 });
    if (!isLanded && effect.kind === "amend" && how % 5 === 0)
      return this.#written(effect, { kind: "not_sent", message: "down" });
    if (!effect.kind.startsWith("read") && how % 5 === 2) {
      // Lost on the way there, or on the way back.
      if (how % 2 === 0) this.#land(effect);
      return this.#written(
        effect,
        effect.kind === "cancel"
          ? { kind: "cancel", outcome: "unknown" }
          : { kind: "unknown", message: "lost" },
      );
    }
    this.#land(effect);
    this.#settle(effect);
  }

  /** The truth about an effect that has arrived. */
  #settle(effect: Effect): void {
    switch (effect.kind) {
      case "place":
      case "amend":
        return this.#written(effect, {
          kind: "accepted",
          orders: idsOf(effect, this.play).flatMap((id) => {
            const order = this.orders.get(id);
            return order === undefined ? [] : [exchangeOrder(order)];
          }),
        });
      case "cancel": {
        const isFilled = effect.clientOrderIds.every((id) => this.orders.get(id)?.status === "filled");
        return this.#written(effect, {
          kind: "cancel",
          outcome: isFilled ? "already_filled" : "cancel_confirmed",
        });
      }
      case "read_position":
        return this.#give({
          kind: "read",
          nowMs: this.#now(),
          effect: effect.id,
          result: { kind: "position", position: positionOf(this.#position) },
        });
      case "read_open_orders":
        return this.#give({
          kind: "read",
          nowMs: this.#now(),
          effect: effect.id,
          result: {
            kind: "open_orders",
            orders: [...this.orders.values()].filter(({ status }) => status === "open").map(exchangeOrder),
          },
        });
      case "read_order": {
        const order = this.orders.get(effect.clientOrderId);
        const { clientOrderId } = effect;
        const found = order === undefined ? null : exchangeOrder(order);
        return this.#give({
          kind: "read",
          nowMs: this.#now(),
          effect: effect.id,
          result: { kind: "order", clientOrderId, order: found },
        });
      }
      default:
        throw new Error(`nobody asked for ${effect.kind}`);
    }
  }

  #written(effect: Effect, result: WriteResult): void {
    if (!this.play.state.outbox.has(effect.id)) return;
    this.log.push(`answer ${effectText(effect)}: ${result.kind}`);
    this.#give({ kind: "written", nowMs: this.#now(), effect: effect.id, result });
  }

  #fill(which: number, how: number): void {
    const open = [...this.orders.values()].filter(({ status }) => status === "open");
    const order = open[which % Math.max(1, open.length)];
    if (order !== undefined) this.#execute(order, how % 2 === 0 ? 1 : Infinity);
  }

  #execute(order: VenueOrder, most: number): void {
    let left = minus(order.qty, order.filled);
    if (order.legType !== "entry") {
      const against = order.side === "sell" ? this.#position : -this.#position;
      left = Math.min(left, Math.max(0, against));
      if (left === 0) {
        // The venue sweeps what has nothing left to reduce.
        order.status = "cancelled";
        return this.#say(order, "cancelled");
      }
    }
    const qty = Math.min(left, most);
    order.filled = plus(order.filled, qty);
    this.#position = plus(this.#position, (order.side === "buy" ? 1 : -1) * qty);
    if (order.filled >= order.qty) order.status = "filled";
    const fillId = `f${++this.#fills}`;
    this.#say(order, order.status === "filled" ? "filled" : "partial", {
      fillQty: qty,
      fillPrice: price(100),
      fillId,
    });
    if (order.bracket === null) return;
    for (const other of this.orders.values()) {
      if (other === order || other.bracket !== order.bracket || other.status !== "open") continue;
      other.qty = minus(other.qty, qty);
      if (other.qty > other.filled) continue;
      other.status = "cancelled";
      this.#say(other, "cancelled");
    }
  }

  #say(order: VenueOrder, eventType: OrderEvent["eventType"], more: Partial<OrderEvent> = {}): void {
    this.#events.push({
      order: exchangeOrder(order),
      timestamp: timestampSeconds(this.#nowMs / 1000),
      eventType,
      fee: 0,
      feeCurrency: "USDT",
      pineId: order.pineId,
      ...(order.fromEntry === undefined ? {} : { fromEntry: order.fromEntry }),
      legType: order.legType,
      fromDisappearanceTracker: false,
      ...more,
    });
  }

  #deliver(which: number, isKept: boolean): void {
    const index = which % Math.max(1, this.#events.length);
    const event = this.#events[index];
    if (event === undefined) return;
    if (!isKept) this.#events.splice(index, 1);
    this.#seen.push(event);
    this.#give({ kind: "venue", nowMs: this.#now(), event });
  }

  /** Something that was said before is said again. */
  #repeat(which: number): void {
    const event = this.#seen[which % Math.max(1, this.#seen.length)];
    if (event !== undefined) this.#give({ kind: "venue", nowMs: this.#now(), event });
  }

  #wait(ms: number): void {
    this.#nowMs += ms;
    this.#give({ kind: "clock", nowMs: this.#nowMs });
  }

  #now(): number {
    return ++this.#nowMs;
  }
}

const kindsOf = { entry: ["e"], exit: ["t", "s"], close: ["c"] } as const;

/** Ids of the orders that a write makes or changes. */
function idsOf(effect: Extract<Effect, { kind: "place" | "amend" }>, { state }: Play): string[] {
  const { intent, barTimeMs, retrySeq } = effect.envelope;
  const kinds: readonly OrderIdKind[] =
    intent.kind === "entry" && intent.stopFiredMarket ? ["b"] : kindsOf[intent.kind];
  const fromEntry = intent.kind === "exit" ? intent.fromEntry : undefined;
  return kinds
    .filter((kind) => kind !== "t" || (intent.kind === "exit" && intent.tpPrice !== undefined))
    .filter((kind) => kind !== "s" || (intent.kind === "exit" && intent.slPrice !== undefined))
    .map((kind) =>
      clientOrderId(
        { runTag: state.rules.runTag, pineId: intent.pineId, fromEntry, barTimeMs, kind, retrySeq },
        state.rules.clientOrderIdMaxLen,
      ),
    );
}

function exchangeOrder(order: VenueOrder): ExchangeOrder {
  return {
    id: `v-${order.clientOrderId}`,
    symbol: "BTCUSDT",
    side: order.side,
    orderType: order.isMarket ? "market" : "limit",
    qty: quantity(Math.max(order.qty, 1e-9)),
    filledQty: order.filled,
    remainingQty: Math.max(0, minus(order.qty, order.filled)),
    status: order.status === "open" && order.filled > 0 ? "partial" : order.status,
    timestamp: timestampSeconds(1),
    fee: 0,
    feeCurrency: "USDT",
    reduceOnly: order.legType !== "entry",
    clientOrderId: order.clientOrderId,
  };
}
