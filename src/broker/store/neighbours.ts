import type { Database } from "bun:sqlite";

/** Whose neighbours they are. */
export interface Resident {
  readonly runId: string;
  readonly pluginName: string;
  readonly accountId: string;
  readonly symbol: string;
}

const isOnAccount = "runs.plugin_name = ?2 AND runs.account_id = ?3 AND runs.symbol = ?4";

/**
 * One row when another run trades the symbol on the account. Each part goes through an index, or through a table that
 * has a row for each run.
 */
export const neighboursQuery = `
  SELECT 1 FROM runs WHERE ended_ts_ms IS NULL AND run_id <> ?1 AND ${isOnAccount}
  UNION ALL
  SELECT 1 FROM run_state WHERE position <> 0 AND run_id <> ?1
    AND EXISTS (SELECT 1 FROM runs WHERE runs.run_id = run_state.run_id AND ${isOnAccount})
  UNION ALL
  SELECT 1 FROM orders JOIN runs USING (run_instance_id)
    WHERE orders.symbol = ?4 AND orders.plugin_name = ?2 AND closed_ts_ms IS NULL AND is_kept = 1
      AND runs.run_id <> ?1 AND ${isOnAccount}
  LIMIT 1`;

/** Other runs that trade a symbol on an account: live ones, and what those that have ended have left there. */
export class Neighbours {
  readonly #find;
  readonly #version;
  readonly #resident: Resident;
  /** What `PRAGMA data_version` said at the last look: it changes when another process has written. */
  #seen = -1;
  #areThere = false;

  constructor(db: Database, resident: Resident) {
    this.#resident = resident;
    this.#version = db.prepare<{ data_version: number }, []>("PRAGMA data_version");
    this.#find = db.prepare<unknown, [string, string, string, string]>(neighboursQuery);
  }

  areThere(): boolean {
    const version = this.#version.get()?.data_version ?? 0;
    if (version === this.#seen) return this.#areThere;
    this.#seen = version;
    const { runId, pluginName, accountId, symbol } = this.#resident;
    this.#areThere = this.#find.get(runId, pluginName, accountId, symbol) !== null;
    return this.#areThere;
  }
}
