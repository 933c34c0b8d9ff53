import type { AlertFrequency } from "./observer.ts";

/**
 * Lets alerts of a forming bar through as their frequency says: `all` on every update, `once_per_bar` the first time a
 * message comes up on a bar, `once_per_bar_close` when the bar is over.
 */
export class AlertGate {
  /** Where the bar stands; `inside`: the script runs in the middle of a bar of history, and nothing is heard. */
  phase: "history" | "inside" | "tick" | "close" = "history";
  readonly #said = new Set<string>();

  /** A new bar begins. */
  begin(): void {
    this.#said.clear();
  }

  /** Whether an alert is to be heard now. */
  passes(message: string, frequency: AlertFrequency): boolean {
    if (this.phase === "history" || this.phase === "inside") return this.phase === "history";
    if (frequency === "all") return true;
    if (frequency === "once_per_bar_close") return this.phase === "close";
    if (this.#said.has(message)) return false;
    this.#said.add(message);
    return true;
  }
}
