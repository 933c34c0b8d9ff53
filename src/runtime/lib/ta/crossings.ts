import type { Kernel } from "../kernel.ts";

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

/** Whether `a` has fallen below `b`. */
export class Crossunder implements Kernel {
  readonly #over = new Crossover();

  next(a: number, b: number): boolean {
    return this.#over.next(b, a);
  }

  save(): void {
    this.#over.save();
  }

  restore(): void {
    this.#over.restore();
  }
}

/** Values closer than this are equal to a `Cross`. */
const tolerance = 1e-10;

/**
 * Whether `a` and `b` have changed sides: the strict relation is the opposite of the last strict one, however many
 * equal bars lie between.
 */
export class Cross implements Kernel {
  /** 1 when `a` was above, −1 when below, 0 before any strict relation. */
  #side = 0;
  #saved = 0;

  next(a: number, b: number): boolean {
    const difference = a - b;
    const side = difference > tolerance ? 1 : difference < -tolerance ? -1 : 0;
    if (side === 0) return false;
    const crossed = side === -this.#side;
    this.#side = side;
    return crossed;
  }

  save(): void {
    this.#saved = this.#side;
  }

  restore(): void {
    this.#side = this.#saved;
  }
}
