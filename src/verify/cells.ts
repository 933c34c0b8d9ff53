/** Numbers and times as an export writes them, in whatever language the chart was. Pure. */

/** What parts the whole from the fraction. */
export type DecimalMark = "." | ",";

const groupMarks = /['’\s\u00a0\u202f]/g;
const numberShape = /^[-+]?(?:\d[\d.,]*|[.,]\d+)(?:e[-+]?\d+)?$/i;

/** The bare number of a cell: no unit, percent sign, blanks or typographic minus; `undefined` when it is none. */
function bareNumber(cell: string): string | undefined {
  const text = cell
    .trim()
    .replace(/^[−–﹣－]/, "-")
    .replace(/\s*(?:%|％|[A-Z]{3,5})$/, "")
    .replace(groupMarks, "");
  return numberShape.test(text) ? text : undefined;
}

/** Whether a cell holds a number, in any spelling. */
export function isNumeric(cell: string): boolean {
  return bareNumber(cell) !== undefined;
}

/**
 * The decimal mark of a file, found from all of its numbers: `0,25` and `1.234,5` speak for the comma, `1,234` alone
 * says nothing.
 *
 * @param fallback taken when no cell says anything
 */
export function decimalMarkOf(cells: Iterable<string>, fallback: DecimalMark): DecimalMark {
  let balance = 0;
  for (const cell of cells) {
    const text = bareNumber(cell);
    const mark = text === undefined ? undefined : markOf(text.replace(/^[-+]/, ""));
    if (mark !== undefined) balance += mark === "," ? 1 : -1;
  }
  return balance === 0 ? fallback : balance > 0 ? "," : ".";
}

function markOf(digits: string): DecimalMark | undefined {
  const [dot, comma] = [digits.lastIndexOf("."), digits.lastIndexOf(",")];
  if (dot >= 0 && comma >= 0) return dot > comma ? "." : ",";
  if (dot < 0 && comma < 0) return undefined;
  const [mark, other]: [DecimalMark, DecimalMark] = dot >= 0 ? [".", ","] : [",", "."];
  const [whole = "", fraction = "", ...more] = digits.split(mark);
  // Twice in one number: it parts thousands.
  if (more.length > 0) return other;
  const couldBeThousands = /^[1-9]\d{0,2}$/.test(whole) && /^\d{3}$/.test(fraction);
  return couldBeThousands ? undefined : mark;
}

/** The number of a cell; NaN when it is none. */
export function numberOf(cell: string, mark: DecimalMark): number {
  const text = bareNumber(cell);
  if (text === undefined) return Number.NaN;
  return Number(mark === "." ? text.replaceAll(",", "") : text.replaceAll(".", "").replace(",", "."));
}

/** A time as a clock on the wall showed it. */
export interface WallTime {
  /** As if the wall clock were UTC's, ms. */
  readonly wallMs: number;
  /** Minutes ahead of UTC, where the text says so. */
  readonly offsetMinutes?: number;
  /** A date without a time of day. */
  readonly isDate: boolean;
}

/** Which of the first two numbers of `03/01/2022` is the day. */
export type DateOrder = "dayFirst" | "monthFirst";

const clockPart = String.raw`(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AP]M)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$`;
const yearFirst = new RegExp(String.raw`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})${clockPart}`, "i");
const yearLast = new RegExp(String.raw`^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})${clockPart}`, "i");
const monthName = new RegExp(
  String.raw`^(?:([A-Z]{3})[a-z]*\.? (\d{1,2})|(\d{1,2}) ([A-Z]{3})[a-z]*\.?),? (\d{4})${clockPart}`,
  "i",
);
const months = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");

/** Reads a time; `undefined` when the cell holds none. Ten and thirteen digits are seconds and ms since 1970. */
export function wallTimeOf(cell: string, order: DateOrder): WallTime | undefined {
  const text = cell
    .trim()
    .replace(/(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?/, "$1-$2-$3")
    .replace(/[\u00a0\u202f]/g, " ");
  if (/^\d{10}(?:\d{3})?$/.test(text)) {
    return { wallMs: Number(text) * (text.length === 10 ? 1000 : 1), offsetMinutes: 0, isDate: false };
  }
  let match = yearFirst.exec(text);
  if (match !== null) return built(match[1], match[2], match[3], match.slice(4));
  match = yearLast.exec(text);
  if (match !== null) {
    const [day, month] = order === "dayFirst" ? [match[1], match[2]] : [match[2], match[1]];
    return built(match[3], month, day, match.slice(4));
  }
  match = monthName.exec(text);
  if (match === null) return undefined;
  const month = months.indexOf((match[1] ?? match[4] ?? "").toLowerCase()) + 1;
  return built(match[5], String(month), match[2] ?? match[3], match.slice(6));
}

function built(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  [hour, minute, second, half, zone]: (string | undefined)[],
): WallTime | undefined {
  const noon = half === undefined ? 0 : half.toLowerCase() === "pm" ? 12 : 0;
  const hours = half === undefined ? Number(hour ?? 0) : (Number(hour) % 12) + noon;
  const wallMs = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    hours,
    Number(minute ?? 0),
    Number(second ?? 0),
  );
  const check = new Date(wallMs);
  if (check.getUTCMonth() !== Number(month) - 1 || check.getUTCDate() !== Number(day) || hours > 23)
    return undefined;
  const isDate = hour === undefined;
  return zone === undefined ? { wallMs, isDate } : { wallMs, isDate, offsetMinutes: offsetOf(zone) };
}

function offsetOf(zone: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (match === null) return 0;
  return (match[1] === "-" ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}

/** The order of a column of dates; `undefined` when its cells allow both. */
export function dateOrderOf(cells: Iterable<string>): DateOrder | undefined {
  for (const cell of cells) {
    const match = yearLast.exec(cell.trim());
    if (match === null) continue;
    if (Number(match[1]) > 12 || cell.trim().includes(".")) return "dayFirst";
    if (Number(match[2]) > 12) return "monthFirst";
  }
  return undefined;
}
