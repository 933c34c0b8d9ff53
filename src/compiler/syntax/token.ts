import type { Span } from "../source.ts";

export type TokenKind =
  | "name"
  | "keyword"
  | "int"
  | "float"
  | "string"
  | "color"
  | "operator"
  | "newline"
  | "indent"
  | "dedent"
  | "end";

export interface Token extends Span {
  readonly kind: TokenKind;
  /** As written; the value of a string without quotes and escapes. */
  readonly text: string;
}

/** Words that build the language; none of them can be a name. */
export const keywords: ReadonlySet<string> = new Set(
  "and or not if else switch for to by in while break continue var varip import as export true false".split(
    " ",
  ),
);

/**
 * Words that begin a declaration where another name follows them, and are names everywhere else: they came to the
 * language late, and `ma(source, length, type)` is older than they are.
 */
export const declarationWords: ReadonlySet<string> = new Set(["method", "type", "enum"]);

/** Words kept for later; they name no variable, but members and arguments may be called like that. */
export const reservedWords: ReadonlySet<string> = new Set(
  "catch class do ellipse is polygon range return struct text throw try".split(" "),
);
