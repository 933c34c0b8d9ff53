/** Brackets, groups, reversals and watched prices: what follows from fills and prices. */
import { describe, expect, test } from "bun:test";

import { keptOrders } from "../../../src/broker/kept-orders.ts";
import { price, quantity, timestampSeconds } from "../../../src/kernel/units.ts";
import { exchangeOrder, intentText } from "./notation.ts";
import { goOn, happens, story } from "./story.ts";

const market = { capabilities: { tpSlBracket: "software" } } as const;

/** Long two from `L`. */
const long = `
  bar entry L buy 2                      -> place entry L buy 2 @0
  accept entry L                         ->
  fill L entry 2                         ->
`;

describe("a reversal", () => {
  test("closes first, and opens with its own quantity when the position is flat", () => {
    story(`${long}
      bar entry S sell 3                   -> place reversal_close S sell 2 @0
      = c|reversal_close|__pyne_reversal_close__S sent
      accept reversal_close                ->
      fill S close 1                       ->
      fill S close 1                       -> place entry S sell 3 @0
      size 0
      accept entry S                       ->
      fill S entry 3                       ->
      size -3
    `);
  });

  test("opens, whoever made the position flat", () => {
    story(`
      bar entry L buy 2; exit X<L sell 2 sl 90   -> place entry L buy 2 @0
      accept entry L                             ->
      fill L entry 2                             -> place exit X<L sell 2 sl 90 @0
      accept exit X<L                            ->
      bar entry S sell 3; exit X<L sell 2 sl 90  -> cancel X<L; place reversal_close S sell 2 @0
      fill X sl 2                                -> place entry S sell 3 @0
    `);
  });

  test("waits for a close of the script that does the same", () => {
    story(`${long}
      bar close L sell 2; entry S sell 3   -> place close L sell 2 @0
      accept close L                       ->
      fill L close 2                       -> place entry S sell 3 @0
    `);
  });

  test("closes what a close of the script leaves", () => {
    story(`${long}
      bar close L sell 1.5; entry S sell 3 -> place close L sell 1.5 @0; place reversal_close S sell 0.5 @0
      fill L close 1.5                     ->
      fill S close 0.5                     -> place entry S sell 3 @0
    `);
  });

  test("waits with an entry that could not be sent before", () => {
    story(`
      bar entry L buy 2; entry S sell 3    -> place entry L buy 2 @0; place entry S sell 3 @0
      answer entry S: not_sent             ->
      fill L entry 2                       ->
      wait 2s                              -> place reversal_close S sell 2 @0
      fill S close 2                       -> place entry S sell 3 @0
    `);
  });

  test("is off when the script changes its mind, its close is not", () => {
    story(`${long}
      bar entry S sell 3                   -> place reversal_close S sell 2 @0
      bar                                  ->
      fill S close 2                       ->
      size 0
    `);
  });

  test("is off when the script puts a priced order in its place: that rests, and a close that is not out goes", () => {
    story(`${long}
      bar entry S sell 3                   -> place reversal_close S sell 2 @0
      bar entry S sell 3 limit 120         -> place entry S sell 3 limit 120 @0
      fill S close 2                       ->
      accept entry S                       ->
    `);
    story(`${long}
      bar entry S sell 3                   -> place reversal_close S sell 2 @0
      answer reversal_close: not_sent      ->
      bar entry S sell 3 limit 120         -> place entry S sell 3 limit 120 @0
      accept entry S                       ->
      wait 5s                              ->
      size 2
    `);
  });

  test("is given up when its close fails three times, on bars of their own", () => {
    story(`${long}
      bar entry S sell 3                         -> place reversal_close S sell 2 @0
      answer reversal_close: rejected            ->
      again entry S sell 3                       ->
      bar entry S sell 3                         -> place reversal_close S sell 2 @0
      answer reversal_close: skipped             ->
      bar entry S sell 3                         -> place reversal_close S sell 2 @0
      answer reversal_close: skipped             ->
      bar entry S sell 3                         ->
      ! reversal_given_up
      bar entry S sell 3                         ->
    `);
  });

  test("of a priced entry is two orders: the rest is bought at the market when it has filled", () => {
    story(`${long}
      bar entry S sell 3 limit 105 flip 2  -> place entry S sell 3 limit 105 @0
      accept entry S                       ->
      fill S entry 1                       ->
      size 1
      fill S entry 2                       -> place market S sell 2 @0
      size -1
      accept market S                      ->
      fill S entry 2                       ->
      size -3
    `);
  });

  test("of a priced entry turns around what was open when the script placed it, and no more", () => {
    story(`
      bar entry S sell 3 limit 105         -> place entry S sell 3 limit 105 @0
      accept entry S                       ->
      bar entry L buy 2; entry S sell 3 limit 105 -> place entry L buy 2 @0
      accept entry L                       ->
      fill L entry 2                       ->
      fill S entry 3                       ->
      size -1
    `);
    story(`${long}
      bar entry S sell 3 limit 105 flip 2  -> place entry S sell 3 limit 105 @0
      accept entry S                       ->
      bar entry S sell 3 limit 105 flip 1  ->
      fill S entry 3                       -> place market S sell 1 @0
    `);
  });

  const half = `${long}
      bar entry L2 buy 2; entry S sell 2 limit 105 flip 2 -> place entry L2 buy 2 @0; place entry S sell 2 limit 105 @0
      accept entry S                       ->
      accept entry L2                      ->
      fill L2 entry 2                      ->
      fill S entry 2                       ->
      size 2`;

  test("is given up when what is open against its other half stays open for two minutes", () => {
    story(
      `${half}
      wait 119s                            ->
      bar close L2 sell 2                  -> place close L2 sell 2 @0
      fill L2 close 2                      -> place market S sell 2 @0
    `,
      { pyramiding: 2 },
    );
    story(
      `${half}
      wait 120s                            ->
      ! follow_up_given_up
      bar close L2 sell 2                  -> place close L2 sell 2 @0
      fill L2 close 2                      ->
      size 0
    `,
      { pyramiding: 2 },
    );
  });

  test("is as old after a restart as it was before", () => {
    story(
      `${half}
      wait 100s                            ->
      restart 2                            ->
      stream up                            ->
      wait 20s                             ->
      ! follow_up_given_up
    `,
      { pyramiding: 2 },
    );
  });

  const turned = `${long}
      bar entry S sell 3 limit 105 flip 2  -> place entry S sell 3 limit 105 @0
      accept entry S                       ->
      fill S entry 3                       -> place market S sell 2 @0`;

  test("is not sent again after two minutes, when it could not be sent before", () => {
    story(`${turned}
      answer market S: not_sent            ->
      wait 1s                              -> place market S sell 2 @0
      answer market S: not_sent            ->
      wait 119s                            ->
      ! follow_up_given_up
      = e|S done filled, b|S done cancelled
      wait 10m                             ->
      size -1
    `);
  });

  test("is not sent again by a process that starts two minutes later", () => {
    story(`${turned}
      answer market S: not_sent            ->
      restart -1                           ->
      wait 3m                              -> read position
      ! follow_up_given_up
      stream up                            ->
      = e|S done filled, b|S done cancelled
    `);
    story(`${turned}
      answer market S: unknown             -> read orders
      restart -1                           -> read orders
      stream up                            ->
      orders                               ->
      wait 3m                              -> read order
      found S entry: never                 -> read position
      ! follow_up_given_up
      wait 10m                             ->
    `);
  });

  test("is not sent when its entry has filled long ago and that is told only now", () => {
    const placed = ["place market S sell 2 @0"];
    const started = "wait 5m; restart 2: S entry; stream up";
    const rows = [
      { first: "", what: "wait 5m", clock: "now", seconds: 119, sent: placed },
      { first: "", what: "wait 5m", clock: "now", seconds: 121, sent: [] },
      { first: "", what: started, clock: "now", seconds: 119, sent: placed },
      { first: "", what: started, clock: "now", seconds: 121, sent: [] },
      // A replay: its bars are older than any order.
      { first: "wait 60m ->", what: "", clock: "bar", seconds: 119, sent: placed },
      { first: "wait 60m ->", what: "", clock: "bar", seconds: 121, sent: [] },
    ];
    for (const { first, what, clock, seconds, sent } of rows) {
      const play = story(`${first}
        ${long}
        bar entry S sell 3 limit 105 flip 2  -> place entry S sell 3 limit 105 @0
        accept entry S                       ->`);
      for (const line of what.split("; ").filter((each) => each !== "")) happens(play, line);
      const atMs = clock === "bar" ? play.state.barTimeMs : play.now();
      const effects = play.event("S entry", {
        eventType: "filled",
        order: exchangeOrder(play.order("S entry"), { filledQty: 3, status: "filled" }),
        timestamp: timestampSeconds(atMs / 1000 - seconds),
        ...{ fillQty: quantity(3), fillPrice: price(105), fillId: "f" },
      });
      expect({ what, seconds, sent: effects }).toEqual({ what, seconds, sent });
      expect(play.state.book.size).toBe(-1);
    }
  });

  test("of a market entry that met what came before it is two orders as well", () => {
    story(`
      bar entry L buy 1; entry S sell 1    -> place entry L buy 1 @0; place entry S sell 1 @0
      fill L entry 1                       ->
      fill S entry 1                       -> place market S sell 1 @0
    `);
  });

  test("does not concern strategy.order: it nets", () => {
    story(`${long}
      bar order S sell 3                   -> place order S sell 3 @0
      fill S entry 3                       ->
      size -1
    `);
  });
});

