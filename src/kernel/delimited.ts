/** How a delimited text is written. */
export interface Dialect {
  readonly delimiter: string;
  /** Characters that quote a cell which begins with them; doubled they stand for themselves. */
  readonly quotes: string;
  /** Whether a backslash makes the next character plain. */
  readonly backslash: boolean;
}

/**
 * Rows of a delimited text, one after another, pure: a quoted cell may hold the delimiter and line breaks, blank lines
 * are left out.
 */
export class DelimitedReader {
  readonly #text: string;
  readonly #dialect: Dialect;
  readonly #special: RegExp;
  /** Whether the text has any quote or backslash at all. */
  readonly #simple: boolean;
  #at = 0;
  #lines = 0;
  /** Number of the line on which the last row began, from 1. */
  line = 0;

  constructor(text: string, dialect: Dialect) {
    this.#text = text;
    this.#dialect = dialect;
    this.#special = new RegExp(`[${dialect.quotes}${dialect.backslash ? "\\\\" : ""}]`);
    this.#simple = !this.#special.test(text);
  }

  /** The cells of the next row; `undefined` at the end. */
  next(): string[] | undefined {
    while (this.#at < this.#text.length) {
      this.line = this.#lines + 1;
      const found = this.#text.indexOf("\n", this.#at);
      const end = found < 0 ? this.#text.length : found;
      const stop = this.#text.charCodeAt(end - 1) === 13 && end > this.#at ? end - 1 : end;
      const raw = this.#text.slice(this.#at, stop);
      // Most lines quote nothing: splitting them is several times faster than walking over them.
      if (this.#simple || !this.#special.test(raw)) {
        this.#at = end + 1;
        this.#lines++;
        if (raw === "" || (raw.charCodeAt(0) <= 32 && this.#isBlank(raw))) continue;
        return raw.split(this.#dialect.delimiter);
      }
      return this.#quotedRow();
    }
    return undefined;
  }

  #isBlank(raw: string): boolean {
    return raw.trim() === "" && !raw.includes(this.#dialect.delimiter);
  }

  #quotedRow(): string[] {
    const { delimiter, quotes, backslash } = this.#dialect;
    const text = this.#text;
    const row: string[] = [];
    let cell = "";
    let quote = "";
    let index = this.#at;
    for (; index < text.length; index++) {
      const character = text[index] ?? "";
      if (character === "\n") this.#lines++;
      if (backslash && character === "\\" && index + 1 < text.length) {
        cell += text[++index];
        if (text[index] === "\n") this.#lines++;
      } else if (quote !== "") {
        if (character !== quote) cell += character;
        else if (text[index + 1] === quote) cell += text[++index];
        else quote = "";
      } else if (cell === "" && quotes.includes(character)) quote = character;
      else if (character === delimiter) {
        row.push(cell);
        cell = "";
      } else if (character === "\n") break;
      else if (character !== "\r" || text[index + 1] !== "\n") cell += character;
    }
    if (index >= text.length) this.#lines++;
    this.#at = index + 1;
    row.push(cell);
    return row;
  }
}

/** All rows of a text whose cells may stand in double quotes. */
export function parseDelimited(text: string, delimiter: string): string[][] {
  const reader = new DelimitedReader(text, { delimiter, quotes: '"', backslash: false });
  const rows: string[][] = [];
  for (let row = reader.next(); row !== undefined; row = reader.next()) rows.push(row);
  return rows;
}
