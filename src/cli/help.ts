import type { Command } from "./command.ts";
import type { OptionSpec } from "./options.ts";
import type { Style } from "./output.ts";

/** The help page of a command, pure: the lines that `--help` prints. */
export function helpPage(
  command: Command,
  globals: readonly OptionSpec[],
  style: Style,
  width = 100,
): string {
  const sections: string[] = [];
  if (command.summary !== "") sections.push(command.summary);
  if (command.description !== undefined) sections.push(wrap(command.description, width).join("\n"));
  sections.push(`${style.bold("Usage:")} ${usageLine(command)}`);
  const page = new Page(style, width);

  const children = [...command.children].filter(([, child]) => child.hidden !== true);
  page.table(
    "Commands",
    children.map(([name, child]) => [name, child.summary]),
  );
  page.table(
    "Arguments",
    command.specs.positionals.map((positional) => [
      positional.valueHint,
      withFacts(
        positional.description,
        positional.default === undefined ? [] : [`default: ${positional.default}`],
      ),
    ]),
  );
  const own = command.specs.options.filter((option) => option.plugin === undefined);
  const added = command.specs.options.filter((option) => option.plugin !== undefined);
  page.table("Options", own.map(optionRow));
  page.table("Options from plugins", added.map(optionRow));
  page.table("Global options", globals.map(optionRow));
  if (command.examples.length > 0) {
    page.section(
      "Examples",
      command.examples.map((example) => `  ${example}`),
    );
  }
  return [...sections, ...page.sections].join("\n\n");
}

/** `pyne run [options] SCRIPT DATA` */
export function usageLine(command: Command): string {
  const words = ["pyne", ...command.path];
  if (command.specs.options.length > 0) words.push("[options]");
  if (command.children.size > 0) words.push(command.run === undefined ? "COMMAND" : "[COMMAND]");
  for (const positional of command.specs.positionals) {
    const name = positional.multiple ? `${positional.valueHint}...` : positional.valueHint;
    words.push(positional.required ? name : `[${name}]`);
  }
  return words.join(" ");
}

function optionRow(option: OptionSpec): [string, string] {
  const letters = option.letters.map((letter) => `-${letter}`);
  const name = option.names[0] ?? option.key;
  const negated = option.type === "boolean" && option.default === true;
  const hint = option.valueHint ?? option.choices?.join("|") ?? "VALUE";
  const value = option.type === "boolean" ? "" : option.bare === undefined ? ` ${hint}` : ` [${hint}]`;
  const left = [...letters, `--${negated ? "no-" : ""}${name}${value}`].join(", ");
  const facts: string[] = [];
  if (option.choices !== undefined && option.valueHint !== undefined)
    facts.push(`one of ${option.choices.join(", ")}`);
  if (option.default !== undefined && option.type !== "boolean")
    facts.push(`default: ${String(option.default)}`);
  if (option.multiple) facts.push("repeatable");
  if (option.required) facts.push("required");
  if (option.env !== undefined) facts.push(`env: ${option.env}`);
  if (option.plugin !== undefined) facts.push(`from ${option.plugin}`);
  return [letters.length === 0 ? `    ${left}` : left, withFacts(option.description, facts)];
}

function withFacts(description: string, facts: readonly string[]): string {
  const tail = facts.length === 0 ? "" : `(${facts.join("; ")})`;
  return [description, tail].filter((part) => part !== "").join(" ");
}

class Page {
  readonly sections: string[] = [];

  constructor(
    readonly style: Style,
    readonly width: number,
  ) {}

  section(title: string, lines: readonly string[]): void {
    this.sections.push([this.style.bold(`${title}:`), ...lines].join("\n"));
  }

  /** Two columns; the right one wraps under itself. */
  table(title: string, rows: readonly (readonly [string, string])[]): void {
    if (rows.length === 0) return;
    const left = Math.min(34, Math.max(...rows.map(([name]) => name.length)));
    const room = Math.max(24, this.width - left - 4);
    const lines = rows.flatMap(([name, text]) => {
      const wrapped = wrap(text, room);
      const head = name.length > left ? [`  ${name}`] : [];
      const first = head.length > 0 ? "".padEnd(left) : name.padEnd(left);
      return [
        ...head,
        ...(wrapped.length === 0 ? [`  ${first}`.trimEnd()] : []),
        ...wrapped.map((line, index) => `  ${index === 0 ? first : "".padEnd(left)}  ${line}`.trimEnd()),
      ];
    });
    this.section(title, lines);
  }
}

/** Breaks text at blanks so that no line is longer than `room`, words permitting. */
export function wrap(text: string, room: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (word === "") continue;
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  if (line !== "") lines.push(line);
  return lines;
}
