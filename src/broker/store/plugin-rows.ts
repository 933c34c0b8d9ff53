import type { Database } from "bun:sqlite";

import type { OrderChanges, RiskLevels, StoredOrder } from "../../api/broker/store.ts";
import { secrets } from "../../kernel/secrets.ts";
import type { VerifyObligation } from "../engine/state.ts";
import { decode, encode } from "./codec.ts";
import type { RowOwner } from "./projections.ts";

/** What a plugin found out about a write. */
export interface Resolution {
  readonly clientOrderId: string;
  readonly resolution: "attached" | "rejected";
}

/**
 * The read behind `findByRef`. `?1`: the instance, `?2`: the kind of the alias, `?3`: the alias. It is no join:
 * SQLite compiles one that has parameters anew at every call, 60 us instead of 2, and a plugin asks it for every event.
 */
export const findByRefQuery = `
  SELECT * FROM orders WHERE run_instance_id = ?1 AND client_order_id = (
    SELECT client_order_id FROM order_refs WHERE run_instance_id = ?1 AND ref_type = ?2 AND ref_value = ?3)`;

interface OrderRow {
  client_order_id: string;
  pine_entry_id: string | null;
  from_entry: string | null;
  exchange_order_id: string | null;
  state: string;
  extras: string;
}

/** What a plugin keeps, row by row; writes are within a transaction. */
export class PluginRows {
  readonly #owner: RowOwner;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: Database, owner: RowOwner) {
    this.#owner = owner;
    this.#statements = prepare(db);
  }

  addRef(clientOrderId: string, kind: string, ref: string, nowMs: number): void {
    this.#statements.addRef.run(this.#owner.runInstanceId, kind, ref, clientOrderId, nowMs);
  }

  findByRef(kind: string, ref: string): StoredOrder | null {
    const row = this.#statements.findByRef.get(this.#owner.runInstanceId, kind, ref);
    return row === null ? null : storedOrder(row);
  }

  upsertOrder(clientOrderId: string, changes: OrderChanges, nowMs: number): void {
    const { runInstanceId, pluginName, symbol } = this.#owner;
    const { addOrder, changeOrder, findOrder } = this.#statements;
    addOrder.run(runInstanceId, clientOrderId, pluginName, symbol, nowMs, nowMs);
    const order = { ...storedOrder(findOrder.get(runInstanceId, clientOrderId)!), ...changes };
    changeOrder.run(
      order.pineId === "" ? null : order.pineId,
      order.fromEntry,
      order.exchangeId,
      secrets.clean(order.state),
      secrets.cleanJson(encode(order.extras)),
      nowMs,
      runInstanceId,
      clientOrderId,
    );
  }

  setRisk(clientOrderId: string, { stopLoss, takeProfit, trailingOffset }: RiskLevels, nowMs: number): void {
    this.#statements.setRisk.run(
      stopLoss === undefined ? 0 : 1,
      stopLoss ?? null,
      takeProfit === undefined ? 0 : 1,
      takeProfit ?? null,
      trailingOffset === undefined ? 0 : 1,
      trailingOffset ?? null,
      nowMs,
      this.#owner.runInstanceId,
      clientOrderId,
    );
  }

  /** Notes what became of a write that is in doubt; "rejected" stays. */
  resolve(clientOrderId: string, resolution: Resolution["resolution"]): void {
    this.#statements.resolve.run(resolution, this.#owner.runId, clientOrderId);
  }

  /** Resolutions that the engine has not acted on. */
  resolutions(): Resolution[] {
    return this.#statements.resolutions
      .all(this.#owner.runId)
      .filter(
        ({ body, resolution }) =>
          resolution === "rejected" || decode<VerifyObligation>(body).isAttached !== true,
      )
      .map(({ clientOrderId, resolution }) => ({ clientOrderId, resolution }));
  }
}

function storedOrder(row: OrderRow): StoredOrder {
  return {
    clientOrderId: row.client_order_id,
    pineId: row.pine_entry_id ?? "",
    fromEntry: row.from_entry,
    exchangeId: row.exchange_order_id,
    state: row.state,
    extras: decode(row.extras),
  };
}

const prepare = (db: Database) => ({
  addRef: db.prepare(
    `INSERT INTO order_refs (run_instance_id, ref_type, ref_value, client_order_id, created_ts_ms)
     VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET client_order_id = excluded.client_order_id`,
  ),
  findByRef: db.prepare<OrderRow, [number, string, string]>(findByRefQuery),
  findOrder: db.prepare<OrderRow, [number, string]>(
    "SELECT * FROM orders WHERE run_instance_id = ? AND client_order_id = ?",
  ),
  addOrder: db.prepare(
    `INSERT INTO orders (run_instance_id, client_order_id, plugin_name, symbol, state, created_ts_ms, updated_ts_ms)
     VALUES (?, ?, ?, ?, 'submitted', ?, ?) ON CONFLICT DO NOTHING`,
  ),
  changeOrder: db.prepare(
    `UPDATE orders SET pine_entry_id = ?, from_entry = ?, exchange_order_id = ?, state = ?, extras = ?,
       updated_ts_ms = ? WHERE run_instance_id = ? AND client_order_id = ?`,
  ),
  setRisk: db.prepare(
    `UPDATE orders SET sl_level = CASE WHEN ?1 THEN ?2 ELSE sl_level END,
       tp_level = CASE WHEN ?3 THEN ?4 ELSE tp_level END,
       trailing_distance = CASE WHEN ?5 THEN ?6 ELSE trailing_distance END,
       trailing_stop = CASE WHEN ?5 THEN ?6 IS NOT NULL ELSE trailing_stop END, updated_ts_ms = ?7
     WHERE run_instance_id = ?8 AND client_order_id = ?9`,
  ),
  resolve: db.prepare(
    `UPDATE pending_verifications SET resolution = CASE resolution WHEN 'rejected' THEN 'rejected' ELSE ?1 END
     WHERE run_id = ?2 AND client_order_id = ?3`,
  ),
  resolutions: db.prepare<Resolution & { body: string }, [string]>(
    `SELECT client_order_id AS clientOrderId, resolution, body FROM pending_verifications
     WHERE run_id = ? AND resolution IS NOT NULL`,
  ),
});
