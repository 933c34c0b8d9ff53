import { TradeListError } from "./errors.ts";
import type { TradeTable } from "./table.ts";
import { type ColumnRole, roleOfHeading } from "./words.ts";

/** Finding columns that both shapes of a list have. */

/** Columns whose heading names a role. */
export function headed(table: TradeTable, role: ColumnRole): number[] {
  return table.header.flatMap((heading, column) => (roleOfHeading(heading) === role ? [column] : []));
}

/** The columns of numbers besides those that are known. */
export function restOf(
  table: TradeTable,
  known: readonly number[],
): {
  readonly number: number | undefined;
  readonly quantity: number | undefined;
  readonly others: readonly number[];
} {
  const free = table.numberColumns.filter((column) => !known.includes(column));
  const isCount = (column: number): boolean =>
    table.column(column).every((cell) => /^\d+$/.test(cell.trim())) && countsUpOrDown(table.column(column));
  const number = headed(table, "number").find((column) => free.includes(column)) ?? free.find(isCount);
  const quantity = headed(table, "quantity").find((column) => free.includes(column));
  return { number, quantity, others: free.filter((column) => column !== number) };
}

/** 1 1 2 2 3 3 or 3 2 1. */
function countsUpOrDown(cells: readonly string[]): boolean {
  const steps = cells.slice(1).map((cell, index) => Number(cell) - Number(cells[index]));
  return [1, -1].some((way) => steps.every((step) => step === 0 || step === way));
}

/** Texts that are neither times nor labels: the names of orders. */
export function signalColumn(table: TradeTable, known: readonly number[]): number | undefined {
  const free = table.header.map((_, column) => column).filter((column) => !known.includes(column));
  const named = headed(table, "signal").find((column) => free.includes(column));
  return named ?? table.textColumns.find((column) => free.includes(column));
}

/**
 * Which label is long: in some column of money the sign of a long trade follows the price, that of a short one goes
 * against it. The column in which the labels agree most with themselves decides.
 *
 * @throws TradeListError when no column does
 */
export function voteSides(
  table: TradeTable,
  moves: readonly { readonly label: string; readonly row: readonly string[]; readonly move: number }[],
  columns: readonly number[],
): ReadonlyMap<string, "long" | "short"> {
  let best: { clarity: number; votes: Map<string, number> } | undefined;
  for (const column of columns) {
    const votes = new Map<string, number>();
    let negative = 0;
    for (const { label, row, move } of moves) {
      const money = table.number(row, column);
      if (money < 0) negative++;
      const vote = Math.sign(money) * Math.sign(move);
      votes.set(label, (votes.get(label) ?? 0) + (Number.isNaN(vote) ? 0 : vote));
    }
    // What never loses is a size or a run-up.
    if (negative === 0) continue;
    const clarity = [...votes.values()].reduce((sum, vote) => sum + Math.abs(vote), 0) / moves.length;
    if (best === undefined || clarity > best.clarity) best = { clarity, votes };
  }
  if (best === undefined || best.clarity < 0.5) {
    throw new TradeListError("the list does not say which trades are long and which short", {
      hint: "export it once more with the chart's language set to English",
    });
  }
  return new Map([...best.votes].map(([label, vote]) => [label, vote >= 0 ? "long" : "short"]));
}
