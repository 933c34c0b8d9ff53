/** Dates of any year, Julian before 15 October 1582. */
import { expect, test } from "bun:test";
import fc from "fast-check";

import { type Civil, civilOfDays, daysOfCivil } from "../../../src/kernel/calendar/civil.ts";

const dayMs = 86_400_000;

test.each([
  [1970, 1, 1, 0, "the epoch"],
  [2024, 2, 29, 19_782, "a leap day"],
  [2025, 13, 1, 20_454, "a month beyond December is one of the next year"],
  [2026, 1, 32, 20_485, "a day beyond the month is one of the next"],
  [2025, 0, 31, 20_088, "month 0 is the December before"],
  [1582, 10, 15, -141_427, "the first Gregorian day"],
  [1582, 10, 4, -141_428, "the last Julian day is the day before it"],
  [1582, 10, 10, -141_422, "a day that never was is read as a Julian one"],
  [1500, 2, 29, -171_596, "1500 was a leap year"],
])("%d-%d-%d is day %d: %s", (year, month, day, expected) => {
  expect(daysOfCivil(year, month, day)).toBe(expected);
});

test("from 1582 on it agrees with Date", () => {
  const civil: Civil = { year: 0, month: 0, day: 0 };
  fc.assert(
    fc.property(fc.integer({ min: -141_427, max: 99_000_000 }), (days) => {
      const date = new Date(days * dayMs);
      civilOfDays(days, civil);
      expect(civil).toEqual({
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
      });
    }),
  );
});

test("a date is the date of its day, in any year", () => {
  const civil: Civil = { year: 0, month: 0, day: 0 };
  fc.assert(
    fc.property(fc.integer({ min: -400_000_000, max: 400_000_000 }), (days) => {
      civilOfDays(days, civil);
      expect(daysOfCivil(civil.year, civil.month, civil.day)).toBe(days);
      expect(civil.day).toBeGreaterThanOrEqual(1);
      expect(civil.day).toBeLessThanOrEqual(31);
    }),
  );
});
