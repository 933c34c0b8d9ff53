/** A run at a broker, from its start to its end: desk, engine, books and a venue that answers by hand. */
import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { strategy, type StrategyContext } from "pynecore";

import type { ExchangeOrder, OrderEvent } from "../../src/api/broker/orders.ts";
import { BrokerRun } from "../../src/broker/broker-run.ts";
import type { RunBooks } from "../../src/broker/store/run-books.ts";
import { BrokerStore } from "../../src/broker/store/store.ts";
import { barAt } from "../../src/kernel/bar.ts";
import { silentLogger } from "../../src/kernel/log.ts";
import { LiveRun } from "../../src/runtime/live-run.ts";
import { ManualClock, settle } from "../plugins/fixtures.ts";
import { symbol } from "../runtime/fixtures.ts";
import { barsOf, minute } from "../runtime/strategy/harness.ts";
import { capable } from "./engine/notation.ts";
import { orderOf, ScriptedPlugin } from "./scripted-plugin.ts";

const { signal: never } = new AbortController();

/** A process: the same script over the bars it has as history, then live. */
class Process {
  readonly plugin = new ScriptedPlugin();
  readonly clock = new ManualClock(Date.UTC(2024, 0, 2));
  readonly books: RunBooks;
  readonly run: BrokerRun;
  readonly live: LiveRun;
  readonly positions: number[] = [];
  #history: number;

  constructor(store: BrokerStore, body: (s: StrategyContext) => void, history: string) {
    const symInfo = symbol({ period: "1", mincontract: 0.01 });
    this.books = store.openRun({
      ...{ strategyId: "s", accountId: "a", symbol: "TEST", timeframe: "1", label: null },
      ...{ scriptPath: "s.ts", pluginName: "scripted" },
    });
    this.run = new BrokerRun({
      ...{
        plugin: this.plugin,
        books: this.books,
        symbol: "TEST",
        symInfo,
        timeframe: "1",
        capabilities: capable,
      },
      policies: {
        on_unexpected_cancel: "stop",
        on_inventory_conflict: "quarantine",
        on_oca_partial_fill: "cancel",
        failsafe_stop_percent: 0,
      },
      ...{ isDryRun: false, clock: this.clock, log: silentLogger, onLine() {}, onEnd() {} },
    });
    const script = strategy("s", {}, (s) => () => {
      this.positions.push(s.positionSize);
      body(s);
    });
    const columns = barsOf(history);
    this.#history = columns.length;
    this.live = new LiveRun(script, { history: columns, symInfo, timeframe: "1", desk: this.run.makeDesk });
  }

