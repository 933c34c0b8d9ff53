import { join } from "node:path";

import { keyText } from "../broker/engine/desired.ts";
import { columnKey } from "../broker/store/key-text.ts";
import { type RunSummary, StoreReader } from "../broker/store/reader.ts";
import type { App } from "./app.ts";
import { tableLines } from "./table.ts";
import { harmless } from "./tui/text.ts";

/** The file of the broker's books in a workdir. */
export const booksFile = "broker.sqlite";

/** Opens the books of the workdir for reading. */
export async function openBooks(app: App): Promise<StoreReader> {
  const { logs } = await app.requireWorkdir();
  return new StoreReader(join(logs, booksFile));
}

/** Prints a table with a bold head. What venues call their orders cannot steer the terminal. */
export function printTable(
  app: App,
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): void {
  const [head = "", ...lines] = tableLines(
    rows.map((row) => row.map(harmless)),
    right,
  );
  app.out.print(app.out.style.bold(head));
  for (const line of lines) app.out.print(line);
}

/** How a run stands, in a word or two. */
export function statusText({ status, paused, end_reason }: RunSummary): string {
  if (status === "live") return paused ? "live, paused" : "live";
  return status === "ended" ? (end_reason ?? "ended") : "dead";
}

/** What the intent is whose key stands in a column: `exit P of L`. */
export const intentText = (column: string | null): string =>
  column === null ? "-" : keyText(columnKey(column));

/** `1.5`, `-`. */
export const numberText = (value: number | null): string => (value === null ? "-" : String(value));
