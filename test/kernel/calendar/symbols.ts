import type { CalendarInfo } from "../../../src/kernel/calendar/calendar.ts";

/** Markets for the tests of calendars. */

const days = (list: readonly number[], start: string, end: string): CalendarInfo["openingHours"] =>
  list.map((day) => ({ day, start: `${start}:00`, end: end.length === 5 ? `${end}:00` : end }));

/** Hours whose sessions start and end with them. */
function market(
  type: CalendarInfo["type"],
  timezone: string,
  openingHours: CalendarInfo["openingHours"],
): CalendarInfo {
  return {
    type,
    timezone,
    openingHours,
    sessionStarts: openingHours.map(({ day, start }) => ({ day, time: start })),
    sessionEnds: openingHours.map(({ day, end }) => ({ day, time: end })),
  };
}

const week = [0, 1, 2, 3, 4];
const evenings = [6, 0, 1, 2, 3];

/** No sessions. */
export const plain = market("crypto", "UTC", []);
export const plainParis = market("crypto", "Europe/Paris", []);
export const plainIndia = market("other", "UTC+5:30", []);
/** Around the clock, every day. */
export const coin = market("crypto", "UTC", days([0, 1, 2, 3, 4, 5, 6], "00:00", "23:59:59"));
/** New York, 09:30 to 16:00. */
export const stock = market("stock", "America/New_York", days(week, "09:30", "16:00"));
/** Tokyo with a lunch break; the session starts once. */
export const tokyo: CalendarInfo = {
  ...market("stock", "Asia/Tokyo", [...days(week, "09:00", "11:30"), ...days(week, "12:30", "15:30")]),
  sessionStarts: week.map((day) => ({ day, time: "09:00:00" })),
  sessionEnds: week.map((day) => ({ day, time: "15:30:00" })),
};
/** Currencies, Sunday 17:00 to Friday 17:00. */
export const forex = market("forex", "America/New_York", days(evenings, "17:00", "17:00"));
/** Currencies with a pause of five minutes and ten seconds every day. */
export const forexWithPause: CalendarInfo = {
  type: "forex",
  timezone: "US/Eastern",
  openingHours: [
    ...days([0, 1, 2, 3], "00:00", "16:59:50"),
    ...days([0, 1, 2, 3], "17:05", "00:00"),
    ...days([4], "00:00", "16:59:50"),
    ...days([6], "17:00", "00:00"),
  ],
  sessionStarts: [{ day: 6, time: "17:00:00" }, ...[0, 1, 2, 3].map((day) => ({ day, time: "17:05:00" }))],
  sessionEnds: week.map((day) => ({ day, time: "16:59:50" })),
};
/** Futures, 18:00 to 17:00 of the next day. */
export const futures = market("futures", "America/New_York", days(evenings, "18:00", "17:00"));
/** Every evening from 18:30 on. */
export const evening = market("futures", "America/New_York", days([0, 1, 2, 3, 4, 5, 6], "18:30", "17:00"));
