import { RuntimeFailure } from "../../../kernel/errors.ts";
import { zoneOf } from "../../../kernel/zone.ts";

const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** A moment on a wall clock: fields of `date`, read as UTC, are local. */
interface Moment {
  readonly date: Date;
  readonly offsetMs: number;
  readonly zone: string;
}

/**
 * A time by a pattern of Java's `SimpleDateFormat`, in English: letters `G y Y M L w W D d F E u a H k K h m s S z Z X`
 * repeated to say how wide, text in single quotes, `''` a quote.
 *
 * @param timeMs epoch ms; na gives `NaN`
 * @param timezone an IANA name or `UTC+5:30`
 * @throws RuntimeFailure for another letter, a quote that is not closed, an unknown zone
 */
export function formatTime(timeMs: number, pattern: string, timezone: string): string {
  if (!Number.isFinite(timeMs)) return "NaN";
  const zone = zoneOf(timezone);
  if (zone === undefined) throw new RuntimeFailure(`str.format_time: "${timezone}" is no time zone`);
  const offsetMs = zone.offsetAt(timeMs);
  const moment: Moment = { date: new Date(timeMs + offsetMs), offsetMs, zone: timezone };
  let text = "";
  for (let index = 0; index < pattern.length;) {
    const character = pattern[index]!;
    if (character === "'") {
      const [literal, end] = quoted(pattern, index);
      text += literal;
      index = end;
    } else if (/[A-Za-z]/.test(character)) {
      let width = 1;
      while (pattern[index + width] === character) width++;
      text += field(character, width, moment, pattern);
      index += width;
    } else {
      text += character;
      index++;
    }
  }
  return text;
}

/** The text in quotes from `start` on and where it ends. Two quotes are one, inside and outside. */
function quoted(pattern: string, start: number): [string, number] {
  if (pattern[start + 1] === "'") return ["'", start + 2];
  let literal = "";
  for (let index = start + 1; index < pattern.length; index++) {
    if (pattern[index] !== "'") literal += pattern[index]!;
    else if (pattern[index + 1] === "'") literal += pattern[++index]!;
    else return [literal, index + 1];
  }
  throw new RuntimeFailure(`str.format_time: a quote of "${pattern}" is not closed`);
}

function field(letter: string, width: number, moment: Moment, pattern: string): string {
  const { date } = moment;
  const number = (value: number): string => String(value).padStart(width, "0");
  const hour = date.getUTCHours();
  switch (letter) {
    case "G":
      return date.getUTCFullYear() > 0 ? "AD" : "BC";
    case "y":
      return year(date.getUTCFullYear(), width);
    case "Y":
      return year(weekOfYear(date).year, width);
    case "M":
    case "L": {
      const month = months[date.getUTCMonth()]!;
      return width >= 4 ? month : width === 3 ? month.slice(0, 3) : number(date.getUTCMonth() + 1);
    }
    case "w":
      return number(weekOfYear(date).week);
    case "W": {
      const first = (date.getUTCDay() - date.getUTCDate() + 1 + 35) % 7;
      return number(Math.ceil((date.getUTCDate() + first) / 7));
    }
    case "D":
      return number(dayOfYear(date));
    case "d":
      return number(date.getUTCDate());
    case "F":
      return number(Math.ceil(date.getUTCDate() / 7));
    case "E": {
      const weekday = weekdays[date.getUTCDay()]!;
      return width >= 4 ? weekday : weekday.slice(0, 3);
    }
    case "u":
      return number(date.getUTCDay() === 0 ? 7 : date.getUTCDay());
    case "a":
      return hour < 12 ? "AM" : "PM";
    case "H":
      return number(hour);
    case "k":
      return number(hour === 0 ? 24 : hour);
    case "K":
      return number(hour % 12);
    case "h":
      return number(hour % 12 === 0 ? 12 : hour % 12);
    case "m":
      return number(date.getUTCMinutes());
    case "s":
      return number(date.getUTCSeconds());
    case "S":
      return number(date.getUTCMilliseconds());
    case "z":
      return zoneName(moment, width >= 4 ? "long" : "short");
    case "Z":
      return offset(moment.offsetMs, "");
    case "X":
      if (moment.offsetMs === 0) return "Z";
      return width >= 3
        ? offset(moment.offsetMs, ":")
        : offset(moment.offsetMs, "").slice(0, width === 1 ? 3 : 5);
    default:
      throw new RuntimeFailure(`str.format_time: "${letter}" of "${pattern}" means nothing`);
  }
}

function year(value: number, width: number): string {
  return width === 2 ? String(Math.abs(value) % 100).padStart(2, "0") : String(value).padStart(width, "0");
}

const dayMs = 86_400_000;

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / dayMs) + 1;
}

/** As in the United States, which Java's English takes: weeks begin on Sunday, the first holds 1 January. */
function weekOfYear(date: Date): { week: number; year: number } {
  const thisYear = date.getUTCFullYear();
  const saturday = new Date(date.getTime() + (6 - date.getUTCDay()) * dayMs);
  if (saturday.getUTCFullYear() > thisYear) return { week: 1, year: saturday.getUTCFullYear() };
  const firstWeekday = new Date(Date.UTC(thisYear, 0, 1)).getUTCDay();
  return { week: Math.ceil((dayOfYear(date) + firstWeekday) / 7), year: thisYear };
}

function offset(offsetMs: number, separator: string): string {
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  const hours = String(Math.floor(minutes / 60)).padStart(2, "0");
  return `${offsetMs < 0 ? "-" : "+"}${hours}${separator}${String(minutes % 60).padStart(2, "0")}`;
}

/** `EST`, `Eastern Standard Time`; a fixed offset is `GMT+05:30`. */
function zoneName({ date, offsetMs, zone }: Moment, style: "short" | "long"): string {
  if (/^(UTC|GMT|Z)?$/i.test(zone)) return zone === "GMT" ? "GMT" : "UTC";
  if (/^(UTC|GMT)?[+-]/.test(zone)) return `GMT${offset(offsetMs, ":")}`;
  const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: style }).formatToParts(
    date.getTime() - offsetMs,
  );
  return parts.find((part) => part.type === "timeZoneName")?.value ?? zone;
}
