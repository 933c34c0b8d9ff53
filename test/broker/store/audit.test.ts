/** What an audit of a run's books finds. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Effect } from "../../../src/broker/engine/effects.ts";
import type { Fact } from "../../../src/broker/engine/facts.ts";
import type { Fill } from "../../../src/broker/engine/fill.ts";
import { initialState } from "../../../src/broker/engine/initial.ts";
import type { EngineState, Lot } from "../../../src/broker/engine/state.ts";
import { auditRun } from "../../../src/broker/store/audit.ts";
import { StoreReader } from "../../../src/broker/store/reader.ts";
import { BrokerStore } from "../../../src/broker/store/store.ts";
import { rulesOf, wantedOf } from "../engine/notation.ts";

const run = {
  strategyId: "ma",
  accountId: "paper-1",
  symbol: "BTCUSDT",
  timeframe: "60",
  label: null,
  scriptPath: "/scripts/ma.pine",
  pluginName: "paper",
};
const runId = "ma@paper-1:BTCUSDT:60";
const intent = wantedOf("entry L buy 1")[0]!.intent;
const place = (id: number, retrySeq = 0): Effect => ({
  kind: "place",
  id,
  intentKey: "e\0L",
  generation: 1,
  envelope: { intent: intent as never, barTimeMs: 60_000, retrySeq },
});
const fill: Fill = {
  fillId: "f1",
  clientOrderId: "c1",
  exchangeOrderId: "x1",
  intentKey: "e\0L",
  legType: "entry",
  pineId: "L",
  fromEntry: null,
  side: "buy",
  qty: 1,
  price: 100,
  fee: 0,
  feeCurrency: "USD",
  timeMs: 5,
};

const { clientOrderId, fee, fillId, price, timeMs } = fill;
const lotOf = (qty: number): Lot => ({
  ...{ entryId: "L", side: "buy", qty, price, timeMs, fillId, clientOrderId, fee },
});

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pyne-audit-"));
  path = join(folder, "broker.sqlite");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Told {
  readonly fact?: Fact;
  readonly effects?: readonly Effect[];
  readonly fills?: readonly Fill[];
  /** Position afterwards. */
  readonly size?: number;
  readonly outbox?: "kept" | "empty";
}

/** Writes steps as an engine would have committed them. */
function write(...steps: readonly Told[]): void {
  using store = BrokerStore.open(path);
  const books = store.openRun(run);
  let { state } = books.load(rulesOf());
  books.upsertOrder("c1", { pineId: "L" });
  for (const { fact, effects = [], fills = [], size = state.book.size, outbox = "kept" } of steps) {
    const sent = new Map(effects.map((effect) => [effect.id, effect]));
    const after: EngineState = {
      ...state,
      book: { size, lots: size === 0 ? [] : [lotOf(size)] },
      outbox: outbox === "empty" ? new Map() : new Map([...state.outbox, ...sent]),
    };
    books.commit({
      fact: fact ?? { kind: "clock", nowMs: 1_000 },
      journal: [],
      fills,
      before: state,
      after,
      durable: true,
    });
    state = after;
  }
}

const answer = (effect: number, kind: "accepted" | "not_sent"): Fact => ({
  kind: "written",
  nowMs: 2_000,
  effect,
  result: kind === "accepted" ? { kind, orders: [] } : { kind, message: "down" },
});
const started: Fact = { kind: "started", nowMs: 3_000, openOrders: [], position: null };
const edit = (sql: string): void => {
  const db = new Database(path);
  db.run(sql);
  db.close();
};

const findings = (): string[] => {
  using reader = new StoreReader(path);
  return auditRun(reader, runId).findings.map(({ rule, message }) => `${rule}: ${message}`);
};

const whole: readonly Told[] = [
  { effects: [place(1)] },
  { fact: answer(1, "accepted"), fills: [fill], size: 1, outbox: "empty" },
];

describe("an audit", () => {
  test("finds nothing where nothing is wrong", () => {
    write(...whole);
    expect(findings()).toEqual([]);
    expect(initialState(rulesOf()).book.size).toBe(0);
  });

  test.each([
    [
      "a line that was edited",
      "UPDATE events SET payload = replace(payload, '100', '101') WHERE kind = 'fill'",
      [
        /^hash_chain: line \d+ \(fill, row \d+\) of instance 1 was changed$/,
        /^fill_not_in_log: fill f1 is not what the log says$/,
      ],
    ],
    [
      "a line that was taken away",
      "DELETE FROM events WHERE kind = 'fact_written'",
      [/^hash_chain: line \d+ \(fill, row \d+\) of instance 1 follows line \d+: lines are missing$/],
    ],
    [
      "the last line taken away",
      "DELETE FROM events WHERE kind = 'run_ended'",
      [/^hash_chain: the log of instance 1 ends at line \d+; its run says \d+/],
    ],
    [
      "a fill whose row was edited",
      "UPDATE fills SET price = 90",
      [/^fill_not_in_log: fill f1 is not what the log says$/],
    ],
    [
      "a fill that was taken away",
      "DELETE FROM fills",
      [/^fill_not_in_log: fill f1 of the log/, /^position: /],
    ],
    [
      "a position that was edited",
      "UPDATE run_state SET position = 3",
      [/^position: the position is 3, the fills add up to 1$/],
    ],
    [
      "what a position is made of, when it was edited",
      "UPDATE lots SET qty = 4",
      [/^position: the position is 1, what it is made of adds up to 4$/],
    ],
    [
      "a quantity of an order that was edited",
      "UPDATE orders SET filled_qty = 3, body = '{}'",
      [/^order_filled: order c1 has filled 3, its fills add up to 1$/],
    ],
    ["an order that was taken away", "DELETE FROM orders", [/^fill_without_order: fill f1 is of order c1/]],
  ] as const)("finds %s", (_name, sql, expected) => {
    write(...whole);
    edit(sql);
    const found = findings();
    for (const pattern of expected) expect(found).toContainEqual(expect.stringMatching(pattern));
  });

  test.each([
    ["after an attempt that left nothing", [{ fact: answer(1, "not_sent"), outbox: "empty" }], []],
    [
      "after an answer",
      [{ fact: answer(1, "accepted"), outbox: "empty" }],
      [/^sent_twice: write 2 .* sends again what write 1 .* ended as accepted$/],
    ],
    ["while the first is out", [], [/^sent_twice: .* ended as unknown$/]],
    ["after a restart", [{ fact: started, outbox: "empty" }], [/^sent_twice: .* ended as restart$/]],
  ] as const)("the same order sent again %s", (_name, between, expected) => {
    write(
      { effects: [place(1)] },
      ...between,
      { effects: [place(2)] },
      { fact: answer(2, "accepted"), outbox: "empty" },
    );
    const found = findings().filter((text) => text.startsWith("sent_twice"));
    expect(found).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(found[index]).toMatch(pattern);
  });

  test("a write that ends without an outcome", () => {
    write({ effects: [place(1)] }, { outbox: "empty" });
    expect(findings()).toEqual([
      expect.stringMatching(/^write_without_outcome: write 1 \(place, line \d+\) has neither/),
    ]);
  });
});
