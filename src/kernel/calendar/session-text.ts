import { UsageError } from "../errors.ts";
import type { OpeningHours } from "../syminfo.ts";

/**
 * Sessions as a script writes them: `0930-1600`, `0930-1200,1300-1600:23456`. Days are 1 (Sunday) to 7, all when there
 * are none; equal ends mean 24 hours; an end at or before its start lies on the next day. A run over midnight is filed
 * under the day of its last minute, one that ends exactly at midnight under its own.
 */

/**
 * The weekly hours that a session text says.
 * @throws UsageError naming the text
 */
export function parseSession(text: string): readonly OpeningHours[] {
  const whole = text.trim().toLowerCase();
  if (whole === "24x7") return parseSession("0000-0000");
  const match = /^([^:]+)(?::([1-7]+))?$/.exec(whole);
  const ranges = (match?.[1] ?? "").split(",").map((range) => rangeOf(range.trim()));
  if (match === null || ranges.includes(undefined)) {
    throw new UsageError(`"${text}" is not a session`, {
      hint: "start and end as HHMM-HHMM, several with commas, days 1 (Sunday) to 7 after a colon: 0930-1600:23456",
    });
  }
  const days = [...new Set(match[2] ?? "1234567")].map((digit) => (Number(digit) + 5) % 7);
  return ranges.flatMap((range) => days.map((day) => hoursOf(range!, day)));
}

/** A range in minutes since midnight; `undefined` when it is none. */
function rangeOf(text: string): { readonly start: number; readonly end: number } | undefined {
  const [, startHour, startMinute, endHour, endMinute] = /^(\d\d)(\d\d)-(\d\d)(\d\d)$/.exec(text) ?? [];
  if (endMinute === undefined) return undefined;
  const start = Number(startHour) * 60 + Number(startMinute);
  const end = Number(endHour) * 60 + Number(endMinute);
  const minutesFit = Number(startMinute) < 60 && Number(endMinute) < 60;
  return minutesFit && start <= 1440 && end <= 1440 ? { start: start % 1440, end } : undefined;
}

/** @param day 0 = Monday; the day that the run is filed under */
function hoursOf({ start, end }: { start: number; end: number }, day: number): OpeningHours {
  const endsAtMidnight = end % 1440 === 0;
  const isOvernight = end <= start && !endsAtMidnight;
  return {
    day: isOvernight ? (day + 6) % 7 : day,
    start: clock(start),
    // Midnight as the end of its own day; `00:00:00` would be the beginning of the next one's trading day.
    end: endsAtMidnight ? "23:59:59" : clock(end),
  };
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}:00`;
}
