/** Changes of working orders, in place; and the fills of what a change has replaced. */
import { describe, expect, test } from "bun:test";

import { price, quantity, timestampSeconds } from "../../../src/kernel/units.ts";
import { exchangeOrder } from "./notation.ts";
import { goOn, story } from "./story.ts";

const changing = `
  bar entry L buy 2 limit 99       -> place entry L buy 2 limit 99 @0
  accept entry L                   ->
  bar entry L buy 2 limit 98       -> amend entry L buy 2 limit 98 @0`;

describe("a change that nobody waits for", () => {
  const resting = `
    bar entry L buy 2 limit 99       -> place entry L buy 2 limit 99 @0
    accept entry L                   ->`;

  test("is undone, whoever made it", () => {
    story(`${resting}
      amended L entry limit 97         -> amend entry L buy 2 limit 99 @0
      accept entry L                   ->
      = e|L working`);
  });

  test("is undone after a start as well, if the venue has it then", () => {
    story(`${resting}
      restart 0: L entry limit 97      ->
      stream up                        ->
      bar entry L buy 2 limit 99       -> amend entry L buy 2 limit 99 @0`);
  });

  test("is none when an older one is only told again", () => {
    const play = story(resting);
    play.event("L entry", { eventType: "amended", timestamp: timestampSeconds(1_000) });
    const order = exchangeOrder(play.order("L entry"), { price: price(97) });
    expect(play.event("L entry", { eventType: "amended", timestamp: timestampSeconds(999), order })).toEqual(
      [],
    );
  });

  test("is none when the venue takes from one leg what the other has filled", () => {
    const play = story(`
      bar entry L buy 2                -> place entry L buy 2 @0
      fill L entry 2                   ->
      bar exit X<L sell 2 tp 120 sl 90 -> place exit X<L sell 2 tp 120 sl 90 @0
      accept exit X<L                  ->
      fill X tp 0.5 @120               ->`);
    const left = exchangeOrder(play.order("X sl"), { qty: quantity(1.5) });
    expect(play.event("X sl", { eventType: "amended", order: left })).toEqual([]);
    const less = exchangeOrder(play.order("X sl"), { qty: quantity(1) });
    expect(play.event("X sl", { eventType: "amended", order: less })).toEqual([
      "amend exit X<L sell 2 tp 120 sl 90 slQty 1.5 @0",
    ]);
  });
});

