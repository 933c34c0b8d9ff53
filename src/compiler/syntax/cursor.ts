import type { Diagnostics } from "../diagnostics.ts";
import type { Source, Span } from "../source.ts";
import { type NameNode } from "./ast.ts";
import { continuationHint, type Laid } from "./layout.ts";
import { operatorHint } from "./foreign.ts";
import { reservedWords, type Token, type TokenKind } from "./token.ts";

/** Thrown where a statement cannot be read further; already reported. */
export class SyntaxFault extends Error {}

/** Deeper nesting than this is no script a person wrote; refusing it keeps the parser's own stack safe. */
const deepest = 200;

/** A place among the tokens, with what every part of the parser asks of it. */
export class Cursor {
  readonly source: Source;
  readonly diagnostics: Diagnostics;
  readonly #tokens: readonly Token[];
  readonly #laid: Laid;
  #at = 0;
  #depth = 0;

  constructor(source: Source, diagnostics: Diagnostics, laid: Laid) {
    this.source = source;
    this.diagnostics = diagnostics;
    this.#laid = laid;
    this.#tokens = laid.tokens;
  }

  get token(): Token {
    return this.#tokens[this.#at]!;
  }

  get previous(): Token {
    return this.#tokens[Math.max(0, this.#at - 1)]!;
  }

  get position(): number {
    return this.#at;
  }

  peek(ahead: number): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!;
  }

  /** How many blocks have been entered and not left since a position. */
  depthSince(position: number): number {
    let depth = 0;
    for (let at = position; at < this.#at; at++) {
      const { kind } = this.#tokens[at]!;
      if (kind === "indent") depth++;
      else if (kind === "dedent") depth--;
    }
    return depth;
  }

  /** Whether the token is the first on its line. */
  get isFirstOnLine(): boolean {
    const { start } = this.token;
    const { line, column } = this.source.position(start);
    return (
      this.source
        .line(line)
        .slice(0, column - 1)
        .trim() === ""
    );
  }

  /** The names among the tokens from a position up to here. */
  namesSince(position: number): string[] {
    return this.#laid.tokens
      .slice(position, this.#at)
      .filter(({ kind }) => kind === "name")
      .map(({ text }) => text);
  }

  advance(): Token {
    const token = this.token;
    if (token.kind !== "end") this.#at++;
    return token;
  }

  is(kind: TokenKind, text?: string): boolean {
    return matches(this.token, kind, text);
  }

  isOperator(text: string): boolean {
    return matches(this.token, "operator", text);
  }

  isKeyword(text: string): boolean {
    return matches(this.token, "keyword", text);
  }

  accept(kind: TokenKind, text?: string): boolean {
    if (!this.is(kind, text)) return false;
    this.advance();
    return true;
  }

  /** @param what for the message: "`)`" */
  expect(kind: TokenKind, text: string | undefined, what: string): Token {
    if (this.is(kind, text)) return this.advance();
    throw this.unexpected(what);
  }

  /** The bracket that closes `open`. */
  close(open: Token, text: ")" | "]"): Token {
    if (this.isOperator(text)) return this.advance();
    const { line, column } = this.source.position(open.start);
    throw this.unexpected(
      `\`,\` or \`${text}\``,
      `the bracket \`${open.text}\` was opened at ${line}:${column}`,
    );
  }

  /** A name that is being declared. */
  newName(what: string): NameNode {
    const token = this.token;
    if (token.kind === "name") {
      if (reservedWords.has(token.text)) {
        throw this.fault(
          token,
          "reserved-word",
          `\`${token.text}\` is a reserved word; it cannot be ${what}`,
        );
      }
      this.advance();
      return { name: token.text, start: token.start, end: token.end };
    }
    if (token.kind === "keyword") {
      throw this.fault(token, "reserved-word", `\`${token.text}\` is a keyword; it cannot be ${what}`);
    }
    throw this.unexpected(what);
  }

  /** A name after a dot, where keywords and reserved words are names like any other. */
  memberName(): NameNode {
    const token = this.token;
    if (token.kind !== "name" && token.kind !== "keyword") throw this.unexpected("a name after `.`");
    this.advance();
    return { name: token.text, start: token.start, end: token.end };
  }

  unexpected(expected: string, hint?: string): SyntaxFault {
    const token = this.token;
    const at = token.start === token.end ? { start: this.previous.end, end: this.previous.end + 1 } : token;
    const next = this.peek(1).kind;
    const broken = token.kind === "newline" && next === "indent";
    return this.fault(
      at,
      "syntax",
      `expected ${expected}, found ${describe(token)}`,
      operatorHint(this.source.text, at.start) ?? hint ?? (broken ? continuationHint : undefined),
    );
  }

  fault(span: Span, code: string, message: string, hint?: string): SyntaxFault {
    // Behind a bracket that is never closed, and on a line with a bad character, nothing means what it says.
    const { unclosed = Infinity, faultyLines } = this.#laid;
    const isConsequence = span.start > unclosed || faultyLines.has(this.source.position(span.start).line);
    if (!isConsequence) this.diagnostics.error(this.source, span, code, message, hint);
    return new SyntaxFault(message);
  }

  /** Runs `read` one level deeper. */
  nested<Result>(read: () => Result): Result {
    if (++this.#depth > deepest) {
      this.#depth = 0;
      throw this.fault(this.token, "too-deep", `more than ${deepest} levels of nesting`);
    }
    try {
      return read();
    } finally {
      this.#depth = Math.max(0, this.#depth - 1);
    }
  }
}

function matches(token: Token, kind: TokenKind, text: string | undefined): boolean {
  return token.kind === kind && (text === undefined || token.text === text);
}

/** A token as messages show it. */
export function describe(token: Token): string {
  switch (token.kind) {
    case "newline":
      return "the end of the line";
    case "end":
      return "the end of the file";
    case "indent":
      return "a deeper indentation";
    case "dedent":
      return "the end of the block";
    case "string":
      return `the string "${token.text.length > 30 ? `${token.text.slice(0, 30)}...` : token.text}"`;
    default:
      return `\`${token.text}\``;
  }
}
