import { headed, restOf, signalColumn, voteSides } from "./columns.ts";
import { TradeListError } from "./errors.ts";
import type { TradeTable } from "./table.ts";
import type { ListedTrade } from "./listed-trade.ts";
import { legOf, saysOpen, sideOf } from "./words.ts";

/** One row a trade: two columns of times, two of prices. */
export function readOneRow(table: TradeTable): ListedTrade[] {
  const [entryTime, exitTime] = timesOf(table);
  const [entryPrice, exitPrice] = pricesOf(table);
  const columns = restOf(table, [entryTime, exitTime, entryPrice, exitPrice]);
  const side = sideColumn(table);
  const signals = table.textColumns.filter((column) => column !== side);
  const [entrySignal, exitSignal] = byLeg(table, signals) ?? [
    signalColumn(table, [entryTime, exitTime, side ?? -1]),
    undefined,
  ];
  const sides = sidesOf(table, side, entryPrice, exitPrice, columns.others);
  return table.rows.flatMap((row, index): ListedTrade[] => {
    const entered = table.time(row, entryTime);
    if (entered === undefined) {
      throw new TradeListError(
        `trade ${index + 1} has no time of entry: ${row.filter((cell) => cell !== "").join(", ")}`,
      );
    }
    const left = table.time(row, exitTime);
    const price = table.number(row, exitPrice);
    const exit = exitSignal === undefined ? "" : (row[exitSignal] ?? "").trim();
    const number = table.number(row, columns.number);
    return [
      {
        number: Number.isNaN(number) ? index + 1 : number,
        side: sides(row),
        entryTime: entered,
        entryPrice: table.number(row, entryPrice),
        entrySignal: entrySignal === undefined ? "" : (row[entrySignal] ?? "").trim(),
        exitTime: left,
        exitPrice: price,
        exitSignal: exit,
        quantity: Math.abs(table.number(row, columns.quantity)),
        isOpen: left === undefined || Number.isNaN(price) || saysOpen(exit),
      },
    ];
  });
}

/** The two of some columns whose headings say entry and exit. */
function byLeg(table: TradeTable, columns: readonly number[]): [number, number] | undefined {
  const named = (leg: "entry" | "exit"): number | undefined =>
    columns.find((column) => legOf(table.header[column] ?? "") === leg);
  const [entry, exit] = [named("entry"), named("exit")];
  return entry === undefined || exit === undefined ? undefined : [entry, exit];
}

/** By their headings; else the one that is earlier more often is the entry. */
function timesOf(table: TradeTable): [number, number] {
  const [first = 0, second = 0] = table.timeColumns;
  const named = byLeg(table, table.timeColumns);
  if (named !== undefined) return named;
  let balance = 0;
  for (const row of table.rows) {
    const [a, b] = [table.time(row, first), table.time(row, second)];
    if (a !== undefined && b !== undefined) balance += Math.sign(b.wallMs - a.wallMs);
  }
  return balance >= 0 ? [first, second] : [second, first];
}

/** By their headings; else the two columns whose numbers lie nearest to each other without being the same. */
function pricesOf(table: TradeTable): [number, number] {
  const titled = table.numberColumns.filter((column) =>
    /price|preis|prix|precio|preço|цена|価格|价格/i.test(table.header[column] ?? ""),
  );
  const named = byLeg(table, titled.length >= 2 ? titled : table.numberColumns);
  if (named !== undefined) return named;
  let best: { pair: [number, number]; distance: number } | undefined;
  const { numberColumns } = table;
  for (const [index, first] of numberColumns.entries()) {
    for (const second of numberColumns.slice(index + 1)) {
      const distance = meanDistance(table, first, second);
      if (best === undefined || distance < best.distance) best = { pair: [first, second], distance };
    }
  }
  if (best === undefined || !(best.distance < 1)) {
    throw new TradeListError(
      `this is no list of trades: no two columns hold prices (${table.header.join(", ")})`,
    );
  }
  return best.pair;
}

/** Relative; infinite for columns that agree everywhere or hold what is no price. */
function meanDistance(table: TradeTable, first: number, second: number): number {
  let sum = 0;
  let count = 0;
  for (const row of table.rows) {
    const [a, b] = [table.number(row, first), table.number(row, second)];
    if (Number.isNaN(a) || Number.isNaN(b)) continue;
    if (a <= 0 || b <= 0) return Infinity;
    sum += Math.abs(a - b) / Math.max(a, b);
    count++;
  }
  return count === 0 || sum === 0 ? Infinity : sum / count;
}

function sideColumn(table: TradeTable): number | undefined {
  const candidates = table.textColumns.filter((column) => new Set(table.column(column)).size <= 2);
  return (
    candidates.find((column) => table.column(column).every((cell) => sideOf(cell) !== undefined)) ??
    candidates.find((column) => headed(table, "type").includes(column)) ??
    candidates[0]
  );
}

function sidesOf(
  table: TradeTable,
  column: number | undefined,
  entryPrice: number,
  exitPrice: number,
  others: readonly number[],
): (row: readonly string[]) => "long" | "short" {
  if (column === undefined)
    throw new TradeListError(`no column says which trades are long (${table.header.join(", ")})`);
  const labels = [...new Set(table.column(column))];
  if (labels.every((label) => sideOf(label) !== undefined))
    return (row) => sideOf(row[column] ?? "") ?? "long";
  const moves = table.rows.map((row) => ({
    label: row[column] ?? "",
    row,
    move: table.number(row, exitPrice) - table.number(row, entryPrice),
  }));
  const sides = voteSides(table, moves, others);
  return (row) => sides.get(row[column] ?? "") ?? "long";
}
