import type { App } from "../app.ts";
import { type Interrupted, type Perform, runScreen } from "./run-screen.ts";
import type { Screen, Step } from "./screen.ts";
import { Terminal } from "./terminal.ts";
import { harmless } from "./text.ts";
import { waitingScreen } from "./waiting.ts";

/** Whether screens can be shown: somebody is at the keyboard, and the terminal can place its cursor. */
export function canShowScreens(app: App): boolean {
  return app.canAsk && app.out.interactive;
}

/** Time in which plugins may end what they began, ms. */
const graceMs = 250;

/** The screens of one command, all on one terminal: taken with the first of them, given back by `using`. */
export class Screens implements Disposable {
  readonly #app: App;
  #terminal: Terminal | undefined;
  #shown = false;

  constructor(app: App) {
    this.#app = app;
  }

  /** Runs a screen to its end; `interrupted` after SIGINT or SIGTERM. */
  run<State, Event, Effect, Done>(
    screen: Screen<State, Event, Effect, Done>,
    initial: Step<State, Effect, Done>,
    perform: Perform<Event, Effect>,
  ): Promise<Done | Interrupted> {
    const signal = this.#app.signal;
    this.#shown = true;
    this.#terminal ??= new Terminal(this.#app.out);
    return runScreen(this.#terminal, screen, initial, perform, signal);
  }

  /**
   * Waits for something, saying so on the screen.
   *
   * @param task its signal is aborted when the person gives up
   * @returns `undefined` when the person gave up or the process has been asked to end
   * @throws what the task throws
   */
  async wait<Value>(
    text: string,
    task: (signal: AbortSignal) => Promise<Value>,
  ): Promise<{ readonly value: Value } | undefined> {
    let outcome: { readonly value: Value } | { readonly error: unknown } | undefined;
    const ended = await this.run(
      waitingScreen,
      { state: { text: harmless(text) }, effects: [{ type: "start" }] },
      (_, emit, signal) => {
        task(signal)
          .then((value) => (outcome = { value }))
          .catch((error: unknown) => (outcome = { error }))
          .finally(() => emit({ type: "settled" }));
      },
    );
    if (ended.type !== "settled" || outcome === undefined) return undefined;
    if ("error" in outcome) throw outcome.error;
    return outcome;
  }

  /** Gives the terminal back, so that a command can print; the next screen takes it again. */
  close(): void {
    this.#terminal?.close();
    this.#terminal = undefined;
  }

  /** The command is over. What a plugin has left running must not keep somebody waiting who has just quit. */
  [Symbol.dispose](): void {
    this.close();
    if (this.#shown) setTimeout(() => process.stdout.write("", () => process.exit()), graceMs).unref();
  }
}
