/**
 * What it costs to trade: from the script's command to the entry of the plugin's method with the real books, against
 * what the machine takes for the same bytes over loopback; a restart with many orders.
 */
import { Database } from "bun:sqlite";
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { exchangeCapabilities, type ExchangeCapabilities } from "../../src/api/broker/capabilities.ts";
import type { CancelIntent, DispatchEnvelope, EntryIntent } from "../../src/api/broker/intents.ts";
import type { ExchangeOrder } from "../../src/api/broker/orders.ts";
import { BrokerPlugin } from "../../src/api/plugins/broker.ts";
import { strategy } from "../../src/api/script.ts";
import { BrokerRun } from "../../src/broker/broker-run.ts";
import { BrokerStore } from "../../src/broker/store/store.ts";
import { barAt } from "../../src/kernel/bar.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { silentLogger } from "../../src/kernel/log.ts";
import type { SymInfo } from "../../src/kernel/syminfo.ts";
import { LiveRun } from "../../src/runtime/live-run.ts";
import { syntheticColumns, syntheticSymbol } from "./synthetic.ts";

const orders = 3_000;

/** A venue in the same process that takes everything and fills nothing. */
class Quiet extends BrokerPlugin {
  static override timeframes = { "1": "1" };
  /** Called when an order has reached the plugin. */
  onEntry: (envelope: DispatchEnvelope<EntryIntent>) => void = () => {};
  resting = new Map<string, ExchangeOrder>();

  constructor() {
    super({ config: { symbol_map: {} } as never, name: "quiet", symbol: "TEST", timeframe: "1" });
  }

  override get accountId(): string {
    return "quiet-1";
  }

  executeEntry(envelope: DispatchEnvelope<EntryIntent>): Promise<ExchangeOrder[]> {
    this.onEntry(envelope);
    const clientOrderId = envelope.clientOrderId("e");
    const { side, qty, limit, symbol } = envelope.intent;
    const order = {
      ...{ id: clientOrderId, symbol, side, orderType: "limit", qty, filledQty: 0, remainingQty: qty },
      ...{
        price: limit,
        status: "open",
        timestamp: 0,
        fee: 0,
        feeCurrency: "",
        reduceOnly: false,
        clientOrderId,
      },
    } as unknown as ExchangeOrder;
    this.resting.set(clientOrderId, order);
    return Promise.resolve([order]);
  }

  override executeCancelWithOutcome(envelope: DispatchEnvelope<CancelIntent>): Promise<"cancel_confirmed"> {
    this.resting.delete(envelope.clientOrderId("e"));
    return Promise.resolve("cancel_confirmed");
  }

  override async *watchOrders(signal: AbortSignal): AsyncIterable<never> {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    yield* [];
  }

  executeExit = (): Promise<never> => Promise.reject(new Error("none"));
  executeClose = (): Promise<never> => Promise.reject(new Error("none"));
  executeCancel = (): Promise<boolean> => Promise.resolve(true);
  getOpenOrders = (): Promise<ExchangeOrder[]> => Promise.resolve([...this.resting.values()]);
  getPosition = (): Promise<null> => Promise.resolve(null);
  getBalance = (): Promise<Record<string, number>> => Promise.resolve({});
  getCapabilities = (): ExchangeCapabilities => capabilities;
  getAvailableSymbols = (): Promise<string[]> => Promise.resolve([]);
  getSymbolInfo = (): Promise<SymInfo> => Promise.reject(new Error("none"));
  async *download(): AsyncIterable<never[]> {}
  connect = (): Promise<void> => Promise.resolve();
  disconnect = (): Promise<void> => Promise.resolve();
  get isConnected(): boolean {
    return true;
  }
  watchOhlcv = (): Promise<never> => Promise.reject(new Error("none"));
}

const capabilities = exchangeCapabilities({
  ...{ watchOrders: "native", idempotency: "native", reduceOnly: "native", shortSelling: "native" },
  ...{ stopOrder: "native", fetchPosition: "native" },
});

function openRun(store: BrokerStore, plugin: Quiet): BrokerRun {
  const books = store.openRun({
    ...{ strategyId: "bench", accountId: plugin.accountId, symbol: "TEST", timeframe: "1", label: null },
    ...{ scriptPath: "bench.ts", pluginName: plugin.name },
  });
  return new BrokerRun({
    ...{ plugin, books, symbol: "TEST", symInfo: syntheticSymbol, timeframe: "1", capabilities },
    policies: {
      on_unexpected_cancel: "stop",
      on_inventory_conflict: "quarantine",
      on_oca_partial_fill: "cancel",
      failsafe_stop_percent: 0,
    },
    ...{ isDryRun: false, clock: systemClock, log: silentLogger },
    onLine() {},
    onEnd() {
      throw new Error("the run has ended");
    },
  });
}

