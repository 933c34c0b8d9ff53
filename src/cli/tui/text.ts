import type { Style } from "../output.ts";

/** Text as a screen shows it: pieces with a tone, cut and filled to columns. Pure. */

/** A piece of a line. */
export interface Span {
  readonly text: string;
  readonly tone?: keyof Style;
}

/** A line of the screen, left to right. */
export type Line = readonly Span[];

/** Columns and rows of a screen. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A piece of text. */
export function span(text: string, tone?: keyof Style): Span {
  return tone === undefined ? { text } : { text, tone };
}

/**
 * Text from outside made harmless: control characters, invisible ones, those that turn the writing direction, and
 * halves of a surrogate pair become `�`.
 */
export function harmless(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, "\ufffd");
}

const onlyAscii = /^[\u0020-\u007e]*$/;
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Columns that a text takes; wide characters take two. */
export function widthOf(text: string): number {
  return onlyAscii.test(text) ? text.length : Bun.stringWidth(text);
}

/** The text in at most `width` columns; what does not fit is replaced by `…`. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width <= 0) return "";
  if (onlyAscii.test(text)) return `${text.slice(0, width - 1)}…`;
  let taken = "";
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const columns = Bun.stringWidth(segment);
    if (used + columns > width - 1) break;
    taken += segment;
    used += columns;
  }
  return `${taken}…`;
}

/** The text in exactly `width` columns. */
export function fit(text: string, width: number): string {
  const short = cut(text, width);
  return short + " ".repeat(Math.max(0, width - widthOf(short)));
}

/** The line in at most `width` columns, or exactly so many with `fill`. */
export function fitLine(line: Line, width: number, fill = false): Line {
  const fitted: Span[] = [];
  let left = width;
  for (const piece of line) {
    if (left <= 0) break;
    const text = cut(piece.text, left);
    left -= widthOf(text);
    fitted.push(piece.tone === undefined ? { text } : { text, tone: piece.tone });
  }
  if (fill && left > 0) fitted.push(span(" ".repeat(left)));
  return fitted;
}

/** Words over lines of at most `width` columns, at most `limit` of them. */
export function wrap(text: string, width: number, limit: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  if (lines.length > limit)
    return [...lines.slice(0, limit - 1), cut(lines.slice(limit - 1).join(" "), width)];
  return lines.map((each) => cut(each, width));
}
