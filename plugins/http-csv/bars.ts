import { type Bar, ProviderError, PyneError, readTime } from "pynecore/plugin";

import type { Table } from "./rows.ts";

/** Bars out of rows, pure. */

/** How rows become bars. */
export interface BarOptions {
  /** Names or numbers of columns by what they hold; absent: the usual ones. */
  readonly columns: Readonly<Record<string, string>>;
  readonly timeUnit: "auto" | "ms" | "s" | "us" | "ns";
  readonly timezone: string;
  readonly withExtra: boolean;
  /** The address for messages. */
  readonly source: string;
}

const parts = ["time", "open", "high", "low", "close", "volume"] as const;
type Part = (typeof parts)[number];

const usualNames: Readonly<Record<Part, readonly string[]>> = {
  time: ["time", "timestamp", "date", "datetime", "t", "ts"],
  open: ["open", "o"],
  high: ["high", "h"],
  low: ["low", "l"],
  close: ["close", "c"],
  volume: ["volume", "v", "vol"],
};

const msPerUnit = { ms: 1, s: 1000, us: 0.001, ns: 0.000001 } as const;

/**
 * Bars in ascending order, whatever the order of the rows; a row that comes twice is one bar.
 * @throws ProviderError naming the row
 */
export function barsOf(table: Table, options: BarOptions): Bar[] {
  if (table.rows.length === 0) return [];
  const places = placesOf(table, options);
  const used = new Set(Object.values(places));
  const extras = options.withExtra
    ? (table.names ?? []).map((name, index) => ({ name, index })).filter(({ index }) => !used.has(index))
    : [];
  const bars = table.rows.map((row, index) => {
    const where = (): string => `${table.nameOf(index)} of ${options.source}`;
    const number = (part: Exclude<Part, "time">): number =>
      places[part] === undefined ? Number.NaN : numberOf(row[places[part]], part, where);
    const bar: Bar = {
      openTimeMs: timeOf(row[places.time], options, where),
      open: number("open"),
      high: number("high"),
      low: number("low"),
      close: number("close"),
      volume: number("volume"),
    };
    check(bar, where);
    if (extras.length === 0) return bar;
    return { ...bar, extra: Object.fromEntries(extras.map((one) => [one.name, extraOf(row[one.index])])) };
  });
  return ordered(bars, options.source);
}

/** Which column holds what; a volume that is said not to be there is `undefined`. */
function placesOf(
  { names, rows }: Table,
  { columns, source }: BarOptions,
): Record<Exclude<Part, "volume">, number> & { readonly volume: number | undefined } {
  const width = names?.length ?? rows[0]?.length ?? 0;
  const lower = names?.map((name) => name.toLowerCase()) ?? [];
  const find = (part: Part, place: number): number | undefined => {
    const configured = columns[part];
    if (configured === "" && part === "volume") return undefined;
    const candidates = configured === undefined ? usualNames[part] : [configured];
    for (const name of candidates) {
      const exact = names?.indexOf(name) ?? -1;
      const index = exact >= 0 ? exact : lower.indexOf(name.toLowerCase());
      if (index >= 0) return index;
    }
    const byNumber = configured === undefined ? (names === null ? place : -1) : numberedColumn(configured);
    if (byNumber >= 0 && byNumber < width) return byNumber;
    const there = names === null ? `${width} columns without names` : names.join(", ");
    throw new ProviderError(
      `the rows of ${source} have no column ${configured ?? part}; they have ${there}`,
      { hint: "columns in config/plugins/http-csv.toml says which is which" },
    );
  };
  const [time, open, high, low, close, volume] = parts.map(find) as [
    number,
    number,
    number,
    number,
    number,
    number | undefined,
  ];
  return { time, open, high, low, close, volume };
}

function numberedColumn(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : -1;
}

function numberOf(cell: unknown, part: Part, where: () => string): number {
  if (cell === null || cell === undefined) return Number.NaN;
  const text = String(cell).trim();
  if (text === "" || /^(nan|na|null|none)$/i.test(text)) return Number.NaN;
  const value = typeof cell === "string" || typeof cell === "number" ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw new ProviderError(`${where()}: ${part} is not a number: ${shown(cell)}`);
}

function timeOf(cell: unknown, { timeUnit, timezone }: BarOptions, where: () => string): number {
  const text = typeof cell === "string" ? cell.trim() : cell;
  const numeric = typeof text === "number" || (typeof text === "string" && /^[+-]?\d+(\.\d+)?$/.test(text));
  if (timeUnit !== "auto" && numeric) {
    const ms = Math.round(Number(text) * msPerUnit[timeUnit]);
    if (Number.isSafeInteger(ms)) return ms;
  }
  if (typeof text === "string" || typeof text === "number") {
    try {
      return readTime(String(text), timezone).timeMs;
    } catch (error) {
      if (error instanceof PyneError)
        throw new ProviderError(`${where()}: ${error.message}`, { cause: error });
      throw error;
    }
  }
  throw new ProviderError(`${where()}: time is missing: ${shown(cell)}`);
}

function extraOf(cell: unknown): number | string {
  if (typeof cell === "number") return cell;
  const text = cell === null || cell === undefined ? "" : String(cell).trim();
  return text !== "" && !Number.isNaN(Number(text)) ? Number(text) : text;
}

function check({ open, high, low, close }: Bar, where: () => string): void {
  if (high < open || high < close || high < low) {
    throw new ProviderError(`${where()}: high ${high} is not the highest of ${open}, ${low}, ${close}`);
  }
  if (low > open || low > close) {
    throw new ProviderError(`${where()}: low ${low} is not the lowest of ${open}, ${high}, ${close}`);
  }
}

function ordered(bars: Bar[], source: string): Bar[] {
  const sorted = bars.every(
    (bar, index) => index === 0 || (bars[index - 1]?.openTimeMs ?? 0) < bar.openTimeMs,
  )
    ? bars
    : bars.toSorted((a, b) => a.openTimeMs - b.openTimeMs);
  return sorted.filter((bar, index) => {
    const previous = sorted[index - 1];
    if (previous?.openTimeMs !== bar.openTimeMs) return true;
    if (parts.every((part) => part === "time" || Object.is(previous[part], bar[part]))) return false;
    throw new ProviderError(
      `the rows of ${source} hold two different bars of ${new Date(bar.openTimeMs).toISOString()}`,
    );
  });
}

function shown(cell: unknown): string {
  return (JSON.stringify(cell) ?? "nothing").slice(0, 40);
}
