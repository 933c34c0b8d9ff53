/** Writes lists of trades the way charts export them, to read them back. */

/** A trade, times as instants. */
export interface Sample {
  readonly side: "long" | "short";
  readonly entryMs: number;
  readonly exitMs: number;
  readonly entryPrice: number;
  readonly exitPrice: number;
  readonly quantity: number;
  readonly isOpen?: boolean;
}

/** How an export is written. */
export interface Shape {
  readonly header: Readonly<Record<Column, string>>;
  readonly columns: readonly Column[];
  readonly labels: Readonly<Record<"entryLong" | "exitLong" | "entryShort" | "exitShort", string>>;
  readonly delimiter: string;
  readonly number: (value: number) => string;
  /** Of an instant. */
  readonly time: (timeMs: number) => string;
  readonly newestFirst: boolean;
  readonly open: string;
}

export type Column =
  | "number"
  | "type"
  | "time"
  | "signal"
  | "price"
  | "quantity"
  | "value"
  | "profit"
  | "percent"
  | "cumulative";

export const english: Shape = {
  header: {
    number: "Trade #",
    type: "Type",
    time: "Date and time",
    signal: "Signal",
    price: "Price USD",
    quantity: "Position size (qty)",
    value: "Position size (value)",
    profit: "Net P&L USD",
    percent: "Net P&L %",
    cumulative: "Cumulative P&L USD",
  },
  columns: [
    "number",
    "type",
    "time",
    "signal",
    "price",
    "quantity",
    "value",
    "profit",
    "percent",
    "cumulative",
  ],
  labels: {
    entryLong: "Entry long",
    exitLong: "Exit long",
    entryShort: "Entry short",
    exitShort: "Exit short",
  },
  delimiter: ",",
  number: String,
  time: (timeMs) => new Date(timeMs).toISOString().slice(0, 16).replace("T", " "),
  newestFirst: false,
  open: "Open",
};

/** The text of an export. */
export function exported(trades: readonly Sample[], shape: Shape): string {
  const cell = (text: string): string => (text.includes(shape.delimiter) ? `"${text}"` : text);
  let cumulative = 0;
  const blocks = trades.map((trade, index) => {
    const direction = trade.side === "long" ? 1 : -1;
    const profit = direction * (trade.exitPrice - trade.entryPrice) * trade.quantity;
    cumulative += profit;
    const row = (leg: "entry" | "exit"): string => {
      const price = leg === "entry" ? trade.entryPrice : trade.exitPrice;
      const values: Record<Column, string> = {
        number: String(index + 1),
        type: shape.labels[`${leg}${trade.side === "long" ? "Long" : "Short"}`],
        time: shape.time(leg === "entry" ? trade.entryMs : trade.exitMs),
        signal: leg === "exit" && trade.isOpen === true ? shape.open : `${leg} ${index % 3}`,
        price: shape.number(price),
        quantity: shape.number(trade.quantity),
        value: shape.number(trade.quantity * trade.entryPrice),
        profit: shape.number(profit),
        percent: `${shape.number((profit / (trade.quantity * trade.entryPrice)) * 100)}%`,
        cumulative: shape.number(cumulative),
      };
      return shape.columns.map((column) => cell(values[column])).join(shape.delimiter);
    };
    return [row("entry"), row("exit")];
  });
  const rows = shape.newestFirst ? blocks.toReversed().flatMap((block) => block.toReversed()) : blocks.flat();
  return [shape.columns.map((column) => cell(shape.header[column])).join(shape.delimiter), ...rows].join(
    "\r\n",
  );
}
