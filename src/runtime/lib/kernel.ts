import { RuntimeFailure } from "../../kernel/errors.ts";

/**
 * A kernel is the state of one call of a built-in function. `next` takes this bar's input, and the length where the
 * function has one, and returns this bar's value; it is called at most once per bar. A length may change from bar to
 * bar: the window is then rebuilt from history.
 *
 * A bar that is executed again (a live tick) first calls `restore`, which takes the kernel back to `save`. Both copy
 * scalars only, because the second execution overwrites the same slot of every ring.
 */
export interface Kernel {
  /** Remembers the state at the start of a bar. */
  save(): void;
  /** Goes back to it. */
  restore(): void;
}

/** A kernel made of kernels: saves and restores its parts. One with scalars of its own adds them. */
export abstract class Compound implements Kernel {
  readonly #parts: Kernel[] = [];

  /** Makes a kernel part of this one. */
  protected part<Part extends Kernel>(kernel: Part): Part {
    this.#parts.push(kernel);
    return kernel;
  }

  save(): void {
    for (const part of this.#parts) part.save();
  }

  restore(): void {
    for (const part of this.#parts) part.restore();
  }
}

/**
 * How many values a kernel keeps when nothing else is said, so that a length that grows finds its history. A kernel
 * whose length never changes is made with 0 and keeps its window alone.
 */
export const defaultRetention = 5000;

/** A window is memory: what is longer is a mistake, not a wish. */
const longestWindow = 10_000_000;

/**
 * A window length in whole bars; a fraction is truncated.
 * @throws RuntimeFailure unless from 1 to 10,000,000
 */
export function windowLength(caller: string, length: number): number {
  const whole = Math.trunc(length);
  if (!(whole >= 1)) {
    throw new RuntimeFailure(`${caller}: the length is at least 1, not ${length === length ? length : "na"}`);
  }
  if (whole > longestWindow) {
    throw new RuntimeFailure(`${caller}: the length is at most ${longestWindow}, not ${length}`);
  }
  return whole;
}
