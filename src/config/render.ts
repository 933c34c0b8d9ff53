import type * as v from "valibot";

import { type ConfigSchema, fieldInfo, isMultiline, titleOf } from "../api/config/fields.ts";
import { shapeOf } from "./schema.ts";

/** Configuration as TOML text, pure and exact to the byte. */

/**
 * The text of a file: header, then every field in schema order with its description; a value the user set as an
 * assignment, anything else as a commented default.
 *
 * @param values what the user set, by field
 */
export function renderConfig(schema: ConfigSchema, values: Readonly<Record<string, unknown>>): string {
  const parts: string[] = [];
  const title = titleOf(schema);
  if (title.trim() !== "") parts.push(comment(title));
  for (const [key, entry] of Object.entries(schema.entries)) {
    const info = fieldInfo(entry);
    const lines = info.description.trim() === "" ? "" : `${comment(info.description)}\n`;
    const block = isMultiline(entry);
    if (Object.hasOwn(values, key)) {
      parts.push(`${lines}${renderKey(key)} = ${renderValue(info.schema, values[key], block)}`);
    } else if (info.default === null || info.default === undefined) {
      parts.push(`${lines}#${renderKey(key)} =`);
    } else {
      const assignment = `${renderKey(key)} = ${renderValue(info.schema, info.default, block)}`;
      parts.push(lines + assignment.replace(/^/gm, "#"));
    }
  }
  return `${parts.join("\n\n")}\n`;
}

/** Every line with `# ` in front; an empty line is a lone `#`. */
function comment(text: string): string {
  return text
    .trim()
    .split("\n")
    .map((line) => (line.trim() === "" ? "#" : `# ${line.trim()}`))
    .join("\n");
}

/** A key of the document: bare where TOML allows it. */
export function renderKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : quoted(key);
}

/**
 * A value.
 * @param block write a text as a literal block even when it has one line
 */
export function renderValue(schema: v.GenericSchema | undefined, value: unknown, block = false): string {
  const shape = shapeOf(schema);
  if (typeof value === "string") return block || value.includes("\n") ? literalBlock(value) : quoted(value);
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number")
    return shape.kind === "float" || !Number.isInteger(value) ? float(value) : integer(value);
  if (typeof value === "bigint") return String(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) {
    const item = shape.kind === "array" ? shape.item : undefined;
    return `[${value.map((element) => renderNested(item, element)).join(", ")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const pairs = Object.entries(value).filter(([, element]) => element !== undefined && element !== null);
    if (pairs.length === 0) return "{}";
    const schemaOf = (key: string): v.GenericSchema | undefined =>
      shape.kind === "record" ? shape.value : shape.kind === "object" ? shape.entries[key] : undefined;
    const cells = pairs.map(([key, element]) => `${quoted(key)} = ${renderNested(schemaOf(key), element)}`);
    return `{ ${cells.join(", ")} }`;
  }
  throw new TypeError(`TOML has no ${value === null ? "null" : typeof value}`);
}

/** Inside arrays and inline tables every text stays on one line. */
function renderNested(schema: v.GenericSchema | undefined, value: unknown): string {
  return typeof value === "string" ? quoted(value) : renderValue(schema, value);
}

function integer(value: number): string {
  return Object.is(value, -0) ? "0" : BigInt(value).toString();
}

/** Shortest digits that read back as the same number, never looking like an integer. */
function float(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const text = Object.is(value, -0) ? "-0" : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function literalBlock(text: string): string {
  // A literal block cannot hold its own end, nor control characters; a lone carriage return would be normalised.
  if (text.includes("'''") || text.endsWith("'") || /[\u0000-\u0008\u000b-\u001f\u007f]/.test(text))
    return quoted(text);
  return `'''\n${text}${text.endsWith("\n") || text === "" ? "" : "\n"}'''`;
}

/** A basic string: backslash, quote and every control character escaped. */
export function quoted(text: string): string {
  const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r" };
  const body = text.replace(
    /[\\"\u0000-\u001f\u007f]/g,
    (character) =>
      escapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0").toUpperCase()}`,
  );
  return `"${body}"`;
}