describe("a bracket", () => {
  test("of a part grows with a fill of its entry when the script's book has shared the fill out, not before", () => {
    story(`
      bar entry L buy 4; exit X<L sell 2 tp 120 part ready 0  -> place entry L buy 4 @0
      accept entry L                                        ->
      fill L entry 1                                        ->
      bar entry L buy 4; exit X<L sell 2 tp 120 part ready 0.5 -> place exit X<L sell 0.5 tp 120 @0
      accept exit X<L                                       ->
      fill L entry 1                                        ->
      bar entry L buy 4; exit X<L sell 2 tp 120 part ready 1 -> amend exit X<L sell 1 tp 120 @0
      accept exit X<L                                       ->
      fill X tp 1 @120                                      ->
      fill L entry 2                                        ->
      bar exit X<L sell 2 tp 120 part                       -> place exit X<L sell 1 tp 120 @0
    `);
  });

  test("follows the fills of its entry", () => {
    story(
      `
      bar entry L buy 3; exit X<L sell 3 tp 110 sl 90  -> place entry L buy 3 @0
      accept entry L                                    ->
      fill L entry 1                                    -> place exit X<L sell 1 tp 110 sl 90 @0
      fill L entry 1                                    ->
      accept exit X<L                                   -> amend exit X<L sell 2 tp 110 sl 90 @0
      fill L entry 1                                    ->
      accept amend exit X<L                             -> amend exit X<L sell 3 tp 110 sl 90 @0
      accept amend exit X<L                             ->
      bar exit X<L sell 3 tp 110 sl 90                  ->
    `,
      market,
    );
  });

  test("goes out whole where the venue attaches it, when the venue knows the entry", () => {
    story(
      `
      bar entry L buy 3 limit 99; exit X<L sell 3 tp 110 sl 90  -> place entry L buy 3 limit 99 @0
      accept entry L                                    -> place exit X<L sell 3 tp 110 sl 90 @0
      accept exit X<L                                   ->
      fill L entry 1                                    ->
      fill L entry 2                                    ->
    `,
      { capabilities: { tpSlBracket: "native" } },
    );
  });

  test("one leg that has filled takes the other with it", () => {
    story(
      `
      bar entry L buy 2; exit X<L sell 2 tp 110 sl 90   -> place entry L buy 2 @0
      fill L entry 2                                    -> place exit X<L sell 2 tp 110 sl 90 @0
      accept exit X<L                                   ->
      fill X tp 2 @110                                  -> cancel X<L
      answer cancel X<L: too_late_to_cancel             ->
      = e|L done filled, x|X|L done filled
      size 0
      bar                                               ->
    `,
      market,
    );
  });

  test("asks once at a time for what is left of it to go", () => {
    story(
      `
      bar entry L buy 2; exit X<L sell 2 tp 110 sl 90   -> place entry L buy 2 @0
      fill L entry 2                                    -> place exit X<L sell 2 tp 110 sl 90 @0
      accept exit X<L                                   ->
      fill X tp 2 @110                                  -> cancel X<L
      wait 20s                                          ->
      answer cancel X<L: unknown                        ->
      wait 25s                                          -> cancel X<L
      cancelled X sl                                    ->
    `,
      market,
    );
  });

  test("is smaller by what a leg and other closes have filled", () => {
    story(
      `
      bar entry L buy 4; exit X<L sell 4 tp 110 sl 90   -> place entry L buy 4 @0
      fill L entry 4                                    -> place exit X<L sell 4 tp 110 sl 90 @0
      accept exit X<L                                   ->
      fill X tp 1 @110                                  ->
      bar close L sell 1; exit X<L sell 4 tp 110 sl 90  -> place close L sell 1 @0
      fill L close 1                                    -> amend exit X<L sell 3 tp 110 sl 90 slQty 2 @0
    `,
      market,
    );
  });

  test("for a part stays a part", () => {
    story(
      `
      bar entry L buy 4; exit X<L sell 1 tp 110 part    -> place entry L buy 4 @0
      fill L entry 4                                    -> place exit X<L sell 1 tp 110 @0
      accept exit X<L                                   ->
      fill X tp 1 @110                                  ->
      = e|L done filled, x|X|L done filled
      bar exit X<L sell 1 tp 110 part                   ->
      size 3
    `,
      market,
    );
  });

  test("whose only price has been passed is a market order", () => {
    story(`${long}
      bar exit X<L sell 2 sl 101           -> place marketable_exit X|L sell 2 @0
      accept marketable_exit               ->
      fill X sl 2                          ->
      size 0
      bar                                  ->
    `);
    story(`${long}
      bar exit X<L sell 2 tp 99            -> place marketable_exit X|L sell 2 @0
      answer marketable_exit: skipped      -> place exit X<L sell 2 tp 99 @0
    `);
  });

  test("goes when its position is gone", () => {
    story(`
      bar entry L buy 2; exit X<L sell 2 sl 90          -> place entry L buy 2 @0
      fill L entry 2                                    -> place exit X<L sell 2 sl 90 @0
      accept exit X<L                                   ->
      bar close L sell 2; exit X<L sell 2 sl 90         -> place close L sell 2 @0
      fill L close 2                                    -> cancel X<L
      answer cancel X<L: cancel_confirmed               -> read order
      found X sl: cancelled                             ->
    `);
  });

  test("that is refused after the entry has filled closes the position", () => {
    story(`
      bar entry L buy 2; exit X<L sell 2 sl 90          -> place entry L buy 2 @0
      fill L entry 2                                    -> place exit X<L sell 2 sl 90 @0
      answer exit X<L: bracket_refused L                -> place defensive_close p1 sell 2 @0
      ! protection_refused
      bar entry L#2 buy 2; exit X<L#2 sell 2 sl 90      ->
      fill X close 2                                    -> place entry L buy 2 @0
      size 0
    `);
  });
});

