import { type ConfigSchema, defaultsOf, type InferConfig } from "./fields.ts";

/** What stands behind `ensureConfig` inside the executable. */
export type ConfigEngine = (schema: ConfigSchema, path: string) => Readonly<Record<string, unknown>>;

let engine: ConfigEngine | undefined;

/** Called by the host before any plugin is imported; not part of the API. */
export function provideConfigEngine(provided: ConfigEngine): void {
  engine = provided;
}

/**
 * The values of a configuration file, for a plugin that keeps one besides its own. The file is written when it is
 * missing, and healed: new fields appear commented, removed ones vanish, what the user set stays. The second call for
 * the same schema and path does no I/O. Outside of the executable, as in a plugin's own tests, the defaults are
 * returned and nothing is read or written.
 *
 * @param path of the TOML file; relative to the current folder
 * @returns frozen values
 * @throws ConfigError (exit code 2) naming file and field; the file is untouched then
 */
export function ensureConfig<Schema extends ConfigSchema>(
  schema: Schema,
  path: string,
): Readonly<InferConfig<Schema>> {
  const values = engine === undefined ? Object.freeze(defaultsOf(schema)) : engine(schema, path);
  return values as Readonly<InferConfig<Schema>>;
}
