import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** Bytes after which a log starts anew, and how many old ones are kept: `NAME.log.1` is the youngest. */
export const maximumLogBytes = 1 << 20;
export const keptLogs = 5;

/** A log that lines are appended to and that never grows beyond its limit. One writer at a time. */
export class LogFile implements Disposable {
  readonly path: string;
  readonly #limit: number;
  readonly #now: () => number;
  #descriptor: number;
  #size: number;

  constructor(path: string, options: { readonly limit?: number; readonly now?: () => number } = {}) {
    this.path = path;
    this.#limit = options.limit ?? maximumLogBytes;
    this.#now = options.now ?? Date.now;
    mkdirSync(dirname(path), { recursive: true });
    this.#descriptor = openSync(path, "a", 0o600);
    this.#size = fstatSync(this.#descriptor).size;
  }

  /** Appends a line with the time in front. */
  line(text: string): void {
    const bytes = Buffer.from(`${new Date(this.#now()).toISOString().slice(0, 19)}Z ${text}\n`, "utf8");
    if (this.#size > 0 && this.#size + bytes.length > this.#limit) this.#rotate();
    for (let offset = 0; offset < bytes.length;) offset += writeSync(this.#descriptor, bytes, offset);
    this.#size += bytes.length;
  }

  #rotate(): void {
    closeSync(this.#descriptor);
    rmSync(`${this.path}.${keptLogs}`, { force: true });
    for (let age = keptLogs - 1; age >= 0; age--) {
      const from = age === 0 ? this.path : `${this.path}.${age}`;
      try {
        renameSync(from, `${this.path}.${age + 1}`);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
    }
    this.#descriptor = openSync(this.path, "a", 0o600);
    this.#size = 0;
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }
}

/** Longest piece of a line that never ends. */
const longestLine = 16_384;

/** Lines of a stream of bytes; one that is too long comes in pieces. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield line.replace(/\r$/, "");
    for (; rest.length > longestLine; rest = rest.slice(longestLine)) yield rest.slice(0, longestLine);
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}