describe("a close", () => {
  test.each([
    ["is cut to what there is", "close L sell 5", "place close L sell 2 @0"],
    [
      "of everything takes what keyed closes leave",
      "close L sell 1.5; close * sell 2",
      "place close L sell 1.5 @0; place close * sell 0.5 @0",
    ],
    ["that finds nothing left is dropped", "close * sell 2; close L sell 1", "place close * sell 2 @0"],
    ["of another entry is dropped", "close M sell 1", ""],
  ])("%s", (_, wanted, sent) => {
    story(`${long}
      bar ${wanted}   -> ${sent}
    `);
  });

  test("that is on its way is not sent again, nor changed", () => {
    story(`${long}
      bar close L sell 1     -> place close L sell 1 @0
      bar close L sell 2     ->
      fill L close 1         ->
      bar close L sell 2     ->
      bar close L#2 sell 1   -> place close L sell 1 @0
    `);
  });
});

describe("pyramiding", () => {
  test("counts what is open and what is on its way at the market", () => {
    story(
      `${long}
      bar entry M buy 1; entry N buy 1     -> place entry M buy 1 @0
      ! entry_blocked
    `,
      { pyramiding: 2 },
    );
  });

  test("counts an order and the market order that completed it as one", () => {
    story(
      `
      bar entry S sell 1                   -> place entry S sell 1 @0
      fill S entry 1                       ->
      bar entry L buy 3 limit 99 flip 1    -> place entry L buy 3 limit 99 @0
      accept entry L                       ->
      fill L entry 3                       -> place market L buy 1 @0
      fill L entry 1                       ->
      bar entry M buy 1                    -> place entry M buy 1 @0
      size 3
    `,
      { pyramiding: 2 },
    );
  });
});

