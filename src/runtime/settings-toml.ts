import type { ScriptDeclaration } from "../api/script/declaration.ts";
import { parseConfig } from "../config/heal.ts";
import { quoted, renderKey, renderValue } from "../config/render.ts";
import { ConfigError } from "../kernel/errors.ts";
import { camelCase, snakeCase } from "../kernel/spelling.ts";
import type { InputValues, ResolvedInput } from "./inputs.ts";
import type { SettingValues } from "./settings.ts";

/**
 * The settings file beside a script, pure: `[script]` with the declaration's settings, `[inputs.NAME]` with what a
 * script says about each input. What the user set is an assignment; everything else is a commented default.
 */

/** What the user set. Settings by their camelCase name, inputs by key. */
export interface UserSettings {
  readonly settings: SettingValues;
  readonly inputs: InputValues;
}

/**
 * Reads a settings file.
 * @throws ConfigError naming file and place
 */
export function parseSettings(text: string, file: string): UserSettings {
  const document = parseConfig(text, file);
  const settings = Object.entries(tableAt(document, "script", file)).map(([key, value]) => [
    camelCase(key),
    value,
  ]);
  const inputs: [string, unknown][] = [];
  for (const [key, table] of Object.entries(tableAt(document, "inputs", file))) {
    if (typeof table !== "object" || table === null || Array.isArray(table)) {
      throw new ConfigError(`${file}: inputs.${key} is a table with a value, not ${JSON.stringify(table)}`, {
        hint: `[inputs.${key}]\nvalue = ...`,
      });
    }
    const { value } = table as { value?: unknown };
    if (value !== undefined) inputs.push([key, value]);
  }
  return { settings: Object.fromEntries(settings), inputs: Object.fromEntries(inputs) };
}

function tableAt(document: Record<string, unknown>, key: string, file: string): Record<string, unknown> {
  const table = document[key] ?? {};
  if (typeof table === "object" && !Array.isArray(table)) return table as Record<string, unknown>;
  throw new ConfigError(`${file}: ${key} is a table, not ${JSON.stringify(table)}`);
}

/** The text of the settings file. */
export function renderSettings(
  declaration: ScriptDeclaration,
  inputs: readonly ResolvedInput[],
  user: UserSettings,
): string {
  const parts = [
    `# Settings of "${declaration.title.replace(/\n/g, " ")}". Remove the # before a line to change it.`,
  ];
  const lines = Object.entries(declaration.settings).map(([name, value]) => {
    const own = user.settings[name];
    return `${own === undefined ? "#" : ""}${snakeCase(name)} = ${valueText(own ?? value)}`;
  });
  parts.push(["[script]", ...lines].join("\n"));
  for (const { key, spec } of inputs) {
    const own = user.inputs[key];
    const facts = [
      `default: ${valueText(spec.default)}`,
      ...(spec.min === undefined ? [] : [`min: ${spec.min}`]),
      ...(spec.max === undefined ? [] : [`max: ${spec.max}`]),
      ...(spec.step === undefined ? [] : [`step: ${spec.step}`]),
      ...(spec.options === undefined ? [] : [`options: ${spec.options.join(", ")}`]),
      ...(spec.group === undefined ? [] : [`group: ${spec.group}`]),
      ...(spec.inline === undefined ? [] : [`inline: ${spec.inline}`]),
      ...(spec.kind === "time" ? [`may be a date: ${new Date(Number(spec.default)).toISOString()}`] : []),
      ...(spec.confirm === true ? ["confirm: look at this before the script runs"] : []),
      ...(spec.tooltip === undefined ? [] : [spec.tooltip]),
    ];
    const comments = [spec.title, ...facts]
      .flatMap((text) => text.split("\n"))
      .map((line) => `# ${line}`.trimEnd());
    const value = `${own === undefined ? "#" : ""}value = ${valueText(own ?? spec.default)}`;
    parts.push([`[inputs.${renderKey(key)}]`, ...comments, value].join("\n"));
  }
  const known = new Set(inputs.map(({ key }) => key));
  for (const [key, value] of Object.entries(user.inputs)) {
    if (known.has(key)) continue;
    // What somebody set is kept: the input may come back, or have been renamed.
    const note = "# The script has no such input.";
    parts.push([`[inputs.${renderKey(key)}]`, note, `value = ${valueText(value)}`].join("\n"));
  }
  return `${parts.join("\n\n")}\n`;
}

/** A value on one line, so that a # in front of it comments all of it out. */
function valueText(value: unknown): string {
  return typeof value === "string" ? quoted(value) : renderValue(undefined, value);
}
