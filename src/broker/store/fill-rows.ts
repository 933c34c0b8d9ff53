import type { Database } from "bun:sqlite";

import type { Fill } from "../engine/fill.ts";
import { decode, encode } from "./codec.ts";
import { DuplicateFillError } from "./errors.ts";
import { keyColumn } from "./key-text.ts";
import type { RowOwner } from "./projections.ts";

export const hasFillQuery = "SELECT 1 FROM fills WHERE run_id = ? AND fill_id = ?";

/**
 * Executions that were booked. An execution is known by its fill id within a run, and by the venue's order and its fill
 * id within an account: venues number trades by symbol, and a trade between two orders of one account has one number.
 */
export class FillRows {
  readonly #owner: RowOwner & { readonly accountId: string };
  readonly #insert;
  readonly #has;
  readonly #all;

  constructor(db: Database, owner: RowOwner & { readonly accountId: string }) {
    this.#owner = owner;
    this.#insert = db.prepare(
      `INSERT INTO fills (run_id, run_instance_id, plugin_name, account_id, symbol, fill_id, client_order_id,
         exchange_order_id, intent_key, leg_type, pine_id, from_entry, side, qty, price, fee, fee_currency, ts_ms, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#has = db.prepare<unknown, [string, string]>(hasFillQuery);
    this.#all = db.prepare<{ body: string }, [string]>(
      "SELECT body FROM fills WHERE run_id = ? ORDER BY number",
    );
  }

  /** @throws DuplicateFillError */
  book(fill: Fill): void {
    const { runId, runInstanceId, pluginName, accountId, symbol } = this.#owner;
    try {
      this.#insert.run(
        runId,
        runInstanceId,
        pluginName,
        accountId,
        symbol,
        fill.fillId,
        fill.clientOrderId,
        fill.exchangeOrderId,
        keyColumn(fill.intentKey),
        fill.legType,
        fill.pineId,
        fill.fromEntry,
        fill.side,
        fill.qty,
        fill.price,
        fill.fee,
        fill.feeCurrency,
        Math.round(fill.timeMs),
        encode(fill),
      );
    } catch (error) {
      if ((error as { code?: string }).code !== "SQLITE_CONSTRAINT_UNIQUE") throw error;
      throw new DuplicateFillError(
        `fill ${fill.fillId} of order ${fill.clientOrderId} is booked already`,
        fill.fillId,
        { cause: error },
      );
    }
  }

  /** Whether this run, in any of its lives, has booked an execution. */
  has(fillId: string): boolean {
    return this.#has.get(this.#owner.runId, fillId) !== null;
  }

  /** All of the run's, in the order they were booked. */
  all(): Fill[] {
    return this.#all.all(this.#owner.runId).map(({ body }) => decode<Fill>(body));
  }
}
