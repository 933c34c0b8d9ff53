import { daysOfCivil } from "../../../kernel/calendar/civil.ts";
import { dayMs } from "../../../kernel/calendar/dates.ts";
import { RuntimeFailure } from "../../../kernel/errors.ts";
import { zoneOf, type Zone } from "../../../kernel/zone.ts";
import { instantIn } from "./zoned.ts";

/** `timestamp`, pure. */

/** A date and a time of day; parts out of range carry over, fractions are cut off. */
export interface DateParts {
  readonly year: number;
  /** 1 = January. */
  readonly month: number;
  readonly day: number;
  readonly hour?: number;
  readonly minute?: number;
  readonly second?: number;
}

/** The instant of a date on the clock of a zone, epoch ms; na when a part is. Julian dates before 15 October 1582. */
export function timestampOf(zone: Zone, parts: DateParts): number {
  const { year, month, day, hour = 0, minute = 0, second = 0 } = parts;
  const days = daysOfCivil(Math.trunc(year), Math.trunc(month), Math.trunc(day));
  const seconds = Math.trunc(hour) * 3600 + Math.trunc(minute) * 60 + Math.trunc(second);
  const wallMs = days * dayMs + seconds * 1000;
  return Number.isFinite(wallMs) ? instantIn(zone, wallMs) : Number.NaN;
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const time = String.raw`(?:[T\s,]+(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.\d+)?)?\s*(?<half>[ap]m\b)?)?`;
const zonePart = String.raw`(?:\s*(?<zone>Z|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?|[A-Z][A-Za-z_]+(?:\/[A-Za-z_+-]+)*))?`;
const weekday = String.raw`(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?`;
const name = String.raw`(?<name>[a-z]{3})[a-z]*\.?`;
const forms = [
  // 2020-02-20, 2020-02-20T22:10:05+02:00
  String.raw`(?<year>\d{4})[-/.](?<month>\d{1,2})(?:[-/.](?<day>\d{1,2}))?`,
  // 04 Dec 1995
  String.raw`${weekday}(?<day>\d{1,2})[\s-]+${name}[\s,-]+(?<year>\d{4})`,
  // Feb 01 2020
  String.raw`${weekday}${name}\s+(?<day>\d{1,2}),?\s+(?<year>\d{4})`,
  // 02/20/2020
  String.raw`(?<month>\d{1,2})/(?<day>\d{1,2})/(?<year>\d{4})`,
  String.raw`(?<year>\d{4})`,
].map((date) => new RegExp(`^${date}${time}${zonePart}$`, "i"));

/**
 * The time that a text says: ISO 8601, `Feb 01 2020 22:10:05`, `04 Dec 1995 00:12:00 GMT+5`, `02/20/2020`. Without a
 * zone in the text it is UTC.
 * @throws RuntimeFailure naming the text
 */
export function timestampOfText(text: string): number {
  const trimmed = text.trim();
  for (const form of forms) {
    const parts = form.exec(trimmed)?.groups;
    if (parts !== undefined) return ofParts(parts, text);
  }
  throw notATime(text);
}

function ofParts(parts: Readonly<Record<string, string | undefined>>, text: string): number {
  const zone = zoneOf(parts["zone"] ?? "UTC");
  const month =
    parts["name"] === undefined
      ? Number(parts["month"] ?? 1)
      : months.indexOf(parts["name"].toLowerCase()) + 1;
  const [day, hour] = [Number(parts["day"] ?? 1), hourOf(parts["hour"], parts["half"])];
  const [minute, second] = [Number(parts["minute"] ?? 0), Number(parts["second"] ?? 0)];
  const isDate =
    month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour <= 24 && minute < 60 && second < 60;
  if (zone === undefined || !isDate) throw notATime(text);
  return timestampOf(zone, { year: Number(parts["year"]), month, day, hour, minute, second });
}

function hourOf(text: string | undefined, half: string | undefined): number {
  const hour = Number(text ?? 0);
  return half === undefined ? hour : (hour % 12) + (half.toLowerCase() === "pm" ? 12 : 0);
}

function notATime(text: string): RuntimeFailure {
  return new RuntimeFailure(`timestamp: "${text}" is not a date`, {
    hint: 'for example "2020-02-20", "2020-02-20T22:10:05+02:00", "20 Feb 2020 22:10 GMT+2"',
  });
}
