/** Cancels: asked for until their end is known; and orders that go without anybody here having asked. */
import { describe, expect, test } from "bun:test";

import { price } from "../../../src/kernel/units.ts";
import { exchangeOrder } from "./notation.ts";
import { goOn, story } from "./story.ts";

const resting = `
  bar entry L buy 2 limit 99       -> place entry L buy 2 limit 99 @0
  accept entry L                   ->`;
const unwanted = `${resting}
  again                            -> cancel L
  = e|L cancelling`;
const long = `
  bar entry L buy 2                -> place entry L buy 2 @0
  accept entry L                   ->
  fill L entry 2                   ->`;
const guarded = `${long}
  bar exit X<L sell 2 tp 120 sl 90 -> place exit X<L sell 2 tp 120 sl 90 @0
  accept exit X                    ->`;

describe("a cancel", () => {
  const cases: readonly (readonly [name: string, text: string])[] = [
    ...(["cancel_confirmed", "too_late_to_cancel", "still_open"] as const).map(
      (outcome): readonly [string, string] => [
        `is done: ${outcome}`,
        `
        answer cancel L: ${outcome}    ->
        = e|L done cancelled
        cancelled L entry              ->
        wait 5m                        ->`,
      ],
    ),
    [
      "comes too late: the order has filled, its fill is booked when it comes",
      `
      answer cancel L: already_filled  ->
      = e|L done filled
      wait 5m                          ->
      fill L entry 2                   ->
      size 2`,
    ],
    [
      "is overtaken by the fill",
      `
      fill L entry 2                   ->
      = e|L done filled
      answer cancel L: already_filled  ->
      size 2`,
    ],
    [
      "is overtaken by its echo",
      `
      cancelled L entry                ->
      = e|L done cancelled
      answer cancel L: cancel unknown  ->
      wait 5m                          ->`,
    ],
    [
      "goes on for what is left of an order that fills in part",
      `
      fill L entry 1                   ->
      = e|L cancelling
      answer cancel L: cancel unknown  ->
      wait 2s                          -> cancel L
      answer cancel L: cancel_confirmed ->
      = e|L done cancelled
      size 1`,
    ],
    [
      "of which nobody knows what came is asked for again, and halts the run in the end",
      `
      answer cancel L: cancel unknown  ->
      ! cancel_unknown
      wait 1s                          -> cancel L
      answer cancel L: cancel unknown  ->
      wait 10s                         -> cancel L
      answer cancel L: unknown         ->
      wait 14s                         -> cancel L
      answer cancel L: rejected        ->
      wait 30s                         ->
      ! halted`,
    ],
    [
      "that was not sent is asked for again and does not count against the run",
      `
      answer cancel L: not_sent        ->
      wait 1s                          -> cancel L
      answer cancel L: not_sent        ->
      wait 2m                          -> cancel L
      answer cancel L: rate_limited 20s ->
      wait 10s                         ->
      wait 10s                         -> cancel L
      answer cancel L: cancel_confirmed ->
      = e|L done cancelled`,
    ],
    [
      "does not let the order be placed again before its end is known",
      `
      answer cancel L: cancel unknown  ->
      bar entry L#2 buy 1 limit 98     ->
      cancelled L entry                -> place entry L buy 1 limit 98 @0`,
    ],
  ];
  test.each(cases)("%s", (_name, text) => void story(unwanted + text));
});

