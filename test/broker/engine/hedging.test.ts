/** An account that keeps a position for each order: the script's net position is made of the venue's positions. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import { planClose } from "../../../src/broker/engine/hedging/plan.ts";
import type { Lot } from "../../../src/broker/engine/state.ts";
import { price, timestampSeconds } from "../../../src/kernel/units.ts";
import { effectText, exchangeOrder } from "./notation.ts";
import { goOn, story } from "./story.ts";

const hedging = { isHedging: true, pyramiding: 3 };
const lot = (entryId: string, legId: string | undefined, qty: number, side: Lot["side"] = "buy"): Lot => ({
  entryId,
  side,
  qty,
  price: 100,
  timeMs: 0,
  fillId: "",
  clientOrderId: "",
  fee: 0,
  ...(legId === undefined ? {} : { legId }),
});

describe("which positions a close takes", () => {
  const book = [lot("L", "P1", 2), lot("M", "P2", 1), lot("L", "P3", 3)];
  const cases: readonly (readonly [
    name: string,
    qty: number,
    entryId: string | null,
    step: number,
    plan: string,
  ])[] = [
    ["the oldest first", 1, null, 0.001, "P1 1"],
    ["as many as it needs", 4, null, 0.001, "P1 2, P2 1, P3 1"],
    ["those of an entry only", 4, "L", 0.001, "P1 2, P3 2"],
    ["never more than there is", 99, null, 0.001, "P1 2, P2 1, P3 3"],
    ["nothing below the step", 0.4, null, 1, ""],
    ["in whole steps", 2.5, null, 1, "P1 2"],
  ];
  test.each(cases)("%s", (_name, qty, entryId, step, plan) => {
    const made = planClose(book, { side: "sell", qty, entryId }, step, true);
    expect(
      made.is === "slices" ? made.slices.map((slice) => `${slice.legId} ${slice.qty}`).join(", ") : made.is,
    ).toBe(plan);
  });

  test("what is too small in one is taken from the next", () => {
    const dust = [lot("L", "P1", 0.6), lot("L", "P2", 0.6)];
    expect(planClose(dust, { side: "sell", qty: 1.2, entryId: null }, 1, true)).toEqual({
      is: "slices",
      slices: [{ legId: "P2", entryId: "L", qty: 1 }],
    });
  });

  test("a part of one is refused where only whole ones can be closed", () => {
    expect(planClose(book, { side: "sell", qty: 1, entryId: null }, 0.001, false)).toEqual({
      is: "part_of_leg",
      legId: "P1",
    });
    expect(planClose(book, { side: "sell", qty: 2, entryId: null }, 0.001, false).is).toBe("slices");
  });

  test("nothing is closed before it is known whose it is", () => {
    expect(planClose([lot("L", undefined, 1)], { side: "sell", qty: 1, entryId: null }, 1, true).is).toBe(
      "unknown_leg",
    );
  });

  test("the parts are steps, and never add up to more", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 6 }),
        fc.integer({ min: 1, max: 200 }),
        fc.constantFrom(1, 0.5, 0.1),
        (sizes, tenths, step) => {
          const lots = sizes.map((size, index) => lot("L", `P${index}`, size / 10));
          const plan = planClose(lots, { side: "sell", qty: tenths / 10, entryId: null }, step, true);
          if (plan.is !== "slices") throw new Error(plan.is);
          const sum = plan.slices.reduce((total, { qty }) => total + qty, 0);
          const most = Math.min(tenths / 10, sizes.reduce((total, size) => total + size, 0) / 10);
          expect(sum).toBeLessThanOrEqual(most + 1e-9);
          expect(sum).toBeGreaterThan(most - step - 1e-9);
          for (const { qty } of plan.slices)
            expect(Math.abs(qty / step - Math.round(qty / step))).toBeLessThan(1e-9);
        },
      ),
    );
  });
});

/** Two entries, two positions. */
const two = `
  bar entry L buy 2; entry M buy 1 -> place entry L buy 2 @0; place entry M buy 1 @0
  accept entry L                   ->
  accept entry M                   ->
  fill L entry 2                   ->
  fill M entry 1                   ->
  wait 1s                          -> read legs
  legs P1 buy 2, P2 buy 1, P9 sell 5 ->
  size 3`;

