import type { Database } from "bun:sqlite";

/**
 * What is old enough goes. What the engine works with, what an order that is alive or an intent that is on its way has
 * in the log, and every execution stay, however old: trades and equity are made from executions. In the place of log
 * lines stays their range with the hashes at its ends, so that the lines around it still prove themselves.
 */

/** How long history is kept, ms. */
export const retentionMs = 180 * 86_400_000;
/** How often it is looked for what is old, ms. */
export const purgeEveryMs = 86_400_000;
/** Rows of a kind that go in one transaction: nobody waits for it noticeably. */
const batchRows = 2_000;

/** Runs that go in one transaction: the file is searched for what belongs to each. */
const batchRuns = 50;
/** Lines that say why the position is not what the executions add up to. */
export const givenUpKinds: readonly string[] = ["flattened_outside", "position_given_up"];

/** What went. */
export interface Purged {
  readonly events: number;
  readonly orders: number;
  readonly refs: number;
  readonly commands: number;
  readonly runs: number;
}

interface EventEnds {
  id: number;
  run_instance_id: number;
  seq: number;
  prev_hash: string;
  hash: string;
}

/** Throws a batch of what is old away; within a transaction. @returns what went; all 0: nothing is left to go */
export function purge(db: Database, nowMs: number): Purged {
  const oldMs = nowMs - retentionMs;
  const counted = (query: string, ...values: (number | string)[]): number =>
    db.query(query).run(...values).changes;
  const events = purgeEvents(db, oldMs);
  // An order that has filled is what its executions belong to. Of orders that only the plugin has written down the
  // engine never says that they are over.
  const orders =
    purgeOrders(db, oldMs, "is_kept = 0 AND closed_ts_ms < ?1 AND filled_qty = 0") +
    purgeOrders(db, oldMs, "is_kept = 1 AND body IS NULL AND updated_ts_ms < ?1");
  const refs = counted(
    `DELETE FROM order_refs WHERE created_ts_ms < ?1 AND NOT EXISTS (
       SELECT 1 FROM orders WHERE orders.run_instance_id = order_refs.run_instance_id
         AND orders.client_order_id = order_refs.client_order_id)`,
    oldMs,
  );
  const commands = counted("DELETE FROM commands WHERE created_ts_ms < ?1", oldMs);
  return { events, orders, refs, commands, runs: purgeRuns(db, oldMs) };
}

/** Those that no execution belongs to. The search for them is dear; a look whether there may be any is not. */
function purgeOrders(db: Database, oldMs: number, which: string): number {
  if (db.query(`SELECT 1 FROM orders WHERE ${which} LIMIT 1`).get(oldMs) === null) return 0;
  const { changes } = db
    .query(
      `DELETE FROM orders WHERE rowid IN (
         SELECT rowid FROM orders WHERE ${which}
           AND client_order_id NOT IN (SELECT client_order_id FROM fills) LIMIT ?2)`,
    )
    .run(oldMs, batchRows);
  return changes;
}

/** Old lines of the log, the oldest runs' first. */
function purgeEvents(db: Database, oldMs: number): number {
  const instances = db
    .query<{ run_instance_id: number; run_id: string }, [number]>(
      `SELECT run_instance_id, run_id FROM runs WHERE EXISTS (
         SELECT 1 FROM events WHERE events.run_instance_id = runs.run_instance_id AND ts_ms < ?)
       ORDER BY run_instance_id`,
    )
    .all(oldMs);
  const old = db.query<EventEnds, [number, number, string, number]>(
    `SELECT id, run_instance_id, seq, prev_hash, hash FROM events
     WHERE run_instance_id = ?1 AND ts_ms < ?2 AND kind NOT IN (${givenUpKinds.map((kind) => `'${kind}'`).join()})
       AND (client_order_id IS NULL OR client_order_id NOT IN (
         SELECT client_order_id FROM runs JOIN orders USING (run_instance_id) WHERE run_id = ?3 AND is_kept = 1
         UNION ALL SELECT client_order_id FROM runs JOIN orders USING (run_instance_id)
         WHERE run_id = ?3 AND closed_ts_ms IS NULL))
       AND (intent_key IS NULL OR intent_key NOT IN (SELECT intent_key FROM envelopes WHERE run_id = ?3))
     ORDER BY ts_ms LIMIT ?4`,
  );
  const remove = db.query("DELETE FROM events WHERE id = ?");
  let count = 0;
  for (const { run_instance_id, run_id } of instances) {
    // The index has them by time; by number the whole log of the run would be sorted for every batch.
    const lines = old
      .all(run_instance_id, oldMs, run_id, batchRows - count)
      .toSorted((a, b) => a.seq - b.seq);
    for (const { id } of lines) remove.run(id);
    leaveGaps(db, lines);
    count += lines.length;
    if (count >= batchRows) break;
  }
  return count;
}

/** Notes which lines are gone; ranges that touch become one. @param lines of one instance, ascending */
function leaveGaps(db: Database, lines: readonly EventEnds[]): void {
  const before = db.query<{ first_seq: number; prev_hash: string }, [number, number]>(
    "DELETE FROM event_gaps WHERE run_instance_id = ? AND last_seq = ? - 1 RETURNING first_seq, prev_hash",
  );
  const after = db.query<{ last_seq: number; hash: string }, [number, number]>(
    "DELETE FROM event_gaps WHERE run_instance_id = ? AND first_seq = ? + 1 RETURNING last_seq, hash",
  );
  const insert = db.query("INSERT INTO event_gaps VALUES (?, ?, ?, ?, ?)");
  for (let start = 0; start < lines.length;) {
    let end = start;
    while (lines[end + 1]?.seq === lines[end]!.seq + 1) end++;
    const [first, last] = [lines[start]!, lines[end]!];
    const instance = first.run_instance_id;
    const left = before.get(instance, first.seq) ?? { first_seq: first.seq, prev_hash: first.prev_hash };
    const right = after.get(instance, last.seq) ?? { last_seq: last.seq, hash: last.hash };
    insert.run(instance, left.first_seq, right.last_seq, left.prev_hash, right.hash);
    start = end + 1;
  }
}

/** Runs that ended long ago and of which nothing else is left. */
function purgeRuns(db: Database, oldMs: number): number {
  if (db.query("SELECT 1 FROM runs WHERE ended_ts_ms < ? LIMIT 1").get(oldMs) === null) return 0;
  const left = ["orders", "order_refs", "events", "fills", "commands"].map(
    (table) => `run_instance_id NOT IN (SELECT run_instance_id FROM ${table})`,
  );
  const empty = db
    .query<{ run_instance_id: number }, [number, number]>(
      `SELECT run_instance_id FROM runs WHERE ended_ts_ms < ? AND ${left.join(" AND ")} LIMIT ?`,
    )
    .all(oldMs, batchRuns);
  for (const { run_instance_id } of empty)
    for (const table of ["event_gaps", "runs"])
      db.query(`DELETE FROM ${table} WHERE run_instance_id = ?`).run(run_instance_id);
  return empty.length;
}
