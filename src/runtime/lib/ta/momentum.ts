import type { Kernel } from "../kernel.ts";
import { Rma } from "./averages.ts";

/** Relative strength index: `100 − 100 / (1 + up/down)` over Wilder's averages of rises and falls. */
export class Rsi implements Kernel {
  readonly #up: Rma;
  readonly #down: Rma;
  #previous = Number.NaN;
  #saved = Number.NaN;

  constructor(length: number) {
    this.#up = new Rma(length);
    this.#down = new Rma(length);
  }

  next(value: number): number {
    const change = value - this.#previous;
    this.#previous = value;
    const up = this.#up.next(change > 0 ? change : change <= 0 ? 0 : Number.NaN);
    const down = this.#down.next(change < 0 ? -change : change >= 0 ? 0 : Number.NaN);
    return 100 - 100 / (1 + up / down);
  }

  save(): void {
    this.#saved = this.#previous;
    this.#up.save();
    this.#down.save();
  }

  restore(): void {
    this.#previous = this.#saved;
    this.#up.restore();
    this.#down.restore();
  }
}

/** Whether `a` has risen above `b`: the last bar on which both were defined had `a ≤ b`. Exact comparison. */
export class Crossover implements Kernel {
  #previousA = Number.NaN;
  #previousB = Number.NaN;
  #savedA = Number.NaN;
  #savedB = Number.NaN;

  next(a: number, b: number): boolean {
    if (a !== a || b !== b) return false;
    const crossed = a > b && this.#previousA <= this.#previousB;
    this.#previousA = a;
    this.#previousB = b;
    return crossed;
  }

  save(): void {
    this.#savedA = this.#previousA;
    this.#savedB = this.#previousB;
  }

  restore(): void {
    this.#previousA = this.#savedA;
    this.#previousB = this.#savedB;
  }
}
