import { parseTOML } from "confbox/toml";
import { readFileSync } from "node:fs";

import { writeFileAtomic } from "../config/atomic-write.ts";
import { quoted } from "../config/render.ts";
import { DataError } from "../kernel/errors.ts";
import {
  type OpeningHours,
  type SessionCorrection,
  type SessionHours,
  type SessionSchedule,
  type SessionTime,
  symbolTypes,
  type SymbolType,
  type SymInfo,
  volumeTypes,
  type VolumeType,
} from "../kernel/syminfo.ts";
import { canonicalTimeframe } from "../kernel/timeframe.ts";

/** The symbol file beside a data file: `<stem>.toml`. Parsing and rendering are pure. */

/** A symbol file: what it says about the symbol, and where its bars came from. */
export interface SymbolFile {
  readonly symInfo: SymInfo;
  /** Text of the `[download]` table and what follows it, kept as it is; empty without. */
  readonly download: string;
}

type Table = Readonly<Record<string, unknown>>;

/** Keys of `[symbol]` in file order with the field they fill; `float` and `int` differ in how they are written. */
const optionalKeys: readonly (readonly [
  key: string,
  field: keyof SymInfo,
  kind: "float" | "int" | "string",
])[] = [
  ["avg_spread", "avgSpread", "float"],
  ["taker_fee", "takerFee", "float"],
  ["maker_fee", "makerFee", "float"],
  ["country", "country", "string"],
  ["sector", "sector", "string"],
  ["industry", "industry", "string"],
  ["isin", "isin", "string"],
  ["expiration_date", "expirationDate", "int"],
  ["current_contract", "currentContract", "string"],
  ["employees", "employees", "int"],
  ["shareholders", "shareholders", "int"],
  ["shares_outstanding_total", "sharesOutstandingTotal", "float"],
  ["shares_outstanding_float", "sharesOutstandingFloat", "float"],
  ["recommendations_buy", "recommendationsBuy", "int"],
  ["recommendations_buy_strong", "recommendationsBuyStrong", "int"],
  ["recommendations_date", "recommendationsDate", "int"],
  ["recommendations_hold", "recommendationsHold", "int"],
  ["recommendations_sell", "recommendationsSell", "int"],
  ["recommendations_sell_strong", "recommendationsSellStrong", "int"],
  ["recommendations_total", "recommendationsTotal", "int"],
  ["target_price_average", "targetPriceAverage", "float"],
  ["target_price_high", "targetPriceHigh", "float"],
  ["target_price_low", "targetPriceLow", "float"],
  ["target_price_median", "targetPriceMedian", "float"],
  ["target_price_date", "targetPriceDate", "int"],
  ["target_price_estimates", "targetPriceEstimates", "float"],
];

/**
 * Reads a symbol file.
 * @throws DataError when it is missing, not TOML, or lacks something required
 */
export function readSymbolFile(path: string): SymbolFile {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new DataError(`there is no symbol file ${path}`, {
      cause: error,
      hint: "every data file needs one beside it; pyne data convert-from writes it",
    });
  }
  return parseSymbolFile(text, path);
}

/** Writes a symbol file as a whole. */
export function writeSymbolFile(path: string, file: SymbolFile): void {
  writeFileAtomic(path, renderSymbolFile(file), { mode: 0o644 });
}

/** @throws DataError naming the file and the key */
export function parseSymbolFile(text: string, path: string): SymbolFile {
  let document: Table;
  try {
    document = parseTOML<Table>(text);
  } catch (error) {
    const { line, column, message } = error as { line?: number; column?: number; message?: string };
    const reason = (message ?? "").split("\n")[0]?.replace("Invalid TOML document: ", "") ?? "";
    throw new DataError(`${path}:${line ?? 1}:${column ?? 1}: ${reason}`);
  }
  const symbol = document["symbol"];
  if (typeof symbol !== "object" || symbol === null) throw new DataError(`${path} has no [symbol] table`);
  const reader = new Reader(symbol as Table, path);
  const schedules = reader.schedules(document["session_schedules"]);
  const flat = reader.hours(document);
  const corrections = reader.corrections(document["session_corrections"]);
  const newest = schedules?.at(-1);
  const base = reader.text("basecurrency");
  const type = reader.choice("type", symbolTypes) as SymbolType;
  const contract = reader.number("mincontract") ?? 0;
  const optional: Record<string, string | number> = {};
  for (const [key, field, kind] of optionalKeys) {
    const value = kind === "string" ? reader.text(key) : reader.number(key);
    if (value !== undefined) optional[field] = value;
  }
  const required = (key: string): string => reader.text(key) ?? reader.missing(key);
  const symInfo: SymInfo = {
    prefix: required("prefix"),
    description: required("description"),
    ticker: required("ticker"),
    currency: required("currency"),
    ...(base === undefined ? {} : { basecurrency: base }),
    period: canonicalTimeframe(required("period")),
    type,
    mintick: reader.number("mintick") ?? reader.missing("mintick"),
    pricescale: reader.number("pricescale") ?? reader.missing("pricescale"),
    minmove: reader.number("minmove") ?? 1,
    pointvalue: reader.number("pointvalue") ?? reader.missing("pointvalue"),
    mincontract: contract > 0 ? contract : defaultMinContract(type, base),
    timezone: reader.text("timezone") ?? "UTC",
    volumetype:
      (symbol as Table)["volumetype"] === undefined
        ? "base"
        : (reader.choice("volumetype", volumeTypes) as VolumeType),
    ...optional,
    ...(newest ?? flat),
    ...(schedules === undefined ? {} : { sessionSchedules: schedules }),
    ...(corrections === undefined ? {} : { sessionCorrections: corrections }),
  };
  const download = /^[ \t]*\[download\][\s\S]*$/m.exec(text)?.[0] ?? "";
  // `effectiveFrom` belongs to a schedule, not to the symbol.
  const { effectiveFrom: _from, ...clean } = symInfo as SymInfo & { effectiveFrom?: string };
  return { symInfo: clean, download };
}

