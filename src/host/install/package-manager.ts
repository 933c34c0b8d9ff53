import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { RuntimeFailure } from "../../kernel/errors.ts";
import { selfCommand } from "../self.ts";

/**
 * The package manager: this very executable, started as Bun. It needs nothing on the machine. Scripts of packages
 * never run, and the modules that the host supplies are never fetched.
 */

/** Where the package manager works and what it may use. */
export interface PackageManager {
  /** Folder with `package.json`. */
  readonly folder: string;
  /** Downloaded packages. */
  readonly cache: string;
  /** Address of a registry; default: what the user's npm configuration says. */
  readonly registry?: string | undefined;
}

/** The `package.json` of a plugin root. `requested` remembers how each package was asked for. */
export interface RootPackage {
  name: string;
  private: boolean;
  overrides: Record<string, string>;
  dependencies: Record<string, string>;
  pyne: { requested: Record<string, string> };
}

/** Modules that the host supplies; a stand-in keeps the package manager from looking for them. */
const suppliedModules = ["pynecore"];

/** Reads the root's `package.json`, or makes one. */
export function readRootPackage(folder: string): RootPackage {
  const path = join(folder, "package.json");
  const json = (existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {}) as Partial<RootPackage>;
  return {
    ...json,
    name: json.name ?? "pyne-plugins",
    private: true,
    overrides: {
      ...json.overrides,
      ...Object.fromEntries(suppliedModules.map((name) => [name, `file:./.host/${name}`])),
    },
    dependencies: json.dependencies ?? {},
    pyne: { requested: json.pyne?.requested ?? {} },
  };
}

/** Writes the root's `package.json` and the stand-ins. */
export function writeRootPackage(folder: string, root: RootPackage): void {
  for (const name of suppliedModules) {
    const standIn = join(folder, ".host", name);
    mkdirSync(standIn, { recursive: true });
    writeFileSync(
      join(standIn, "package.json"),
      `${JSON.stringify({ name, version: "1.0.0", private: true })}\n`,
    );
  }
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(root, null, 2)}\n`);
}

/**
 * Runs the package manager.
 * @throws RuntimeFailure with the line that says what went wrong
 */
export async function packageManager(manager: PackageManager, args: readonly string[]): Promise<string> {
  const [program = process.execPath] = selfCommand();
  const registry = manager.registry === undefined ? [] : [`--registry=${manager.registry}`];
  const child = Bun.spawn([program, ...args, ...registry], {
    cwd: manager.folder,
    env: { ...process.env, BUN_BE_BUN: "1", BUN_INSTALL_CACHE_DIR: manager.cache, NO_COLOR: "1" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code === 0) return stdout;
  const lines = `${stderr}\n${stdout}`.split("\n").map((line) => line.trim());
  const reason = lines.filter((line) => /^error/i.test(line)).map((line) => line.replace(/^error:\s*/i, ""));
  throw new RuntimeFailure(
    reason[0] ?? lines.findLast((line) => line !== "") ?? `the package manager ended with ${code}`,
  );
}
