/** What goes out when a script wants something for the first time. */
import { describe, expect, test } from "bun:test";

import { Play } from "./notation.ts";

describe("an evaluation", () => {
  test.each([
    ["a market entry", "entry L buy 2", ["place entry L buy 2 @0"]],
    ["a limit", "entry L buy 2 limit 99", ["place entry L buy 2 limit 99 @0"]],
    [
      "two entries",
      "entry L buy 2 limit 99; entry M buy 1 limit 98",
      ["place entry L buy 2 limit 99 @0", "place entry M buy 1 limit 98 @0"],
    ],
    ["a bracket waits for its entry", "entry L buy 2; exit X<L sell 2 tp 110", ["place entry L buy 2 @0"]],
    ["a close of nothing goes nowhere", "close L sell 1", []],
    ["nothing", "", []],
  ])("%s", (_, wanted, sent) => {
    const play = new Play().ready();
    expect(play.bar(wanted)).toEqual(sent);
    // The same again changes nothing: its answer is awaited.
    expect(play.again(wanted)).toEqual([]);
    expect(play.bar(wanted)).toEqual([]);
  });

  test.each([
    ["the position was never read", { isConfirmed: false, nextReadMs: Infinity }],
    ["the stream is down", { isStreaming: false }],
  ])("new exposure waits while %s", (_, view) => {
    const play = new Play().ready();
    play.state = { ...play.state, view: { ...play.state.view, ...view } };
    expect(play.bar("entry L buy 2")).toEqual([]);
    play.ready();
    expect(play.again("entry L buy 2")).toEqual(["place entry L buy 2 @0"]);
  });

  test("in quarantine a market order is dropped and a limit waits", () => {
    const play = new Play().ready();
    play.state = {
      ...play.state,
      latches: { ...play.state.latches, quarantine: { reason: "test", atMs: 0 } },
    };
    expect(play.bar("entry L buy 2; entry M buy 1 limit 90")).toEqual([]);
    expect(play.notices.filter(({ kind }) => kind === "order_over")).toEqual([
      { kind: "order_over", key: "e\0L", generation: 1, end: "skipped" },
    ]);
  });

  test("a dry run shows and sends nothing", () => {
    const play = new Play({ isDryRun: true }).ready();
    expect(play.bar("entry L buy 2")).toEqual([]);
    expect(play.notices.map((notice) => (notice.kind === "event" ? notice.message : notice.kind))).toEqual([
      "order_over",
      "would send: entry L buy 2",
    ]);
    expect(play.again("entry L buy 2")).toEqual([]);
  });

  test("the intent and its orders are in the state that is committed with the effect", () => {
    const play = new Play().ready();
    play.bar("entry L buy 2 limit 99");
    const effect = play.pending("place entry L");
    expect(play.phases()).toEqual(["e|L sent"]);
    expect(play.order("L")).toMatchObject({ status: "pending", qty: 2, limit: 99, stop: null, side: "buy" });
    expect(play.state.outbox.get(effect.id)).toBe(effect);
  });
});
