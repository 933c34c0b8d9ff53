import { linearCongruential } from "../../kernel/random.ts";

/** Draws from a seed: the same draws on every machine. */
export class Draws {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = linearCongruential(seed);
    // Seeds in a row begin alike.
    for (let i = 0; i < 3; i++) this.#next();
  }

  chance(share: number): boolean {
    return this.#next() < share;
  }

  /** A whole number from 0 to `count - 1`. */
  below(count: number): number {
    return Math.floor(this.#next() * count);
  }

  /** A whole number, both ends included. */
  between(from: number, to: number): number {
    return from + this.below(to - from + 1);
  }

  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new RangeError("there is nothing to pick from");
    return from[this.below(from.length)]!;
  }

  /** A name by its weight. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries(weights) as [K, number][];
    let left = this.#next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [name, weight] of entries) if ((left -= weight) < 0) return name;
    return entries.at(-1)![0];
  }
}
