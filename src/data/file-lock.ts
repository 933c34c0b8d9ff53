import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

import { type LockOptions, withLock } from "../config/file-lock.ts";

/** The lock of a data file: every writer of it (download, aggregate, convert, repair) holds it; readers need none. */

/** Where locks are, and how long a writer waits for one. */
export interface DataLock {
  /** `cache/locks` of the workdir. */
  readonly folder: string;
  /** Longest wait, ms; 0: busy at once. */
  readonly waitMs: number;
}

/**
 * The file whose lock stands for a data file: named by the SHA-256 of its real path, so that two spellings of one file
 * share it. The data file need not exist yet.
 */
export function dataFileLock(locksFolder: string, path: string): string {
  const folder = dirname(resolve(path));
  const real = existsSync(path)
    ? realpathSync(path)
    : join(existsSync(folder) ? realpathSync(folder) : folder, basename(path));
  return join(locksFolder, `${new Bun.CryptoHasher("sha256").update(real).digest("hex")}.sqlite`);
}

/**
 * Runs `action` as the only writer of a data file.
 * @throws TryAgainLaterError when another process holds the file longer than `lock.waitMs`
 */
export function withDataFile<Result>(
  lock: DataLock,
  path: string,
  action: () => Promise<Result>,
  options: Pick<LockOptions, "signal" | "clock" | "onWait"> = {},
): Promise<Result> {
  return withLock(
    dataFileLock(lock.folder, path),
    { ...options, waitMs: lock.waitMs, what: basename(path) },
    action,
  );
}
