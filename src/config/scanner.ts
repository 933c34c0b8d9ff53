/**
 * The statements of a TOML document, byte-exact, pure. Understands strings, comments and brackets, so an array line
 * that begins with `[` is a value and `["a"] # note` is a table. Meant for text that a TOML parser has accepted.
 */

/** A `key = value` before the first table header, or a table from its header to the next. */
export interface Statement {
  readonly kind: "value" | "table";
  /** The first segment of the key or of the header's name. */
  readonly key: string;
  /** Where the comment lines directly above begin; equal to `start` without any. */
  readonly commentStart: number;
  readonly start: number;
  /** For a table: where the next table's comments begin, or the end of the text. */
  readonly end: number;
}

/** @param isOwnComment a comment line that does not belong to what follows it, such as a commented-out default */
export function scanToml(text: string, isOwnComment: (line: string) => boolean = () => false): Statement[] {
  const heads: { kind: "value" | "table"; key: string; commentStart: number; start: number; end: number }[] =
    [];
  let commentStart: number | undefined;
  let inTable = false;
  for (let position = 0; position < text.length;) {
    const lineEnd = endOfLine(text, position);
    const line = text.slice(position, lineEnd).trim();
    if (line === "") {
      commentStart = undefined;
      position = lineEnd + 1;
    } else if (line.startsWith("#")) {
      commentStart = isOwnComment(line) ? undefined : (commentStart ?? position);
      position = lineEnd + 1;
    } else if (line.startsWith("[")) {
      const open = text.indexOf("[", position);
      const nameStart = text[open + 1] === "[" ? open + 2 : open + 1;
      heads.push({
        kind: "table",
        key: firstSegment(text, nameStart),
        commentStart: commentStart ?? position,
        start: position,
        end: text.length,
      });
      inTable = true;
      commentStart = undefined;
      position = lineEnd + 1;
    } else {
      const end = endOfValue(text, position);
      if (!inTable) {
        heads.push({
          kind: "value",
          key: firstSegment(text, position),
          commentStart: commentStart ?? position,
          start: position,
          end,
        });
      }
      commentStart = undefined;
      position = end + 1;
    }
  }
  return heads.map((head, index) =>
    head.kind === "table" ? { ...head, end: heads[index + 1]?.commentStart ?? text.length } : head,
  );
}

function endOfLine(text: string, position: number): number {
  const end = text.indexOf("\n", position);
  return end < 0 ? text.length : end;
}

/** The first segment of a dotted key, unquoted. */
function firstSegment(text: string, position: number): string {
  let at = position;
  while (text[at] === " " || text[at] === "\t") at++;
  const quote = text[at];
  if (quote === "'" || quote === '"') {
    const end = endOfString(text, at);
    const raw = text.slice(at + 1, end - 1);
    if (quote === "'") return raw;
    try {
      return JSON.parse(
        `"${raw.replace(/\\U([0-9a-fA-F]{8})/g, (_match, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))}"`,
      ) as string;
    } catch {
      return raw;
    }
  }
  return /^[A-Za-z0-9_-]*/.exec(text.slice(at, at + 1000))?.[0] ?? "";
}

/** The line end at which a `key = value` ends: strings and brackets may span lines. */
function endOfValue(text: string, position: number): number {
  let depth = 0;
  let at = position;
  while (at < text.length) {
    const character = text[at];
    if (character === '"' || character === "'") at = endOfString(text, at);
    else if (character === "#") at = endOfLine(text, at);
    else {
      if (character === "[" || character === "{") depth++;
      else if (character === "]" || character === "}") depth--;
      else if (character === "\n" && depth <= 0) return at;
      at++;
    }
  }
  return text.length;
}

/** The position after the string that opens at `position`. */
function endOfString(text: string, position: number): number {
  const quote = text[position] ?? '"';
  const triple = quote.repeat(3);
  if (text.startsWith(triple, position)) {
    for (let at = position + 3; at < text.length; at++) {
      if (quote === '"' && text[at] === "\\") at++;
      else if (text.startsWith(triple, at)) {
        let end = at + 3;
        // Up to two quotes may belong to the content and stand right before the closing three.
        while (text[end] === quote && end < at + 5) end++;
        return end;
      }
    }
    return text.length;
  }
  for (let at = position + 1; at < text.length; at++) {
    if (quote === '"' && text[at] === "\\") at++;
    else if (text[at] === quote || text[at] === "\n") return at + 1;
  }
  return text.length;
}
