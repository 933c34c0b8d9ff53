import type { Database } from "bun:sqlite";

import { secrets } from "../../kernel/secrets.ts";
import { encode } from "./codec.ts";
import { RunEndedError } from "./errors.ts";

/**
 * The event log of each run instance, chained: every row holds the hash of the one before it, and the run's own row
 * holds the newest. A row that was changed, taken out or put in shows.
 */

/** A line of the log. */
export interface EventLine {
  readonly kind: string;
  readonly tsMs: number;
  readonly clientOrderId?: string | null | undefined;
  readonly exchangeOrderId?: string | null | undefined;
  /** As it stands in columns. */
  readonly intentKey?: string | null | undefined;
  readonly payload?: unknown;
}

/** A row as its hash covers it. */
export interface HashedEvent {
  readonly seq: number;
  readonly ts_ms: number;
  readonly plugin_name: string;
  readonly kind: string;
  readonly client_order_id: string | null;
  readonly exchange_order_id: string | null;
  readonly intent_key: string | null;
  readonly payload: string;
}

/** Its columns, in the order in which they are hashed and stored. */
const columnsOf = (row: HashedEvent) =>
  [
    row.seq,
    row.ts_ms,
    row.plugin_name,
    row.kind,
    row.client_order_id,
    row.exchange_order_id,
    row.intent_key,
    row.payload,
  ] as const;

/** Hash of a row behind another: of the hash before it and of its columns as a JSON array, in lowercase hex. */
export function eventHash(previous: string, row: HashedEvent): string {
  const columns = JSON.stringify(columnsOf(row));
  return new Bun.CryptoHasher("sha256").update(previous).update(columns).digest("hex");
}

/** What the first row of a run's log is chained to: the run itself, so that a log cannot be hung onto another. */
export function firstHash(runInstanceId: number, runId: string, startedMs: number): string {
  const columns = JSON.stringify([runInstanceId, runId, startedMs]);
  return new Bun.CryptoHasher("sha256").update(columns).digest("hex");
}

/** Where a log ends. */
interface Head {
  event_seq: number;
  event_hash: string;
  plugin_name: string;
  ended_ts_ms: number | null;
}

/** Writes lines; within a transaction. */
export class EventLog {
  readonly #head;
  readonly #insert;
  readonly #advance;

  constructor(db: Database) {
    this.#head = db.prepare<Head, [number]>(
      "SELECT event_seq, event_hash, plugin_name, ended_ts_ms FROM runs WHERE run_instance_id = ?",
    );
    this.#insert = db.prepare<
      never,
      [
        number,
        number,
        number,
        string,
        string,
        string | null,
        string | null,
        string | null,
        string,
        string,
        string,
      ]
    >(
      `INSERT INTO events (run_instance_id, seq, ts_ms, plugin_name, kind, client_order_id, exchange_order_id,
         intent_key, payload, prev_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#advance = db.prepare<never, [number, string, number]>(
      "UPDATE runs SET event_seq = ?, event_hash = ? WHERE run_instance_id = ?",
    );
  }

  /**
   * Appends to the log of a run that has not ended. No lines at all only make sure of that.
   * @throws RunEndedError
   */
  append(runInstanceId: number, lines: readonly EventLine[]): void {
    const head = this.#head.get(runInstanceId);
    if (head === null) throw new RunEndedError(`the books know no run ${runInstanceId}`);
    if (head.ended_ts_ms !== null)
      throw new RunEndedError(
        `run ${runInstanceId} was ended at ${new Date(head.ended_ts_ms).toISOString()}; it may not write any more`,
        { hint: "another process may have taken over: see pyne broker runs" },
      );
    this.#write(runInstanceId, head, lines);
  }

  /** Appends to the log of a run that a later process found dead or has taken over. */
  appendFor(runInstanceId: number, lines: readonly EventLine[]): void {
    const head = this.#head.get(runInstanceId);
    if (head !== null) this.#write(runInstanceId, head, lines);
  }

  #write(runInstanceId: number, head: Head, lines: readonly EventLine[]): void {
    if (lines.length === 0) return;
    let { event_seq: seq, event_hash: hash } = head;
    for (const line of lines) {
      const row: HashedEvent = {
        seq: ++seq,
        ts_ms: Math.round(line.tsMs),
        plugin_name: head.plugin_name,
        kind: secrets.clean(line.kind),
        client_order_id: line.clientOrderId ?? null,
        exchange_order_id: line.exchangeOrderId ?? null,
        intent_key: line.intentKey ?? null,
        payload: line.payload === undefined ? "{}" : secrets.cleanJson(encode(line.payload)),
      };
      const previous = hash;
      hash = eventHash(previous, row);
      this.#insert.run(runInstanceId, ...columnsOf(row), previous, hash);
    }
    this.#advance.run(seq, hash, runInstanceId);
  }
}
