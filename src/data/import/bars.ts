import type { BarColumns } from "../../kernel/bar.ts";
import { DataError, messageOf } from "../../kernel/errors.ts";
import { priceFault } from "../ohlcv/record.ts";
import { DelimitedReader, type Dialect } from "../../kernel/delimited.ts";
import { type ReadTime, timeReader } from "../../kernel/timestamps.ts";

/** Bars from texts of other programs, pure. */

export type ImportFormat = "csv" | "txt" | "json";

/** What a text held. */
export interface ImportedBars {
  /** Ascending; further columns as texts. */
  readonly columns: BarColumns;
  /** Offsets that the times carried, minutes, in the order in which they first appeared. */
  readonly offsets: readonly number[];
  /** First row's `symbol` or `ticker`, where there is such a column. */
  readonly symbol: string | undefined;
  /** The column that the times came from, as it is spelled. */
  readonly timeColumn: string;
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
 * @throws DataError naming the line (of JSON: the bar, the first being 1)
 */
export function parseBars(text: string, format: ImportFormat, timezone: string): ImportedBars {
  const clean = text.replace(/^\uFEFF/, "");
  return fromTable(format === "json" ? jsonTable(clean) : textTable(clean, format), timezone);
}

/** Rows of cells under a header, whatever they come from. */
interface Table {
  readonly header: readonly string[];
  readonly withExtras: boolean;
  /** The next row; `undefined` at the end. */
  next(): readonly string[] | undefined;
  /** What the last row is called in a message. */
  where(): string;
}

function textTable(text: string, format: "csv" | "txt"): Table {
  const dialect: Dialect =
    format === "csv"
      ? { delimiter: ",", quotes: '"', backslash: false }
      : { delimiter: frequentDelimiter(text), quotes: `"'`, backslash: true };
  const reader = new DelimitedReader(text, dialect);
  const header = (reader.next() ?? []).map((name) => name.trim());
  return {
    header,
    withExtras: true,
    where: () => `line ${reader.line}`,
    next() {
      const row = reader.next();
      if (row !== undefined && row.length !== header.length)
        throw new DataError(`line ${reader.line} has ${row.length} columns instead of ${header.length}`);
      return row;
    },
  };
}

function frequentDelimiter(text: string): string {
  const line = text.trimStart().split("\n", 1)[0] ?? "";
  const count = (delimiter: string): number => line.split(delimiter).length;
  return ["\t", ";", "|"].reduce(
    (best, delimiter) => (count(delimiter) > count(best) ? delimiter : best),
    "\t",
  );
}

/** A list of objects, or the first such list among the usual names. */
function jsonTable(text: string): Table {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new DataError("the file is not JSON", { cause: error });
  }
  const lists = [json, ...["data", "candles", "ohlcv", "results"].map((name) => memberOf(json, name))];
  const list = lists.find((value): value is unknown[] => Array.isArray(value));
  if (list === undefined)
    throw new DataError("the JSON has no list of bars", {
      hint: "a list of objects, or one under data, candles, ohlcv or results",
    });
  const keys = typeof list[0] === "object" && list[0] !== null ? Object.keys(list[0]) : [];
  const wanted = keys.filter((key) => [...timeNames, ...priceNames, "t"].includes(key.toLowerCase()));
  let index = 0;
  return {
    header: wanted.map((key) => (key.toLowerCase() === "t" ? "time" : key)),
    withExtras: false,
    where: () => `bar ${index}`,
    next() {
      if (index >= list.length) return undefined;
      const item = list[index++];
      if (typeof item !== "object" || item === null || Array.isArray(item))
        throw new DataError(`bar ${index} is ${JSON.stringify(item)?.slice(0, 40)}, not an object`);
      return wanted.map((key) => String(memberOf(item, key) ?? ""));
    },
  };
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** Where the columns are. */
export interface Layout {
  readonly time: number;
  readonly symbol: number;
  readonly prices: readonly [open: number, high: number, low: number, close: number, volume: number];
  readonly extras: readonly { readonly name: string; readonly index: number }[];
}

/** @throws DataError naming the columns that are missing */
export function layoutOf({ header, withExtras }: Pick<Table, "header" | "withExtras">): Layout {
  const lower = header.map((name) => name.toLowerCase());
  const time = timeNames.map((name) => lower.indexOf(name)).find((index) => index >= 0);
  const found = header.length === 0 ? "none" : header.join(", ");
  if (time === undefined)
    throw new DataError(`there is no time column among: ${found}`, {
      hint: `one of ${timeNames.join(", ")}`,
    });
  const missing = priceNames.filter((name) => !lower.includes(name));
  if (missing.length > 0) throw new DataError(`there is no column ${missing.join(", ")} among: ${found}`);
  const prices = priceNames.map((name) => lower.indexOf(name)) as unknown as Layout["prices"];
  const used = new Set([time, ...prices]);
  return {
    time,
    symbol: lower.findIndex((name) => name === "symbol" || name === "ticker"),
    prices,
    extras: withExtras
      ? header
          .map((name, index) => ({ name, index }))
          .filter(({ index, name }) => !used.has(index) && name !== "")
      : [],
  };
}

function fromTable(table: Table, timezone: string): ImportedBars {
  const layout = layoutOf(table);
  const { prices, extras } = layout;
  const readTimeOf = timeReader(timezone);
  const times = new Growing();
  const numbers = prices.map(() => new Growing()) as [Growing, Growing, Growing, Growing, Growing];
  const texts = extras.map((): string[] => []);
  const bar: [open: number, high: number, low: number, close: number, volume: number] = [0, 0, 0, 0, 0];
  const offsets: number[] = [];
  let lastOffset: number | undefined;
  let symbol: string | undefined;
  let previous: { timeMs: number; text: string } = { timeMs: -Infinity, text: "" };
  for (let row = table.next(); row !== undefined; row = table.next()) {
    const text = row[layout.time] ?? "";
    const time = timeOf(readTimeOf, text, table);
    if (time.timeMs <= previous.timeMs)
      throw outOfOrder(table, time.timeMs, text, previous.timeMs, row, layout, symbol);
    previous = { timeMs: time.timeMs, text };
    if (time.offsetMinutes !== undefined && time.offsetMinutes !== lastOffset) {
      lastOffset = time.offsetMinutes;
      if (!offsets.includes(lastOffset)) offsets.push(lastOffset);
    }
    symbol ??= layout.symbol < 0 ? undefined : row[layout.symbol]?.trim();
    for (let index = 0; index < 5; index++) {
      const cell = row[prices[index] ?? 0] ?? "";
      const value = numberOf(cell);
      if (value === undefined)
        throw new DataError(
          `${table.where()}: "${cell.trim()}" in column ${table.header[prices[index] ?? 0]} is not a number`,
        );
      bar[index] = value;
      numbers[index]?.push(value);
    }
    const fault = priceFault(...bar);
    if (fault !== undefined) throw new DataError(`${table.where()} cannot be stored: ${fault}`);
    times.push(time.timeMs);
    for (const [index, extra] of extras.entries()) texts[index]?.push((row[extra.index] ?? "").trim());
  }
  const [open, high, low, close, volume] = numbers;
  return {
    columns: {
      length: times.length,
      openTimeMs: times.values(),
      open: open.values(),
      high: high.values(),
      low: low.values(),
      close: close.values(),
      volume: volume.values(),
      extra: new Map(extras.map(({ name }, index) => [name, texts[index] ?? []])),
    },
    offsets,
    symbol: symbol === "" ? undefined : symbol,
    timeColumn: table.header[layout.time] ?? "",
  };
}

function timeOf(read: (text: string) => ReadTime, text: string, table: Table): ReadTime {
  try {
    return read(text);
  } catch (error) {
    throw new DataError(`${table.where()}: ${messageOf(error)}`, { cause: error });
  }
}

function outOfOrder(
  table: Table,
  timeMs: number,
  text: string,
  previousMs: number,
  row: readonly string[],
  layout: Layout,
  symbol: string | undefined,
): DataError {
  const other = layout.symbol < 0 ? undefined : row[layout.symbol]?.trim();
  return new DataError(
    timeMs === previousMs
      ? `${table.where()} has the time of the bar before it: ${text.trim()}`
      : `${table.where()} is earlier than the bar before it: ${text.trim()}`,
    other !== undefined && other !== symbol
      ? { hint: `the file holds more than one symbol (${symbol} and ${other}): make one file of each` }
      : {},
  );
}

/** A cell as a number, a missing one as NaN; `undefined` when it is neither. */
export function numberOf(cell: string): number | undefined {
  const value = Number(cell);
  // An empty cell is zero to JavaScript, `0x10` a number: whatever might be either gets a closer look.
  if (value === value && value !== 0 && cell.charCodeAt(0) > 32 && cell.charCodeAt(1) < 58)
    return Number.isFinite(value) ? value : undefined;
  const trimmed = cell.trim();
  if (trimmed === "" || /^(nan|na|null|none)$/i.test(trimmed)) return Number.NaN;
  const plain = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : Number.NaN;
  return Number.isFinite(plain) ? plain : undefined;
}

/** Numbers whose count is not known beforehand. */
class Growing {
  #values = new Float64Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Float64Array(this.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }

  values(): Float64Array {
    return this.#values.subarray(0, this.length);
  }
}
