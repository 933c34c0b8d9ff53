/** A broker plugin that does what a test says: answers are given by hand, events are pushed. */
import { BrokerPlugin } from "../../src/api/plugins/broker.ts";
import { type ExchangeCapabilities, exchangeCapabilities } from "../../src/api/broker/capabilities.ts";
import type { BrokerError } from "../../src/api/broker/errors.ts";
import type {
  CancelIntent,
  CloseIntent,
  DispatchEnvelope,
  EntryIntent,
  ExitIntent,
  Intent,
} from "../../src/api/broker/intents.ts";
import type { ExchangeOrder, OrderEvent } from "../../src/api/broker/orders.ts";
import type { CancelOutcome } from "../../src/api/broker/policies.ts";
import type { ExchangePosition } from "../../src/api/broker/position.ts";
import type { SymInfo } from "../../src/kernel/syminfo.ts";

/** A call that waits for its answer. */
export interface Asked {
  readonly what: string;
  readonly envelope: DispatchEnvelope | undefined;
  answer(value: unknown): void;
  fail(error: unknown): void;
}

/** An order as a venue that is doing fine reports it. */
export function orderOf(changes: Partial<ExchangeOrder> = {}): ExchangeOrder {
  return {
    id: "v1",
    symbol: "TEST",
    side: "buy",
    orderType: "market",
    qty: 1,
    filledQty: 0,
    remainingQty: 1,
    status: "open",
    timestamp: 1_700_000_000,
    fee: 0,
    feeCurrency: "USD",
    reduceOnly: false,
    ...changes,
  } as ExchangeOrder;
}

export class ScriptedPlugin extends BrokerPlugin {
  static override timeframes = { "1": "1m" };
  readonly calls: Asked[] = [];
  /** Maps errors that are none of the contract's. */
  mapped: (error: unknown) => BrokerError | null = () => null;
  #events: (OrderEvent | Error | null)[] = [];
  #wake: () => void = () => {};

  constructor() {
    super({ config: { symbol_map: {} } as never, name: "scripted", symbol: "TEST", timeframe: "1" });
  }

  /** What has been asked, by name. */
  get asked(): string[] {
    return this.calls.map(({ what }) => what);
  }

  /** Answers the last call. */
  answer(value: unknown): void {
    this.calls.at(-1)!.answer(value);
  }

  fail(error: unknown): void {
    this.calls.at(-1)!.fail(error);
  }

  /** Sends an event; an error ends the stream with it, `null` just ends it. */
  push(event: OrderEvent | Error | null): void {
    this.#events.push(event);
    this.#wake();
  }

  #ask<Answer>(what: string, envelope?: DispatchEnvelope<Intent>): Promise<Answer> {
    return new Promise((resolve, reject) =>
      this.calls.push({ what, envelope, answer: (value) => resolve(value as Answer), fail: reject }),
    );
  }

  executeEntry = (envelope: DispatchEnvelope<EntryIntent>): Promise<ExchangeOrder[]> =>
    this.#ask("entry", envelope);
  executeExit = (envelope: DispatchEnvelope<ExitIntent>): Promise<ExchangeOrder[]> =>
    this.#ask("exit", envelope);
  executeClose = (envelope: DispatchEnvelope<CloseIntent>): Promise<ExchangeOrder> =>
    this.#ask("close", envelope);
  executeCancel = (envelope: DispatchEnvelope<CancelIntent>): Promise<boolean> =>
    this.#ask("cancel", envelope);
  override executeCancelWithOutcome = (envelope: DispatchEnvelope<CancelIntent>): Promise<CancelOutcome> =>
    this.#ask("cancel", envelope);
  override modifyEntry = (
    _previous: DispatchEnvelope<EntryIntent>,
    next: DispatchEnvelope<EntryIntent>,
  ): Promise<ExchangeOrder[]> => this.#ask("modify", next);
  override cancelBrokerOrderRef = (ref: string): Promise<void> => this.#ask(`ref ${ref}`);
  getOpenOrders = (): Promise<ExchangeOrder[]> => this.#ask("open orders");
  getPosition = (): Promise<ExchangePosition | null> => this.#ask("position");
  getBalance = (): Promise<Readonly<Record<string, number>>> => Promise.resolve({ USD: 1 });
  getCapabilities = (): ExchangeCapabilities => exchangeCapabilities({ watchOrders: "native" });

  override mapException(error: unknown): BrokerError | null {
    return this.mapped(error);
  }

  override async *watchOrders(signal: AbortSignal): AsyncIterable<OrderEvent> {
    signal.addEventListener("abort", () => this.#wake());
    while (!signal.aborted) {
      const event = this.#events.shift();
      if (event === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
      else if (event === null) return;
      else if (event instanceof Error) throw event;
      else yield event;
    }
  }

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
