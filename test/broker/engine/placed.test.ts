/** What comes of sending an order: every answer there is. */
import { describe, test } from "bun:test";

import { story } from "./story.ts";

describe("an entry", () => {
  const cases: readonly (readonly [name: string, text: string])[] = [
    [
      "is taken",
      `
      bar entry L buy 2 limit 99     -> place entry L buy 2 limit 99 @0
      = e|L sent
      accept entry L                 ->
      = e|L working
      again entry L buy 2 limit 99   ->
      bar entry L buy 2 limit 99     ->`,
    ],
    [
      "fills before it is taken",
      `
      bar entry L buy 2              -> place entry L buy 2 @0
      fill L entry 2                 ->
      = e|L done filled
      size 2
      accept entry L                 ->
      = e|L done filled
      again entry L buy 2            ->`,
    ],
    [
      "fills in parts, in any order",
      `
      bar entry L buy 3 limit 99     -> place entry L buy 3 limit 99 @0
      fill L entry 1 @99 #b          ->
      = e|L sent
      accept entry L                 ->
      fill L entry 1 @99 #a          ->
      fill L entry 1 @99 #b          ->
      = e|L working
      size 2
      fill L entry 1 @99 #c          ->
      = e|L done filled
      size 3`,
    ],
    [
      "too small or too large is left alone, and told",
      `
      bar entry L buy 2              -> place entry L buy 2 @0
      answer entry L: skipped below_min_size ->
      ! order_skipped
      = e|L done skipped
      bar entry L buy 2              ->
      wait 5m                        ->`,
    ],
    [
      "of an exit too small for the venue waits until there is more to protect",
      `
      bar entry L buy 2 limit 99; exit X<L sell 2 tp 120 sl 90 -> place entry L buy 2 limit 99 @0
      accept entry L                 ->
      fill L entry 0.5 @99           -> place exit X<L sell 0.5 tp 120 sl 90 @0
      answer exit X<L: skipped below_min_size ->
      ! order_skipped
      = e|L working, x|X|L prepared
      wait 5s                        ->
      bar entry L buy 2 limit 99; exit X<L sell 2 tp 125 sl 90 ->
      fill L entry 1 @99             -> place exit X<L sell 1.5 tp 125 sl 90 @0
      accept exit X<L                ->
      = e|L working, x|X|L working`,
    ],
    [
      "declined for another reason waits, ever longer, and is told once",
      `
      bar entry L buy 2              -> place entry L buy 2 @0
      answer entry L: skipped other  ->
      ! order_declined
      = e|L prepared
      wait 999ms                     ->
      wait 1s                        -> place entry L buy 2 @0
      answer entry L: skipped other  ->
      wait 1s                        ->
      wait 1500ms                    -> place entry L buy 2 @0
      accept entry L                 ->
      = e|L working`,
    ],
    [
      "that did not reach the venue goes again under the same id",
      `
      bar entry L buy 2 limit 99     -> place entry L buy 2 limit 99 @0
      answer entry L: not_sent       ->
      = e|L prepared
      wait 1s                        -> place entry L buy 2 limit 99 @0
      accept entry L                 ->
      = e|L working`,
    ],
    [
      "that did not reach the venue is forgotten when the script drops it",
      `
      bar entry L buy 2 limit 99     -> place entry L buy 2 limit 99 @0
      answer entry L: not_sent       ->
      again                          ->
      wait 5m                        ->`,
    ],
    [
      "throttled goes when the venue lets it",
      `
      bar entry L buy 2              -> place entry L buy 2 @0
      answer entry L: rate_limited 9s ->
      wait 8s                        ->
      again entry L buy 2            ->
      wait 1s                        -> place entry L buy 2 @0`,
    ],
    [
      "refused is tried three times, each time under another id, then left alone until the script changes it",
      `
      bar entry L buy 2              -> place entry L buy 2 @0
      answer entry L: rejected       ->
      ! order_refused
      wait 1s                        -> place entry L buy 2 @1
      answer entry L: rejected       ->
      wait 1s                        -> place entry L buy 2 @2
      answer entry L: rejected       ->
      ! entry_suppressed
      = e|L done rejected
      wait 5m                        ->
      bar entry L buy 2              ->`,
    ],
    [
      "refused by an event after it was taken is tried again",
      `
      bar entry L buy 2 limit 99     -> place entry L buy 2 limit 99 @0
      rejected L entry               ->
      = e|L prepared
      accept entry L                 ->
      = e|L prepared
      wait 1s                        -> place entry L buy 2 limit 99 @1
      accept entry L                 ->
      = e|L working`,
    ],
    [
      "whose id is spent takes the next at once",
      `
      bar entry L buy 2              -> place entry L buy 2 @0
      answer entry L: id_spent       -> place entry L buy 2 @1
      answer entry L: id_spent       -> place entry L buy 2 @2
      answer entry L: id_spent       -> place entry L buy 2 @3
      answer entry L: id_spent       ->
      = e|L done rejected`,
    ],
    [
      "whose id is spent after it went to the plugin twice may have lived: nobody sends it again",
      `
      bar entry L buy 2              -> place entry L buy 2 @0
      answer entry L: not_sent       ->
      wait 1s                        -> place entry L buy 2 @0
      answer entry L: id_spent       -> read orders
      = e|L unknown
      orders                         ->
      fill L entry 2                 ->
      = e|L done filled`,
    ],
    [
      "that would be unsafe to go on with halts the run",
      `
      bar entry L buy 2              -> place entry L buy 2 @0
      answer entry L: unsafe         ->
      ! halted
      wait 5m                        ->`,
    ],
    [
      "that would be unsafe to go on with halts the run, also when its fill comes before the answer",
      `
      bar entry L buy 2              -> place entry L buy 2 @0
      fill L entry 2                 ->
      answer entry L: unsafe         ->
      ! halted
      = e|L done filled
      bar exit X<L sell 2 sl 90      ->`,
    ],
  ];
  test.each(cases)("%s", (_name, text) => void story(text));
});

