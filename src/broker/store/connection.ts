import type { Database } from "bun:sqlite";

import { messageOf } from "../../kernel/errors.ts";
import { BrokenTransactionError, codeOf, isBusy, StoreBusyError, StoreUnusableError } from "./errors.ts";
import type { StoreFiles } from "./files.ts";

/** Transactions after which it is worth while to clean up the log. */
const checkpointCommits = 100;

/** A file as one process has it open: every write is a transaction that holds the file's one write lock. */
export class Connection {
  readonly db: Database;
  readonly path: string;
  #depth = 0;
  #isBroken = false;
  #isFull = true;
  /** Since the log was cleaned up. */
  #commits = 0;
  readonly #statements;

  /**
   * Opens a file, and makes or renews its tables.
   * @param path `:memory:` for one that is forgotten
   * @throws StoreUnusableError, StoreVersionError, StoreBusyError
   */
  constructor(path: string, nowMs: number, files: StoreFiles) {
    this.path = path;
    try {
      this.db = files.open(path, nowMs);
    } catch (error) {
      throw storeFailure(error, path);
    }
    this.#statements = { begin: this.db.prepare("BEGIN IMMEDIATE"), commit: this.db.prepare("COMMIT") };
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
      this.#statements.begin.run();
    } catch (error) {
      throw storeFailure(error, this.path);
    }
    this.#isBroken = false;
    try {
      const result = this.#part(work);
      if (this.#isBroken)
        throw new BrokenTransactionError("a part of a transaction failed, so nothing of it was written");
      this.#statements.commit.run();
      this.#commits++;
      return result;
    } catch (error) {
      if (this.db.inTransaction) this.db.run("ROLLBACK");
      throw storeFailure(error, this.path);
    }
  }

  /**
   * Takes what was committed over from the log into the file, as far as nobody reads it; a few transactions may wait
   * for the next time.
   */
  checkpoint(): void {
    if (this.#commits < checkpointCommits) return;
    this.#commits = 0;
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
    // It takes effect when it is compiled: a statement that was prepared before does nothing.
    this.db.run(isFull ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    this.#isFull = isFull;
  }
}

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
      hint: /FULL|ENOSPC/.test(code)
        ? "make room on the disk; a run goes on where it was when it is started again"
        : "the file and its folder must be yours to write",
      cause: error,
    });
  return error;
}
