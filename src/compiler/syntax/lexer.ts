import type { Diagnostics } from "../diagnostics.ts";
import type { Source } from "../source.ts";
import { characterHint, foreignOperators } from "./foreign.ts";
import { keywords, type Token, type TokenKind } from "./token.ts";

/** Longest first. */
const operators = [
  ...["==", "!=", "<=", ">=", ":=", "+=", "-=", "*=", "/=", "%=", "=>"],
  ...["+", "-", "*", "/", "%", "<", ">", "=", "?", ":", ".", ",", "(", ")", "[", "]"],
];

/** Characters that look like nothing, by what people call them. */
const invisible: Readonly<Record<string, string>> = {
  "\u00A0": "a non-breaking space",
  "\u2009": "a thin space",
  "\u202F": "a narrow non-breaking space",
  "\u200B": "a zero-width space",
  "\u200C": "a zero-width non-joiner",
  "\u200D": "a zero-width joiner",
  "\u2060": "a word joiner",
  "\uFEFF": "a byte order mark",
  "\u3000": "an ideographic space",
};

/** Quotes that a word processor has made of the real ones. */
const curly = "\u2018\u2019\u201C\u201D";

/** The tokens of one line or of what is left of it, without layout. Faults are reported and skipped. */
export class Lexer {
  readonly #source: Source;
  readonly #diagnostics: Diagnostics;
  /** Lines with a fault: what the parser would say about them is a consequence. */
  readonly faultyLines = new Set<number>();
  /** The last line ended within a string. */
  isOpen = false;

  constructor(source: Source, diagnostics: Diagnostics) {
    this.#source = source;
    this.#diagnostics = diagnostics;
  }

  /** Reads from `from` to the end of the line at `to`. */
  line(from: number, to: number, into: Token[]): void {
    const { text } = this.#source;
    this.isOpen = false;
    let at = from;
    const push = (kind: TokenKind, end: number, value = text.slice(at, end)): void => {
      into.push({ kind, text: value, start: at, end });
      at = end;
    };
    while (at < to) {
      const character = text[at]!;
      if (character === " " || character === "\t" || character === "\r") at++;
      else if (character === "/" && text[at + 1] === "/") return;
      else if (/[A-Za-z_]/.test(character)) {
        let end = at + 1;
        while (end < to && /\w/.test(text[end]!)) end++;
        push(keywords.has(text.slice(at, end)) ? "keyword" : "name", end);
      } else if (/[0-9]/.test(character) || (character === "." && /[0-9]/.test(text[at + 1] ?? ""))) {
        at = this.#number(at, to, into);
      } else if (character === '"' || character === "'") at = this.#string(at, to, into);
      else if (character === "#") at = this.#color(at, to, into);
      else {
        const operator = operators.find((candidate) => text.startsWith(candidate, at));
        if (operator !== undefined) push("operator", at + operator.length);
        else at = this.#foreign(at, into) ?? this.#curly(at, to, into) ?? this.#unknown(at);
      }
    }
  }

  #number(start: number, to: number, into: Token[]): number {
    const { text } = this.#source;
    const match = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/.exec(text.slice(start, to));
    let end = start + (match?.[0].length ?? 1);
    const whole = end;
    while (end < to && /[\w.]/.test(text[end]!)) end++;
    const written = text.slice(start, end);
    if (end > whole) {
      this.#fault(start, end, "bad-number", `\`${written}\` is not a number`, numberHint(written));
    }
    const value = text.slice(start, whole);
    into.push({ kind: /^\d+$/.test(value) ? "int" : "float", text: value, start, end });
    return end;
  }

  #string(start: number, to: number, into: Token[]): number {
    const { text } = this.#source;
    const quote = text[start]!;
    let value = "";
    let at = start + 1;
    for (; at < to; at++) {
      const character = text[at]!;
      if (character === quote) {
        into.push({ kind: "string", text: value, start, end: at + 1 });
        return at + 1;
      }
      if (character !== "\\") {
        value += character;
        continue;
      }
      const escaped = at + 1 < to ? text[at + 1]! : "";
      const meaning = { n: "\n", t: "\t", r: "\r", "\\": "\\", '"': '"', "'": "'" }[escaped];
      value += meaning ?? "\\";
      if (meaning !== undefined) at++;
    }
    const end = text.slice(start, to).trimEnd().length + start;
    this.isOpen = true;
    this.#fault(start, end, "unclosed-string", `this string is not closed by ${quote} on its line`);
    into.push({ kind: "string", text: value.trimEnd(), start, end });
    return to;
  }

  #color(start: number, to: number, into: Token[]): number {
    const { text } = this.#source;
    let end = start + 1;
    while (end < to && /\w/.test(text[end]!)) end++;
    const written = text.slice(start, end);
    if (!/^#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$/.test(written)) {
      this.#fault(
        start,
        end,
        "bad-color",
        `\`${written}\` is not a colour`,
        written === "#" ? "comments begin with `//`; a colour is #RRGGBB" : "write #RRGGBB or #RRGGBBAA",
      );
    }
    into.push({ kind: "color", text: written, start, end });
    return end;
  }

  /** `&&`, `||` and `!`: reported, and read as what they mean. */
  #foreign(start: number, into: Token[]): number | undefined {
    for (const [written, meaning] of foreignOperators) {
      if (!this.#source.text.startsWith(written, start)) continue;
      const end = start + written.length;
      this.#fault(start, end, "unknown-character", `\`${written}\` is written \`${meaning}\``);
      into.push({ kind: "keyword", text: meaning, start, end });
      return end;
    }
    return undefined;
  }

  /** A text between the quotes of a word processor: reported, and read as a string. */
  #curly(start: number, to: number, into: Token[]): number | undefined {
    const { text } = this.#source;
    if (!curly.includes(text[start]!)) return undefined;
    let end = start + 1;
    while (end < to && !curly.includes(text[end]!)) end++;
    end = Math.min(to, end + 1);
    const message = `a curly quote \`${text[start]!}\``;
    this.#fault(start, start + 1, "unknown-character", message, "strings stand between \" or '");
    into.push({ kind: "string", text: text.slice(start + 1, end - 1), start, end });
    return end;
  }

  #unknown(start: number): number {
    const point = this.#source.text.codePointAt(start)!;
    const character = String.fromCodePoint(point);
    const name = invisible[character];
    const end = start + character.length;
    if (name !== undefined) {
      this.#fault(
        start,
        end,
        "invisible-character",
        `${name} stands here`,
        "delete it and type a plain space",
      );
    } else {
      const code = `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
      const shown =
        point < 32 || point === 127 ? code : point < 127 ? `\`${character}\`` : `\`${character}\` (${code})`;
      // One brace or semicolon is seldom alone.
      if (this.faultyLines.has(this.#source.position(start).line)) return end;
      this.#fault(
        start,
        end,
        "unknown-character",
        `the character ${shown} has no meaning here`,
        characterHint(character),
      );
    }
    return end;
  }

  #fault(start: number, end: number, code: string, message: string, hint?: string): void {
    this.faultyLines.add(this.#source.position(start).line);
    this.#diagnostics.error(this.#source, { start, end }, code, message, hint);
  }
}

function numberHint(written: string): string {
  if (/^0[xX]/.test(written)) return "there are no hexadecimal numbers";
  if (/_/.test(written)) return "digits are not grouped";
  if ((written.match(/\./g) ?? []).length > 1) return "a number has one decimal point";
  return "a name cannot begin with a digit";
}
