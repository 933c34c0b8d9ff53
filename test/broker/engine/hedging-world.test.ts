/**
 * A hedging account under random stories: answers get lost before or after the venue has acted, the process ends and
 * starts again, and somebody else has a position beside ours. Nothing is opened or closed twice, the stranger's
 * position is never touched, and when all is told the book is what our positions add up to.
 */
import { expect, test } from "bun:test";
import fc from "fast-check";

import type { PositionLeg } from "../../../src/api/broker/position.ts";
import type { OrderEvent } from "../../../src/api/broker/orders.ts";
import { price, quantity, timestampSeconds } from "../../../src/kernel/units.ts";
import type { Wanted } from "../../../src/broker/engine/desired.ts";
import type { Effect } from "../../../src/broker/engine/effects.ts";
import type { Fact, ReadResult, WriteResult } from "../../../src/broker/engine/facts.ts";
import { decode, encode } from "../../../src/broker/store/codec.ts";
import type { EngineState } from "../../../src/broker/engine/state.ts";
import { barMs, exchangeOrder, Play, wantedOf } from "./notation.ts";

const wishes = [
  "",
  "entry L buy 2",
  "entry M buy 1",
  "entry L buy 2; exit X<L sell 2 tp 120 sl 90",
  "exit X<L sell 2 tp 121 sl 91",
  "close L sell 1",
  "close * sell 9",
  "entry S sell 3",
  "exit Y<S buy 3 tp 80 sl 110",
] as const;

type Fate = "done" | "lost" | "lost_before" | "not_sent";
type Turn =
  | { readonly kind: "bar"; readonly wish: number }
  | { readonly kind: "deliver"; readonly which: number; readonly again: boolean }
  | { readonly kind: "stop"; readonly which: number }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "restart" };

interface Leg {
  readonly legId: string;
  readonly side: "buy" | "sell";
  qty: number;
  readonly openedS: number;
  bracket: Extract<Effect, { kind: "amend_leg" }> | null;
}

class HedgingWorld {
  readonly play = new Play({ isHedging: true, pyramiding: 5 }).ready();
  readonly legs = new Map<string, Leg>([
    ["foreign", { legId: "foreign", side: "buy", qty: 2, openedS: 60, bracket: null }],
  ]);
  readonly post: ({ readonly effect: number; readonly result: WriteResult | ReadResult } | OrderEvent)[] = [];
  /** Ids of what has been done: the same again does nothing. */
  readonly done = new Set<string>();
  readonly twice: string[] = [];
  readonly #fates: Fate[];
  #book = new Map<string, Wanted>();
  #generation = 0;
  #bar = 0;
  #taken = 0;
  #serial = 0;

  constructor(fates: readonly Fate[]) {
    this.#fates = [...fates];
  }

  get size(): number {
    let size = 0;
    for (const { legId, side, qty } of this.legs.values())
      if (legId !== "foreign") size += side === "buy" ? qty : -qty;
    return size;
  }

