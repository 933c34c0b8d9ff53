/** The paper plugin in a test: its market as text, envelopes as the engine would make them, what it tells as text. */
import { PaperPlugin } from "../../../plugins/paper/index.ts";
import type {
  CancelIntent,
  CloseIntent,
  DispatchEnvelope,
  EntryIntent,
  ExitIntent,
  Intent,
} from "pynecore/plugin";
import { defaultsOf } from "../../../src/api/config/fields.ts";
import type { OrderEvent } from "../../../src/api/broker/orders.ts";
import { price, quantity, timestampMs } from "../../../src/kernel/units.ts";
import { barsOf } from "../../runtime/strategy/harness.ts";
import { dataFiles, ManualClock, symInfo } from "../fixtures.ts";

export const { signal } = new AbortController();
export const symbol = "X_1";

/** @param bars `open/high/low/close` or one price, from 2024-01-01 on, a minute each */
export function paper(
  bars: string,
  config: Partial<PaperPlugin["config"]> = {},
  folder: string | null = null,
  clock = new ManualClock(Date.UTC(2026, 0, 1)),
): PaperPlugin {
  return new PaperPlugin({
    name: "paper",
    config: { ...defaultsOf(PaperPlugin.Config), ...config } as PaperPlugin["config"],
    symbol,
    timeframe: "1",
    clock,
    dataFiles: dataFiles({ [symbol]: { symInfo: symInfo("1"), timeframe: "1", columns: barsOf(bars) } }),
    ...(folder === null ? {} : { stateFolder: folder }),
  });
}

/** What the engine would send: ids come from the intent, a bar and an attempt. */
export function envelope<I extends Intent>(intent: I, bar = 1, retrySeq = 0): DispatchEnvelope<I> {
  const parts = intent as { pineId: string; fromEntry?: string };
  const who = `${parts.pineId}${parts.fromEntry === undefined ? "" : `/${parts.fromEntry}`}`;
  return {
    intent,
    runTag: "test",
    barTimeMs: timestampMs(bar),
    retrySeq,
    clientOrderIdMaxLen: 30,
    clientOrderId: (kind) => `${who}-${bar}-${kind}${retrySeq}`,
  };
}

export function entry(
  side: "buy" | "sell",
  qty: number,
  levels: { readonly limit?: number; readonly stop?: number } = {},
  pineId = "L",
): EntryIntent {
  const { limit, stop } = levels;
  return {
    kind: "entry",
    pineId,
    symbol,
    side,
    qty: quantity(qty),
    orderType: limit !== undefined ? "limit" : stop !== undefined ? "stop" : "market",
    ...(limit === undefined ? {} : { limit: price(limit) }),
    ...(stop === undefined ? {} : { stop: price(stop) }),
    isStrategyOrder: false,
    stopFiredMarket: false,
    skipFlip: false,
  };
}

export function exit(
  side: "buy" | "sell",
  qty: number,
  levels: { readonly tp?: number; readonly sl?: number; readonly trail?: number; readonly ticks?: number },
  pineId = "X",
  fromEntry = "L",
): ExitIntent {
  const { tp, sl, trail, ticks } = levels;
  return {
    kind: "exit",
    pineId,
    fromEntry,
    symbol,
    side,
    qty: quantity(qty),
    ...(tp === undefined ? {} : { tpPrice: price(tp) }),
    ...(sl === undefined ? {} : { slPrice: price(sl) }),
    ...(trail === undefined ? {} : { trailPrice: price(trail), trailOffsetTicks: ticks ?? 0 }),
    reduceOnly: true,
    isPartialQtyBracket: false,
  };
}

export function close(side: "buy" | "sell", qty: number, pineId = "L"): CloseIntent {
  return {
    kind: "close",
    pineId,
    symbol,
    side,
    qty: quantity(qty),
    immediately: false,
    reduceOnly: true,
  };
}

export function cancel(pineId: string, fromEntry?: string): CancelIntent {
  return { kind: "cancel", pineId, symbol, ...(fromEntry === undefined ? {} : { fromEntry }) };
}

/** `filled buy 1 @100 L-1-e0 F1` */
export function eventText({ eventType, order, fillPrice, fillQty, fillId }: OrderEvent): string {
  const fill = fillQty === undefined ? "" : ` ${order.side} ${fillQty} @${fillPrice}`;
  return `${eventType}${fill} ${order.clientOrderId}${fillId === undefined ? "" : ` ${fillId}`}`;
}

/** Reads the stream of events, and acts on them as an engine would: before it asks for the next one. */
export function listen(plugin: PaperPlugin, act: (event: OrderEvent) => unknown = () => {}) {
  const told: string[] = [];
  const stop = new AbortController();
  const ended = (async () => {
    for await (const event of plugin.watchOrders(stop.signal)) {
      told.push(eventText(event));
      await act(event);
    }
  })();
  return {
    told,
    async stop(): Promise<string[]> {
      stop.abort();
      await ended;
      return told;
    },
  };
}

/** The next bar of the market. */
export async function bar(plugin: PaperPlugin): Promise<number | "end"> {
  try {
    return (await plugin.watchOhlcv(symbol, "1", signal)).close;
  } catch (error) {
    if ((error as { code?: unknown }).code === "FEED_ENDED") return "end";
    throw error;
  }
}
