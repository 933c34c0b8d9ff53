/** The vocabulary: timeframes, floats as files print them, zones, spellings. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import { PyneError, UsageError } from "../../src/kernel/errors.ts";
import { formatFloat, roundHalfEven } from "../../src/kernel/float.ts";
import { camelCase, kebabCase, snakeCase } from "../../src/kernel/spelling.ts";
import { canonicalTimeframe, parseTimeframe, timeframeSeconds } from "../../src/kernel/timeframe.ts";
import { instantOf, zonedFormatter, zoneOffset } from "../../src/kernel/zone.ts";

describe("timeframes", () => {
  test.each([
    ["1", "1", 60],
    ["60", "60", 3600],
    ["30S", "30S", 30],
    ["d", "1D", 86_400],
    ["D", "1D", 86_400],
    ["2W", "2W", 1_209_600],
    ["M", "1M", 2_628_003],
    ["12m", "12M", 31_536_036],
    [" 5 ", "5", 300],
  ])("%s is %s", (text, canonical, seconds) => {
    expect(canonicalTimeframe(text)).toBe(canonical);
    expect(timeframeSeconds(parseTimeframe(text))).toBe(seconds);
  });
  test.each(["", "0", "7H", "1T", "-1", "1.5", "D1", "0D", "x", "99999999999999999999"])(
    "%p is refused by name",
    (text) => {
      expect(() => parseTimeframe(text)).toThrow(UsageError);
      expect(() => parseTimeframe(text)).toThrow(`"${text}" is not a timeframe`);
    },
  );
});

describe("floats in files", () => {
  test.each([
    [0, "0.0"],
    [-0, "-0.0"],
    [1, "1.0"],
    [0.1, "0.1"],
    [1e-4, "0.0001"],
    [9.9e-5, "9.9e-05"],
    [1e-5, "1e-05"],
    [1e15, "1000000000000000.0"],
    [1e16, "1e+16"],
    [1.5e300, "1.5e+300"],
    [Number.NaN, "NaN"],
    [Infinity, "inf"],
    [-Infinity, "-inf"],
  ])("%p is %s", (value, text) => {
    expect(formatFloat(value)).toBe(text);
  });

  test("read back as the same number", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) =>
        Object.is(Number(formatFloat(value)), value),
      ),
    );
  });

  test.each([
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [-0.5, -0],
    [-1.5, -2],
    [2.4999, 2],
    [1e300, 1e300],
  ])("half of %p rounds to the even %p", (value, rounded) => {
    expect(roundHalfEven(value) === rounded).toBe(true);
  });
});

describe("zones", () => {
  const summer = Date.UTC(2024, 6, 1);
  const winter = Date.UTC(2024, 0, 1);
  test.each([
    ["UTC", 0, 0],
    ["Europe/Paris", 60, 120],
    ["America/New_York", -300, -240],
    ["UTC+5:30", 330, 330],
    ["+0530", 330, 330],
    ["GMT-3", -180, -180],
  ])("%s is %p minutes in winter, %p in summer", (zone, inWinter, inSummer) => {
    expect(zoneOffset(zone)?.(winter)).toBe(inWinter * 60_000);
    expect(zoneOffset(zone)?.(summer)).toBe(inSummer * 60_000);
  });
  test("agree with Temporal, whatever was asked before", () => {
    const names = [
      "America/New_York",
      "Europe/London",
      "Australia/Lord_Howe",
      "Africa/Casablanca",
      "Asia/Tehran",
    ];
    const minute = fc.integer({ min: Date.UTC(1960, 0, 1) / 60_000, max: Date.UTC(2060, 0, 1) / 60_000 });
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.array(minute, { minLength: 1, maxLength: 6 }),
        (name, minutes) => {
          for (const timeMs of minutes.map((value) => value * 60_000)) {
            const zoned = Temporal.Instant.fromEpochMilliseconds(timeMs).toZonedDateTimeISO(name);
            // The changes beside it are where answers differ.
            const change = zoned.getTimeZoneTransition("next")?.epochMilliseconds ?? timeMs;
            for (const at of [timeMs, change - 1, change, change + 1, change + 1_800_000]) {
              const offset =
                Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(name).offsetNanoseconds;
              expect(zoneOffset(name)?.(at)).toBe(offset / 1e6);
            }
            for (const wall of [timeMs, change, change + 3_600_000, change - 7_200_000]) {
              const clock = Temporal.PlainDateTime.from(new Date(wall).toISOString().slice(0, 23));
              const expected = clock.toZonedDateTime(name, {
                disambiguation: "compatible",
              }).epochMilliseconds;
              expect(instantOf(wall, name)).toBe(expected);
            }
          }
        },
      ),
    );
  });
  test("an unknown zone has no offset, and prints as UTC", () => {
    expect(zoneOffset("Mars/Olympus")).toBeUndefined();
    expect(zonedFormatter("Mars/Olympus")(0)).toBe("1970-01-01T00:00:00+0000");
  });
  test("a time that does not exist moves forward, one that exists twice is the first", () => {
    const gap = instantOf(Date.UTC(2024, 2, 31, 2, 30), "Europe/Paris");
    expect(new Date(gap ?? 0).toISOString()).toBe("2024-03-31T01:30:00.000Z");
    const overlap = instantOf(Date.UTC(2024, 9, 27, 2, 30), "Europe/Paris");
    expect(new Date(overlap ?? 0).toISOString()).toBe("2024-10-27T00:30:00.000Z");
  });
  test("times print with their offset", () => {
    expect(zonedFormatter("America/New_York")(winter)).toBe("2023-12-31T19:00:00-0500");
    expect(zonedFormatter("UTC+5:30")(winter)).toBe("2024-01-01T05:30:00+0530");
  });
});

test.each([
  ["timeFrom", "time-from", "time_from"],
  ["lb", "lb", "lb"],
  ["useHTTP2Now", "use-http2-now", "use_http2_now"],
])("%s is --%s and %s", (camel, kebab, snake) => {
  expect(kebabCase(camel)).toBe(kebab);
  expect(snakeCase(camel)).toBe(snake);
});
test("back to camelCase", () => {
  expect([camelCase("time-from"), camelCase("time_from"), camelCase("timeFrom")]).toEqual(
    Array.from({ length: 3 }, () => "timeFrom"),
  );
});

test("an error has a code, an exit code, a hint and its cause", () => {
  const cause = new Error("why");
  const error = new UsageError("wrong", { hint: "do so", cause });
  expect(error).toBeInstanceOf(PyneError);
  expect({ ...error, cause: error.cause }).toMatchObject({ exitCode: 2, hint: "do so", cause });
});
