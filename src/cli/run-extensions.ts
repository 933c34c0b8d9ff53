import { existsSync } from "node:fs";

import { ensureConfig } from "../config/ensure-config.ts";
import type { WorkdirPaths } from "../config/workdir.ts";
import type { App } from "./app.ts";
import type { CommandCall } from "./command.ts";

/** Names of the extensions that the workdir switches on. */
export async function configuredExtensions(app: App, workdir: WorkdirPaths): Promise<readonly string[]> {
  if (!existsSync(workdir.extensionsToml)) return [];
  const { ExtensionsConfig } = await import("../config/extensions.ts");
  return ensureConfig(ExtensionsConfig, workdir.extensionsToml, app.configOptions).enabled;
}

/** Values of injected options by the plugin that added them. */
export function paramsByPlugin(call: CommandCall): Map<string, Record<string, unknown>> {
  const params = new Map<string, Record<string, unknown>>();
  for (const option of call.injected) {
    if (option.plugin === undefined) continue;
    const own = params.get(option.plugin) ?? {};
    own[option.key] = call.values[option.key];
    params.set(option.plugin, own);
  }
  return params;
}
