import { parseTOML } from "confbox/toml";
import * as v from "valibot";

import {
  type ConfigField,
  type ConfigSchema,
  fieldInfo,
  isMultiline,
  isSecret,
  tablesOf,
} from "../api/config/fields.ts";
import { ConfigError } from "../kernel/errors.ts";
import { renderConfig } from "./render.ts";
import { scanToml } from "./scanner.ts";
import { shapeOf } from "./schema.ts";

/** The self-healing of a configuration file, pure: old text and schema in, new text and values out. */

/** A healed configuration. */
export interface Healed {
  /** What the file should hold. */
  readonly text: string;
  /** What the user set, validated. */
  readonly userValues: Readonly<Record<string, unknown>>;
  /** What further tables hold, validated; empty unless the schema says what may be in them. */
  readonly tables: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Unknown top-level keys that are no longer in `text`. */
  readonly droppedKeys: readonly string[];
}

/**
 * @param text the file's content; empty when there is none
 * @param file its path, for messages
 * @throws ConfigError naming file and place for a syntax error, file and field for a wrong value
 */
export function heal(schema: ConfigSchema, text: string, file: string): Healed {
  const document = parseConfig(text, file);
  const fields = new Set(Object.keys(schema.entries));
  const userValues: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(schema.entries)) {
    if (!Object.hasOwn(document, key)) continue;
    userValues[key] = validateField(key, entry, document[key], file);
  }
  const statements = scanToml(text, (line) => isCommentedField(line, fields));
  const foreign = statements
    .filter((statement) => statement.kind === "table" && !fields.has(statement.key))
    .map((statement) => text.slice(statement.commentStart, statement.end));
  const droppedKeys = statements
    .filter((statement) => statement.kind === "value" && !fields.has(statement.key))
    .map((statement) => statement.key);
  const tables = foreign.join("").replace(/\s+$/, "");
  const own = renderConfig(schema, userValues);
  return {
    text: tables === "" ? own : `${own}\n${tables}\n`,
    userValues,
    tables: furtherTables(schema, document, new Set(droppedKeys), file),
    droppedKeys: [...new Set(droppedKeys)],
  };
}

/**
 * The tables that are no fields, where the schema says what may be in them.
 *
 * @param unkept names of values that healing would drop: a table written as a value is refused instead of lost
 */
function furtherTables(
  schema: ConfigSchema,
  document: Readonly<Record<string, unknown>>,
  unkept: ReadonlySet<string>,
  file: string,
): Record<string, Record<string, unknown>> {
  const tableSchema = tablesOf(schema);
  if (tableSchema === undefined) return {};
  const tables: Record<string, Record<string, unknown>> = {};
  for (const [name, value] of Object.entries(document)) {
    if (Object.hasOwn(schema.entries, name) || typeof value !== "object" || value === null) continue;
    const hint = "the file was left as it is";
    if (unkept.has(name))
      throw new ConfigError(`${file}: ${name}: write it as a table of its own: [${name}]`, { hint });
    if (typeName(value) !== "table")
      throw new ConfigError(`${file}: ${name}: expected table, received ${typeName(value)}`, { hint });
    const pairs = Object.entries(value).map(([key, inner]) => {
      const entry = Object.hasOwn(tableSchema.entries, key) ? tableSchema.entries[key] : undefined;
      const path = `${name}.${key}`;
      if (entry === undefined) throw new ConfigError(`${file}: ${path}: there is no such field`, { hint });
      return [key, validateField(path, entry, inner, file)] as const;
    });
    tables[name] = Object.fromEntries(pairs);
  }
  return tables;
}

/** The text of a file for which nothing was set. */
export function newConfigText(schema: ConfigSchema): string {
  return renderConfig(schema, {});
}

/**
 * Parses TOML.
 * @throws ConfigError with file, line and column; the line itself is not shown, it may hold a secret
 */
