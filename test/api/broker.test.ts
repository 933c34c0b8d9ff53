/** The broker contract: what a plugin gets for nothing, and what the engine may conclude from its errors. */
import { describe, expect, test } from "bun:test";
import * as api from "pynecore/plugin";
import {
  BrokerPlugin,
  capabilitiesOf,
  capabilityNames,
  exchangeCapabilities,
  ProviderPlugin,
  type CancelIntent,
  type CloseIntent,
  type DispatchEnvelope,
  type EntryIntent,
  type ExchangeCapabilities,
  type ExchangeOrder,
  type ExitIntent,
  type SymInfo,
} from "pynecore/plugin";

/** A broker that does only what it must, and writes down what it was asked. */
class Minimal extends BrokerPlugin {
  static override timeframes = { "1": "1m" };
  readonly asked: string[] = [];

  getAvailableSymbols(): Promise<string[]> {
    return Promise.resolve([]);
  }
  getSymbolInfo(): Promise<SymInfo> {
    return Promise.reject(new Error("none"));
  }
  async *download(): AsyncIterable<never[]> {}
  connect(): Promise<void> {
    return Promise.resolve();
  }
  disconnect(): Promise<void> {
    return Promise.resolve();
  }
  get isConnected(): boolean {
    return true;
  }
  watchOhlcv(): Promise<never> {
    return Promise.reject(new Error("none"));
  }
  executeEntry(envelope: DispatchEnvelope<EntryIntent>): Promise<ExchangeOrder[]> {
    this.asked.push(`entry ${envelope.clientOrderId("e")}`);
    return Promise.resolve([]);
  }
  executeExit(envelope: DispatchEnvelope<ExitIntent>): Promise<ExchangeOrder[]> {
    this.asked.push(`exit ${envelope.intent.fromEntry}`);
    return Promise.resolve([]);
  }
  executeClose(_envelope: DispatchEnvelope<CloseIntent>): Promise<ExchangeOrder> {
    return Promise.reject(new Error("none"));
  }
  executeCancel({ intent, clientOrderId }: DispatchEnvelope<CancelIntent>): Promise<boolean> {
    this.asked.push(`cancel ${intent.pineId} ${intent.fromEntry ?? "-"} ${clientOrderId("e")}`);
    return Promise.resolve(true);
  }
  getOpenOrders(): Promise<ExchangeOrder[]> {
    return Promise.resolve([]);
  }
  getPosition(): Promise<null> {
    return Promise.resolve(null);
  }
  getBalance(): Promise<Record<string, number>> {
    return Promise.resolve({ USD: 1 });
  }
  getCapabilities(): ExchangeCapabilities {
    return exchangeCapabilities({ idempotency: "native" });
  }
}

const broker = (): Minimal => new Minimal({ config: { symbol_map: {} }, symbol: "X", timeframe: "1" });

function envelope<Intent extends EntryIntent | ExitIntent>(
  intent: Intent,
  retrySeq: number,
): DispatchEnvelope<Intent> {
  return {
    intent,
    runTag: "ab12",
    barTimeMs: api.timestampMs(0),
    retrySeq,
    clientOrderIdMaxLen: 30,
    clientOrderId: (kind) => `id-${kind}-${retrySeq}`,
  };
}
const entry = {
  kind: "entry",
  pineId: "L",
  symbol: "X",
  side: "buy",
  qty: 1,
  orderType: "market",
} as EntryIntent;
const exit = { kind: "exit", pineId: "TP", fromEntry: "L", symbol: "X", side: "sell", qty: 1 } as ExitIntent;

test("a broker is a live provider and a provider too", () => {
  expect(capabilitiesOf(Minimal)).toEqual(["provider", "live", "broker"]);
});

describe("what a plugin gets for nothing", () => {
  test("values", () => {
    expect([
      Minimal.clientOrderIdMaxLen,
      Minimal.initialConnectTimeout,
      Minimal.reconnectDelay,
      Minimal.maxReconnectDelay,
      Minimal.feedTimeoutBars,
    ]).toEqual([30, 30, 1, 60, 3]);
    const plugin = broker();
    expect([
      plugin.onUnexpectedCancel,
      plugin.onInventoryConflict,
      plugin.accountId,
      plugin.storeCtx,
      plugin.positionPort,
      plugin.spotInventoryPort,
    ]).toEqual(["stop", "quarantine", "default", null, null, null]);
    expect(plugin.canShutdown()).toBe(true);
    expect(plugin.mapException(new Error("x"))).toBeNull();
  });

  test("nothing to stream, nothing to backfill, nothing left over", async () => {
    const plugin = broker();
    expect(await Array.fromAsync(plugin.watchOrders(new AbortController().signal))).toEqual([]);
    expect(await plugin.backfillClosedBars("X", "1", 0)).toEqual([]);
    expect(plugin.getResidualOrdersAfterBracketAttachReject({} as never)).toEqual([]);
  });

  test("a change of an order is its cancel, then the new one", async () => {
    const plugin = broker();
    await plugin.modifyEntry(envelope(entry, 0), envelope(entry, 1));
    await plugin.modifyExit(envelope(exit, 0), envelope(exit, 1));
    expect(plugin.asked).toEqual(["cancel L - id-e-0", "entry id-e-1", "cancel TP L id-e-0", "exit L"]);
  });

  test("the outcome of a cancel is unknown until a plugin reads it", async () => {
    expect(await broker().executeCancelWithOutcome(envelope(entry, 0) as never)).toBe("unknown");
  });

  test("bulk cancels and cancels by reference are refused as not supported", () => {
    expect(broker().executeCancelAll()).rejects.toBeInstanceOf(api.ExchangeCapabilityError);
    expect(broker().cancelBrokerOrderRef("r1")).rejects.toThrow("r1");
  });
});

