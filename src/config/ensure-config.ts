import { chmodSync, readFileSync, type Stats, statSync } from "node:fs";
import { resolve } from "node:path";

import {
  type ConfigField,
  type ConfigSchema,
  defaultsOf,
  fieldInfo,
  type InferConfig,
  isSecret,
  tablesOf,
} from "../api/config/fields.ts";
import { ConfigError, messageOf, TryAgainLaterError } from "../kernel/errors.ts";
import { secrets } from "../kernel/secrets.ts";
import { writeFileAtomic } from "./atomic-write.ts";
import { withLockSync } from "./file-lock.ts";
import { heal, type Healed, validateField } from "./heal.ts";
import { shapeOf } from "./schema.ts";

/** Context of a configuration file. */
export interface EnsureConfigOptions {
  /** The plugin's name, for `PYNE_CONFIG_<NAME>_<FIELD>`; without it there are no overrides. */
  readonly name?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly warn?: (message: string) => void;
  /** File of the lock that writers share. */
  readonly lock: string;
}

/** A configuration is a page of text; anything larger is something else. */
const maxBytes = 1024 * 1024;

let cache = new WeakMap<ConfigSchema, Map<string, Readonly<Record<string, unknown>>>>();

/** Forgets every configuration; for tests. */
export function resetConfigCache(): void {
  cache = new WeakMap();
}

/**
 * The values of a configuration, and its file brought up to date: new fields appear commented, removed ones vanish,
 * what the user set stays. The second call for the same schema and path does no I/O.
 *
 * @returns defaults, user's values and overrides from the environment, frozen
 * @throws ConfigError naming file and field; the file is untouched then
 */
export function ensureConfig<Schema extends ConfigSchema>(
  schema: Schema,
  path: string,
  options: EnsureConfigOptions,
): Readonly<InferConfig<Schema>> {
  const absolute = resolve(path);
  const known = cache.get(schema)?.get(absolute);
  if (known !== undefined) return known as Readonly<InferConfig<Schema>>;
  const healed = healFile(schema, absolute, options);
  const values = deepFreeze({
    ...defaultsOf(schema),
    ...healed.userValues,
    ...environmentValues(schema, options),
    ...(tablesOf(schema) === undefined ? {} : { tables: environmentTables(schema, healed.tables, options) }),
  });
  learnSecrets(schema, values);
  const byPath = cache.get(schema) ?? new Map<string, Readonly<Record<string, unknown>>>();
  byPath.set(absolute, values);
  cache.set(schema, byPath);
  return values as Readonly<InferConfig<Schema>>;
}

/** From now on nothing that is said holds a value of a secret field. What stands in the schema is no secret. */
export function learnSecrets(schema: ConfigSchema, values: Readonly<Record<string, unknown>>): void {
  for (const [key, entry] of Object.entries(schema.entries))
    if (isSecret(entry) && values[key] !== fieldInfo(entry).default) secrets.learn(values[key]);
  const table = tablesOf(schema);
  if (table === undefined) return;
  for (const inner of Object.values((values["tables"] ?? {}) as Record<string, Record<string, unknown>>))
    learnSecrets(table, inner);
}

/**
 * Reads and validates without writing anything.
 * @throws ConfigError naming file and field
 */
export function inspectConfig(schema: ConfigSchema, path: string): Healed {
  return heal(schema, readText(path) ?? "", path);
}

function healFile(schema: ConfigSchema, path: string, options: EnsureConfigOptions): Healed {
  const warn = options.warn ?? ((): void => {});
  const before = readText(path);
  const first = heal(schema, before ?? "", path);
  if (first.text === before) {
    tighten(schema, first, path, warn);
    return first;
  }
  try {
    return withLockSync(options.lock, { waitMs: 5000, what: path }, () => {
      // Another process may have healed it, or the user edited it, since the look without the lock.
      const now = readText(path);
      const healed = now === before ? first : heal(schema, now ?? "", path);
      if (healed.text !== now) writeFileAtomic(path, healed.text);
      if (healed.droppedKeys.length > 0) {
        warn(`${path}: unknown keys were removed: ${healed.droppedKeys.join(", ")}`);
      }
      return healed;
    });
  } catch (error) {
    if (error instanceof ConfigError || error instanceof TryAgainLaterError) throw error;
    // The values are known; a folder or disk that takes no writes must not stop what only reads.
    warn(`${path} could not be brought up to date: ${messageOf(error)}`);
    return first;
  }
}