describe("a group", () => {
  test("that cancels takes its other members when one fills, even in part", () => {
    story(`
      bar entry A buy 2 limit 99 oca g; entry B sell 2 limit 101 oca g  -> place entry A buy 2 limit 99 @0; place entry B sell 2 limit 101 @0
      accept entry A                                    ->
      accept entry B                                    ->
      fill A entry 1                                    -> cancel B
      answer cancel B: cancel_confirmed                 ->
      = e|A working, e|B done cancelled
      bar entry A buy 2 limit 99 oca g; entry B sell 2 limit 101 oca g  ->
    `);
  });

  test("that cancels keeps what has not gone out from going out", () => {
    story(`
      bar entry A buy 2 limit 99 oca g                  -> place entry A buy 2 limit 99 @0
      operator pause                                    ->
      bar entry A buy 2 limit 99 oca g; entry B sell 2 limit 101 oca g  ->
      fill A entry 2                                    ->
      operator resume                                   ->
      = e|A done filled, e|B done cancelled
    `);
  });

  test("that reduces makes the others smaller by what one fills", () => {
    story(`
      bar order A buy 2 limit 99 reduce g; order B buy 3 limit 98 reduce g  -> place order A buy 2 limit 99 @0; place order B buy 3 limit 98 @0
      accept order A                                    ->
      accept order B                                    ->
      fill A entry 1                                    -> amend order B buy 2 limit 98 @0
      accept amend order B                              ->
      fill A entry 1                                    -> amend order B buy 1 limit 98 @0
    `);
  });

  test("that cancels waits for the whole of a member where the trader says so", () => {
    const both = "entry A buy 2 limit 99 oca g; entry B sell 2 limit 101 oca g";
    const out = `
      bar ${both}                      -> place entry A buy 2 limit 99 @0; place entry B sell 2 limit 101 @0
      accept entry A                   ->
      accept entry B                   ->
      fill A entry 1                   ->
    `;
    const rules = { onOcaPartialFill: "full_fill_only" } as const;
    story(
      `${out}
      fill A entry 1                   -> cancel B
      answer cancel B: cancel_confirmed ->
      = e|A done filled, e|B done cancelled
    `,
      rules,
    );
    // What is left of it was taken back: what it has filled is all of it now.
    story(
      `${out}
      bar entry A buy 1 limit 99 oca g; entry B sell 2 limit 101 oca g -> cancel A
      answer cancel A: cancel_confirmed -> read order
      found A entry: cancelled 1       -> cancel B
      = e|A done filled, e|B cancelling
    `,
      rules,
    );
    // It ends in part: the others go on.
    story(
      `${out}
      bar entry B sell 2 limit 101 oca g -> cancel A
      answer cancel A: cancel_confirmed ->
      = e|B working
    `,
      rules,
    );
  });

  test("hears of an exit that the engine has closed by itself", () => {
    story(
      `
      bar entry L buy 4                -> place entry L buy 4 @0
      fill L entry 4                   ->
      bar exit X<L sell 1 tp 110 part reduce g; entry M buy 3 limit 90 reduce g -> place entry M buy 3 limit 90 @0
      accept entry M                   ->
      tick 110                         -> place partial_trigger X|L|tp sell 1 @0
      fill X tp 1 @110                 -> amend entry M buy 2 limit 90 @0
    `,
      { capabilities: { partialQtyBracketExit: "software" } },
    );
    story(`
      bar entry L buy 1                -> place entry L buy 1 @0
      fill L entry 1                   ->
      bar entry M buy 3 limit 90 reduce g -> place entry M buy 3 limit 90 @0
      accept entry M                   ->
      bar exit X<L sell 1 tp 99 reduce g; entry M buy 3 limit 90 reduce g -> place marketable_exit X|L sell 1 @0
      fill X tp 1 @100                 -> amend entry M buy 2 limit 90 @0
    `);
  });

  test("is the venue's business where the venue minds it", () => {
    story(
      `
      bar entry A buy 2 limit 99 oca g; entry B sell 2 limit 101 oca g  -> place entry A buy 2 limit 99 @0; place entry B sell 2 limit 101 @0
      accept entry A                                    ->
      accept entry B                                    ->
      fill A entry 2                                    ->
    `,
      { capabilities: { ocaCancel: "native" } },
    );
  });
});

