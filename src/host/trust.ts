import { readFileSync, realpathSync } from "node:fs";

import { writeFileAtomic } from "../config/atomic-write.ts";

/**
 * Which workdirs may run the plugins that lie in them. Kept in the user's own folder, never in the workdir: a folder
 * that came from somewhere else must not be able to vouch for itself.
 */

/** The real paths of trusted workdirs; none when the file is missing or unreadable. */
export function trustedWorkdirs(trustFile: string): string[] {
  try {
    const json = JSON.parse(readFileSync(trustFile, "utf8")) as { workdirs?: unknown };
    return Array.isArray(json.workdirs) ? json.workdirs.filter((path) => typeof path === "string") : [];
  } catch {
    return [];
  }
}

/** Whether the workdir at this path is trusted. */
export function isTrusted(trustFile: string, workdir: string): boolean {
  const real = realPath(workdir);
  return real !== undefined && trustedWorkdirs(trustFile).includes(real);
}

/** Trusts a workdir, or takes the trust back. Returns whether anything changed. */
export function setTrust(trustFile: string, workdir: string, trusted: boolean): boolean {
  const real = realPath(workdir) ?? workdir;
  const before = trustedWorkdirs(trustFile);
  if (before.includes(real) === trusted) return false;
  const workdirs = trusted ? [...before, real].toSorted() : before.filter((path) => path !== real);
  writeFileAtomic(trustFile, `${JSON.stringify({ workdirs }, null, 2)}\n`);
  return true;
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
