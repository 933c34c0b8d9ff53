import { Database } from "bun:sqlite";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

import { type Clock, systemClock } from "../kernel/clock.ts";
import { TryAgainLaterError } from "../kernel/errors.ts";

/**
 * Locks between processes: an exclusive transaction on a SQLite file. The system releases it when the holder ends,
 * however it ends.
 */

/** A lock that is held; `using` releases it. */
export interface HeldLock extends Disposable {
  release(): void;
}

/** Takes the lock now, or returns `undefined` when somebody else holds it. */
export function tryLock(lockPath: string): HeldLock | undefined {
  mkdirSync(dirname(lockPath), { recursive: true, mode: 0o700 });
  const database = new Database(lockPath, { create: true });
  try {
    database.run("PRAGMA busy_timeout = 0");
    database.run("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if ((error as { code?: string }).code?.startsWith("SQLITE_BUSY") === true) return undefined;
    throw error;
  }
  let held = true;
  const release = (): void => {
    if (!held) return;
    held = false;
    database.run("ROLLBACK");
    database.close();
  };
  return { release, [Symbol.dispose]: release };
}

/** How long to wait for a lock, and what to say when it does not come. */
export interface LockOptions {
  readonly waitMs: number;
  /** What is being locked, for the message. */
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
  /** Told once when it is not free at once and is waited for. */
  readonly onWait?: (() => void) | undefined;
}

/**
 * Runs `action` under the lock.
 * @throws TryAgainLaterError when the lock is not free within `waitMs`
 */
export async function withLock<Result>(
  lockPath: string,
  options: LockOptions,
  action: () => Promise<Result>,
): Promise<Result> {
  const clock = options.clock ?? systemClock;
  const deadline = clock.nowMs() + options.waitMs;
  let waited = false;
  for (;;) {
    using lock = tryLock(lockPath);
    if (lock !== undefined) return await action();
    if (clock.nowMs() >= deadline) throw busy(options.what);
    if (!waited) options.onWait?.();
    waited = true;
    // SQLite's own waiting would block signals.
    await clock.sleep(20, options.signal);
  }
}

/** The same for work that takes microseconds: waits without giving up the thread. */
export function withLockSync<Result>(lockPath: string, options: LockOptions, action: () => Result): Result {
  const deadline = Date.now() + options.waitMs;
  for (;;) {
    using lock = tryLock(lockPath);
    if (lock !== undefined) return action();
    if (Date.now() >= deadline) throw busy(options.what);
    Bun.sleepSync(2);
  }
}

function busy(what: string): TryAgainLaterError {
  return new TryAgainLaterError(`${what} is in use by another pyne process`, {
    hint: "try again in a moment",
  });
}
