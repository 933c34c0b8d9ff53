import { writeSync } from "node:fs";

import { secrets } from "../../kernel/secrets.ts";
import type { Output } from "../output.ts";
import { escapeDelayMs, type Input, KeyDecoder } from "./keys.ts";
import { enterScreen, leaveScreen, type Picture, picture, repaint } from "./paint.ts";
import type { Line, Size } from "./text.ts";

/** Whether a shell can stop and continue what runs in it. */
const hasJobs = process.platform !== "win32";

/** Who is told what happens at the terminal. */
export interface TerminalListener {
  input(input: Input): void;
  /** The size changed, or the picture was lost: draw again. */
  redraw(): void;
  /** Nothing can be drawn or read any more, or something broke that nobody caught. */
  failed(error: unknown): void;
}

/**
 * The terminal while it belongs to a screen: keys from stdin, pictures on stderr, so that stdout stays the result's.
 * Every way out gives it back: `close`, an uncaught exception, a signal, `process.exit`.
 */
export class Terminal implements Disposable {
  readonly #out: Output;
  readonly #decoder = new KeyDecoder();
  readonly #releaseOutput: () => void;
  #listener: TerminalListener | undefined;
  #shown: Picture | undefined;
  #escapeTimer: ReturnType<typeof setTimeout> | undefined;
  /** What happened while nobody listened: between two screens. */
  #early: ((listener: TerminalListener) => void)[] = [];
  #open = true;

  /** Takes the terminal over. Remarks meant for stderr are kept until it is given back. */
  constructor(out: Output) {
    this.#out = out;
    this.#releaseOutput = out.hold();
    process.on("exit", this.#onExit);
    process.on("uncaughtException", this.#onFailure);
    process.on("unhandledRejection", this.#onFailure);
    if (hasJobs) {
      process.on("SIGTSTP", this.#suspend);
      process.on("SIGCONT", this.#resume);
    }
    process.stderr.on("resize", this.#onResize);
    process.stdin.on("data", this.#onData);
    process.stdin.on("end", this.#onEnd);
    process.stdin.resume();
    this.#enter();
  }

  /** One screen listens at a time; what happens while none does is told to the next. */
  listen(listener: TerminalListener | undefined): void {
    this.#listener = listener;
    while (this.#listener !== undefined) {
      const tell = this.#early.shift();
      if (tell === undefined) return;
      tell(this.#listener);
    }
  }

  get size(): Size {
    const { columns, rows } = process.stderr;
    return { width: columns > 0 ? columns : 80, height: rows > 0 ? rows : 24 };
  }

  /** Shows these lines; only rows that changed are written. */
  draw(lines: readonly Line[]): void {
    if (!this.#open) return;
    const next = picture(lines, this.size, this.#out.errorStyle);
    const bytes = repaint(this.#shown, next);
    this.#shown = next;
    if (bytes !== "") process.stderr.write(secrets.clean(bytes));
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#listener = undefined;
    clearTimeout(this.#escapeTimer);
    process.off("exit", this.#onExit);
    process.off("uncaughtException", this.#onFailure);
    process.off("unhandledRejection", this.#onFailure);
    process.off("SIGTSTP", this.#suspend);
    process.off("SIGCONT", this.#resume);
    process.stderr.off("resize", this.#onResize);
    process.stdin.off("data", this.#onData);
    process.stdin.off("end", this.#onEnd);
    process.stdin.pause();
    this.#leave();
    this.#releaseOutput();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #enter(): void {
    process.stdin.setRawMode(true);
    process.stderr.write(enterScreen);
    this.#shown = undefined;
  }

  #leave(): void {
    process.stdin.setRawMode(false);
    process.stderr.write(leaveScreen);
  }

  #tell(tell: (listener: TerminalListener) => void): void {
    if (this.#listener === undefined) this.#early.push(tell);
    else tell(this.#listener);
  }

  readonly #onData = (bytes: Uint8Array): void => {
    clearTimeout(this.#escapeTimer);
    this.#give(this.#decoder.feed(bytes));
    if (this.#decoder.waiting) {
      this.#escapeTimer = setTimeout(() => this.#give(this.#decoder.flush()), escapeDelayMs);
    }
  };

  #give(inputs: readonly Input[]): void {
    for (const input of inputs) {
      if (input.type === "key" && input.key === "interrupt") process.emit("SIGINT", "SIGINT");
      else if (input.type === "key" && input.key === "suspend") this.#suspend();
      else if (input.type === "key" && input.key === "redraw") this.#lost();
      else this.#tell((listener) => listener.input(input));
    }
  }

  #lost(): void {
    this.#shown = undefined;
    this.#tell((listener) => listener.redraw());
  }

  readonly #onResize = (): void => this.#lost();

  readonly #onEnd = (): void => this.#tell((listener) => listener.failed(new Error("the terminal is gone")));

  readonly #onFailure = (error: unknown): void => this.#tell((listener) => listener.failed(error));

  /**
   * Gives the terminal back and stops the whole job, as Ctrl-Z does where keys are not read raw. A job without a
   * shell behind it cannot be stopped so; then the timer brings the screen back at once.
   */
  readonly #suspend = (): void => {
    if (!hasJobs) return;
    this.#leave();
    process.off("SIGTSTP", this.#suspend);
    process.kill(0, "SIGTSTP");
    setTimeout(this.#resume, escapeDelayMs);
  };

  readonly #resume = (): void => {
    if (!this.#open) return;
    process.off("SIGTSTP", this.#suspend);
    process.on("SIGTSTP", this.#suspend);
    this.#enter();
    this.#lost();
  };

  /** `process.exit` while a screen is up; nothing asynchronous runs any more. */
  readonly #onExit = (): void => {
    try {
      process.stdin.setRawMode(false);
    } catch {
      // The terminal went away first.
    }
    // A terminal that takes no bytes for the moment is asked again, a few times.
    for (let attempt = 0; attempt < 100; attempt++) {
      try {
        writeSync(process.stderr.fd, leaveScreen);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return;
        Bun.sleepSync(1);
      }
    }
  };
}
