import { parseTOML } from "confbox/toml";
import { readFileSync } from "node:fs";

import { ConfigError, messageOf } from "../kernel/errors.ts";
import { writeFileAtomic } from "./atomic-write.ts";
import { withLockSync } from "./file-lock.ts";
import { quoted } from "./render.ts";

/** A provider and its own spelling of a symbol. */
export interface MappedSymbol {
  readonly provider: string;
  readonly symbol: string;
}

/** Looks a TradingView symbol up, in whatever case; a key with a timeframe (`SYMBOL:TF`) beats the bare one. */
export type SymbolMap = (key: string, timeframe?: string) => MappedSymbol | undefined;

/**
 * Reads `config/symbol_map.toml`. Nothing in it can stop a run: a broken file is an empty map, a malformed entry is
 * skipped, each with a warning.
 */
export function loadSymbolMap(path: string, warn: (message: string) => void): SymbolMap {
  const entries = new Map<string, MappedSymbol>();
  try {
    for (const [key, value] of Object.entries(parseMap(readIfThere(path)))) {
      const entry = parseMappedSymbol(value);
      if (entry === undefined) warn(`${path}: ${key}: expected "provider:symbol"; the entry is skipped`);
      else entries.set(canonicalKey(key), entry);
    }
  } catch (error) {
    warn(`${path}: ${reasonOf(error)}; the symbol map is ignored`);
    return () => undefined;
  }
  return (key, timeframe) =>
    (timeframe === undefined ? undefined : entries.get(canonicalKey(`${key}:${timeframe}`))) ??
    entries.get(canonicalKey(key));
}

/**
 * All entries of the map as they are written, malformed ones included.
 * @throws ConfigError when the file is not TOML
 */
export function symbolMapEntries(path: string): Map<string, unknown> {
  return new Map(Object.entries(parseFor(path, readIfThere(path))));
}

/**
 * Adds or replaces one mapping (`value` given) or removes it. Everything else in the file stays as it is; it is created
 * with a comment when it is missing.
 *
 * @param lock the lock that all writers of configuration files share
 * @returns whether there was such a mapping before
 * @throws ConfigError when the file is not TOML, or spelled in a way that cannot be edited line by line
 */
export function changeMapping(path: string, lock: string, key: string, value: string | undefined): boolean {
  return withLockSync(lock, { waitMs: 5000, what: path }, () => {
    const text = readIfThere(path);
    const before = parseFor(path, text);
    const known = Object.keys(before).some((other) => canonicalKey(other) === canonicalKey(key));
    if (value === undefined && !known) return false;
    const changed = value === undefined ? withoutMapping(text, key) : withMapping(text, key, value);
    const after = parseFor(path, changed);
    const found = Object.entries(after).filter(([other]) => canonicalKey(other) === canonicalKey(key));
    if (value === undefined ? found.length > 0 : found.length !== 1 || found[0]?.[1] !== value) {
      throw new ConfigError(`${path} is spelled in a way that cannot be changed line by line`, {
        hint: `edit it: ${quoted(key)} below [symbol_map]`,
      });
    }
    writeFileAtomic(path, changed, { mode: 0o644 });
    return known;
  });
}

/** TradingView does not tell upper from lower case in symbols. */
function canonicalKey(key: string): string {
  return key.toUpperCase();
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

function parseMap(text: string): Record<string, unknown> {
  const table = parseTOML<{ symbol_map?: unknown }>(text).symbol_map ?? {};
  if (typeof table !== "object") throw new Error("symbol_map is a table");
  return table as Record<string, unknown>;
}

function parseFor(path: string, text: string): Record<string, unknown> {
  try {
    return parseMap(text);
  } catch (error) {
    throw new ConfigError(`${path}: ${reasonOf(error)}`, {
      cause: error,
      hint: "correct the file; nothing was changed",
    });
  }
}

function reasonOf(error: unknown): string {
  const { line } = error as { line?: number };
  const reason = messageOf(error)
    .replace("Invalid TOML document: ", "")
    .replace(/ \d+: .*$/, "");
  return line === undefined ? reason : `line ${line}: ${reason}`;
}

/** `provider:rest`, where `rest` may hold colons; `undefined` when it is not that. */
export function parseMappedSymbol(value: unknown): MappedSymbol | undefined {
  const match = typeof value === "string" ? /^([^:\s]+):(.+)$/.exec(value.trim()) : null;
  return match === null ? undefined : { provider: (match[1] ?? "").toLowerCase(), symbol: match[2] ?? "" };
}

const heading = `# TradingView symbols and what providers call them: "PREFIX:TICKER[:TF]" = "provider:native"`;

/** The text with one mapping added or replaced; everything else stays as it is. */
function withMapping(text: string, key: string, value: string): string {
  const line = `${quoted(key)} = ${quoted(value)}`;
  if (text.trim() === "") return `${heading}\n\n[symbol_map]\n${line}\n`;
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = (text.endsWith("\n") ? text : text + end).split("\n");
  const ownLine = line + end.slice(0, -1);
  const section = sectionOf(lines);
  if (section === undefined) return `${lines.join("\n")}${end}[symbol_map]${end}${line}${end}`;
  const existing = lineOf(lines, section, key);
  if (existing !== undefined) return lines.with(existing, ownLine).join("\n");
  let at = section.end;
  while (at > section.header + 1 && (lines[at - 1] ?? "").trim() === "") at--;
  return lines.toSpliced(at, 0, ownLine).join("\n");
}

/** The text without the line of one mapping. */
function withoutMapping(text: string, key: string): string {
  const lines = text.split("\n");
  const section = sectionOf(lines);
  const at = section === undefined ? undefined : lineOf(lines, section, key);
  return at === undefined ? text : lines.toSpliced(at, 1).join("\n");
}

/** Where the table `symbol_map` begins and ends. */
function sectionOf(lines: readonly string[]): { header: number; end: number } | undefined {
  const header = lines.findIndex((line) => /^\s*\[\s*("?)symbol_map\1\s*\]\s*(#.*)?$/.test(line));
  if (header < 0) return undefined;
  const end = lines.findIndex((line, index) => index > header && /^\s*\[/.test(line));
  return { header, end: end < 0 ? lines.length : end };
}

function lineOf(
  lines: readonly string[],
  { header, end }: { header: number; end: number },
  key: string,
): number | undefined {
  const at = lines.findIndex((line, index) => {
    const name = index > header && index < end ? keyOf(line) : undefined;
    return name !== undefined && canonicalKey(name) === canonicalKey(key);
  });
  return at < 0 ? undefined : at;
}

function keyOf(line: string): string | undefined {
  const match = /^\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*=/.exec(line);
  if (match === null) return undefined;
  return match[1] === undefined ? (match[2] ?? match[3]) : (JSON.parse(`"${match[1]}"`) as string);
}
