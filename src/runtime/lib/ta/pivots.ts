import { RuntimeFailure } from "../../../kernel/errors.ts";
import { defaultRetention, type Kernel } from "../kernel.ts";
import { Window } from "../window.ts";

/**
 * The value `right` bars ago when it is greater than each of the `right` values after it and not less than each of
 * the `left` values before it, else na: of equal ones in a row the last is the pivot. Exact comparison. A walk outward
 * from the candidate nearly always ends after a step or two, since the neighbours of what is no pivot say so.
 */
abstract class Pivot implements Kernel {
  readonly #caller: string;
  readonly #sign: 1 | -1;
  readonly #window: Window;
  #left = Number.NaN;
  #right = Number.NaN;
  /** Both in whole bars. */
  #before = 0;
  #after = 0;
  #savedCount = 0;

  constructor(caller: string, sign: 1 | -1, retention: number) {
    this.#caller = caller;
    this.#sign = sign;
    this.#window = new Window(retention);
  }

  /** @throws RuntimeFailure for a negative or na number of bars */
  next(value: number, left: number, right: number): number {
    if (left !== this.#left || right !== this.#right) this.#changeWidth(left, right);
    const window = this.#window;
    window.push(this.#sign * value);
    const before = this.#before;
    const after = this.#after;
    if (window.end < before + after + 1) return Number.NaN;
    const { values } = window;
    const at = window.end - 1 - after;
    const candidate = values[at]!;
    for (let index = at + 1; index <= at + after; index++) if (values[index]! >= candidate) return Number.NaN;
    for (let index = at - 1; index >= at - before; index--) if (values[index]! > candidate) return Number.NaN;
    return this.#sign * candidate;
  }

  #changeWidth(left: number, right: number): void {
    const before = Math.trunc(left);
    const after = Math.trunc(right);
    if (!(before >= 0 && after >= 0 && before + after < 10_000_000)) {
      throw new RuntimeFailure(
        `${this.#caller}: bars to the left and right are at least 0, not ${left} and ${right}`,
      );
    }
    this.#left = left;
    this.#right = right;
    this.#before = before;
    this.#after = after;
    this.#window.makeRoom(before + after + 1);
  }

  save(): void {
    this.#savedCount = this.#window.count;
  }

  restore(): void {
    this.#window.rewind(this.#savedCount);
  }
}

/** A high with lower ones on both sides; known `right` bars later. */
export class Pivothigh extends Pivot {
  constructor(retention = defaultRetention) {
    super("ta.pivothigh", 1, retention);
  }
}

/** A low with higher ones on both sides; known `right` bars later. */
export class Pivotlow extends Pivot {
  constructor(retention = defaultRetention) {
    super("ta.pivotlow", -1, retention);
  }
}
