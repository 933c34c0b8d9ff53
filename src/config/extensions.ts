import * as v from "valibot";

import { defineConfig, field, type InferConfig } from "../api/config/fields.ts";

/** `config/extensions.toml`: the extensions that every run uses. */
export const ExtensionsConfig = defineConfig("Extensions", {
  enabled: field(
    v.array(v.string()),
    [],
    "Plugins whose script hooks are switched on for every run; --no-ext overrides",
  ),
});
export type ExtensionsConfig = InferConfig<typeof ExtensionsConfig>;
