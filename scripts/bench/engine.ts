/** What the order engine costs: how long a wish takes to become an order, and how many facts it takes in a second. */
import type { ExchangeOrder, OrderEvent } from "../../src/api/broker/orders.ts";
import { exchangeCapabilities } from "../../src/api/broker/capabilities.ts";
import type { EntryIntent } from "../../src/api/broker/intents.ts";
import { intentKey, type Wanted } from "../../src/broker/engine/desired.ts";
import type { Fact } from "../../src/broker/engine/facts.ts";
import { initialState } from "../../src/broker/engine/initial.ts";
import { reduce } from "../../src/broker/engine/reduce.ts";
import type { EngineRules, EngineState, OrderRecord } from "../../src/broker/engine/state.ts";
import { price, quantity, timestampSeconds } from "../../src/kernel/units.ts";

const rules: EngineRules = {
  runId: "bench@paper-1:BTCUSDT:1",
  runTag: "0abc",
  priorTags: [],
  symbol: "BTCUSDT",
  baseCurrency: null,
  mintick: 0.01,
  qtyStep: 0.001,
  pyramiding: 1000,
  closeEntriesRule: "FIFO",
  clientOrderIdMaxLen: 36,
  capabilities: exchangeCapabilities({
    amendOrder: "native",
    shortSelling: "native",
    tpSlBracket: "software",
  }),
  onUnexpectedCancel: "stop",
  onInventoryConflict: "quarantine",
  isHedging: false,
  isSpot: false,
  isDryRun: false,
  defensiveCloseGraceMs: 30_000,
};
const symbol = rules.symbol;

function entry(pineId: string, generation: number, limit: number | null): Wanted {
  const intent: EntryIntent = {
    kind: "entry",
    pineId,
    symbol,
    side: "buy",
    qty: quantity(1),
    orderType: limit === null ? "market" : "limit",
    ...(limit === null ? {} : { limit: price(limit) }),
    isStrategyOrder: false,
    stopFiredMarket: false,
    skipFlip: false,
  };
  return { key: intentKey(intent), generation, intent };
}

/** An engine that is told things. */
class Told {
  state: EngineState = initialState(rules);
  facts = 0;
  nowMs = 60_000;

  constructor() {
    this.give({ kind: "started", nowMs: this.nowMs, openOrders: [], position: null });
    this.give({ kind: "stream", nowMs: this.nowMs, isAlive: true });
  }

  give(fact: Fact): void {
    this.facts++;
    this.state = reduce(this.state, fact).state;
  }

  evaluated(bar: number, wanted: readonly Wanted[], nowMs = ++this.nowMs): void {
    this.give({ kind: "evaluated", nowMs, barTimeMs: bar * 60_000, price: 100, wanted });
  }

  /** Everything in the outbox is taken. */
  accept(): void {
    for (const effect of this.state.outbox.values()) {
      if (effect.kind !== "place") continue;
      const orders = [...this.state.orders.values()].filter(
        (order) => order.intentKey === effect.intentKey && order.generation === effect.generation,
      );
      this.give({
        kind: "written",
        nowMs: ++this.nowMs,
        effect: effect.id,
        result: { kind: "accepted", orders: orders.map((order) => reported(order, 0)) },
      });
    }
  }

  fill(order: OrderRecord): void {
    const event: OrderEvent = {
      order: reported(order, order.qty),
      timestamp: timestampSeconds(this.nowMs / 1000),
      eventType: "filled",
      fillPrice: price(100),
      fillQty: order.qty,
      fillId: `f${this.facts}`,
      fee: 0,
      feeCurrency: "USDT",
      pineId: order.pineId,
      legType: order.legType,
      fromDisappearanceTracker: false,
    };
    this.give({ kind: "venue", nowMs: ++this.nowMs, event });
  }
}

function reported(order: OrderRecord, filledQty: number): ExchangeOrder {
  return {
    id: `v-${order.clientOrderId}`,
    symbol,
    side: order.side,
    orderType: "limit",
    qty: quantity(order.qty),
    filledQty,
    remainingQty: order.qty - filledQty,
    status: filledQty > 0 ? "filled" : "open",
    timestamp: timestampSeconds(1),
    fee: 0,
    feeCurrency: "USDT",
    reduceOnly: false,
    clientOrderId: order.clientOrderId,
  };
}

/** Median and 99th percentile of single calls, µs. */
function times(prepare: () => () => void, runs = 5_000): string {
  const all = new Float64Array(runs);
  for (let run = -1_000; run < runs; run++) {
    const work = prepare();
    const started = Bun.nanoseconds();
    work();
    if (run >= 0) all[run] = (Bun.nanoseconds() - started) / 1_000;
  }
  all.sort();
  const at = (part: number): string => (all[Math.floor(runs * part)] ?? Number.NaN).toFixed(1).padStart(7);
  return `${at(0.5)} µs, 99 of 100 within ${at(0.99)} µs`;
}

/** Prints times of single facts, and facts per second over whole lives of orders. */
export function bench(): void {
  for (const resting of [0, 100]) {
    const engine = new Told();
    const orders = Array.from({ length: resting }, (_, index) =>
      entry(`R${index}`, index + 1, 50 + index / 10),
    );
    engine.evaluated(1, orders);
    engine.accept();
    const start = engine.state;
    const wanted = [...orders, entry("L", 1_000, null)];
    const fact: Fact = { kind: "evaluated", nowMs: engine.nowMs, barTimeMs: 120_000, price: 100, wanted };
    const beside = `beside ${String(resting).padStart(3)} resting orders`;
    console.log(
      `a market entry, from the script's wish to its order, ${beside}: ${times(() => () => reduce(start, fact))}`,
    );
    const same: Fact = { ...fact, wanted: orders };
    console.log(
      `an evaluation that changes nothing,                  ${beside}: ${times(() => () => reduce(start, same))}`,
    );
    const tick: Fact = { kind: "tick", nowMs: engine.nowMs, price: 101 };
    console.log(
      `a price,                                             ${beside}: ${times(() => () => reduce(start, tick))}`,
    );
  }
  const engine = new Told();
  const started = performance.now();
  for (let round = 1; round <= 20_000; round++) {
    const wanted = entry("L", round, round % 2 === 0 ? 99 : null);
    engine.evaluated(round, [wanted]);
    engine.accept();
    for (const order of [...engine.state.orders.values()]) if (order.status === "open") engine.fill(order);
    engine.evaluated(round, []);
    // A position of thousands of lots is nobody's.
    engine.state = { ...engine.state, book: { size: 0, lots: [] } };
  }
  const seconds = (performance.now() - started) / 1_000;
  console.log(
    `whole lives of orders (wish, answer, fill, wish): ${Math.round(engine.facts / seconds)} facts/s over ${engine.facts} facts`,
  );
}
