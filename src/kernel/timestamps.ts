import { DataError } from "./errors.ts";
import { instantOf, zoneOffset } from "./zone.ts";

/** Times in files from anywhere, pure. */

/** A time as read: the instant, and the offset the text carried, minutes; `undefined` without one. */
export interface ReadTime {
  readonly timeMs: number;
  readonly offsetMinutes: number | undefined;
}

const pattern =
  /^(?:(\d{4})[-/](\d{1,2})[-/](\d{1,2})|(\d{1,2})\.(\d{1,2})\.(\d{4})|(\d{4})(\d{2})(\d{2}))(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/i;

/**
 * Reads a time: whole numbers by their digits (10 seconds, 13 ms, 16 µs, 19 ns), or a date with an optional time and
 * zone. A zone in the text wins over `timezone`; a date alone is its midnight. Eight digits are a date.
 *
 * @throws DataError naming the text
 */
export function readTime(text: string, timezone: string): ReadTime {
  return timeReader(timezone)(text);
}

/**
 * The same for many times of one file.
 * @throws DataError for an unknown zone
 */
export function timeReader(timezone: string): (text: string) => ReadTime {
  if (zoneOffset(timezone) === undefined) {
    throw new DataError(`the time zone "${timezone}" is not known`, {
      hint: "IANA names (Europe/Paris) or offsets (UTC+5:30)",
    });
  }
  return (text) => {
    const trimmed = text.trim();
    if (/^[+-]?\d+$/.test(trimmed) && !/^\d{8}$/.test(trimmed))
      return { timeMs: fromDigits(trimmed), offsetMinutes: undefined };
    const match = pattern.exec(trimmed);
    if (match === null) throw new DataError(`"${text}" is not a time`);
    const wall = wallOf(match, text);
    const zone = match[14];
    if (zone === undefined) return { timeMs: instantOf(wall, timezone) ?? wall, offsetMinutes: undefined };
    const offsetMinutes = zoneMinutes(zone);
    return { timeMs: wall - offsetMinutes * 60_000, offsetMinutes };
  };
}

/** The wall clock of a matched date, as if it were UTC. */
function wallOf(match: RegExpExecArray, text: string): number {
  const [, y1, m1, d1, d2, m2, y2, y3, m3, d3, hour = "0", minute = "0", second = "0", fraction = ""] = match;
  const [year, month, day] = [y1 ?? y2 ?? y3, m1 ?? m2 ?? m3, d1 ?? d2 ?? d3].map(Number) as [
    number,
    number,
    number,
  ];
  const ms = Number(fraction.slice(0, 3).padEnd(3, "0"));
  const wall = Date.UTC(year, month - 1, day, Number(hour), Number(minute), Number(second), ms);
  const check = new Date(wall);
  if (
    check.getUTCFullYear() !== year ||
    check.getUTCMonth() !== month - 1 ||
    check.getUTCDate() !== day ||
    Number(hour) > 23 ||
    Number(minute) > 59 ||
    Number(second) > 59
  ) {
    throw new DataError(`"${text}" is not a time: there is no such date`);
  }
  return wall;
}

function fromDigits(text: string): number {
  const digits = text.replace(/^[+-]/, "").replace(/^0+(?=\d)/, "").length;
  const value = Number(text);
  if (digits <= 10) return value * 1000;
  if (digits <= 13) return value;
  if (digits <= 16) return Math.trunc(value / 1000);
  if (digits <= 19) return Number(BigInt(text) / 1_000_000n);
  throw new DataError(`"${text}" has too many digits for a time`);
}

function zoneMinutes(zone: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return match[1] === "-" ? -minutes : minutes;
}
