/** What the plugin lends the engine on accounts that keep positions side by side, and on those that hold coins. */
import {
  type DispatchEnvelope,
  type EntryIntent,
  type ExchangeOrder,
  type PositionPort,
  price,
  quantity,
  type SpotInventoryPort,
  timestampSeconds,
} from "pynecore/plugin";
import type { LabVenue } from "pynecore/testing";

type Told = <T>(action: () => Promise<T>) => Promise<T>;

/** What the port of positions needs of its plugin. */
interface Host {
  readonly told: Told;
  /** Stores an id before it is sent. */
  readonly remember: (clientOrderId: string) => void;
  /** @throws OrderSkippedError */
  readonly cut: (qty: number) => number;
  readonly placeLeg: (envelope: DispatchEnvelope<EntryIntent>) => Promise<ExchangeOrder[]>;
}

export function positionPort(venue: LabVenue, { told, remember, cut, placeLeg }: Host): PositionPort {
  const { qtyStep } = venue.rules;
  return {
    fetchRawPositions: (symbol) =>
      told(async () =>
        (await venue.legs()).map((leg) => ({
          ...{ legId: leg.legId, symbol, side: leg.side, unrealizedPnl: 0 },
          qty: quantity(leg.qty),
          entryPrice: price(leg.price),
          openTime: timestampSeconds(leg.openMs / 1000),
        })),
      ),
    getVolumeQuantizer: async () => (qty) => Math.floor(qty / qtyStep + 1e-6),
    closeLeg: (_symbol, legId, volume, clientOrderId) => {
      remember(clientOrderId);
      return told(() => venue.closeLeg(legId, Math.round(volume * qtyStep * 1e8) / 1e8, clientOrderId));
    },
    rejectOutOfRange: async (_envelope, qty) => void cut(qty),
    placeLeg,
    amendBracket: (_symbol, legId, { tpPrice, slPrice, trailOffset, clientOrderId }) => {
      remember(clientOrderId);
      return told(() =>
        venue.amendBracket(legId, { clientOrderId, takeProfit: tpPrice, stopLoss: slPrice, trailOffset }),
      );
    },
  };
}

export function spotPort(venue: LabVenue, told: Told): SpotInventoryPort {
  const { symbol, baseCurrency, quoteCurrency, minQty } = venue.rules;
  return {
    ...{ productId: symbol, baseAsset: baseCurrency, quoteAsset: quoteCurrency, cursorScope: "account" },
    ...{ baseTolerance: 1e-8, settlementGraceS: 5, positionDustThreshold: minQty },
    fetchExecutions: (cursor) =>
      told(async () => {
        const from = Number(cursor ?? "0");
        const executions = await venue.executions(from);
        return {
          executions: executions.map(({ fillId, orderId, qty, price: at, timeMs, ...rest }) => ({
            ...rest,
            executionId: fillId,
            exchangeOrderId: orderId,
            qty: quantity(qty),
            price: price(at),
            timestamp: timestampSeconds(timeMs / 1000),
          })),
          nextCursor: String(from + executions.length),
          hasMore: false,
          conclusive: true,
        };
      }),
    fetchBaseBalance: () => told(() => venue.coins()),
    minSellableBase: async () => minQty,
  };
}
