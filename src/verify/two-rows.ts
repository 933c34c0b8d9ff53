import type { WallTime } from "./cells.ts";
import { headed, restOf, signalColumn, voteSides } from "./columns.ts";
import { TradeListError } from "./errors.ts";
import type { TradeTable } from "./table.ts";
import type { ListedTrade } from "./listed-trade.ts";
import { legOf, saysOpen, sideOf } from "./words.ts";

type Row = readonly string[];

/** A trade's two rows, in the order of the file; the exit may be missing. */
type Pair = readonly [Row, Row?];

/** Two rows a trade: what kind of row it is says a column of four labels at most. */
export function readTwoRows(table: TradeTable): ListedTrade[] {
  const time = table.timeColumns[0] ?? 0;
  const type = typeColumn(table);
  const pairs = pairsOf(table, type);
  const timeOf = (row: Row | undefined): WallTime | undefined =>
    row === undefined ? undefined : table.time(row, time);
  const isEntry = entryLabels(table, pairs, type, (row) => timeOf(row)?.wallMs ?? Number.NaN);
  const ordered = pairs.map(([first, second]) => {
    const entry = isEntry.has(first[type] ?? "") || second === undefined ? first : second;
    return { entry, exit: entry === first ? second : first };
  });
  const price = priceColumn(table, ordered);
  const columns = restOf(table, [time, type, price]);
  const signal = signalColumn(table, [time, type]);
  const moves = ordered.map(({ entry, exit }) => ({
    label: entry[type] ?? "",
    row: exit ?? entry,
    move: exit === undefined ? 0 : table.number(exit, price) - table.number(entry, price),
  }));
  const sides = sideLabels(table, moves, columns.others);
  return ordered.map(({ entry, exit }, index): ListedTrade => {
    const entryTime = timeOf(entry);
    if (entryTime === undefined)
      throw new TradeListError(`an entry has no time: ${entry.filter((cell) => cell !== "").join(", ")}`);
    const exitTime = timeOf(exit);
    const exitSignal = signal === undefined ? "" : (exit?.[signal] ?? "").trim();
    const exitPrice = exit === undefined ? Number.NaN : table.number(exit, price);
    const number = columns.number === undefined ? Number.NaN : table.number(entry, columns.number);
    return {
      number: Number.isNaN(number) ? index + 1 : number,
      side: sides.get(entry[type] ?? "") ?? "long",
      entryTime,
      entryPrice: table.number(entry, price),
      entrySignal: signal === undefined ? "" : (entry[signal] ?? "").trim(),
      exitTime,
      exitPrice,
      exitSignal,
      quantity: Math.abs(table.number(entry, columns.quantity)),
      isOpen: exitTime === undefined || Number.isNaN(exitPrice) || saysOpen(exitSignal),
    };
  });
}

/** The column of labels: named so, or the text of at most four different words. */
function typeColumn(table: TradeTable): number {
  const kinds = (column: number): number => new Set(table.column(column)).size;
  const named = headed(table, "type");
  const candidates = table.textColumns
    .filter((column) => kinds(column) <= 4 && kinds(column) >= 2)
    .toSorted((a, b) => Number(named.includes(b)) - Number(named.includes(a)));
  const speaks = (column: number): boolean =>
    table.column(column).every((cell) => legOf(cell) !== undefined && sideOf(cell) !== undefined);
  const found =
    candidates.find(speaks) ??
    candidates.find((column) => named.includes(column)) ??
    candidates.find((column) => alternates(table.column(column)));
  if (found === undefined) {
    throw new TradeListError(
      `this is no list of trades: no column tells entries from exits (${table.header.join(", ")})`,
    );
  }
  return found;
}

/** Entry and exit take turns, so neighbours in a pair never bear the same label. */
function alternates(cells: readonly string[]): boolean {
  for (let index = 0; index + 1 < cells.length; index += 2)
    if (cells[index] === cells[index + 1]) return false;
  return true;
}

/** Rows of one trade stand together, and bear one number where trades are numbered. */
function pairsOf(table: TradeTable, type: number): Pair[] {
  const number = restOf(table, [type]).number;
  const pairs: [Row, Row?][] = [];
  for (const row of table.rows) {
    const last = pairs.at(-1);
    const fits =
      last !== undefined &&
      last[1] === undefined &&
      (number === undefined || last[0][number] === row[number]) &&
      canPair(last[0][type] ?? "", row[type] ?? "");
    if (fits) last[1] = row;
    else pairs.push([row]);
  }
  const whole = pairs.filter(([, second]) => second !== undefined).length;
  // One trade may still be open, or several where the strategy adds to its position; most are not.
  if (whole === 0 || whole * 2 < pairs.length) {
    throw new TradeListError(
      `the rows do not make pairs of an entry and an exit: ${pairs.length - whole} of ${pairs.length} stand alone`,
    );
  }
  return pairs;
}

/** Two labels that are different, and not both of an entry or both of an exit. */
function canPair(a: string, b: string): boolean {
  return a !== b && (legOf(a) === undefined || legOf(a) !== legOf(b));
}

/** Labels of entries: by their words, else those whose rows come first in time. */
function entryLabels(
  table: TradeTable,
  pairs: readonly Pair[],
  type: number,
  timeOf: (row: Row) => number,
): ReadonlySet<string> {
  const labels = [...new Set(table.column(type))];
  if (labels.every((label) => legOf(label) !== undefined))
    return new Set(labels.filter((label) => legOf(label) === "entry"));
  const earlier = new Map(labels.map((label) => [label, 0]));
  const count = (label: string | undefined, by: number): void => {
    if (label !== undefined) earlier.set(label, (earlier.get(label) ?? 0) + by);
  };
  for (const [first, second] of pairs) {
    if (second === undefined) continue;
    const by = Math.sign(timeOf(second) - timeOf(first));
    count(first[type], by || 0);
    count(second[type], -by || 0);
  }
  return new Set(labels.filter((label) => (earlier.get(label) ?? 0) > 0));
}

/** The price is named so; else it is the number that is there in both rows and most often differs. */
function priceColumn(
  table: TradeTable,
  trades: readonly { readonly entry: Row; readonly exit: Row | undefined }[],
): number {
  const named = headed(table, "price").find((column) => table.numberColumns.includes(column));
  if (named !== undefined) return named;
  let best: { column: number; differs: number } | undefined;
  for (const column of table.numberColumns) {
    let differs = 0;
    for (const { entry, exit } of trades) {
      if (exit === undefined) continue;
      const [a, b] = [table.number(entry, column), table.number(exit, column)];
      if (a > 0 && b > 0 && a !== b) differs++;
    }
    if (best === undefined || differs > best.differs) best = { column, differs };
  }
  if (best === undefined || best.differs === 0) {
    throw new TradeListError(
      `this is no list of trades: no column holds prices (${table.header.join(", ")})`,
    );
  }
  return best.column;
}

/** The side of each entry label: by its words, else by which way the price went when the trade won. */
function sideLabels(
  table: TradeTable,
  moves: readonly { readonly label: string; readonly row: Row; readonly move: number }[],
  columns: readonly number[],
): ReadonlyMap<string, "long" | "short"> {
  const labels = [...new Set(moves.map(({ label }) => label))];
  if (labels.every((label) => sideOf(label) !== undefined))
    return new Map(labels.map((label) => [label, sideOf(label) ?? "long"]));
  return voteSides(table, moves, columns);
}
