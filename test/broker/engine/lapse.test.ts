/** A market order is an opinion about now: one that has not left for two minutes is not sent any more. */
import { describe, expect, test } from "bun:test";

import type { FactOf } from "../../../src/broker/engine/facts.ts";
import { barMs, effectText, wantedOf } from "./notation.ts";
import { goOn, story } from "./story.ts";

type Row = readonly [name: string, text: string];

/** Long two from `L`, with a stop. */
const long = `
  bar entry L buy 2; exit X<L sell 2 sl 90             -> place entry L buy 2 @0
  accept entry L                                       ->
  fill L entry 2                                       -> place exit X<L sell 2 sl 90 @0
  accept exit X<L                                      ->`;
/** It is to be turned around; half of its close has filled. */
const turning = `${long}
  bar entry S sell 3; exit X<L sell 2 sl 90            -> cancel X<L; place reversal_close S sell 2 @0
  cancelled X sl                                       ->
  accept reversal_close                                ->
  fill S close 1                                       ->`;

describe("an entry at the market that is held back lapses after two minutes", () => {
  const rows: readonly Row[] = [
    [
      "while the position is closed first; the close goes on, and the position has its exits again",
      `${turning}
      wait 119s                                        ->
      wait 1s                                          ->
      ! entry_lapsed
      over e|S#1 cancelled
      bar exit X<L sell 2 sl 90                        ->
      fill S close 0.5                                 ->
      fill S close 0.5                                 ->
      size 0
      bar entry S#2 sell 3                             -> place entry S sell 3 @0`,
    ],
    [
      "and comes in time a moment before",
      `${turning}
      wait 119s                                        ->
      fill S close 1                                   -> place entry S sell 3 @0`,
    ],
    [
      "while its close cannot be made",
      `${long}
      bar entry S sell 3; exit X<L sell 2 sl 90        -> cancel X<L; place reversal_close S sell 2 @0
      cancelled X sl                                       ->
      answer reversal_close: rejected                  ->
      wait 2m                                          -> place exit X<L sell 2 sl 90 @0
      ! entry_lapsed
      over e|S#1 cancelled`,
    ],
    [
      "while nobody hears the venue",
      `
      restart 0                                        ->
      bar entry L buy 2                                ->
      wait 2m                                          -> read position
      ! entry_lapsed
      over e|L#1 cancelled
      stream up                                        ->
      bar entry L#2 buy 2                              -> place entry L buy 2 @0`,
    ],
    [
      "while the position cannot be read",
      `
      restart 0                                        ->
      stream up                                        ->
      wait 30s                                         -> read position
      position fails                                   ->
      bar entry L buy 2                                ->
      wait 1s                                          -> read position
      position fails                                   ->
      wait 2m                                          -> read position
      ! entry_lapsed
      position 0                                       ->`,
    ],
    [
      "while the connection is down",
      `
      bar entry L buy 2                                -> place entry L buy 2 @0
      answer entry L: not_sent                         ->
      wait 1s                                          -> place entry L buy 2 @0
      answer entry L: not_sent                         ->
      wait 119s                                        ->
      ! entry_lapsed
      = e|L done cancelled
      over e|L#1 cancelled
      wait 10m                                         ->`,
    ],
    [
      "while the venue throttles",
      `
      bar entry L buy 2                                -> place entry L buy 2 @0
      answer entry L: rate_limited 5m                  ->
      wait 2m                                          ->
      ! entry_lapsed
      wait 5m                                          ->`,
    ],
    [
      "when it has only now come out that it never arrived",
      `
      bar entry L buy 2                                -> place entry L buy 2 @0
      answer entry L: unknown                          -> read orders
      orders                                           ->
      wait 3m                                          -> read order
      found L entry: never                             ->
      ! entry_lapsed
      = e|L done cancelled`,
    ],
    [
      "what is left of it as well, when somebody else has cancelled it",
      `
      bar entry L buy 2                                -> place entry L buy 2 @0
      accept entry L                                   ->
      fill L entry 0.5                                 ->
      wait 3m                                          ->
      cancelled L entry 0.5                            ->
      ! entry_lapsed
      = e|L done cancelled
      size 0.5`,
    ],
    [
      "and so does strategy.order",
      `
      restart 0                                        ->
      bar order L buy 2                                ->
      wait 2m                                          -> read position
      ! entry_lapsed`,
    ],
  ];
  test.each(rows)("%s", (_name, text) => void story(text, { onUnexpectedCancel: "re_place" }));
});

describe("what does not lapse", () => {
  const rows: readonly Row[] = [
    [
      "an entry with a price",
      `
      restart 0                                        ->
      bar entry L buy 2 limit 99                       ->
      wait 10m                                         -> read position
      stream up                                        -> place entry L buy 2 limit 99 @0`,
    ],
    [
      "a close",
      `${long}
      bar close L sell 2                               -> cancel X<L; place close L sell 2 @0
      answer close L: rate_limited 10m                 ->
      wait 10m                                         -> place close L sell 2 @0`,
    ],
    [
      "an entry that the script asks for anew, with another quantity",
      `
      restart 0                                        ->
      bar entry L buy 2                                ->
      wait 100s                                        -> read position
      position 0                                       ->
      bar entry L buy 2                                ->
      bar entry L buy 3                                ->
      wait 100s                                        -> read position
      stream up                                        -> place entry L buy 3 @0`,
    ],
    [
      "one that waits for its position to be closed, and is asked for anew",
      `${turning}
      wait 100s                                        ->
      bar entry S sell 4                               ->
      wait 100s                                        ->
      fill S close 1                                   -> place entry S sell 4 @0`,
    ],
    [
      "one that is at the venue",
      `
      bar entry L buy 2                                -> place entry L buy 2 @0
      accept entry L                                   ->
      wait 10m                                         ->
      = e|L working`,
    ],
  ];
  test.each(rows)("%s", (_name, text) => void story(text));
});

