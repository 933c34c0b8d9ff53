/** History that is too old: what goes, what stays, and that the rest still proves itself. */
import { describe, expect, test } from "bun:test";
import { Database } from "bun:sqlite";

import type { EngineState, IntentRecord } from "../../../src/broker/engine/state.ts";
import { auditRun } from "../../../src/broker/store/audit.ts";
import { StoreReader } from "../../../src/broker/store/reader.ts";
import { purgeEveryMs, retentionMs } from "../../../src/broker/store/retention.ts";
import type { RunBooks } from "../../../src/broker/store/run-books.ts";
import { BrokerStore } from "../../../src/broker/store/store.ts";
import { ManualClock } from "../../plugins/fixtures.ts";
import { commit, fill, Folder, order, rules, run } from "./fixtures.ts";

const startMs = Date.UTC(2024, 0, 1);
const day = 86_400_000;
const runId = "ma@paper-1:BTCUSDT:60";

/** A store whose time stands until it is told to go on. */
class Years implements Disposable {
  readonly #folder = new Folder();
  readonly clock = new ManualClock(startMs);
  readonly store = BrokerStore.open(this.#folder.path, this.clock);

  all(query: string): unknown[] {
    using db = new Database(this.#folder.path, { readonly: true });
    return db
      .query<Record<string, unknown>, []>(query)
      .values()
      .map((row) => (row.length === 1 ? row[0] : row));
  }

  run(query: string): void {
    using db = new Database(this.#folder.path);
    db.run(query);
  }

  /** Numbers of the lines that are there. */
  lines(instance = 1): unknown[] {
    return this.all(`SELECT seq FROM events WHERE run_instance_id = ${instance} ORDER BY seq`);
  }

  /** Ranges of lines that are gone. */
  gaps(instance = 1): unknown[] {
    return this.all(
      `SELECT first_seq || '-' || last_seq FROM event_gaps WHERE run_instance_id = ${instance} ORDER BY first_seq`,
    );
  }

  findings(): string[] {
    using reader = new StoreReader(this.#folder.path);
    return auditRun(reader, runId).findings.map(({ message }) => message);
  }

  /** As many heartbeats as it takes for a look to find nothing. */
  async later(books: RunBooks, ms: number): Promise<void> {
    await this.clock.advance(ms);
    for (let beat = 0; beat < 4; beat++) {
      books.heartbeat();
      await this.clock.advance(60_000);
    }
  }

  [Symbol.dispose](): void {
    this.store.close();
    this.#folder[Symbol.dispose]();
  }
}

const log = (books: RunBooks, ...lines: (string | undefined)[]): void => {
  for (const clientOrderId of lines)
    books.logEvent("note", clientOrderId === undefined ? {} : { clientOrderId });
};

describe("history", () => {
  test("stays for half a year; then its lines go, and a range says which they were", async () => {
    using years = new Years();
    const books = years.store.openRun(run);
    log(books, undefined, undefined);
    await years.later(books, retentionMs - day);
    expect(years.lines()).toEqual([1, 2, 3]);
    log(books, undefined);
    await years.later(books, day);
    // The line that says what went is of today.
    expect([years.gaps(), years.lines()]).toEqual([["1-3"], [4, 5]]);
    expect(years.all("SELECT kind, payload FROM events WHERE seq = 5")).toEqual([
      ["history_purged", '{"events":3,"orders":0,"refs":0,"commands":0,"runs":0}'],
    ]);
    expect(years.findings()).toEqual([]);
  });

  test("of a clock that was set back goes by its times, and leaves a range for each stretch", async () => {
    using years = new Years();
    const books = years.store.openRun(run);
    years.clock.advance(10 * day);
    log(books, undefined, undefined);
    years.clock.advance(-9 * day);
    log(books, undefined);
    await years.later(books, retentionMs);
    expect(years.lines().slice(0, 2)).toEqual([2, 3]);
    expect(years.gaps()).toEqual(["1-1", "4-4"]);
    expect(years.findings()).toEqual([]);
    await years.later(books, 10 * day);
    expect(years.gaps().slice(0, 1)).toEqual(["1-4"]);
    expect(years.findings()).toEqual([]);
  });

  test("is looked at once a day", async () => {
    using years = new Years();
    const books = years.store.openRun(run);
    await years.later(books, retentionMs + day);
    expect(years.gaps()).toEqual(["1-1"]);
    years.run("UPDATE events SET ts_ms = 0");
    await years.later(books, purgeEveryMs - 10 * 60_000);
    expect(years.gaps()).toEqual(["1-1"]);
    await years.later(books, 10 * 60_000);
    expect(years.gaps()).not.toEqual(["1-1"]);
  });

  test("of an order that is alive, and of an intent that is on its way, stays however old", async () => {
    using years = new Years();
    const books = years.store.openRun(run);
    const { state } = books.load(rules);
    const intent = {
      key: "e\0Far",
      generation: 1,
      phase: "working",
      barTimeMs: 1,
      retrySeq: 0,
      filledQty: 0,
    };
    const alive: EngineState = {
      ...state,
      orders: new Map([["c1", order]]),
      intents: new Map([["e\0Far", { ...intent, sinceMs: 1 } as unknown as IntentRecord]]),
    };
    books.commit(commit(state, alive, [], startMs));
    log(books, "c1", "c2");
    years.run("UPDATE events SET intent_key = 'e|Far' WHERE seq = 2");
    log(books, undefined, "c1", undefined);
    await years.later(books, retentionMs + day);
    expect(years.gaps()).toEqual(["1-1", "4-5", "7-7"]);
    expect(years.lines()).toEqual([2, 3, 6, 8]);

    books.commit(commit(alive, state, [], years.clock.nowMs()));
    await years.later(books, day);
    // Ranges that touch become one.
    expect(years.gaps()).toEqual(["1-7"]);
  });

  test("of orders: those that filled stay with their executions, those that did not go with their aliases", async () => {
    using years = new Years();
    const books = years.store.openRun(run);
    const { state } = books.load(rules);
    const orders = ["c1", "c2", "c3"].map(
      (clientOrderId) =>
        [clientOrderId, { ...order, clientOrderId, filledQty: clientOrderId === "c1" ? 1 : 0 }] as const,
    );
    const { pineId: entryId, ...filled } = fill;
    const book = { ...state.book, size: 1, lots: [{ ...filled, entryId }] };
    const three: EngineState = { ...state, orders: new Map(orders), book };
    books.commit(commit(state, three, [fill], startMs));
    books.addRef("c2", "deal", "D-2");
    books.addRef("c3", "deal", "D-3");
    books.commit(commit(three, { ...three, orders: new Map([["c3", order]]) }, [], startMs));
    await years.later(books, retentionMs + day);
    expect(years.all("SELECT client_order_id FROM orders ORDER BY 1")).toEqual(["c1", "c3"]);
    expect(years.all("SELECT ref_value FROM order_refs")).toEqual(["D-3"]);
    expect(years.all("SELECT fill_id FROM fills")).toEqual(["f1"]);
    expect(years.findings()).toEqual([]);
  });

  test("of orders that only the plugin has written down goes half a year after its last word, restarts or not", async () => {
    using years = new Years();
    let books = years.store.openRun(run);
    books.upsertOrder("p1", { state: "confirmed" });
    books.upsertOrder("p2", { state: "confirmed" });
    await years.later(books, retentionMs / 2);
    books.upsertOrder("p2", { state: "closing" });
    books.close();
    books = years.store.openRun(run);
    await years.later(books, retentionMs / 2 + day);
    expect(years.all("SELECT client_order_id FROM orders")).toEqual(["p2"]);
    expect(years.findings()).toEqual([]);
  });

  test("of a run that ended and left nothing goes altogether; one with executions stays", async () => {
    using years = new Years();
    years.store.openRun({ ...run, label: "idle" }).close();
    const traded = years.store.openRun(run);
    const { state } = traded.load(rules);
    traded.commit(
      commit(state, { ...state, orders: new Map([["c1", { ...order, filledQty: 1 }]]) }, [fill], startMs),
    );
    traded.close();
    await years.clock.advance(retentionMs + day);
    const books = years.store.openRun({ ...run, label: "new" });
    await years.later(books, day);
    expect(years.all("SELECT run_instance_id FROM runs ORDER BY 1")).toEqual([2, 3]);
    expect(years.all("SELECT DISTINCT run_instance_id FROM event_gaps")).toEqual([2]);
  });

  test("is not needed for a start: what cannot be thrown away is thrown away later", async () => {
    using years = new Years();
    years.store.openRun(run).close();
    await years.clock.advance(retentionMs + day);
    years.run("CREATE TRIGGER no BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'no'); END");
    const books = years.store.openRun(run);
    expect(years.lines()).toEqual([1, 2]);
    years.run("DROP TRIGGER no");
    await years.later(books, 60_000);
    expect(years.lines()).toEqual([]);
  });
});

describe("a range of lines that are gone", () => {
  async function purged(): Promise<Years> {
    const years = new Years();
    const books = years.store.openRun(run);
    log(books, undefined, undefined);
    await years.clock.advance(retentionMs - day);
    log(books, undefined, undefined);
    await years.later(books, 2 * day);
    expect([years.gaps(), years.lines(), years.findings()]).toEqual([["1-3"], [4, 5, 6], []]);
    return years;
  }

  test.each([
    ["UPDATE event_gaps SET last_seq = 2, hash = 'x'", "lines are missing"],
    ["UPDATE event_gaps SET hash = 'x'", "line 4 (note, row 4) of instance 1 is not chained"],
    ["UPDATE event_gaps SET prev_hash = 'x'", "no gap that was left by retention"],
    ["DELETE FROM event_gaps", "line 4 (note, row 4) of instance 1 follows line 0"],
    ["DELETE FROM events WHERE seq = 4", "follows line 3: lines are missing"],
    [
      "UPDATE events SET payload = '{\"a\":1}' WHERE seq = 5",
      "line 5 (note, row 5) of instance 1 was changed",
    ],
    ["DELETE FROM events WHERE seq = 6", "ends at line 5; its run says 6"],
  ])("does not hide %p", async (harm, message) => {
    using years = await purged();
    years.run(harm);
    expect(years.findings().join("\n")).toContain(message);
  });
});
