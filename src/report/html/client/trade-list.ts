import type { Report, TradeColumns } from "./report.ts";

/** Which trades are listed, and in which order. Pure. */

/** What the fields above the table say; an empty text lets everything through. */
export interface TradeFilter {
  readonly search: string;
  readonly side: string;
  readonly result: string;
}

/** What the table may be sorted on. */
export type TradeKey = keyof TradeColumns | "number" | "side" | "bars";

/**
 * The trades that a filter lets through, in their own order.
 * @param label the date and time of a bar
 */
export function matching(report: Report, filter: TradeFilter, label: (bar: number) => string): number[] {
  const { trades, head } = report;
  const words = filter.search.trim().toLowerCase();
  const found: number[] = [];
  for (let trade = 0; trade < head.trades; trade++) {
    const open = trades.exitBar[trade] !== trades.exitBar[trade];
    const profit = trades.profit[trade] ?? 0;
    const side = (trades.size[trade] ?? 0) > 0 ? "long" : "short";
    if (filter.side !== "" && filter.side !== side) continue;
    if (filter.result === "open" && !open) continue;
    if (filter.result === "won" && (open || profit <= 0)) continue;
    if (filter.result === "lost" && (open || profit >= 0)) continue;
    if (words !== "" && !textOf(report, trade, label).includes(words)) continue;
    found.push(trade);
  }
  return found;
}

function textOf({ trades, head }: Report, trade: number, label: (bar: number) => string): string {
  const signal = (index: number | undefined): string => head.signals[index ?? -1] ?? "";
  const dates = `${label(trades.entryBar[trade] ?? 0)} ${label(trades.exitBar[trade] ?? -1)}`;
  return `${signal(trades.entrySignal[trade])} ${signal(trades.exitSignal[trade])} ${dates}`.toLowerCase();
}

/** Trades by a column; equal ones keep their order, those without a value come last. */
export function sorted(
  report: Report,
  list: readonly number[],
  key: TradeKey,
  descending: boolean,
): number[] {
  const value = valueOf(report, key);
  const direction = descending ? -1 : 1;
  return list.toSorted((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left !== left || right !== right) return Number(left !== left) - Number(right !== right);
    return left === right ? a - b : (left - right) * direction;
  });
}

function valueOf({ trades, head }: Report, key: TradeKey): (trade: number) => number {
  switch (key) {
    case "number":
      return (trade) => trade;
    case "side":
      return (trade) => -Math.sign(trades.size[trade] ?? 0);
    case "size":
      return (trade) => Math.abs(trades.size[trade] ?? 0);
    case "bars":
      return (trade) => {
        const exit = trades.exitBar[trade] ?? Number.NaN;
        return (exit === exit ? exit : head.bars - 1) - (trades.entryBar[trade] ?? 0);
      };
    default:
      return (trade) => trades[key][trade] ?? Number.NaN;
  }
}

/** The trade to select for a click on a bar: one that enters or exits there or nearby, else one that was open. */
export function tradeAt({ trades, head }: Report, bar: number, reach: number): number {
  let best = -1;
  let distance = Infinity;
  for (let trade = 0; trade < head.trades; trade++) {
    const entry = trades.entryBar[trade] ?? 0;
    const exit = trades.exitBar[trade] ?? Number.NaN;
    const end = exit === exit ? exit : head.bars - 1;
    const near = Math.min(Math.abs(entry - bar), Math.abs(end - bar));
    const open = bar > entry && bar < end;
    const rank = near <= reach ? near : open ? reach + 1 : Infinity;
    if (rank < distance) [best, distance] = [trade, rank];
  }
  return best;
}
