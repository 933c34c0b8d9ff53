/** A broker of somebody's own on the lab's venue: one file with everything, as an author would begin. */
import {
  BracketAttachAfterFillRejectedError,
  BrokerPlugin,
  type CancelIntent,
  type CancelOutcome,
  ClientOrderIdSpentError,
  type CloseIntent,
  type DispatchEnvelope,
  type EntryIntent,
  exchangeCapabilities,
  ExchangeConnectionError,
  type ExchangeOrder,
  ExchangeOrderRejectedError,
  type ExchangePosition,
  ExchangeRateLimitError,
  type ExitIntent,
  InsufficientMarginError,
  ManualInterventionError,
  OrderDispositionUnknownError,
  type OrderEvent,
  OrderSkippedError,
  price,
  quantity,
  timestampSeconds,
} from "pynecore/plugin";
import type { LabBench, LabEvent, LabFailure, LabOrder, LabOrderRequest } from "pynecore/testing";

import { positionPort, spotPort } from "./ports.ts";

class OwnBroker extends BrokerPlugin {
  static override timeframes = { "1": "1m" };
  readonly #bench: LabBench;
  readonly #seen = new Set<number>();

  constructor(bench: LabBench) {
    super({ config: { symbol_map: {} }, name: "own", symbol: bench.symInfo.ticker, timeframe: "1" });
    this.#bench = bench;
    const { venue } = bench;
    if (venue.rules.mode === "spot") this.spotInventoryPort = spotPort(venue, told);
    if (venue.rules.mode === "hedging")
      this.positionPort = positionPort(venue, {
        told,
        remember: (id) => void this.#remember(id),
        cut: (qty) => this.#cut(qty),
        placeLeg: (envelope) => this.executeEntry(envelope),
      });
  }

  override get accountId(): string {
    return "own-1";
  }

  override getCapabilities() {
    const { mode } = this.#bench.venue.rules;
    return exchangeCapabilities({
      stopOrder: "native",
      tpSlBracket: "software",
      // What hangs on a position closes all of it, so that the engine watches parts itself.
      partialQtyBracketExit: mode === "hedging" ? "software" : "native",
      partialQtyBracketExitPyramiding: "native",
      reduceOnly: "native",
      ocaCancel: "software",
      watchOrders: "native",
      fetchPosition: "native",
      idempotency: "partial_native",
      shortSelling: mode === "spot" ? "unsupported" : "native",
    });
  }

