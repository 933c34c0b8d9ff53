import type { Origin } from "../ir.ts";

/** One line of generated code. */
export interface Line {
  readonly text: string;
  readonly origin: Origin | undefined;
}

/** Collects lines with their indentation and the place in the script that each comes from. */
export class Writer {
  readonly lines: Line[] = [];
  #indent = "";

  line(text: string, origin?: Origin): void {
    this.lines.push({ text: text === "" ? "" : this.#indent + text, origin });
  }

  /** Writes what `body` writes one level deeper, between `open` and `close`. */
  block(open: string, close: string, body: () => void, origin?: Origin): void {
    this.line(open, origin);
    this.nested(body);
    this.line(close);
  }

  nested(body: () => void): void {
    const before = this.#indent;
    // Thousands of levels, as a long chain of `else if` has, would be mostly blanks.
    if (before.length < 100) this.#indent += "  ";
    body();
    this.#indent = before;
  }

  /** Lines of another writer, at this one's indentation. */
  append(other: Writer): void {
    for (const { text, origin } of other.lines) this.line(text, origin);
  }
}
