import type { Database } from "bun:sqlite";

import type { Clock } from "../../kernel/clock.ts";
import type { RunIdentity } from "../ids.ts";
import { eventHash, firstHash, type HashedEvent } from "../store/event-log.ts";
import { type StoreFiles, systemFiles } from "../store/files.ts";
import { BrokerStore } from "../store/store.ts";
import type { LabBooks, LabStore } from "./lab-run.ts";

/** Where a store's files come from, and who wants to know that it is done with. */
export interface DiskStoreOptions {
  readonly files?: StoreFiles;
  readonly onClose: () => void;
}

/** The real store in a file of its own; each process has it open for itself. */
export class DiskStore implements LabStore {
  readonly path: string;
  readonly #clock: Clock;
  readonly #files: StoreFiles;
  readonly #onClose: () => void;

  constructor(path: string, clock: Clock, { files = systemFiles, onClose }: DiskStoreOptions) {
    this.path = path;
    this.#clock = clock;
    this.#files = files;
    this.#onClose = onClose;
  }

  openRun(identity: RunIdentity, pluginName: string): LabBooks {
    const store = BrokerStore.open(this.path, this.#clock, this.#files);
    try {
      const open = store.openRun({ ...identity, scriptPath: "lab", pluginName });
      return { open, end: () => store.close(), drop: () => store.abandon() };
    } catch (error) {
      store.abandon();
      throw error;
    }
  }

  /** Reads the chain of every instance's log again, from its first row. */
  audit(runId: string): readonly string[] {
    const db = this.#open();
    try {
      return db
        .query<InstanceRow, [string]>(
          "SELECT run_instance_id, started_ts_ms, event_seq, event_hash FROM runs WHERE run_id = ?",
        )
        .all(runId)
        .flatMap((instance) => chainFaults(db, runId, instance));
    } finally {
      db.close();
    }
  }

  command(runId: string, command: "pause" | "resume" | "flatten" | "stop"): void {
    const db = this.#open();
    try {
      db.query(
        `INSERT INTO commands (run_id, run_instance_id, command, created_ts_ms)
         SELECT run_id, max(run_instance_id), ?, ? FROM runs WHERE run_id = ?`,
      ).run(command, Math.round(this.#clock.nowMs()), runId);
    } finally {
      db.close();
    }
  }

  /** Somebody changes a row of the log behind everybody's back. */
  tamper(): void {
    const db = this.#open();
    try {
      db.run("UPDATE events SET ts_ms = ts_ms + 1 WHERE seq = 2");
    } finally {
      db.close();
    }
  }

  #open(): Database {
    return this.#files.open(this.path, Math.round(this.#clock.nowMs()));
  }

  close(): void {
    this.#onClose();
  }
}

interface InstanceRow {
  readonly run_instance_id: number;
  readonly started_ts_ms: number;
  readonly event_seq: number;
  readonly event_hash: string;
}

function chainFaults(db: Database, runId: string, instance: InstanceRow): string[] {
  const { run_instance_id: id, started_ts_ms: startedMs } = instance;
  let hash = firstHash(id, runId, startedMs);
  let seq = 0;
  for (const row of db
    .query<HashedEvent & { readonly hash: string }, [number]>(
      "SELECT * FROM events WHERE run_instance_id = ? ORDER BY seq",
    )
    .all(id)) {
    hash = eventHash(hash, row);
    seq++;
    if (row.seq !== seq || row.hash !== hash) return [`row ${row.seq} of run ${id} is not what was written`];
  }
  return seq === instance.event_seq && hash === instance.event_hash
    ? []
    : [`the log of run ${id} ends at ${seq}, not at ${instance.event_seq}`];
}
