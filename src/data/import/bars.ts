import type { Bar } from "../../kernel/bar.ts";
import { DataError } from "../../kernel/errors.ts";
import { parseDelimited } from "../../kernel/delimited.ts";
import { readTime } from "../../kernel/timestamps.ts";

/** Bars from texts of other programs, pure. */

export type ImportFormat = "csv" | "txt" | "json";

/** What a text held. */
export interface ImportedBars {
  readonly bars: readonly Bar[];
  /** Offsets that the times carried, minutes, in the order in which they first appeared. */
  readonly offsets: readonly number[];
  /** First row's `symbol` or `ticker`, where there is such a column. */
  readonly symbol: string | undefined;
}

const timeNames = ["timestamp", "time", "date", "datetime", "ts_event", "ts_recv"];
const priceNames = ["open", "high", "low", "close", "volume"] as const;

/** What a text is, by its content. */
export function detectFormat(text: string): ImportFormat {
  const head = text.replace(/^\uFEFF/, "").trimStart();
  if (/^[{[]/.test(head)) {
    try {
      JSON.parse(head);
      return "json";
    } catch {
      // A text that merely begins like JSON.
    }
  }
  const line = head.split("\n", 1)[0] ?? "";
  if ((line.match(/,/g) ?? []).length >= 4) return "csv";
  return /[\t;|]/.test(line) ? "txt" : "csv";
}

/**
 * Reads bars. Columns are found by name: the first of the time columns, `open high low close volume`, and further
 * columns under their own names.
 *
 * @param timezone for times without a zone of their own
 * @throws DataError naming the row
 */
export function parseBars(text: string, format: ImportFormat, timezone: string): ImportedBars {
  const clean = text.replace(/^\uFEFF/, "");
  if (format === "json") return fromRows(jsonRows(clean), timezone, false);
  const delimiter = format === "csv" ? "," : frequentDelimiter(clean);
  return fromRows(parseDelimited(clean, delimiter), timezone, true);
}

function frequentDelimiter(text: string): string {
  const line = text.split("\n", 1)[0] ?? "";
  const count = (delimiter: string): number => line.split(delimiter).length;
  return ["\t", ";", "|"].reduce(
    (best, delimiter) => (count(delimiter) > count(best) ? delimiter : best),
    "\t",
  );
}

/** A list of objects, or the first such list among the usual names, as rows with a header. */
function jsonRows(text: string): string[][] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new DataError("the file is not JSON", { cause: error });
  }
  const holder = json as Record<string, unknown>;
  const list = Array.isArray(json)
    ? json
    : ["data", "candles", "ohlcv", "results"]
        .map((name) => holder[name])
        .find((value) => Array.isArray(value));
  if (!Array.isArray(list))
    throw new DataError("the JSON has no list of bars", {
      hint: "a list of objects, or one under data, candles, ohlcv or results",
    });
  const first = list[0] as Record<string, unknown> | undefined;
  if (first === undefined) return [];
  const keys = Object.keys(first);
  const wanted = keys.filter((key) => [...timeNames, ...priceNames, "t"].includes(key.toLowerCase()));
  const header = wanted.map((key) => (key.toLowerCase() === "t" ? "time" : key));
  return [
    header,
    ...list.map((item) => wanted.map((key) => String((item as Record<string, unknown>)[key] ?? ""))),
  ];
}

function fromRows(rows: readonly (readonly string[])[], timezone: string, withExtras: boolean): ImportedBars {
  const header = (rows[0] ?? []).map((name) => name.trim());
  const lower = header.map((name) => name.toLowerCase());
  const timeColumn = timeNames.map((name) => lower.indexOf(name)).find((index) => index >= 0);
  if (timeColumn === undefined)
    throw new DataError(`there is no time column among: ${header.join(", ")}`, {
      hint: `one of ${timeNames.join(", ")}`,
    });
  const missing = priceNames.filter((name) => !lower.includes(name));
  if (missing.length > 0)
    throw new DataError(`there is no column ${missing.join(", ")} among: ${header.join(", ")}`);
  const [open, high, low, close, volume] = priceNames.map((name) => lower.indexOf(name)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const used = new Set([timeColumn, open, high, low, close, volume]);
  const extras = withExtras
    ? header
        .map((name, index) => ({ name, index }))
        .filter(({ index, name }) => !used.has(index) && name !== "")
    : [];
  const symbolColumn = lower.findIndex((name) => name === "symbol" || name === "ticker");

  const bars: Bar[] = [];
  const offsets: number[] = [];
  let lastOffset: number | undefined;
  let previous = -Infinity;
  for (let index = 1; index < rows.length; index++) {
    const row = rows[index] ?? [];
    const where = `row ${index + 1}`;
    if (row.length !== header.length)
      throw new DataError(`${where} has ${row.length} columns instead of ${header.length}`);
    const number = (column: number): number => {
      const cell = (row[column] ?? "").trim();
      if (cell === "" || /^(nan|na|null|none)$/i.test(cell)) return Number.NaN;
      const value = Number(cell);
      if (value !== value)
        throw new DataError(`${where}: "${cell}" in column ${header[column]} is not a number`);
      return value;
    };
    let time;
    try {
      time = readTime(row[timeColumn] ?? "", timezone);
    } catch (error) {
      throw new DataError(`${where}: ${(error as Error).message}`, { cause: error });
    }
    if (time.timeMs === previous)
      throw new DataError(`${where} has the time of the row before it: ${row[timeColumn]}`);
    if (time.timeMs < previous)
      throw new DataError(`${where} is earlier than the row before it: ${row[timeColumn]}`);
    previous = time.timeMs;
    if (time.offsetMinutes !== undefined && time.offsetMinutes !== lastOffset) {
      lastOffset = time.offsetMinutes;
      if (!offsets.includes(lastOffset)) offsets.push(lastOffset);
    }
    const bar: Bar = {
      openTimeMs: time.timeMs,
      open: number(open),
      high: number(high),
      low: number(low),
      close: number(close),
      volume: number(volume),
    };
    bars.push(
      extras.length === 0
        ? bar
        : {
            ...bar,
            extra: Object.fromEntries(extras.map(({ name, index: at }) => [name, extraCell(row[at] ?? "")])),
          },
    );
  }
  return {
    bars,
    offsets,
    symbol: symbolColumn < 0 ? undefined : rows[1]?.[symbolColumn]?.trim() || undefined,
  };
}

function extraCell(cell: string): number | string {
  const trimmed = cell.trim();
  return trimmed !== "" && !Number.isNaN(Number(trimmed)) ? Number(trimmed) : trimmed;
}
