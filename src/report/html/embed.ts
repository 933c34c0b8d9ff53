import { deflateRawSync } from "node:zlib";

import { colorText } from "../../runtime/visuals.ts";
import type { ReportData } from "./data.ts";
import { cleaned } from "./safe-html.ts";
import type { ReportColour, ReportVisual } from "./visuals.ts";
import { type ColumnHead, encodeColumn } from "./wire/columns.ts";
import { barColumns, type Embedded, tradeColumns } from "./wire/embedded.ts";
import type { EmbeddedColour, EmbeddedVisual } from "./wire/visuals.ts";

/** What the page's script reads: see `wire/embedded.ts`. `columns` is deflated (raw) and in base64. */
export function embedded(data: ReportData): { head: Embedded; columns: string } {
  const { bars, strategy } = data;
  const trades = strategy?.trades ?? [];
  const pack = new Pack();
  for (const name of barColumns) pack.add(bars[name]);
  const visuals = data.visuals.map((visual) => embeddedVisual(visual, pack));
  const signals = new Map<string, number>();
  const signal = (text: string): number => {
    const known = signals.get(text);
    if (known !== undefined) return known;
    signals.set(text, signals.size);
    return signals.size - 1;
  };
  if (trades.length > 0) {
    for (const name of tradeColumns) {
      pack.add(
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
      visuals,
      drawings: data.drawings,
      trades: trades.length,
      signals: [...signals.keys()].map(cleaned),
      ...(curve === undefined
        ? {}
        : {
            curve: {
              bars: curve.bars,
              equity: curve.equity.map(cents),
              drawdown: curve.drawdown.map(cents),
            },
          }),
      columns: pack.heads,
    },
    columns: deflateRawSync(Buffer.concat(pack.chunks), { level: 6 }).toString("base64"),
  };
}

/** Columns one after another. */
class Pack {
  readonly heads: ColumnHead[] = [];
  readonly chunks: Uint8Array[] = [];

  /** @returns the column's index */
  add(values: ArrayLike<number>): number {
    const { head, bytes } = encodeColumn(values);
    this.chunks.push(bytes);
    return this.heads.push(head) - 1;
  }
}

function embeddedVisual(visual: ReportVisual, pack: Pack): EmbeddedVisual {
  const colour = colourIn(visual.colour, pack);
  const shown = {
    title: cleaned(visual.title),
    overlay: visual.overlay,
    ...(colour === undefined ? {} : { colour }),
  };
  switch (visual.kind) {
    case "line":
      return {
        kind: "line",
        ...shown,
        column: pack.add(visual.values),
        style: visual.style,
        width: visual.width,
      };
    case "mark": {
      const textColour = colourIn(visual.textColour, pack);
      return {
        kind: "mark",
        ...shown,
        column: pack.add(visual.values),
        place: visual.place,
        glyph: cleaned(visual.glyph),
        text: cleaned(visual.text),
        ...(textColour === undefined ? {} : { textColour }),
      };
    }
    case "candles": {
      const [open, high, low, close] = visual.columns;
      return {
        kind: "candles",
        ...shown,
        columns: [pack.add(open), pack.add(high), pack.add(low), pack.add(close)],
      };
    }
    case "level":
      return { kind: "level", ...shown, value: visual.value, width: visual.width, dash: visual.dash };
    case "fill":
      return { kind: "fill", ...shown, between: visual.between };
    case "background":
    case "barColour":
      return { kind: visual.kind, ...shown };
  }
}

/** Colours by bar become numbers of a palette: scripts use few. */
function colourIn(colour: ReportColour | undefined, pack: Pack): EmbeddedColour | undefined {
  if (colour === undefined || colour === null || typeof colour === "string") return colour;
  const numbers = new Map<number, number>();
  const indices = colour.map((value) => {
    if (value !== value) return Number.NaN;
    const known = numbers.get(value);
    if (known !== undefined) return known;
    numbers.set(value, numbers.size);
    return numbers.size - 1;
  });
  return {
    column: pack.add(indices),
    palette: [...numbers.keys()].map((value) => (colorText(value) ?? "").toLowerCase()),
  };
}

function cents(value: number): number {
  return Math.round(value * 100) / 100;
}
