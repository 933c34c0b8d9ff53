import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";

import { isPluginClass } from "../api/plugins/capabilities.ts";
import { missingMembers } from "../api/plugins/contract.ts";
import { PluginIncompatibleError, PluginLoadError } from "../api/plugins/errors.ts";
import { messageOf } from "../kernel/errors.ts";
import type { Candidate } from "./candidate.ts";
import type { AnyPluginClass } from "./plugin-class.ts";
import { satisfiesRange } from "./version-range.ts";
import { registerVirtualModules } from "./virtual-modules.ts";

/** What a load is checked against. */
export interface LoadOptions {
  readonly hostVersion: string;
  /** Longest time an import may take, ms. */
  readonly timeoutMs: number;
  /** Load it although its range excludes this host. */
  readonly skipVersionCheck: boolean;
  readonly warn: (message: string) => void;
}

/**
 * Imports a plugin and checks its contract.
 *
 * @throws PluginIncompatibleError when its range excludes this host
 * @throws PluginLoadError when the import fails or takes too long, the export is missing or no plugin class, or a
 *   required member is missing
 */
export async function loadPluginClass(candidate: Candidate, options: LoadOptions): Promise<AnyPluginClass> {
  checkVersion(candidate, options);
  if (candidate.builtin !== undefined) return checked(candidate, await candidate.builtin());
  if (!existsSync(candidate.entryPath)) {
    throw new PluginLoadError(candidate.name, `the entry ${candidate.entryPath} does not exist`);
  }
  registerVirtualModules();
  const module = await imported(candidate, options.timeoutMs);
  const exported = module[candidate.exportName];
  if (exported === undefined) {
    const names = Object.keys(module);
    throw new PluginLoadError(
      candidate.name,
      `${candidate.entry} has no export "${candidate.exportName}"; it exports ${names.length === 0 ? "nothing" : names.join(", ")}`,
    );
  }
  return checked(candidate, exported);
}

function checkVersion(candidate: Candidate, options: LoadOptions): void {
  if (satisfiesRange(options.hostVersion, candidate.range)) return;
  const error = new PluginIncompatibleError(
    candidate.packageName,
    candidate.range ?? "",
    options.hostVersion,
  );
  if (!options.skipVersionCheck) throw error;
  options.warn(`${error.message}; loaded all the same`);
}

async function imported(candidate: Candidate, timeoutMs: number): Promise<Record<string, unknown>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(timeoutError(candidate.name, timeoutMs)), timeoutMs);
  });
  try {
    const url = pathToFileURL(candidate.entryPath).href;
    return (await Promise.race([import(url), late])) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof PluginLoadError) throw error;
    throw new PluginLoadError(candidate.name, importFailure(error), { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** The error for an import that does not come back. */
export function timeoutError(name: string, timeoutMs: number): PluginLoadError {
  return new PluginLoadError(name, `its import did not finish within ${timeoutMs / 1000} s`, {
    hint: "PYNE_PLUGIN_LOAD_TIMEOUT=SECONDS sets another limit",
  });
}

/** A syntax error arrives as an aggregate without a message of its own. */
function importFailure(error: unknown): string {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  const place = (inner as { position?: { file?: string; line?: number } | null } | undefined)?.position;
  const where = place?.line === undefined ? "" : ` (line ${place.line})`;
  return `${messageOf(inner)}${where}`;
}

function checked(candidate: Candidate, exported: unknown): AnyPluginClass {
  if (!isPluginClass(exported)) {
    throw new PluginLoadError(
      candidate.name,
      `the export "${candidate.exportName}" of ${candidate.entry} is not a plugin class`,
      { hint: 'extend one of the classes of "pynecore/plugin"' },
    );
  }
  const pluginClass = exported as AnyPluginClass;
  const missing = missingMembers(pluginClass);
  if (missing.length > 0) {
    throw new PluginLoadError(candidate.name, `the class lacks ${missing.join(", ")}`);
  }
  return pluginClass;
}
