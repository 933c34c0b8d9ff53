import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { writeFailure } from "../kernel/errors.ts";

/**
 * A text file written line by line and published as a whole: it appears under its name when `publish` is called, so a
 * reader never sees half of it and a failed run leaves the previous one.
 */
export class TextFile {
  readonly path: string;
  readonly #temporary: string;
  readonly #descriptor: number;
  #pending: string[] = [];
  #size = 0;
  #isOpen = true;

  /** Creates the folder when it is missing. */
  constructor(path: string) {
    this.path = path;
    mkdirSync(dirname(path), { recursive: true });
    this.#temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
    this.#descriptor = openSync(this.#temporary, "w");
  }

  line(text: string): void {
    this.#pending.push(text);
    this.#size += text.length;
    if (this.#size > 1 << 20) this.#flush();
  }

  #flush(): void {
    if (this.#pending.length === 0) return;
    const bytes = Buffer.from(`${this.#pending.join("\n")}\n`, "utf8");
    for (let offset = 0; offset < bytes.length;) offset += writeSync(this.#descriptor, bytes, offset);
    this.#pending = [];
    this.#size = 0;
  }

  /** Makes the file appear under its name. */
  publish(): void {
    this.#flush();
    fsyncSync(this.#descriptor);
    this.#close();
    renameSync(this.#temporary, this.path);
  }

  /** Throws everything away; also after a `publish` that failed. */
  discard(): void {
    this.#close();
    rmSync(this.#temporary, { force: true });
  }

  #close(): void {
    if (this.#isOpen) closeSync(this.#descriptor);
    this.#isOpen = false;
  }
}

/** Writes lines to a file; when writing fails the previous file stays. */
export function writeLines(path: string, lines: Iterable<string>): void {
  const file = new TextFile(path);
  try {
    for (const line of lines) file.line(line);
    file.publish();
  } catch (error) {
    file.discard();
    throw writeFailure(path, error);
  }
}

/** A CSV cell, quoted only when it must be. */
export function csvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
