import type { Kernel } from "./lib/kernel.ts";
import type { State } from "../api/script/series.ts";

/** State that goes back to the start of a bar when the bar is executed again. */
export class KeptState {
  readonly #kept: Kernel[] = [];

  /** Saves and restores this with everything else. */
  keep<Kept extends Kernel>(kernel: Kept): Kept {
    this.#kept.push(kernel);
    return kernel;
  }

  save(): void {
    for (const kept of this.#kept) kept.save();
  }

  restore(): void {
    for (const kept of this.#kept) kept.restore();
  }
}

/**
 * A value that goes back. Objects go back with their contents: a copy is made at the start of the bar, and the cell
 * holds a fresh copy of it after each restore.
 */
export class Cell<Value> implements State<Value>, Kernel {
  value: Value;
  #saved: Value;

  constructor(value: Value) {
    this.value = value;
    this.#saved = value;
  }

  save(): void {
    this.#saved = copyOf(this.value);
  }

  restore(): void {
    this.value = copyOf(this.#saved);
  }
}

/** Functions, and objects of classes that cannot be copied, stay what they are. */
function copyOf<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null) return value;
  try {
    return structuredClone(value);
  } catch {
    return value;
  }
}
