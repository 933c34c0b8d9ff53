import type { OpeningHours, SessionHours, SymbolType } from "../../kernel/syminfo.ts";
import { type Timeframe, timeframeSeconds } from "../../kernel/timeframe.ts";
import { zoneOffset } from "../../kernel/zone.ts";

/** When an unknown symbol probably trades. Pure. Minutes are counted from midnight in the exchange's zone. */

const dayMs = 86_400_000;
const dayMinutes = 1440;
/** Days of a weekday that must have been seen before anything is said. */
const fewestDays = 4;
/** A weekday trades when it was seen at least this often, compared with the busiest one. */
const tradedShare = 0.25;
/** A session begins and ends with bars that are there at least this often, compared with the busiest of the day. */
const edgeShare = 0.5;
/** A pause inside a session has bars on fewer days than this. */
const pauseShare = 0.02;

/** A stretch of a day, minutes, half-open. */
type Stretch = readonly [from: number, to: number];

/** Usual hours: coins never close, currencies trade Monday to Friday, everything else 09:30 to 16:00. */
export function usualHours(type: SymbolType): SessionHours {
  const days = type === "crypto" ? [0, 1, 2, 3, 4, 5, 6] : [0, 1, 2, 3, 4];
  const allDay = type === "crypto" || type === "forex";
  const [start, end] = allDay ? ["00:00:00", "00:00:00"] : ["09:30:00", "16:00:00"];
  return withSessions(days.map((day) => ({ day, start, end })));
}

/**
 * The hours at which there usually are bars, weekday by weekday; a session that runs past midnight belongs to the day
 * on which it begins. `undefined` when the bars cannot tell: they are of a day or more, or too few.
 */
export function observedHours(
  timesMs: Float64Array,
  timezone: string,
  timeframe: Timeframe,
): SessionHours | undefined {
  const slot = Math.max(1, timeframeSeconds(timeframe) / 60);
  if (slot > dayMinutes / 2) return undefined;
  const week = countByWeekday(timesMs, timezone);
  const busiest = Math.max(...week.map(({ days }) => days));
  if (busiest < fewestDays) return undefined;
  const stretches = week.map(({ days, starts }) =>
    days < busiest * tradedShare ? [] : openStretches(starts, days, slot),
  );
  return withSessions(acrossMidnight(stretches));
}

function countByWeekday(timesMs: Float64Array, timezone: string): { days: number; starts: Uint32Array }[] {
  const offset = zoneOffset(timezone) ?? ((): number => 0);
  const week = Array.from({ length: 7 }, () => ({ days: 0, starts: new Uint32Array(dayMinutes) }));
  let starts = new Uint32Array(dayMinutes);
  let [dayFrom, dayTo, lastMinute] = [0, 0, -1];
  for (let index = 0; index < timesMs.length; index++) {
    const timeMs = timesMs[index] ?? 0;
    const wall = timeMs + offset(timeMs);
    if (!(wall >= dayFrom && wall < dayTo)) {
      const date = Math.floor(wall / dayMs);
      // 1970-01-01 was a Thursday.
      const weekday = week[(((date + 3) % 7) + 7) % 7];
      if (weekday === undefined) continue;
      weekday.days++;
      starts = weekday.starts;
      [dayFrom, dayTo, lastMinute] = [date * dayMs, (date + 1) * dayMs, -1];
    }
    const minute = ((wall - dayFrom) / 60_000) | 0;
    if (minute === lastMinute) continue;
    starts[minute] = (starts[minute] ?? 0) + 1;
    lastMinute = minute;
  }
  return week;
}

/** Where a day has bars: from one that is usually there to the last such, without the pauses in between. */
function openStretches(starts: Uint32Array, days: number, slot: number): Stretch[] {
  const most = starts.reduce((max, count) => Math.max(max, count), 0);
  const usual = (minute: number): boolean => (starts[minute] ?? 0) >= most * edgeShare;
  const seen = (minute: number): boolean => (starts[minute] ?? 0) > days * pauseShare;
  const stretches: [number, number][] = [];
  let bridged = false;
  for (let minute = 0; minute < dayMinutes; minute++) {
    const last = stretches.at(-1);
    if (usual(minute)) {
      const end = Math.min(minute + slot, dayMinutes);
      if (last === undefined || (minute > last[1] && !bridged)) stretches.push([minute, end]);
      else last[1] = end;
      bridged = false;
    } else if (last !== undefined && minute >= last[1] && seen(minute)) bridged = true;
  }
  return stretches;
}

/** Stretches that meet at midnight become one that begins the evening before, unless that would be over a day long. */
function acrossMidnight(week: readonly (readonly Stretch[])[]): OpeningHours[] {
  const meets = (weekday: number): boolean => {
    const [evening, morning] = [week[weekday]?.at(-1), week[(weekday + 1) % 7]?.[0]];
    return (
      evening !== undefined &&
      morning !== undefined &&
      evening[1] === dayMinutes &&
      morning[0] === 0 &&
      morning[1] <= evening[0]
    );
  };
  return week.flatMap((stretches, day) =>
    stretches.flatMap(([from, to], index): OpeningHours[] => {
      if (index === 0 && meets((day + 6) % 7)) return [];
      if (index === stretches.length - 1 && meets(day)) {
        return [{ day, start: clock(from), end: clock(week[(day + 1) % 7]?.[0]?.[1] ?? 0) }];
      }
      // An end at midnight means "runs into the next day", which only some do.
      const alone = to === dayMinutes && from > 0 && week[(day + 1) % 7]?.[0]?.[0] !== 0;
      return [{ day, start: clock(from), end: alone ? "23:59:59" : clock(to) }];
    }),
  );
}

function withSessions(openingHours: readonly OpeningHours[]): SessionHours {
  return {
    openingHours,
    sessionStarts: openingHours.map(({ day, start }) => ({ day, time: start })),
    sessionEnds: openingHours.map(({ day, start, end }) => ({
      day: end <= start && start !== "00:00:00" ? (day + 1) % 7 : day,
      time: end,
    })),
  };
}

function clock(minute: number): string {
  const text = (value: number): string => String(value).padStart(2, "0");
  return `${text(Math.floor(minute / 60) % 24)}:${text(minute % 60)}:00`;
}
