import type { Draws } from "./random.ts";

/** Where the price is. */
export class Market {
  price = 100;
  readonly #draws: Draws;

  constructor(draws: Draws) {
    this.#draws = draws;
  }

  move(): number {
    const far = this.#draws.chance(0.2) ? 8 : 2;
    this.price = round(
      Math.min(120, Math.max(80, this.price + (this.#draws.below(200 * far) - 100 * far) / 100)),
    );
    return this.price;
  }

  /** Somewhere above or below, in ticks. */
  around(sign: 1 | -1): number {
    const ticks = this.#draws.chance(0.25) ? this.#draws.between(400, 1000) : this.#draws.between(1, 400);
    return round(this.price + (sign * ticks) / 100);
  }
}

const round = (value: number): number => Math.round(value * 100) / 100;
