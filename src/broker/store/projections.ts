import type { Database } from "bun:sqlite";

import { isOver } from "../engine/draft.ts";
import type { Effect } from "../engine/effects.ts";
import type {
  EngineState,
  IntentRecord,
  Lot,
  Obligation,
  OrderRecord,
  PositionBook,
  VerifyObligation,
  Watch,
} from "../engine/state.ts";
import { encode } from "./codec.ts";
import { keyColumn } from "./key-text.ts";

/** Whose rows are written. */
export interface RowOwner {
  readonly runId: string;
  readonly runInstanceId: number;
  readonly pluginName: string;
  readonly symbol: string;
}

/** What of a state is not in tables of its own: one row of `run_state`. */
export type StateRest = Omit<
  EngineState,
  | "rules"
  | "wanted"
  | "hasRun"
  | "intents"
  | "orders"
  | "obligations"
  | "watches"
  | "outbox"
  | "book"
  | "fillIds"
> &
  Omit<PositionBook, "size" | "lots">;

/**
 * Brings the tables from one state of the engine to the next, within a transaction: records whose reference has
 * changed are written, those that are gone are deleted; an order that is gone stays as history.
 */
export class Projections {
  readonly #owner: RowOwner;
  readonly #statements: ReturnType<typeof prepare>;
  /** Numbers of the lots that have rows, and the number of the newest. */
  #lots = new Map<Lot, number>();
  #lastLot = 0;

  constructor(db: Database, owner: RowOwner) {
    this.#owner = owner;
    this.#statements = prepare(db);
  }

  /** The lots as they were loaded, by their numbers. */
  know(lots: ReadonlyMap<Lot, number>): void {
    this.#lots = new Map(lots);
    this.#lastLot = Math.max(0, ...lots.values());
  }