  turn(turn: Turn): void {
    const { play, post } = this;
    switch (turn.kind) {
      case "bar":
        this.bar(wishes[turn.wish] ?? "");
        break;
      case "deliver": {
        if (post.length === 0) break;
        const index = this.#inOrder(turn.which % post.length);
        const each = post[index]!;
        if (!turn.again) post.splice(index, 1);
        play.give(this.#fact(each));
        break;
      }
      case "stop": {
        const guarded = [...this.legs.values()].filter(({ bracket }) => bracket !== null);
        const leg = guarded[turn.which % Math.max(1, guarded.length)];
        if (leg !== undefined) this.#close(leg, leg.qty, leg.bracket!.clientOrderId, "sl");
        break;
      }
      case "wait":
        play.wait(turn.ms);
        break;
      case "restart":
        play.state = decode<EngineState>(encode(play.state));
        for (const each of post.splice(0)) if ("eventType" in each) post.push(each);
        play.give({
          kind: "started",
          nowMs: play.now(),
          openOrders: [],
          position: null,
          legs: this.#legs(),
        });
        play.give({ kind: "stream", nowMs: play.now(), isAlive: true });
    }
    this.#settle();
  }

  bar(wish: string): void {
    this.#bar++;
    const next = new Map<string, Wanted>();
    for (const wanted of wantedOf(wish))
      next.set(wanted.key, {
        ...wanted,
        generation: this.#book.get(wanted.key)?.generation ?? ++this.#generation,
      });
    this.#book = next;
    this.play.give({
      kind: "evaluated",
      nowMs: this.play.now(),
      barTimeMs: this.#bar * barMs,
      price: 100,
      wanted: [...next.values()],
    });
  }

  calm(): void {
    this.#fates.length = 0;
    for (let round = 0; round < 40; round++) {
      while (this.post.length > 0) this.turn({ kind: "deliver", which: 0, again: false });
      this.bar("");
      this.#settle();
      this.turn({ kind: "wait", ms: 3_000 });
    }
  }

  #settle(): void {
    const { play } = this;
    const fresh = play.effects.slice(this.#taken);
    this.#taken = play.effects.length;
    for (const effect of fresh) {
      if (effect.kind.startsWith("read_")) this.post.push({ effect: effect.id, result: this.#read(effect) });
      else this.#write(effect, this.#fates.shift() ?? "done");
    }
    for (const [key, { generation }] of this.#book) {
      const record = play.state.intents.get(key);
      if (record?.generation === generation && record.phase === "done" && record.end !== "superseded")
        this.#book.delete(key);
    }
  }

  #write(effect: Effect, fate: Fate): void {
    const { post } = this;
    if (fate === "not_sent") {
      post.push({ effect: effect.id, result: { kind: "not_sent", message: "offline" } });
      return;
    }
    const result = fate === "lost_before" ? null : this.#do(effect);
    post.push({
      effect: effect.id,
      result: fate === "done" && result !== null ? result : { kind: "unknown", message: "lost" },
    });
  }

  #do(effect: Effect): WriteResult | null {
    const { state } = this.play;
    const id = ++this.#serial;
    switch (effect.kind) {
      case "place_leg": {
        const record = state.intents.get(effect.intentKey);
        const row = state.orders.get(record?.orderIds.e ?? record?.orderIds.b ?? "");
        if (row === undefined) throw new Error("an entry without an order");
        if (this.done.has(row.clientOrderId)) this.twice.push(row.clientOrderId);
        this.done.add(row.clientOrderId);
        const { intent } = effect.envelope;
        const legId = `P${id}`;
        const openedS = this.play.state.nowMs / 1000;
        this.legs.set(legId, { legId, side: intent.side, qty: intent.qty, openedS, bracket: null });
        const order = exchangeOrder(row, { id: legId, status: "open" });
        post(
          this,
          exchangeOrder(row, { id: legId, filledQty: row.qty, status: "filled" }),
          row.qty,
          `f${id}`,
        );
        return { kind: "accepted", orders: [order] };
      }
      case "close_leg": {
        const leg = this.legs.get(effect.legId);
        if (this.done.has(effect.clientOrderId)) return { kind: "accepted", orders: [] };
        if (leg === undefined) return { kind: "rejected", message: "no such position", isMargin: false };
        this.done.add(effect.clientOrderId);
        this.#close(leg, Math.min(leg.qty, effect.qty), effect.clientOrderId, "close");
        return { kind: "accepted", orders: [] };
      }
      case "amend_leg": {
        const leg = this.legs.get(effect.legId);
        if (leg !== undefined)
          leg.bracket = effect.tpPrice === null && effect.slPrice === null ? null : effect;
        return { kind: "accepted", orders: [] };
      }
      case "cancel": {
        const hasFilled = effect.clientOrderIds.some((id) => this.done.has(id));
        return { kind: "cancel", outcome: hasFilled ? "already_filled" : "cancel_confirmed" };
      }
      default:
        throw new Error(`not on this account: ${effect.kind}`);
    }
  }

  #close(leg: Leg, qty: number, clientOrderId: string, legType: "sl" | "close"): void {
    leg.qty -= qty;
    if (!(leg.qty > 0)) this.legs.delete(leg.legId);
    const row = this.play.state.orders.get(clientOrderId);
    if (row === undefined) throw new Error(`a close of nobody: ${clientOrderId}`);
    const id = ++this.#serial;
    const isWhole = row.filledQty + qty >= row.qty || leg.qty <= 0;
    const order = exchangeOrder(row, {
      id: `c${id}`,
      filledQty: qty,
      status: isWhole ? "filled" : "partial",
    });
    post(this, { ...order, remainingQty: isWhole ? 0 : order.remainingQty }, qty, `f${id}`, legType);
  }

