/** An account that others use: what closes can never fill more than this run's own position. */
import { describe, expect, test } from "bun:test";

import { goOn, story } from "./story.ts";

/** Long two from `L`, with a bracket. */
const long = `
  account shared                                     ->
  bar entry L buy 2; exit X<L sell 2 tp 110 sl 90    -> place entry L buy 2 @0
  accept entry L                                     ->
  fill L entry 2                                     -> place exit X<L sell 2 tp 110 sl 90 @0
  accept exit X<L                                    ->
`;

describe("a close on an account that others use", () => {
  test("waits until the exits beside it are gone", () => {
    story(`${long}
      bar close L sell 2; exit X<L sell 2 tp 110 sl 90   -> cancel X<L
      = x|X|L cancelling, c||L prepared
      answer cancel X<L: cancel_confirmed                -> read order
      found X tp: cancelled                              -> read order
      found X sl: cancelled                              -> place close L sell 2 @0
      accept close L                                     ->
      fill L close 2                                     ->
      size 0
    `);
  });

  test("does not wait for exits that are only watched", () => {
    story(
      `
      account shared                                                             ->
      bar entry L buy 2; exit X<L sell 1 sl 90 part; exit Y<L sell 1 sl 80 part  -> place entry L buy 2 @0
      fill L entry 2                                                             ->
      tick 89                                                                    -> place partial_trigger X|L|sl sell 1 @0
    `,
      { capabilities: { partialQtyBracketExit: "software" } },
    );
  });

  test("does not wait where the run is alone", () => {
    story(`${long}
      account alone                                      ->
      bar close L sell 2; exit X<L sell 2 tp 110 sl 90   -> place close L sell 2 @0
    `);
  });

  test("waits where more is open at the venue than this run has", () => {
    const play = story(`
      bar entry L buy 2; exit X<L sell 2 sl 90           -> place entry L buy 2 @0
      fill L entry 2                                     -> place exit X<L sell 2 sl 90 @0
      accept exit X<L                                    ->
    `);
    play.state = { ...play.state, view: { ...play.state.view, size: 5 } };
    goOn(
      play,
      `bar close L sell 2; exit X<L sell 2 sl 90         -> cancel X<L
       cancelled X sl                                    -> place close L sell 2 @0`,
    );
  });

  test("of a part waits until the exits are as small as what it leaves", () => {
    story(`${long}
      bar close L sell 0.5; exit X<L sell 2 tp 110 sl 90 -> amend exit X<L sell 1.5 tp 110 sl 90 @0
      accept exit X<L                                    -> place close L sell 0.5 @0
      fill L close 0.5                                   ->
      size 1.5
    `);
  });

  test("of a part leaves two exits what there is for the first, and then for the second", () => {
    const exits = "exit X<L sell 0.5 tp 110 part; exit Y<L sell 1.5 tp 120 part";
    story(`
      account shared                                   ->
      bar entry L buy 2; ${exits}                      -> place entry L buy 2 @0
      accept entry L                                   ->
      fill L entry 2 -> place exit X<L sell 0.5 tp 110 @0; place exit Y<L sell 1.5 tp 120 @0
      accept exit X<L                                  ->
      accept exit Y<L                                  ->
      bar close L sell 1; ${exits}                     -> amend exit Y<L sell 0.5 tp 120 @0
      accept exit Y<L                                  -> place close L sell 1 @0
      accept close L                                   ->
      fill L close 1                                   ->
      bar ${exits}                                     ->
      fill X tp 0.5                                    ->
      size 0.5
    `);
  });

  test("of a part of one entry leaves the exits of another as they are", () => {
    const exits =
      "exit X<L sell 0.5 tp 110 part; exit X<M sell 0.5 tp 110 part; exit Y<M sell 0.5 tp 120 part; exit Y<L sell 0.5 tp 120 part";
    story(
      `
      account shared                                   ->
      bar entry L buy 1; entry M buy 1; ${exits}       -> place entry L buy 1 @0; place entry M buy 1 @0
      fill L entry 1                                   -> place exit X<L sell 0.5 tp 110 @0; place exit Y<L sell 0.5 tp 120 @0
      fill M entry 1                                   -> place exit X<M sell 0.5 tp 110 @0; place exit Y<M sell 0.5 tp 120 @0
      accept exit X<L                                  ->
      accept exit Y<L                                  ->
      accept exit X<M                                  ->
      accept exit Y<M                                  ->
      bar close M sell 0.5; ${exits}                   -> cancel Y<M
      answer cancel Y<M: too_late_to_cancel            -> place close M sell 0.5 @0
      fill M close 0.5                                 ->
      wait 1s                                          ->
      size 1.5
    `,
      { pyramiding: 2 },
    );
  });

  test("of everything leaves what it has not heard of to one exit, whichever entries they are of", () => {
    const exits = "exit X<L sell 1 sl 90; exit X<M sell 2 sl 90";
    story(
      `
      account shared                                   ->
      bar entry L buy 1; entry M buy 2 limit 99; ${exits} -> place entry L buy 1 @0; place entry M buy 2 limit 99 @0
      fill M entry 2                                   -> place exit X<M sell 2 sl 90 @0
      accept exit X<M                                  ->
      bar close * sell 2; entry L buy 1                -> cancel X<M
      cancelled X sl                                   -> place close * sell 2 @0
      bar close * sell 2; entry L buy 1; ${exits}      ->
      fill L entry 1                                   -> place exit X<L sell 1 sl 90 @0
      fill * close 2                                   ->
      size 1
    `,
    );
  });

  test("of a part comes before the exits that follow it, where the venue does not amend", () => {
    story(
      `${long}
      bar close L sell 0.5; exit X<L sell 2 tp 110 sl 90 -> cancel X<L
      cancelled X tp                                     ->
      cancelled X sl                                     -> place close L sell 0.5 @0; place exit X<L sell 1.5 tp 110 sl 90 @0
    `,
      { capabilities: { amendOrder: "unsupported" } },
    );
  });

  test("is as small as what an exit has left when it fills meanwhile", () => {
    story(`${long}
      bar close L sell 2; exit X<L sell 2 tp 110 sl 90   -> cancel X<L
      fill X tp 1.5                                      ->
      cancelled X tp                                     ->
      cancelled X sl                                     -> place close L sell 0.5 @0
      fill L close 0.5                                   ->
      size 0
    `);
  });

  test("is not sent when an exit has filled all of it meanwhile", () => {
    story(`${long}
      bar close L sell 2; exit X<L sell 2 tp 110 sl 90   -> cancel X<L
      fill X tp 2                                        ->
      = x|X|L cancelling, c||L done cancelled
      size 0
    `);
  });

  test("leaves out what an exit has filled before it was cancelled, and has not told", () => {
    story(`
      account shared                                     ->
      bar entry L buy 2; exit X<L sell 2 sl 90           -> place entry L buy 2 @0
      fill L entry 2                                     -> place exit X<L sell 2 sl 90 @0
      accept exit X<L                                    ->
      bar close L sell 2; exit X<L sell 2 sl 90          -> cancel X<L
      answer cancel X<L: cancel_confirmed                -> read order
      found X sl: cancelled 0.5                          -> place close L sell 1.5 @0
      fill L close 1.5                                   ->
      fill X sl 0.5                                      ->
      size 0
    `);
  });

  test("is not sent when the venue says that an exit had filled, and the fill has not been told", () => {
    story(`${long}
      bar close L sell 2; exit X<L sell 2 tp 110 sl 90   -> cancel X<L
      answer cancel X<L: already_filled                  ->
      wait 1s                                            ->
      fill X tp 2                                        ->
      = x|X|L done superseded, c||L done cancelled
      size 0
    `);
  });

  test("waits for that fill from when it can be heard", () => {
    story(`${long}
      stream down                                        ->
      bar close L sell 2; exit X<L sell 2 tp 110 sl 90   -> cancel X<L
      answer cancel X<L: already_filled                  ->
      wait 3m                                            ->
      stream up                                          ->
      wait 1s                                            ->
      fill X tp 2                                        ->
      size 0
    `);
  });

  test("takes nothing of another entry for what an exit has filled and not told", () => {
    story(
      `
      account shared                                     ->
      bar entry L buy 2; exit X<L sell 2 sl 90           -> place entry L buy 2 @0
      fill L entry 2                                     -> place exit X<L sell 2 sl 90 @0
      accept exit X<L                                    ->
      bar entry M buy 1; exit X<L sell 2 sl 90           -> place entry M buy 1 @0
      fill M entry 1                                     ->
      bar close L sell 2; exit X<L sell 2 sl 90          -> cancel X<L
      answer cancel X<L: already_filled                  ->
      fill X sl 2                                        ->
      size 1
    `,
      { pyramiding: 2 },
    );
  });

  test("that is refused gives the position its exits back", () => {
    story(`${long}
      bar close L sell 2; exit X<L sell 2 tp 110 sl 90   -> cancel X<L
      cancelled X tp                                     ->
      cancelled X sl                                     -> place close L sell 2 @0
      answer close L: skipped below_min_size             -> place exit X<L sell 2 tp 110 sl 90 @0
    `);
  });

  test("waits for an exit of which nobody knows whether it is there, and not for ever", () => {
    story(`
      account shared                                     ->
      bar entry L buy 2; exit X<L sell 2 sl 90           -> place entry L buy 2 @0
      fill L entry 2                                     -> place exit X<L sell 2 sl 90 @0
      answer exit X<L: unknown                           -> read orders
      bar close L sell 2; exit X<L sell 2 sl 90          ->
      orders                                             ->
      wait 15s                                           -> place close L sell 2 @0; read order
    `);
  });

  test("waits as long for what a cancelled exit had filled, where the venue cannot be asked", () => {
    story(`${long}
      bar close L sell 2; exit X<L sell 2 tp 110 sl 90   -> cancel X<L
      answer cancel X<L: cancel_confirmed                -> read order
      found X tp: unknown                                -> read order
      found X sl: unknown                                ->
      wait 14s                                           -> read order
      found X tp: unknown                                -> read order
      found X sl: unknown                                ->
      wait 1s                                            -> place close L sell 2 @0
    `);
    story(`${long}
      bar close L sell 2; exit X<L sell 2 tp 110 sl 90   -> cancel X<L
      answer cancel X<L: cancel_confirmed                -> read order
      found X tp: unknown                                -> read order
      found X sl: unknown                                ->
      cancelled X sl 0                                   ->
      fill X tp 1                                        ->
      cancelled X tp 1                                   -> place close L sell 1 @0
    `);
  });

  test("waits before the script has run again as well", () => {
    const play = story(`${long}
      bar entry S sell 1; exit X<L sell 2 tp 110 sl 90   -> cancel X<L
      answer cancel X<L: unknown                         ->
    `);
    goOn(
      play,
      `restart 2: X tp, X sl                             -> cancel X<L
       cancelled X tp                                    ->
       cancelled X sl                                    -> place reversal_close S sell 2 @0`,
    );
  });
});

describe("exits on an account that others use", () => {
  test("do not come again for what one has filled and not told, restarts included", () => {
    story(`${long}
      bar close L sell 2; exit X<L sell 2 tp 110 sl 90   -> cancel X<L
      answer cancel X<L: already_filled                  ->
      restart 0:                                         ->
      stream up                                          ->
      bar exit X<L sell 2 tp 110 sl 90                   ->
      wait 60s                                           -> read position
      fill X tp 2                                        ->
      size 0
    `);
  });
});

test("a flatten and a reversal wait as well", () => {
  story(`${long}
    operator flatten                                     -> cancel X<L
    cancelled X tp                                       ->
    cancelled X sl                                       -> place flatten __pyne_flatten__all sell 2 @0
    fill * close 2                                       ->
    ! flattened
  `);
  story(`${long}
    bar entry S sell 1; exit X<L sell 2 tp 110 sl 90     -> cancel X<L
    cancelled X tp                                       ->
    cancelled X sl                                       -> place reversal_close S sell 2 @0
    fill S close 2                                       -> place entry S sell 1 @0
  `);
});

test("on an account with a position for each order nothing waits", () => {
  const { state } = story("account shared ->", { isHedging: true });
  expect(state.view.isShared).toBe(true);
});
