/** A stop at the venue behind the stops that the engine watches by itself. */
import { describe, expect, test } from "bun:test";

import { initialState } from "../../../src/broker/engine/initial.ts";
import { goOn, story } from "./story.ts";
import { rulesOf } from "./notation.ts";

const rules = {
  failsafePercent: 1,
  capabilities: { partialQtyBracketExit: "software", failsafeStop: "native" },
} as const;

/** Four from `L`, one of which is watched at 110 and 90. */
const held = `
  bar entry L buy 4; exit X<L sell 1 tp 110 sl 90 part   -> place entry L buy 4 @0
  fill L entry 4                                         -> place exit __pyne_failsafe__<L sell 4 sl 89.1 @0
  accept exit __pyne_failsafe__<L                        ->
  bar exit X<L sell 1 tp 110 sl 90 part                  ->
`;

describe("a failsafe stop", () => {
  test("rests behind what is watched, once, and not where nobody asked for it or the venue cannot", () => {
    story(held, rules);
    for (const without of [
      { ...rules, failsafePercent: 0 },
      { ...rules, capabilities: { ...rules.capabilities, failsafeStop: "unsupported" } },
      { ...rules, isDryRun: true },
    ] as const)
      story(
        `
        bar entry L buy 4; exit X<L sell 1 sl 90 part   -> ${"isDryRun" in without ? "" : "place entry L buy 4 @0"}
        tick 95                                         ->
      `,
        without,
      );
  });

  test("is for all that its entry has open, as far as it has filled", () => {
    story(
      `
      bar entry L buy 4; exit X<L sell 1 sl 90 part   -> place entry L buy 4 @0
      fill L entry 3                                  -> place exit __pyne_failsafe__<L sell 3 sl 89.1 @0
      accept exit __pyne_failsafe__<L                 ->
      fill L entry 1                                  -> amend exit __pyne_failsafe__<L sell 4 sl 89.1 @0
    `,
      rules,
    );
  });

  test("stands behind the loosest of several stops", () => {
    story(
      `${held}
      bar exit X<L sell 1 sl 90 part; exit Y<L sell 2 sl 80 part   -> amend exit __pyne_failsafe__<L sell 4 sl 79.2 @0
      accept amend exit __pyne_failsafe__<L                        ->
      bar exit Y<L sell 2 sl 80 part                               ->
    `,
      rules,
    );
  });

  test("of a short position is above, and its level is on the grid, away from the price", () => {
    story(
      `
      bar entry S sell 2; exit X<S buy 1 sl 100.33 part   -> place entry S sell 2 @0
      fill S entry 2                                      -> place exit __pyne_failsafe__<S buy 2 sl 101.34 @0
    `,
      rules,
    );
  });

  test("becomes smaller with the stop that is reached, and goes with the last of them", () => {
    story(
      `${held}
      tick 89.5                                -> place partial_trigger X|L|sl sell 1 @0; cancel __pyne_failsafe__<L
      cancelled Failsafe close                 ->
      fill X sl 1 @89.5                        ->
      size 3
      bar                                      ->
    `,
      rules,
    );
  });

  test("makes room where others share the account: what is closed goes when the failsafe is smaller", () => {
    story(
      `${held}
      bar exit X<L sell 1 sl 90 part; exit Y<L sell 2 sl 80 part   -> amend exit __pyne_failsafe__<L sell 4 sl 79.2 @0
      accept amend exit __pyne_failsafe__<L                        ->
      account shared                                               ->
      tick 89.5                                                    -> amend exit __pyne_failsafe__<L sell 3 sl 79.2 @0
      accept amend exit __pyne_failsafe__<L                        -> place partial_trigger X|L|sl sell 1 @0
    `,
      rules,
    );
  });

  test("follows a trail towards the price later, away from it at once", () => {
    story(
      `
      bar entry L buy 4; exit X<L sell 2 trail 99/2 part    -> place entry L buy 4 @0
      fill L entry 4                                        ->
      tick 100                                              -> place exit __pyne_failsafe__<L sell 4 sl 97.02 @0
      accept exit __pyne_failsafe__<L                       ->
      tick 101.5                                            ->
      wait 1s                                               -> amend exit __pyne_failsafe__<L sell 4 sl 98.5 @0
      accept amend exit __pyne_failsafe__<L                 ->
      bar exit X<L sell 2 sl 90 part                        -> amend exit __pyne_failsafe__<L sell 4 sl 89.1 @0
    `,
      rules,
    );
  });

  test("fills as a close that is none of the script's exits, and is not sent again for what is gone", () => {
    const play = story(
      `${held}
      fill Failsafe close 3 @89                ->
      fill Failsafe close 1 @89                ->
      size 0
      tick 88                                  ->
    `,
      rules,
    );
    const fill = play.steps.flatMap(({ fills }) => fills).find(({ side }) => side === "sell");
    expect(fill).toMatchObject({ pineId: "Failsafe", fromEntry: "L", legType: "close", qty: 3 });
    expect(play.notices.filter(({ kind }) => kind === "order_over")).toEqual([]);
  });

  test("is known after a restart, and goes when the setting or the stop has gone", () => {
    const play = story(held, rules);
    goOn(
      play,
      `
      restart 4: Failsafe close                  ->
      stream up                                  ->
      tick 92                                    ->
      bar exit X<L sell 1 tp 110 sl 90 part      ->
      bar                                        -> cancel __pyne_failsafe__<L
    `,
    );
    const other = story(held, rules);
    other.state = { ...other.state, rules: rulesOf({ ...rules, failsafePercent: 0 }) };
    goOn(other, `wait 1s -> cancel __pyne_failsafe__<L`);
    expect(initialState(rulesOf(rules)).intents.size).toBe(0);
  });

  test("that somebody cancels is not placed again, and the policy is applied", () => {
    story(
      `${held}
      cancelled Failsafe close                           ->
      wait 3s                                            ->
      ! external_cancel
      bar exit X<L sell 1 tp 110 sl 90 part              ->
      bar exit X<L sell 1 tp 110 sl 90 part              ->
    `,
      { ...rules, onUnexpectedCancel: "ignore" },
    );
  });

  test("that the venue refuses is tried three times; then nothing new is opened until its stops are gone", () => {
    story(
      `
      bar entry L buy 4; exit X<L sell 1 sl 90 part      -> place entry L buy 4 @0
      fill L entry 4                                     -> place exit __pyne_failsafe__<L sell 4 sl 89.1 @0
      answer exit __pyne_failsafe__<L: rejected          ->
      wait 1s                                            -> place exit __pyne_failsafe__<L sell 4 sl 89.1 @1
      answer exit __pyne_failsafe__<L: rejected          ->
      wait 1s                                            -> place exit __pyne_failsafe__<L sell 4 sl 89.1 @2
      answer exit __pyne_failsafe__<L: rejected          ->
      ! failsafe_missing
      bar entry M buy 1; exit X<L sell 1 sl 90 part      ->
      ! entry_blocked
      bar close L sell 4                                 -> place close L sell 4 @0
      fill L close 4                                     ->
      bar entry M buy 1                                  -> place entry M buy 1 @0
    `,
      { ...rules, pyramiding: 3 },
    );
  });

  test("whose change is refused goes, and comes again as it should be", () => {
    story(
      `${held}
      bar exit X<L sell 2 tp 110 sl 80 part             -> amend exit __pyne_failsafe__<L sell 4 sl 79.2 @0
      answer amend exit __pyne_failsafe__<L: rejected   -> cancel __pyne_failsafe__<L
      cancelled Failsafe close                          -> place exit __pyne_failsafe__<L sell 4 sl 79.2 @0
    `,
      rules,
    );
  });

  test("goes before a reversal, and with a flatten", () => {
    story(
      `${held}
      bar entry S sell 2   -> cancel __pyne_failsafe__<L; place reversal_close S sell 4 @0
    `,
      rules,
    );
    story(
      `${held}
      operator flatten     -> place flatten __pyne_flatten__all sell 4 @0; cancel __pyne_failsafe__<L
    `,
      rules,
    );
  });
});
