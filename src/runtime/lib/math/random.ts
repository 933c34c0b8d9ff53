import type { Kernel } from "../kernel.ts";

const half = 2 ** 24;
/** The multiplier 25214903917 in two halves of 24 bits. */
const multiplierHigh = 0x5de;
const multiplierLow = 0xece66d;
/** What a seed is combined with, in two halves. */
const scrambleHigh = 0x5de;
const scrambleLow = 0xece66d;

let unseeded = 0;

/**
 * Random numbers from `min` to `max`, one sequence per call site: the 48-bit generator with multiplier 25214903917 and
 * increment 11, of which 26 and 27 bits make a double. The same seed gives the same sequence; without one it differs
 * from run to run.
 */
export class Random implements Kernel {
  /** The state in two halves of 24 bits, so that products stay exact. */
  #high = 0;
  #low = 0;
  /** What it was seeded with; `undefined` before the first call. */
  #seed: number | undefined;
  #savedHigh = 0;
  #savedLow = 0;
  #savedSeed: number | undefined;

  next(min = 0, max = 1, seed = Number.NaN): number {
    if (this.#seed === undefined || !Object.is(seed, this.#seed)) this.#start(seed);
    const high = Math.floor(this.#bits(26));
    return min + (max - min) * ((high * 2 ** 27 + this.#bits(27)) / 2 ** 53);
  }

  #start(seed: number): void {
    this.#seed = seed;
    const value = seed === seed ? Math.trunc(seed) : Date.now() + 7_919_000 * unseeded++;
    const positive = ((value % 2 ** 48) + 2 ** 48) % 2 ** 48;
    this.#high = (Math.floor(positive / half) ^ scrambleHigh) >>> 0;
    this.#low = ((positive % half) ^ scrambleLow) >>> 0;
  }

  #bits(count: number): number {
    const low = this.#low * multiplierLow + 11;
    const high = this.#high * multiplierLow + this.#low * multiplierHigh + Math.floor(low / half);
    this.#low = low % half;
    this.#high = high % half;
    return Math.floor((this.#high * half + this.#low) / 2 ** (48 - count));
  }

  save(): void {
    this.#savedHigh = this.#high;
    this.#savedLow = this.#low;
    this.#savedSeed = this.#seed;
  }

  restore(): void {
    this.#high = this.#savedHigh;
    this.#low = this.#savedLow;
    this.#seed = this.#savedSeed;
  }
}
