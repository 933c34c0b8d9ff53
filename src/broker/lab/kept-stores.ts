import { Database, type Statement } from "bun:sqlite";

import type { HeldLock } from "../../config/file-lock.ts";
import type { Clock } from "../../kernel/clock.ts";
import { type StoreFiles, systemFiles } from "../store/files.ts";
import { BrokerStore } from "../store/store.ts";
import { DiskStore } from "./disk-store.ts";
import { type LabFolder, labFolder } from "./lab-folder.ts";

/**
 * Stores for many stories in a row. A new file for each, opened by every process in it, costs more than the story:
 * these are emptied instead, and connections stay open with their statements, from process to process and from story
 * to story. Every process still has a connection, a `BrokerStore` and books of its own, and knows of the others' only
 * what was committed; what a story leaves in the tables is the same (a test compares them).
 */
export class KeptStores implements Disposable {
  readonly #free: KeptFile[] = [];
  readonly #all: KeptFile[] = [];

  /** An empty store, until it is closed. */
  readonly open = (clock: Clock): DiskStore => {
    const file = this.#free.pop() ?? this.#make();
    file.clear();
    return new DiskStore(file.path, clock, { files: file, onClose: () => this.#free.push(file) });
  };

  #make(): KeptFile {
    const file = new KeptFile();
    this.#all.push(file);
    return file;
  }

  [Symbol.dispose](): void {
    for (const file of this.#all.splice(0)) file.remove();
    this.#free.length = 0;
  }
}

/** One file, its connections, and the locks of its runs: all processes that take them are played by this one. */
class KeptFile implements StoreFiles {
  readonly path: string;
  readonly #folder: LabFolder = labFolder();
  readonly #free: Kept[] = [];
  readonly #all: Kept[] = [];
  readonly #locked = new Set<string>();
  /** Takes everything out of the tables; it minds no references between them. */
  readonly #clearing: Database;

  constructor() {
    this.path = this.#folder.file("broker.sqlite");
    BrokerStore.open(this.path).close();
    this.#clearing = new Database(this.path);
    this.#clearing.run("PRAGMA foreign_keys = OFF");
  }

  /** As it was when it was new. @throws when a story that is over still has it open */
  clear(): void {
    if (this.#free.length < this.#all.length || this.#locked.size > 0)
      throw new Error("a process of a story that is over still has the store open");
    const db = this.#clearing;
    db.transaction(() => {
      for (const { name } of db.query<{ name: string }, []>(tablesQuery).all())
        db.run(`DELETE FROM "${name}"`);
    }).immediate();
  }

  open(_path: string, nowMs: number): Database {
    let kept = this.#free.pop();
    if (kept === undefined) {
      const made = keep(systemFiles.open(this.path, nowMs), () => this.#free.push(made));
      this.#all.push((kept = made));
    }
    kept.db.run("PRAGMA synchronous = FULL");
    return kept.db;
  }

  lock(_path: string, runId: string): HeldLock | undefined {
    if (this.#locked.has(runId)) return undefined;
    this.#locked.add(runId);
    const release = (): void => void this.#locked.delete(runId);
    return { release, [Symbol.dispose]: release };
  }

  isLocked(_path: string, runId: string): boolean {
    return this.#locked.has(runId);
  }

  remove(): void {
    this.#clearing.close();
    for (const { end } of this.#all) end();
    this.#folder.remove();
  }
}

/** Tables that a story writes, and the numbers that were given last. */
const tablesQuery = `SELECT name FROM sqlite_master WHERE type = 'table' AND name <> '_migrations'
  AND (name NOT LIKE 'sqlite_%' OR name = 'sqlite_sequence')`;

/** A connection that outlives those who close it, and the statements that they have made. */
interface Kept {
  readonly db: Database;
  /** Closes it indeed. */
  readonly end: () => void;
}

/** @param onClose told when whoever has it has closed it */
function keep(db: Database, onClose: () => void): Kept {
  const [prepare, close] = [db.prepare.bind(db), db.close.bind(db)];
  const statements = new Map<string, Statement>();
  const kept = (sql: string): Statement => {
    let statement = statements.get(sql);
    if (statement === undefined) statements.set(sql, (statement = prepare(sql)));
    return statement;
  };
  db.prepare = db.query = kept as Database["prepare"];
  db.close = () => {
    // What its process had not committed is gone.
    if (db.inTransaction) db.run("ROLLBACK");
    onClose();
  };
  return { db, end: close };
}
