import { keySeparator } from "../engine/desired.ts";

/** Keys of intents as they stand in columns: readable, without the NUL at which tools cut a text off. */

/** `a\0b|c` as `a|b\|c`. */
export function keyColumn(key: string): string {
  return key.replaceAll(/[\\|]/g, "\\$&").replaceAll(keySeparator, "|");
}

/** The key behind a column. */
export function columnKey(column: string): string {
  return column.replaceAll(/\\([\\|])|\|/g, (_match, escaped: string | undefined) => escaped ?? keySeparator);
}