export function parseConfig(text: string, file: string): Record<string, unknown> {
  try {
    return parseTOML<Record<string, unknown>>(text);
  } catch (error) {
    const { line, column, message } = error as { line?: number; column?: number; message?: string };
    const reason = (message ?? "").split("\n")[0]?.replace("Invalid TOML document: ", "") ?? "";
    const place = line === undefined ? "" : `:${line}:${column ?? 1}`;
    throw new ConfigError(`${file}${place}: ${reason}`, { hint: "the file was left as it is" });
  }
}

/**
 * Validates one value.
 * @returns the value as the schema transforms it
 * @throws ConfigError naming file, dotted path, expected and received
 */
export function validateField(key: string, entry: ConfigField, value: unknown, file: string): unknown {
  const { schema } = fieldInfo(entry);
  const refuse = (path: string, expected: string, received: unknown): never => {
    const shown = isSecret(entry) ? typeName(received) : describe(received);
    throw new ConfigError(`${file}: ${path}: expected ${expected}, received ${shown}`, {
      hint: "the file was left as it is",
    });
  };
  // TOML has nan, valibot's numbers have not.
  if (Number.isNaN(value) && shapeOf(schema).kind === "float") return value;
  const stranger = unknownNestedKey(schema, value, key);
  if (stranger !== undefined) throw new ConfigError(`${file}: ${stranger}: there is no such field`);
  const result = v.safeParse(schema, value);
  if (result.success) {
    // The first line break of a literal block is TOML's own; the last one is ours.
    const output = result.output;
    return isMultiline(entry) && typeof output === "string" ? output.replace(/\r\n/g, "\n") : output;
  }
  const issue = result.issues[0];
  const path = [key, ...(issue.path ?? []).map((item) => String((item as { key: unknown }).key))].join(".");
  const expected =
    issue.kind === "schema"
      ? typeWord(issue.expected)
      : issue.requirement === undefined
        ? issue.message
        : `${issue.expected ?? issue.message}`;
  return refuse(path, expected ?? "another value", issue.input);
}

/** valibot's words for types to TOML's. */
function typeWord(expected: string | null): string {
  const words: Readonly<Record<string, string>> = {
    Array: "array",
    Object: "table",
    Date: "date",
    number: "number",
  };
  return words[expected ?? ""] ?? expected ?? "another value";
}

function typeName(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "array";
  if (value instanceof Date) return "date";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "float";
  return typeof value === "object" ? "table" : typeof value;
}

function describe(value: unknown): string {
  const type = typeName(value);
  if (typeof value === "string") {
    const text = JSON.stringify(value);
    return `${type} ${text.length > 60 ? `${text.slice(0, 56)}..."` : text}`;
  }
  return typeof value === "number" || typeof value === "boolean" ? `${type} ${value}` : type;
}

/** The dotted path of the first key inside a value that its schema does not know. */
function unknownNestedKey(
  schema: v.GenericSchema | undefined,
  value: unknown,
  path: string,
): string | undefined {
  const shape = shapeOf(schema);
  if (shape.kind === "array" && Array.isArray(value)) {
    return firstOf(value.map((element, index) => unknownNestedKey(shape.item, element, `${path}.${index}`)));
  }
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Date)
    return undefined;
  const pairs = Object.entries(value);
  if (shape.kind === "record") {
    return firstOf(pairs.map(([key, element]) => unknownNestedKey(shape.value, element, `${path}.${key}`)));
  }
  if (shape.kind !== "object") return undefined;
  return firstOf(
    pairs.map(([key, element]) =>
      Object.hasOwn(shape.entries, key)
        ? unknownNestedKey(shape.entries[key], element, `${path}.${key}`)
        : `${path}.${key}`,
    ),
  );
}

function firstOf(found: readonly (string | undefined)[]): string | undefined {
  return found.find((item) => item !== undefined);
}

/** `#api_key = ""`: a default that this engine wrote, not a remark about what stands below it. */
function isCommentedField(line: string, fields: ReadonlySet<string>): boolean {
  const key = /^#\s*("?)([^"=\s]+)\1\s*=/.exec(line)?.[2];
  return key !== undefined && fields.has(key);
}
