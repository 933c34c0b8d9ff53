import type { Diagnostics } from "../diagnostics.ts";
import type { Source } from "../source.ts";
import { Lexer } from "./lexer.ts";
import type { Token } from "./token.ts";

/** The tokens of a text with its layout made visible. */
export interface Laid {
  readonly tokens: readonly Token[];
  /** Offset of a bracket that nothing closes; what the parser says about the text behind it is noise. */
  readonly unclosed: number | undefined;
  /** Lines on which there are bad characters, numbers, strings. */
  readonly faultyLines: ReadonlySet<number>;
}

/** Columns of one level. */
const level = 4;

/**
 * Reads a text line by line. A line continues the one before it when a bracket is open, or when it is indented by
 * more than its statement's block and not by a multiple of four; for every other line NEWLINE and INDENT or DEDENT
 * are put in front. Blank lines and lines with only a comment have no indentation and end nothing.
 */
export function layOut(source: Source, diagnostics: Diagnostics): Laid {
  const { text } = source;
  const lexer = new Lexer(source, diagnostics);
  const tokens: Token[] = [];
  const blocks = [0];
  const brackets: Token[] = [];
  const mark = (kind: "newline" | "indent" | "dedent" | "end", at: number): void => {
    tokens.push({ kind, text: "", start: at, end: at });
  };

  for (let number = 1; number <= source.lineCount; number++) {
    const start = source.lineStart(number);
    const end = number === source.lineCount ? text.length : source.lineStart(number + 1) - 1;
    let at = start;
    let width = 0;
    for (; at < end && (text[at] === " " || text[at] === "\t"); at++) width += text[at] === "\t" ? level : 1;
    if (at === end || text[at] === "\r" || text.startsWith("//", at)) continue;
    if (brackets.length === 0) startLine(at, width, start);
    const before = tokens.length;
    lexer.line(at, end, tokens);
    const open = brackets.length;
    for (let index = before; index < tokens.length; index++) bracket(tokens[index]!);
    // The string may have taken the closing bracket along.
    if (lexer.isOpen && brackets.length > open) brackets.length = open;
  }

  const unclosed = brackets[0];
  if (unclosed !== undefined) {
    const message = `\`${unclosed.text}\` is never closed`;
    diagnostics.error(source, unclosed, "unclosed-bracket", message);
  }
  if (tokens.length > 0) mark("newline", text.length);
  for (let depth = blocks.length; depth > 1; depth--) mark("dedent", text.length);
  mark("end", text.length);
  return { tokens, unclosed: unclosed?.start, faultyLines: lexer.faultyLines };

  function startLine(at: number, width: number, start: number): void {
    const current = blocks.at(-1)!;
    const isOdd = width % level !== 0;
    if (isOdd && width <= current && continues(at)) return;
    if (width > current && isOdd) {
      if (tokens.length > 0) return;
      diagnostics.error(source, { start, end: at }, "bad-indentation", "the first statement is not indented");
      return;
    }
    if (tokens.length > 0) mark("newline", tokens.at(-1)!.end);
    if (width > current) {
      if (width > current + level || tokens.length === 0) {
        diagnostics.error(
          source,
          { start, end: at },
          "bad-indentation",
          `this line is indented by ${width} columns where ${current + level} would be one level deeper`,
          continuationHint,
        );
      }
      blocks.push(width);
      mark("indent", at);
      return;
    }
    const open = blocks.join(", ");
    while (width < blocks.at(-1)!) {
      blocks.pop();
      mark("dedent", at);
    }
    if (width !== blocks.at(-1)) {
      diagnostics.error(
        source,
        { start, end: at },
        "bad-indentation",
        `this line goes back to ${width} columns, where no block is open`,
        `open blocks are indented by ${open}`,
      );
    }
  }

  /** Within a block a line may also be continued further to the left, if an operator says so. */
  function continues(at: number): boolean {
    const last = tokens.at(-1);
    if (last === undefined) return false;
    const isOpen =
      (last.kind === "operator" && ![")", "]", "=>"].includes(last.text)) ||
      (last.kind === "keyword" && ["and", "or", "not"].includes(last.text));
    return isOpen || /^(?:[-+*/%<>?:,.]|[=!]=|(?:and|or)\b)/.test(text.slice(at, at + 4));
  }

  function bracket(token: Token): void {
    if (token.kind !== "operator") return;
    if (token.text === "(" || token.text === "[") brackets.push(token);
    else if (token.text === ")" || token.text === "]") brackets.pop();
  }
}

/** Said wherever indentation is the likely reason. */
export const continuationHint =
  "a line that continues the one before it is indented by a number of blanks that is no multiple of four";