describe("a change", () => {
  const cases: readonly (readonly [name: string, text: string])[] = [
    [
      "is taken",
      `
      accept entry L                   ->
      = e|L working
      bar entry L buy 2 limit 98       ->`,
    ],
    [
      "is overtaken by the fill",
      `
      fill L entry 2 @99               ->
      = e|L done filled
      answer amend entry L: rejected   ->
      size 2`,
    ],
    [
      "that was not sent leaves the old order, and is tried again",
      `
      answer amend entry L: not_sent   ->
      = e|L working
      wait 4s                          ->
      wait 1s                          -> amend entry L buy 2 limit 98 @0`,
    ],
    [
      "that was declined leaves the old order, and is tried again",
      `
      answer amend entry L: skipped other ->
      ! amend_skipped
      bar entry L buy 2 limit 98       ->
      wait 5s                          -> amend entry L buy 2 limit 98 @0`,
    ],
    [
      "that leaves too little for the venue lets the old order go: it is not wanted as it is",
      `
      answer amend entry L: skipped below_min_size -> cancel L
      ! amend_skipped`,
    ],
    [
      "that was throttled waits",
      `
      answer amend entry L: rate_limited 20s ->
      wait 19s                         ->
      wait 1s                          -> amend entry L buy 2 limit 98 @0`,
    ],
    [
      "that is refused three times is given up, the old order stands",
      `
      answer amend entry L: rejected   ->
      wait 5s                          -> amend entry L buy 2 limit 98 @0
      answer amend entry L: rejected   ->
      wait 5s                          -> amend entry L buy 2 limit 98 @0
      answer amend entry L: rejected   ->
      ! amend_suppressed
      wait 5m                          ->
      = e|L working
      again                            -> cancel L`,
    ],
    [
      "that is refused is no less refused because the old order fills",
      `
      answer amend entry L: rejected   ->
      fill L entry 0.5                 ->
      wait 5s                          -> amend entry L buy 2 limit 98 @0
      answer amend entry L: rejected   ->
      wait 5s                          -> amend entry L buy 2 limit 98 @0
      answer amend entry L: rejected   ->
      ! amend_suppressed
      wait 5m                          ->`,
    ],
    [
      "whose answer is lost has not happened when the venue shows the old order",
      `
      answer amend entry L: unknown    -> read orders
      = e|L unknown
      orders L entry limit 99          -> amend entry L buy 2 limit 98 @0`,
    ],
    [
      "whose answer is lost has happened when the venue shows the new one",
      `
      answer amend entry L: unknown    -> read orders
      orders L entry limit 98          ->
      = e|L working
      bar entry L buy 2 limit 98       ->`,
    ],
    [
      "whose answer is lost was refused, says the plugin",
      `
      answer amend entry L: unknown    -> read orders
      resolved L entry: rejected       -> amend entry L buy 2 limit 98 @0`,
    ],
    [
      "whose answer is lost took effect, says the plugin",
      `
      answer amend entry L: unknown    -> read orders
      resolved L entry: attached       ->
      = e|L working`,
    ],
    [
      "finds its id spent: the old order goes, and the new one comes under the next",
      `
      answer amend entry L: id_spent   -> cancel L
      answer cancel L: too_late_to_cancel -> place entry L buy 2 limit 98 @0`,
    ],
    [
      "is seen, and the process ends before the answer: it has happened",
      `
      amended L entry limit 98         ->
      = e|L amending
      restart 0: L entry limit 98      ->
      stream up                        ->
      = e|L working
      bar entry L buy 2 limit 98       ->
      bar entry L buy 2 limit 99       -> amend entry L buy 2 limit 99 @0`,
    ],
    [
      "is seen and then refused: what is seen is what there is",
      `
      amended L entry limit 98         ->
      answer amend entry L: rejected   ->
      = e|L working
      wait 5m                          ->`,
    ],
    [
      "is not seen in the word of an older one",
      `
      accept entry L                   ->
      bar entry L buy 2 limit 97       -> amend entry L buy 2 limit 97 @0
      amended L entry limit 99         ->
      answer amend entry L: unknown    -> read orders
      orders L entry limit 97          ->
      = e|L working
      bar entry L buy 2 limit 97       ->`,
    ],
    [
      "cancels the old order on its way, which nobody else did",
      `
      cancelled L entry                ->
      = e|L amending
      replace entry L                  ->
      = e|L working`,
    ],
    [
      "is taken although the order was told cancelled: the venue is asked which it is",
      `
      cancelled L entry                ->
      accept entry L                   -> read orders
      = e|L unknown
      orders L entry limit 98          ->
      = e|L working`,
    ],
    [
      "cancels the old order and is refused: what is wanted is sent anew",
      `
      cancelled L entry                ->
      answer amend entry L: rejected   -> place entry L buy 2 limit 98 @0`,
    ],
    [
      "cancels the old order, its answer is lost, and the plugin finds that it was refused",
      `
      answer amend entry L: unknown    -> read orders
      cancelled L entry                ->
      = e|L unknown
      resolved L entry: rejected       -> place entry L buy 2 limit 98 @0`,
    ],
  ];
  test.each(cases)("%s", (_name, text) => {
    const play = story(changing + text);
    const codes = play.notices.flatMap((notice) => (notice.kind === "event" ? [notice.code] : []));
    expect(codes).not.toContain("external_cancel");
  });
});

