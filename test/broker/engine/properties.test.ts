/**
 * Whatever the order in which things become known (but for executions, which a venue tells in their order), whatever is
 * told twice, whatever answer is lost, and wherever the process ends and starts again: no order reaches the venue twice, the book is the sum of what has filled, and when
 * all is told and the script wants nothing any more, the venue has no order of ours, and the same position as the book.
 */
import { expect, test } from "bun:test";
import fc from "fast-check";

import type { CapabilityLevel } from "../../../src/api/broker/capabilities.ts";
import { keyColumn } from "../../../src/broker/store/key-text.ts";
import type { Wanted } from "../../../src/broker/engine/desired.ts";
import type { Effect } from "../../../src/broker/engine/effects.ts";
import { decode, encode } from "../../../src/broker/store/codec.ts";
import type { EngineState } from "../../../src/broker/engine/state.ts";
import { barMs, Play, wantedOf } from "./notation.ts";
import { isWrite, SmallVenue } from "./small-venue.ts";

/** What the script may want; the same id again is the same order while it lives. */
const wishes = [
  "",
  "entry L buy 2",
  "entry L buy 2 limit 99",
  "entry L buy 3 limit 98",
  "entry L buy 2 limit 99; entry M buy 1 limit 97",
  "entry L buy 2; exit X<L sell 2 tp 120 sl 90",
  "exit X<L sell 2 tp 121 sl 91",
  "close L sell 1",
  "close * sell 9",
  "entry S sell 3",
  "entry S sell 1 limit 130; exit X<L sell 1 tp 120 part",
] as const;

type Fate = "done" | "lost" | "lost_before" | "not_sent";

type Turn =
  | { readonly kind: "bar"; readonly wish: number }
  | { readonly kind: "deliver"; readonly which: number; readonly again: boolean }
  | { readonly kind: "fill"; readonly which: number; readonly part: number }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "restart" };

class World {
  readonly play: Play;
  readonly venue = new SmallVenue();
  readonly #fates: Fate[];
  #book = new Map<string, Wanted>();
  #generation = 0;
  #bar = 0;
  #taken = 0;

  constructor(fates: readonly Fate[], amendOrder: CapabilityLevel) {
    this.play = new Play({ pyramiding: 3, capabilities: { amendOrder } }).ready();
    this.#fates = [...fates];
  }

  turn(turn: Turn): void {
    const { play, venue } = this;
    switch (turn.kind) {
      case "bar":
        this.bar(wishes[turn.wish] ?? "");
        break;
      case "deliver": {
        if (venue.post.length === 0) break;
        const index = venue.inOrder(turn.which % venue.post.length);
        const post = venue.post[index]!;
        if (!turn.again) venue.post.splice(index, 1);
        play.give(venue.fact(post, play.now()));
        break;
      }
      case "fill": {
        const live = venue.open;
        const order = live[turn.which % Math.max(1, live.length)];
        if (order !== undefined) venue.fill(order.clientOrderId!, turn.part === 0 ? order.remainingQty : 0.5);
        break;
      }
      case "wait":
        play.wait(turn.ms);
        break;
      case "restart":
        this.restart();
    }
    this.#settle();
  }

  bar(wish: string): void {
    this.#bar++;
    const next = new Map<string, Wanted>();
    for (const wanted of wantedOf(wish)) {
      const own = this.#book.get(wanted.key);
      next.set(wanted.key, { ...wanted, generation: own?.generation ?? ++this.#generation });
    }
    this.#book = next;
    this.play.give({
      kind: "evaluated",
      nowMs: this.play.now(),
      barTimeMs: this.#bar * barMs,
      price: 100,
      wanted: [...next.values()],
    });
  }

  /** The process ends, with all that it was told and has not written down; answers to it get lost. */
  restart(): void {
    const { play, venue } = this;
    play.state = survived(play.state);
    for (const post of venue.post.splice(0)) if (post.kind === "event") venue.post.push(post);
    play.give({ kind: "started", nowMs: play.now(), openOrders: venue.open, position: venue.position });
    play.give({ kind: "stream", nowMs: play.now(), isAlive: true });
    play.state = { ...play.state, view: { ...play.state.view, readMs: Infinity } };
  }

  /** All is told, nothing gets lost any more, and the script wants nothing. */
  calm(): void {
    const { play, venue } = this;
    this.#fates.length = 0;
    for (let round = 0; round < 60; round++) {
      while (venue.post.length > 0) this.turn({ kind: "deliver", which: 0, again: false });
      this.bar("");
      this.#settle();
      for (const order of venue.open)
        if (order.orderType === "market") venue.fill(order.clientOrderId!, order.remainingQty);
      this.turn({ kind: "wait", ms: 5_000 });
      if (venue.post.length === 0 && venue.open.length === 0 && play.state.outbox.size === 0 && round > 30)
        break;
    }
  }

  /** Carries out what was asked for, and lets the script's book hear what is over. */
  #settle(): void {
    const { play, venue } = this;
    const fresh: Effect[] = play.effects.slice(this.#taken);
    this.#taken = play.effects.length;
    for (const effect of fresh)
      venue.take(effect, play.state, isWrite(effect) ? (this.#fates.shift() ?? "done") : "done");
    for (const [key, { generation }] of this.#book) {
      const record = play.state.intents.get(key);
      if (record?.generation === generation && record.phase === "done" && record.end !== "superseded")
        this.#book.delete(key);
    }
  }
}

/** The state as it comes back from a file. */
const survived = (state: EngineState): EngineState => decode(encode(state));

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
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("fill" as const), which: fc.nat(9), part: fc.nat(2) }),
  },
  {
    weight: 2,
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

test.each([
  ["a venue that changes orders", "native"],
  ["a venue that does not", "unsupported"],
] as const)("%s: no order twice, the book is what has filled, nothing is left over", (_name, amendOrder) =>
  fc.assert(
    fc.property(fc.array(turns, { minLength: 5, maxLength: 60 }), fates, (plan, fate) => {
      const world = new World(fate, amendOrder);
      const { play, venue } = world;
      for (const turn of plan) {
        world.turn(turn);
        expect(venue.repeated).toEqual([]);
      }
      world.calm();
      const { state } = play;
      expect(state.latches.halt).toBeNull();
      expect(venue.repeated).toEqual([]);
      expect(state.book.size).toBe(venue.size);
      expect(venue.open.map(({ clientOrderId }) => clientOrderId)).toEqual([]);
      expect([...state.obligations.values()].map(({ id }) => keyColumn(id))).toEqual([]);
      expect(play.phases().filter((phase) => !phase.includes(" done "))).toEqual([]);
      const told = play.notices.flatMap((notice) => (notice.kind === "event" ? [notice.code] : []));
      expect(told).not.toContain("dispatch_held");
    }),
    { numRuns: Number(process.env["PYNE_STORIES"] ?? 200) },
  ),
);