  /** What is known of the rows of lots, to go back to when the transaction fails. */
  remember(): () => void {
    const [lots, last] = [new Map(this.#lots), this.#lastLot];
    return () => {
      this.#lots = lots;
      this.#lastLot = last;
    };
  }

  write(before: EngineState, after: EngineState, lastGeneration: number): void {
    const { runId } = this.#owner;
    const { dropIntent, dropVerify, dropObligation, dropWatch, dropEffect, dropOrder } = this.#statements;
    changes(before.intents, after.intents, this.#intent, (key) => dropIntent.run(runId, keyColumn(key)));
    changes(before.orders, after.orders, this.#order, (id) =>
      dropOrder.run(Math.round(after.nowMs), this.#owner.runInstanceId, id),
    );
    changes(before.obligations, after.obligations, this.#obligation, (id, { kind }) =>
      (kind === "verify" ? dropVerify : dropObligation).run(runId, id),
    );
    changes(before.watches, after.watches, this.#watch, (id) => dropWatch.run(runId, id));
    changes(
      before.outbox,
      after.outbox,
      (effect) => this.#effect(effect, after.nowMs),
      (id) => dropEffect.run(runId, id),
    );
    if (before.book.lots !== after.book.lots) this.#writeLots(after.book.lots);
    this.#rest(after, lastGeneration);
  }

  readonly #intent = (record: IntentRecord): void => {
    const { key, generation, phase, barTimeMs, retrySeq, filledQty, sinceMs } = record;
    this.#statements.intent.run(
      this.#owner.runId,
      keyColumn(key),
      generation,
      phase,
      Math.round(barTimeMs),
      retrySeq,
      filledQty,
      Math.round(sinceMs),
      encode(record),
    );
  };

  readonly #order = (order: OrderRecord): void => {
    const { runInstanceId, pluginName, symbol } = this.#owner;
    this.#statements.order.run(
      runInstanceId,
      order.clientOrderId,
      pluginName,
      keyColumn(order.intentKey),
      order.generation,
      order.idKind,
      order.legType,
      order.exchangeId,
      symbol,
      order.side,
      order.qty,
      order.filledQty,
      order.limit,
      order.stop,
      order.status,
      order.fromEntry,
      order.pineId,
      Math.round(order.createdMs),
      Math.round(order.updatedMs),
      isOver(order) ? Math.round(order.updatedMs) : null,
      encode(order),
    );
  };

  readonly #obligation = (obligation: Obligation): void => {
    const { runId } = this.#owner;
    if (obligation.kind === "verify") return this.#verify(obligation);
    this.#statements.obligation.run(
      runId,
      obligation.id,
      obligation.kind,
      "intentKey" in obligation ? keyColumn(obligation.intentKey) : null,
      Math.round(obligation.sinceMs),
      obligation.attempts,
      encode(obligation),
    );
  };

  #verify(obligation: VerifyObligation): void {
    this.#statements.verify.run(
      this.#owner.runId,
      obligation.clientOrderId,
      keyColumn(obligation.intentKey),
      Math.round(obligation.sinceMs),
      obligation.write,
      JSON.stringify(obligation.predecessors),
      obligation.id,
      encode(obligation),
    );
  }

  readonly #watch = (watch: Watch): void => {
    this.#statements.watch.run(
      this.#owner.runId,
      watch.id,
      watch.kind,
      watch.state,
      keyColumn(watch.intentKey),
      watch.level,
      Math.round(watch.updatedMs),
      encode(watch),
    );
  };

  #effect(effect: Effect, nowMs: number): void {
    this.#statements.effect.run(
      this.#owner.runId,
      effect.id,
      effect.kind,
      "intentKey" in effect ? keyColumn(effect.intentKey) : null,
      Math.round(nowMs),
      encode(effect),
    );
  }

  /** A lot is what one fill opened; one that a fill has made smaller takes its number over. */
  #writeLots(lots: readonly Lot[]): void {
    const { runId } = this.#owner;
    const numbers = new Map(this.#lots.entries().map(([lot, number]) => [lot.fillId, { lot, number }]));
    const next = new Map<Lot, number>();
    let last = 0;
    for (const lot of lots) {
      const known = numbers.get(lot.fillId);
      // Rows are read in the order of their numbers, so a lot that has changed its place gets a new one.
      const number = known !== undefined && known.number > last ? known.number : ++this.#lastLot;
      if (known?.number === number) numbers.delete(lot.fillId);
      if (known?.lot !== lot || known.number !== number) this.#lot(lot, number);
      next.set(lot, number);
      last = number;
    }
    for (const { number } of numbers.values()) this.#statements.dropLot.run(runId, number);
    this.#lots = next;
  }

  #lot(lot: Lot, number: number): void {
    this.#statements.lot.run(
      this.#owner.runId,
      number,
      lot.entryId,
      lot.side,
      lot.qty,
      lot.price,
      Math.round(lot.timeMs),
      lot.fillId,
      lot.clientOrderId,
      encode(lot),
    );
  }

  #rest(after: EngineState, lastGeneration: number): void {
    const {
      rules: _rules,
      wanted: _wanted,
      intents: _intents,
      orders: _orders,
      obligations: _obligations,
      watches: _watches,
      outbox: _outbox,
      fillIds: _fillIds,
      book,
      ...rest
    } = after;
    const { size, lots: _lots, ...fringe } = book;
    this.#statements.rest.run(
      this.#owner.runId,
      lastGeneration,
      size,
      rest.latches.paused ? 1 : 0,
      Math.round(after.nowMs),
      encode({
        ...rest,
        ...fringe,
      } satisfies StateRest),
    );
  }
}

function changes<K, V>(
  before: ReadonlyMap<K, V>,
  after: ReadonlyMap<K, V>,
  put: (value: V) => void,
  drop: (key: K, value: V) => void,
): void {
  if (before === after) return;
  for (const [key, value] of before) if (!after.has(key)) drop(key, value);
  for (const [key, value] of after) if (before.get(key) !== value) put(value);
}

