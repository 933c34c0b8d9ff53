import type { PositionPort } from "../../../api/broker/position.ts";
import { price, quantity, timestampSeconds } from "../../../kernel/units.ts";
import type { Connection } from "../venue/connection.ts";
import { clean } from "../venue/model.ts";

/** What the port borrows of the plugin that it belongs to. */
export interface PortHost {
  readonly connection: Connection;
  readonly placeLeg: PositionPort["placeLeg"];
  /** @throws OrderSkippedError */
  rejectOutOfRange(qty: number): void;
  /** Stores an id before it is sent. */
  remember(clientOrderId: string, legType: "close" | "sl"): void;
  translated<T>(action: () => Promise<T>): Promise<T>;
}

/** The venue's positions, one by one: their ids are those of the orders that opened them. */
export function positionPort(host: PortHost): PositionPort {
  const { connection, translated } = host;
  const { qtyStep } = connection.rules;
  return {
    fetchRawPositions: (symbol) =>
      translated(() =>
        connection.read("position", ({ legs }) =>
          legs.map(({ legId, side, qty, price: entryPrice, openMs }) => ({
            ...{ legId, symbol, side },
            qty: quantity(qty),
            entryPrice: price(entryPrice),
            openTime: timestampSeconds(openMs / 1000),
            unrealizedPnl: 0,
          })),
        ),
      ),
    getVolumeQuantizer: async () => (qty) => Math.floor(qty / qtyStep + 1e-6),
    closeLeg: (_symbol, legId, volume, clientOrderId) => {
      host.remember(clientOrderId, "close");
      return translated(() => connection.closeLeg(legId, clean(volume * qtyStep), clientOrderId));
    },
    rejectOutOfRange: async (_envelope, qty) => host.rejectOutOfRange(qty),
    placeLeg: (envelope, qty) => host.placeLeg(envelope, qty),
    amendBracket: (_symbol, legId, { tpPrice, slPrice, trailOffset, clientOrderId }) => {
      host.remember(clientOrderId, "sl");
      return translated(() =>
        connection.amendBracket(legId, {
          clientOrderId,
          takeProfit: tpPrice,
          stopLoss: slPrice,
          trailOffset,
        }),
      );
    },
  };
}