describe("an order that was cancelled by somebody else", () => {
  const cases: readonly (readonly [name: string, policy: string, text: string])[] = [
    [
      "stops new positions",
      "stop",
      `${resting}
      cancelled L entry                ->
      ! quarantine_entered
      = e|L done cancelled
      bar entry L#2 buy 2              ->
      ! entry_blocked`,
    ],
    [
      "is placed again",
      "re_place",
      `${resting}
      cancelled L entry                -> place entry L buy 2 limit 99 @1
      accept entry L                   ->
      cancelled L entry                -> place entry L buy 2 limit 99 @2
      ! external_cancel`,
    ],
    [
      "is placed again for what it had not filled",
      "re_place",
      `${resting}
      fill L entry 0.5 @99             ->
      cancelled L entry                -> place entry L buy 1.5 limit 99 @1
      accept entry L                   ->
      fill L entry 1.5 @99             ->
      = e|L done filled
      size 2`,
    ],
    [
      "is told, and no more",
      "ignore",
      `${resting}
      cancelled L entry                ->
      ! external_cancel
      = e|L done cancelled
      bar entry M buy 2                -> place entry M buy 2 @0`,
    ],
    [
      "halts the run",
      "halt",
      `${resting}
      cancelled L entry                ->
      ! halted`,
    ],
    [
      "was judged by the plugin's tracker already",
      "halt",
      `${resting}
      vanished L entry                 ->
      = e|L done cancelled
      bar entry M buy 2                -> place entry M buy 2 @0`,
    ],
    [
      "was announced by the plugin, once",
      "halt",
      `${resting}
      bulk                             ->
      cancelled L entry                ->
      = e|L done cancelled
      bar entry L#2 buy 2 limit 99     -> place entry L buy 2 limit 99 @0
      accept entry L                   ->
      cancelled L entry                ->
      ! halted`,
    ],
  ];
  test.each(cases)("%s", (_name, policy, text) => {
    story(text, { onUnexpectedCancel: policy as "stop" });
  });

  test("takes the other orders with it, but for what has filled and what protects it", () => {
    story(
      `${guarded}
      bar exit X<L sell 2 tp 120 sl 90; entry A buy 1 limit 90; entry B buy 2 limit 91; entry C buy 1 limit 92 -> place entry A buy 1 limit 90 @0; place entry B buy 2 limit 91 @0; place entry C buy 1 limit 92 @0
      accept entry A                   ->
      accept entry B                   ->
      accept entry C                   ->
      fill B entry 1 @91               ->
      cancelled C entry                -> cancel A
      ! quarantine_entered`,
      { onUnexpectedCancel: "stop_and_cancel", pyramiding: 5 },
    );
  });

  const lost = `
      answer entry L: unknown          -> read orders
      cancelled M entry                ->
      orders                           ->
      wait 5s                          -> read order
      found L entry: never             ->`;
  test.each([
    ["never arrived", lost],
    ["was refused", "cancelled M entry ->\n answer entry L: rejected ->"],
    ["was not sent", "cancelled M entry ->\n answer entry L: not_sent ->"],
  ])("calls off what it would take with it, and what %s", (_name, text) => {
    const orders = "entry L buy 2 limit 99; entry M buy 1 limit 98";
    const play = story(
      `
      bar ${orders}                    -> place entry L buy 2 limit 99 @0; place entry M buy 1 limit 98 @0
      accept entry M                   ->
      ${text}
      = e|L done cancelled, e|M done cancelled`,
      { onUnexpectedCancel: "stop_and_cancel", pyramiding: 5 },
    );
    expect(play.state.obligations.size).toBe(0);
  });
});

