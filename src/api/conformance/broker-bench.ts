import type { CapabilityName, ExchangeCapabilities } from "../broker/capabilities.ts";
import type {
  CancelIntent,
  CloseIntent,
  DispatchEnvelope,
  EntryIntent,
  ExitIntent,
  Intent,
} from "../broker/intents.ts";
import type { ExchangeOrder, OrderEvent, Side } from "../broker/orders.ts";
import { BrokerPlugin } from "../plugins/broker.ts";
import { price, type Quantity, quantity, timestampMs } from "../../kernel/units.ts";
import { type Lab, thrown } from "./lab.ts";
import { fail, skip } from "./outcome.ts";

/** How far from the price an order is that must not fill, as a share of the price. */
const farAway = 0.2;

/**
 * A broker on the bench: a connected instance, its stream of order events, its market, and envelopes as the engine
 * makes them. Everything it orders it also takes back.
 */
export class BrokerBench {
  readonly lab: Lab;
  readonly broker: BrokerPlugin;
  /** Of the stream of orders, oldest first. */
  readonly events: OrderEvent[] = [];
  /** As orders name it. */
  readonly symbol: string;
  readonly timeframe: string;
  /** Smallest step of a price. */
  readonly mintick: number;
  /** One unit of the orders that are sent. */
  readonly size: number;
  readonly #tag: string;
  #envelopes = 0;
  #price = Number.NaN;
  #isFeedOver = false;
  #watching: Promise<void> | undefined;
  #streamError: unknown;
  readonly #stop = new AbortController();

  private constructor(
    lab: Lab,
    broker: BrokerPlugin,
    market: Pick<BrokerBench, "symbol" | "timeframe" | "mintick" | "size">,
  ) {
    this.lab = lab;
    this.broker = broker;
    this.symbol = market.symbol;
    this.timeframe = market.timeframe;
    this.mintick = market.mintick;
    this.size = market.size;
    this.#tag = Math.floor(lab.clock.nowMs() % 36 ** 5).toString(36);
  }

  static async open(lab: Lab): Promise<BrokerBench> {
    const broker = (await lab.instance()) as unknown as BrokerPlugin;
    const info = await lab.info();
    await lab.deadline("connect", (signal) => broker.connect(signal));
    return new BrokerBench(lab, broker, {
      symbol: broker.normalizeSymbol(await lab.symbol()),
      timeframe: await lab.timeframe(),
      mintick: info.mintick,
      size: lab.target.orderSize ?? (info.mincontract > 0 ? info.mincontract : 1),
    });
  }

  /** @throws ConformanceSkip unless the broker delivers this by itself */
  async requireNative(name: CapabilityName): Promise<void> {
    const level = (await this.capabilities())[name];
    if (level !== "native" && level !== "partial_native") skip(`${name} is ${level}`);
  }

  async capabilities(): Promise<ExchangeCapabilities> {
    return this.lab.deadline("getCapabilities", async () => this.broker.getCapabilities());
  }

  /** Begins to listen to the stream of orders. */
  listen(): void {
    this.#watching ??= (async () => {
      try {
        for await (const event of this.broker.watchOrders(this.#stop.signal)) this.events.push(event);
      } catch (error) {
        this.#streamError = error;
      }
    })();
  }

  /** Events of an order, by its client order id. */
  eventsOf(clientOrderId: string): readonly OrderEvent[] {
    return this.events.filter(({ order }) => order.clientOrderId === clientOrderId);
  }

  /**
   * Lets the market go on until something is so.
   * @throws ConformanceFailure when it does not become so in time
   */
  async until<T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
    const { clock, patienceMs } = this.lab;
    const deadlineMs = clock.nowMs() + patienceMs;
    const mostLooks = patienceMs / pauseMs;
    for (let looks = 0; ; looks++) {
      const found = await look();
      if (found !== undefined) return found;
      if (this.#streamError !== undefined)
        fail(`the stream of orders failed with ${thrown(this.#streamError)}`);
      if (clock.nowMs() > deadlineMs || looks > mostLooks) fail(`${what} did not happen`);
      await this.#letTimePass();
    }
  }

