import type { BarColumns } from "../../kernel/bar.ts";
import { timeReader } from "../../kernel/timestamps.ts";
import { priceFault } from "../ohlcv/record.ts";
import { type ImportedBars, type Layout, layoutOf, numberOf } from "./bars.ts";
import { PlainTimes } from "./plain-time.ts";

/**
 * CSV as nearly all of it is: no quotes, one bar a line, read from bytes into columns without a text or an object in
 * between. Cells that are written in another way go through the same functions as in `parseBars`. A text that this
 * cannot read, or that is wrong, is left to `parseBars`, which reads everything and says what is wrong and where.
 */

const [comma, lineFeed, carriageReturn, point, quote, zero] = [44, 10, 13, 46, 34, 48];
/** Whole numbers of so many digits are exact, and so is their quotient by a power of ten up to 10^22. */
const exactDigits = 15;
const powersOfTen = Float64Array.from({ length: exactDigits + 1 }, (_, power) => 10 ** power);

/** Which of the columns a cell belongs to; further columns count from here on. */
const [timeKind, firstPrice, ignored, firstExtra] = [0, 1, 6, 7];

/** time, open, high, low, close, volume */
type SixColumns = [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];

/**
 * Reads bars from pieces of whole lines.
 * @param size bytes of the whole text, to know early how many rows there will be
 * @returns `undefined` when it takes `parseBars`
 * @throws DataError when the header lacks a column, or the zone is unknown
 */
export function readPlainCsv(
  pieces: Iterable<Buffer>,
  size: number,
  timezone: string,
): ImportedBars | undefined {
  let reader: PlainReader | undefined;
  for (const piece of pieces) {
    if (piece.includes(quote)) return undefined;
    let start = 0;
    if (reader === undefined) {
      const bom = piece[0] === 0xef && piece[1] === 0xbb && piece[2] === 0xbf ? 3 : 0;
      const end = piece.indexOf(lineFeed);
      if (end < 0) return undefined;
      const header = piece.toString("utf8", bom, end).split(",");
      reader = new PlainReader(
        header.map((name) => name.trim()),
        size,
        timezone,
      );
      start = end + 1;
    }
    // Every line has an end, so that nothing has to look for the end of the piece.
    const ended = piece.at(-1) === lineFeed ? piece : Buffer.concat([piece, Buffer.of(lineFeed)]);
    if (!reader.read(ended, start)) return undefined;
  }
  return reader?.result();
}