/** The quantity step where nobody says: coins are divisible, the rest is not. */
export function defaultMinContract(type: SymbolType, basecurrency: string | undefined): number {
  return type === "crypto" ? (basecurrency === "BTC" ? 1e-5 : 1e-4) : 1;
}

class Reader {
  constructor(
    readonly table: Table,
    readonly path: string,
  ) {}

  missing(key: string): never {
    throw new DataError(`${this.path}: symbol.${key} is missing`);
  }

  text(key: string): string | undefined {
    const value = this.table[key];
    if (value === undefined || typeof value === "string") return value;
    throw new DataError(`${this.path}: symbol.${key} is a text, not ${JSON.stringify(value)}`);
  }

  number(key: string): number | undefined {
    const value = this.table[key];
    if (value === undefined || (typeof value === "number" && Number.isFinite(value))) return value;
    throw new DataError(`${this.path}: symbol.${key} is a number, not ${JSON.stringify(value)}`);
  }

  choice(key: string, allowed: readonly string[]): string {
    const value = this.text(key) ?? this.missing(key);
    if (allowed.includes(value)) return value;
    throw new DataError(`${this.path}: symbol.${key} is one of ${allowed.join(", ")}, not "${value}"`);
  }

  hours(holder: Table): SessionHours {
    return {
      openingHours: this.#list<OpeningHours>(holder, "opening_hours", ["start", "end"], true),
      sessionStarts: this.#list<SessionTime>(holder, "session_starts", ["time"], true),
      sessionEnds: this.#list<SessionTime>(holder, "session_ends", ["time"], true),
    };
  }

  schedules(value: unknown): SessionSchedule[] | undefined {
    if (value === undefined) return undefined;
    const list = this.#tables(value, "session_schedules").map((table) => ({
      effectiveFrom: this.#date(table["effective_from"], "session_schedules.effective_from"),
      ...this.hours(table),
    }));
    const sorted = list.toSorted((a, b) => (a.effectiveFrom < b.effectiveFrom ? -1 : 1));
    this.#unique(
      sorted.map((schedule) => schedule.effectiveFrom),
      "session_schedules.effective_from",
    );
    return sorted;
  }

  corrections(value: unknown): SessionCorrection[] | undefined {
    if (value === undefined) return undefined;
    const list = this.#tables(value, "session_corrections").map((table) => ({
      openingHours: this.#list<{ start: string; end: string }>(
        table,
        "opening_hours",
        ["start", "end"],
        false,
      ),
      dates: (Array.isArray(table["dates"]) ? (table["dates"] as unknown[]) : []).map((date) =>
        this.#date(date, "session_corrections.dates"),
      ),
    }));
    this.#unique(
      list.flatMap((correction) => correction.dates),
      "session_corrections.dates",
    );
    return list;
  }

  #unique(values: readonly string[], what: string): void {
    const twice = values.find((value, index) => values.indexOf(value) !== index);
    if (twice !== undefined) throw new DataError(`${this.path}: ${what} has ${twice} twice`);
  }

  #date(value: unknown, what: string): string {
    const text = value instanceof Date ? value.toISOString() : String(value);
    const match = /^\d{4}-\d{2}-\d{2}/.exec(text);
    if (match === null) throw new DataError(`${this.path}: ${what} is a date, not ${text}`);
    return match[0];
  }

  #tables(value: unknown, what: string): Table[] {
    if (!Array.isArray(value) || value.some((item) => typeof item !== "object" || item === null)) {
      throw new DataError(`${this.path}: ${what} is a list of tables`);
    }
    return value as Table[];
  }

  #list<Item>(holder: Table, key: string, times: readonly string[], withDay: boolean): Item[] {
    const value = holder[key];
    if (value === undefined) return [];
    return this.#tables(value, key).map((table) => {
      const item: Record<string, unknown> = {};
      if (withDay) {
        const day = table["day"];
        if (typeof day !== "number" || !Number.isInteger(day) || day < 0 || day > 6) {
          throw new DataError(
            `${this.path}: ${key}.day is 0 (Monday) to 6 (Sunday), not ${JSON.stringify(day)}`,
          );
        }
        item["day"] = day;
      }
      for (const name of times) {
        const text = typeof table[name] === "object" ? String(table[name]) : table[name];
        if (typeof text !== "string" || !/^([01]\d|2[0-4]):[0-5]\d:[0-5]\d/.test(text)) {
          throw new DataError(`${this.path}: ${key}.${name} is HH:MM:SS, not ${JSON.stringify(text)}`);
        }
        item[name] = text.slice(0, 8);
      }
      return item as Item;
    });
  }
}

