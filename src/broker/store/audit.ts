import { minus, plus } from "../engine/book/quantity.ts";
import type { Effect } from "../engine/effects.ts";
import type { Fill } from "../engine/fill.ts";
import type { WriteResult } from "../engine/facts.ts";
import { decode } from "./codec.ts";
import { Chain, type EventRow, type GapRow } from "./audit-chain.ts";
import type { RunRow, StoreReader } from "./reader.ts";
import { givenUpKinds } from "./retention.ts";

/** One thing that is not as it must be. */
export interface Finding {
  /** A word in snake_case, for programs. */
  readonly rule:
    | "hash_chain"
    | "fill_without_intent"
    | "fill_without_order"
    | "fill_not_in_log"
    | "order_filled"
    | "write_answered_twice"
    | "write_without_outcome"
    | "sent_twice"
    | "position";
  readonly message: string;
}

/** What an audit looked at, and what it found. */
export interface Audit {
  readonly runId: string;
  readonly instances: number;
  readonly events: number;
  readonly fills: number;
  /** Orders, amends and cancels that were sent. */
  readonly writes: number;
  readonly findings: readonly Finding[];
}

interface FillRow {
  readonly fill_id: string;
  readonly qty: number;
  readonly price: number;
  readonly fee: number;
  readonly side: string;
  readonly body: string;
}

/** What is less is the arithmetic's. */
const smallest = 1e-9;

/** After these a write left nothing at the venue, so the same order may be sent again. */
const leavesNothing: ReadonlySet<WriteResult["kind"]> = new Set(["not_sent", "rate_limited", "skipped"]);

/**
 * Proves from the log of a logical run, all of its instances, that
 * - nobody has changed, added or taken away a line (each is chained to the one before),
 * - every fill belongs to one intent and to one order that was sent, and is what the log says,
 * - every write had one outcome: an answer, or a restart that had it verified,
 * - no order was sent again unless the attempt before provably left nothing,
 * - no order has filled more than its fills add up to,
 * - the position is what the fills add up to, and what is held.
 */
export function auditRun(reader: StoreReader, runId: string): Audit {
  const findings: Finding[] = [];
  const instances = reader.all<RunRow>("SELECT * FROM runs WHERE run_id = ? ORDER BY run_instance_id", runId);
  const writes = new Writes(findings);
  let events = 0;
  let isGivenUp = false;
  /** What the log says of each fill. */
  const told = new Map<string, string>();
  let isPurged = false;
  for (const run of instances) {
    const chain = new Chain(run, (message) => findings.push({ rule: "hash_chain", message }));
    const gaps = reader.all<GapRow>(
      "SELECT first_seq, last_seq, prev_hash, hash FROM event_gaps WHERE run_instance_id = ? ORDER BY first_seq",
      run.run_instance_id,
    );
    isPurged ||= gaps.length > 0;
    const lines = reader.db.query<EventRow, [number]>(
      "SELECT * FROM events WHERE run_instance_id = ? ORDER BY seq",
    );
    for (const line of lines.iterate(run.run_instance_id)) {
      while (gaps.length > 0 && gaps[0]!.first_seq < line.seq) {
        chain.leap(gaps.shift()!);
        writes.leap();
      }
      chain.take(line);
      writes.take(line);
      if (line.kind === "fill") told.set(decode<Fill>(line.payload).fillId, line.payload);
      isGivenUp ||= givenUpKinds.includes(line.kind);
      events++;
    }
    for (const gap of gaps) {
      chain.leap(gap);
      writes.leap();
    }
    chain.end();
  }
  writes.end(
    new Set(
      reader
        .all<{ effect_id: number }>("SELECT effect_id FROM outbox WHERE run_id = ?", runId)
        .map((row) => row.effect_id),
    ),
    instances.at(-1)?.ended_ts_ms === null,
  );
  const rows = reader.all<FillRow>(
    "SELECT fill_id, qty, price, fee, side, body FROM fills WHERE run_id = ? ORDER BY number",
    runId,
  );
  const fills = rows.map(({ body }) => decode<Fill>(body));
  checkRows(rows, told, isPurged, findings);
  checkFills(reader, runId, fills, findings);
  checkOrders(reader, runId, fills, findings);
  checkLots(reader, runId, findings);
  if (!isGivenUp) checkPosition(reader, runId, fills, findings);
  return {
    runId,
    instances: instances.length,
    events,
    fills: fills.length,
    writes: writes.count,
    findings,
  };
}

