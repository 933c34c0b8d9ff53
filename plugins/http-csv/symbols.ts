import { ProviderError } from "pynecore/plugin";

import { parseJson, readTable } from "./rows.ts";

/** A list of symbols out of an answer, pure. */

/**
 * Symbols in JSON (texts, or objects with a `symbol` or `ticker`; alone or as the first list of an object), in CSV with
 * such a column, or one a line. Each once, in their order.
 *
 * @throws ProviderError when there are none
 */
export function symbolNames(text: string, source: string): string[] {
  const names = /^\s*[{[]/.test(text) ? fromJson(parseJson(text, source), source) : fromLines(text, source);
  if (names.length === 0) throw new ProviderError(`${source} lists no symbols`);
  return [...new Set(names)];
}

function fromJson(json: unknown, source: string): string[] {
  const list = Array.isArray(json)
    ? json
    : Object.values(json as object).find((value) => Array.isArray(value));
  if (!Array.isArray(list)) throw new ProviderError(`the answer of ${source} has no list of symbols`);
  return list.map((item: unknown, index) => {
    if (typeof item === "string") return item;
    const entries = typeof item === "object" && item !== null ? Object.entries(item) : [];
    const name: unknown = entries.find(([key]) => isSymbolColumn(key))?.[1];
    if (typeof name === "string") return name;
    throw new ProviderError(`row ${index + 1} of ${source} names no symbol`);
  });
}

function fromLines(text: string, source: string): string[] {
  const { rows } = readTable(text, { format: "csv", delimiter: "", csvHeader: false, rowsPath: "", source });
  const column = rows[0]?.findIndex((cell) => isSymbolColumn(String(cell))) ?? -1;
  const lines = column < 0 ? rows : rows.slice(1);
  return lines.map((row) => String(row[Math.max(0, column)]).trim()).filter((name) => name !== "");
}

function isSymbolColumn(name: string): boolean {
  return /^(symbol|ticker)$/i.test(name.trim());
}
