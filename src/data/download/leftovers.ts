import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { sidecarPath } from "../ohlcv/sidecar.ts";
import { discardStaged } from "../ohlcv/swap.ts";

/** Private files that a killed process left beside a data file. The caller holds the file's lock. */

const stemOf = (path: string): string => basename(path).replace(/\.ohlcv$/i, "");

/**
 * Where the bars of a backfill are collected until they are complete. The name holds its start: the next backfill from
 * there continues it.
 */
export function backfillPath(path: string, fromMs: number): string {
  return join(dirname(path), `.${stemOf(path)}.backfill-${fromMs}.ohlcv`);
}

/** Removes a backfill's file and its sidecar. */
export function removeBackfill(backfill: string): void {
  rmSync(sidecarPath(backfill), { force: true });
  rmSync(backfill, { force: true });
}

/** Removes every backfill of a data file but the one from `keepMs`. */
export function removeOtherBackfills(path: string, keepMs: number | undefined): void {
  const keep = keepMs === undefined ? undefined : basename(backfillPath(path, keepMs));
  for (const name of namesBeside(path, /^backfill--?\d+\.ohlcv$/))
    if (name !== keep) removeBackfill(join(dirname(path), name));
}

/** Removes what was never published: replacements, and temporary files of processes that are gone. */
export function removeLeftovers(path: string): void {
  discardStaged(path);
  for (const name of namesBeside(path, /\.\d+\.[0-9a-f]{8}\.tmp$/)) {
    const pid = Number(/\.(\d+)\.[0-9a-f]{8}\.tmp$/.exec(name)?.[1]);
    if (pid !== process.pid && !isAlive(pid)) rmSync(join(dirname(path), name), { force: true });
  }
}

/** Names in a data file's folder that are its own private ones: `.<stem>.REST`. */
function namesBeside(path: string, rest: RegExp): string[] {
  const folder = dirname(path);
  const prefix = `.${stemOf(path)}.`;
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter(
    (name) => name.startsWith(prefix) && rest.test(name.slice(prefix.length)),
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is one too.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