/** A write that was sent. */
interface SentWrite {
  readonly name: string;
  /** The same for two attempts that would send the same order. */
  readonly identity: string | undefined;
  answer: WriteResult["kind"] | "restart" | undefined;
}

/** Follows every write from its sending to its outcome. */
class Writes {
  readonly #findings: Finding[];
  readonly #open = new Map<number, SentWrite>();
  readonly #answered = new Set<number>();
  readonly #sent = new Map<string, SentWrite>();
  count = 0;

  constructor(findings: Finding[]) {
    this.#findings = findings;
  }

  take({ kind, payload, seq }: EventRow): void {
    if (kind.startsWith("effect_") && !kind.startsWith("effect_read_") && kind !== "effect_unanswered")
      this.#send(decode<Effect>(payload), seq);
    else if (kind === "fact_written") this.#answer(decode<{ effect: number; result: WriteResult }>(payload));
    else if (kind === "fact_started") this.#restart();
  }

  /** Lines are missing here that were too old: what became of earlier writes may have been among them. */
  leap(): void {
    this.#open.clear();
    this.#sent.clear();
  }

  end(outbox: ReadonlySet<number>, isLive: boolean): void {
    for (const [id, { name }] of this.#open)
      if (!outbox.has(id) && !isLive)
        this.#findings.push({
          rule: "write_without_outcome",
          message: `${name} has neither an answer nor a place in the outbox`,
        });
  }

  #send(effect: Effect, seq: number): void {
    this.count++;
    const write: SentWrite = {
      name: `write ${effect.id} (${effect.kind}, line ${seq})`,
      identity: identityOf(effect),
      answer: undefined,
    };
    this.#open.set(effect.id, write);
    if (write.identity === undefined) return;
    const before = this.#sent.get(write.identity);
    if (
      before !== undefined &&
      !(before.answer !== undefined && leavesNothing.has(before.answer as "not_sent"))
    )
      this.#findings.push({
        rule: "sent_twice",
        message: `${write.name} sends again what ${before.name} has sent, which ended as ${before.answer ?? "unknown"}`,
      });
    this.#sent.set(write.identity, write);
  }

  #answer({ effect, result }: { effect: number; result: WriteResult }): void {
    const write = this.#open.get(effect);
    if (write === undefined) {
      if (this.#answered.has(effect))
        this.#findings.push({ rule: "write_answered_twice", message: `write ${effect} has two answers` });
      return;
    }
    write.answer = result.kind;
    this.#open.delete(effect);
    this.#answered.add(effect);
  }

  /** Writes without an answer are verified by their ids from here on. */
  #restart(): void {
    for (const write of this.#open.values()) write.answer = "restart";
    this.#open.clear();
  }
}

/** Orders are the same when their ids are: one intent, one bar, one attempt. Other writes may be repeated. */
function identityOf(effect: Effect): string | undefined {
  if (effect.kind === "close_leg") return `leg ${effect.clientOrderId}`;
  if (effect.kind !== "place" && effect.kind !== "place_leg") return undefined;
  const { intent, barTimeMs, retrySeq } = effect.envelope;
  const key = "intentKey" in effect ? `${effect.intentKey} ${effect.generation}` : intent.pineId;
  return `${effect.kind} ${key} ${barTimeMs} ${retrySeq}`;
}

