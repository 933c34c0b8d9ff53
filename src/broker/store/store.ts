import { type Clock, systemClock } from "../../kernel/clock.ts";
import { Connection, storeFailure } from "./connection.ts";
import { EventLog } from "./event-log.ts";
import { type StoreFiles, systemFiles } from "./files.ts";
import { openRun, runIdOf, runIsLive, type RunDescription } from "./open-run.ts";
import { RunBooks } from "./run-books.ts";

/** The one file in which all live runs of a workdir keep their books. Many processes may have it open. */
export class BrokerStore implements Disposable {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #files: StoreFiles;
  readonly #open = new Set<RunBooks>();

  private constructor(connection: Connection, clock: Clock, files: StoreFiles) {
    this.#connection = connection;
    this.#clock = clock;
    this.#files = files;
  }

  /**
   * Opens the file; it is made, with its folder, when it is missing, readable by its owner alone.
   * @param path `:memory:` for one that is forgotten
   * @throws StoreUnusableError, StoreVersionError, StoreBusyError
   */
  static open(path: string, clock: Clock = systemClock, files = systemFiles): BrokerStore {
    return new BrokerStore(new Connection(path, Math.round(clock.nowMs()), files), clock, files);
  }

  /**
   * Opens a run: cleans up after runs whose process has died, takes over what an earlier process of the same run has
   * left, and keeps every other process from opening it as long as this one lives.
   * @throws RunIsLiveError when another process has it; StoreUnusableError, StoreBusyError
   */
  openRun(run: RunDescription): RunBooks {
    const { db, path } = this.#connection;
    const lock = this.#files.lock(path, runIdOf(run));
    if (lock === undefined) throw runIsLive(db, run);
    try {
      const log = new EventLog(db);
      const opened = this.#connection.transaction(true, () =>
        openRun(db, log, run, {
          nowMs: Math.round(this.#clock.nowMs()),
          isAlive: (runId) => this.#files.isLocked(path, runId),
        }),
      );
      const books = new RunBooks({
        ...{ connection: this.#connection, run, opened, lock, clock: this.#clock },
        files: this.#files,
      });
      this.#open.add(books);
      books.purge();
      return books;
    } catch (error) {
      lock.release();
      throw storeFailure(error, path);
    }
  }

  /** Ends the runs that are open, and closes the file. @param reason a word for their rows */
  close(reason?: string): void {
    for (const books of this.#open) books.close(reason);
    this.#open.clear();
    this.#connection.close();
  }

  /** Leaves everything as the end of the process would: runs are not ended, their locks are free. */
  abandon(): void {
    for (const books of this.#open) books.abandon();
    this.#open.clear();
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
