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
  "and or not if else switch for to by in while break continue var varip import as export method type enum true false".split(
    " ",
  ),
);

/** Words kept for later; they name no variable, but members and arguments may be called like that. */
export const reservedWords: ReadonlySet<string> = new Set(
  "catch class do ellipse is polygon range return struct text throw try".split(" "),
);