test("a capability that is not named is not supported", () => {
  const report = broker().getCapabilities();
  expect(Object.keys(report)).toEqual([...capabilityNames]);
  expect(capabilityNames.filter((name) => report[name] !== "unsupported")).toEqual(["idempotency"]);
});

describe("errors", () => {
  const connection = new api.ExchangeConnectionError("x");
  test.each([
    ["BROKER_AUTHENTICATION", new api.AuthenticationError("x"), 2, false],
    ["BROKER_CAPABILITY", new api.ExchangeCapabilityError("x"), 1, false],
    ["BROKER_CONNECTION", connection, 75, true],
    ["BROKER_RATE_LIMIT", new api.ExchangeRateLimitError("x", 3), 75, true],
    ["BROKER_DISPOSITION_UNKNOWN", new api.OrderDispositionUnknownError("x", "id"), 1, false],
    ["BROKER_REJECTED", new api.ExchangeOrderRejectedError("x", "110007"), 1, false],
    ["BROKER_INSUFFICIENT_MARGIN", new api.InsufficientMarginError("x"), 1, false],
    ["BROKER_ID_SPENT", new api.ClientOrderIdSpentError("x", "id"), 1, true],
    ["BROKER_SKIPPED", new api.OrderSkippedError("x", "below_min_size"), 1, false],
    ["BROKER_MANUAL_INTERVENTION", new api.ManualInterventionError("x"), 1, false],
    ["BROKER_UNEXPECTED_CANCEL", new api.UnexpectedCancelError("x", "id"), 1, false],
    ["BROKER_INVENTORY_CONFLICT", new api.SpotInventoryConflictError("x"), 1, false],
    ["BROKER_SYNC", new api.OrderSyncError("x"), 1, false],
  ] as const)("%s", (code, error, exitCode, retryable) => {
    expect(error).toBeInstanceOf(api.BrokerError);
    expect([error.code, error.exitCode, error.retryable, error.name]).toEqual([
      code,
      exitCode,
      retryable,
      error.constructor.name,
    ]);
  });

  test("kinship the engine relies on", () => {
    expect(new api.InsufficientMarginError("x")).toBeInstanceOf(api.ExchangeOrderRejectedError);
    expect(new api.UnexpectedCancelError("x", "id")).toBeInstanceOf(api.ManualInterventionError);
    expect(new api.SpotInventoryConflictError("x")).toBeInstanceOf(api.ManualInterventionError);
    expect(new api.OrderDispositionUnknownError("x", "id")).not.toBeInstanceOf(api.ExchangeConnectionError);
  });
});

describe("providers", () => {
  abstract class Foo extends ProviderPlugin<{ symbol_map?: Record<string, string> }> {
    static override timeframes = { "1": "1m", "1D": "day" };
  }
  const made = (
    config: { symbol_map?: Record<string, string> },
    entry?: { provider: string; symbol: string },
  ) => {
    const warnings: string[] = [];
    const log = { debug() {}, info() {}, warn: (message: string) => void warnings.push(message), error() {} };
    const Made = Foo as unknown as new (options: object) => Foo;
    const provider = new Made({
      name: "foo",
      config,
      log,
      symbol: null,
      timeframe: null,
      symbolMap: () => entry,
    });
    return { provider, warnings };
  };

  test("timeframes translate both ways, and a missing one names what there is", () => {
    expect([Foo.toExchangeTimeframe("1D"), Foo.toTradingViewTimeframe("1m")]).toEqual(["day", "1"]);
    expect(() => Foo.toExchangeTimeframe("60")).toThrow(`"60" is not supported; supported: 1, 1D`);
  });

  test.each([
    ["its own map first", { symbol_map: { "A:X": "own" } }, { provider: "foo", symbol: "global" }, "own", 0],
    ["then the global one for it", {}, { provider: "foo", symbol: "global" }, "global", 0],
    [
      "another provider's entry is skipped, with a warning",
      {},
      { provider: "bar", symbol: "global" },
      "A:X",
      1,
    ],
    ["else the key itself", {}, undefined, "A:X", 0],
    ["nothing inherited counts", { symbol_map: {} }, undefined, "A:X", 0],
  ] as const)("a symbol is resolved: %s", (_name, config, entry, expected, count) => {
    const { provider, warnings } = made(config, entry);
    expect(provider.resolveSymbol("A:X")).toBe(expected);
    expect(warnings).toHaveLength(count);
  });
});
