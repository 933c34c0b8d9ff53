import { parseDelimited } from "../kernel/delimited.ts";
import {
  type DateOrder,
  dateOrderOf,
  type DecimalMark,
  decimalMarkOf,
  isNumeric,
  numberOf,
  type WallTime,
  wallTimeOf,
} from "./cells.ts";
import { TradeListError } from "./errors.ts";

/** A list of trades as rows of cells, and how to read them. Pure. */
export class TradeTable {
  readonly header: readonly string[];
  /** Every row has as many cells as the header. */
  readonly rows: readonly (readonly string[])[];
  readonly #mark: DecimalMark;
  /** What slashes mean where the cells allow both readings. */
  readonly #order: DateOrder;
  /** Columns with a time in nearly every cell. */
  readonly timeColumns: readonly number[];
  /** Columns with a number in nearly every cell. */
  readonly numberColumns: readonly number[];
  readonly textColumns: readonly number[];

  /** @throws TradeListError when the text is no table */
  constructor(text: string) {
    const { delimiter, rows } = tableOf(text.replace(/^\uFEFF/, ""));
    const [header = [], ...body] = rows;
    this.header = header.map((cell) => cell.trim());
    this.rows = body
      .filter((row) => row.some((cell) => cell.trim() !== ""))
      .map((row) => padded(row, header.length));
    if (this.rows.length === 0) throw new TradeListError("the list holds no trades");
    this.#mark = decimalMarkOf(
      this.rows.flatMap((row) => row.filter((cell) => this.#time(cell, "dayFirst") === undefined)),
      delimiter === ";" ? "," : ".",
    );
    const columns = this.header.map((_, column) => column);
    const share = (column: number, test: (cell: string) => boolean): number => {
      const filled = this.column(column).filter((cell) => cell.trim() !== "");
      return filled.length === 0 ? 0 : filled.filter(test).length / filled.length;
    };
    const isTime = (cell: string): boolean =>
      this.#time(cell, "dayFirst") !== undefined || this.#time(cell, "monthFirst") !== undefined;
    this.timeColumns = columns.filter((column) => share(column, isTime) > 0.9);
    this.numberColumns = columns.filter(
      (column) => !this.timeColumns.includes(column) && share(column, isNumeric) > 0.9,
    );
    this.textColumns = columns.filter(
      (column) => !this.timeColumns.includes(column) && !this.numberColumns.includes(column),
    );
    this.#order = this.#findOrder();
  }

  column(index: number): string[] {
    return this.rows.map((row) => row[index] ?? "");
  }

  /** The cell as a number; NaN when it is none. */
  number(row: readonly string[], column: number | undefined): number {
    return column === undefined ? Number.NaN : numberOf(row[column] ?? "", this.#mark);
  }

  /** The cell as a time. */
  time(row: readonly string[], column: number): WallTime | undefined {
    return this.#time(row[column] ?? "", this.#order);
  }

  #time(cell: string, order: DateOrder): WallTime | undefined {
    return wallTimeOf(cell, order);
  }

  /** Trades come in the order of time or against it; the reading that breaks it less often is the right one. */
  #findOrder(): DateOrder {
    const column = this.timeColumns.at(-1);
    if (column === undefined) return "dayFirst";
    const cells = this.column(column);
    const turns = (order: DateOrder): number => {
      const times = cells.map((cell) => wallTimeOf(cell, order)?.wallMs).filter((time) => time !== undefined);
      let rising = 0;
      let falling = 0;
      for (let index = 1; index < times.length; index++) {
        const step = (times[index] ?? 0) - (times[index - 1] ?? 0);
        if (step > 0) rising++;
        else if (step < 0) falling++;
      }
      return Math.min(rising, falling) + (cells.length - times.length);
    };
    return dateOrderOf(cells) ?? (turns("dayFirst") < turns("monthFirst") ? "dayFirst" : "monthFirst");
  }
}

function padded(row: readonly string[], length: number): string[] {
  return Array.from({ length }, (_, index) => row[index] ?? "");
}

/** The delimiter is the one that makes most rows as long as the first. */
function tableOf(text: string): { readonly delimiter: string; readonly rows: readonly string[][] } {
  let best: { delimiter: string; rows: string[][]; score: number } | undefined;
  for (const delimiter of [",", ";", "\t"]) {
    const rows = parseDelimited(text, delimiter);
    const width = rows[0]?.length ?? 0;
    if (width < 4) continue;
    const score = rows.filter((row) => row.length === width).length * width;
    if (best === undefined || score > best.score) best = { delimiter, rows, score };
  }
  if (best === undefined) {
    throw new TradeListError("this is no list of trades: it has no columns", {
      hint: 'in TradingView\'s Strategy Tester: "List of trades", then export as CSV',
    });
  }
  return best;
}
