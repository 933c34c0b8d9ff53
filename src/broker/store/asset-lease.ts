import type { Database } from "bun:sqlite";

import { AssetTakenError } from "./errors.ts";

/**
 * Whose a coin of a spot account is. There is no position to ask for, only a balance, so what two runs do with one coin
 * cannot be told apart: one run trades a coin, and no other pays with it.
 */

/** What a run trades on a spot account. */
export interface SpotAssets {
  readonly baseAsset: string;
  readonly quoteAsset: string;
}

/** Who claims. */
export interface Claimant {
  readonly runId: string;
  readonly runInstanceId: number;
  readonly pluginName: string;
  readonly accountId: string;
}

interface OwnerRow {
  run_id: string;
  run_instance_id: number;
  base_asset: string;
  quote_asset: string;
  ended_ts_ms: number | null;
}

/**
 * Takes a coin for a run; within a transaction. Leases of runs that have ended, or whose process has died, are free.
 * @param isAlive whether a process has a logical run
 * @throws AssetTakenError
 */
export function claimAsset(
  db: Database,
  claimant: Claimant,
  { baseAsset, quoteAsset }: SpotAssets,
  nowMs: number,
  isAlive: (runId: string) => boolean,
): void {
  const { runId, runInstanceId, pluginName, accountId } = claimant;
  const owners = db
    .query<OwnerRow, [string, string, string, string]>(
      `SELECT spot_asset_owner.run_id, run_instance_id, base_asset, quote_asset, ended_ts_ms
       FROM spot_asset_owner LEFT JOIN runs USING (run_instance_id)
       WHERE spot_asset_owner.plugin_name = ?1 AND spot_asset_owner.account_id = ?2
         AND (base_asset IN (?3, ?4) OR quote_asset = ?3)`,
    )
    .all(pluginName, accountId, baseAsset, quoteAsset);
  for (const owner of owners) {
    const isFree = owner.run_id === runId || owner.ended_ts_ms !== null || !isAlive(owner.run_id);
    if (!isFree) throw taken(owner, accountId, { baseAsset, quoteAsset });
    releaseAsset(db, owner.run_instance_id);
  }
  db.query("INSERT INTO spot_asset_owner VALUES (?, ?, ?, ?, ?, ?, ?, ?)").run(
    pluginName,
    accountId,
    baseAsset,
    quoteAsset,
    runId,
    runInstanceId,
    nowMs,
    nowMs,
  );
}

/** Says that a lease is in use. @returns false when the instance has none any more */
export function heartbeatAsset(db: Database, runInstanceId: number, nowMs: number): boolean {
  return (
    db
      .query("UPDATE spot_asset_owner SET heartbeat_ts_ms = ? WHERE run_instance_id = ?")
      .run(nowMs, runInstanceId).changes > 0
  );
}

/** Gives back what an instance has. */
export function releaseAsset(db: Database, runInstanceId: number): void {
  db.query("DELETE FROM spot_asset_owner WHERE run_instance_id = ?").run(runInstanceId);
}

function taken(owner: OwnerRow, accountId: string, { baseAsset }: SpotAssets): AssetTakenError {
  const coin =
    owner.base_asset === baseAsset || owner.quote_asset === baseAsset ? baseAsset : owner.base_asset;
  const use = owner.base_asset === coin ? "trades" : "pays with";
  return new AssetTakenError(
    `${owner.run_id} ${use} the ${coin} of ${accountId}: what two runs do with one coin cannot be told apart`,
    { hint: "stop that run first, or trade this pair on another account" },
  );
}
