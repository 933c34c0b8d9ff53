/** What stops a run, what makes it wait, and what a person can ask of it. */
import { describe, expect, test } from "bun:test";

import { price } from "../../../src/kernel/units.ts";
import { exchangeOrder, type Play } from "./notation.ts";
import { goOn, story } from "./story.ts";

const long = `
  bar entry L buy 2                -> place entry L buy 2 @0
  accept entry L                   ->
  fill L entry 2                   ->`;

const held = `
  bar entry L buy 2; exit X<L sell 2 sl 90 -> place entry L buy 2 @0
  accept entry L                   ->
  fill L entry 2                   -> place exit X<L sell 2 sl 90 @0
  accept exit X<L                  ->`;

/** From here on reads of the position are due by time. */
function reading(play: Play): Play {
  play.state = { ...play.state, view: { ...play.state.view, readMs: play.state.nowMs } };
  return play;
}

describe("reads of the position", () => {
  test("are made now and then", () => {
    goOn(
      reading(story(long)),
      `wait 29s                         ->
       wait 1s                          -> read position
       wait 20s                         ->
       position 2                       ->
       wait 30s                         -> read position`,
    );
  });

  test("that fail hold new positions back, for as long as it takes; what makes a position smaller goes on", () => {
    goOn(
      reading(story(long)),
      `wait 30s                         -> read position
       position fails                   ->
       ! read_failed
       bar entry M buy 1 limit 90; close L sell 1 -> place close L sell 1 @0
       wait 1s                          -> read position
       position fails                   ->
       wait 1s                          ->
       wait 5s                          -> read position
       position fails                   ->
       wait 5m                          -> read position
       position 2                       -> place entry M buy 1 limit 90 @0`,
    );
  });

  test("without an answer halt the run", () => {
    const play = reading(story(long));
    goOn(
      play,
      `wait 30s                         -> read position
       wait 59s                         ->
       wait 1s                          ->
       ! halted`,
    );
  });

  test("that the plugin does not come back from halt the run", () => {
    const play = reading(story(long));
    goOn(
      play,
      `wait 30s                         -> read position
       position hangs                   ->
       wait 30s                         -> read position
       position hangs                   ->
       wait 30s                         ->
       ! halted`,
    );
  });

  test("ask to be woken for the next", () => {
    const play = reading(story(long));
    const { nowMs } = play.give({ kind: "clock", nowMs: play.now() }).state;
    const wakes = play.notices.flatMap((notice) => (notice.kind === "wake" ? [notice.atMs] : []));
    expect(wakes.at(-1)).toBe(play.state.view.readMs + 30_000);
    expect(wakes.at(-1)).toBeGreaterThan(nowMs);
  });
});

describe("a position that no fill explains", () => {
  test("and stays stops new exposure, after as long as a fill may be late", () => {
    const play = story(held);
    reading(play);
    goOn(
      play,
      `wait 30s                         -> read position
       position 3                       ->
       wait 60s                         -> read position
       position 3                       ->
       wait 60s                         -> read position
       position 3                       ->
       ! quarantine_entered
       bar entry M buy 1; exit X<L sell 2 sl 90 ->
       ! entry_blocked`,
    );
  });

  test("and comes late after all stops nothing", () => {
    const play = story(held);
    reading(play);
    goOn(
      play,
      `wait 30s                         -> read position
       position 1                       ->
       fill X sl 1                      ->
       wait 5m                          -> read position
       position 1                       ->`,
    );
    expect(play.state.latches.quarantine).toBeNull();
  });

  test.each([
    ["was there at the start", "5", ["5", "5"]],
    ["was there at the start and goes", "5", ["3", "2"]],
    ["is another run's", "shared", ["5", "7"]],
  ])("and %s stops nothing", (_, start, reads) => {
    const play = story(held);
    goOn(play, start === "shared" ? "account shared ->" : `restart ${start}: X sl ->\nstream up ->`);
    reading(play);
    for (const size of reads)
      goOn(
        play,
        `wait 5m -> read position\nposition ${size} ->\nwait 5m -> read position\nposition ${size} ->`,
      );
    expect(play.state.latches.quarantine).toBeNull();
  });

  test("by fills that were told in another order is what the entries have opened", () => {
    const play = story(`
      bar entry S sell 1 limit 101; order O sell 1 -> place entry S sell 1 limit 101 @0; place order O sell 1 @0
      accept entry S                   ->
      accept order O                   ->
      fill S entry 1                   ->
      bar exit Y<S buy 2 sl 110; order O sell 1; entry L buy 2 limit 98 -> place exit Y<S buy 1 sl 110 @0; place entry L buy 2 limit 98 @0
      accept exit Y<S                  ->
      accept entry L                   ->
      fill Y sl 1                      ->
      size 0
    `);
    // The stop has filled a second time: it closed what the order had sold, of which nobody has heard.
    const order = play.order("Y sl");
    play.event("Y sl", {
      eventType: "filled",
      order: exchangeOrder(order, { filledQty: 2, status: "filled" }),
      ...{ fillQty: 1, fillPrice: price(110), fillId: "second" },
    });
    reading(play);
    goOn(
      play,
      `fill O entry 1                   ->
       fill L entry 1                   ->
       size 0
       wait 30s                         -> read position
       position 1                       ->
       size 1`,
    );
    expect(play.state.book.lots.map(({ entryId }) => entryId)).toEqual(["L"]);
    expect(play.state.latches.quarantine).toBeNull();
  });

  test("and that an exit has opened stops new exposure", () => {
    const play = story(held);
    const order = play.order("X sl");
    play.event("X sl", {
      eventType: "filled",
      order: exchangeOrder(order, { filledQty: 3, status: "filled" }),
      ...{ fillQty: 3, fillPrice: price(90), fillId: "too-much" },
    });
    reading(play);
    goOn(
      play,
      `size 0
       wait 30s                         -> read position
       position -1                      ->
       ! quarantine_entered`,
    );
  });
});

