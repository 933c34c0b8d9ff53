/**
 * The order of a chart and what lies beside it. The chart has bars of four, A of four, B of two; times are numbers, and
 * the chart's history ends at 4. A story is what arrives, one word each: `c4` a close of the bar at 4, `t4` an update of
 * it; `A:` and `B:` in front for the others, `A.` for A's end, `!` when what is missing does not come. Behind the bar is
 * what the run is given by then: bars of the others in small letters, `@` when the history is done.
 */
import { describe, expect, test } from "bun:test";

import type { Bar } from "../../src/kernel/bar.ts";
import { BarOrder, type Grid, type Side } from "../../src/live/bar-order.ts";

const gridOf = (length: number): Grid => ({ endMs: (open) => open + length, after: (open) => open + length });
const bar = (openTimeMs: number): Bar => ({ openTimeMs, open: 1, high: 1, low: 1, close: 1, volume: 1 });

function tell(story: string, sides: readonly string[] = ["A", "B"]): string {
  const given: string[] = [];
  const waits: boolean[] = [];
  const order = new BarOrder(
    gridOf(4),
    bar(0),
    {
      onStart: () => void given.push("@"),
      onTick: ({ openTimeMs }) => void given.push(`t${openTimeMs}`),
      onClose: ({ openTimeMs }) => void given.push(`c${openTimeMs}`),
    },
    (isWaiting) => void waits.push(isWaiting),
  );
  const all: Record<string, Side> = {};
  for (const name of sides) {
    const say = (kind: string) => (one: Bar) =>
      void given.push(`${name.toLowerCase()}${kind}${one.openTimeMs}`);
    const length = name === "A" ? 4 : 2;
    all[name] = order.add(name, gridOf(length), 4 - length, { tick: say("t"), close: say("c") });
  }
  order.begin();
  for (const word of story.split(" ").filter((each) => each !== "")) {
    const [, name, kind, time] = /^(?:([AB]):?)?([tc.!])(\d*)$/.exec(word)!;
    const side = name === undefined ? undefined : all[name]!;
    if (kind === "!") order.giveUp();
    else if (kind === ".") side!.end();
    else if (side !== undefined) side[kind === "t" ? "tick" : "close"](bar(Number(time)));
    else if (kind === "t") order.tick(bar(Number(time)));
    else order.close(bar(Number(time)), "feed");
  }
  expect(waits.at(-1) ?? false).toBe(!order.isIdle);
  return given.join(" ");
}

describe("a close of the chart", () => {
  test.each([
    ["waits for what ends with it", "c4", "@"],
    ["and goes on when that is there", "c4 B:c4 A:c4 B:c6", "@ bc4 ac4 bc6 c4"],
    ["whatever came first", "A:c4 B:c4 B:c6 c4", "@ bc4 ac4 bc6 c4"],
    [
      "several wait in their order",
      "c4 c8 B:c4 B:c6 A:c4 B:c8 B:c10 A:c8",
      "@ bc4 bc6 ac4 c4 bc8 bc10 ac8 c8",
    ],
    ["an update that has gone past says that it has come", "c4 A:c4 B:t8", "@ ac4 c4 bt8"],
    ["a feed that is over is not waited for", "c4 A:c4 B.", "@ ac4 c4"],
    [
      "nor one that is silent, until it is heard again",
      "c4 A:c4 ! A:c8 c8 B:c10 c12",
      "@ ac4 c4 ac8 c8 bc10",
    ],
    ["what is late comes all the same", "c4 A:c4 ! B:c4 B:c6", "@ ac4 c4 bc4 bc6"],
  ])("%s", (_what, story, given) => {
    expect(tell(story)).toBe(given);
  });

  test("of a chart alone waits for nothing", () => {
    expect(tell("c4 t8 c8", [])).toBe("@ c4 t8 c8");
  });
});

describe("an update of the chart", () => {
  test.each([
    ["waits for nobody", "t4 t4", "@ t4 t4"],
    ["sees what has ended inside its bar", "t4 B:c4 t4", "@ t4 bc4 t4"],
    ["and what forms", "t4 A:t4 B:t4 t4", "@ t4 at4 bt4 t4"],
    ["but nothing that ends with it or later", "t4 A:c4 B:c4 B:c6 t4", "@ t4 bc4 t4"],
    ["nor what begins after it", "t4 B:c4 B:c6 B:t8 t4 A:c4 c4 t8", "@ t4 bc4 t4 ac4 bc6 c4 bt8 t8"],
    ["behind a close that waits only the last one counts", "c4 t8 t8 B:c4 B:c6 A:c4", "@ bc4 bc6 ac4 c4 t8"],
    ["of a bar behind a hole", "t12 A:c4 B:c4", "@ t12 ac4 bc4"],
  ])("%s", (_what, story, given) => {
    expect(tell(story)).toBe(given);
  });
});

test("of a feed without any bar the first one is waited for when it has been heard of", () => {
  const given: string[] = [];
  const order = new BarOrder(
    gridOf(4),
    bar(0),
    { onStart() {}, onTick() {}, onClose: () => void given.push("c") },
    () => {},
  );
  const side = order.add("B", gridOf(2), -Infinity, { tick() {}, close: () => void given.push("b") });
  order.begin();
  order.close(bar(4), "feed");
  side.tick(bar(10));
  order.close(bar(8), "feed");
  side.close(bar(10));
  expect(given).toEqual(["c", "b", "c"]);
});

test("the history waits as well", () => {
  const given: string[] = [];
  const listener = { onStart: () => void given.push("@"), onTick() {}, onClose() {} };
  const order = new BarOrder(gridOf(4), bar(0), listener, () => {});
  const side = order.add("B", gridOf(2), 0, { tick() {}, close: () => void given.push("b") });
  order.begin();
  expect(given).toEqual([]);
  side.close(bar(2));
  expect(given).toEqual(["b", "@"]);
});
