/** A new process over what the last one left: nothing is sent twice, and nothing that was owed is forgotten. */
import { describe, expect, test } from "bun:test";

import { quantity } from "../../../src/kernel/units.ts";
import { clientOrderId } from "../../../src/broker/ids.ts";
import { exchangeOrder, type Play, rulesOf } from "./notation.ts";
import { goOn, positionOf, story } from "./story.ts";

const long = `
  bar entry L buy 2                -> place entry L buy 2 @0
  accept entry L                   ->
  fill L entry 2                   ->`;

describe("a restart", () => {
  const cases: readonly (readonly [name: string, text: string])[] = [
    [
      "finds a working order, and keeps it while the script wants it",
      `
      bar entry L buy 2 limit 99       -> place entry L buy 2 limit 99 @0
      accept entry L                   ->
      restart 0: L entry               ->
      stream up                        ->
      bar entry L buy 2 limit 99       ->
      bar                              -> cancel L`,
    ],
    [
      "leaves orders alone until the script has run",
      `
      bar entry L buy 2 limit 99       -> place entry L buy 2 limit 99 @0
      accept entry L                   ->
      restart 0: L entry               ->
      stream up                        ->
      wait 10s                         ->`,
    ],
    [
      "in the middle of a first write looks for the order",
      `
      bar entry L buy 2 limit 99       -> place entry L buy 2 limit 99 @0
      restart 0                        -> read orders
      = e|L unknown
      stream up                        ->
      orders                           ->
      bar entry L buy 2 limit 99       ->
      wait 10s                         -> read order
      found L entry: open              ->
      = e|L working`,
    ],
    [
      "in the middle of a first write finds the order at once",
      `
      bar entry L buy 2 limit 99       -> place entry L buy 2 limit 99 @0
      restart 0: L entry               ->
      = e|L working`,
    ],
    [
      "after a fill does not send the entry again",
      `${long}
      restart 2                        ->
      stream up                        ->
      again entry L buy 2              ->
      bar entry L buy 2                ->
      size 2`,
    ],
    [
      "in the middle of a change does not change again before it knows",
      `
      bar entry L buy 2 limit 99       -> place entry L buy 2 limit 99 @0
      accept entry L                   ->
      bar entry L buy 2 limit 98       -> amend entry L buy 2 limit 98 @0
      restart 0                        -> read orders
      stream up                        ->
      bar entry L buy 2 limit 98       ->
      orders L entry limit 98          ->
      = e|L working`,
    ],
    [
      "in the middle of a cancel asks for it again",
      `
      bar entry L buy 2 limit 99       -> place entry L buy 2 limit 99 @0
      accept entry L                   ->
      again                            -> cancel L
      restart 0: L entry               -> cancel L
      answer cancel L: cancel_confirmed ->
      = e|L done cancelled`,
    ],
    [
      "gives a cancel in doubt its time again",
      `
      bar entry L buy 2 limit 99       -> place entry L buy 2 limit 99 @0
      accept entry L                   ->
      again                            -> cancel L
      answer cancel L: cancel unknown  ->
      wait 29s                         -> cancel L
      restart 0: L entry               -> cancel L
      wait 2s                          ->
      answer cancel L: cancel unknown  ->
      cancelled L entry                ->
      = e|L done cancelled`,
    ],
    [
      "sends what was prepared, under the same id",
      `
      bar entry L buy 2                -> place entry L buy 2 @0
      answer entry L: not_sent         ->
      restart 0                        ->
      stream up                        ->
      again entry L buy 2              ->
      wait 1s                          -> place entry L buy 2 @0`,
    ],
    [
      "between the two halves of a reversal goes on with the second",
      `${long}
      bar entry S sell 1               -> place reversal_close S sell 2 @0
      restart 2                        -> read orders
      stream up                        ->
      again entry S sell 1             ->
      fill S close 2                   -> place entry S sell 1 @0
      fill S entry 1                   ->
      size -1`,
    ],
    [
      "stays paused, and forgets its quarantine",
      `
      operator pause                   ->
      quarantine once                  ->
      restart 0                        ->
      stream up                        ->
      bar entry L buy 2 limit 90       ->
      operator resume                  -> place entry L buy 2 limit 90 @0`,
    ],
    [
      "in the middle of a flatten goes on with it",
      `${long}
      operator flatten                 -> place flatten __pyne_flatten__all sell 2 @0
      restart 2                        -> read orders
      stream up                        ->
      orders                           ->
      fill * close 2                   ->
      ! flattened
      size 0`,
    ],
    [
      "finds its position gone, and gives the fills two minutes to come",
      `${long}
      restart 0                        ->
      ! position_gone
      stream up                        ->
      wait 60s                         -> read position
      position 0                       ->
      size 2
      wait 60s                         -> read position
      position 0                       ->
      ! flattened_outside
      size 0`,
    ],
    [
      "finds a position that is larger, and takes none of it",
      `${long}
      restart 5                        ->
      ! position_differs
      size 2`,
    ],
    [
      "finds an order open that was cancelled: it is cancelled again",
      `
      bar entry L buy 2 limit 99       -> place entry L buy 2 limit 99 @0
      accept entry L                   ->
      again                            -> cancel L
      answer cancel L: cancel_confirmed ->
      restart 0: L entry               -> cancel L
      ! order_alive`,
    ],
    [
      "finds a lost order gone from the list, and does not call it gone",
      `
      bar entry L buy 2 limit 99       -> place entry L buy 2 limit 99 @0
      accept entry L                   ->
      restart 0                        ->
      stream up                        ->
      = e|L working
      bar entry L buy 2 limit 99       ->`,
    ],
  ];
  test.each(cases)("%s", (_name, text) => void story(text));

  test.each(cases)("twice: %s", (_name, text) => {
    // Every restart happens twice: the second changes nothing, and asks for nothing that is not asked for already.
    const lines = text.split("\n");
    const at = lines.findIndex((line) => line.trim().startsWith("restart"));
    const play = story(lines.slice(0, at + 1).join("\n"));
    const { intents, obligations, orders, book } = play.state;
    const [, restart = ""] = /restart ([^->]*)/.exec(lines[at]!) ?? [];
    const [size = "", open = ""] = restart.trim().split(": ");
    play.give({
      kind: "started",
      nowMs: play.now(),
      openOrders: open === "" ? [] : [exchangeOrder(play.order(open), { status: "open" })],
      position: positionOf(Number(size)),
    });
    expect([...play.state.intents.keys()]).toEqual([...intents.keys()]);
    expect([...play.state.obligations.keys()]).toEqual([...obligations.keys()]);
    expect([...play.state.orders.keys()]).toEqual([...orders.keys()]);
    expect(play.state.book).toEqual(book);
    expect(play.effects.filter(({ kind }) => kind === "place" || kind === "amend").length).toBe(
      story(lines.slice(0, at).join("\n")).effects.filter(({ kind }) => kind === "place" || kind === "amend")
        .length,
    );
  });
});

