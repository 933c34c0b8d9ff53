import type { OrderChanges, RiskLevels, RunContext, StoredOrder } from "../../api/broker/store.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { HeldLock } from "../../config/file-lock.ts";
import type { EngineRules } from "../engine/state.ts";
import { decode, encode } from "./codec.ts";
import type { Commit } from "./commit.ts";
import type { Connection } from "./connection.ts";
import { RunEndedError } from "./errors.ts";
import { EventLog } from "./event-log.ts";
import { FillRows } from "./fill-rows.ts";
import { loadState, type StoredState } from "./load.ts";
import { endRun, type OpenedRun, type RunDescription } from "./open-run.ts";
import { Projections } from "./projections.ts";
import { linesOf } from "./step-lines.ts";

/** How often a run says that it is alive at most, ms. */
const heartbeatMs = 60_000;

/** A command of an operator that nobody has taken yet. */
export interface WaitingCommand {
  readonly id: number;
  readonly command: "pause" | "resume" | "flatten" | "stop";
}

/** The read behind `findByRef`. `?1`: the instance, `?2`: the kind of the alias, `?3`: the alias. */
export const findByRefQuery = `
  SELECT orders.* FROM order_refs JOIN orders
    ON orders.run_instance_id = order_refs.run_instance_id AND orders.client_order_id = order_refs.client_order_id
  WHERE order_refs.run_instance_id = ?1 AND ref_type = ?2 AND ref_value = ?3`;

interface OrderRow {
  client_order_id: string;
  pine_entry_id: string | null;
  from_entry: string | null;
  exchange_order_id: string | null;
  state: string;
  extras: string;
}

/**
 * The books of one run that trades: what the engine commits, and what the plugin keeps. Every call is a transaction of
 * its own unless `transaction` holds several together; each has returned only when it is there to stay.
 *
 * @throws RunEndedError from every write once a later process has taken the run over
 */
export class RunBooks implements RunContext {
  readonly runId: string;
  readonly runInstanceId: string;
  /** Four characters that name the run in client order ids. */
  readonly runTag: string;
  /** Tags under which orders of the same run were sent before. */
  readonly priorTags: readonly string[];
  /** Orders of earlier processes that are now this one's. */
  readonly adopted: number;
  readonly #instance: number;
  readonly #pluginName: string;
  readonly #symbol: string;
  readonly #connection: Connection;
  readonly #log: EventLog;
  readonly #projections: Projections;
  readonly #fills: FillRows;
  readonly #lock: HeldLock;
  readonly #clock: Clock;
  readonly #statements;
  #lastGeneration = 0;
  #heartbeatMs: number;
  /** What `PRAGMA data_version` said when commands were looked for last: it changes when another process has written. */
  #dataVersion = -1;
  #isClosed = false;

