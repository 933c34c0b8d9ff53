import type { AnyPluginClass } from "./plugin-class.ts";
import type { Declaration } from "./manifest.ts";

/** Where a plugin was found, in the order in which roots are searched; a later root wins over an earlier one. */
export const pluginRoots = ["built-in", "user", "workdir"] as const;
export type PluginRoot = (typeof pluginRoots)[number];

/** A plugin that some package declares, not loaded. */
export interface Candidate extends Declaration {
  readonly packageName: string;
  readonly version: string;
  readonly description: string;
  /** Range of host versions; `null`: any. */
  readonly range: string | null;
  readonly root: PluginRoot;
  /** Folder of the package, or of the single file; empty for a built-in. */
  readonly folder: string;
  /** Absolute path of the entry; empty for a built-in. */
  readonly entryPath: string;
  /** `package.json`, or the single file itself; empty for a built-in. */
  readonly manifestPath: string;
  /** Loads a built-in's class. */
  readonly builtin?: () => Promise<AnyPluginClass>;
}

/** Something in a plugin root that cannot be a plugin. */
export interface DiscoveryProblem {
  /** Name of the plugin where it is known, else of the folder or file. */
  readonly name: string;
  readonly message: string;
  readonly path: string;
}

/** What a plugin name stands for. */
export interface CatalogEntry {
  readonly name: string;
  /** One: usable. Several: a conflict between packages, ordered by package name, then entry. */
  readonly candidates: readonly [Candidate, ...Candidate[]];
  /** Copies of the same package in lower roots that the used one hides. */
  readonly shadows: readonly Candidate[];
}

/**
 * Groups candidates by plugin name, names ascending. Declarations of one package are one plugin: the highest root
 * wins, and within a root the first found. Declarations of different packages are a conflict.
 */
export function catalogOf(found: readonly Candidate[]): CatalogEntry[] {
  const byName = Map.groupBy(found, (candidate) => candidate.name);
  return [...byName]
    .map(([name, candidates]) => entryOf(name, candidates))
    .filter((entry) => entry !== undefined)
    .toSorted((a, b) => order(a.name, b.name));
}

function entryOf(name: string, candidates: readonly Candidate[]): CatalogEntry | undefined {
  const used: Candidate[] = [];
  const shadows: Candidate[] = [];
  for (const sameOrigin of Map.groupBy(candidates, (candidate) => candidate.packageName).values()) {
    const [winner, ...hidden] = sameOrigin.toSorted(
      (a, b) => pluginRoots.indexOf(b.root) - pluginRoots.indexOf(a.root),
    );
    if (winner !== undefined) used.push(winner);
    shadows.push(...hidden);
  }
  const [first, ...rest] = used.toSorted(
    (a, b) => order(a.packageName, b.packageName) || order(a.entry, b.entry),
  );
  return first === undefined ? undefined : { name, candidates: [first, ...rest], shadows };
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
