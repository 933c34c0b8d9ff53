import { TradeListError } from "./errors.ts";
import type { ListedTrade } from "./listed-trade.ts";
import { readOneRow } from "./one-row.ts";
import { TradeTable } from "./table.ts";
import { readTwoRows } from "./two-rows.ts";

/**
 * Reads a list of trades: two rows a trade as TradingView exports them, newest or oldest first, or one row a trade; in
 * any language, with columns in any order. Pure. The trades come in the order of their entries.
 *
 * @throws TradeListError saying what is missing
 */
export function readTradeList(text: string): ListedTrade[] {
  const table = new TradeTable(text);
  const { timeColumns, header } = table;
  if (timeColumns.length === 0) {
    throw new TradeListError(`this is no list of trades: no column holds times (${header.join(", ")})`, {
      hint: 'in TradingView\'s Strategy Tester: "List of trades", then export as CSV',
    });
  }
  const trades = timeColumns.length === 1 ? readTwoRows(table) : readOneRow(table);
  return trades.toSorted((a, b) => a.entryTime.wallMs - b.entryTime.wallMs || a.number - b.number);
}