  constructor(connection: Connection, run: RunDescription, opened: OpenedRun, lock: HeldLock, clock: Clock) {
    const { db } = connection;
    this.runId = opened.runId;
    this.runInstanceId = String(opened.runInstanceId);
    this.runTag = opened.tag;
    this.priorTags = opened.priorTags;
    this.adopted = opened.adopted;
    this.#instance = opened.runInstanceId;
    this.#pluginName = run.pluginName;
    this.#symbol = run.symbol;
    this.#connection = connection;
    this.#log = new EventLog(db);
    const owner = { ...opened, pluginName: run.pluginName, symbol: run.symbol, accountId: run.accountId };
    this.#projections = new Projections(db, owner);
    this.#fills = new FillRows(db, owner);
    this.#lock = lock;
    this.#clock = clock;
    this.#heartbeatMs = clock.nowMs();
    this.#statements = {
      dataVersion: db.prepare<{ data_version: number }, []>("PRAGMA data_version"),
      waiting: db.prepare<WaitingCommand, [number]>(
        "SELECT id, command FROM commands WHERE run_instance_id = ? AND taken_ts_ms IS NULL ORDER BY id",
      ),
      take: db.prepare("UPDATE commands SET taken_ts_ms = ? WHERE id = ?"),
      finish: db.prepare("UPDATE commands SET finished_ts_ms = ?, result = ? WHERE id = ?"),
      heartbeat: db.prepare(
        "UPDATE runs SET last_heartbeat_ts_ms = ? WHERE run_instance_id = ? AND ended_ts_ms IS NULL",
      ),
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
    };
  }

  /** What earlier processes have left, under the rules of now. */
  load(rules: EngineRules): StoredState {
    const stored = loadState(
      this.#connection.db,
      { runId: this.runId, runInstanceId: this.#instance },
      this.#fills.all(),
      rules,
    );
    this.#projections.know(stored.lots);
    this.#lastGeneration = stored.lastGeneration;
    return stored;
  }

  /**
   * Writes a step of the engine: its facts, what it booked, and the records that changed, all or nothing.
   * @throws RunEndedError, DuplicateFillError, StoreBusyError, StoreUnusableError; then nothing of it may happen
   */
  commit(change: Commit): void {
    for (const { generation } of change.after.wanted?.values() ?? [])
      if (generation > this.#lastGeneration) this.#lastGeneration = generation;
    const undo = this.#projections.remember();
    try {
      this.#write(change.durable, () => {
        this.#log.append(this.#instance, linesOf(change));
        for (const fill of change.fills) this.#fills.book(fill);
        this.#projections.write(change.before, change.after, this.#lastGeneration);
      });
    } catch (error) {
      undo();
      throw error;
    }
  }

  /** Whether this run, in any of its lives, has booked an execution. One indexed read. */
  hasFill(fillId: string): boolean {
    return this.#fills.has(fillId);
  }

  /** Commands of operators that nobody has taken yet; they are taken now. Costs next to nothing when nobody has written. */
  takeCommands(): readonly WaitingCommand[] {
    const version = this.#statements.dataVersion.get()?.data_version ?? 0;
    if (version === this.#dataVersion) return [];
    this.#dataVersion = version;
    const waiting = this.#statements.waiting.all(this.#instance);
    if (waiting.length === 0) return waiting;
    this.#write(false, () => {
      for (const { id } of waiting) this.#statements.take.run(this.#nowMs, id);
    });
    return waiting;
  }

  /** What came of a command, for whoever waits for it. */
  finishCommand(id: number, result: string): void {
    this.#write(false, () => this.#statements.finish.run(this.#nowMs, result, id));
  }

  /** Says that the run is alive, at most once a minute. */
  heartbeat(): void {
    if (this.#nowMs - this.#heartbeatMs < heartbeatMs) return;
    this.#heartbeatMs = this.#nowMs;
    this.#write(false, () => this.#statements.heartbeat.run(this.#nowMs, this.#instance));
    this.#connection.checkpoint();
  }

  /** Several calls as one transaction; nothing of it stays when any of them fails. It must not wait for anything. */
  transaction<Result>(work: () => Result): Result {
    return this.#write(true, work);
  }

  addRef(clientOrderId: string, kind: string, ref: string): void {
    this.#write(true, () =>
      this.#statements.addRef.run(this.#instance, kind, ref, clientOrderId, this.#nowMs),
    );
  }

  findByRef(kind: string, ref: string): StoredOrder | null {
    const row = this.#statements.findByRef.get(this.#instance, kind, ref);
    return row === null ? null : storedOrder(row);
  }

  logEvent(
    kind: string,
    details: { readonly clientOrderId?: string; readonly payload?: Readonly<Record<string, unknown>> } = {},
  ): void {
    this.#write(true, () => this.#log.append(this.#instance, [{ kind, tsMs: this.#nowMs, ...details }]));
  }

  upsertOrder(clientOrderId: string, changes: OrderChanges): void {
    this.#write(true, () => {
      const { addOrder, changeOrder, findOrder } = this.#statements;
      addOrder.run(this.#instance, clientOrderId, this.#pluginName, this.#symbol, this.#nowMs, this.#nowMs);
      const order = { ...storedOrder(findOrder.get(this.#instance, clientOrderId)!), ...changes };
      changeOrder.run(
        order.pineId === "" ? null : order.pineId,
        order.fromEntry,
        order.exchangeId,
        order.state,
        encode(order.extras),
        this.#nowMs,
        this.#instance,
        clientOrderId,
      );
    });
  }

  setExchangeId(clientOrderId: string, exchangeId: string): void {
    this.upsertOrder(clientOrderId, { exchangeId });
  }

  setRisk(clientOrderId: string, { stopLoss, takeProfit, trailingOffset }: RiskLevels): void {
    this.#write(true, () =>
      this.#statements.setRisk.run(
        stopLoss === undefined ? 0 : 1,
        stopLoss ?? null,
        takeProfit === undefined ? 0 : 1,
        takeProfit ?? null,
        trailingOffset === undefined ? 0 : 1,
        trailingOffset ?? null,
        this.#nowMs,
        this.#instance,
        clientOrderId,
      ),
    );
  }

  /** Ends the run: its row says so, and another process may open it. @param reason a word for the row */
  close(reason = "ended"): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      this.#connection.transaction(true, () =>
        endRun(this.#connection.db, this.#log, this.#instance, this.#nowMs, reason, {
          kind: "run_ended",
          tsMs: this.#nowMs,
          payload: { reason },
        }),
      );
    } catch (error) {
      // Whoever took the run over has ended it already.
      if (!(error instanceof RunEndedError)) throw error;
    } finally {
      this.#lock.release();
    }
  }

  /** Lets go of the run as the end of the process would: its row stays as it is. */
  abandon(): void {
    this.#isClosed = true;
    this.#lock.release();
  }

  get #nowMs(): number {
    return Math.round(this.#clock.nowMs());
  }

  /** Every write makes sure that the run is still this process's. */
  #write<Result>(isDurable: boolean, work: () => Result): Result {
    return this.#connection.transaction(isDurable, () => {
      this.#log.append(this.#instance, []);
      return work();
    });
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
