import type { SimulatorListener } from "../../runtime/strategy/desk.ts";

/** A listener that is not told of what has happened long ago. */
export class MutedListener implements SimulatorListener {
  isMuted = false;
  readonly #listener: SimulatorListener;

  constructor(listener: SimulatorListener) {
    this.#listener = listener;
  }

  onOrderEvent(...args: Parameters<SimulatorListener["onOrderEvent"]>): void {
    if (!this.isMuted) this.#listener.onOrderEvent(...args);
  }

  onTrade(...args: Parameters<SimulatorListener["onTrade"]>): void {
    if (!this.isMuted) this.#listener.onTrade(...args);
  }
}
