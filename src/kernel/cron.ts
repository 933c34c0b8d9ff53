import { UsageError } from "./errors.ts";

/**
 * Cron expressions, pure. Every cron reads `minute hour day month weekday` in digits; names, nicknames and `5/10` are
 * spelled differently here and there, so they are brought into the form that all of them read.
 */

const nicknames: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

interface Field {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  /** Names of the values, the first being `low`. */
  readonly names: readonly string[];
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const fields: readonly Field[] = [
  { name: "minute", low: 0, high: 59, names: [] },
  { name: "hour", low: 0, high: 23, names: [] },
  { name: "day of the month", low: 1, high: 31, names: [] },
  { name: "month", low: 1, high: 12, names: months },
  { name: "weekday", low: 0, high: 7, names: weekdays },
];

const hint = `five fields in quotes: "*/15 * * * *" is every quarter of an hour, "30 6 * * mon-fri" 06:30 on workdays`;

/**
 * The expression as five fields of digits.
 * @throws UsageError naming the field and what is wrong with it, or that the moment never comes
 */
export function canonicalCron(text: string): string {
  const trimmed = text.trim().toLowerCase();
  if (trimmed === "@reboot")
    throw new UsageError(`"@reboot" is no time of the clock`, {
      hint: "a service manager starts programs at boot",
    });
  if (trimmed.startsWith("@")) {
    const known = nicknames[trimmed];
    if (known !== undefined) return known;
    throw new UsageError(`"${text}" is not a schedule`, {
      hint: `one of ${Object.keys(nicknames).join(", ")}`,
    });
  }
  const parts = trimmed.split(/\s+/).filter((part) => part !== "");
  if (parts.length !== fields.length)
    throw new UsageError(`"${text}" has ${parts.length} fields instead of 5: minute hour day month weekday`, {
      hint,
    });
  const expression = fields.map((field, index) => canonicalField(field, parts[index] ?? "")).join(" ");
  if (nextCron(expression, 0, "UTC") === undefined)
    throw new UsageError(`"${text}" never comes: no month has such a day`, { hint });
  return expression;
}

/**
 * The first moment after `fromMs` that an expression names; `undefined` when there is none.
 * @param timezone IANA name; default: the system's, as cron has it
 */
export function nextCron(expression: string, fromMs: number, timezone?: string): number | undefined {
  const options = timezone === undefined ? {} : { tz: timezone };
  return Bun.cron.parse(expression, fromMs, options)?.getTime();
}

function canonicalField(field: Field, text: string): string {
  return text
    .split(",")
    .map((item) => canonicalItem(field, item, text))
    .join(",");
}

function canonicalItem(field: Field, item: string, text: string): string {
  const refuse = (reason: string): never => {
    throw new UsageError(`the ${field.name} "${text}" is wrong: ${reason}`, { hint });
  };
  const match = /^(?:(\*)|([a-z0-9]+)(?:-([a-z0-9]+))?)(?:\/(\d+))?$/.exec(item);
  if (match === null) return refuse(`"${item}" is no *, number, name, range or step`);
  const [, all, first = "", last, step] = match;
  if (step !== undefined && (Number(step) < 1 || Number(step) > field.high))
    refuse(`a step is 1 to ${field.high}, not ${step}`);
  const tail = step === undefined ? "" : `/${Number(step)}`;
  if (all !== undefined) return `*${tail}`;
  const value = (word: string, isEnd: boolean): number => {
    const named = field.names.findIndex((name) => word.length >= 3 && longName(name).startsWith(word));
    // A week ends on a Sunday, too.
    if (named >= 0) return isEnd && field.high === 7 && named === 0 ? 7 : named + field.low;
    const number = /^\d+$/.test(word) ? Number(word) : Number.NaN;
    if (!(number >= field.low && number <= field.high))
      refuse(`"${word}" is not ${field.low} to ${field.high}${field.names.length === 0 ? "" : " or a name"}`);
    return number;
  };
  const from = value(first, false);
  if (last === undefined) return step === undefined ? String(from) : `${from}-${field.high}${tail}`;
  const to = value(last, true);
  if (to < from) refuse(`the range ${item} runs backwards`);
  return `${from}-${to}${tail}`;
}

const longNames: Readonly<Record<string, string>> = {
  jan: "january",
  feb: "february",
  mar: "march",
  apr: "april",
  jun: "june",
  jul: "july",
  aug: "august",
  sep: "september",
  oct: "october",
  nov: "november",
  dec: "december",
  sun: "sunday",
  mon: "monday",
  tue: "tuesday",
  wed: "wednesday",
  thu: "thursday",
  fri: "friday",
  sat: "saturday",
};

function longName(name: string): string {
  return longNames[name] ?? name;
}
