import { constants, fstatSync, openSync, statSync, writeSync } from "node:fs";

import { secrets } from "../kernel/secrets.ts";

/**
 * One of the two streams that a process says something on. Making `process.stdout` takes as long as starting the
 * program, so text goes straight to the descriptor where that cannot hold the process up: into a file, a device that
 * is no terminal, or a pipe that has room. What is left over takes the slow way, and so does everything after it.
 */
export class StandardStream {
  readonly #descriptor: 1 | 2;
  readonly #onError: (error: NodeJS.ErrnoException) => void;
  /** Where text can be written at once; `undefined`: nowhere. */
  readonly #direct: number | undefined;
  /** Whether somebody sees it as it is written. */
  readonly isTerminal: boolean;
  #stream: NodeJS.WriteStream | undefined;
  /** Pieces on their way to whoever reads them. */
  #unread = 0;

  /** @param onError told why something could not be written */
  constructor(descriptor: 1 | 2, onError: (error: NodeJS.ErrnoException) => void) {
    this.#descriptor = descriptor;
    this.#onError = onError;
    this.isTerminal = isTerminal(descriptor);
    this.#direct = this.isTerminal ? undefined : directly(descriptor);
  }

  /** Whether everything written so far has been read; a pipe may be slower than we are. */
  get isRead(): boolean {
    return this.#unread === 0;
  }

  /** Secrets are left out. */
  write(said: string): void {
    const text = secrets.clean(said);
    const rest = this.#stream === undefined ? this.#writeDirectly(text) : text;
    if (rest.length === 0) return;
    this.#unread++;
    this.#slowly().write(rest, () => this.#unread--);
  }

  /** @returns what could not be written */
  #writeDirectly(text: string): string | Uint8Array {
    if (this.#direct === undefined) return text;
    const bytes = Buffer.from(text, "utf8");
    let done = 0;
    try {
      while (done < bytes.length) done += writeSync(this.#direct, bytes, done);
    } catch {
      // A full pipe, or one that nobody reads any more: the stream waits, or says so.
    }
    return bytes.subarray(done);
  }

  #slowly(): NodeJS.WriteStream {
    if (this.#stream === undefined) {
      this.#stream = this.#descriptor === 1 ? process.stdout : process.stderr;
      this.#stream.on("error", this.#onError);
    }
    return this.#stream;
  }
}

/** Asks the stream itself only where the descriptor is a device that somebody may sit at. */
function isTerminal(descriptor: 1 | 2): boolean {
  try {
    const found = fstatSync(descriptor);
    if (process.platform !== "win32" && !found.isCharacterDevice()) return false;
    if (process.platform === "linux" && found.rdev === statSync("/dev/null").rdev) return false;
  } catch {
    // Whatever it is, the stream knows.
  }
  return (descriptor === 1 ? process.stdout : process.stderr).isTTY === true;
}

function directly(descriptor: 1 | 2): number | undefined {
  try {
    const found = fstatSync(descriptor);
    if (process.platform === "win32") return undefined;
    if (found.isFile() || found.isCharacterDevice()) return descriptor;
    // Opened anew, it can be told not to wait without telling so to those who share the descriptor.
    if (process.platform === "linux" && found.isFIFO())
      return openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    // The slow way is open.
  }
  return undefined;
}