/** The text of a symbol file. What is not known is a commented key. */
export function renderSymbolFile({ symInfo, download }: SymbolFile): string {
  const lines = ["[symbol]"];
  const put = (key: string, value: string | undefined): void => {
    lines.push(value === undefined ? `#${key} =` : `${key} = ${value}`);
  };
  const text = (value: string | undefined): string | undefined =>
    value === undefined ? undefined : quoted(value);
  put("prefix", text(symInfo.prefix));
  put("description", text(symInfo.description));
  put("ticker", text(symInfo.ticker));
  put("currency", text(symInfo.currency));
  put("basecurrency", text(symInfo.basecurrency));
  put("period", text(symInfo.period));
  put("type", text(symInfo.type));
  put("mintick", decimal(symInfo.mintick));
  put("pricescale", String(symInfo.pricescale));
  put("minmove", String(symInfo.minmove));
  put("pointvalue", decimal(symInfo.pointvalue));
  put("mincontract", decimal(symInfo.mincontract));
  put("timezone", text(symInfo.timezone));
  put("volumetype", text(symInfo.volumetype));
  for (const [key, field, kind] of optionalKeys) {
    const value = symInfo[field] as string | number | undefined;
    if (value === undefined) put(key, undefined);
    else
      put(key, typeof value === "string" ? quoted(value) : kind === "int" ? String(value) : decimal(value));
  }
  const parts = [lines.join("\n")];
  const schedules = symInfo.sessionSchedules;
  parts.push(...hourTables(schedules?.at(-1) ?? symInfo, ""));
  if (schedules === undefined) {
    parts.push(
      '# Trading hours that changed: one block per period, the newest also above.\n#[[session_schedules]]\n#effective_from = "2024-01-01"',
    );
  }
  for (const schedule of schedules ?? []) {
    parts.push(
      `[[session_schedules]]\neffective_from = ${quoted(schedule.effectiveFrom)}`,
      ...hourTables(schedule, "session_schedules."),
    );
  }
  for (const correction of symInfo.sessionCorrections ?? []) {
    const hours = correction.openingHours.map(
      ({ start, end }) => `{ start = ${quoted(start)}, end = ${quoted(end)} }`,
    );
    parts.push(
      `[[session_corrections]]\nopening_hours = [${hours.join(", ")}]\ndates = [${correction.dates.map(quoted).join(", ")}]`,
    );
  }
  if (download.trim() !== "") parts.push(download.trim());
  return `${parts.join("\n\n")}\n`;
}

function hourTables(hours: SessionHours, prefix: string): string[] {
  return [
    ...hours.openingHours.map(
      ({ day, start, end }) =>
        `[[${prefix}opening_hours]]\nday = ${day}\nstart = ${quoted(start)}\nend = ${quoted(end)}`,
    ),
    ...hours.sessionStarts.map(
      ({ day, time }) => `[[${prefix}session_starts]]\nday = ${day}\ntime = ${quoted(time)}`,
    ),
    ...hours.sessionEnds.map(
      ({ day, time }) => `[[${prefix}session_ends]]\nday = ${day}\ntime = ${quoted(time)}`,
    ),
  ];
}

/** Eight decimals where they say it exactly, else as many as it takes; never an exponent. */
function decimal(value: number): string {
  const eight = value.toFixed(8);
  if (Number(eight) === value) return eight;
  for (let digits = 9; digits <= 100; digits++) {
    const text = value.toFixed(digits);
    if (Number(text) === value) return text;
  }
  return String(value);
}
