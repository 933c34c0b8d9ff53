import * as v from "valibot";

/**
 * Configuration schemas: what a plugin author writes once, and what the host turns into a commented TOML file, a
 * validator and a type.
 *
 * A schema is an ordinary valibot object schema. Everything the host needs beyond the values' types (defaults,
 * descriptions, markers) sits in valibot metadata, so it survives spreading `entries` into another schema.
 */

/** What `field` keeps beside the schema. */
export interface FieldInfo {
  /** The value's own schema, without the default. */
  readonly schema: v.GenericSchema;
  /** Used when the file has no value; `null`: there is none. */
  readonly default: unknown;
  /** Becomes the comment above the assignment; may have several lines. */
  readonly description: string;
}

/** One field of a configuration with values of type `Output`. */
export type ConfigField<Output = unknown> = v.GenericSchema<Output, Output>;

/** What `defineConfig` returns: a valibot object schema with `entries` to spread into another. */
export type ConfigSchema<Entries extends Record<string, ConfigField> = Record<string, ConfigField>> =
  v.ObjectSchema<Entries, undefined> & { readonly [titleKey]: string };

/** What `defineConfig` returns for a configuration whose file may hold further tables with the fields of `Table`. */
export type WithTables<Table extends ConfigSchema> = { readonly [tablesKey]: Table };

/**
 * The value type of a configuration; every field is present because defaults have been applied. Further tables are
 * under `tables` by their name, with what the user set and nothing else.
 */
export type InferConfig<Schema extends v.GenericSchema> = v.InferOutput<Schema> &
  (Schema extends WithTables<infer Table>
    ? { tables: Record<string, Partial<v.InferOutput<Table>>> }
    : unknown);

// `Symbol.for`: a second copy of the API reads the first one's schemas.
const titleKey: unique symbol = Symbol.for("pyne.config.title") as never;
const tablesKey: unique symbol = Symbol.for("pyne.config.tables") as never;
const infoKey = "pyne.config.field";
const secretKey = "pyne.config.secret";
const multilineKey = "pyne.config.multiline";

/**
 * One field.
 *
 * @param schema any valibot schema of a TOML value: `v.string()`, `v.pipe(v.number(), v.integer())`, `v.picklist()`,
 *   `v.array()`, `v.record()`, `v.object()`, `v.date()`
 * @param defaultValue used when the file has no value; `null`: the field may stay unset, and reads as `null` then
 * @param description the comment above it in the file; lines are separated by `\n`
 */
export function field<const Schema extends v.GenericSchema>(
  schema: Schema,
  defaultValue: null,
  description: string,
): ConfigField<v.InferOutput<Schema> | null>;
export function field<const Schema extends v.GenericSchema>(
  schema: Schema,
  defaultValue: NoInfer<v.InferInput<Schema>>,
  description: string,
): ConfigField<v.InferOutput<Schema>>;
export function field(schema: v.GenericSchema, defaultValue: unknown, description: string): ConfigField {
  const info: FieldInfo = { schema, default: defaultValue, description };
  const fallback = (): never => structuredClone(defaultValue) as never;
  const optional = v.optional(defaultValue === null ? v.nullable(schema) : schema, fallback);
  return v.pipe(optional, v.metadata({ [infoKey]: info })) as ConfigField;
}

/** A text pasted in several lines, such as a PEM key: written as a literal block even when it is empty. */
export function multiline(): v.MetadataAction<string, Record<string, unknown>> {
  return v.metadata({ [multilineKey]: true });
}

/** A value that no message, report or log may ever show. */
export function secret<Value>(): v.MetadataAction<Value, Record<string, unknown>> {
  return v.metadata({ [secretKey]: true });
}

/**
 * A configuration.
 *
 * @param title the header comment of the file; empty: none
 * @param entries fields by their key in the file, in the order of the file
 * @param options.tables fields of every further table (`[bybit]`). Such tables stay in the file byte for byte, like any
 *   table that is no field; with this they are validated too, and delivered as `config.tables`
 * @throws TypeError when a field is called `tables` as well
 */
export function defineConfig<const Entries extends Record<string, ConfigField>>(
  title: string,
  entries: Entries,
): ConfigSchema<Entries>;
export function defineConfig<
  const Entries extends Record<string, ConfigField>,
  const Table extends ConfigSchema,
>(
  title: string,
  entries: Entries,
  options: { readonly tables: Table },
): ConfigSchema<Entries> & WithTables<Table>;
export function defineConfig(
  title: string,
  entries: Record<string, ConfigField>,
  options?: { readonly tables: ConfigSchema },
): ConfigSchema {
  if (options !== undefined && Object.hasOwn(entries, "tables"))
    throw new TypeError('a configuration with further tables cannot have a field "tables"');
  return Object.assign(v.object(entries), {
    [titleKey]: title,
    ...(options === undefined ? {} : { [tablesKey]: options.tables }),
  });
}

/** The fields of a schema's further tables; `undefined`: their content is none of the schema's business. */
export function tablesOf(schema: ConfigSchema): ConfigSchema | undefined {
  return (schema as Partial<WithTables<ConfigSchema>>)[tablesKey];
}

/** The header of a schema's file; empty: none. */
export function titleOf(schema: ConfigSchema): string {
  return schema[titleKey] ?? "";
}

/** What `field` recorded; a bare valibot schema counts as a field without default and description. */
export function fieldInfo(entry: ConfigField): FieldInfo {
  const info = v.getMetadata(entry)[infoKey] as FieldInfo | undefined;
  return info ?? { schema: entry, default: null, description: v.getDescription(entry) ?? "" };
}

/** The values of a configuration for which nothing was set: deep copies, `null` where a field has no default. */
export function defaultsOf(schema: ConfigSchema): Record<string, unknown> {
  const fields = Object.fromEntries(
    Object.entries(schema.entries).map(([key, entry]) => [
      key,
      structuredClone(fieldInfo(entry).default ?? null),
    ]),
  );
  return tablesOf(schema) === undefined ? fields : { ...fields, tables: {} };
}

/** Whether the field's value must not be shown. */
export function isSecret(entry: ConfigField): boolean {
  return v.getMetadata(fieldInfo(entry).schema)[secretKey] === true;
}

/** Whether the field is written as a literal block. */
export function isMultiline(entry: ConfigField): boolean {
  return v.getMetadata(fieldInfo(entry).schema)[multilineKey] === true;
}

/** The fields that every live provider's configuration starts with: `{ ...LiveProviderConfig.entries, ... }`. */
export const LiveProviderConfig = defineConfig("", {
  symbol_map: field(
    v.record(v.string(), v.string()),
    {},
    "TradingView symbols and what this provider calls them",
  ),
});
export type LiveProviderConfig = InferConfig<typeof LiveProviderConfig>;