describe("an entry with a limit and a stop", () => {
  const rules = { capabilities: { stopOrder: "software" } } as const;

  test("is the venue's where the venue has stops", () => {
    story(`
      bar entry L buy 2 limit 106 stop 105   -> place entry L buy 2 limit 106 stop 105 @0
      accept entry L                         ->
      tick 105                               ->
      bar entry L buy 2 limit 106 stop 104   -> amend entry L buy 2 limit 106 stop 104 @0
    `);
  });

  test.each([
    ["buy", "limit 106 stop 105", 104, 105, "limit 106"],
    ["sell", "limit 94 stop 95", 96, 95, "limit 94"],
  ])("sleeps elsewhere until its stop is reached: %s %s", (side, prices, before, at, sent) => {
    story(
      `
      bar entry E ${side} 2 ${prices}     ->
      tick ${before}                      ->
      tick ${at}                          -> place entry E ${side} 2 ${sent} @0
      accept entry E                      ->
      tick ${before}                      ->
      bar entry E ${side} 2 ${prices}     ->
    `,
      rules,
    );
  });

  test("whose stop was passed already is a limit at once", () => {
    story(`bar entry L buy 2 limit 101 stop 99    -> place entry L buy 2 limit 101 @0`, rules);
  });

  test("sleeps at its new stop when the script moves it, and no more when it is taken back", () => {
    story(
      `
      bar entry L buy 2 limit 106 stop 105   ->
      bar entry L buy 2 limit 108 stop 107   ->
      tick 106                               ->
      bar                                    ->
      tick 107                               ->
      bar entry L#2 buy 2 limit 108 stop 107 ->
      tick 107                               -> place entry L buy 2 limit 108 @0
    `,
      rules,
    );
  });

  test("that was a limit goes to sleep when it is given a stop", () => {
    story(
      `
      bar entry L buy 2 limit 99             -> place entry L buy 2 limit 99 @0
      accept entry L                         ->
      bar entry L buy 2 limit 106 stop 105   -> cancel L
      answer cancel L: cancel_confirmed      -> read order
      found L entry: cancelled               ->
      tick 105                               -> place entry L buy 2 limit 106 @0
    `,
      rules,
    );
  });

  test("that sleeps is known to the next process, which wakes it although its script says nothing", () => {
    const play = story(
      `
      bar entry L buy 2 limit 106 stop 105   ->
      = e|L asleep
      restart 0                              ->
      stream up                              ->
    `,
      rules,
    );
    const [kept] = keptOrders(play.state);
    expect(intentText(kept!.intent)).toBe("entry L buy 2 limit 106 stop 105");
    goOn(
      play,
      `again entry L buy 2 limit 106 stop 105 ->
       tick 105                              -> place entry L buy 2 limit 106 @0`,
    );
  });

  test.each([
    ["when the script takes it back", "bar"],
    ["when everything is to be flat", "operator flatten"],
  ])("that sleeps is over %s", (_, what) => {
    const play = story(`bar entry L buy 2 limit 106 stop 105 ->`, rules);
    goOn(
      play,
      `${what}                               ->
       = e|L done cancelled
       tick 105                              ->`,
    );
  });

  test("that was awake stays so in the next process, when the script places it whole again", () => {
    story(
      `
      bar entry L buy 2 limit 106 stop 105   ->
      tick 105                               -> place entry L buy 2 limit 106 @0
      accept entry L                         ->
      restart 0: L entry                     ->
      stream up                              ->
      again entry L buy 2 limit 106          ->
      bar entry L buy 2 limit 106 stop 105   ->
      = e|L working
    `,
      rules,
    );
  });

  test("is awake for good, also in the next process", () => {
    const play = story(
      `
      bar entry L buy 2 limit 106 stop 105   ->
      operator pause                         ->
      tick 105                               ->
      restart 0                              ->
      stream up                              ->
      operator resume                        ->
    `,
      rules,
    );
    goOn(play, `again entry L buy 2 limit 106 stop 105 -> place entry L buy 2 limit 106 @0`);
  });
});

