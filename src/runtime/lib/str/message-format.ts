import { RuntimeFailure } from "../../../kernel/errors.ts";
import { formatTime } from "./date-format.ts";
import { parseChoices } from "./choice-format.ts";
import { formatDecimal, parseMask } from "./decimal-format.ts";
import { remember } from "./remember.ts";
import { plainNumber, valueText } from "./text.ts";

/** Prints an argument; a choice may print the others as well. */
type Printer = (value: unknown, args: readonly unknown[]) => string;

/** A piece of a format: text, or a place for an argument. */
type Piece = string | { readonly index: number; readonly print: Printer; readonly source: string };

/**
 * `str.format` after Java's `MessageFormat`: `{0}`, `{0,number,mask}`, `{0,number,integer|percent|currency}`,
 * `{0,date,style}`, `{0,time,style}`, `{0,choice,0#none|1#one|1<many}`, where the text that is chosen may hold places of
 * its own. Text in single quotes is literal and `''` is a quote. A place without an argument
 * is printed as `{n}`. Numbers round half to even on their exact value; without a mask they have at most three
 * decimals and no grouping. Dates and times are in UTC.
 * @throws RuntimeFailure for braces that do not match and for formats that there are not
 */
export function format(pattern: string, ...args: readonly unknown[]): string {
  return piecesOf(pattern)
    .map((piece) => {
      if (typeof piece === "string") return piece;
      return piece.index < args.length ? piece.print(args[piece.index], args) : piece.source;
    })
    .join("");
}

const piecesOf: (pattern: string) => readonly Piece[] = remember(parse);

function parse(pattern: string): Piece[] {
  const pieces: Piece[] = [];
  let text = "";
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index]!;
    if (character === "'") {
      const [literal, last] = quotedText(pattern, index);
      text += literal;
      index = last;
    } else if (character === "{") {
      const end = closingBrace(pattern, index);
      pieces.push(text, placeOf(pattern.slice(index + 1, end), pattern));
      text = "";
      index = end;
    } else text += character;
  }
  pieces.push(text);
  return pieces;
}

/** Up to the closing quote, or to the end; two quotes are one. */
function quotedText(pattern: string, start: number): [string, number] {
  if (pattern[start + 1] === "'") return ["'", start + 1];
  let literal = "";
  for (let index = start + 1; index < pattern.length; index++) {
    if (pattern[index] !== "'") literal += pattern[index]!;
    else if (pattern[index + 1] === "'") literal += pattern[++index]!;
    else return [literal, index];
  }
  return [literal, pattern.length];
}

/** Quotes hide braces; braces inside nest. */
function closingBrace(pattern: string, open: number): number {
  let depth = 0;
  let quoted = false;
  for (let index = open; index < pattern.length; index++) {
    const character = pattern[index]!;
    if (character === "'") quoted = !quoted;
    else if (quoted) continue;
    else if (character === "{") depth++;
    else if (character === "}" && --depth === 0) return index;
  }
  throw new RuntimeFailure(`str.format: a brace of "${pattern}" is not closed`);
}

function placeOf(inner: string, pattern: string): Piece {
  const [number = "", type, ...rest] = inner.split(",");
  if (!/^\d+$/.test(number)) {
    throw new RuntimeFailure(
      `str.format: "{${inner}}" of "${pattern}" does not begin with the number of an argument`,
    );
  }
  const style = type === undefined || rest.length === 0 ? undefined : rest.join(",");
  return { index: Number(number), print: printer(type, style, pattern), source: `{${Number(number)}}` };
}

/** Numbers when nothing is said. */
const plainMask = parseMask("#.###");

const numberStyles: Readonly<Record<string, string>> = {
  integer: "#,##0",
  percent: "#,##0%",
  currency: "$#,##0.00",
};

const dateStyles: Readonly<Record<string, string>> = {
  short: "M/d/yy",
  medium: "MMM d, yyyy",
  long: "MMMM d, yyyy",
  full: "EEEE, MMMM d, yyyy",
};

const timeStyles: Readonly<Record<string, string>> = {
  short: "h:mm a",
  medium: "h:mm:ss a",
  long: "h:mm:ss a z",
  full: "h:mm:ss a z",
};

function printer(type: string | undefined, style: string | undefined, pattern: string): Printer {
  const keyword = style?.trim().toLowerCase();
  switch (type?.trim().toLowerCase()) {
    case undefined:
      return printPlain;
    case "number": {
      const mask = parseMask(style === undefined ? "#,##0.###" : (numberStyles[keyword ?? ""] ?? style));
      return (value) =>
        typeof value === "number" ? formatDecimal(value, mask, "half-even-exact") : printPlain(value);
    }
    case "date":
    case "time": {
      const styles = type?.trim().toLowerCase() === "date" ? dateStyles : timeStyles;
      const wanted = style === undefined ? styles["medium"]! : (styles[keyword ?? ""] ?? style);
      return (value) => (typeof value === "number" ? formatTime(value, wanted, "UTC") : printPlain(value));
    }
    case "choice": {
      const choose = parseChoices(style ?? "", pattern);
      return (value, args) => {
        if (typeof value !== "number") return printPlain(value);
        const text = choose(value);
        return text.includes("{") ? format(text, ...args) : text;
      };
    }
    default:
      throw new RuntimeFailure(
        `str.format: there is no format "${type}", as in "${pattern}"; use number, date, time or choice`,
      );
  }
}

function printPlain(value: unknown): string {
  return typeof value === "number"
    ? formatDecimal(value, plainMask, "half-even-exact")
    : valueText(value, plainNumber);
}
