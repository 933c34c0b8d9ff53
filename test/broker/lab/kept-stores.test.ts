/** Stores that are emptied and kept open for many stories: what happens on them is what happens on new ones. */
import { expect, test } from "bun:test";
import { Database } from "bun:sqlite";

import type { Clock } from "../../../src/kernel/clock.ts";
import type { DiskStore } from "../../../src/broker/lab/disk-store.ts";
import { KeptStores } from "../../../src/broker/lab/kept-stores.ts";
import { referenceStage } from "../../../src/broker/lab/reference-stage.ts";
import { openStore } from "../../../src/broker/lab/stage-parts.ts";
import { play } from "../../../src/broker/lab/story.ts";
import { accountModes } from "../../../src/broker/lab/venue/model.ts";
import { walk } from "../../../src/broker/lab/walk.ts";

/** All rows that a story has left. */
function rowsOf(path: string): unknown {
  using db = new Database(path);
  const tables = db
    .query<{ name: string }, []>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> '_migrations'",
    )
    .all();
  return tables.map(({ name }) => [name, db.query(`SELECT * FROM "${name}"`).all()]);
}

test("the same stories leave the same rows", async () => {
  using kept = new KeptStores();
  let left: unknown;
  const watched = (open: (clock: Clock) => DiskStore) => (clock: Clock) => {
    const store = open(clock);
    const close = store.close.bind(store);
    store.close = () => {
      left = rowsOf(store.path);
      close();
    };
    return store;
  };
  const [anew, again] = [referenceStage(watched(openStore)), referenceStage(watched(kept.open))];
  for (const mode of accountModes)
    for (let seed = 1; seed <= 5; seed++) {
      const steps = walk(seed, mode);
      const wanted = [await play(steps, anew), left];
      expect([await play(steps, again), left]).toEqual(wanted);
    }
});

test("a process that has been left behind is found", () => {
  using kept = new KeptStores();
  const clock = { nowMs: () => 0 } as Clock;
  const identity = { strategyId: "s", accountId: "a", symbol: "S", timeframe: "1", label: null };
  const store = kept.open(clock);
  const books = store.openRun(identity, "lab");
  store.close();
  expect(() => kept.open(clock)).toThrow("a process of a story that is over still has the store open");
  books.drop();
});