/** The file's text, or `undefined` when there is none. */
function readText(path: string): string | undefined {
  let stat: Stats | undefined;
  try {
    stat = statSync(path, { throwIfNoEntry: false });
  } catch {
    // A file stands where its folder should be; writing will say so.
  }
  if (stat === undefined) return undefined;
  if (stat.size > maxBytes) {
    throw new ConfigError(
      `${path} is too large for a configuration: ${stat.size} bytes, at most ${maxBytes}`,
    );
  }
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigError(`${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** A file that holds a set secret is for its owner only. */
function tighten(schema: ConfigSchema, healed: Healed, path: string, warn: (message: string) => void): void {
  const holdsSecret = [
    [schema, healed.userValues] as const,
    ...Object.values(healed.tables).map((table) => [tablesOf(schema), table] as const),
  ].some(([fields, values]) =>
    Object.keys(values).some((key) => {
      const entry = fields?.entries[key];
      return entry !== undefined && isSecret(entry);
    }),
  );
  if (!holdsSecret || process.platform === "win32") return;
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) === 0) return;
  try {
    chmodSync(path, mode & 0o700);
    warn(`${path} holds a secret and could be read by others (mode ${mode.toString(8)}); now it cannot`);
  } catch (error) {
    warn(`${path} holds a secret and can be read by others (mode ${mode.toString(8)}): ${messageOf(error)}`);
  }
}

/** Values of `PYNE_CONFIG_<PLUGIN>_<FIELD>`; scalars only. */
function environmentValues(schema: ConfigSchema, options: EnsureConfigOptions): Record<string, unknown> {
  const { name, env } = options;
  const values: Record<string, unknown> = {};
  if (name === undefined || env === undefined) return values;
  for (const [key, entry] of Object.entries(schema.entries)) {
    const variable = `PYNE_CONFIG_${envWord(name)}_${envWord(key)}`;
    const text = env[variable];
    if (text === undefined) continue;
    const value = environmentValue(key, entry, text, variable);
    if (value !== undefined) values[key] = value;
  }
  return values;
}

/** The file's further tables with the values of `PYNE_CONFIG_<PLUGIN>_<TABLE>_<FIELD>` over them. */
function environmentTables(
  schema: ConfigSchema,
  tables: Healed["tables"],
  { name, env }: EnsureConfigOptions,
): Record<string, Record<string, unknown>> {
  const merged = Object.fromEntries(Object.entries(tables).map(([table, values]) => [table, { ...values }]));
  if (name === undefined || env === undefined) return merged;
  const prefix = `PYNE_CONFIG_${envWord(name)}_`;
  const ownVariables = new Set(Object.keys(schema.entries).map((key) => prefix + envWord(key)));
  // The longest first: `X_API_KEY` is the field `api_key` of `x`, also where there is a field `key`.
  const fields = Object.entries(tablesOf(schema)?.entries ?? {}).toSorted(([a], [b]) => b.length - a.length);
  for (const [variable, text] of Object.entries(env)) {
    if (text === undefined || !variable.startsWith(prefix) || ownVariables.has(variable)) continue;
    const words = variable.slice(prefix.length);
    const field = fields.find(([key]) => words.endsWith(`_${envWord(key)}`));
    if (field === undefined || words.length === field[0].length + 1) continue;
    const [key, entry] = field;
    const word = words.slice(0, -key.length - 1);
    // The capitals of a variable say nothing; a table that is in the file keeps its spelling.
    const table = Object.keys(merged).find((known) => envWord(known) === word) ?? word.toLowerCase();
    const value = environmentValue(`${table}.${key}`, entry, text, variable);
    if (value !== undefined) merged[table] = { ...merged[table], [key]: value };
  }
  return merged;
}

/** A name as it is spelled in a variable. */
function envWord(name: string): string {
  return name.toUpperCase().replaceAll("-", "_");
}

/** A variable's text as the field's type, validated; `undefined` for what is no scalar. */
function environmentValue(key: string, entry: ConfigField, text: string, variable: string): unknown {
  const { kind } = shapeOf(fieldInfo(entry).schema);
  if (kind === "array" || kind === "record" || kind === "object") return undefined;
  return validateField(key, entry, scalar(kind, text), variable);
}

function scalar(kind: string, text: string): unknown {
  if (kind === "boolean" && /^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
  if ((kind === "integer" || kind === "float") && text.trim() !== "" && !Number.isNaN(Number(text)))
    return Number(text);
  return kind === "date" && !Number.isNaN(Date.parse(text)) ? new Date(text) : text;
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null && !(value instanceof Date) && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
