import { RuntimeFailure } from "../../../kernel/errors.ts";

/**
 * Takes the choices of Java's `ChoiceFormat` apart: `0#none|1#one|1<many`. Each begins with its lowest number; `#` and
 * `≤` take that number in, `<` begins right above it. Text in single quotes is literal and `''` is a quote.
 *
 * @param pattern is named in errors
 * @returns what chooses the text for a number; one below all of them, and na, have the first
 * @throws RuntimeFailure for a choice without a number and for numbers that do not rise
 */
export function parseChoices(choices: string, pattern: string): (value: number) => string {
  const parsed = splitChoices(choices).map((choice) => parseChoice(choice, pattern));
  for (const [index, { from, isAbove }] of parsed.entries()) {
    const before = parsed[index - 1];
    if (before === undefined || from > before.from || (from === before.from && isAbove && !before.isAbove))
      continue;
    throw new RuntimeFailure(`str.format: the numbers of the choices in "${pattern}" do not rise`);
  }
  return (value) => {
    const found = parsed.findLast(({ from, isAbove }) => (isAbove ? value > from : value >= from));
    return (found ?? parsed[0]!).text;
  };
}

interface Choice {
  readonly from: number;
  readonly isAbove: boolean;
  readonly text: string;
}

function parseChoice(choice: string, pattern: string): Choice {
  const [, number = "", relation = "", text = ""] = /^([^#<≤]*)([#<≤])(.*)$/s.exec(choice) ?? [];
  const from = /^\s*([+-]?)∞\s*$/.test(number)
    ? (number.includes("-") ? -1 : 1) * Infinity
    : number.trim() === ""
      ? Number.NaN
      : Number(number);
  if (from !== from) {
    throw new RuntimeFailure(
      `str.format: the choice "${choice}" of "${pattern}" does not begin with a number and #, < or ≤`,
    );
  }
  return { from, isAbove: relation === "<", text: unquoted(text) };
}

/** At the bars outside of quotes. */
function splitChoices(choices: string): string[] {
  const parts = [""];
  let quoted = false;
  for (const character of choices) {
    if (character === "'") quoted = !quoted;
    if (character === "|" && !quoted) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts;
}

function unquoted(text: string): string {
  return text.replaceAll(/''|'/g, (quotes) => (quotes === "''" ? "'" : ""));
}
