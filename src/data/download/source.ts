import { parseTOML } from "confbox/toml";

import type { ProviderPlugin } from "../../api/plugins/provider.ts";
import { quoted } from "../../config/render.ts";
import { DataError } from "../../kernel/errors.ts";
import { parseProviderString } from "../provider-string.ts";

/** The `[download]` table of a symbol file: where the bars beside it come from. Pure. */

/** What the table says. */
export interface DownloadSource {
  /** The provider string. */
  readonly provider: string;
  /** The quantity step in the symbol file is a guess: nobody stated it. */
  readonly quantityStepGuessed: boolean;
}

/** The provider string that a download is known by: `provider:SYMBOL@TIMEFRAME`, the broker in front of the symbol. */
export function sourceOf(provider: ProviderPlugin<object>, timeframe: string): string {
  return `${provider.name}:${provider.symbol}@${timeframe}`;
}

/**
 * Reads the text of a `[download]` table.
 * @param path for the message
 * @returns `undefined` when it names no provider
 * @throws DataError when it is no TOML
 */
export function readSource(text: string, path: string): DownloadSource | undefined {
  if (text.trim() === "") return undefined;
  let table: Readonly<Record<string, unknown>> | undefined;
  try {
    table = parseTOML<{ download?: Readonly<Record<string, unknown>> }>(text).download;
  } catch (error) {
    throw new DataError(`${path}: its [download] table cannot be read`, { cause: error });
  }
  const provider = table?.["provider"];
  return typeof provider === "string" && provider !== ""
    ? { provider, quantityStepGuessed: table?.["quantity_step"] === "guessed" }
    : undefined;
}

/** The text of the table with these values; other lines stay as they are. */
export function writeSource(text: string, { provider, quantityStepGuessed }: DownloadSource): string {
  const kept = text
    .trim()
    .split("\n")
    .filter((line) => !/^\s*(\[download\]|provider\s*=|quantity_step\s*=)/.test(line));
  return [
    "[download]",
    `provider = ${quoted(provider)}`,
    ...(quantityStepGuessed ? ['quantity_step = "guessed"'] : []),
    ...kept.filter((line, index) => line.trim() !== "" || index > 0),
  ]
    .join("\n")
    .trimEnd();
}

/** Whether two provider strings name one instrument; a timeframe that only one of them has does not matter. */
export function sameInstrument(a: string, b: string): boolean {
  const [left, right] = [parseProviderString(a), parseProviderString(b)];
  return (
    left.provider === right.provider &&
    left.rest === right.rest &&
    (left.timeframe === undefined || right.timeframe === undefined || left.timeframe === right.timeframe)
  );
}
