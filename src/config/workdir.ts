import { parseTOML } from "confbox/toml";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { writeFileAtomic } from "./atomic-write.ts";

/** What lies in a workdir. */
export interface WorkdirPaths {
  readonly root: string;
  readonly marker: string;
  readonly scripts: string;
  readonly library: string;
  readonly data: string;
  readonly output: string;
  readonly logs: string;
  readonly errorLog: string;
  readonly cache: string;
  readonly locks: string;
  readonly config: string;
  readonly brokersToml: string;
  readonly extensionsToml: string;
  readonly symbolMapToml: string;
  /** Plugins that came with the workdir; they run only when it is trusted. */
  readonly plugins: string;
  /** Configuration file of a plugin. */
  readonly pluginConfig: (name: string) => string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The paths below a workdir; `PYNE_DATA_DIR` moves the data folder alone. Nothing is created. */
export function workdirPaths(root: string, env: Environment): WorkdirPaths {
  const config = join(root, "config");
  const logs = join(root, "output", "logs");
  return {
    root,
    marker: join(root, ".pyne"),
    scripts: join(root, "scripts"),
    library: join(root, "scripts", "lib"),
    data: env["PYNE_DATA_DIR"] ? resolve(env["PYNE_DATA_DIR"]) : join(root, "data"),
    output: join(root, "output"),
    logs,
    errorLog: join(logs, "error.log"),
    cache: join(root, "cache"),
    locks: join(root, "cache", "locks"),
    config,
    brokersToml: join(config, "brokers.toml"),
    extensionsToml: join(config, "extensions.toml"),
    symbolMapToml: join(config, "symbol_map.toml"),
    plugins: join(root, "plugins"),
    pluginConfig: (name) => join(config, "plugins", `${name}.toml`),
  };
}

/**
 * Finds the workdir from a folder upward, at most ten levels: a folder with a valid marker, or one that holds a
 * `workdir` subfolder. Otherwise it is `./workdir`, which does not exist yet.
 */
export function findWorkdir(start: string): { path: string; exists: boolean } {
  let folder = resolve(start);
  for (let level = 0; level < 10; level++) {
    if (isMarked(folder)) return { path: folder, exists: true };
    const child = join(folder, "workdir");
    if (statSync(child, { throwIfNoEntry: false })?.isDirectory() === true)
      return { path: child, exists: true };
    const parent = dirname(folder);
    if (parent === folder) break;
    folder = parent;
  }
  return { path: join(resolve(start), "workdir"), exists: false };
}

/** Whether a folder has a marker of version 1 or later. An unreadable or malformed marker does not count. */
function isMarked(folder: string): boolean {
  try {
    const path = join(folder, ".pyne");
    // The user's home folder may hold a folder of that name.
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
    const marker = parseTOML<{ workdir_version?: unknown }>(readFileSync(path, "utf8"));
    return Number.parseInt(String(marker.workdir_version), 10) >= 1;
  } catch {
    return false;
  }
}

/** Makes sure that all folders and the marker are there. */
export function ensureWorkdir(root: string, env: Environment): { created: boolean } {
  const created = !existsSync(root);
  const paths = workdirPaths(root, env);
  for (const folder of [paths.library, paths.data, paths.logs, paths.cache])
    mkdirSync(folder, { recursive: true });
  mkdirSync(join(paths.config, "plugins"), { recursive: true, mode: 0o700 });
  if (!existsSync(paths.marker)) writeFileAtomic(paths.marker, 'workdir_version = "1.0"\n', { mode: 0o644 });
  return { created };
}