const prepare = (db: Database) => ({
  intent: db.prepare(
    `INSERT INTO envelopes (run_id, intent_key, generation, phase, bar_ts_ms, retry_seq, filled_qty, updated_ts_ms, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET generation = excluded.generation, phase = excluded.phase,
       bar_ts_ms = excluded.bar_ts_ms, retry_seq = excluded.retry_seq, filled_qty = excluded.filled_qty,
       updated_ts_ms = excluded.updated_ts_ms, body = excluded.body`,
  ),
  dropIntent: db.prepare("DELETE FROM envelopes WHERE run_id = ? AND intent_key = ?"),
  order: db.prepare(
    `INSERT INTO orders (run_instance_id, client_order_id, plugin_name, intent_key, generation, id_kind, leg_type,
       exchange_order_id, symbol, side, qty, filled_qty, limit_price, stop_price, status, state, from_entry,
       pine_entry_id, created_ts_ms, updated_ts_ms, closed_ts_ms, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'submitted', ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET intent_key = excluded.intent_key, generation = excluded.generation,
       id_kind = excluded.id_kind, leg_type = excluded.leg_type,
       exchange_order_id = COALESCE(excluded.exchange_order_id, exchange_order_id),
       symbol = excluded.symbol, side = excluded.side, qty = excluded.qty,
       filled_qty = MAX(filled_qty, excluded.filled_qty), limit_price = excluded.limit_price,
       stop_price = excluded.stop_price, status = excluded.status, from_entry = excluded.from_entry,
       pine_entry_id = excluded.pine_entry_id, updated_ts_ms = excluded.updated_ts_ms,
       closed_ts_ms = CASE WHEN excluded.closed_ts_ms IS NULL THEN NULL
         ELSE COALESCE(closed_ts_ms, excluded.closed_ts_ms) END,
       is_kept = 1, body = excluded.body`,
  ),
  dropOrder: db.prepare(
    `UPDATE orders SET is_kept = 0, closed_ts_ms = COALESCE(closed_ts_ms, ?)
     WHERE run_instance_id = ? AND client_order_id = ?`,
  ),
  verify: db.prepare(
    `INSERT INTO pending_verifications
       (run_id, client_order_id, intent_key, parked_ts_ms, dispatch_kind, order_ids, obligation_id, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET intent_key = excluded.intent_key, parked_ts_ms = excluded.parked_ts_ms,
       dispatch_kind = excluded.dispatch_kind, order_ids = excluded.order_ids,
       obligation_id = excluded.obligation_id, body = excluded.body,
       resolution = CASE WHEN excluded.parked_ts_ms > parked_ts_ms THEN NULL ELSE resolution END`,
  ),
  dropVerify: db.prepare("DELETE FROM pending_verifications WHERE run_id = ? AND obligation_id = ?"),
  obligation: db.prepare(
    `INSERT INTO obligations (run_id, obligation_id, kind, intent_key, since_ts_ms, attempts, body)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET kind = excluded.kind, intent_key = excluded.intent_key,
       since_ts_ms = excluded.since_ts_ms, attempts = excluded.attempts, body = excluded.body`,
  ),
  dropObligation: db.prepare("DELETE FROM obligations WHERE run_id = ? AND obligation_id = ?"),
  watch: db.prepare(
    `INSERT INTO watches (run_id, watch_id, kind, state, intent_key, level, updated_ts_ms, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET kind = excluded.kind, state = excluded.state, intent_key = excluded.intent_key,
       level = excluded.level, updated_ts_ms = excluded.updated_ts_ms, body = excluded.body`,
  ),
  dropWatch: db.prepare("DELETE FROM watches WHERE run_id = ? AND watch_id = ?"),
  effect: db.prepare(
    `INSERT INTO outbox (run_id, effect_id, kind, intent_key, created_ts_ms, body) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET kind = excluded.kind, intent_key = excluded.intent_key, body = excluded.body`,
  ),
  dropEffect: db.prepare("DELETE FROM outbox WHERE run_id = ? AND effect_id = ?"),
  lot: db.prepare(
    `INSERT INTO lots (run_id, number, entry_id, side, qty, price, opened_ts_ms, fill_id, client_order_id, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET entry_id = excluded.entry_id, side = excluded.side, qty = excluded.qty,
       price = excluded.price, opened_ts_ms = excluded.opened_ts_ms, fill_id = excluded.fill_id,
       client_order_id = excluded.client_order_id, body = excluded.body`,
  ),
  dropLot: db.prepare("DELETE FROM lots WHERE run_id = ? AND number = ?"),
  rest: db.prepare(
    `INSERT INTO run_state (run_id, last_generation, position, paused, updated_ts_ms, body) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET last_generation = excluded.last_generation, position = excluded.position,
       paused = excluded.paused, updated_ts_ms = excluded.updated_ts_ms, body = excluded.body`,
  ),
});
