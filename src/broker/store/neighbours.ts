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
 * Each finds a row when another run trades the symbol on the account: one that is live, one that has left a position, one
 * that has left orders. Each goes through an index, or through a table that has a row for each run. None is a join:
 * SQLite would compile it anew at every call.
 */
const neighbourQueries = [
  `SELECT 1 FROM runs WHERE ended_ts_ms IS NULL AND run_id <> ?1 AND ${isOnAccount}`,
  `SELECT 1 FROM run_state WHERE position <> 0 AND run_id <> ?1
     AND (SELECT 1 FROM runs WHERE runs.run_id = run_state.run_id AND ${isOnAccount} LIMIT 1)`,
  `SELECT 1 FROM orders WHERE symbol = ?4 AND plugin_name = ?2 AND closed_ts_ms IS NULL AND is_kept = 1
     AND (SELECT run_id <> ?1 AND ${isOnAccount} FROM runs WHERE runs.run_instance_id = orders.run_instance_id)`,
] as const;

/** Other runs that trade a symbol on an account: live ones, and what those that have ended have left there. */
export class Neighbours {
  readonly #finds;
  readonly #version;
  readonly #resident: Resident;
  /** What `PRAGMA data_version` said at the last look: it changes when another process has written. */
  #seen = -1;
  #areThere = false;

  constructor(db: Database, resident: Resident) {
    this.#resident = resident;
    this.#version = db.prepare<{ data_version: number }, []>("PRAGMA data_version");
    this.#finds = neighbourQueries.map((query) =>
      db.prepare<unknown, [string, string, string, string]>(query),
    );
  }

  areThere(): boolean {
    const version = this.#version.get()?.data_version ?? 0;
    if (version === this.#seen) return this.#areThere;
    this.#seen = version;
    const { runId, pluginName, accountId, symbol } = this.#resident;
    this.#areThere = this.#finds.some((find) => find.get(runId, pluginName, accountId, symbol) !== null);
    return this.#areThere;
  }
}
