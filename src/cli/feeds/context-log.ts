import { closeSync, openSync, writeSync } from "node:fs";
import { resolve } from "node:path";

import { writeFailure } from "../../kernel/errors.ts";
import type { MessageSink } from "../../runtime/pine/messages.ts";
import type { Feed } from "../../runtime/security/feeds.ts";
import type { App } from "../app.ts";
import { logLines } from "../script-messages.ts";

/** Characters that wait before they are written. */
const bufferLength = 65_536;

/**
 * `PYNE_SECURITY_LOG=FILE`: what a script logs while it runs on the bars of a request, which is heard nowhere else. A
 * line begins with the symbol and the timeframe.
 */
export class ContextLog implements Disposable {
  readonly #path: string;
  readonly #file: number;
  #waiting = "";

  /** @throws DataError when the file cannot be written */
  static of(app: App): ContextLog | undefined {
    const path = app.env["PYNE_SECURITY_LOG"];
    return path === undefined || path === "" ? undefined : new ContextLog(resolve(app.cwd, path));
  }

  private constructor(path: string) {
    this.#path = path;
    try {
      this.#file = openSync(path, "w", 0o644);
    } catch (error) {
      throw writeFailure(path, error);
    }
  }

  messages({ symInfo, timeframe, columns }: Feed): MessageSink {
    const { prefix, ticker, timezone } = symInfo;
    const line = logLines((bar) => columns.openTimeMs[bar]!, timezone);
    return {
      log: (level, message, bar) =>
        this.#write(`${prefix}:${ticker} ${timeframe} ${line(level, message, bar)}\n`),
      alert() {},
    };
  }

  #write(line: string): void {
    this.#waiting += line;
    if (this.#waiting.length >= bufferLength) this.#flush();
  }

  #flush(): void {
    const text = Buffer.from(this.#waiting, "utf8");
    this.#waiting = "";
    try {
      for (let done = 0; done < text.length;) done += writeSync(this.#file, text, done);
    } catch (error) {
      throw writeFailure(this.#path, error);
    }
  }

  [Symbol.dispose](): void {
    try {
      this.#flush();
    } finally {
      closeSync(this.#file);
    }
  }
}