describe("a close", () => {
  const cases: readonly (readonly [name: string, text: string])[] = [
    [
      "of one entry closes its position",
      `
      bar close M sell 1               -> close leg P2 1
      took close leg P2                ->
      = c||M working
      fill M close 1                   ->
      size 2`,
    ],
    [
      "of everything closes ours, and nobody else's",
      `
      bar close * sell 3               -> close leg P1 2; close leg P2 1
      took close leg P1                ->
      took close leg P2                ->
      fill * close 1                   ->
      size 2`,
    ],
    [
      "that was not sent in part goes on with that part",
      `
      bar close * sell 3               -> close leg P1 2; close leg P2 1
      took close leg P1                ->
      answer close leg P2: not_sent    ->
      wait 2s                          -> close leg P2 1
      took close leg P2                ->`,
    ],
    [
      "whose answer is lost has happened when the position is gone",
      `
      bar close M sell 1               -> close leg P2 1
      answer close leg P2: unknown     -> read orders
      orders                           ->
      wait 1s                          -> read orders
      orders                           -> read legs
      legs P1 buy 2                    ->
      = c||M working
      fill M close 1                   ->
      size 2`,
    ],
    [
      "whose answer is lost is sent again when the position stays as it was",
      `
      bar close M sell 1               -> close leg P2 1
      answer close leg P2: unknown     -> read orders
      orders                           ->
      wait 1s                          -> read orders
      orders                           -> read legs
      legs P1 buy 2, P2 buy 1          ->
      wait 6s                          -> read orders
      orders                           -> read legs
      legs P1 buy 2, P2 buy 1          -> close leg P2 1`,
    ],
    [
      "that one of the positions refuses is tried again with what is left of it",
      `
      bar close * sell 3               -> close leg P1 2; close leg P2 1
      answer close leg P1: rejected    ->
      fill * close 1                   ->
      ! order_refused
      wait 2s                          -> close leg P1 2`,
    ],
    [
      "cannot be called back, and is waited for",
      `
      bar close M sell 1               -> close leg P2 1
      took close leg P2                ->
      bar                              ->
      = c||M working
      bar close M sell 1               ->
      fill M close 1                   ->
      size 2`,
    ],
    [
      "in the middle of which the process ends is looked into first",
      `
      bar close M sell 1               -> close leg P2 1
      restart P1 buy 2                 ->
      = c||M working
      fill M close 1                   ->
      size 2`,
    ],
  ];
  test.each(cases)("%s", (_name, text) => {
    const play = story(two, hedging);
    goOn(play, text);
  });

  test("of a part is refused where only whole positions can be closed", () => {
    story(
      `${two}
      bar close L sell 1               ->
      ! close_not_possible
      = c||L done skipped`,
      { ...hedging, closesLegsPartly: false },
    );
  });
});