describe("a bracket for a part, where the venue has none", () => {
  const rules = { capabilities: { partialQtyBracketExit: "software" } } as const;
  const held = `
    bar entry L buy 4; exit X<L sell 1 tp 110 sl 90 part   -> place entry L buy 4 @0
    fill L entry 4                                         ->
    bar exit X<L sell 1 tp 110 sl 90 part                  ->
    tick 109                                               ->
  `;

  test("closes at the market when a price is reached, once", () => {
    story(
      `${held}
      tick 110                               -> place partial_trigger X|L|tp sell 1 @0
      tick 80                                ->
      fill X tp 1 @110                       ->
      tick 110                               ->
      size 3
      bar exit X<L sell 1 tp 110 sl 90 part  ->
      tick 80                                ->
    `,
      rules,
    );
  });

  test("goes to the venue when it is one of all, and is watched no more", () => {
    const play = story(
      `${held}
      bar exit X<L sell 4 tp 110 sl 90       -> place exit X<L sell 4 tp 110 sl 90 @0
      accept exit X<L                        ->
      tick 110                               ->`,
      rules,
    );
    expect(play.state.watches.size).toBe(0);
  });

  test("is armed again when its close fails, and halts when it fails again and again", () => {
    story(
      `${held}
      tick 89                                -> place partial_trigger X|L|sl sell 1 @0
      tick 95                                ->
      answer partial_trigger: rejected       ->
      tick 88                                ->
      wait 2s                                -> place partial_trigger X|L|sl sell 1 @1
      answer partial_trigger: rejected       ->
      wait 2s                                -> place partial_trigger X|L|sl sell 1 @2
      answer partial_trigger: rejected       ->
      ! halted
    `,
      rules,
    );
  });

  test("trails: from its activation on, and one way only", () => {
    story(
      `
      bar entry L buy 4                            -> place entry L buy 4 @0
      fill L entry 4                               ->
      bar exit X<L sell 1 trail 105/2 part         ->
      tick 104                                     ->
      tick 101                                     ->
      tick 105                                     ->
      tick 108                                     ->
      tick 106.5                                   ->
      tick 106                                     -> place partial_trigger X|L|trail sell 1 @0
    `,
      rules,
    );
  });

  test("goes with its position, and with the script's word", () => {
    story(
      `${held}
      bar close L sell 4; exit X<L sell 1 tp 110 sl 90 part   -> place close L sell 4 @0
      fill L close 4                                          ->
      tick 110                                                ->
    `,
      rules,
    );
    story(
      `${held}
      bar                                    ->
      tick 110                               ->
    `,
      rules,
    );
  });

  test("that has closed its part is over, where the venue has brackets of its own as well", () => {
    const play = story(
      `
      bar entry L buy 2 limit 99; exit X<L sell 1 tp 110 sl 90 part  -> place entry L buy 2 limit 99 @0
      accept entry L                                    ->
      fill L entry 1 @99                                ->
      tick 110                                          -> place partial_trigger X|L|tp sell 1 @0
      fill X tp 1 @110                                  ->
      = e|L working, x|X|L done superseded, c|partial_trigger|__pyne_partial_trigger__X|L|tp done filled
      created L entry                                   ->
      = e|L working, x|X|L done superseded, c|partial_trigger|__pyne_partial_trigger__X|L|tp done filled
      size 0
    `,
      { capabilities: { partialQtyBracketExit: "software", tpSlBracket: "native" } },
    );
    expect(play.state.watches.size).toBe(0);
  });
});

