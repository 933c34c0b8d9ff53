/** A file becomes newer step by step: each whole or not at all. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { statSync } from "node:fs";

import { StoreUnusableError, StoreVersionError } from "../../../src/broker/store/errors.ts";
import { migrate } from "../../../src/broker/store/migrate.ts";
import { StoreReader } from "../../../src/broker/store/reader.ts";
import { liveRunsView, type Migration, migrations } from "../../../src/broker/store/schema.ts";
import { BrokerStore } from "../../../src/broker/store/store.ts";
import { Folder, run } from "./fixtures.ts";

let folder: Folder;
beforeEach(() => {
  folder = new Folder();
});
afterEach(() => folder[Symbol.dispose]());

const newest = migrations.at(-1)!.version;
const next = (sql: string): Migration[] => [
  ...migrations,
  { version: newest + 1, description: "one more column", sql },
];
const good = "ALTER TABLE runs ADD COLUMN mood TEXT; CREATE INDEX runs_mood ON runs (mood);";

/** Version of the head, versions in the table, and whether the new column is there. */
function stand(db: Database) {
  return {
    head: db.query<{ user_version: number }, []>("PRAGMA user_version").get()!.user_version,
    table: db.query("SELECT version FROM _migrations ORDER BY version").values().flat(),
    hasMood: db
      .query("PRAGMA table_info(runs)")
      .all()
      .some((column) => (column as { name: string }).name === "mood"),
  };
}

describe("a file", () => {
  test("of an older version keeps its rows and gets what is missing", () => {
    {
      using store = BrokerStore.open(folder.path);
      store.openRun(run).close();
    }
    using db = new Database(folder.path);
    migrate(db, next(good), 7);
    expect(stand(db)).toEqual({
      head: newest + 1,
      table: [...migrations.map(({ version }) => version), newest + 1],
      hasMood: true,
    });
    expect(db.query("SELECT run_id, mood FROM runs").values()).toEqual([["ma@paper-1:BTCUSDT:60", null]]);
    migrate(db, next(good), 8);
    expect(db.query(`SELECT applied_ts_ms FROM _migrations WHERE version = ${newest + 1}`).values()).toEqual([
      [7],
    ]);
  });

  test("stays as it was when a step fails in the middle, and takes it when it is mended", () => {
    BrokerStore.open(folder.path).close();
    using db = new Database(folder.path);
    const before = stand(db);
    expect(() =>
      migrate(db, next("ALTER TABLE runs ADD COLUMN mood TEXT; CREATE TABLE runs (x);"), 7),
    ).toThrow("runs");
    expect(stand(db)).toEqual(before);
    migrate(db, next(good), 7);
    expect(stand(db).hasMood).toBe(true);
  });

  test("of a newer version is not touched", () => {
    BrokerStore.open(folder.path).close();
    {
      using db = new Database(folder.path);
      migrate(db, next(good), 7);
    }
    const { mtimeMs } = statSync(folder.path);
    expect(() => BrokerStore.open(folder.path)).toThrow(StoreVersionError);
    expect(() => new StoreReader(folder.path)).toThrow(
      `is of version ${newest + 1}; this pyne reads ${newest}`,
    );
    expect(statSync(folder.path).mtimeMs).toBe(mtimeMs);
  });

  test("gets its view back, whatever became of it", () => {
    const view = (): unknown => {
      using db = new Database(folder.path, { readonly: true });
      return db.query("SELECT sql FROM sqlite_master WHERE name = 'live_runs'").values()[0]?.[0];
    };
    for (const harm of [
      undefined,
      "DROP VIEW live_runs",
      "DROP VIEW live_runs; CREATE VIEW live_runs AS SELECT 1",
    ]) {
      if (harm !== undefined) {
        using db = new Database(folder.path);
        db.run(harm);
      }
      BrokerStore.open(folder.path).close();
      expect(view()).toBe(liveRunsView);
    }
  });

  test("that is something else is left alone", async () => {
    await Bun.write(folder.path, "these are my notes, not a database at all".repeat(100));
    expect(() => BrokerStore.open(folder.path)).toThrow(StoreUnusableError);
    expect(await Bun.file(folder.path).text()).toStartWith("these are my notes");
  });
});