  /** Goes live; the venue answers with these orders and this position. */
  async start(openOrders: ExchangeOrder[] = [], size = 0): Promise<void> {
    await this.live.warmUp();
    const prepared = this.run.prepare(never);
    await settle();
    this.plugin.answer(openOrders);
    await settle();
    this.plugin.answer(size === 0 ? null : { symbol: "TEST", side: "long", size, entryPrice: 1 });
    await prepared;
    this.live.goLive();
    this.run.goLive(this.live.columns.openTimeMs[this.#history - 1]!);
    await settle();
  }

  /** @param isLate the bars come after the feed was lost, and more are to come */
  close(prices: string, isLate = false): void {
    const columns = barsOf(prices, { startMs: Date.UTC(2024, 0, 1) + this.#history * minute });
    for (let index = 0; index < columns.length; index++) {
      const bar = barAt(columns, index);
      this.run.beforeBar(bar.openTimeMs);
      this.run.hold(isLate);
      this.live.close(bar);
      this.run.afterClose(bar.openTimeMs);
    }
    this.#history += columns.length;
  }

  /** Everything that was written at the venue. */
  get sent(): string[] {
    return this.plugin.calls.flatMap(({ what, envelope }) => {
      const intent = envelope?.intent;
      if (intent === undefined || intent.kind === "cancel")
        return intent === undefined ? [] : [`cancel ${intent.pineId}`];
      const prices = intent.kind === "exit" ? ` tp ${intent.tpPrice} sl ${intent.slPrice}` : "";
      return [`${what} ${intent.pineId} ${intent.side} ${intent.qty}${prices}`];
    });
  }

  /** The last order is taken by the venue, and fills at a price and at the open of a bar. */
  async fill(price: number, bar: number): Promise<void> {
    const { envelope, answer } = this.plugin.calls.at(-1)!;
    const clientOrderId = envelope!.clientOrderId(envelope!.intent.kind === "entry" ? "e" : "c");
    const { side, qty } = envelope!.intent as unknown as ExchangeOrder;
    const order = orderOf({
      clientOrderId,
      side,
      qty,
      filledQty: qty,
      remainingQty: 0,
      status: "filled",
    } as never);
    const timestamp = (Date.UTC(2024, 0, 1) + bar * minute) / 1000;
    const filled = { eventType: "filled", fillPrice: price, fillQty: qty, fillId: `${clientOrderId} ${bar}` };
    this.plugin.push({ order, timestamp, ...filled, fee: 0, feeCurrency: "USD" } as unknown as OrderEvent);
    answer([order]);
    await settle();
  }

  /** The process is gone: nothing is said any more. */
  async stop(): Promise<void> {
    const stopped = this.run.stop(1);
    this.clock.advance(10_000);
    await stopped;
  }
}

const body = (s: StrategyContext): void => {
  if (s.barIndex !== 2) return;
  s.entry("L", "long", { qty: 1 });
  s.exit("X", { fromEntry: "L", profit: 1000, loss: 500 });
};

/** Two processes over one file: what the first one does, then the second as it begins. */
async function restarted(first: (process: Process) => Promise<void>, history = "100 100"): Promise<Restart> {
  const folder = mkdtempSync(join(tmpdir(), "pyne-run-"));
  const path = join(folder, "broker.sqlite");
  const before = BrokerStore.open(path);
  const process = new Process(before, body, "100 100");
  await process.start();
  await first(process);
  await process.stop();
  before.close();
  const store = BrokerStore.open(path);
  return {
    after: new Process(store, body, history),
    [Symbol.dispose]() {
      store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Restart extends Disposable {
  readonly after: Process;
}

const enter = async (process: Process): Promise<void> => {
  process.close("100");
  await process.fill(101, 3);
};

test("an exit in ticks is sent when its entry fills, not a bar later", async () => {
  using store = BrokerStore.open(":memory:");
  const process = new Process(store, body, "100 100");
  await process.start();
  process.close("100");
  expect(process.sent).toEqual(["entry L buy 1"]);
  await process.fill(101, 3);
  expect(process.sent).toEqual(["entry L buy 1", "exit X sell 1 tp 111 sl 96"]);
  await process.stop();
});

describe("what the plugin finds out about a bracket whose answer was lost", () => {
  /** A position, and its bracket in doubt: whether it is in force shows in no list of orders. */
  async function inDoubt(process: Process): Promise<string> {
    await enter(process);
    const { envelope, fail } = process.plugin.calls.at(-1)!;
    fail(new Error("timeout"));
    await settle();
    return envelope!.clientOrderId("t");
  }
  const exits = ({ sent }: Process): number => sent.filter((what) => what.startsWith("exit")).length;

  /** A bracket that was refused is tried once more, a moment later. */
  async function tried(process: Process): Promise<void> {
    process.close("102");
    for (let second = 0; second < 10; second++) {
      process.clock.advance(1_000);
      await settle();
    }
  }

  test.each([
    ["rejected", 2],
    ["attached", 1],
  ] as const)("%s: it has been sent %i times", async (resolution, times) => {
    using store = BrokerStore.open(":memory:");
    const process = new Process(store, body, "100 100");
    await process.start();
    const id = await inDoubt(process);
    process.close("102");
    expect(exits(process)).toBe(1);
    process.books.recordResolution(id, resolution);
    await tried(process);
    expect(exits(process)).toBe(times);
    await process.stop();
  });

  test("counts also when the process ended before the engine had heard of it", async () => {
    let id = "";
    using restart = await restarted(async (process) => {
      id = await inDoubt(process);
      process.books.onResolution = () => {};
      process.books.recordResolution(id, "rejected");
    }, "100 100 100 102");
    const { after } = restart;
    await after.start([], 1);
    await tried(after);
    expect(exits(after)).toBe(1);
    await after.stop();
  });
});

test("a bar of the past sends nothing by itself; the next one says what is wanted now", async () => {
  using store = BrokerStore.open(":memory:");
  const process = new Process(store, body, "100 100");
  await process.start();
  process.close("100", true);
  expect(process.sent).toEqual([]);
  process.close("100");
  expect(process.sent).toEqual(["entry L buy 1"]);
  await process.stop();
});

describe("a restart", () => {
  test("has the position at the bar that it came on, and sends nothing twice", async () => {
    using restart = await restarted(enter, "100 100 100 102");
    const { after } = restart;
    await after.start([], 1);
    expect(after.positions).toEqual([0, 0, 0, 1]);
    after.close("102");
    await settle();
    expect(after.sent.filter((what) => what.startsWith("entry"))).toEqual([]);
    await after.stop();
  });

  test("goes through a bar that was evaluated before, and is told again, as history", async () => {
    using restart = await restarted(enter);
    const { after } = restart;
    await after.start([], 1);
    after.close("100");
    expect(after.positions).toEqual([0, 0, 0]);
    expect(after.live.runner.desk?.positionSize).toBe(1);
    after.close("102");
    expect(after.positions).toEqual([0, 0, 0, 1]);
    expect(after.sent.filter((what) => what.startsWith("entry"))).toEqual([]);
    await after.stop();
  });

  test("that ends before such a bar has come has the position in its results, and sends nothing", async () => {
    using restart = await restarted(enter);
    const { after } = restart;
    await after.start([], 1);
    expect(after.live.runner.desk?.positionSize).toBe(0);
    await after.stop();
    expect(after.live.runner.desk?.positionSize).toBe(1);
    expect(after.sent).toEqual([]);
  });

  test("waits only so long for such a bar", async () => {
    using restart = await restarted(enter);
    const { after } = restart;
    await after.start([], 1);
    expect(after.live.runner.desk?.positionSize).toBe(0);
    after.clock.advance(15_000);
    await settle();
    expect(after.live.runner.desk?.positionSize).toBe(1);
    await after.stop();
  });
});