describe("a bracket for a part, where there is none at all", () => {
  const rules = { capabilities: { partialQtyBracketExit: "unsupported" } } as const;
  const held = `
    bar entry L buy 4                                      -> place entry L buy 4 @0
    fill L entry 4                                         ->
  `;

  test("is not sent, and the script is told", () => {
    story(
      `${held}
      bar exit X<L sell 1 tp 110 sl 90 part  ->
      ! partial_bracket_blocked
      = x|X|L done skipped
      bar exit X<L#2 sell 4 tp 110 sl 90     -> place exit X<L sell 4 tp 110 sl 90 @0
    `,
      rules,
    );
  });

  test("keeps the entry from being opened that it would protect", () => {
    story(
      `
      bar entry L buy 4; exit X<L sell 1 tp 110 sl 90 part; entry M sell 1 limit 120 -> place entry M sell 1 limit 120 @0
      ! entry_blocked
      = x|X|L done skipped, e|L done skipped, e|M sent
    `,
      rules,
    );
  });

  test("leaves what is at the venue as it is; it follows when it is for all again", () => {
    story(
      `${held}
      bar exit X<L sell 4 tp 110 sl 90       -> place exit X<L sell 4 tp 110 sl 90 @0
      accept exit X<L                        ->
      bar exit X<L sell 1 tp 111 sl 90 part  ->
      ! partial_bracket_blocked
      bar exit X<L sell 4 tp 112 sl 90       -> amend exit X<L sell 4 tp 112 sl 90 @0
    `,
      rules,
    );
  });

  test("is one of all as long as the rest of its entry is still to come", () => {
    story(
      `${held}
      bar entry L#2 buy 1 limit 95; exit X<L sell 4 tp 110 sl 90 part -> place exit X<L sell 4 tp 110 sl 90 @0; place entry L buy 1 limit 95 @0
    `,
      rules,
    );
  });
});

