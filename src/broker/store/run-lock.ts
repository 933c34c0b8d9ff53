import { dirname, join } from "node:path";

import { type HeldLock, tryLock } from "../../config/file-lock.ts";

/**
 * Who holds a run's lock is alive: the system takes it away when the process ends, however it ends, so that neither a
 * number that another process has got meanwhile nor a clock that was changed can be mistaken for a sign of life. It
 * works wherever the file itself works, because SQLite's own log needs the same locks.
 */

/** How long to wait for somebody who only looks whether the lock is free, ms. */
const lookMs = 500;

const lockPath = (storePath: string, runId: string): string =>
  join(
    dirname(storePath),
    "broker-locks",
    `${new Bun.CryptoHasher("sha256").update(runId).digest("hex").slice(0, 32)}.lock`,
  );

/** The lock of a logical run, held as long as it trades; `undefined` when another process has it. */
export function lockRun(storePath: string, runId: string): HeldLock | undefined {
  if (storePath === ":memory:") return noLock;
  const deadline = Date.now() + lookMs;
  for (;;) {
    const lock = tryLock(lockPath(storePath, runId));
    if (lock !== undefined || Date.now() > deadline) return lock;
    Bun.sleepSync(20);
  }
}

/** Whether a process has the lock of a logical run at this moment. */
export function isRunLocked(storePath: string, runId: string): boolean {
  const lock = storePath === ":memory:" ? noLock : tryLock(lockPath(storePath, runId));
  lock?.release();
  return lock === undefined;
}

const noLock: HeldLock = { release() {}, [Symbol.dispose]() {} };
