import { keyText, type Wanted } from "../engine/desired.ts";
import { isOver } from "../engine/draft.ts";
import type { IntentRecord } from "../engine/state.ts";
import type { Commit } from "../store/commit.ts";
import { exitOf } from "./exit-asks.ts";
import { clean, type Execution, signOf } from "./venue/model.ts";
import { Violation } from "./violation.ts";

/** An order of the script under one of its numbers, seen from outside. */
export interface WishRecord {
  readonly name: string;
  readonly kind: Wanted["intent"]["kind"];
  /** An exit of all that its entry opens has no quantity of its own: it closes what there is. */
  isBounded: boolean;
  /** The most that was ever wanted of it. */
  wanted: number;
  /** What is wanted of it now, and since when, ms. */
  now: string;
  sinceMs: number;
  /** Contracts at the venue: of an entry those that opened, of everything else all. */
  filled: number;
}

/** What was superseded goes on with other values, and a naked position is closed until it is. */
const goesOn = ({ intent, end }: IntentRecord): boolean =>
  end === "superseded" ||
  (end !== "filled" && intent.kind === "close" && intent.syntheticKind === "defensive_close");

const isBounded = (intent: Wanted["intent"]): boolean => intent.kind !== "exit" || intent.isPartialQtyBracket;

/**
 * What the lab itself has seen of a run, through all of its processes: what the script wanted, what was committed,
 * what the venue has done. It believes neither the engine nor the store.
 */
export class Ledger {
  readonly runId: string;
  /** By key and number. */
  readonly wishes = new Map<string, WishRecord>();
  /** Which wish an order is for, by client order id; known before it is sent. */
  readonly orders = new Map<string, { readonly wish: string; readonly key: string }>();
  readonly booked = new Set<string>();
  readonly executions: Execution[] = [];
  /** Contracts that entries have opened: by their id, order by order. */
  readonly opened = new Map<string, Map<string, number>>();
  /** Contracts that exits have closed: by exit id and entry id. */
  readonly exited = new Map<string, number>();
  /** Keys whose orders somebody else has touched, or the venue has refused. */
  readonly meddled = new Set<string>();
  /** Contracts that are gone without a fill of ours. */
  offset = 0;
  /** Own executions, signed. */
  size = 0;
  /** The engine has noticed that the position was closed by hand. */
  isFlattened = false;
  /** Somebody else trades on the account as well, so that what reduces is not only ours. */
  isShared = false;
  /** Entries open positions beside those of the other side, and what closes them closes nothing else. */
  isSideBySide = false;
  /** How often the inventory of a spot account was measured anew, as far as it was seen. */
  epoch = 1;
  readonly #doneIntents = new Set<string>();
  readonly #doneOrders = new Set<string>();

  constructor(runId: string) {
    this.runId = runId;
  }

  /** What the script wants after an evaluation. @param nowMs by the engine's clock */
  want(wanted: Iterable<Wanted>, nowMs: number): void {
    for (const { key, generation, intent } of wanted) {
      const name = `${key}#${generation}`;
      const known = this.wishes.get(name);
      const now = `${intent.qty} ${intent.kind === "entry" ? intent.orderType : ""}`;
      if (known === undefined)
        this.wishes.set(name, {
          name: `${keyText(key)}#${generation}`,
          kind: intent.kind,
          isBounded: isBounded(intent),
          wanted: intent.qty,
          now,
          sinceMs: nowMs,
          filled: 0,
        });
      else {
        if (known.now !== now) known.sinceMs = nowMs;
        known.now = now;
        known.wanted = Math.max(known.wanted, intent.qty);
        known.isBounded &&= isBounded(intent);
      }
    }
  }

  /** An order of the script is new: another under its number was lost with its process, before it was in the books. */
  placed(key: string, generation: number, nowMs: number): void {
    const name = `${key}#${generation}`;
    const known = this.wishes.get(name);
    if (known === undefined) return;
    for (const { wish } of this.orders.values()) if (wish === name) return;
    known.sinceMs = nowMs;
  }

