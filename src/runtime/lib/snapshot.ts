import { Elements } from "./collections/elements.ts";
import { Matrix } from "./collections/matrix.ts";
import { PineMap } from "./collections/pine-map.ts";

/** Base of the types that a script declares: their fields go back with a bar, except those named here. */
export abstract class PineObject {
  /** Fields that a bar which is executed again leaves alone. */
  get varip(): ReadonlySet<string> {
    return nothing;
  }
}

const nothing: ReadonlySet<string> = new Set();

/** What a collection offers for going back. */
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
  readonly #containers = new Map<Container, unknown>();
  readonly #objects = new Map<Record<string, unknown>, Record<string, unknown>>();

  /** @param roots values of variables; numbers, strings and na are passed over */
  constructor(roots: Iterable<unknown>) {
    const waiting = [...roots];
    while (waiting.length > 0) this.#visit(waiting.pop(), waiting);
  }

  #visit(value: unknown, waiting: unknown[]): void {
    if (typeof value !== "object" || value === null) return;
    if (value instanceof PineObject) return this.#visitObject(value, waiting);
    if (!(value instanceof Elements || value instanceof PineMap || value instanceof Matrix)) return;
    if (this.#containers.has(value)) return;
    this.#containers.set(value, value.saveContents());
    if (value instanceof Matrix) waiting.push(...(value.rows as unknown[]));
    else if (value instanceof PineMap) {
      if (value.valueKind === "object") waiting.push(...(value.values() as unknown[]));
    } else {
      if (value.origin !== undefined) waiting.push(value.origin);
      if (value.kind === "object") waiting.push(...(value as Iterable<unknown>));
    }
  }

  #visitObject(value: PineObject, waiting: unknown[]): void {
    const fields = value as unknown as Record<string, unknown>;
    if (this.#objects.has(fields)) return;
    const { varip } = value;
    const kept = Object.entries(fields).filter(([name]) => !varip.has(name));
    this.#objects.set(fields, Object.fromEntries(kept));
    for (const [, field] of kept) waiting.push(field);
  }

  /** Puts all contents back. May be called more than once. */
  restore(): void {
    for (const [container, contents] of this.#containers) container.restoreContents(contents);
    for (const [fields, values] of this.#objects) Object.assign(fields, values);
  }
}
