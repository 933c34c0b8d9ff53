import * as v from "valibot";

/** One field of a configuration: any valibot schema with a default and a description in its metadata. */
export type ConfigField = v.GenericSchema;

/** What `defineConfig` returns: a valibot object schema whose title and field descriptions are metadata. */
export type ConfigSchema = v.ObjectSchema<Record<string, ConfigField>, undefined>;

/** The value type of a configuration, fields required: defaults have been applied. */
export type InferConfig<Schema extends v.GenericSchema> = v.InferOutput<Schema>;

/** What every live provider's configuration has. */
export interface LiveProviderConfig {
  /** TradingView symbol to the venue's own. */
  readonly symbol_map: Record<string, string>;
}
