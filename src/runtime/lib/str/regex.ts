import { RuntimeFailure } from "../../../kernel/errors.ts";
import { remember } from "./remember.ts";

/** Java's names of ASCII classes. */
const posix: Readonly<Record<string, string>> = {
  Lower: "a-z",
  Upper: "A-Z",
  ASCII: "\\x00-\\x7f",
  Alpha: "a-zA-Z",
  Digit: "0-9",
  Alnum: "a-zA-Z0-9",
  Punct: "!-\\/:-@\\[-`{-~",
  Graph: "!-~",
  Print: " -~",
  Blank: " \\t",
  Cntrl: "\\x00-\\x1f\\x7f",
  XDigit: "0-9a-fA-F",
  Space: "\\s",
};

/**
 * A regular expression in Java's notation as one of JavaScript's: `\A \Z \z \h \H \R \Q…\E`, flags in front (`(?i)`),
 * ASCII and Unicode classes (`\p{Alpha}`, `\p{L}`).
 * @throws RuntimeFailure for what is no expression, and for what JavaScript cannot do: possessive repetition (`a++`),
 *   atomic groups, intersections of classes, flags that change on the way
 */
export const javaRegex: (pattern: string) => RegExp = remember(translate);

function translate(pattern: string): RegExp {
  const refuse = (what: string): RuntimeFailure =>
    new RuntimeFailure(`str.match: "${pattern}" uses ${what}, which is not supported`);
  const flags = /^\(\?([a-zA-Z]+)\)/.exec(pattern);
  if (flags !== null && !/^[ims]+$/.test(flags[1]!)) throw refuse(`the flag "${flags[1]}"`);
  const unicode =
    /\\[pP]\{(?!(?:Lower|Upper|ASCII|Alpha|Digit|Alnum|Punct|Graph|Print|Blank|Cntrl|XDigit|Space)\})/.test(
      pattern,
    );
  let text = "";
  let inClass = false;
  for (let index = flags?.[0].length ?? 0; index < pattern.length; index++) {
    const character = pattern[index]!;
    if (character === "\\") {
      if (pattern[index + 1] === "Q") {
        const end = pattern.indexOf("\\E", index);
        const literal = pattern.slice(index + 2, end < 0 ? undefined : end);
        text += literal.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
        index = end < 0 ? pattern.length : end + 1;
        continue;
      }
      const [piece, length] = escape(pattern.slice(index), inClass, unicode, refuse);
      text += piece;
      index += length - 1;
      continue;
    }
    if (inClass) {
      if (character === "[") throw refuse("a class in a class");
      if (pattern.startsWith("&&", index)) throw refuse("an intersection of classes");
      if (character === "]") inClass = false;
    } else if (character === "[") {
      inClass = true;
      // A bracket right at the start of a class is one of its characters.
      const start = pattern[index + 1] === "^" ? "[^" : "[";
      if (pattern[index + start.length] === "]") {
        text += `${start}\\]`;
        index += start.length;
        continue;
      }
    } else if (/[*+?}]/.test(character) && pattern[index + 1] === "+") throw refuse("possessive repetition");
    else if (pattern.startsWith("(?>", index)) throw refuse("an atomic group");
    else if (/^\(\?[a-zA-Z-]+[:)]/.test(pattern.slice(index))) throw refuse("flags on the way");
    text += character;
  }
  try {
    return new RegExp(text, (flags?.[1] ?? "") + (unicode ? "u" : ""));
  } catch (error) {
    throw new RuntimeFailure(`str.match: "${pattern}" is no regular expression`, { cause: error });
  }
}

/** What an escape becomes and how many characters it takes. */
function escape(
  text: string,
  inClass: boolean,
  unicode: boolean,
  refuse: (what: string) => RuntimeFailure,
): [string, number] {
  const letter = text[1] ?? "";
  const named = /^\\([pP])\{(\w+)\}/.exec(text);
  if (named !== null) {
    const ascii = posix[named[2]!];
    if (ascii === undefined) return [`\\${named[1]}{${named[2]!.replace(/^Is/, "")}}`, named[0].length];
    if (inClass && named[1] === "P") throw refuse(`${named[0]} in a class`);
    return [inClass ? ascii : `[${named[1] === "P" ? "^" : ""}${ascii}]`, named[0].length];
  }
  switch (letter) {
    case "A":
      return ["(?<![\\s\\S])", 2];
    case "z":
      return ["(?![\\s\\S])", 2];
    case "Z":
      return ["(?=\\n?(?![\\s\\S]))", 2];
    case "h":
      return [inClass ? " \\t\\u00a0" : "[ \\t\\u00a0]", 2];
    case "H":
      if (inClass) throw refuse("\\H in a class");
      return ["[^ \\t\\u00a0]", 2];
    case "R":
      return ["(?:\\r\\n|[\\n\\v\\f\\r\\u0085\\u2028\\u2029])", 2];
    case "G":
    case "X":
      throw refuse(`\\${letter}`);
    default:
      // Signs that need no escape may not have one in a Unicode expression.
      return [unicode && /[^\w\\^$.*+?()[\]{}|/-]/.test(letter) ? letter : `\\${letter}`, 2];
  }
}
