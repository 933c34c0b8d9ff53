import { parseTOML } from "confbox";
import { readFileSync } from "node:fs";

import { messageOf } from "../kernel/errors.ts";
import { quoted } from "./render.ts";

/** A provider and its own spelling of a symbol. */
export interface MappedSymbol {
  readonly provider: string;
  readonly symbol: string;
}

/** Looks a TradingView symbol up; a key with a timeframe (`SYMBOL:TF`) beats the bare one. */
export type SymbolMap = (key: string, timeframe?: string) => MappedSymbol | undefined;

/**
 * Reads `config/symbol_map.toml`. Nothing in it can stop a run: a broken file is an empty map, a malformed entry is
 * skipped, each with a warning.
 */
export function loadSymbolMap(path: string, warn: (message: string) => void): SymbolMap {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") warn(`${path}: ${messageOf(error)}`);
    return () => undefined;
  }
  const entries = new Map<string, MappedSymbol>();
  try {
    const table = parseTOML<{ symbol_map?: Record<string, unknown> }>(text).symbol_map ?? {};
    for (const [key, value] of Object.entries(table)) {
      const entry = parseMappedSymbol(value);
      if (entry === undefined) warn(`${path}: ${key}: expected "provider:symbol"; the entry is skipped`);
      else entries.set(key, entry);
    }
  } catch (error) {
    warn(`${path}: ${messageOf(error).replace("Invalid TOML document: ", "")}; the symbol map is ignored`);
    return () => undefined;
  }
  return (key, timeframe) =>
    (timeframe === undefined ? undefined : entries.get(`${key}:${timeframe}`)) ?? entries.get(key);
}

/** `provider:rest`, where `rest` may hold colons; `undefined` when it is not that. */
export function parseMappedSymbol(value: unknown): MappedSymbol | undefined {
  const match = typeof value === "string" ? /^([^:\s]+):(.+)$/.exec(value.trim()) : null;
  return match === null ? undefined : { provider: (match[1] ?? "").toLowerCase(), symbol: match[2] ?? "" };
}

/** The text with one mapping added or replaced; everything else stays as it is. */
export function withMapping(text: string, key: string, value: string): string {
  const line = `${quoted(key)} = ${quoted(value)}`;
  if (text.trim() === "") {
    return `# TradingView symbols and what providers call them: "PREFIX:TICKER[:TF]" = "provider:native"\n\n[symbol_map]\n${line}\n`;
  }
  const lines = text.replace(/\n*$/, "\n").split("\n").slice(0, -1);
  const header = lines.findIndex((candidate) => /^\s*\[\s*("?)symbol_map\1\s*\]\s*(#.*)?$/.test(candidate));
  if (header < 0) return `${lines.join("\n")}\n\n[symbol_map]\n${line}\n`;
  let end = lines.findIndex((candidate, index) => index > header && /^\s*\[/.test(candidate));
  if (end < 0) end = lines.length;
  const existing = lines.findIndex(
    (candidate, index) => index > header && index < end && keyOf(candidate) === key,
  );
  if (existing >= 0) lines[existing] = line;
  else {
    while (end > header + 1 && lines[end - 1]?.trim() === "") end--;
    lines.splice(end, 0, line);
  }
  return `${lines.join("\n")}\n`;
}

function keyOf(line: string): string | undefined {
  const match = /^\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*=/.exec(line);
  if (match === null) return undefined;
  return match[1] === undefined ? (match[2] ?? match[3]) : (JSON.parse(`"${match[1]}"`) as string);
}