describe("an order that no book knows", () => {
  const idOf = (runTag: string, budget: number): string =>
    clientOrderId({ runTag, pineId: "L", barTimeMs: 60_000, kind: "e", retrySeq: 0 }, budget);

  function startedWith(play: Play, id: string): void {
    play.give({
      kind: "started",
      nowMs: play.now(),
      position: null,
      openOrders: [
        {
          ...exchangeOrder(
            { ...story("bar entry Z buy 1 limit 9 -> place entry Z buy 1 limit 9 @0").order("Z entry") },
            { status: "open", qty: quantity(2) },
          ),
          id: "v9",
          clientOrderId: id,
        },
      ],
    });
  }

  test.each([
    ["is bound to the intent that was about to send it", "0abc", 36],
    ["is recognised by its short form", "0abc", 24],
    ["is recognised by a tag that the run had before", "0old", 36],
  ])("%s", (_name, tag, budget) => {
    const rules = { clientOrderIdMaxLen: budget, priorTags: ["0old"] };
    const play = story(
      `bar entry L buy 2 limit 99       -> place entry L buy 2 limit 99 @0
       answer entry L: not_sent         ->`,
      rules,
    );
    play.state = { ...play.state, orders: new Map() };
    startedWith(play, idOf(tag, budget));
    goOn(play, "= e|L working");
    expect(play.order("L entry")).toMatchObject({ exchangeId: "v9", clientOrderId: idOf(tag, budget) });
  });

  test("of this run's name is left alone, and told", () => {
    const play = story("");
    startedWith(play, idOf("0abc", 36));
    expect(play.notices).toContainEqual(expect.objectContaining({ code: "order_unknown" }));
    expect(play.state.orders.size).toBe(0);
    expect(play.effects).toEqual([]);
  });

  test.each([["0xyz"], ["zzzz"]])("of another run (%s) is nobody's business", (tag) => {
    const play = story("");
    startedWith(play, idOf(tag, 36));
    expect(play.notices.filter(({ kind }) => kind === "event")).toEqual([]);
    expect(rulesOf().priorTags).toEqual([]);
  });
});

test("a position whose defensive close has failed is closed again by the next start", () => {
  story(`
    bar entry L buy 2; exit X<L sell 2 tp 110 sl 90    -> place entry L buy 2 @0
    accept entry L                                     ->
    fill L entry 2                                     -> place exit X<L sell 2 tp 110 sl 90 @0
    answer exit X<L: bracket_refused L                 -> place defensive_close p1 sell 2 @0
    answer defensive_close: rejected                   ->
    wait 5s                                            -> place defensive_close p1 sell 2 @1
    answer defensive_close: rejected                   ->
    ! halted
    restart 2:                                         -> place defensive_close p1 sell 2 @2
  `);
});
