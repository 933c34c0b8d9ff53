import { RuntimeFailure } from "../../kernel/errors.ts";
import { format } from "../lib/str/message-format.ts";
import type { BarClock } from "../series.ts";

export type LogLevel = "info" | "warning" | "error";

/** Where the messages of a script go. */
export interface MessageSink {
  /** @param bar index of the bar */
  log(level: LogLevel, message: string, bar: number): void;
  alert(message: string, bar: number): void;
}

/** Lets log lines through unless the bar is executed in vain: what is taken back was never said. */
export class MessageGate implements MessageSink {
  isMuted = false;
  readonly #sink: MessageSink;

  constructor(sink: MessageSink) {
    this.#sink = sink;
  }

  log(level: LogLevel, message: string, bar: number): void {
    if (!this.isMuted) this.#sink.log(level, message, bar);
  }

  alert(message: string, bar: number): void {
    this.#sink.alert(message, bar);
  }
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
    const text = message ?? "NaN";
    this.#sink.log(level, args.length === 0 ? text : format(text, ...args), this.#clock.index);
  }
}

/** `runtime`. */
export const pineRuntime = {
  /** Stops the script. @throws RuntimeFailure with the message */
  error(message: string | null): never {
    throw new RuntimeFailure(message ?? "NaN");
  },
};
