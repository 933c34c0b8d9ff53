import { type Dirent, existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, sep } from "node:path";

import { messageOf } from "../kernel/errors.ts";
import type { Candidate, DiscoveryProblem, PluginRoot } from "./candidate.ts";
import { type Manifest, ManifestError, parseManifest, pluginNamePattern } from "./manifest.ts";

/** What a root holds. Nothing in it was executed. */
export interface RootContent {
  readonly candidates: readonly Candidate[];
  readonly problems: readonly DiscoveryProblem[];
}

/**
 * Reads a plugin root: packages that its `package.json` depends on, then direct subfolders, then single files. A
 * missing folder is an empty root; this never throws.
 *
 * @param confined symbolic links may not lead out of the folder; for roots that came with somebody's data
 */
export function scanRoot(folder: string, root: PluginRoot, confined: boolean): RootContent {
  const candidates: Candidate[] = [];
  const problems: DiscoveryProblem[] = [];
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return { candidates, problems };
  }

  const readPackage = (path: string, name: string, mustDeclare: boolean): void => {
    try {
      const outside = confined ? leaves(path, folder) : undefined;
      if (outside !== undefined) {
        problems.push({ name, path, message: `is a link to ${outside}, outside the plugin folder` });
        return;
      }
      const content = readPackageFolder(path, root);
      candidates.push(...content.candidates);
      problems.push(...content.problems);
    } catch (error) {
      if (mustDeclare) problems.push({ name, path, message: messageOf(error) });
    }
  };

  for (const name of dependencyNames(join(folder, "package.json"))) {
    const path = join(folder, "node_modules", name);
    if (existsSync(path)) readPackage(path, name, true);
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.name === "node_modules" || entry.name.startsWith(".")) continue;
    if (isFolder(entry, path)) readPackage(path, entry.name, true);
  }
  for (const entry of entries) {
    const match = /^([^.].*)\.(ts|mts|js|mjs)$/.exec(entry.name);
    if (match === null || entry.name.endsWith(".d.ts")) continue;
    const path = join(folder, entry.name);
    const outside = confined ? leaves(path, folder) : undefined;
    const name = match[1] ?? "";
    if (outside !== undefined) {
      problems.push({ name, path, message: `is a link to ${outside}, outside the plugin folder` });
    } else if (!pluginNamePattern.test(name)) {
      problems.push({
        name,
        path,
        message: `"${name}" is not a plugin name: a lower-case letter, then 1 to 31 of a-z, 0-9, _ and -`,
      });
    } else {
      candidates.push(singleFile(name, path, root));
    }
  }
  return { candidates, problems };
}

/**
 * Reads one package folder.
 * @throws ManifestError when it is no package with plugins
 */
export function readPackageFolder(folder: string, root: PluginRoot): RootContent {
  const manifestPath = join(folder, "package.json");
  let text: string;
  try {
    text = readFileSync(manifestPath, "utf8");
  } catch {
    throw new ManifestError("is not a package: it has no package.json");
  }
  const manifest = parseManifest(text);
  const candidates: Candidate[] = [];
  const problems: DiscoveryProblem[] = manifest.problems.map((problem) => ({
    ...problem,
    path: manifestPath,
  }));
  for (const declaration of manifest.plugins) {
    const entryPath = join(folder, declaration.entry);
    const outside = leaves(entryPath, folder);
    if (outside !== undefined) {
      problems.push({
        name: declaration.name,
        path: entryPath,
        message: `the entry is a link to ${outside}, outside its package`,
      });
      continue;
    }
    candidates.push({ ...declaration, ...facts(manifest), root, folder, entryPath, manifestPath });
  }
  return { candidates, problems };
}

/** Whether a folder holds anything that could be a plugin; used for the notice about an untrusted workdir. */
export function holdsPlugins(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => !name.startsWith("."));
  } catch {
    return false;
  }
}

function facts(manifest: Manifest): Pick<Candidate, "packageName" | "version" | "description" | "range"> {
  const { packageName, version, description, range } = manifest;
  return { packageName, version, description, range };
}

function singleFile(name: string, path: string, root: PluginRoot): Candidate {
  return {
    name,
    entry: path.slice(dirname(path).length + 1),
    exportName: "default",
    hints: {},
    packageName: name,
    version: "0.0.0",
    description: "",
    range: null,
    root,
    folder: dirname(path),
    entryPath: path,
    manifestPath: path,
  };
}

/** Where a path really is, when that is outside `folder`. A path that does not exist leaves nothing. */
function leaves(path: string, folder: string): string | undefined {
  try {
    const real = realpathSync(path);
    return real.startsWith(realpathSync(folder) + sep) ? undefined : real;
  } catch {
    return undefined;
  }
}

function isFolder(entry: Dirent, path: string): boolean {
  if (entry.isDirectory()) return true;
  if (!entry.isSymbolicLink()) return false;
  try {
    return readdirSync(path) !== undefined;
  } catch {
    return false;
  }
}

/** Names of direct dependencies; none when the file is missing or broken. */
function dependencyNames(path: string): string[] {
  try {
    const json = JSON.parse(readFileSync(path, "utf8")) as { dependencies?: Record<string, string> };
    return Object.keys(json.dependencies ?? {}).toSorted();
  } catch {
    return [];
  }
}
