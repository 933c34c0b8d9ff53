import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The user's own folder: `PYNE_HOME`, else `~/.pyne`. */
export function pyneHome(env: Readonly<Record<string, string | undefined>>): string {
  const named = env["PYNE_HOME"];
  return named === undefined || named === "" ? join(env["HOME"] || homedir(), ".pyne") : resolve(named);
}

/** What lies in it. */
export interface HomePaths {
  readonly root: string;
  /** Installed plugins: a package folder with `package.json`, `node_modules`, subfolders and single files. */
  readonly plugins: string;
  readonly cache: string;
  /** Facts of plugins, rebuilt whenever they are missing. */
  readonly pluginIndex: string;
  /** What Pine scripts were compiled to: a file for each, with a hash. */
  readonly pine: string;
  /** What the bars of data files hash to: a file for each. */
  readonly hashes: string;
  /** Workdirs whose plugins may run. */
  readonly trust: string;
  /** The lock that all writers of configuration files share. */
  readonly configLock: string;
  /** The lock that all installations of plugins share. */
  readonly pluginsLock: string;
}

/** The paths below a home. Nothing is created. */
export function homePaths(root: string): HomePaths {
  return {
    root,
    plugins: join(root, "plugins"),
    cache: join(root, "cache"),
    pluginIndex: join(root, "cache", "plugin-index.json"),
    pine: join(root, "cache", "pine"),
    hashes: join(root, "cache", "hashes"),
    trust: join(root, "trust.json"),
    configLock: join(root, "cache", "locks", "config.sqlite"),
    pluginsLock: join(root, "cache", "locks", "plugins.sqlite"),
  };
}
