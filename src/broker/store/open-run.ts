import type { Database } from "bun:sqlite";
import { hostname } from "node:os";

import { type RunIdentity, runTag } from "../ids.ts";
import { RunIsLiveError } from "./errors.ts";
import { type EventLine, type EventLog, firstHash } from "./event-log.ts";
import { staleAfterMs } from "./schema.ts";

/** A run that is to be opened. */
export interface RunDescription extends RunIdentity {
  /** Where its script lies, for people. */
  readonly scriptPath: string;
  readonly pluginName: string;
}

/** The same after every restart: `strategy@account:symbol:timeframe`, and `#label` when there is one. */
export function runIdOf({ strategyId, accountId, symbol, timeframe, label }: RunIdentity): string {
  const suffix = label === undefined || label === null || label === "" ? "" : `#${label}`;
  return `${strategyId}@${accountId}:${symbol}:${timeframe}${suffix}`;
}

/** A run that was opened. */
export interface OpenedRun {
  readonly runInstanceId: number;
  readonly runId: string;
  readonly tag: string;
  /** Tags under which orders of the same run were sent before. */
  readonly priorTags: readonly string[];
  /** Orders of earlier instances that are now this one's. */
  readonly adopted: number;
}

interface UnendedRun {
  run_instance_id: number;
  run_id: string;
  pid: number;
  host: string;
  started_ts_ms: number;
  last_heartbeat_ts_ms: number;
}

/** What opening a run needs to know of the world. */
export interface Surroundings {
  readonly nowMs: number;
  /** Whether a process that writes for a logical run is alive although it has not said so for long. */
  readonly isAlive: (runId: string) => boolean;
}

/**
 * Opens a run; within a transaction, by a process that holds the run's lock. Runs that have not shown a sign of life
 * for five minutes and have no process any more are ended, at their last sign of life; so is a former instance of this
 * very run, at once, since its lock is free. What of their orders is alive becomes the new instance's.
 */
