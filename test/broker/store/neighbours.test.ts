/** Who else trades a symbol on an account: live runs, and what those that have ended have left. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";

import type { EngineState } from "../../../src/broker/engine/state.ts";
import { BrokerStore } from "../../../src/broker/store/store.ts";
import { commit, Folder, order, rules, run } from "./fixtures.ts";

let folder: Folder;
beforeEach(() => void (folder = new Folder()));
afterEach(() => folder[Symbol.dispose]());

/** Another run that has had a process of its own, which has ended. */
function another(changes: Partial<typeof run>, left: Partial<EngineState> = {}): void {
  using store = BrokerStore.open(folder.path);
  const books = store.openRun({ ...run, strategyId: "other", ...changes });
  const { state } = books.load(rules);
  books.commit(commit(state, { ...state, nextEffect: 2, ...left }));
}

const position = { book: { size: 1, lots: [] } };

describe("a run shares its account", () => {
  test("with one that is live on the same symbol, from the moment that it is", () => {
    using mine = BrokerStore.open(folder.path);
    const books = mine.openRun(run);
    expect(books.isShared()).toBe(false);
    {
      using store = BrokerStore.open(folder.path);
      store.openRun({ ...run, label: "two" });
      expect(books.isShared()).toBe(true);
    }
    expect(books.isShared()).toBe(false);
  });

  test.each([
    ["that has ended with a position", {}, position, true],
    ["that has ended with an order at the venue", {}, { orders: new Map([["c1", order]]) }, true],
    [
      "that has ended and whose order is over",
      {},
      { orders: new Map([["c1", { ...order, status: "cancelled" as const }]]) },
      false,
    ],
    ["that has ended and left nothing", {}, {}, false],
    ["of another account", { accountId: "paper-2" }, position, false],
    ["of another symbol", { symbol: "ETHUSDT" }, position, false],
    ["of another broker", { pluginName: "bybit" }, position, false],
    ["of the same run", { strategyId: run.strategyId }, position, false],
  ])("with one %s", (_, changes, left, isShared) => {
    another(changes, left);
    using store = BrokerStore.open(folder.path);
    expect(store.openRun(run).isShared()).toBe(isShared);
  });
});