/** Runs a script on bars at a quiet venue, and lets every write have its answer between two bars. */
async function trade(
  script: ReturnType<typeof strategy>,
  store: BrokerStore,
  plugin: Quiet,
  bars: number,
): Promise<void> {
  const columns = syntheticColumns(bars + 1);
  const run = openRun(store, plugin);
  const history = { ...columns, length: 1 };
  const live = new LiveRun(script, { history, symInfo: syntheticSymbol, timeframe: "1", desk: run.makeDesk });
  await live.warmUp();
  await run.prepare(new AbortController().signal);
  live.goLive();
  run.goLive(columns.openTimeMs[0]!);
  for (let index = 1; index <= bars; index++) {
    live.close(barAt(columns, index));
    while (!run.isIdle) await new Promise((resolve) => setImmediate(resolve));
  }
  await run.stop(1000);
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
const micros = (ms: number): string => `${(ms * 1000).toFixed(0).padStart(6)} µs`;

function report(what: string, times: number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  console.log(`${what.padEnd(58)} median ${micros(at(sorted, 0.5))}, 99 % ${micros(at(sorted, 0.99))}`);
}

/** From the script's command to the plugin, the books on the disk in between. */
async function signalToWire(path: string): Promise<number> {
  const plugin = new Quiet();
  let startedMs = 0;
  const times: number[] = [];
  let bytes = 0;
  plugin.onEntry = ({ intent }) => {
    times.push(performance.now() - startedMs);
    bytes = JSON.stringify(intent).length;
  };
  const script = strategy("wire", {}, (s) => () => {
    s.cancel(`L${s.barIndex - 1}`);
    startedMs = performance.now();
    s.entry(`L${s.barIndex}`, "long", { qty: 1, limit: s.close.now / 2 });
  });
  const store = BrokerStore.open(path);
  await trade(script, store, plugin, orders);
  store.close();
  report("script's command to plugin, flushed to the disk", times.slice(100));
  return bytes;
}

/** The same bytes from one socket to another, one way. */
async function loopback(bytes: number): Promise<void> {
  const times: number[] = [];
  let startedMs = 0;
  let received = (): void => {};
  const payload = new Uint8Array(bytes);
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data() {
        times.push(performance.now() - startedMs);
        received();
      },
    },
  });
  const socket = await Bun.connect({ hostname: "127.0.0.1", port: server.port, socket: { data() {} } });
  for (let index = 0; index < orders; index++) {
    const arrival = new Promise<void>((resolve) => (received = resolve));
    startedMs = performance.now();
    socket.write(payload);
    socket.flush();
    await arrival;
  }
  socket.end();
  server.stop(true);
  report(`${bytes} bytes over loopback, one way`, times.slice(100));
}

/** A page written to the end of a file and flushed: what no durable order can go below. */
function flush(path: string): void {
  const file = openSync(path, "w");
  const page = new Uint8Array(4096);
  const times: number[] = [];
  for (let index = 0; index < 1000; index++) {
    const startedMs = performance.now();
    writeSync(file, page);
    fsyncSync(file);
    times.push(performance.now() - startedMs);
  }
  closeSync(file);
  report("a page written and flushed", times.slice(100));
}

/** 100 orders rest, 100,000 are history; the process comes back. */
async function restart(path: string): Promise<void> {
  const script = strategy("many", {}, (s) => () => {
    if (s.barIndex === 1)
      for (let order = 0; order < 100; order++)
        s.entry(`L${order}`, "long", { qty: 1, limit: 1 + order / 100 });
  });
  const plugin = new Quiet();
  const store = BrokerStore.open(path);
  await trade(script, store, plugin, 1);
  store.close();
  fillHistory(path);
  const startedMs = performance.now();
  const again = BrokerStore.open(path);
  const run = openRun(again, plugin);
  const columns = syntheticColumns(3);
  const live = new LiveRun(script, {
    ...{ history: { ...columns, length: 1 }, symInfo: syntheticSymbol, timeframe: "1", desk: run.makeDesk },
  });
  await live.warmUp();
  await run.prepare(new AbortController().signal);
  live.goLive();
  run.goLive(columns.openTimeMs[0]!);
  const ms = performance.now() - startedMs;
  if (run.status.orders !== 100) throw new Error(`${run.status.orders} orders are known, not 100`);
  console.log(`start to reconciled, 100 orders open, 100,000 in the books: ${ms.toFixed(0)} ms`);
  await run.stop(1000);
  again.close();
}

/** Copies of an order of the books that are over, as years of trading leave them. */
function fillHistory(path: string): void {
  const db = new Database(path);
  const columns = db
    .query<{ name: string }, []>("PRAGMA table_info(orders)")
    .all()
    .map(({ name }) => name);
  const changed: Readonly<Record<string, string>> = {
    client_order_id: "'old-' || n.i",
    exchange_order_id: "'old-' || n.i",
    is_kept: "0",
    closed_ts_ms: "1",
  };
  const values = columns.map((name) => changed[name] ?? `one.${name}`);
  db.run(
    `INSERT INTO orders (${columns.join(", ")})
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
     SELECT ${values.join(", ")} FROM (SELECT * FROM orders LIMIT 1) AS one, n`,
  );
  db.close();
}

export async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pyne-bench-broker-"));
  try {
    const bytes = await signalToWire(join(folder, "wire.sqlite"));
    flush(join(folder, "page"));
    await loopback(bytes);
    await restart(join(folder, "restart.sqlite"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