describe("a position that somebody else closes", () => {
  const gone = `
    wait 30s                         -> read legs
    legs P1 buy 2, P9 sell 5         ->
    ! position_gone`;
  const cases: readonly (readonly [name: string, text: string])[] = [
    [
      "is given up after two minutes, and no other",
      `${gone}
      wait 121s                        -> read legs
      legs P1 buy 2, P9 sell 5         ->
      ! flattened_outside
      size 2
      bar close * sell 2               -> close leg P1 2`,
    ],
    [
      "was closed by this run: the fill comes, and nothing of the others goes with it",
      `
      bar close M sell 1               -> close leg P2 1
      took close leg P2                ->${gone}
      wait 121s                        -> read legs
      legs P1 buy 2, P9 sell 5         ->
      ! flattened_outside
      fill M close 1                   ->
      size 2`,
    ],
    [
      "in part stops new positions",
      `
      wait 30s                         -> read legs
      legs P1 buy 1, P2 buy 1          ->
      wait 121s                        -> read legs
      legs P1 buy 1, P2 buy 1          ->
      ! quarantine_entered
      size 3`,
    ],
  ];
  test.each(cases)("%s", (_name, text) => void story(two + "\n" + text, hedging));

  const opened = `
    bar entry L buy 2                -> place entry L buy 2 @0
    accept entry L                   ->
    fill L entry 2                   ->`;
  test("before it was found is given up as well, when none is left that it could be", () => {
    story(
      `${opened}
      wait 31s                         -> read legs
      legs P9 sell 5                   ->
      ! quarantine_entered
      wait 121s                        -> read legs
      legs P9 sell 5                   ->
      ! flattened_outside
      size 0`,
      hedging,
    );
  });

  test("is not, while there is one that it could be", () => {
    story(
      `${opened}
      wait 31s                         -> read legs
      legs P8 buy 3                    ->
      ! quarantine_entered
      wait 121s                        -> read legs
      legs P8 buy 3                    ->
      size 2`,
      hedging,
    );
  });
});

describe("a reversal", () => {
  test("closes every position of ours, then opens the other side", () => {
    const play = story(
      `${two}
      bar entry S sell 4               -> close leg P1 2; close leg P2 1
      took close leg P1                ->
      took close leg P2                ->`,
      hedging,
    );
    const parts = [...play.state.orders.values()].filter(({ legId }) => legId !== undefined);
    const asked = parts.map((part) =>
      play
        .give({
          kind: "venue",
          nowMs: play.now(),
          event: {
            order: exchangeOrder(part, { filledQty: part.qty, status: "filled" }),
            timestamp: timestampSeconds(play.state.nowMs / 1000),
            eventType: "filled",
            fillPrice: price(100),
            fillQty: part.qty,
            fillId: `part ${part.legId}`,
            fee: 0,
            feeCurrency: "USDT",
            fromDisappearanceTracker: false,
          },
        })
        .effects.map(effectText),
    );
    expect(asked).toEqual([[], ["place entry S sell 4 @0"]]);
    goOn(play, "size 0");
  });

  test("by a resting order closes every position against it when it has filled", () => {
    story(
      `${two}
      bar entry S sell 4 limit 130     -> place entry S sell 4 limit 130 @0
      accept entry S                   ->
      fill S entry 4 @130              -> close leg P1 2; close leg P2 1
      size -1`,
      hedging,
    );
  });
});

