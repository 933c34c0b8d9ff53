import type { ElementKind } from "./element.ts";
import { checkRoom, Elements } from "./elements.ts";

/** An array of conditions, strings or objects. Removing at the front only moves where it begins. */
export class ObjectArray<Value> extends Elements<Value> {
  #values: (Value | undefined)[];
  /** Places in front that are free. */
  #head = 0;
  /** What was saved last, and how many elements, from the first on, are still as they are there. */
  #saved: readonly Value[] | undefined;
  #clean = 0;

  constructor(kind: ElementKind, size = 0, initial?: Value, parent?: ObjectArray<Value>, from = 0, to = 0) {
    const na = naOf(kind) as Value;
    super(kind, na, parent, from, to);
    const filler = initial ?? na;
    this.#values = Array.from({ length: size }, () => filler);
  }

  static of<Value>(kind: ElementKind, values: readonly Value[]): ObjectArray<Value> {
    const array = new ObjectArray<Value>(kind);
    array.#values = [...values];
    return array;
  }

  override get size(): number {
    return this.parent === undefined ? this.#values.length - this.#head : this.windowSize;
  }

  override at(index: number): Value {
    return this.parent === undefined
      ? (this.#values[this.#head + index] as Value)
      : this.parent.at(this.from + index);
  }

  override put(index: number, value: Value): void {
    if (this.parent !== undefined) return this.parent.put(this.from + index, value);
    this.#values[this.#head + index] = value;
    if (index < this.#clean) this.#clean = index;
  }

  override insertAt(index: number, value: Value): void {
    if (this.parent !== undefined) return this.insertThrough(index, value);
    checkRoom(this.size);
    if (index < this.#clean) this.#clean = index;
    if (index === 0 && this.#head > 0) this.#values[--this.#head] = value;
    else if (index === 0 && this.#values.length > 0) this.#unshift(value);
    else if (index === this.size) this.#values.push(value);
    else this.#values.splice(this.#head + index, 0, value);
  }

  /** Makes as many free places in front as there are elements, so that the next ones cost nothing. */
  #unshift(value: Value): void {
    const { length } = this.#values;
    this.#values = [...Array.from<undefined>({ length }), ...this.#values];
    this.#head = length - 1;
    this.#values[this.#head] = value;
  }

  override removeAt(index: number): Value {
    if (this.parent !== undefined) return this.removeThrough(index);
    const place = this.#head + index;
    const value = this.#values[place] as Value;
    if (index < this.#clean) this.#clean = index;
    if (index > 0) {
      if (place === this.#values.length - 1) this.#values.pop();
      else this.#values.splice(place, 1);
      return value;
    }
    this.#values[this.#head++] = undefined;
    if (2 * this.#head > this.#values.length) {
      this.#values.splice(0, this.#head);
      this.#head = 0;
    }
    return value;
  }

  override clear(): void {
    if (this.parent !== undefined) return super.clear();
    this.#values = [];
    this.#head = 0;
    this.#clean = 0;
  }

  override copy(): ObjectArray<Value> {
    return ObjectArray.of(this.kind, [...this]);
  }

  override fresh(): ObjectArray<Value> {
    return new ObjectArray<Value>(this.kind);
  }

  override window(from: number, to: number): ObjectArray<Value> {
    return new ObjectArray<Value>(this.kind, 0, undefined, this, from, to);
  }

  override reverseInPlace(): void {
    this.#replace([...this].toReversed());
  }

  /** Strings by their code units; na is the smallest. */
  override sortInPlace(descending: boolean): void {
    const sorted = [...this].toSorted(compare);
    this.#replace(descending ? sorted.toReversed() : sorted);
  }

  override sortedIndices(): number[] {
    const values = [...this];
    return [...values.keys()].toSorted((a, b) => compare(values[a], values[b]));
  }

  #replace(values: readonly Value[]): void {
    for (const [index, value] of values.entries()) this.put(index, value);
  }

  override find(value: Value, from: number, step: 1 | -1): number {
    for (let index = from; index >= 0 && index < this.size; index += step) {
      if (this.at(index) === value) return index;
    }
    return -1;
  }

  override truth(value: Value): boolean {
    return value === true;
  }

  override saveContents(): unknown {
    if (this.parent !== undefined) return { from: this.from, to: this.to };
    const { size } = this;
    if (this.#saved?.length !== size || this.#clean !== size) this.#saved = [...this];
    this.#clean = size;
    return this.#saved;
  }

  /** Only what has changed since is copied. */
  override restoreContents(contents: unknown): void {
    if (!Array.isArray(contents)) {
      ({ from: this.from, to: this.to } = contents as { from: number; to: number });
      return;
    }
    const values = contents as Value[];
    if (values !== this.#saved) {
      this.#saved = values;
      this.#clean = 0;
    }
    this.#values.length = this.#head + values.length;
    for (let index = this.#clean; index < values.length; index++)
      this.#values[this.#head + index] = values[index];
    this.#clean = values.length;
  }
}

/** A condition is never na. */
function naOf(kind: ElementKind): unknown {
  return kind === "bool" ? false : null;
}

function compare(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return (a as string) < (b as string) ? -1 : 1;
}