describe("where nobody can go short", () => {
  const rules = { capabilities: { shortSelling: "unsupported" }, baseCurrency: null } as const;

  test("an order that would is a reason to halt", () => {
    story(
      `
      bar entry S sell 1                   ->
      ! halted
    `,
      rules,
    );
    story(
      `${long}
      bar entry S sell 3                   ->
      ! halted
    `,
      rules,
    );
  });

  test("what an order has sold is not counted twice", () => {
    story(
      `${long}
      bar order A sell 2 limit 110         -> place order A sell 2 limit 110 @0
      accept order A                       ->
      fill A entry 1                       ->
      bar order A sell 2 limit 109         -> amend order A sell 2 limit 109 @0
    `,
      rules,
    );
  });

  test("orders that sell must be covered together, and the newest goes when they are not", () => {
    story(
      `${long}
      bar order A sell 1 limit 110; order B sell 1 limit 111                -> place order A sell 1 limit 110 @0; place order B sell 1 limit 111 @0
      accept order A                       ->
      accept order B                       ->
      bar close L sell 1; order A sell 1 limit 110; order B sell 1 limit 111  -> place close L sell 1 @0
      fill L close 1                       -> cancel B
    `,
      rules,
    );
  });
});

describe("a position is never left without what the script asked for", () => {
  test("while the market order that completes a resting entry waits for it to be closed", () => {
    story(`${long}
      bar entry S sell 0.5 limit 105                     -> place entry S sell 0.5 limit 105 @0
      accept entry S                                     ->
      fill S entry 0.5                                   ->
      size 1.5
      bar exit X<L sell 2 tp 110 sl 90                   -> place exit X<L sell 1.5 tp 110 sl 90 @0
    `);
  });

  test("when its entry goes on filling while the bracket of the first part fills", () => {
    story(`
      bar entry L buy 3; exit X<L sell 3 tp 99 sl 90     -> place entry L buy 3 @0
      accept entry L                                     ->
      fill L entry 1                                     -> place exit X<L sell 1 tp 99 sl 90 @0
      fill L entry 2                                     ->
      fill X tp 1                                        ->
      accept exit X<L                                    -> cancel X<L
      cancelled X sl                                     -> place exit X<L sell 2 tp 99 sl 90 @1
      size 2
    `);
  });

  test("but a bracket does not go out beside the close of all that it would protect", () => {
    story(`${long}
      bar close L sell 2; exit X<L sell 2 tp 110 sl 90   -> place close L sell 2 @0
      accept close L                                     ->
      fill L close 2                                     ->
      size 0
    `);
  });
});

test("an entry that was not sent and is not sent any more leaves no order behind", () => {
  const play = story(
    `${long}
    bar entry M buy 1                        -> place entry M buy 1 @0
    answer entry M: not_sent                 ->
    operator pause                           ->
    wait 5s                                  ->
  `,
    { pyramiding: 2 },
  );
  expect(play.order("M entry").status).toBe("cancelled");
});