describe("a bracket", () => {
  const guarded = `
  bar entry L buy 2                -> place entry L buy 2 @0
  accept entry L                   ->
  fill L entry 2                   ->
  wait 1s                          -> read legs
  legs P1 buy 2                    ->
  bar exit X<L sell 2 tp 120 sl 90 -> bracket leg P1 tp 120 sl 90
  took bracket leg P1              ->`;
  const cases: readonly (readonly [name: string, text: string])[] = [
    [
      "of a part hangs on none, which it would close whole: its price is watched",
      `
      bar exit X<L sell 1 tp 120 sl 90 part -> bracket leg P1 off
      took bracket leg P1                 ->
      bar exit X<L sell 1 tp 120 sl 90 part ->
      tick 120                            -> close leg P1 1`,
    ],
    [
      "is one for each position: another exit of all of it is watched, and hangs when the first is taken back",
      `
      bar exit X<L sell 2 tp 120 sl 90; exit Z<L sell 2 tp 110 ->
      bar exit Z<L sell 2 tp 110; exit X<L sell 2 tp 120 sl 90 ->
      tick 109.9                          ->
      bar exit Z<L sell 2 tp 110          -> bracket leg P1 tp 110
      took bracket leg P1                 ->
      tick 110                            ->`,
    ],
    [
      "that is watched closes the position when its price is reached",
      `
      bar exit X<L sell 2 tp 120 sl 90; exit Z<L sell 2 tp 110 ->
      tick 110                            -> close leg P1 2
      took close leg P1                   ->
      fill Z tp 2 @110                    ->
      size 0`,
    ],
    ["hangs on the position", `bar exit X<L sell 2 tp 120 sl 90 ->`],
    [
      "changes with the script's levels",
      `
      bar exit X<L sell 2 tp 120 sl 95 -> bracket leg P1 tp 120 sl 95
      took bracket leg P1              ->
      bar                              -> bracket leg P1 off
      took bracket leg P1              ->
      bar                              ->`,
    ],
    [
      "whose answer is lost is asked for again under the same id",
      `
      bar exit X<L sell 2 tp 120 sl 95 -> bracket leg P1 tp 120 sl 95
      answer bracket leg P1: unknown   ->
      wait 1s                          -> bracket leg P1 tp 120 sl 95
      took bracket leg P1              ->`,
    ],
    [
      "that replaces one whose answer is lost can be overtaken by it, and is asserted once more",
      `
      bar exit X<L sell 2 tp 120 sl 95 -> bracket leg P1 tp 120 sl 95
      answer bracket leg P1: unknown   ->
      bar exit X<L sell 2 tp 120 sl 96 -> bracket leg P1 tp 120 sl 96
      took bracket leg P1              ->
      wait 4s                          ->
      wait 1s                          -> bracket leg P1 tp 120 sl 96
      took bracket leg P1              ->
      wait 10s                         ->`,
    ],
    [
      "that is taken away although the answer to its change is lost is taken away once more",
      `
      bar exit X<L sell 2 tp 120 sl 95 -> bracket leg P1 tp 120 sl 95
      answer bracket leg P1: unknown   ->
      bar                              -> bracket leg P1 off
      took bracket leg P1              ->
      wait 5s                          -> bracket leg P1 off
      took bracket leg P1              ->
      wait 10s                         ->`,
    ],
    [
      "is asked for again by a new process",
      `
      bar exit X<L sell 2 tp 120 sl 95 -> bracket leg P1 tp 120 sl 95
      restart P1 buy 2                 ->
      stream up                        ->
      bar exit X<L sell 2 tp 120 sl 95 -> bracket leg P1 tp 120 sl 95`,
    ],
    [
      "that fills closes the position",
      `
      fill X sl 2 @90                  ->
      size 0
      = x|X|L done filled`,
    ],
    [
      "that is refused leads to the close of the position",
      `
      bar exit X<L sell 2 tp 120 sl 99 -> bracket leg P1 tp 120 sl 99
      answer bracket leg P1: rejected  -> close leg P1 2
      ! bracket_refused
      took close leg P1                ->
      fill X close 2                   ->
      size 0`,
    ],
    [
      "with a trail begins when the price has come to it",
      `
      bar exit X<L sell 2 sl 90 trail 110/5 -> bracket leg P1 sl 90
      took bracket leg P1              ->`,
    ],
  ];
  test.each(cases)("%s", (_name, text) => void story(guarded + "\n" + text, hedging));

  test("closes all of a position that grew after it was hung there, and hangs again if it did not", () => {
    const grown = `
      bar entry L buy 3; exit X<L sell 3 tp 120 sl 90 -> place entry L buy 3 @0
      accept entry L                      ->
      fill L entry 2                      ->
      wait 1s                             -> read legs
      legs P1 buy 2                       -> bracket leg P1 tp 120 sl 90
      took bracket leg P1                 ->
      fill L entry 1                      ->`;
    story(
      `${grown}
      fill X sl 2 @90                     ->
      = e|L done filled, x|X|L working
      fill X sl 1 @90                     ->
      size 0
      = e|L done filled, x|X|L done filled`,
      hedging,
    );
    story(
      `${grown}
      fill X sl 2 @90                     ->
      cancelled X sl                      -> bracket leg P1 tp 120 sl 90
      size 1`,
      hedging,
    );
  });
});
