import type { Feed } from "./feeds.ts";

/**
 * The Heikin Ashi bars of a feed, not rounded to ticks: close = (o + h + l + c) / 4; open = the middle of the open and
 * close before, the first (o + c) / 2; high and low reach around them. Source: Pine reference, ticker.heikinashi.
 */
export function heikinAshi(basis: Feed): Feed {
  const { columns } = basis;
  const column = (): Float64Array => new Float64Array(columns.length);
  const [open, high, low, close] = [column(), column(), column(), column()];
  const renew = (index: number): void => {
    const [o, h, l, c] = [
      columns.open[index]!,
      columns.high[index]!,
      columns.low[index]!,
      columns.close[index]!,
    ];
    const haClose = (o + h + l + c) / 4;
    const before = index === 0 ? Number.NaN : (open[index - 1]! + close[index - 1]!) / 2;
    // After a bar without prices the chain begins anew.
    const haOpen = before === before ? before : (o + c) / 2;
    open[index] = haOpen;
    close[index] = haClose;
    high[index] = Math.max(h, haOpen, haClose);
    low[index] = Math.min(l, haOpen, haClose);
  };
  for (let index = 0; index < columns.length; index++) renew(index);
  return { ...basis, columns: { ...columns, open, high, low, close }, basis, renew };
}