class PlainReader {
  readonly #header: readonly string[];
  readonly #layout: Layout;
  /** What the cells of a row are, in their order. */
  readonly #kinds: Uint8Array;
  readonly #size: number;
  readonly #readTime: (text: string) => {
    readonly timeMs: number;
    readonly offsetMinutes: number | undefined;
  };
  readonly #plainTimes: PlainTimes;
  readonly #offsets: number[] = [];
  #lastOffset = Number.NaN;
  #symbol: string | undefined;
  #texts: string[][];
  #count = 0;
  #bytesRead = 0;
  #columns: Float64Array[] = Array.from({ length: 6 }, () => new Float64Array(0));

  constructor(header: readonly string[], size: number, timezone: string) {
    this.#header = header;
    this.#size = size;
    const layout = layoutOf({ header, withExtras: true });
    this.#layout = layout;
    this.#kinds = Uint8Array.from(header, (_, index) => {
      if (index === layout.time) return timeKind;
      const price = layout.prices.indexOf(index);
      if (price >= 0) return firstPrice + price;
      const extra = layout.extras.findIndex((column) => column.index === index);
      return extra >= 0 ? firstExtra + extra : ignored;
    });
    this.#texts = layout.extras.map(() => []);
    this.#readTime = timeReader(timezone);
    this.#plainTimes = new PlainTimes(timezone);
  }

  /** Reads whole lines from `start` on; `false` when it cannot. */
  read(bytes: Buffer, start: number): boolean {
    this.#reserve(bytes.length - start);
    const kinds = this.#kinds;
    const cells = kinds.length;
    const columns = this.#columns;
    const [times, opens, highs, lows, closes, volumes] = columns as SixColumns;
    let row = this.#count;
    let before = row === 0 ? -Infinity : (times[row - 1] ?? 0);
    let at = start;
    while (at < bytes.length) {
      if (bytes[at] === carriageReturn && bytes[at + 1] === lineFeed) at++;
      if (bytes[at] === lineFeed) {
        at++;
        continue;
      }
      for (let cell = 0; cell < cells; cell++) {
        const kind = kinds[cell] ?? ignored;
        const from = at;
        // Nine digits fit whole-number arithmetic, which is twice as fast; the rest and the decimals follow as doubles.
        let digit = (bytes[at] ?? 0) - zero;
        let small = 0;
        while (digit >>> 0 < 10 && at - from < 9) {
          small = (Math.imul(small, 10) + digit) | 0;
          digit = (bytes[++at] ?? 0) - zero;
        }
        let value = small;
        while (digit >>> 0 < 10) {
          value = value * 10 + digit;
          digit = (bytes[++at] ?? 0) - zero;
        }
        let digits = at - from;
        let decimals = -1;
        if (digit === point - zero) {
          const first = ++at;
          digit = (bytes[at] ?? 0) - zero;
          while (digit >>> 0 < 10) {
            value = value * 10 + digit;
            digit = (bytes[++at] ?? 0) - zero;
          }
          decimals = at - first;
          digits += decimals;
          value /= powersOfTen[decimals] ?? 1;
        }
        let isPlain = digits > 0 && digits <= exactDigits && kind < ignored;
        if (kind === timeKind) {
          value = this.#timeOf(bytes, from, value, digits, decimals);
          isPlain = value === value;
          if (isPlain && digits === 4) at = this.#plainTimes.end;
        }
        // The cell must end here, and the row with its last cell.
        if (bytes[at] === carriageReturn && bytes[at + 1] === lineFeed) at++;
        if (!isPlain || (bytes[at] !== comma && bytes[at] !== lineFeed)) {
          at = cellEnd(bytes, from);
          value = this.#oddCell(bytes.toString("utf8", from, at), kind, row);
          if (value === Infinity) return false;
        }
        if (bytes[at] !== (cell === cells - 1 ? lineFeed : comma)) return false;
        at++;
        if (kind < ignored) (columns[kind] ?? times)[row] = value;
      }
      const timeMs = times[row] ?? Number.NaN;
      const open = opens[row] ?? 0;
      const high = highs[row] ?? 0;
      const low = lows[row] ?? 0;
      const close = closes[row] ?? 0;
      const volume = volumes[row] ?? 0;
      if (!(timeMs > before) || priceFault(open, high, low, close, volume) !== undefined) return false;
      before = timeMs;
      row++;
    }
    this.#count = row;
    this.#bytesRead += bytes.length - start;
    return true;
  }

  /** A time of plain digits, or of a date that begins with four of them; NaN for anything else. */
  #timeOf(bytes: Buffer, from: number, value: number, digits: number, decimals: number): number {
    if (decimals >= 0) return Number.NaN;
    if (digits === 4) {
      const timeMs = this.#plainTimes.read(bytes, from);
      if (timeMs === timeMs) this.#noteOffset(this.#plainTimes.offsetMinutes);
      return timeMs;
    }
    // Eight digits are a date, and leading zeros count for nothing: neither is plain.
    if (digits === 0 || digits === 8 || digits > 13 || bytes[from] === zero) return Number.NaN;
    return digits <= 10 ? value * 1000 : value;
  }

  result(): ImportedBars {
    const length = this.#count;
    const [openTimeMs, open, high, low, close, volume] = this.#columns.map((column) =>
      column.subarray(0, length),
    ) as SixColumns;
    const columns: BarColumns = {
      length,
      openTimeMs,
      open,
      high,
      low,
      close,
      volume,
      extra: new Map(this.#layout.extras.map(({ name }, index) => [name, this.#texts[index] ?? []])),
    };
    return {
      columns,
      offsets: this.#offsets,
      symbol: this.#symbol === "" ? undefined : this.#symbol,
      timeColumn: this.#header[this.#layout.time] ?? "",
    };
  }

  /** A cell that is not plain digits, as a number; Infinity when it takes somebody else. */
  #oddCell(text: string, kind: number, row: number): number {
    if (kind >= ignored) {
      const trimmed = text.trim();
      if (kind >= firstExtra) {
        const extra = kind - firstExtra;
        (this.#texts[extra] ?? []).push(trimmed);
        if (row === 0 && this.#layout.extras[extra]?.index === this.#layout.symbol) this.#symbol = trimmed;
      }
      return 0;
    }
    if (kind !== timeKind) return numberOf(text) ?? Infinity;
    try {
      const { timeMs, offsetMinutes } = this.#readTime(text);
      this.#noteOffset(offsetMinutes ?? Number.NaN);
      return timeMs;
    } catch {
      return Infinity;
    }
  }

  #noteOffset(minutes: number): void {
    if (minutes !== minutes || minutes === this.#lastOffset) return;
    this.#lastOffset = minutes;
    if (!this.#offsets.includes(minutes)) this.#offsets.push(minutes);
  }

  /** Makes room for the rows of a piece, the first time for as many as the whole text will probably have. */
  #reserve(bytes: number): void {
    // A row has a byte at least for each cell and its end.
    const needed = this.#count + Math.ceil(bytes / this.#kinds.length);
    if (needed <= (this.#columns[0]?.length ?? 0)) return;
    const perRow = this.#count === 0 ? 0 : this.#bytesRead / this.#count;
    const expected = perRow === 0 ? 0 : Math.ceil((this.#size / perRow) * 1.02);
    const capacity = Math.max(needed, expected + Math.ceil(bytes / this.#kinds.length));
    this.#columns = this.#columns.map((column) => {
      const larger = new Float64Array(capacity);
      larger.set(column.subarray(0, this.#count));
      return larger;
    });
  }
}

/** Where a cell ends: at its comma, or the line feed of its line. */
function cellEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] !== comma && bytes[at] !== lineFeed) at++;
  return at;
}