describe("an entry whose answer is lost", () => {
  const cases: readonly (readonly [name: string, text: string])[] = [
    [
      "is found among the open orders",
      `
      bar entry L buy 2 limit 99     -> place entry L buy 2 limit 99 @0
      answer entry L: unknown        -> read orders
      ! disposition_unknown
      = e|L unknown
      orders L entry                 ->
      = e|L working
      again entry L buy 2 limit 99   ->
      again                          -> cancel L`,
    ],
    [
      "is looked for again and again, and never sent again",
      `
      bar entry L buy 2              -> place entry L buy 2 @0
      answer entry L: unknown        -> read orders
      orders                         ->
      wait 1s                        -> read orders
      orders fail                    ->
      wait 30s                       -> read position
      position 0                     -> read order
      found L entry: unknown         ->
      bar entry L buy 2              ->
      wait 2m                        -> read orders
      orders                         -> read position
      position 0                     ->
      = e|L unknown`,
    ],
    [
      "has never arrived, says the plugin: it goes again under another id",
      `
      bar entry L buy 2              -> place entry L buy 2 @0
      answer entry L: unknown        -> read orders
      orders                         ->
      wait 1s                        -> read orders
      orders                         ->
      wait 4s                        -> read orders
      orders                         ->
      wait 6s                        -> read order
      found L entry: unknown         ->
      wait 15s                       -> read orders
      orders                         ->
      wait 30s                       -> read order
      found L entry: never           -> place entry L buy 2 @1
      accept entry L                 ->
      = e|L working`,
    ],
    [
      "has filled, says the plugin: its fill is waited for",
      `
      bar entry L buy 2              -> place entry L buy 2 @0
      answer entry L: unknown        -> read orders
      orders                         ->
      wait 5s                        -> read order
      found L entry: filled          ->
      = e|L working
      fill L entry 2                 ->
      = e|L done filled`,
    ],
    [
      "was refused, says the plugin",
      `
      bar entry L buy 2              -> place entry L buy 2 @0
      answer entry L: unknown        -> read orders
      orders                         ->
      wait 5s                        -> read order
      found L entry: rejected        ->
      wait 10s                       -> place entry L buy 2 @1`,
    ],
    [
      "was cancelled, says the plugin",
      `
      bar entry L buy 2 limit 99     -> place entry L buy 2 limit 99 @0
      answer entry L: unknown        -> read orders
      orders                         ->
      wait 5s                        -> read order
      found L entry: cancelled       ->
      = e|L done cancelled`,
    ],
    [
      "is proven by a fill",
      `
      bar entry L buy 2 limit 99     -> place entry L buy 2 limit 99 @0
      answer entry L: unknown        -> read orders
      fill L entry 1                 ->
      = e|L working
      orders                         ->
      fill L entry 1                 ->
      = e|L done filled`,
    ],
    [
      "is proven by the venue's word that it works",
      `
      bar entry L buy 2 limit 99     -> place entry L buy 2 limit 99 @0
      answer entry L: unknown        -> read orders
      created L entry                ->
      = e|L working`,
    ],
    [
      "cancelled by itself is over",
      `
      bar entry L buy 2 limit 99     -> place entry L buy 2 limit 99 @0
      answer entry L: unknown        -> read orders
      cancelled L entry              ->
      ! external_cancel
      = e|L done cancelled`,
    ],
    [
      "is settled by the plugin: it took effect, and then it did not after all",
      `
      bar entry L buy 2 limit 99     -> place entry L buy 2 limit 99 @0
      answer entry L: unknown        -> read orders
      orders                         ->
      resolved L entry: attached     ->
      = e|L working
      wait 10s                       ->
      resolved L entry: rejected     ->
      = e|L prepared
      wait 11s                       -> place entry L buy 2 limit 99 @1
      accept entry L                 ->
      = e|L working`,
    ],
    [
      "that the plugin calls refused stays refused",
      `
      bar entry L buy 2 limit 99     -> place entry L buy 2 limit 99 @0
      answer entry L: unknown        -> read orders
      orders                         ->
      resolved L entry: rejected     ->
      resolved L entry: attached     ->
      = e|L prepared`,
    ],
    [
      "and that the script drops is cancelled once it is found",
      `
      bar entry L buy 2 limit 99     -> place entry L buy 2 limit 99 @0
      answer entry L: unknown        -> read orders
      again                          ->
      orders L entry                 -> cancel L
      answer cancel L: cancel_confirmed ->
      = e|L done cancelled`,
    ],
  ];
  test.each(cases)("%s", (_name, text) => void story(text));
});

