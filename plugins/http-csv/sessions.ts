import type { OpeningHours, SymInfo } from "pynecore/plugin";

/**
 * `HHMM-HHMM[,HHMM-HHMM...][:days]` with days 1 = Sunday ... 7 = Saturday, all where none are said.
 * @returns `undefined` for anything else
 */
export function parseSession(text: string): OpeningHours[] | undefined {
  const [times = "", days = "1234567", ...rest] = text.trim().split(":");
  if (rest.length > 0 || !/^[1-7]+$/.test(days)) return undefined;
  const spans = times.split(",").map((span) => {
    const match = /^(\d{2})(\d{2})-(\d{2})(\d{2})$/.exec(span);
    if (match === null) return undefined;
    const [, fromHour = "", fromMinute = "", toHour = "", toMinute = ""] = match;
    const [start, end] = [clock(fromHour, fromMinute), clock(toHour === "24" ? "00" : toHour, toMinute)];
    return start === undefined || end === undefined ? undefined : { start, end };
  });
  const hours: OpeningHours[] = [];
  for (const day of new Set(days)) {
    for (const span of spans) {
      if (span === undefined) return undefined;
      // Pine's week begins on Sunday, that of a symbol on Monday.
      hours.push({ day: (Number(day) + 5) % 7, ...span });
    }
  }
  return hours;
}

/** Whether a text is a session. */
export function isSession(text: string): boolean {
  return parseSession(text) !== undefined;
}

/** The three lists of a symbol's trading hours, days ascending. A session belongs to the day it starts on. */
export function sessionHours(
  sessions: readonly string[],
): Pick<SymInfo, "openingHours" | "sessionStarts" | "sessionEnds"> {
  const openingHours = sessions
    .flatMap((session) => parseSession(session) ?? [])
    .toSorted((a, b) => a.day - b.day || (a.start < b.start ? -1 : 1));
  return {
    openingHours,
    sessionStarts: openingHours.map(({ day, start }) => ({ day, time: start })),
    sessionEnds: openingHours.map(({ day, end }) => ({ day, time: end })),
  };
}

function clock(hour: string, minute: string): string | undefined {
  return Number(hour) < 24 && Number(minute) < 60 ? `${hour}:${minute}:00` : undefined;
}