describe("a position that is gone", () => {
  const gone = `
    wait 30s                         -> read position
    position 0                       ->
    ! position_gone`;
  const cases: readonly (readonly [name: string, text: string])[] = [
    [
      "is believed after two minutes without a fill; what was to close it goes",
      `
      bar exit X<L sell 2 tp 120 sl 90 -> place exit X<L sell 2 tp 120 sl 90 @0
      accept exit X                    ->
      wait 60s                         -> read position
      position 0                       ->
      wait 70s                         -> read position
      position 0                       -> cancel X<L
      ! flattened_outside
      size 0`,
    ],
    [
      "was an old answer",
      `
      wait 60s                         -> read position
      position 2                       ->
      wait 70s                         -> read position
      position 0                       ->
      wait 119s                        -> read position
      position 0                       ->
      size 2`,
    ],
    [
      "has an explanation: the fill comes",
      `
      bar close L sell 2               -> place close L sell 2 @0
      fill L close 2                   ->
      size 0
      wait 5m                          -> read position
      position 0                       ->`,
    ],
    [
      "is not believed while nobody hears of fills, nor before they have had their time",
      `
      stream down                      ->
      wait 5m                          -> read position
      position 0                       ->
      size 2
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
      "leaves a fill that comes after all nothing to open",
      `
      bar close L sell 2               -> place close L sell 2 @0
      accept close L                   ->
      wait 2m                          -> read position
      position 0                       -> cancel L
      ! flattened_outside
      fill L close 2                   ->
      size 0`,
    ],
  ];
  test.each(cases)("%s", (_name, text) => goOn(reading(story(long)), gone + text));

  test("and one on the other side are the same", () => {
    goOn(
      reading(story(long)),
      `wait 30s                         -> read position
       position -1                      ->
       ! position_gone`,
    );
  });

  test("is not one that is larger or smaller", () => {
    const play = reading(story(long));
    goOn(
      play,
      `wait 30s                         -> read position
       position 1                       ->
       wait 30s                         -> read position
       position 5                       ->
       size 2`,
    );
    expect(play.state.view.flatSinceMs).toBeNaN();
  });
});

describe("a person", () => {
  const cases: readonly (readonly [name: string, text: string])[] = [
    [
      "pauses and resumes",
      `
      operator pause                   ->
      ! paused
      bar entry M buy 1 limit 90; close L sell 1 -> place close L sell 1 @0
      operator resume                  -> place entry M buy 1 limit 90 @0`,
    ],
    [
      "flattens: orders go, the position is closed, nothing is opened before it is resumed",
      `
      bar entry M buy 1 limit 90       -> place entry M buy 1 limit 90 @0
      accept entry M                   ->
      operator flatten                 -> place flatten __pyne_flatten__all sell 2 @0; cancel M
      answer cancel M: cancel_confirmed ->
      accept place flatten             ->
      fill * close 2                   ->
      ! flattened
      size 0
      bar entry M#2 buy 1              ->
      ! entry_blocked
      operator resume                  ->
      bar entry M#3 buy 1              -> place entry M buy 1 @0`,
    ],
  ];
  test.each(cases)("%s", (_name, text) => void story(long + text, { pyramiding: 3 }));

  test("stops the run", () => {
    const play = story("operator stop ->");
    expect(play.notices).toContainEqual({
      kind: "stop",
      reason: "an operator asked for it",
      isHalt: false,
    });
  });
});

describe("new positions stop, the rest goes on", () => {
  test.each([
    ["when the stream of events ends", "stream down"],
    ["when the plugin says so", "quarantine something is wrong"],
  ])("%s", (_name, what) => {
    story(`${long}
      ${what}                          ->
      ! quarantine_entered
      bar entry M buy 1; close L sell 1 -> place close L sell 1 @0
      fill L close 1                   ->
      size 1`);
  });

  test("a latch is not released by a stream that comes back", () => {
    const play = story(`stream down -> \n stream up ->`);
    expect(play.state.latches.quarantine).not.toBeNull();
    expect(play.state.view.isStreaming).toBe(true);
  });
});
