/** When a silent feed is too silent. Times are seconds; bars last a minute. */
import { describe, expect, test } from "bun:test";

import { closeGraceMs, isNews, isPresent, silenceLimitMs, verdictOn } from "../../src/live/watchdog.ts";
import { mostTicks, UpdateQueue } from "../../src/live/update-queue.ts";

const minute = 60_000;

test.each([
  ["a second", 1, 15],
  ["a minute", 60, 30],
  ["40 seconds", 40, 20],
  ["a day", 86_400, 30],
])("a close of %s may come %i s after its bar", (_name, seconds, grace) => {
  expect(closeGraceMs(seconds * 1000) / 1000).toBe(grace);
});

test.each([
  [3, 10, 90],
  [3, 60, 180],
  [1, 60, 90],
  [null, 60, undefined],
])("%p bars of %i s may be silent for %p s", (bars, seconds, limit) => {
  const ms = silenceLimitMs(bars, seconds * 1000);
  expect(ms === undefined ? undefined : ms / 1000).toBe(limit as number);
});

describe("the verdict", () => {
  test.each([
    ["nothing is due", {}, 89, "fine"],
    ["the close is due", {}, 90, "overdue"],
    ["the market's next bar is far away", { nextEnd: 50_000 }, 179, "fine"],
    ["silence beyond the limit", { nextEnd: 50_000 }, 180, "stale"],
    ["the same while the market is closed", { nextEnd: 50_000, isMarketOpen: false }, 180, "fine"],
    ["something was heard", { nextEnd: 50_000, heard: 100 }, 180, "fine"],
    ["no limit", { nextEnd: 50_000, limit: undefined }, 100_000, "overdue"],
    ["a replay of another year", { isPresent: false }, 100_000, "fine"],
    ["a calendar that expects nothing", { nextEnd: Number.NaN }, 179, "fine"],
  ] as const)("%s", (_name, facts, now, verdict) => {
    const { nextEnd, heard, limit, ...rest } = { nextEnd: 60, heard: 0, limit: 180, ...facts };
    const silence = {
      isPresent: true,
      isMarketOpen: true,
      ...rest,
      heardMs: heard * 1000,
      nextEndMs: nextEnd * 1000,
      periodMs: minute,
      silenceLimitMs: limit === undefined ? undefined : limit * 1000,
    };
    expect(verdictOn(silence, now * 1000)).toBe(verdict);
  });
});

test.each([
  ["the bar that forms", 0, true],
  ["the last one", -60, true],
  ["a minute ahead", 60, true],
  ["a year ago", -31_536_000, false],
  ["an hour ahead", 3600, false],
])("%s is of the present: %p %p", (_name, openSeconds, present) => {
  const open = openSeconds * 1000;
  expect(isPresent(open, open + 2 * minute, minute, 30_000)).toBe(present);
});

test("the first of a row and every tenth is worth a line", () => {
  expect(Array.from({ length: 30 }, (_, index) => index + 1).filter(isNews)).toEqual([1, 10, 20, 30]);
});

test("of updates that wait the newest stay, closed bars always", () => {
  const queue = new UpdateQueue();
  const bar = { open: 1, high: 1, low: 1, close: 1, volume: 1 };
  const push = (openTimeMs: number, isClosed: boolean): number | undefined =>
    queue.push({ ...bar, openTimeMs, isClosed })?.openTimeMs;
  for (let close = 0; close < 100; close++) push(close, true);
  for (let tick = 0; tick < mostTicks; tick++) expect(push(1000 + tick, false)).toBeUndefined();
  expect([push(2000, false), push(2001, false), push(100, true)]).toEqual([1000, 1001, undefined]);
  expect(queue.dropped).toBe(2);
  expect(queue.length).toBe(101 + mostTicks);
  const rest = queue.drain().map(({ openTimeMs }) => openTimeMs);
  expect(rest.slice(100)).toEqual([
    ...Array.from({ length: mostTicks - 2 }, (_, index) => 1002 + index),
    2000,
    2001,
    100,
  ]);
  expect(queue.length).toBe(0);
});
