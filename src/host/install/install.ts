import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
} from "node:fs";
import { basename, join, resolve } from "node:path";

import { withLock } from "../../config/file-lock.ts";
import type { HomePaths } from "../../config/home.ts";
import { messageOf, RuntimeFailure } from "../../kernel/errors.ts";
import { PluginIncompatibleError } from "../../api/plugins/errors.ts";
import type { Candidate } from "../candidate.ts";
import { readPackageFolder } from "../discovery.ts";
import { satisfiesRange } from "../version-range.ts";
import { packageManager, readRootPackage, type RootPackage, writeRootPackage } from "./package-manager.ts";
import { commitStage, recoverStage, stage } from "./staging.ts";
import { checkTarball } from "./tarball.ts";

/** What an installation works with. */
export interface Installer {
  readonly home: HomePaths;
  readonly hostVersion: string;
  readonly cwd: string;
  readonly registry?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A package that was installed or updated. */
export interface InstalledPackage {
  readonly packageName: string;
  readonly version: string;
  /** `undefined` when it was not there before. */
  readonly previousVersion: string | undefined;
  readonly plugins: readonly Candidate[];
}

/**
 * Installs packages: an npm name with a range, a tarball, or a folder. All of them or none.
 *
 * @throws RuntimeFailure when a package cannot be fetched, is unsafe, or has no plugins
 * @throws PluginIncompatibleError when its range excludes this host
 */
export function addPackages(installer: Installer, specs: readonly string[]): Promise<InstalledPackage[]> {
  return change(installer, async (staging, root) => {
    const requested: [spec: string, request: string][] = [];
    for (const spec of specs)
      requested.push([await preparedSpec(installer, staging, spec), requestOf(installer, spec)]);
    const before = { ...root.dependencies };
    const versions = installedVersions(staging, Object.keys(before));
    await packageManager(manager(installer, staging), [
      "add",
      "--ignore-scripts",
      "--exact",
      // A version that was published a minute ago is the one that is wanted.
      "--no-cache",
      ...requested.map(([spec]) => spec),
    ]);
    const after = readRootPackage(staging);
    const results: InstalledPackage[] = [];
    for (const [spec, request] of requested) {
      const name = packageNameFor(spec, before, after.dependencies);
      if (name === undefined) throw new RuntimeFailure(`the package manager did not say what "${spec}" is`);
      after.pyne.requested[name] = request;
      results.push(checkedPackage(installer, staging, name, versions.get(name)));
    }
    writeRootPackage(staging, after);
    return results;
  });
}

/** Puts a link to a folder where plugins are found; edits in the folder take effect at once. */
export function linkPackage(installer: Installer, folder: string): Promise<InstalledPackage[]> {
  return withLock(installer.home.pluginsLock, lockOptions(installer), () => {
    const target = resolve(installer.cwd, folder);
    const { candidates } = readableFolder(target);
    const [first] = candidates;
    if (first === undefined) throw new RuntimeFailure(`${target} declares no usable plugin`);
    requireRange(installer, first);
    const path = join(installer.home.plugins, first.packageName.replace(/^@/, "").replaceAll("/", "-"));
    mkdirSync(installer.home.plugins, { recursive: true, mode: 0o700 });
    const present = lstatSync(path, { throwIfNoEntry: false });
    if (present !== undefined && !present.isSymbolicLink()) {
      throw new RuntimeFailure(`${path} is in the way`, { hint: `pyne plugin remove ${first.packageName}` });
    }
    if (present !== undefined) unlinkSync(path);
    symlinkSync(target, path, "dir");
    return Promise.resolve([
      {
        packageName: first.packageName,
        version: first.version,
        previousVersion: undefined,
        plugins: candidates,
      },
    ]);
  });
}

/**
 * Removes the package of a plugin. A link is unlinked, never followed.
 * @returns what was removed
 */
export function removePackage(
  installer: Installer,
  candidate: Candidate,
): Promise<"package" | "link" | "folder" | "file"> {
  const { plugins } = installer.home;
  if (candidate.folder.startsWith(join(plugins, "node_modules"))) {
    return change(installer, async (staging, root) => {
      await packageManager(manager(installer, staging), [
        "remove",
        "--ignore-scripts",
        candidate.packageName,
      ]);
      const after = readRootPackage(staging);
      delete after.pyne.requested[candidate.packageName];
      delete after.dependencies[candidate.packageName];
      writeRootPackage(staging, { ...after, name: root.name });
      return "package" as const;
    });
  }
  return withLock(installer.home.pluginsLock, lockOptions(installer), () => {
    if (candidate.manifestPath === candidate.entryPath) {
      unlinkSync(candidate.entryPath);
      return Promise.resolve("file" as const);
    }
    if (lstatSync(candidate.folder).isSymbolicLink()) {
      unlinkSync(candidate.folder);
      return Promise.resolve("link" as const);
    }
    rmSync(candidate.folder, { recursive: true });
    return Promise.resolve("folder" as const);
  });
}

/**
 * Brings packages to the newest version that what was asked for allows. Tarballs and folders are read again where they
 * came from; what is gone is left as it is.
 */
export async function updatePackages(
  installer: Installer,
  names: readonly string[],
): Promise<InstalledPackage[]> {
  const root = readRootPackage(installer.home.plugins);
  const specs = names.flatMap((name) => {
    const request = root.pyne.requested[name] ?? name;
    if (/^(file:|[/.]|[A-Za-z]:[\\/])/.test(request)) return existsSync(request) ? [request] : [];
    return [/.@/.test(request) ? request : `${request}@latest`];
  });
  return specs.length === 0 ? [] : addPackages(installer, specs);
}

function manager(installer: Installer, folder: string): Parameters<typeof packageManager>[0] {
  return { folder, cache: join(installer.home.cache, "packages"), registry: installer.registry };
}

function lockOptions(installer: Installer): { waitMs: number; what: string; signal?: AbortSignal } {
  const { signal } = installer;
  return { waitMs: 60_000, what: installer.home.plugins, ...(signal === undefined ? {} : { signal }) };
}

/** Runs a change on a staged copy under the lock, and commits it when it succeeds. */
function change<Result>(
  installer: Installer,
  action: (staging: string, root: RootPackage) => Promise<Result>,
): Promise<Result> {
  return withLock(installer.home.pluginsLock, lockOptions(installer), async () => {
    const { plugins } = installer.home;
    const staging = `${plugins}.staging`;
    recoverStage(plugins, staging);
    try {
      stage(plugins, staging);
      const root = readRootPackage(staging);
      writeRootPackage(staging, root);
      const result = await action(staging, root);
      commitStage(plugins, staging);
      return result;
    } finally {
      rmSync(staging, { recursive: true, force: true });
    }
  });
}

/** What the package manager is told: folders are packed first, tarballs looked through, both kept for later changes. */
async function preparedSpec(installer: Installer, staging: string, spec: string): Promise<string> {
  const path = localPath(installer, spec);
  if (path === undefined) {
    // Anything else with a protocol would fetch from places that no registry vouches for.
    if (/^[a-z+]+:/i.test(spec) && !spec.startsWith("npm:")) {
      throw new RuntimeFailure(`"${spec}" cannot be installed`, {
        hint: "an npm name, a tarball or a folder",
      });
    }
    return spec;
  }
  const store = join(staging, ".packages");
  mkdirSync(store, { recursive: true });
  let tarball = path;
  if (statSync(path).isDirectory()) {
    readableFolder(path);
    const packed = join(store, `packing-${process.pid}`);
    rmSync(packed, { recursive: true, force: true });
    mkdirSync(packed, { recursive: true });
    const output = await packageManager({ folder: path, cache: manager(installer, staging).cache }, [
      "pm",
      "pack",
      "--ignore-scripts",
      "--quiet",
      "--destination",
      packed,
    ]);
    const file = basename(output.trim().split("\n").at(-1)?.trim() ?? "");
    tarball = join(store, file);
    copyFileSync(join(packed, file), tarball);
    rmSync(packed, { recursive: true, force: true });
  } else {
    tarball = join(store, basename(path));
    copyFileSync(path, tarball);
  }
  checkTarball(readFileSync(tarball), path);
  return `./.packages/${basename(tarball)}`;
}

/** A spec that names something on this machine, as an absolute path. */
function localPath(installer: Installer, spec: string): string | undefined {
  const plain = spec.replace(/^file:/, "");
  const looksLocal =
    spec !== plain ||
    /^(\.{0,2}[/\\]|[A-Za-z]:[\\/]|~\/)/.test(plain) ||
    /\.(tgz|tar\.gz)$/.test(plain) ||
    plain === "." ||
    plain === "..";
  if (!looksLocal) return undefined;
  const path = resolve(installer.cwd, plain);
  if (!existsSync(path)) throw new RuntimeFailure(`there is no ${path}`);
  return path;
}

function requestOf(installer: Installer, spec: string): string {
  return localPath(installer, spec) ?? spec;
}

/** Reads a package folder, its failures told as this command's own. */
function readableFolder(folder: string): ReturnType<typeof readPackageFolder> {
  try {
    return readPackageFolder(folder, "user");
  } catch (error) {
    throw new RuntimeFailure(`${folder} ${messageOf(error)}`, { cause: error });
  }
}

function installedVersions(folder: string, names: readonly string[]): Map<string, string> {
  const versions = new Map<string, string>();
  for (const name of names) {
    try {
      const json = JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8")) as {
        version?: string;
      };
      versions.set(name, json.version ?? "");
    } catch {
      // Listed but not installed: then it has no version before.
    }
  }
  return versions;
}

