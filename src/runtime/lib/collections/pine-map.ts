import { RuntimeFailure } from "../../../kernel/errors.ts";
import { type ElementKind, isNumeric } from "./element.ts";

/** As on TradingView. */
const largestMap = 50_000;

/** A map of a script: pairs in the order in which their keys came first. */
export class PineMap<Key, Value> {
  readonly valueKind: ElementKind;
  /** What a key that is not there gives. */
  readonly na: Value;
  #pairs = new Map<Key, Value>();
  /** What was saved last; the values before of the keys that were put since, and whether any are gone. */
  #saved: ReadonlyMap<Key, Value> | undefined;
  readonly #before = new Map<Key, Value | typeof absent>();
  #hasLost = false;
  /** Counts keys that came or went, so that a loop notices. */
  #version = 0;

  constructor(valueKind: ElementKind) {
    this.valueKind = valueKind;
    this.na = (isNumeric(valueKind) ? Number.NaN : valueKind === "bool" ? false : null) as Value;
  }

  get size(): number {
    return this.#pairs.size;
  }

  has(key: Key): boolean {
    return this.#pairs.has(key);
  }

  get(key: Key): Value {
    const value = this.#pairs.get(key);
    return value === undefined ? this.na : value;
  }

  /** @returns the value before, na without one. @throws RuntimeFailure for a pair too many */
  put(key: Key, value: Value): Value {
    const before = this.get(key);
    if (!this.#pairs.has(key)) {
      if (this.#pairs.size >= largestMap) {
        throw new RuntimeFailure(`map.put: a map has at most ${largestMap} pairs`);
      }
      this.#version++;
    }
    if (this.#saved !== undefined && !this.#before.has(key))
      this.#before.set(key, this.#pairs.has(key) ? before : absent);
    this.#pairs.set(key, value);
    return before;
  }

  /** @returns the value, na without one */
  remove(key: Key): Value {
    const before = this.get(key);
    if (this.#pairs.delete(key)) {
      this.#version++;
      this.#hasLost = true;
    }
    return before;
  }

  clear(): void {
    this.#pairs.clear();
    this.#version++;
    this.#hasLost = true;
  }

  keys(): Key[] {
    return [...this.#pairs.keys()];
  }

  values(): Value[] {
    return [...this.#pairs.values()];
  }

  copy(): PineMap<Key, Value> {
    const twin = new PineMap<Key, Value>(this.valueKind);
    twin.#pairs = new Map(this.#pairs);
    return twin;
  }

  /** The pairs in order. @throws RuntimeFailure when keys come or go meanwhile */
  *[Symbol.iterator](): Generator<[Key, Value]> {
    const version = this.#version;
    for (const pair of this.#pairs) {
      yield pair;
      if (this.#version !== version) {
        throw new RuntimeFailure("a map was changed by the loop that goes through it");
      }
    }
  }

  saveContents(): unknown {
    if (this.#saved === undefined || this.#before.size > 0 || this.#hasLost) this.#keep(new Map(this.#pairs));
    return this.#saved;
  }

  /** A key that is gone had its place among the others; all else is undone key by key. */
  restoreContents(contents: unknown): void {
    const saved = contents as ReadonlyMap<Key, Value>;
    if (saved !== this.#saved || this.#hasLost) this.#pairs = new Map(saved);
    else {
      for (const [key, value] of this.#before) {
        if (value === absent) this.#pairs.delete(key);
        else this.#pairs.set(key, value as Value);
      }
    }
    this.#keep(saved);
  }

  #keep(saved: ReadonlyMap<Key, Value>): void {
    this.#saved = saved;
    this.#before.clear();
    this.#hasLost = false;
  }
}

/** There was no such key. */
const absent = Symbol("absent");
