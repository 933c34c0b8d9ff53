import type { Database } from "bun:sqlite";

import { StoreVersionError } from "./errors.ts";
import { liveRunsView, type Migration } from "./schema.ts";

/**
 * Brings a file to the newest version, step by step. Each step is one transaction with its row in `_migrations` and
 * the number in the file's head: a process that dies in the middle leaves the version before.
 * @throws StoreVersionError for a file that is newer than the steps
 */
export function migrate(db: Database, steps: readonly Migration[], nowMs: number): void {
  const newest = steps.at(-1)?.version ?? 0;
  const version = (): number =>
    db.query<{ user_version: number }, []>("PRAGMA user_version").get()!.user_version;
  refuseNewer(version(), newest);
  for (const step of steps) {
    if (version() >= step.version) continue;
    db.transaction(() => {
      // Another process may have been quicker while this one waited for its turn.
      if (version() >= step.version) return;
      db.run(
        "CREATE TABLE IF NOT EXISTS _migrations (version INTEGER PRIMARY KEY, applied_ts_ms INTEGER NOT NULL, description TEXT NOT NULL) STRICT",
      );
      db.run(step.sql);
      db.run("INSERT INTO _migrations VALUES (?, ?, ?)", [step.version, nowMs, step.description]);
      db.run(`PRAGMA user_version = ${step.version}`);
    }).immediate();
  }
  refuseNewer(version(), newest);
  healView(db);
}

function refuseNewer(version: number, newest: number): void {
  if (version <= newest) return;
  throw new StoreVersionError(`the broker's books are of version ${version}; this pyne knows ${newest}`, {
    hint: "use the pyne that wrote them, or a newer one",
  });
}

/** The view goes with the program, not with the version of the file. */
function healView(db: Database): void {
  const text = (): string | undefined =>
    db.query<{ sql: string }, []>("SELECT sql FROM sqlite_master WHERE name = 'live_runs'").get()?.sql;
  if (text() === liveRunsView) return;
  db.transaction(() => {
    if (text() === liveRunsView) return;
    db.run("DROP VIEW IF EXISTS live_runs");
    db.run(liveRunsView);
  }).immediate();
}