  /** A transaction is about to be written. @throws Violation */
  beforeCommit({ after, before, journal }: Commit): void {
    // What the venue shows alive was not over, whatever it had answered: it is taken back to be cancelled.
    for (const { event, clientOrderId: id } of journal)
      if (event === "order_alive" && id !== undefined) this.#doneOrders.delete(id);
    if (after.orders !== before.orders)
      for (const [id, order] of after.orders) {
        const isDone = isOver(order);
        if (this.#doneOrders.has(id) && !isDone)
          throw new Violation("terminal_stays", `order ${id} was over and is ${order.status} again`);
      }
    if (after.intents === before.intents) return;
    for (const record of after.intents.values()) {
      const name = `${record.key}#${record.generation}`;
      if (record.phase !== "done" && this.#doneIntents.has(name))
        throw new Violation(
          "terminal_stays",
          `${keyText(record.key)}#${record.generation} was done and is ${record.phase} again`,
        );
    }
  }

  /** A transaction is there to stay. @throws Violation */
  afterCommit({ after, fills }: Commit, ownerOf: (fillId: string) => string | null | undefined): void {
    for (const [id, order] of after.orders) {
      if (!this.orders.has(id))
        this.orders.set(id, { wish: `${order.intentKey}#${order.generation}`, key: order.intentKey });
      if (isOver(order)) this.#doneOrders.add(id);
    }
    for (const record of after.intents.values())
      if (record.phase === "done" && !goesOn(record))
        this.#doneIntents.add(`${record.key}#${record.generation}`);
    for (const { fillId } of fills) {
      const owner = ownerOf(fillId);
      if (owner === undefined)
        throw new Violation("fills_booked_once", `${fillId} is booked, and the venue knows of no such fill`);
      if (owner !== this.runId)
        throw new Violation("no_cross_run", `${this.runId} has booked ${fillId} of another`);
      if (this.booked.has(fillId))
        throw new Violation("fills_booked_once", `${fillId} is booked a second time`);
      this.booked.add(fillId);
    }
  }

  /** The venue has filled an order of this run. @throws Violation */
  execute(execution: Execution): void {
    const { clientOrderId, purpose, qty, side, fillId, baseFee } = execution;
    this.executions.push(execution);
    const before = clean(this.size + this.offset);
    const signed = signOf(side) * qty;
    const isBeside = this.isSideBySide && purpose.legType === "entry";
    const closes = before * signed < 0 && !isBeside ? Math.min(qty, Math.abs(before)) : 0;
    const opens = clean(qty - closes);
    this.size = clean(this.size + signed - baseFee);
    if (purpose.legType !== "entry" && opens > 0 && !this.isShared && !this.isSideBySide)
      throw new Violation(
        "exit_never_flips",
        `${fillId} of the ${purpose.legType} ${purpose.pineId} closes ${qty} of ${before}`,
      );
    const order = this.orders.get(clientOrderId);
    if (order === undefined) return;
    this.#tally(execution, order, opens);
    const wish = this.wishes.get(order.wish);
    if (wish === undefined) return;
    wish.filled = clean(wish.filled + (wish.kind === "entry" ? opens : qty));
    if (wish.isBounded && wish.filled > clean(wish.wanted + 1e-9) && !this.meddled.has(order.key))
      throw new Violation(
        "filled_once",
        `${wish.name}: ${wish.filled} have filled of the ${wish.wanted} that were wanted`,
      );
  }

  #tally(
    { purpose, qty }: Execution,
    { wish, key }: { readonly wish: string; readonly key: string },
    opens: number,
  ): void {
    const exit = exitOf(key);
    if (exit !== null) {
      const name = `${exit.exitId} ${exit.entryId}`;
      this.exited.set(name, clean((this.exited.get(name) ?? 0) + qty));
    }
    if (purpose.legType !== "entry") return;
    const orders = this.opened.get(purpose.pineId) ?? new Map<string, number>();
    // The order that completes an entry has its number.
    const number = wish.slice(wish.lastIndexOf("#"));
    orders.set(number, clean((orders.get(number) ?? 0) + opens));
    this.opened.set(purpose.pineId, orders);
  }

  /** Whether exits have left something of what an entry has opened. */
  isOpen(entryId: string): boolean {
    let left = 0;
    for (const qty of this.opened.get(entryId)?.values() ?? []) left = clean(left + qty);
    for (const [name, qty] of this.exited) if (name.endsWith(` ${entryId}`)) left = clean(left - qty);
    return left > 0;
  }
}
