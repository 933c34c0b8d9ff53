import { parseDelimited, ProviderError, TransientProviderError } from "pynecore/plugin";

/** Rows out of an answer, pure. */

/** How an answer is read. */
export interface RowOptions {
  readonly format: "auto" | "csv" | "json";
  /** Empty: found out. */
  readonly delimiter: string;
  readonly csvHeader: boolean;
  /** Dotted; empty: the usual places. */
  readonly rowsPath: string;
  /** The address for messages. */
  readonly source: string;
}

/** Cells in rows. Without names (`null`), columns are known by their numbers. */
export interface Table {
  readonly names: readonly string[] | null;
  readonly rows: readonly (readonly unknown[])[];
  /** What the first of `rows` is called: `row 1`, or `line 2` below a header. */
  readonly nameOf: (index: number) => string;
}

const usualPlaces = ["data", "candles", "ohlcv", "results"];

/**
 * @throws TransientProviderError when the answer ends in the middle
 * @throws ProviderError when it is nothing that has rows
 */
export function readTable(text: string, options: RowOptions): Table {
  const clean = text.replace(/^\uFEFF/, "");
  if (/^\s*</.test(clean)) throw new ProviderError(`the answer of ${options.source} is a web page, not rows`);
  const json = options.format === "json" || (options.format === "auto" && /^\s*[{[]/.test(clean));
  return json ? jsonTable(clean, options) : csvTable(clean, options);
}

/** The JSON value of an answer. */
export function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    if (/^\s*[{[]/.test(text) && !/[}\]]\s*$/.test(text)) throw cutOff(source);
    throw new ProviderError(`the answer of ${source} is not JSON`, {
      hint: "format in config/plugins/http-csv.toml says what it is",
    });
  }
}

function jsonTable(text: string, options: RowOptions): Table {
  if (text.trim() === "") return { names: null, rows: [], nameOf: rowName };
  const list = listIn(parseJson(text, options.source), options);
  const first = list[0];
  if (first === undefined) return { names: null, rows: [], nameOf: rowName };
  if (Array.isArray(first)) {
    const wrong = list.findIndex((row) => !Array.isArray(row));
    if (wrong >= 0) throw noRow(wrong, list[wrong], options.source);
    return { names: null, rows: list as unknown[][], nameOf: rowName };
  }
  const wrong = list.findIndex((row) => typeof row !== "object" || row === null || Array.isArray(row));
  if (wrong >= 0) throw noRow(wrong, list[wrong], options.source);
  const names = Object.keys(first as object);
  const rows = (list as Readonly<Record<string, unknown>>[]).map((row) => names.map((name) => row[name]));
  return { names, rows, nameOf: rowName };
}

function listIn(json: unknown, { rowsPath, source }: RowOptions): unknown[] {
  if (rowsPath !== "") {
    const found = rowsPath
      .split(".")
      .reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], json);
    if (Array.isArray(found)) return found;
    throw new ProviderError(`the answer of ${source} has no list at "${rowsPath}"${keysOf(json)}`);
  }
  if (Array.isArray(json)) return json;
  const holder = (json ?? {}) as Record<string, unknown>;
  const place = usualPlaces.find((name) => Array.isArray(holder[name]));
  if (place !== undefined) return holder[place] as unknown[];
  throw new ProviderError(`the answer of ${source} has no list of rows${keysOf(json)}`, {
    hint: "rows_path in config/plugins/http-csv.toml says where they are",
  });
}

function keysOf(json: unknown): string {
  if (typeof json !== "object" || json === null) return "";
  return `; it has ${Object.keys(json).slice(0, 8).join(", ") || "nothing"}`;
}

function csvTable(text: string, options: RowOptions): Table {
  const delimiter = options.delimiter || frequentDelimiter(text);
  const lines = parseDelimited(text, delimiter);
  const header = options.csvHeader ? lines[0] : undefined;
  const rows = options.csvHeader ? lines.slice(1) : lines;
  const width = lines[0]?.length ?? 0;
  const nameOf = (index: number): string => `line ${index + (options.csvHeader ? 2 : 1)}`;
  const wrong = rows.findIndex((row) => row.length !== width);
  if (wrong >= 0) {
    // The last line of an answer that was cut off is short and has no end.
    if (wrong === rows.length - 1 && !/\n\s*$/.test(text)) throw cutOff(options.source);
    const cells = rows[wrong]?.length ?? 0;
    throw new ProviderError(
      `${nameOf(wrong)} of ${options.source} has ${cells} columns, the first line has ${width}`,
    );
  }
  return { names: header?.map((name) => name.trim()) ?? null, rows, nameOf };
}

function frequentDelimiter(text: string): string {
  const line = text.split("\n", 1)[0] ?? "";
  const count = (delimiter: string): number => line.split(delimiter).length;
  return [",", ";", "\t", "|"].reduce((best, one) => (count(one) > count(best) ? one : best), ",");
}

function rowName(index: number): string {
  return `row ${index + 1}`;
}

function noRow(index: number, value: unknown, source: string): ProviderError {
  return new ProviderError(
    `${rowName(index)} of ${source} is ${value === null ? "null" : typeof value}, not like the first`,
  );
}

function cutOff(source: string): TransientProviderError {
  return new TransientProviderError(`the answer of ${source} ends in the middle`);
}