describe("a change of a bracket", () => {
  const guarded = `
    bar entry L buy 2                -> place entry L buy 2 @0
    accept entry L                   ->
    fill L entry 2                   ->
    bar exit X<L sell 2 tp 120 sl 90 -> place exit X<L sell 2 tp 120 sl 90 @0
    accept exit X                    ->
    bar exit X<L sell 2 tp 120 sl 95 -> amend exit X<L sell 2 tp 120 sl 95 @0`;

  test("refused twice with a position to protect halts the run", () => {
    story(`${guarded}
      answer amend exit X<L: rejected    ->
      wait 2s                          -> amend exit X<L sell 2 tp 120 sl 95 @0
      answer amend exit X<L: rejected    ->
      ! halted`);
  });

  test("is taken after one leg has filled and the venue has swept the other: it is over", () => {
    story(`${guarded}
      fill X sl 2 @95                  ->
      cancelled X tp                   ->
      accept exit X<L                  ->
      = x|X|L done filled`);
  });

  test("is taken although one leg was told cancelled: the venue is asked, and whose cancel it was is to be explained", () => {
    const play = story(`${guarded}
      cancelled X tp                   ->
      accept exit X<L                  -> read orders
      = x|X|L unknown
      orders                           ->
      wait 1s                          -> read orders
      orders                           ->
      wait 2s                          -> read orders
      orders                           ->
      wait 2s                          -> read order
      found X tp: cancelled            ->
      = x|X|L working`);
    expect([...play.state.obligations.values()].map(({ kind }) => kind)).toEqual(["explain"]);
  });

  test("of which one leg has filled a part asks the other for what is left", () => {
    story(`${guarded}
      accept exit X<L                  ->
      fill X tp 0.5 @120               ->
      bar exit X<L sell 2 tp 120 sl 96 -> amend exit X<L sell 2 tp 120 sl 96 slQty 1.5 @0
      accept exit X<L                  ->
      bar exit X<L sell 2 tp 121 sl 96 -> amend exit X<L sell 2 tp 121 sl 96 slQty 1.5 @0`);
  });

  test("during which a leg has filled is made once more: it asked the other for too much", () => {
    story(`${guarded}
      fill X tp 0.5 @120               ->
      accept exit X<L                  -> amend exit X<L sell 2 tp 120 sl 95 slQty 1.5 @0
      accept exit X<L                  ->
      = x|X|L working`);
  });

  test("whose answer is lost shows in one leg: the other is brought to it as well", () => {
    story(`${guarded}
      answer amend exit X<L: unknown   -> read orders
      orders X sl stop 95, X tp        -> amend exit X<L sell 2 tp 120 sl 95 @0
      accept exit X<L                  ->
      = x|X|L working`);
  });

  test("is seen in one leg before its answer: the other is brought to it once the answer says nothing of it", () => {
    story(`${guarded}
      amended X sl stop 95             ->
      answer amend exit X<L: rejected  ->
      wait 2s                          -> amend exit X<L sell 2 tp 120 sl 95 @0
      accept exit X<L                  ->
      = x|X|L working`);
  });

  test("whose answer is lost twice over is made once more for the leg that it has not reached", () => {
    story(`${guarded}
      restart 2: X sl stop 95, X tp    ->
      bar exit X<L sell 2 tp 120 sl 95 -> amend exit X<L sell 2 tp 120 sl 95 @0
      restart 2: X sl stop 95, X tp    ->
      bar exit X<L sell 2 tp 120 sl 95 -> amend exit X<L sell 2 tp 120 sl 95 @0
      accept exit X<L                  ->
      = x|X|L working`);
  });

  test("refused after a leg was told cancelled: what is left goes, and it comes again whole", () => {
    const play = story(`${guarded}
      cancelled X tp                   ->
      answer amend exit X<L: rejected  -> cancel X<L
      cancelled X sl                   -> place exit X<L sell 2 tp 120 sl 95 @0
      = x|X|L sent`);
    expect(play.order("X tp")).toMatchObject({ status: "pending" });
  });

  test("lost, and found refused after a leg was told cancelled: the same", () => {
    story(`${guarded}
      answer amend exit X<L: unknown   -> read orders
      cancelled X sl                   ->
      resolved X tp: rejected          -> cancel X<L
      cancelled X tp                   -> place exit X<L sell 2 tp 120 sl 95 @0`);
  });

  test("lost after a leg was told cancelled: an older word of that leg proves nothing, and both come again", () => {
    const play = story(`${guarded}
      cancelled X sl                   ->
      answer amend exit X<L: unknown   -> read orders`);
    const old = play.order("X sl");
    play.event("X sl", { eventType: "created", order: exchangeOrder(old, { id: old.replacedIds![0]! }) });
    goOn(
      play,
      `= x|X|L unknown
       orders X tp                     ->
       = x|X|L unknown
       wait 1s                         -> read orders
       orders                          ->
       wait 2s                         -> read orders
       orders                          ->
       wait 2s                         -> read order
       found X sl: cancelled           -> cancel X<L
       cancelled X tp                  -> place exit X<L sell 2 tp 120 sl 95 @0`,
    );
  });

  test("lost, and a leg that was told cancelled comes under another id of the venue's", () => {
    const play = story(`${guarded}
      cancelled X sl                   ->
      answer amend exit X<L: unknown   -> read orders
      orders X tp                      ->
      = x|X|L unknown`);
    play.event("X sl", {
      eventType: "created",
      order: exchangeOrder(play.order("X sl"), { id: "v-new", stopPrice: price(95) }),
    });
    goOn(play, "= x|X|L amending");
    expect(play.order("X sl")).toMatchObject({ exchangeId: "v-new", stop: 95, status: "open" });
  });

  test("refused when there is nothing left to protect is over", () => {
    const play = story(`${guarded}
      fill X sl 2 @90                  ->
      size 0
      answer amend exit X<L: rejected    -> cancel X<L`);
    expect(play.state.latches.halt).toBeNull();
  });
});

describe("an order that a change has replaced by another of the venue's", () => {
  test("fills late: the position grows, the replacement does not", () => {
    const play = story(changing);
    const old = play.order("L entry");
    play.answer("amend entry L", {
      kind: "accepted",
      orders: [exchangeOrder(old, { id: "v-new", status: "open" })],
    });
    expect(play.order("L entry")).toMatchObject({ exchangeId: "v-new", replacedIds: [old.exchangeId!] });
    play.event("L entry", {
      eventType: "partial",
      order: exchangeOrder(old, { id: old.exchangeId!, filledQty: 0.5, status: "partial" }),
      fillQty: 0.5,
      fillPrice: exchangeOrder(old, {}).price ?? (99 as never),
      fillId: "late",
    });
    expect(play.state.book.size).toBe(0.5);
    expect(play.order("L entry").filledQty).toBe(0);
    expect(play.state.intents.get("e\0L")).toMatchObject({ phase: "working", filledQty: 0 });
    goOn(
      play,
      `fill L entry 2 @98               ->
       = e|L done filled
       size 2.5`,
    );
  });
});
