import { deflateRawSync } from "node:zlib";

import type { ReportData } from "./data.ts";
import { cleaned } from "./safe-html.ts";
import { type ColumnHead, encodeColumn } from "./wire/columns.ts";
import { barColumns, type Embedded, tradeColumns } from "./wire/embedded.ts";

/** What the page's script reads: see `wire/embedded.ts`. `columns` is deflated (raw) and in base64. */
export function embedded(data: ReportData): { head: Embedded; columns: string } {
  const { bars, plots, strategy } = data;
  const trades = strategy?.trades ?? [];
  const signals = new Map<string, number>();
  const signal = (text: string): number => {
    const known = signals.get(text);
    if (known !== undefined) return known;
    signals.set(text, signals.size);
    return signals.size - 1;
  };
  const heads: ColumnHead[] = [];
  const chunks: Uint8Array[] = [];
  const add = (values: ArrayLike<number>): void => {
    const { head, bytes } = encodeColumn(values);
    heads.push(head);
    chunks.push(bytes);
  };
  for (const name of barColumns) add(bars[name]);
  for (const plot of plots) add(plot.values);
  if (trades.length > 0) {
    for (const name of tradeColumns) {
      add(
        trades.map((trade) =>
          name === "entrySignal" || name === "exitSignal" ? signal(trade[name]) : trade[name],
        ),
      );
    }
  }
  const curve = strategy?.curve;
  return {
    head: {
      title: cleaned(data.title),
      symbol: cleaned(data.symbol),
      precision: data.precision,
      mintick: data.mintick,
      intraday: data.intraday,
      hasVolume: bars.hasVolume,
      currency: cleaned(data.currency),
      bars: bars.length,
      offsets: bars.offsets,
      plots: plots.map(({ title, style, overlay, colour, width }) => ({
        ...{ title: cleaned(title), style, overlay, width },
        ...(colour === undefined ? {} : { colour }),
      })),
      trades: trades.length,
      signals: [...signals.keys()].map(cleaned),
      ...(curve === undefined
        ? {}
        : {
            curve: { bars: curve.bars, equity: curve.equity.map(cents), drawdown: curve.drawdown.map(cents) },
          }),
      columns: heads,
    },
    columns: deflateRawSync(Buffer.concat(chunks), { level: 6 }).toString("base64"),
  };
}

function cents(value: number): number {
  return Math.round(value * 100) / 100;
}
