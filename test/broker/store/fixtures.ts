/** A run, an order and a fill of it, and a step that writes them. */
import { tmpdir } from "node:os";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { EngineState, OrderRecord } from "../../../src/broker/engine/state.ts";
import type { Commit } from "../../../src/broker/store/commit.ts";
import { rulesOf } from "../engine/notation.ts";

export const run = {
  strategyId: "ma",
  accountId: "paper-1",
  symbol: "BTCUSDT",
  timeframe: "60",
  label: null,
  scriptPath: "/scripts/ma.pine",
  pluginName: "paper",
};
export const rules = rulesOf();
export const fill = {
  fillId: "f1",
  clientOrderId: "c1",
  exchangeOrderId: "x1",
  intentKey: "e\0L",
  legType: "entry" as const,
  pineId: "L",
  fromEntry: null,
  side: "buy" as const,
  qty: 1,
  price: 100,
  fee: 0,
  feeCurrency: "USD",
  timeMs: 5,
};
export const order: OrderRecord = {
  clientOrderId: "c1",
  idKind: "e",
  legType: "entry",
  intentKey: "e\0L",
  generation: 3,
  pineId: "L",
  fromEntry: null,
  exchangeId: null,
  side: "buy",
  qty: 1,
  filledQty: 0,
  limit: 99,
  stop: null,
  status: "pending",
  isCancelExpected: false,
  createdMs: 1,
  updatedMs: 1,
};

export const commit = (
  before: EngineState,
  after: EngineState,
  fills: readonly (typeof fill)[] = [],
  nowMs = 1_000,
): Commit => ({
  fact: { kind: "clock", nowMs },
  journal: [],
  fills,
  before,
  after,
  durable: true,
});

/** A folder for a file of books. */
export class Folder implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "pyne-books-"));
  readonly path = join(this.folder, "broker.sqlite");

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
