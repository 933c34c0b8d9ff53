import { RuntimeFailure } from "../../kernel/errors.ts";
import type { BarClock } from "../series.ts";
import { notSupported } from "./missing.ts";

export type LogLevel = "info" | "warning" | "error";

/** Where the messages of a script go. */
export interface MessageSink {
  /** @param bar index of the bar */
  log(level: LogLevel, message: string, bar: number): void;
  alert(message: string, bar: number): void;
}

/** `log.*`. */
export class PineLog {
  readonly #sink: MessageSink;
  readonly #clock: BarClock;

  constructor(sink: MessageSink, clock: BarClock) {
    this.#sink = sink;
    this.#clock = clock;
  }

  info(message: string | null, ...args: readonly unknown[]): void {
    this.#write("info", message, args);
  }

  warning(message: string | null, ...args: readonly unknown[]): void {
    this.#write("warning", message, args);
  }

  error(message: string | null, ...args: readonly unknown[]): void {
    this.#write("error", message, args);
  }

  #write(level: LogLevel, message: string | null, args: readonly unknown[]): void {
    if (args.length > 0) throw notSupported(`log.${level} with a format`);
    this.#sink.log(level, message ?? "NaN", this.#clock.index);
  }
}

/** `runtime`. */
export const pineRuntime = {
  /** Stops the script. @throws RuntimeFailure with the message */
  error(message: string | null): never {
    throw new RuntimeFailure(message ?? "NaN");
  },
};
