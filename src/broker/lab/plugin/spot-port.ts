import type { SpotInventoryPort } from "../../../api/broker/position.ts";
import { price, quantity, timestampSeconds } from "../../../kernel/units.ts";
import type { Connection } from "../venue/connection.ts";
import { clean } from "../venue/model.ts";

/** Executions on one page. */
const pageSize = 20;

/** The account's coins and executions. A cursor is the number of executions that have been told. */
export function spotPort(
  connection: Connection,
  translated: <T>(action: () => Promise<T>) => Promise<T>,
): SpotInventoryPort {
  const { symbol, baseCurrency, quoteCurrency, minQty, minNotional } = connection.rules;
  return {
    productId: symbol,
    baseAsset: baseCurrency,
    quoteAsset: quoteCurrency,
    cursorScope: "account",
    baseTolerance: 1e-8,
    settlementGraceS: 5,
    positionDustThreshold: minQty,
    fetchExecutions: (cursor) =>
      translated(() =>
        connection.read("executions", ({ executions }) => {
          const from = cursor === null ? 0 : Number(cursor);
          const page = executions.slice(from, from + pageSize);
          return {
            executions: page.map(({ fillId, clientOrderId, orderId, side, qty, price: at, ...rest }) => ({
              executionId: fillId,
              // A person's has none.
              ...(clientOrderId === "" ? {} : { clientOrderId }),
              exchangeOrderId: orderId,
              side,
              qty: quantity(qty),
              price: price(at),
              fee: rest.fee,
              feeCurrency: rest.feeCurrency,
              timestamp: timestampSeconds(rest.timeMs / 1000),
            })),
            nextCursor: String(from + page.length),
            hasMore: from + page.length < executions.length,
            conclusive: true,
          };
        }),
      ),
    fetchBaseBalance: () => translated(() => connection.read("balance", ({ size }) => size)),
    // Less than can be sold at half the price that the market has now: what is worth nothing today may be worth it soon.
    minSellableBase: async () => Math.max(minQty, clean(minNotional / (2 * connection.price))),
  };
}
