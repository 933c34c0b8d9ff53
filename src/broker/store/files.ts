import { Database } from "bun:sqlite";
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";

import type { HeldLock } from "../../config/file-lock.ts";
import { isBusy } from "./errors.ts";
import { migrate } from "./migrate.ts";
import { isRunLocked, lockRun } from "./run-lock.ts";
import { migrations } from "./schema.ts";

/** Where a store's file and the locks of its runs come from. */
export interface StoreFiles {
  /**
   * The file, opened for one process, with the tables of this version, flushed at every commit. What opens it closes it.
   * @param path `:memory:` for one that is forgotten
   * @throws StoreVersionError, and what SQLite and the system say
   */
  open(path: string, nowMs: number): Database;
  /** The lock of a logical run; `undefined` when another process has it. */
  lock(path: string, runId: string): HeldLock | undefined;
  /** Whether a process has the lock of a logical run at this moment. */
  isLocked(path: string, runId: string): boolean;
}

/** Those of the machine. */
export const systemFiles: StoreFiles = { open, lock: lockRun, isLocked: isRunLocked };

/** How long a process waits for the others' writes, ms. */
const busyTimeoutMs = 5_000;
/** Pages of the log at which a commit cleans it up itself; before that it is done between commits. */
const checkpointPages = 4_000;

function open(path: string, nowMs: number): Database {
  const db = openFile(path);
  try {
    enterWal(db);
    db.run("PRAGMA synchronous = FULL");
    db.run("PRAGMA foreign_keys = ON");
    db.run(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
    migrate(db, migrations, nowMs);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function openFile(path: string): Database {
  if (path !== ":memory:") {
    mkdirSync(dirname(path), { recursive: true });
    // Accounts and positions are nobody else's business; the log beside the file gets the same mode.
    if (!existsSync(path)) closeSync(openSync(path, "a", 0o600));
    // A copy, or a backup that was put in its place, may be for everybody.
    else if (process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  }
  return new Database(path, { create: true, strict: true });
}

/** Changing the mode takes a lock that SQLite does not wait for: another process may be about to do the same. */
function enterWal(db: Database): void {
  db.run(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  const deadline = Date.now() + busyTimeoutMs;
  for (;;) {
    try {
      if (db.query<{ journal_mode: string }, []>("PRAGMA journal_mode").get()?.journal_mode !== "wal")
        db.run("PRAGMA journal_mode = WAL");
      return;
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error;
      Bun.sleepSync(5);
    }
  }
}
