/** What a download fetches, by table. Times are minutes; `now` is 1000. */
import { describe, expect, test } from "bun:test";

import { conflictOf, planDownload, type PlanRequest } from "../../../src/data/download/plan.ts";

const yearMinutes = 365 * 1440;
const base: PlanRequest = {
  path: "x.ohlcv",
  from: "continue",
  to: undefined,
  nowMs: 1000,
  stored: undefined,
  truncate: false,
  fetchAllByDefault: false,
};
const file = { bars: 5, firstMs: 100, lastMs: 500 };

/** `append 500-1001`: kind, from inclusive, to exclusive. */
function legs(request: Partial<PlanRequest>, decision?: "backfill" | "truncate"): string {
  return planDownload({ ...base, ...request }, decision)
    .legs.map((leg) => `${leg.kind} ${leg.fromMs}-${leg.toMs}`)
    .join(", ");
}

describe("a plan", () => {
  const now = yearMinutes * 60_000 + 7;
  test.each([
    ["no file: a year back", { nowMs: now }, "append 7-" + (now + 1)],
    ["no file, everything by default", { fetchAllByDefault: true }, "append 0-1001"],
    ["no file, a start: no matter the default", { from: 300, fetchAllByDefault: true }, "append 300-1001"],
    ["no file, the year counts from the end", { nowMs: now + 50, to: now }, "append 7-" + (now + 1)],
    ["a file: its last bar's own time", { stored: file }, "append 500-1001"],
    [
      "a file, everything by default: still its last bar",
      { stored: file, fetchAllByDefault: true },
      "append 500-1001",
    ],
    ["an end in the future is now", { stored: file, to: 5000 }, "append 500-1001"],
    ["an end", { stored: file, to: 800 }, "append 500-801"],
    ["an end at the last bar: it is compared", { stored: file, to: 500 }, "append 500-501"],
    ["a start inside: what is stored is not asked for", { stored: file, from: 300 }, "append 500-1001"],
    ["a window inside: nothing", { stored: file, from: 200, to: 300 }, ""],
    ["a start behind the file: no hole", { stored: file, from: 700 }, "append 500-1001"],
    ["a start before the file", { stored: file, from: 50 }, "append 500-1001, backfill 50-100"],
    ["a window before the file: up to its first bar", { stored: file, from: 20, to: 50 }, "backfill 20-100"],
    [
      "the venue has been asked from there before",
      { stored: { ...file, askedFromMs: 40 }, from: 50 },
      "append 500-1001",
    ],
    [
      "but not from there",
      { stored: { ...file, askedFromMs: 60 }, from: 50 },
      "append 500-1001, backfill 50-100",
    ],
    ["truncate", { stored: file, from: 300, truncate: true }, "replace 300-1001"],
    ["truncate without a start: as much as there was", { stored: file, truncate: true }, "replace 100-1001"],
    ["truncate with nothing to replace", { from: 300, truncate: true }, "append 300-1001"],
    ["truncate what cannot be read", { stored: "unreadable", from: 300, truncate: true }, "replace 300-1001"],
  ] as const satisfies readonly (readonly [string, Partial<PlanRequest>, string])[])(
    "%s",
    (_name, request, expected) => {
      expect(legs(request)).toBe(expected);
    },
  );

  test("a conflict that is decided for truncating", () => {
    expect(legs({ stored: file, from: 50 }, "truncate")).toBe("replace 50-1001");
  });

  test("only a start before the file is a conflict, and not with --truncate", () => {
    const conflict = conflictOf({ ...base, stored: file, from: 50 });
    expect(conflict).toEqual({
      path: "x.ohlcv",
      requestedFromMs: 50,
      firstStoredMs: 100,
      lastStoredMs: 500,
      bars: 5,
    });
    for (const request of [{ from: 100 }, { from: 50, truncate: true }, { from: "continue" }] as const)
      expect(conflictOf({ ...base, stored: file, ...request })).toBeUndefined();
  });

  test("the length of what is fetched; 0 when nobody can know", () => {
    expect(planDownload({ ...base, stored: file }).totalMs).toBe(501);
    expect(planDownload({ ...base, fetchAllByDefault: true })).toMatchObject({ totalMs: 0, fetchAll: true });
  });
});

test.each([
  ["an end before the start", { from: 300, to: 200 }, /ends before it begins/],
  ["a start in the future", { from: 2000 }, /ends before it begins/],
  ["an end before a file's end", { stored: file, to: 400 }, /already ends at/],
  ["a clock behind the file", { stored: file, nowMs: 400 }, /later than now/],
] as const)("refused: %s", (_name, request, message) => {
  expect(() => planDownload({ ...base, ...request })).toThrow(message);
  expect(() => conflictOf({ ...base, ...request })).toThrow(message);
});