  /** The market's price. */
  async price(): Promise<number> {
    if (this.#price === this.#price) return this.#price;
    await this.#letTimePass();
    if (this.#price !== this.#price) this.#price = (await this.lab.sample()).at(-1)!.close;
    return this.#price;
  }

  /** A price on the grid that the market is far away from. @param side for which a limit there waits */
  async farLimit(side: Side, steps = 0): Promise<number> {
    const away = (await this.price()) * (side === "buy" ? 1 - farAway : 1 + farAway);
    const ticks = Math.round(away / this.mintick) + (side === "buy" ? -steps : steps);
    return Number((ticks * this.mintick).toPrecision(12));
  }

  /** An envelope as the engine makes it: the same one gives the same ids, another one never. */
  envelope<I extends Intent>(intent: I, of?: DispatchEnvelope): DispatchEnvelope<I> {
    const number = of === undefined ? ++this.#envelopes : of.barTimeMs;
    const { clientOrderIdMaxLen } = this.broker.constructor as typeof BrokerPlugin;
    return {
      intent,
      runTag: this.#tag,
      barTimeMs: timestampMs(number),
      retrySeq: 0,
      clientOrderIdMaxLen,
      clientOrderId: (kind) => `pt${this.#tag}-${number.toString(36)}-${kind}0`,
    };
  }

  entry(side: Side, units: number, limit?: number): EntryIntent {
    return {
      kind: "entry",
      pineId: "conformance",
      symbol: this.symbol,
      side,
      qty: this.#quantity(units),
      orderType: limit === undefined ? "market" : "limit",
      ...(limit === undefined ? {} : { limit: price(limit) }),
      isStrategyOrder: false,
      stopFiredMarket: false,
      skipFlip: false,
    };
  }

  exit(side: Side, units: number, tp: number, sl: number): ExitIntent {
    return {
      kind: "exit",
      pineId: "bracket",
      fromEntry: "conformance",
      symbol: this.symbol,
      side,
      qty: this.#quantity(units),
      tpPrice: price(tp),
      slPrice: price(sl),
      reduceOnly: true,
      isPartialQtyBracket: false,
    };
  }

  closing(side: Side, units: number): CloseIntent {
    return {
      kind: "close",
      pineId: "conformance",
      symbol: this.symbol,
      side,
      qty: this.#quantity(units),
      immediately: false,
      reduceOnly: true,
    };
  }

  /** The cancel of what an envelope ordered, under its ids. */
  cancelOf(envelope: DispatchEnvelope<EntryIntent | ExitIntent>): DispatchEnvelope<CancelIntent> {
    const { intent } = envelope;
    const fromEntry = intent.kind === "exit" ? { fromEntry: intent.fromEntry } : {};
    return this.envelope(
      { kind: "cancel", pineId: intent.pineId, symbol: this.symbol, ...fromEntry },
      envelope,
    );
  }

  /** A call of the broker, within the time that any call has. */
  call<T>(what: string, work: () => Promise<T>): Promise<T> {
    return this.lab.deadline(what, work);
  }

  openOrders(): Promise<readonly ExchangeOrder[]> {
    return this.call("getOpenOrders", () => this.broker.getOpenOrders(this.symbol));
  }

  /** Waits until none of these orders is open. */
  async untilGone(orders: readonly ExchangeOrder[]): Promise<void> {
    const ids = new Set(orders.map(({ id }) => id));
    await this.until(`the end of ${[...ids].join(" and ")}`, async () =>
      (await this.openOrders()).some(({ id }) => ids.has(id)) ? undefined : true,
    );
  }

  /** Signed; 0 when flat. */
  async positionSize(): Promise<number> {
    const position = await this.call("getPosition", () => this.broker.getPosition(this.symbol));
    if (position === null || position.side === "flat") return 0;
    return position.side === "long" ? position.size : -position.size;
  }

  /** Whether two quantities are the same but for rounding. */
  isSame(a: number, b: number): boolean {
    return Math.abs(a - b) <= this.size * 1e-6;
  }

  /** Takes back what is left, and disconnects; what goes wrong here has been told already. */
  async close(): Promise<void> {
    try {
      const size = await this.positionSize();
      for (const order of await this.openOrders()) {
        const number = Number.parseInt(order.clientOrderId?.split("-")[1] ?? "", 36);
        if (order.clientOrderId?.startsWith(`pt${this.#tag}-`) !== true || Number.isNaN(number)) continue;
        const made = { barTimeMs: timestampMs(number) } as DispatchEnvelope;
        const cancel = { kind: "cancel", pineId: "conformance", symbol: this.symbol } as const;
        await this.call("executeCancel", () => this.broker.executeCancel(this.envelope(cancel, made)));
      }
      if (size !== 0) {
        const way = size > 0 ? "sell" : "buy";
        const close = this.envelope(this.closing(way, Math.abs(size) / this.size));
        await this.call("executeClose", () => this.broker.executeClose(close));
        await this.until("the close", async () => ((await this.positionSize()) === 0 ? true : undefined));
      }
    } catch {
      // The cases say what is wrong with the broker.
    }
    this.#stop.abort(new Error("the suite is over"));
    await this.lab
      .deadline("the end of watchOrders", async () => this.#watching, this.lab.promptMs)
      .catch(() => {});
    await this.lab.deadline("disconnect", () => this.broker.disconnect(), this.lab.promptMs).catch(() => {});
  }

  #quantity(units: number): Quantity {
    return quantity(Number((this.size * units).toPrecision(12)));
  }

  /** Reads one update of the market, or waits a moment where there is none. */
  async #letTimePass(): Promise<void> {
    const { clock } = this.lab;
    // What the last call has set going may already be there.
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#isFeedOver) return clock.sleep(pauseMs);
    const over = new AbortController();
    const late = clock.sleep(pauseMs, over.signal).then(
      () => over.abort(new Error("a look was due")),
      () => {},
    );
    try {
      const update = await this.broker.watchOhlcv(this.symbol, this.timeframe, over.signal);
      this.#price = update.close;
    } catch (error) {
      if ((error as { code?: unknown }).code === "FEED_ENDED") this.#isFeedOver = true;
    } finally {
      over.abort(new Error("done"));
      await late;
    }
  }
}

/** Longest time between two looks at something that has not happened, ms. */
const pauseMs = 250;

const benches = new WeakMap<Lab, Promise<BrokerBench>>();

/** The bench of a suite: one for all of its cases. */
export function benchOf(lab: Lab): Promise<BrokerBench> {
  const known = benches.get(lab);
  if (known !== undefined) return known;
  const opening = BrokerBench.open(lab);
  benches.set(lab, opening);
  return opening;
}

/** Leaves nothing ordered and nothing connected. */
export async function closeBench(lab: Lab): Promise<void> {
  const bench = await benches.get(lab)?.catch(() => undefined);
  benches.delete(lab);
  await bench?.close();
}