describe("an order that is cancelled to be another", () => {
  const resting = `
    bar entry L buy 2 limit 99         -> place entry L buy 2 limit 99 @0
    accept entry L                     ->
    bar entry L buy 2                  -> cancel L`;
  const cases: readonly (readonly [name: string, text: string])[] = [
    [
      "comes again whole when the stream says that it had filled nothing",
      `
      cancelled L entry                -> place entry L buy 2 @0
      answer cancel L: cancel_confirmed ->`,
    ],
    [
      "comes again without what the stream says it had filled, although no fill was told",
      `
      cancelled L entry 0.5            -> place entry L buy 1.5 @0
      fill L entry 1.5                 ->
      = e|L done filled
      size 1.5`,
    ],
    [
      "waits for what it had filled when only the cancel is confirmed",
      `
      answer cancel L: cancel_confirmed -> read order
      found L entry: cancelled 0.5     -> place entry L buy 1.5 @0`,
    ],
    [
      "goes as soon as the stream has said it, before the venue has answered",
      `
      answer cancel L: cancel_confirmed -> read order
      cancelled L entry 0.5            -> place entry L buy 1.5 @0
      `,
    ],
    [
      "does not come again when it has filled after all",
      `
      answer cancel L: cancel_confirmed -> read order
      found L entry: filled            ->
      = e|L done filled`,
    ],
    [
      "was dead already: what was told is all",
      `
      answer cancel L: too_late_to_cancel -> place entry L buy 2 @0`,
    ],
    [
      "and goes on being shown: nobody knows what is at the venue",
      `
      answer cancel L: cancel_confirmed -> read order
      found L entry: open              ->
      wait 30s                         -> read order
      found L entry: open              ->
      ! halted`,
    ],
  ];
  test.each(cases)("%s", (_name, text) => void story(resting + text));

  describe("and of which the plugin cannot say what it had filled", () => {
    const noAmend = { capabilities: { amendOrder: "unsupported" } } as const;
    const gone = `
      bar entry L buy 2 limit 99       -> place entry L buy 2 limit 99 @0
      accept entry L                   ->
      restart 0: L entry               ->
      stream up                        ->
      bar entry L buy 2 limit 98       -> cancel L
      answer cancel L: cancel_confirmed -> read order
      found L entry: unknown           ->`;
    const rows: readonly (readonly [name: string, text: string])[] = [
      [
        "is sent again when the position, read some seconds later, has no more than was told",
        `${gone}
        wait 5s                        -> read order
        found L entry: unknown         -> read position
        position 0                     -> place entry L buy 2 limit 98 @0`,
      ],
      [
        "waits while the position has more, and asks for what is left when that was told",
        `${gone}
        wait 5s                        -> read order
        found L entry: unknown         -> read position
        position 1                     ->
        ! entry_unaccounted
        wait 20s                       -> read order
        found L entry: unknown         -> read position
        position 1                     ->
        fill L entry 1                 ->
        wait 5s                        -> read position
        position 1                     -> place entry L buy 1 limit 98 @0`,
      ],
      [
        "is sent again when the stream says what it had filled",
        `${gone}
        cancelled L entry 0            -> place entry L buy 2 limit 98 @0`,
      ],
      [
        "waits two minutes where others hold the symbol as well: the position says nothing there",
        `${gone}
        account shared                 ->
        wait 5s                        -> read order
        found L entry: unknown         ->
        wait 100s                      -> read order
        found L entry: unknown         -> read position
        position 3                     ->
        wait 15s                       -> read order
        found L entry: unknown         -> place entry L buy 2 limit 98 @0`,
      ],
      [
        "waits as long again after a restart: nobody could hear what it had filled",
        `${gone}
        account shared                 ->
        wait 50s                       -> read order
        found L entry: unknown         -> read position
        restart 0                      -> read order
        found L entry: unknown         ->
        stream up                      ->
        bar entry L buy 2 limit 98     ->
        wait 100s                      -> read order
        found L entry: unknown         -> read position
        position 0                     ->
        wait 20s                       -> read order
        found L entry: unknown         -> place entry L buy 2 limit 98 @0`,
      ],
    ];
    test.each(rows)("%s", (_name, text) => void story(text, noAmend));
  });

  test("and is changed in its turn asks for no more than what was left of it", () => {
    story(`
      bar entry L buy 2 limit 99       -> place entry L buy 2 limit 99 @0
      accept entry L                   ->
      bar entry L buy 2 stop 103       -> cancel L
      cancelled L entry 0.5            -> place entry L buy 1.5 stop 103 @0
      accept entry L                   ->
      bar entry L buy 2 stop 104       -> amend entry L buy 1.5 stop 104 @0
      accept entry L                   ->
      bar entry L buy 3 stop 104       -> amend entry L buy 2.5 stop 104 @0`);
  });

  test("counts a fill that is told after all once", () => {
    const play = story(`${resting}
      cancelled L entry 0.5            -> place entry L buy 1.5 @0`);
    const [old] = [...play.state.orders.values()];
    play.event("L entry", {
      eventType: "partial",
      order: exchangeOrder(old!, { id: old!.exchangeId!, filledQty: 0.5, status: "cancelled" }),
      fillQty: 0.5,
      fillPrice: price(99),
      fillId: "late",
    });
    goOn(
      play,
      `fill L entry 1.5                 ->
       = e|L done filled
       size 2`,
    );
  });
});

describe("an order that is refused after a part of it has filled", () => {
  test("is not sent again, although no fill was told", () => {
    story(`
      bar entry L buy 2 limit 99       -> place entry L buy 2 limit 99 @0
      answer entry L: unknown          -> read orders
      orders                           ->
      wait 5s                          -> read order
      found L entry: rejected 0.5      ->
      = e|L done rejected
      wait 10m                         ->`);
  });

  test("when the stream says so as well", () => {
    const play = story(resting);
    const order = exchangeOrder(play.order("L entry"), { filledQty: 0.5, status: "rejected" });
    expect(play.event("L entry", { eventType: "rejected", order })).toEqual([]);
    goOn(
      play,
      `= e|L done rejected
       wait 10m                         ->`,
    );
  });

  test("is sent again for the rest when it has to close", () => {
    const play = story(`${guarded}
      bar close L sell 2               -> cancel X<L; place close L sell 2 @0`);
    const order = exchangeOrder(play.order("L close"), { filledQty: 0.5, status: "rejected" });
    play.event("L close", { eventType: "rejected", order });
    goOn(play, `wait 2s                          -> place close L sell 1.5 @1`);
  });
});