/** The dependency that a spec became: by its name, or the one whose entry points at it. */
function packageNameFor(
  spec: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string | undefined {
  if (!spec.startsWith("./")) {
    const name = /^(@[^/]+\/[^@]+|[^@]+)/.exec(spec.replace(/^npm:/, ""))?.[1];
    if (name !== undefined && after[name] !== undefined) return name;
  }
  const file = basename(spec);
  return (
    Object.keys(after).find((name) => after[name]?.endsWith(file) === true) ??
    Object.keys(after).find((name) => before[name] !== after[name])
  );
}

function checkedPackage(
  installer: Installer,
  staging: string,
  name: string,
  previous: string | undefined,
): InstalledPackage {
  const folder = join(staging, "node_modules", name);
  let content: ReturnType<typeof readPackageFolder>;
  try {
    content = readPackageFolder(folder, "user");
  } catch (error) {
    throw new RuntimeFailure(`${name} is not installed: ${messageOf(error)}`, { cause: error });
  }
  const [problem] = content.problems;
  if (problem !== undefined) throw new RuntimeFailure(`${name} is not installed: ${problem.message}`);
  const [first] = content.candidates;
  if (first === undefined) throw new RuntimeFailure(`${name} is not installed: it declares no plugins`);
  requireRange(installer, first);
  return {
    packageName: first.packageName,
    version: first.version,
    previousVersion: previous,
    plugins: content.candidates,
  };
}

function requireRange(installer: Installer, candidate: Candidate): void {
  if (satisfiesRange(installer.hostVersion, candidate.range)) return;
  throw new PluginIncompatibleError(candidate.packageName, candidate.range ?? "", installer.hostVersion);
}
