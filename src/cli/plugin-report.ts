import type { PluginStatus } from "../host/host.ts";

/** One plugin as `plugin list --json` prints it. */
export interface PluginRow {
  readonly name: string;
  readonly display_name: string;
  readonly version: string;
  readonly capabilities: readonly string[];
  readonly summary: string;
  readonly package: string;
  readonly conflict: boolean;
  /** `built-in`, `user` or `workdir`. */
  readonly source: string;
  /** Range of host versions; `null`: any. */
  readonly requires: string | null;
  /** Packages in lower roots that it replaces, as `package@version (root)`. */
  readonly shadows: readonly string[];
}

/** The row of a plugin. */
export function pluginRow({ candidate, entry, conflict, outcome }: PluginStatus): PluginRow {
  const facts = "facts" in outcome ? outcome.facts : undefined;
  const capabilities = facts?.capabilities ?? [];
  return {
    name: candidate.name,
    display_name: facts?.displayName || candidate.hints.displayName || candidate.name,
    version: candidate.version,
    capabilities: facts !== undefined && capabilities.length === 0 ? ["library"] : capabilities,
    summary: facts?.summary || candidate.hints.summary || candidate.description,
    package: candidate.packageName,
    conflict,
    source: candidate.root,
    requires: candidate.range,
    shadows: entry.shadows
      .filter((shadow) => shadow.packageName === candidate.packageName)
      .map((shadow) => `${shadow.packageName}@${shadow.version} (${shadow.root})`),
  };
}

/** Warnings for manifest hints that the class contradicts; the class wins. */
export function hintContradictions({ candidate, outcome }: PluginStatus): string[] {
  const hinted = candidate.hints.capabilities;
  if (hinted === undefined || !("facts" in outcome)) return [];
  const real = outcome.facts.capabilities;
  const same = hinted.length === real.length && hinted.every((word) => real.includes(word));
  return same
    ? []
    : [
        `plugin "${candidate.name}": the manifest says [${hinted.join(", ")}], the class is [${real.join(", ")}]`,
      ];
}