test("an exit whose last fill is told before the others is not sent again for them", () => {
  const play = story(`
    bar entry L buy 2; exit X<L sell 0.5 sl 90 part -> place entry L buy 2 @0
    accept entry L                     ->
    fill L entry 2                     -> place exit X<L sell 0.5 sl 90 @0
    accept exit X<L                    ->`);
  const order = play.order("X sl");
  const told = (fillQty: number, fillId: string): string[] =>
    play.event("X sl", {
      eventType: "filled",
      order: exchangeOrder(order, { filledQty: 0.5, status: "filled" }),
      ...{ fillQty, fillPrice: price(90), fillId },
    });
  expect(told(0.2, "last")).toEqual([]);
  expect(told(0.3, "first")).toEqual([]);
  goOn(
    play,
    `bar exit X<L sell 0.5 sl 90 part  ->
     size 1.5`,
  );
});

describe("an exit whose cancel comes too late: it has filled, and that is not told yet", () => {
  const late = `${long}
    bar exit X<L sell 2 sl 90          -> place exit X<L sell 2 sl 90 @0
    accept exit X<L                    ->
    bar exit X<L sell 2 tp 120         -> cancel X<L
    answer cancel X<L: already_filled  ->`;

  test("is not sent again", () => {
    story(`${late}
      bar exit X<L sell 2 tp 120       ->
      fill X sl 2 @90                  ->
      size 0
      wait 10m                         ->`);
  });

  test("nor while only a part of that is told", () => {
    story(`${late}
      fill X sl 1.5 @90                ->
      bar exit X<L sell 2 tp 120       ->
      fill X sl 0.5 @90                ->
      size 0`);
  });

  test("is sent again when a venue that is heard has not told it for two minutes", () => {
    story(`${late}
      wait 119s                        ->
      wait 1s                          -> place exit X<L sell 2 tp 120 @0`);
  });
});

describe("an order that is to be no larger than it has filled", () => {
  test("goes, and is over", () => {
    story(`
      bar entry L buy 2 limit 99       -> place entry L buy 2 limit 99 @0
      accept entry L                   ->
      fill L entry 1                   ->
      bar entry L buy 1 limit 98       -> cancel L
      cancelled L entry                ->
      = e|L done filled
      size 1`);
  });
});

describe("a leg that the venue takes away", () => {
  const cases: readonly (readonly [name: string, text: string])[] = [
    [
      "because the other has filled, which it tells first",
      `
      fill X tp 2 @120                 ->
      size 0
      cancelled X sl                   ->
      = x|X|L done filled`,
    ],
    [
      "because the other has filled, which it tells last",
      `
      cancelled X sl                   ->
      = x|X|L working
      fill X tp 2 @120                 ->
      = x|X|L done filled
      wait 5s                          ->`,
    ],
    [
      "because our own close has left it nothing",
      `
      bar close L sell 2; exit X<L sell 2 tp 120 sl 90 -> place close L sell 2 @0
      cancelled X tp                   ->
      cancelled X sl                   ->
      fill L close 2                   ->
      size 0
      wait 5s                          ->`,
    ],
    [
      "for no reason that anybody learns of is somebody else's cancel",
      `
      cancelled X sl                   ->
      wait 1s                          ->
      wait 1s                          ->
      ! quarantine_entered`,
    ],
  ];
  test.each(cases)("%s", (_name, text) => {
    const play = story(guarded + text, { capabilities: { ocaCancel: "native" } });
    const codes = play.notices.flatMap((notice) => (notice.kind === "event" ? [notice.code] : []));
    expect(codes.includes("external_cancel")).toBe(text.includes("quarantine_entered"));
  });

  test("for no reason is placed again with its bracket, where the policy says so", () => {
    const play = story(guarded, { onUnexpectedCancel: "re_place", capabilities: { ocaCancel: "native" } });
    goOn(
      play,
      `cancelled X sl                   ->
       wait 2s                          -> cancel X<L
       answer cancel X<L: cancel_confirmed -> read order
       found X tp: cancelled            -> place exit X<L sell 2 tp 120 sl 90 @1`,
    );
  });
});
