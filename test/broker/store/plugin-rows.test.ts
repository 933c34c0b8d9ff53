/** What a plugin finds out about a write in doubt, and whose the coins of a spot account are. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Database } from "bun:sqlite";

import type { EngineState, VerifyObligation } from "../../../src/broker/engine/state.ts";
import { AssetTakenError } from "../../../src/broker/store/errors.ts";
import { BrokerStore } from "../../../src/broker/store/store.ts";
import { ManualClock } from "../../plugins/fixtures.ts";
import { commit, Folder, order, rules, run } from "./fixtures.ts";

let folder: Folder;
beforeEach(() => {
  folder = new Folder();
});
afterEach(() => folder[Symbol.dispose]());

const doubt: VerifyObligation = {
  ...{
    id: "verify c1",
    kind: "verify",
    intentKey: "e\0L",
    clientOrderId: "c1",
    write: "new",
    predecessors: [],
  },
  ...{ sinceMs: 5, attempts: 0, nextMs: 9, deadlineMs: 99 },
};

describe("a resolution", () => {
  /** Books with a write in doubt; what the plugin says of it goes to `heard`. */
  function inDoubt(store: BrokerStore) {
    const books = store.openRun(run);
    const { state } = books.load(rules);
    const doubtful: EngineState = {
      ...state,
      orders: new Map([["c1", order]]),
      obligations: new Map([[doubt.id, doubt]]),
    };
    books.commit(commit(state, doubtful));
    const heard: string[] = [];
    books.onResolution = ({ clientOrderId, resolution }) => void heard.push(`${clientOrderId} ${resolution}`);
    return { books, heard, doubtful };
  }

  test("reaches the engine at once, and a process that ended in between does so at its next start", () => {
    {
      using store = BrokerStore.open(folder.path);
      const { books, heard } = inDoubt(store);
      books.recordResolution("c1", "attached");
      expect(heard).toEqual(["c1 attached"]);
    }
    using store = BrokerStore.open(folder.path);
    const books = store.openRun(run);
    expect(books.resolutions()).toEqual([{ clientOrderId: "c1", resolution: "attached" }]);
  });

  test("that the engine has acted on is not told again", () => {
    using store = BrokerStore.open(folder.path);
    const { books, doubtful } = inDoubt(store);
    books.recordResolution("c1", "attached");
    const attached = { ...doubt, isAttached: true as const };
    const known: EngineState = { ...doubtful, obligations: new Map([[doubt.id, attached]]) };
    books.commit(commit(doubtful, known));
    expect(books.resolutions()).toEqual([]);
    books.recordResolution("c1", "rejected");
    expect(books.resolutions()).toEqual([{ clientOrderId: "c1", resolution: "rejected" }]);
    books.commit(commit(known, { ...known, obligations: new Map() }));
    expect(books.resolutions()).toEqual([]);
  });

  test.each([
    [["attached", "rejected"], ["rejected"]],
    [["rejected", "attached"], ["rejected"]],
    [["attached", "attached"], ["attached"]],
  ] as const)("%p leaves %p", (told, left) => {
    using store = BrokerStore.open(folder.path);
    const { books } = inDoubt(store);
    for (const resolution of told) books.recordResolution("c1", resolution);
    expect(books.resolutions().map(({ resolution }) => resolution)).toEqual([...left]);
  });

  test("of an order that is not in doubt is kept nowhere", () => {
    using store = BrokerStore.open(folder.path);
    const { books } = inDoubt(store);
    books.recordResolution("c2", "rejected");
    expect(books.resolutions()).toEqual([]);
  });
});

describe("the coin of a spot account", () => {
  const pair = (text: string) => {
    const [baseAsset = "", quoteAsset = ""] = text.split("/");
    return { baseAsset, quoteAsset };
  };
  const described = (label: string, accountId = "spot-1") => ({ ...run, accountId, label });

  test.each([
    ["BTC/USDT", "BTC/USDT", "b trades the BTC"],
    ["BTC/USDT", "BTC/EUR", "b trades the BTC"],
    ["ETH/BTC", "BTC/USDT", "b pays with the BTC"],
    ["BTC/USDT", "ETH/BTC", "b trades the BTC"],
    ["BTC/USDT", "ETH/USDT", undefined],
  ])("%s: another run may not trade %s", (first, second, refusal) => {
    using store = BrokerStore.open(folder.path);
    store.openRun(described("b")).claimAsset(pair(first));
    using other = BrokerStore.open(folder.path);
    const books = other.openRun(described("a"));
    const claim = () => books.claimAsset(pair(second));
    if (refusal === undefined) return expect(claim).not.toThrow();
    expect(claim).toThrow(AssetTakenError);
    expect(claim).toThrow(refusal);
  });

  test("of another account is another coin", () => {
    using store = BrokerStore.open(folder.path);
    store.openRun(described("a")).claimAsset(pair("BTC/USDT"));
    const books = store.openRun(described("b", "spot-2"));
    expect(() => books.claimAsset(pair("BTC/USDT"))).not.toThrow();
  });

  test("is free when its run has ended, and the same run's after a restart", () => {
    using store = BrokerStore.open(folder.path);
    const first = store.openRun(described("a"));
    first.claimAsset(pair("BTC/USDT"));
    first.close();
    const second = store.openRun(described("b"));
    second.claimAsset(pair("BTC/USDT"));
    second.close();
    store.openRun(described("a")).claimAsset(pair("BTC/USDT"));
    using other = BrokerStore.open(folder.path);
    expect(() => other.openRun(described("b")).claimAsset(pair("BTC/USDT"))).toThrow(AssetTakenError);
  });

  test("that is gone is told with the next sign of life", async () => {
    const clock = new ManualClock(1_000_000);
    using store = BrokerStore.open(folder.path, clock);
    const books = store.openRun(described("a"));
    books.claimAsset(pair("BTC/USDT"));
    await clock.advance(60_000);
    expect(books.heartbeat()).toBeUndefined();
    using db = new Database(folder.path);
    db.run("DELETE FROM spot_asset_owner");
    await clock.advance(60_000);
    expect(books.heartbeat()).toBe("the coin that this run trades was taken from it");
  });
});
