import { Database } from "bun:sqlite";
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";

import { messageOf } from "../../kernel/errors.ts";
import { BrokenTransactionError, StoreBusyError, StoreUnusableError } from "./errors.ts";
import { migrate } from "./migrate.ts";
import { migrations } from "./schema.ts";

/** How long a process waits for the others' writes, ms. */
const busyTimeoutMs = 5_000;
/** Pages of the log at which a commit cleans it up itself; before that it is done between commits. */
const checkpointPages = 4_000;

/** A file as one process has it open: every write is a transaction that holds the file's one write lock. */
export class Connection {
  readonly db: Database;
  readonly path: string;
  #depth = 0;
  #isBroken = false;
  #isFull = true;

  /**
   * Opens a file, and makes or renews its tables.
   * @param path `:memory:` for one that is forgotten
   * @throws StoreUnusableError, StoreVersionError, StoreBusyError
   */
  constructor(path: string, nowMs: number) {
    this.path = path;
    this.db = open(path);
    try {
      enterWal(this.db);
      this.db.run("PRAGMA synchronous = FULL");
      this.db.run("PRAGMA foreign_keys = ON");
      this.db.run(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
      migrate(this.db, migrations, nowMs);
    } catch (error) {
      this.db.close();
      throw storeFailure(error, path);
    }
  }

  /**
   * Runs `work` as one transaction; inside another one it becomes a part of that. When any part fails everything is
   * rolled back, even if whoever called the part went on. It must not wait for anything.
   * @param isDurable what was written survives a power cut when this returns, not only the end of the process
   * @throws StoreBusyError, StoreUnusableError, BrokenTransactionError, and what `work` throws
   */
  transaction<Result>(isDurable: boolean, work: () => Result): Result {
    if (this.#depth > 0) return this.#part(work);
    try {
      this.#setFull(isDurable);
      this.db.run("BEGIN IMMEDIATE");
    } catch (error) {
      throw storeFailure(error, this.path);
    }
    this.#isBroken = false;
    try {
      const result = this.#part(work);
      if (this.#isBroken)
        throw new BrokenTransactionError("a part of a transaction failed, so nothing of it was written");
      this.db.run("COMMIT");
      return result;
    } catch (error) {
      if (this.db.inTransaction) this.db.run("ROLLBACK");
      throw storeFailure(error, this.path);
    }
  }

  /** Takes what was committed over from the log into the file, as far as nobody reads it. */
  checkpoint(): void {
    this.db.run("PRAGMA wal_checkpoint(PASSIVE)");
  }

  close(): void {
    this.db.close(true);
  }

  #part<Result>(work: () => Result): Result {
    this.#depth++;
    try {
      const result = work();
      if (result instanceof Promise) throw new TypeError("a transaction must not wait");
      return result;
    } catch (error) {
      this.#isBroken = true;
      throw error;
    } finally {
      this.#depth--;
    }
  }

  #setFull(isFull: boolean): void {
    if (isFull === this.#isFull) return;
    this.db.run(isFull ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    this.#isFull = isFull;
  }
}

function open(path: string): Database {
  try {
    if (path !== ":memory:") {
      mkdirSync(dirname(path), { recursive: true });
      // Accounts and positions are nobody else's business; the log beside the file gets the same mode.
      if (!existsSync(path)) closeSync(openSync(path, "a", 0o600));
      // A copy, or a backup that was put in its place, may be for everybody.
      else if (process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
    }
    return new Database(path, { create: true, strict: true });
  } catch (error) {
    throw storeFailure(error, path);
  }
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

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? "");
const isBusy = (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error));

/** What SQLite says, for people; everything else as it is. */
export function storeFailure(error: unknown, path: string): unknown {
  const code = codeOf(error);
  if (isBusy(error))
    return new StoreBusyError(`${path} is being written by other processes for too long`, {
      hint: "try again in a moment",
      cause: error,
    });
  // Rows that somebody has edited, tables that somebody has taken out.
  const isEdited =
    error instanceof SyntaxError || /^no such (table|column)/.test(String((error as Error)?.message));
  if (isEdited || /^SQLITE_(NOTADB|CORRUPT)/.test(code))
    return new StoreUnusableError(`${path} is damaged or is no file of the broker: ${messageOf(error)}`, {
      hint: "put a backup in its place (pyne broker backup makes them), or move it away to begin anew",
      cause: error,
    });
  if (/^(SQLITE_(CANTOPEN|READONLY|IOERR|FULL|PERM)|E[A-Z]+$)/.test(code))
    return new StoreUnusableError(`${path} cannot be opened or written: ${messageOf(error)}`, {
      cause: error,
    });
  return error;
}
