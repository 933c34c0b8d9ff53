import { Elements } from "./collections/elements.ts";
import { Matrix } from "./collections/matrix.ts";
import { PineMap } from "./collections/pine-map.ts";

/** Base of the types that a script declares: their fields go back with a bar, except those named here. */
export abstract class PineObject {
  /** Fields that a bar which is executed again leaves alone. */
  get varip(): ReadonlySet<string> {
    return nothing;
  }

  /** Appends the values of the fields that go back. A compiled type says it without looking for their names. */
  save$(into: unknown[]): void {
    const fields = this as unknown as Record<string, unknown>;
    for (const name of Object.keys(fields)) if (!this.varip.has(name)) into.push(fields[name]);
  }

  /** Takes them back. @returns where those of the next object begin */
  restore$(from: readonly unknown[], at: number): number {
    const fields = this as unknown as Record<string, unknown>;
    let next = at;
    for (const name of Object.keys(fields)) if (!this.varip.has(name)) fields[name] = from[next++];
    return next;
  }
}

const nothing: ReadonlySet<string> = new Set();

/** What a collection offers for going back. What it hands out it never changes, and may hand out again. */
interface Container {
  saveContents(): unknown;
  restoreContents(contents: unknown): void;
}

/**
 * The contents of everything that can be reached from some values: arrays, maps, matrices and objects, however
 * nested, each once. They keep their identity when they go back, so that every reference to them stays good. Other
 * things (drawings, enum members) are references and nothing more.
 */
export class Snapshot {
  readonly #containers: Container[] = [];
  readonly #contents: unknown[] = [];
  readonly #objects: PineObject[] = [];
  /** Fields of all objects, one after the other. */
  readonly #fields: unknown[] = [];

  /** @param roots values of variables; numbers, strings and na are passed over */
  constructor(roots: Iterable<unknown>) {
    const waiting = [...roots];
    const seen = new Set<object>();
    while (waiting.length > 0) {
      const value = waiting.pop();
      if (typeof value !== "object" || value === null || seen.has(value)) continue;
      if (value instanceof PineObject) this.#takeObject(value, waiting);
      else if (value instanceof Elements || value instanceof PineMap || value instanceof Matrix)
        this.#takeContainer(value, waiting);
      else continue;
      seen.add(value);
    }
  }

  #takeContainer(
    value: Elements<unknown> | PineMap<unknown, unknown> | Matrix<unknown>,
    waiting: unknown[],
  ): void {
    this.#containers.push(value);
    this.#contents.push(value.saveContents());
    if (value instanceof Matrix) for (const row of value.rows) waiting.push(row);
    else if (value instanceof PineMap) {
      if (value.valueKind === "object") for (const one of value.values()) waiting.push(one);
    } else {
      if (value.origin !== undefined) waiting.push(value.origin);
      if (value.kind === "object") for (const element of value) waiting.push(element);
    }
  }

  #takeObject(value: PineObject, waiting: unknown[]): void {
    const first = this.#fields.length;
    this.#objects.push(value);
    value.save$(this.#fields);
    for (let at = first; at < this.#fields.length; at++) {
      const field = this.#fields[at];
      if (typeof field === "object" && field !== null) waiting.push(field);
    }
  }

  /** Puts all contents back. May be called more than once. */
  restore(): void {
    for (let at = 0; at < this.#containers.length; at++)
      this.#containers[at]!.restoreContents(this.#contents[at]);
    let next = 0;
    for (const object of this.#objects) next = object.restore$(this.#fields, next);
  }
}
