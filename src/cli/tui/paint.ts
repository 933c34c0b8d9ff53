import type { Style } from "../output.ts";
import { fitLine, type Line, type Size } from "./text.ts";

/** The bytes that bring a terminal from one picture to the next. Pure. */

/** Alternate screen; cursor hidden, long lines cut instead of wrapped, pastes marked as such. */
export const enterScreen = "\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[?2004h";
/** Everything `enterScreen` did, undone in the opposite order; colours off. */
export const leaveScreen = "\u001b[0m\u001b[?2004l\u001b[?7h\u001b[?25h\u001b[?1049l";

/** A picture: one string for each row, colours included. */
export type Picture = readonly string[];

/** Lines as rows of a screen of this size; what stands below or beyond it is cut. */
export function picture(lines: readonly Line[], size: Size, style: Style): Picture {
  return Array.from({ length: size.height }, (_, row) =>
    fitLine(lines[row] ?? [], size.width)
      .map(({ text, tone }) => (tone === undefined ? text : style[tone](text)))
      .join(""),
  );
}

/**
 * What to write so that `next` is on the screen: only the rows that changed. A row is cleared before it is written:
 * clearing after a row as wide as the screen would take its last character away.
 *
 * @param before what is on the screen; `undefined`: nobody knows, so everything is written
 */
export function repaint(before: Picture | undefined, next: Picture): string {
  const rows = next.map((row, index) =>
    before !== undefined && before[index] === row ? "" : `\u001b[${index + 1};1H\u001b[2K${row}`,
  );
  return (before === undefined ? "\u001b[2J" : "") + rows.join("");
}