test("an entry that waits for its position to be closed, and gets a price, waits no longer", () => {
  story(`${turning}
    bar entry S sell 3 limit 105 flip 1                -> place entry S sell 3 limit 105 @0
    fill S close 1                                     ->
    size 0
  `);
});

describe("after a restart", () => {
  /** The script has not run yet, but its book as the earlier process has left it is known. */
  const inherited = (wanted: string): FactOf<"evaluated"> => ({
    kind: "evaluated",
    nowMs: 0,
    barTimeMs: barMs,
    price: 100,
    wanted: wantedOf(wanted),
    isInherited: true,
  });
  const restart = `
    restart 1                                          ->
    stream up                                          ->`;

  test("the second half of a reversal waits until the script has run", () => {
    const play = story(`${turning} ${restart}
      fill S close 1                                   ->
    `);
    expect(play.give(inherited("entry S sell 3")).effects.map(effectText)).toEqual([]);
    goOn(play, "bar entry S sell 3                     -> place entry S sell 3 @0");
  });

  test("it is off when the script has another opinion", () => {
    const play = story(`${turning} ${restart}
      fill S close 1                                   ->
    `);
    play.give(inherited("entry S sell 3"));
    goOn(
      play,
      `
      bar                                              ->
      wait 1m                                          -> read position`,
    );
    expect(play.state.obligations.size).toBe(0);
  });

  test("it is as old as it was before, whether the script has run or not", () => {
    const old = story(`${turning}
      wait 100s                                        ->
      ${restart}
      wait 19s                                         ->
      wait 1s                                          ->
      ! entry_lapsed
      over e|S#1 cancelled
    `);
    expect(old.state.wanted).toBeNull();
    story(`${turning}
      wait 100s                                        ->
      ${restart}
      bar entry S sell 3                               ->
      wait 20s                                         ->
      ! entry_lapsed
    `);
  });

  test("the position keeps its exits while the close of a reversal waits for the script", () => {
    const play = story(`${long}
      bar entry S sell 3; exit X<L sell 2 sl 90        -> cancel X<L; place reversal_close S sell 2 @0
      cancelled X sl                                       ->
      answer reversal_close: rejected                  ->
      restart 2                                        ->
      stream up                                        ->
    `);
    const book = "entry S sell 3; exit X<L sell 2 sl 90";
    expect(play.give(inherited(book)).effects.map(effectText)).toEqual(["place exit X<L sell 2 sl 90 @1"]);
    goOn(
      play,
      `
      accept exit X<L                                  ->
      bar ${book}                                      -> cancel X<L; place reversal_close S sell 2 @0`,
    );
  });

  test("an entry that could not be sent is as old as it was before", () => {
    story(`
      bar entry L buy 2                                -> place entry L buy 2 @0
      answer entry L: not_sent                         ->
      restart 0                                        ->
      wait 3m                                          -> read position
      bar entry L buy 2                                ->
      ! entry_lapsed
      stream up                                        ->
    `);
  });

  test("books of earlier versions know no age of a reversal: it begins when it was armed", () => {
    const play = story(turning);
    const owed = [...play.state.obligations.values()].find(({ kind }) => kind === "reopen");
    play.state = {
      ...play.state,
      obligations: new Map(play.state.obligations).set(owed!.id, { ...owed!, deadlineMs: Infinity }),
    };
    goOn(
      play,
      `${restart}
      wait 2m                                          -> read position
      ! entry_lapsed`,
    );
  });
});

describe("the script's book lets go of an entry that nothing completes", () => {
  const half = `
    bar entry L buy 2                                  -> place entry L buy 2 @0
    accept entry L                                     ->
    fill L entry 2                                     ->
    bar entry L2 buy 2; entry S sell 2 limit 105 flip 2 -> place entry L2 buy 2 @0; place entry S sell 2 limit 105 @0
    accept entry S                                     ->
    accept entry L2                                    ->
    fill L2 entry 2                                    ->
    fill S entry 2                                     ->`;

  test("when it has lapsed", () => {
    story(
      `${half}
      wait 2m                                          ->
      ! follow_up_given_up
      over e|S#1 cancelled`,
      { pyramiding: 2 },
    );
  });

  test("when the script runs next, whatever has settled it", () => {
    const play = story(
      `${half}
      operator flatten                                 -> place flatten __pyne_flatten__all sell 2 @0
      fill * close 2                                   ->`,
      { pyramiding: 2 },
    );
    goOn(
      play,
      `
      bar entry S sell 2 limit 105 flip 2              ->
      over e|S#1 filled`,
    );
  });
});
