import { defaultRetention, type Kernel, windowLength } from "../kernel.ts";
import { Ring } from "../ring.ts";
import { tolerance } from "../tolerance.ts";
import { Window } from "../window.ts";

/** Whether the value is on one side of each of the previous `length` values that are not na, by more than 1e-10. */
abstract class Beyond implements Kernel {
  readonly #caller: string;
  readonly #sign: 1 | -1;
  readonly #window: Window;
  #given = Number.NaN;
  #length = 0;
  #savedCount = 0;

  constructor(caller: string, sign: 1 | -1, retention: number) {
    this.#caller = caller;
    this.#sign = sign;
    this.#window = new Window(retention);
  }

  next(value: number, length: number): boolean {
    const window = this.#window;
    if (length !== this.#given) {
      this.#length = windowLength(this.#caller, length);
      this.#given = length;
      window.makeRoom(this.#length);
    }
    if (value !== value) return false;
    let beyond = window.end >= this.#length;
    const { values, end } = window;
    const sign = this.#sign;
    for (let back = 1; beyond && back <= this.#length; back++) {
      beyond = sign * (value - values[end - back]!) > tolerance;
    }
    window.push(value);
    return beyond;
  }

  save(): void {
    this.#savedCount = this.#window.count;
  }

  restore(): void {
    this.#window.rewind(this.#savedCount);
  }
}

/** Whether the value is greater than each of the previous ones. */
export class Rising extends Beyond {
  constructor(retention = defaultRetention) {
    super("ta.rising", 1, retention);
  }
}

/** Whether the value is less than each of the previous ones. */
export class Falling extends Beyond {
  constructor(retention = defaultRetention) {
    super("ta.falling", -1, retention);
  }
}

/** How many calls ago the condition was last true, 0 for now; na before the first time. */
export class Barssince implements Kernel {
  #since = Number.NaN;
  #saved = Number.NaN;

  next(condition: boolean): number {
    return (this.#since = condition ? 0 : this.#since + 1);
  }

  save(): void {
    this.#saved = this.#since;
  }

  restore(): void {
    this.#since = this.#saved;
  }
}

/**
 * The source on the bar on which the condition was true for the latest time, or `occurrence` times before that. An na
 * source on such a bar is an occurrence like any other.
 */
export class Valuewhen implements Kernel {
  readonly #hits: Ring;
  #savedCount = 0;

  constructor(retention = defaultRetention) {
    this.#hits = new Ring(retention);
  }

  /** @throws RuntimeFailure for a negative occurrence */
  next(condition: boolean, value: number, occurrence: number): number {
    const place = windowLength("ta.valuewhen", occurrence + 1) - 1;
    this.#hits.makeRoom(place + 1);
    if (condition) this.#hits.push(value);
    return this.#hits.back(place);
  }

  save(): void {
    this.#savedCount = this.#hits.count;
  }

  restore(): void {
    this.#hits.count = this.#savedCount;
  }
}

/** The same for a condition as the source: false where there is no such bar. */
export class ValuewhenBool implements Kernel {
  readonly #value: Valuewhen;

  constructor(retention = defaultRetention) {
    this.#value = new Valuewhen(retention);
  }

  next(condition: boolean, value: boolean | null, occurrence: number): boolean {
    return this.#value.next(condition, value === true ? 1 : 0, occurrence) === 1;
  }

  save(): void {
    this.#value.save();
  }

  restore(): void {
    this.#value.restore();
  }
}

/** The sum of all values so far; na values are passed over, and na before the first other one. */
export class Cum implements Kernel {
  #total = Number.NaN;
  #saved = Number.NaN;

  next(value: number): number {
    if (value === value) this.#total = this.#total === this.#total ? this.#total + value : value;
    return this.#total;
  }

  save(): void {
    this.#saved = this.#total;
  }

  restore(): void {
    this.#total = this.#saved;
  }
}

/** The last number that was not na; infinities stay. */
export class Fixnan implements Kernel {
  #last = Number.NaN;
  #saved = Number.NaN;

  next(value: number): number {
    if (value === value) this.#last = value;
    return this.#last;
  }

  save(): void {
    this.#saved = this.#last;
  }

  restore(): void {
    this.#last = this.#saved;
  }
}

/** The last bool that was not na; na is `null`. */
export class FixnanBool implements Kernel {
  #last: boolean | null = null;
  #saved: boolean | null = null;

  next(value: boolean | null): boolean | null {
    if (value !== null) this.#last = value;
    return this.#last;
  }

  save(): void {
    this.#saved = this.#last;
  }

  restore(): void {
    this.#last = this.#saved;
  }
}
