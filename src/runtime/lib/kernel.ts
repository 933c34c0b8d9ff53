import { RuntimeFailure } from "../../kernel/errors.ts";

/**
 * A kernel is the state of one call of a built-in function: `next` takes this bar's input and returns this bar's
 * value. A bar that is executed again (a live tick) first calls `restore`, which takes the kernel back to `save`;
 * both copy scalars only, because the second execution overwrites the same slot of every ring.
 */
export interface Kernel {
  /** Remembers the state at the start of a bar. */
  save(): void;
  /** Goes back to it. */
  restore(): void;
}

/**
 * A window length in whole bars; a fraction is truncated.
 * @throws RuntimeFailure unless at least 1
 */
export function windowLength(caller: string, length: number): number {
  const whole = Math.trunc(length);
  if (!(whole >= 1)) throw new RuntimeFailure(`${caller}: the length is at least 1, not ${length}`);
  return whole;
}
