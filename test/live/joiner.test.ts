/**
 * What a feed says becomes the venue's closed bars, in order. Bars are numbers; in a story `12o` is an update of bar
 * 12, `12c` its close, `!` a reconnect, `late` the watchdog's word that a close is due, `[11 12]` the history's answer.
 * In what follows `12` is a tick of bar 12, `12.` its close, with the source where it is not the feed; `?` a question
 * to the history, `x12` an update that was dropped.
 */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import type { Bar } from "../../src/kernel/bar.ts";
import { type Action, Joiner } from "../../src/live/joiner.ts";

/** Bars are numbered; those of the numbers that are given are not there, as at night. */
function slots(closed: readonly number[] = []): ConstructorParameters<typeof Joiner>[0] {
  const open = (bar: number): boolean => !closed.includes(bar);
  return {
    missesBetween(before, after) {
      for (let bar = before + 1; bar < after; bar++) if (open(bar)) return true;
      return false;
    },
    after(bar) {
      let next = bar + 1;
      while (!open(next)) next++;
      return next;
    },
  };
}

const barOf = (openTimeMs: number, price = openTimeMs): Bar => ({
  openTimeMs,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: 1,
});

function show(action: Action): string {
  switch (action.kind) {
    case "tick":
      return `${action.bar.openTimeMs}`;
    case "close":
      return `${action.bar.openTimeMs}.${action.source === "feed" ? "" : action.source}`;
    case "fetch":
      return "?";
    case "drop":
      return `x${action.update.openTimeMs}`;
    default:
      return action satisfies never;
  }
}

function tell(story: string, closed: readonly number[] | undefined): string {
  const joiner = new Joiner(slots(closed), barOf(10));
  const words = story.match(/\[[^\]]*\]|\S+/g) ?? [];
  return words
    .flatMap((word): Action[] => {
      if (word === "!") return joiner.reconnected();
      if (word === "late") return joiner.overdue();
      if (word.startsWith("["))
        return joiner.fetched((word.match(/\d+/g) ?? []).map((number) => barOf(Number(number))));
      return joiner.update({ ...barOf(Number.parseInt(word, 10)), isClosed: word.endsWith("c") });
    })
    .map(show)
    .join(" ");
}

describe("after bar 10", () => {
  const cases: readonly (readonly [name: string, story: string, actions: string, closed?: number[]])[] = [
    ["bars form and close", "11o 11o 11c 12o 12c", "11 11 11. 12 12."],
    ["closes alone", "11c 12c", "11. 12."],
    ["what is over is dropped", "10o 10c 9c 11o 11c 11o 11c", "x10 x10 x9 11 11. x11 x11"],
    [
      "a hole is asked for, and what comes waits",
      "11c 14o [12 13] 14c",
      "11. ? 12.history 13.history 14 14.",
    ],
    ["a hole that the history does not know stays", "11c 14o [] 14c 15o", "11. ? 14 14. 15"],
    ["half a hole", "13c [11] 14o", "? 11.history 13. 14"],
    ["hours without trading are no hole", "11c 14o 14c", "11. 14 14.", [12, 13]],
    ["a lost close is asked for", "11o 12o [11] 12c", "11 ? 11.history 12 12."],
    ["and without an answer the last update is the close", "11o 12o [] 12c", "11 ? 11.formed 12 12."],
    ["a close that comes while the history is asked", "11o 12o 11c 12o [] 12c", "11 ? 11. 12 12 12."],
    ["a late close after the history's is dropped", "11o 12o [11] 11c 12c", "11 ? 11.history 12 x11 12."],
    ["after a reconnect the history has the word", "11o ! [11 12] 13o", "11 ? 11.history 12.history 13"],
    ["a reconnect that missed nothing", "11o ! [] 11o 11c", "11 ? 11 11."],
    [
      "a history ahead of what waits",
      "11c 13o [12 13 14] 15o",
      "11. ? 12.history 13.history 14.history x13 15",
    ],
    ["a close that is due is asked for", "11o late [11] 12o", "11 ? 11.history 12"],
    ["without an answer the forming bar closes", "11o late [] 12o", "11 ? 11.formed 12"],
    ["of which nothing was heard is flat", "late [] 11c 12o", "? 11.flat x11 12"],
    ["at night nothing is flat", "late [] 13o", "? 13.flat x13", [11, 12]],
    ["only one question at a time", "13o late ! 13o [11 12] 13c", "? 11.history 12.history 13 13 13."],
    ["two holes", "12c 15c [11] [13 14]", "? 11.history 12. ? 13.history 14.history 15."],
  ];
  for (const [name, story, actions, closed] of cases)
    test(name, () => expect(tell(story, closed)).toBe(actions));

  test("a flat bar stands at the last close", () => {
    const joiner = new Joiner(slots(), barOf(10, 55));
    joiner.overdue();
    expect(joiner.fetched([])).toEqual([
      {
        kind: "close",
        bar: { openTimeMs: 11, open: 55, high: 55, low: 55, close: 55, volume: 0 },
        source: "flat",
      },
    ]);
  });
});

/**
 * A venue and what can go wrong on the way from it: every update may come never, twice or late, connections drop, the
 * history answers whenever it likes.
 */
test("whatever happens on the way, the closed bars are the venue's, each once, in order", () => {
  const step = fc.record({
    ticks: fc.integer({ min: 0, max: 3 }),
    close: fc.constantFrom("sent", "sent", "sent", "lost", "twice", "late"),
    drops: fc.boolean(),
    answersAfter: fc.integer({ min: 0, max: 4 }),
    isQuiet: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      const joiner = new Joiner(slots(), barOf(10));
      const closes: Bar[] = [];
      /** Newest bar that is over at the venue. */
      let over = 10;
      let asked: number | undefined;
      let patience = 0;
      const perform = (actions: readonly Action[]): void => {
        for (const action of actions) {
          if (action.kind === "close") closes.push(action.bar);
          if (action.kind === "fetch") asked = action.sinceMs;
        }
      };
      const answer = (): void => {
        if (asked === undefined) return;
        const since = asked;
        asked = undefined;
        perform(joiner.fetched(Array.from({ length: over - since }, (_, index) => barOf(since + 1 + index))));
      };
      const say = (bar: number, isClosed: boolean): void => {
        perform(joiner.update({ ...barOf(bar), isClosed }));
        if (asked !== undefined && patience-- <= 0) answer();
      };
      let late: number | undefined;
      for (const [index, { ticks, close, drops, answersAfter, isQuiet }] of steps.entries()) {
        const bar = 11 + index;
        patience = answersAfter;
        for (let tick = 0; tick < (isQuiet ? 0 : ticks); tick++) {
          say(bar, false);
          if (late !== undefined) say(late, true);
          late = undefined;
        }
        over = bar;
        if (drops) perform(joiner.reconnected());
        if (isQuiet || close === "lost") continue;
        if (close === "late") late = bar;
        else say(bar, true);
        if (close === "twice") say(bar, true);
      }
      over++;
      say(over, true);
      for (let left = 100; left > 0; left--) answer();
      expect(asked).toBeUndefined();
      expect(closes.map((bar) => bar.openTimeMs)).toEqual(
        Array.from({ length: over - 10 }, (_, index) => 11 + index),
      );
      expect(closes.every((bar) => bar.close === bar.openTimeMs)).toBe(true);
    }),
  );
});
