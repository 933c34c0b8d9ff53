/** The books of runs: one file, many processes, nothing written twice and nothing half. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { chmodSync, statSync, truncateSync, writeFileSync } from "node:fs";

import { initialState } from "../../../src/broker/engine/initial.ts";
import type { EngineState, Lot } from "../../../src/broker/engine/state.ts";
import {
  DuplicateFillError,
  RunEndedError,
  RunIsLiveError,
  StoreUnusableError,
  StoreVersionError,
} from "../../../src/broker/store/errors.ts";
import { findByRefQuery } from "../../../src/broker/store/plugin-rows.ts";
import { StoreReader } from "../../../src/broker/store/reader.ts";
import { BrokerStore } from "../../../src/broker/store/store.ts";
import { commit, fill, Folder, order, rules, run } from "./fixtures.ts";

let folder: Folder;
let path: string;
beforeEach(() => {
  folder = new Folder();
  ({ path } = folder);
});
afterEach(() => folder[Symbol.dispose]());

const lot: Lot = {
  ...{ entryId: "L", side: "buy", qty: 1, price: 100, timeMs: 5, fillId: "f1", clientOrderId: "c1", fee: 0 },
};

test("a file without tables has nothing to read", () => {
  writeFileSync(path, "");
  expect(() => new StoreReader(path)).toThrow("nothing has been traded in this workdir");
});

describe("a run's books", () => {
  test("belong to their owner alone", () => {
    using store = BrokerStore.open(path);
    store.openRun(run);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("that others could read are their owner's again", () => {
    BrokerStore.open(path).close();
    chmodSync(path, 0o666);
    BrokerStore.open(path).close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  const edited = (sql: string) => (): void => {
    const db = new Database(path);
    db.run(sql);
    db.close(true);
  };
  test.each([
    ["cut off", () => truncateSync(path, 5000), StoreUnusableError],
    ["no database", () => writeFileSync(path, "hello world ".repeat(1000)), StoreUnusableError],
    ["without a table", edited("DROP TABLE fills"), StoreUnusableError],
    ["with an edited row", edited("UPDATE run_state SET body = 'x'"), StoreUnusableError],
    ["of a newer pyne", edited("PRAGMA user_version = 99"), StoreVersionError],
  ])("that are %s are refused by name", (_how, damage, failure) => {
    {
      using store = BrokerStore.open(path);
      const books = store.openRun(run);
      const before = books.load(rules).state;
      books.commit(commit(before, { ...before, price: 1 }, [fill]));
    }
    damage();
    const use = (): void => {
      using store = BrokerStore.open(path);
      store.openRun(run).load(rules);
    };
    expect(use).toThrow(failure);
    if (failure === StoreUnusableError) expect(use).toThrow(path);
    // What only looks does not stumble over an engine's own row.
    if (_how === "with an edited row") return;
    expect(() => {
      using reader = new StoreReader(path);
      reader.runs();
    }).toThrow(failure);
  });

  test("are open in one process", () => {
    using first = BrokerStore.open(path);
    first.openRun(run);
    using second = BrokerStore.open(path);
    expect(() => second.openRun(run)).toThrow(RunIsLiveError);
    expect(() => second.openRun({ ...run, label: "two" })).not.toThrow();
  });

  test("give back what was committed, in the next process", () => {
    const before = initialState(rules);
    const after: EngineState = {
      ...before,
      nextEffect: 7,
      price: 101.5,
      orders: new Map([["c1", order]]),
      latches: { ...before.latches, paused: true },
      book: { size: 0, lots: [], early: [lot], taken: [{ opened: lot, closed: lot }] },
    };
    {
      using store = BrokerStore.open(path);
      const books = store.openRun(run);
      books.load(rules);
      books.commit(commit(before, after, [fill]));
    }
    using store = BrokerStore.open(path);
    const books = store.openRun(run);
    const { state, fills } = books.load(rules);
    expect(books.adopted).toBe(1);
    expect(state.orders).toEqual(after.orders);
    expect(state.book).toEqual(after.book);
    expect([state.nextEffect, state.price, state.latches.paused]).toEqual([7, 101.5, true]);
    expect(Number.isNaN(state.barTimeMs)).toBe(true);
    expect(fills).toEqual([fill]);
    expect(books.hasFill("f1")).toBe(true);
    expect(books.hasFill("f2")).toBe(false);
  });

  test("book an execution once, and nothing of the step that brings it again", () => {
    using store = BrokerStore.open(path);
    const books = store.openRun(run);
    const { state } = books.load(rules);
    books.commit(commit(state, { ...state, nextEffect: 2 }, [fill]));
    expect(() => books.commit(commit(state, { ...state, nextEffect: 3 }, [fill]))).toThrow(
      DuplicateFillError,
    );
    expect(books.load(rules).state.nextEffect).toBe(2);
  });

  test("take nothing from a process that was declared dead", () => {
    using store = BrokerStore.open(path);
    const books = store.openRun(run);
    const other = new Database(path);
    other.run("UPDATE runs SET ended_ts_ms = 1");
    other.close();
    expect(() => books.logEvent("hello")).toThrow(RunEndedError);
  });
});

describe("what a plugin keeps", () => {
  test("an alias leads to its order by one indexed read", () => {
    using store = BrokerStore.open(path);
    const books = store.openRun(run);
    books.upsertOrder("c1", { pineId: "L", state: "confirmed", extras: { deal: 12 } });
    books.addRef("c1", "deal", "D-12");
    expect(books.findByRef("deal", "D-12")).toEqual({
      clientOrderId: "c1",
      pineId: "L",
      fromEntry: null,
      exchangeId: null,
      state: "confirmed",
      extras: { deal: 12 },
    });
    expect(books.findByRef("deal", "D-13")).toBeNull();
    const db = new Database(path);
    const plan = db
      .query<{ detail: string }, [number, string, string]>(`EXPLAIN QUERY PLAN ${findByRefQuery}`)
      .all(1, "deal", "D-12")
      .map(({ detail }) => detail);
    db.close();
    expect(plan).toEqual([
      "SEARCH orders USING INDEX sqlite_autoindex_orders_1 (run_instance_id=? AND client_order_id=?)",
      "SCALAR SUBQUERY 1",
      "SEARCH order_refs USING PRIMARY KEY (run_instance_id=? AND ref_type=? AND ref_value=?)",
    ]);
  });

  test("a part that fails takes the whole with it, even when somebody swallows it", () => {
    using store = BrokerStore.open(path);
    const books = store.openRun(run);
    expect(() =>
      books.transaction(() => {
        books.addRef("c1", "deal", "D-1");
        try {
          books.transaction(() => {
            throw new Error("no");
          });
        } catch {}
      }),
    ).toThrow("nothing of it was written");
    expect(books.findByRef("deal", "D-1")).toBeNull();
  });

  test("an operator's command reaches the run once", () => {
    using store = BrokerStore.open(path);
    const books = store.openRun(run);
    expect(books.takeCommands()).toEqual([]);
    const hand = new Database(path);
    hand.run(
      "INSERT INTO commands (run_id, run_instance_id, command, created_ts_ms) VALUES (?, ?, 'pause', 1)",
      [books.runId, Number(books.runInstanceId)],
    );
    const taken = books.takeCommands();
    expect(taken).toEqual([{ id: 1, command: "pause" }]);
    books.finishCommand(1, "paused");
    expect(books.takeCommands()).toEqual([]);
    expect(hand.query("SELECT result FROM commands").get()).toEqual({ result: "paused" });
    hand.close();
  });
});