  override executeEntry(envelope: DispatchEnvelope<EntryIntent>): Promise<ExchangeOrder[]> {
    const { pineId, side, qty, limit, stop, stopFiredMarket } = envelope.intent;
    return told(async () => [
      await this.#place("entry", {
        ...{ pineId, side, qty, fromEntry: null, legType: "entry" as const },
        clientOrderId: envelope.clientOrderId(stopFiredMarket ? "b" : "e"),
        limit: limit ?? null,
        stop: stop ?? null,
        reduceOnly: false,
        group: null,
      }),
    ]);
  }

  override executeExit(envelope: DispatchEnvelope<ExitIntent>): Promise<ExchangeOrder[]> {
    const { pineId, fromEntry, side, qty, tpPrice, slPrice } = envelope.intent;
    const common = { pineId, fromEntry, side, reduceOnly: this.#isReducing, group: `${pineId} ${fromEntry}` };
    const legs: LabOrderRequest[] = [];
    for (const [kind, legType, limit, stop] of [
      ["t", "tp", tpPrice ?? null, null],
      ["s", "sl", null, slPrice ?? null],
    ] as const)
      if (limit !== null || stop !== null)
        legs.push({
          ...common,
          ...{ legType, limit, stop, legId: null, qty: this.#cut(qty) },
          clientOrderId: this.#remember(envelope.clientOrderId(kind)),
        });
    const context = {
      ...{ intentKey: `${pineId} ${fromEntry}`, exitId: pineId, fromEntry, qty },
      positionClientOrderId: legs[0]?.clientOrderId ?? "",
      positionSide: side === "buy" ? ("sell" as const) : ("buy" as const),
      symbol: envelope.intent.symbol,
    };
    return told(async () => {
      try {
        return (await this.#bench.venue.placeGroup("exit", legs)).map(read);
      } catch (error) {
        const { kind, message } = error as LabFailure;
        if (kind !== "rejected" && kind !== "margin") throw error;
        throw new BracketAttachAfterFillRejectedError(message, context);
      }
    });
  }

  override executeClose(envelope: DispatchEnvelope<CloseIntent>): Promise<ExchangeOrder> {
    const { pineId, side, qty } = envelope.intent;
    return told(() =>
      this.#place("close", {
        ...{ pineId, side, qty, fromEntry: null, legType: "close" as const },
        ...{ limit: null, stop: null, reduceOnly: this.#isReducing, group: null },
        clientOrderId: envelope.clientOrderId("c"),
      }),
    );
  }

  override async executeCancel(envelope: DispatchEnvelope<CancelIntent>): Promise<boolean> {
    return (await this.executeCancelWithOutcome(envelope)) !== "unknown";
  }

  override executeCancelWithOutcome(envelope: DispatchEnvelope<CancelIntent>): Promise<CancelOutcome> {
    const kinds = envelope.intent.fromEntry === undefined ? (["e", "b"] as const) : (["t", "s"] as const);
    return told(async () => {
      const ends: (LabOrder | null)[] = [];
      for (const kind of kinds) ends.push(await this.#bench.venue.cancel(envelope.clientOrderId(kind)));
      if (ends.some((end) => end?.status === "filled")) return "already_filled";
      return "cancel_confirmed";
    });
  }

  override getOpenOrders(): Promise<ExchangeOrder[]> {
    return told(async () => (await this.#bench.venue.openOrders()).map(read));
  }

  override findOrder(clientOrderId: string): Promise<ExchangeOrder | null> {
    return told(async () => {
      const order = await this.#bench.venue.find(clientOrderId);
      return order === null ? null : read(order);
    });
  }

  override getPosition(symbol: string): Promise<ExchangePosition | null> {
    return told(async () => {
      const { size, averagePrice } = await this.#bench.venue.position();
      if (size === 0) return null;
      const side = size > 0 ? ("long" as const) : ("short" as const);
      const rest = { unrealizedPnl: 0, leverage: 1, marginMode: "cross" as const };
      return { symbol, side, size: Math.abs(size), entryPrice: price(averagePrice), ...rest };
    });
  }

  override getBalance(): Promise<Readonly<Record<string, number>>> {
    return Promise.resolve({ USDT: 1_000_000 });
  }

  override async *watchOrders(signal: AbortSignal): AsyncIterable<OrderEvent> {
    const { venue } = this.#bench;
    venue.isBehind = true;
    while (!signal.aborted) {
      if (venue.isStreamBroken) throw new Error("the stream has broken");
      if (venue.isBehind && venue.isUp) {
        const events = await venue.history().catch(() => null);
        venue.isBehind = events === null;
        for (const event of events ?? []) yield* this.#own(event);
      }
      const event = await venue.next(20_000, signal);
      if (event !== null) yield* this.#own(event);
      else venue.isBehind = true;
      venue.isBehind ||= venue.wasCut();
    }
  }

  override async connect(): Promise<void> {
    this.#bench.venue.open();
  }
  override async disconnect(): Promise<void> {
    this.#bench.venue.close();
  }
  override get isConnected(): boolean {
    return this.#bench.venue.isUp;
  }
  override watchOhlcv(): Promise<never> {
    return new Promise(() => {});
  }
  override async getAvailableSymbols(): Promise<string[]> {
    return [this.#bench.symInfo.ticker];
  }
  override async getSymbolInfo() {
    return this.#bench.symInfo;
  }
  override async *download() {}

  *#own(event: LabEvent): Iterable<OrderEvent> {
    const { number, kind, order, execution, atMs } = event;
    if (this.#seen.has(number)) return;
    this.#seen.add(number);
    if (this.storeCtx?.findByRef("own", order.clientOrderId) == null) return;
    yield {
      order: read(order),
      timestamp: timestampSeconds(atMs / 1000),
      eventType: kind,
      fee: execution?.fee ?? 0,
      feeCurrency: execution?.feeCurrency ?? "",
      pineId: order.pineId,
      legType: order.legType,
      ...(order.fromEntry === null ? {} : { fromEntry: order.fromEntry }),
      ...(execution === null
        ? {}
        : { fillId: execution.fillId, fillQty: execution.qty, fillPrice: price(execution.price) }),
      fromDisappearanceTracker: false,
    };
  }

  async #place(kind: "entry" | "close", request: Omit<LabOrderRequest, "legId">): Promise<ExchangeOrder> {
    this.#remember(request.clientOrderId);
    return read(
      await this.#bench.venue.place(kind, { ...request, qty: this.#cut(request.qty), legId: null }),
    );
  }

  /** Coins that are sold are sold: nothing knows what for. */
  get #isReducing(): boolean {
    return this.#bench.venue.rules.mode !== "spot";
  }

  /** Stored before it is sent. */
  #remember(clientOrderId: string): string {
    this.storeCtx?.upsertOrder(clientOrderId, { state: "submitted" });
    this.storeCtx?.addRef(clientOrderId, "own", clientOrderId);
    return clientOrderId;
  }

  #cut(qty: number): number {
    const { qtyStep, minQty } = this.#bench.venue.rules;
    const cut = Math.round(Math.floor(qty / qtyStep + 1e-9) * qtyStep * 1e8) / 1e8;
    if (cut < minQty) throw new OrderSkippedError(`${qty} is too small`, "below_min_size");
    return cut;
  }
}

function read(order: LabOrder): ExchangeOrder {
  const { id, side, qty, filled, limit, stop, status, notional, updatedMs, clientOrderId } = order;
  const isOver = status !== "open" && status !== "partial";
  return {
    ...{ id, side, status, clientOrderId, symbol: "LABUSDT", fee: order.fee, feeCurrency: "" },
    orderType: limit !== null ? "limit" : stop !== null ? "stop" : "market",
    qty: quantity(qty),
    filledQty: filled,
    remainingQty: isOver ? 0 : Math.round((qty - filled) * 1e8) / 1e8,
    ...(limit === null ? {} : { price: price(limit) }),
    ...(stop === null ? {} : { stopPrice: price(stop) }),
    ...(filled > 0 ? { averageFillPrice: price(notional / filled) } : {}),
    timestamp: timestampSeconds(updatedMs / 1000),
    reduceOnly: order.reduceOnly,
  };
}

/** Every failure of the lab's venue as the error that the engine knows. */
async function told<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const { kind, message } = error as LabFailure;
    switch (kind) {
      case "not_sent":
        throw new ExchangeConnectionError(message);
      case "answer_lost":
        throw new OrderDispositionUnknownError(message, "");
      case "margin":
        throw new InsufficientMarginError(message);
      case "id_spent":
        throw new ClientOrderIdSpentError(message, "");
      case "too_small":
        throw new OrderSkippedError(message, "below_min_size");
      case "skipped":
        throw new OrderSkippedError(message, "other");
      case "throttled":
        throw new ExchangeRateLimitError(message, 1);
      case "unsafe":
        throw new ManualInterventionError(message);
      case "rejected":
      case "nothing_to_reduce":
      case "not_found":
        throw new ExchangeOrderRejectedError(message);
      default:
        throw error;
    }
  }
}

export default (bench: LabBench): OwnBroker => new OwnBroker(bench);