  #legs(): PositionLeg[] {
    return [...this.legs.values()].map(({ legId, side, qty, openedS }) => ({
      legId,
      symbol: "BTCUSDT",
      side,
      qty: quantity(qty),
      entryPrice: price(100),
      openTime: timestampSeconds(openedS),
      unrealizedPnl: 0,
    }));
  }

  #read(effect: Effect): ReadResult {
    if (effect.kind === "read_legs") return { kind: "legs", legs: this.#legs() };
    if (effect.kind === "read_open_orders") return { kind: "open_orders", orders: [] };
    if (effect.kind !== "read_order") throw new Error(`not on this account: ${effect.kind}`);
    const { clientOrderId } = effect;
    const row = this.play.state.orders.get(clientOrderId);
    const order =
      row === undefined || !this.done.has(clientOrderId)
        ? null
        : exchangeOrder(row, { filledQty: row.qty, status: "filled" });
    return { kind: "order", clientOrderId, order };
  }

  #inOrder(index: number): number {
    const isFill = (each: (typeof this.post)[number] | undefined): boolean =>
      each !== undefined && "eventType" in each;
    return isFill(this.post[index]) ? this.post.findIndex(isFill) : index;
  }

  #fact(each: (typeof this.post)[number]): Fact {
    const nowMs = this.play.now();
    if ("eventType" in each) return { kind: "venue", nowMs, event: each };
    const { effect, result } = each;
    return ["position", "open_orders", "order", "legs", "spot", "failed"].includes(result.kind)
      ? { kind: "read", nowMs, effect, result: result as ReadResult }
      : { kind: "written", nowMs, effect, result: result as WriteResult };
  }
}

function post(
  world: HedgingWorld,
  order: OrderEvent["order"],
  qty: number,
  fillId: string,
  legType?: "sl" | "close",
): void {
  world.post.push({
    order,
    timestamp: timestampSeconds(world.play.state.nowMs / 1000),
    eventType: order.status === "filled" ? "filled" : "partial",
    fillPrice: price(100),
    fillQty: qty,
    fillId,
    fee: 0,
    feeCurrency: "USDT",
    fromDisappearanceTracker: false,
    ...(legType === undefined ? {} : { legType }),
  });
}

const turns: fc.Arbitrary<Turn> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("bar" as const), wish: fc.nat(wishes.length - 1) }) },
  {
    weight: 9,
    arbitrary: fc.record({
      kind: fc.constant("deliver" as const),
      which: fc.nat(9),
      again: fc.integer({ min: 0, max: 5 }).map((dice) => dice === 0),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("stop" as const), which: fc.nat(3) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 2_500 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart" as const) }) },
);

const fates = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.constant<Fate>("done") },
    { weight: 1, arbitrary: fc.constantFrom<Fate>("lost", "lost_before", "not_sent") },
  ),
  { maxLength: 30 },
);

test("nothing is opened or closed twice, nobody else's position is touched, and the book is what ours add up to", () =>
  fc.assert(
    fc.property(fc.array(turns, { minLength: 5, maxLength: 60 }), fates, (plan, fate) => {
      const world = new HedgingWorld(fate);
      for (const turn of plan) world.turn(turn);
      world.calm();
      const { state } = world.play;
      expect(world.twice).toEqual([]);
      expect(world.legs.get("foreign")?.qty).toBe(2);
      expect(state.latches.halt).toBeNull();
      // Rarely a position is gone before anybody could tell whose it was: a person is called.
      if (state.latches.quarantine !== null) return;
      expect(state.book.size).toBe(world.size);
      expect([...state.obligations.keys()]).toEqual([]);
      expect([...world.legs.values()].filter(({ bracket }) => bracket !== null)).toEqual([]);
      expect(world.play.phases().filter((phase) => !phase.includes(" done "))).toEqual([]);
    }),
    { numRuns: Number(process.env["PYNE_STORIES"] ?? 200) },
  ));