describe("an exit or a close", () => {
  const long = `
    bar entry L buy 2              -> place entry L buy 2 @0
    accept entry L                 ->
    fill L entry 2                 ->
    size 2`;
  const cases: readonly (readonly [name: string, text: string])[] = [
    [
      "refused twice with a position to protect halts the run",
      `
      bar exit X<L sell 2 tp 120 sl 90 -> place exit X<L sell 2 tp 120 sl 90 @0
      answer exit X: rejected        ->
      wait 2s                        -> place exit X<L sell 2 tp 120 sl 90 @1
      answer exit X: rejected        ->
      ! halted`,
    ],
    [
      "refused because the position had just been closed is over",
      `
      bar exit X<L sell 2 tp 120 sl 90 -> place exit X<L sell 2 tp 120 sl 90 @0
      accept exit X                  ->
      bar exit X<L sell 2 tp 120 sl 90; close L sell 2 -> place close L sell 2 @0
      answer close L: rejected       ->
      ! order_refused
      fill X tp 2 @120               -> cancel X<L
      size 0
      wait 3s                        ->
      = x|X|L done filled, c||L done cancelled`,
    ],
    [
      "whose answer is lost holds everything back, and is proven by its fill",
      `
      bar close L sell 2             -> place close L sell 2 @0
      answer close L: unknown        -> read orders
      again close L sell 2           ->
      orders                         ->
      fill L close 2                 ->
      = c||L done filled
      size 0`,
    ],
    [
      "has one of its legs refused by an event: the bracket goes and comes again",
      `
      bar exit X<L sell 2 tp 120 sl 90 -> place exit X<L sell 2 tp 120 sl 90 @0
      accept exit X                  ->
      rejected X sl                  -> cancel X<L
      answer cancel X<L: cancel_confirmed -> read order
      found X tp: cancelled          -> place exit X<L sell 2 tp 120 sl 90 @1
      accept exit X                  ->
      rejected X sl                  ->
      ! halted`,
    ],
  ];
  test.each(cases)("%s", (_name, text) => void story(long + text));
});

test("an exit whose rest is too small for the venue is asked for once, while what it has filled is still to be told", () => {
  story(
    `
    bar entry L buy 2; exit X<L sell 2 tp 120 sl 90 -> place entry L buy 2 @0
    accept entry L                            ->
    fill L entry 2                            -> place exit X<L sell 2 tp 120 sl 90 @0
    accept exit X<L                           ->
    bar exit X<L sell 2 tp 121 sl 90          -> cancel X<L
    cancelled X tp 1.995                      ->
    cancelled X sl 0                          -> place exit X<L sell 0.005 tp 121 sl 90 @0
    answer exit X<L: skipped below_min_size   ->
    bar exit X<L sell 2 tp 122 sl 90          ->
    `,
    { capabilities: { amendOrder: "unsupported" } },
  );
});

test("a bracket whose answer is lost, with one leg seen and the other swept, is in doubt no more", () => {
  story(
    `
    bar entry L buy 2 limit 99                -> place entry L buy 2 limit 99 @0
    accept entry L                            ->
    bar entry L buy 2 limit 99; exit X<L sell 2 tp 120 sl 90 -> place exit X<L sell 2 tp 120 sl 90 @0
    created X sl                              ->
    answer exit X<L: unknown                  -> read orders
    cancelled X tp 0                          ->
    = e|L working, x|X|L working
    again entry L buy 2 limit 99              -> cancel X<L
    `,
    { capabilities: { tpSlBracket: "native" } },
  );
});
