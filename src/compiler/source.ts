/** A stretch of a source text: offsets of the first character and of the one after the last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** From the start of one span to the end of another. */
export function spanning(first: Span, last: Span): Span {
  return { start: first.start, end: Math.max(first.end, last.end) };
}

/** A text and its lines. A byte order mark at the start is no part of it. */
export class Source {
  /** As shown in messages. */
  readonly name: string;
  readonly text: string;
  readonly #starts: number[] = [0];

  constructor(name: string, text: string) {
    this.name = name;
    this.text = text.startsWith("\uFEFF") ? text.slice(1) : text;
    for (let at = this.text.indexOf("\n"); at >= 0; at = this.text.indexOf("\n", at + 1)) {
      this.#starts.push(at + 1);
    }
  }

  get lineCount(): number {
    return this.#starts.length;
  }

  /** Line and column of an offset, both from 1; a tab is one column. */
  position(offset: number): { readonly line: number; readonly column: number } {
    let [low, high] = [0, this.#starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - this.#starts[low]! + 1 };
  }

  /** Offset at which a line (from 1) starts. */
  lineStart(line: number): number {
    return this.#starts[line - 1] ?? this.text.length;
  }

  /** The text of a line (from 1) without its end. */
  line(line: number): string {
    return this.text
      .slice(this.lineStart(line), this.#starts[line] ?? this.text.length)
      .replace(/\r?\n$/, "");
  }
}
