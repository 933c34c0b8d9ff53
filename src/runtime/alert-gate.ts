import type { AlertFrequency } from "./observer.ts";

/** A call of `alert` in a script: each function that is called anew has its own. */
export class AlertSite {
  /** The bar on which it was let through last. */
  saidOn = -1;
}

/**
 * Lets alerts of a forming bar through as their frequency says: `all` on every update, `once_per_bar` the first call of
 * a site on a bar, whatever its message is by then, `once_per_bar_close` when the bar is over. Without a site, as in a
 * loop, messages are told apart.
 */
export class AlertGate {
  /** Where the bar stands; `inside`: the script runs in the middle of a bar of history, and nothing is heard. */
  phase: "history" | "inside" | "tick" | "close" = "history";
  readonly #said = new Set<string>();
  #bar = 0;

  /** A new bar begins. */
  begin(): void {
    this.#bar++;
    this.#said.clear();
  }

  /** Whether an alert is to be heard now. */
  passes(message: string, frequency: AlertFrequency, site?: AlertSite): boolean {
    if (this.phase === "history" || this.phase === "inside") return this.phase === "history";
    if (frequency === "all") return true;
    if (frequency === "once_per_bar_close") return this.phase === "close";
    if (site === undefined ? this.#said.has(message) : site.saidOn === this.#bar) return false;
    if (site === undefined) this.#said.add(message);
    else site.saidOn = this.#bar;
    return true;
  }
}