/** A fill's row must say what its line in the log says, and every line must have its row. */
function checkRows(
  rows: readonly FillRow[],
  told: ReadonlyMap<string, string>,
  isPurged: boolean,
  findings: Finding[],
): void {
  const known = new Set(rows.map(({ fill_id }) => fill_id));
  for (const { fill_id: id, body, qty, price, fee, side } of rows) {
    const line = told.get(id);
    const fill = decode<Fill>(body);
    const isSame = fill.qty === qty && fill.price === price && fill.fee === fee && fill.side === side;
    if (line === undefined ? !isPurged : line !== body || !isSame)
      findings.push({
        rule: "fill_not_in_log",
        message: line === undefined ? `fill ${id} is not in the log` : `fill ${id} is not what the log says`,
      });
  }
  for (const id of told.keys())
    if (!known.has(id))
      findings.push({ rule: "fill_not_in_log", message: `fill ${id} of the log is not among the fills` });
}

function checkFills(reader: StoreReader, runId: string, fills: readonly Fill[], findings: Finding[]): void {
  const orders = new Set(
    reader
      .all<{ client_order_id: string }>(
        `SELECT client_order_id FROM orders JOIN runs USING (run_instance_id) WHERE run_id = ?`,
        runId,
      )
      .map((row) => row.client_order_id),
  );
  for (const { fillId, intentKey, clientOrderId } of fills) {
    if (intentKey === "")
      findings.push({ rule: "fill_without_intent", message: `fill ${fillId} belongs to no intent` });
    if (!orders.has(clientOrderId))
      findings.push({
        rule: "fill_without_order",
        message: `fill ${fillId} is of order ${clientOrderId}, which the books do not have`,
      });
  }
}

/** An order that was replaced may have filled more than it counts, none less. */
function checkOrders(reader: StoreReader, runId: string, fills: readonly Fill[], findings: Finding[]): void {
  const sums = new Map<string, number>();
  for (const { clientOrderId: id, qty } of fills) sums.set(id, plus(sums.get(id) ?? 0, qty));
  const rows = reader.all<{ id: string; filled: number }>(
    `SELECT client_order_id AS id, filled_qty AS filled FROM orders JOIN runs USING (run_instance_id)
     WHERE run_id = ? AND body IS NOT NULL AND filled_qty > 0`,
    runId,
  );
  for (const { id, filled } of rows) {
    const sum = sums.get(id) ?? 0;
    if (filled > sum + smallest)
      findings.push({
        rule: "order_filled",
        message: `order ${id} has filled ${filled}, its fills add up to ${sum}`,
      });
  }
}

function checkLots(reader: StoreReader, runId: string, findings: Finding[]): void {
  const position = positionOf(reader, runId);
  if (position === undefined) return;
  const lots = reader.all<{ side: string; qty: number }>(
    "SELECT side, qty FROM lots WHERE run_id = ?",
    runId,
  );
  const held = lots.reduce((sum, { side, qty }) => (side === "buy" ? plus(sum, qty) : minus(sum, qty)), 0);
  if (Math.abs(minus(held, position)) > smallest)
    findings.push({
      rule: "position",
      message: `the position is ${position}, what it is made of adds up to ${held}`,
    });
}

function positionOf(reader: StoreReader, runId: string): number | undefined {
  return reader.all<{ position: number }>("SELECT position FROM run_state WHERE run_id = ?", runId)[0]
    ?.position;
}

function checkPosition(
  reader: StoreReader,
  runId: string,
  fills: readonly Fill[],
  findings: Finding[],
): void {
  const position = positionOf(reader, runId);
  if (position === undefined) return;
  const sum = fills.reduce((size, { side, qty }) => (side === "buy" ? plus(size, qty) : minus(size, qty)), 0);
  // A fee that is taken in the coin itself leaves less than was filled, never more.
  const coins = fills.reduce((fees, { fee }) => plus(fees, Math.max(0, fee)), 0);
  const difference = Math.abs(minus(sum, position));
  if (difference > smallest && difference > coins + smallest)
    findings.push({
      rule: "position",
      message: `the position is ${position}, the fills add up to ${sum}`,
    });
}