export function openRun(
  db: Database,
  log: EventLog,
  run: RunDescription,
  { nowMs, isAlive }: Surroundings,
): OpenedRun {
  const runId = runIdOf(run);
  const tag = runTag(run);
  for (const other of db.query<UnendedRun, []>("SELECT * FROM runs WHERE ended_ts_ms IS NULL").all()) {
    const isStale = nowMs - other.last_heartbeat_ts_ms > staleAfterMs;
    if (other.run_id !== runId && (!isStale || isAlive(other.run_id))) continue;
    endRun(db, log, other.run_instance_id, other.last_heartbeat_ts_ms, "stale", {
      kind: "stale_run_cleaned",
      tsMs: nowMs,
      payload: { run_id: other.run_id, last_heartbeat_ts_ms: other.last_heartbeat_ts_ms, pid: other.pid },
    });
  }
  const { lastInsertRowid } = db
    .query(
      `INSERT INTO runs (run_id, run_tag, strategy_id, script_path, symbol, timeframe, account_id, run_label,
         plugin_name, started_ts_ms, last_heartbeat_ts_ms, pid, host)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      runId,
      tag,
      run.strategyId,
      run.scriptPath,
      run.symbol,
      run.timeframe,
      run.accountId,
      run.label ?? null,
      run.pluginName,
      nowMs,
      nowMs,
      process.pid,
      hostname(),
    );
  const runInstanceId = Number(lastInsertRowid);
  db.query("UPDATE runs SET event_hash = ? WHERE run_instance_id = ?").run(
    firstHash(runInstanceId, runId, nowMs),
    runInstanceId,
  );
  db.query("INSERT OR IGNORE INTO run_tags VALUES (?, ?, ?)").run(runId, tag, nowMs);
  const priorTags = db
    .query<{ run_tag: string }, [string, string]>(
      "SELECT run_tag FROM run_tags WHERE run_id = ? AND run_tag <> ? ORDER BY first_ts_ms",
    )
    .all(runId, tag)
    .map(({ run_tag }) => run_tag);
  log.append(runInstanceId, [{ kind: "run_opened", tsMs: nowMs, payload: { run_id: runId, run_tag: tag } }]);
  const adopted = adoptOrders(db, log, runId, runInstanceId, nowMs);
  return { runInstanceId, runId, tag, priorTags, adopted };
}

/** The error for a run whose lock another process has. */
export function runIsLive(db: Database, run: RunDescription): RunIsLiveError {
  const runId = runIdOf(run);
  const live = db
    .query<UnendedRun, [string]>("SELECT * FROM runs WHERE run_id = ? AND ended_ts_ms IS NULL")
    .get(runId);
  const who =
    live === null
      ? "in another process"
      : `as run ${live.run_instance_id}, process ${live.pid} on ${live.host}, since ${iso(live.started_ts_ms)}`;
  return new RunIsLiveError(`${runId} is live ${who}`, runId, {
    hint: "stop it first, or give this one a name of its own with --run-label",
  });
}

/** Ends a run, and says so in its log. */
export function endRun(
  db: Database,
  log: EventLog,
  runInstanceId: number,
  endedMs: number,
  reason: string,
  line: EventLine,
): void {
  log.appendFor(runInstanceId, [line]);
  db.query(
    "UPDATE runs SET ended_ts_ms = ?, end_reason = ? WHERE run_instance_id = ? AND ended_ts_ms IS NULL",
  ).run(Math.round(endedMs), reason, runInstanceId);
}

interface KeptRow {
  rowid: number;
  run_instance_id: number;
  client_order_id: string;
  exchange_order_id: string | null;
  intent_key: string | null;
}

/** Orders that an earlier instance left, newest instance first. */
export const keptOrdersQuery = `
  SELECT orders.rowid, orders.run_instance_id, client_order_id, exchange_order_id, intent_key
  FROM runs CROSS JOIN orders ON orders.run_instance_id = runs.run_instance_id
  WHERE runs.run_id = ? AND runs.run_instance_id < ? AND is_kept = 1
  ORDER BY orders.run_instance_id DESC, orders.rowid`;

/** Points the orders and aliases of earlier instances at the new one; of two with one id the newer instance's wins. */
function adoptOrders(
  db: Database,
  log: EventLog,
  runId: string,
  runInstanceId: number,
  nowMs: number,
): number {
  const rows = db.query<KeptRow, [string, number]>(keptOrdersQuery).all(runId, runInstanceId);
  const move = db.query(
    "UPDATE orders SET run_instance_id = ?, updated_ts_ms = CASE WHEN body IS NULL THEN updated_ts_ms ELSE ? END WHERE rowid = ?",
  );
  const moveRefs = db.query(
    "UPDATE OR REPLACE order_refs SET run_instance_id = ? WHERE run_instance_id = ? AND client_order_id = ?",
  );
  const close = db.query(
    "UPDATE orders SET closed_ts_ms = COALESCE(closed_ts_ms, ?), is_kept = 0 WHERE rowid = ?",
  );
  const seen = new Set<string>();
  const lines = rows.map((row): EventLine => {
    const isNewest = !seen.has(row.client_order_id);
    seen.add(row.client_order_id);
    if (isNewest) {
      move.run(runInstanceId, nowMs, row.rowid);
      moveRefs.run(runInstanceId, row.run_instance_id, row.client_order_id);
    } else close.run(nowMs, row.rowid);
    return {
      kind: isNewest ? "order_adopted" : "order_adopt_superseded",
      tsMs: nowMs,
      clientOrderId: row.client_order_id,
      exchangeOrderId: row.exchange_order_id,
      intentKey: row.intent_key,
      payload: { from_run_instance_id: row.run_instance_id },
    };
  });
  log.append(runInstanceId, lines);
  return lines.filter(({ kind }) => kind === "order_adopted").length;
}

const iso = (timeMs: number): string => new Date(timeMs).toISOString();
