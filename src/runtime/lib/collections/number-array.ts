import { tolerance } from "../tolerance.ts";
import type { ElementKind } from "./element.ts";
import { checkRoom, Elements } from "./elements.ts";
import * as statistics from "./statistics.ts";

/**
 * An array of numbers (int, float or color) in one stretch of typed memory with space at both ends, so that adding and
 * removing there costs the same on average whatever the size.
 */
export class NumberArray extends Elements<number> {
  #values: Float64Array<ArrayBuffer>;
  #head = 0;
  #length: number;
  /** What `view` gave last, if that is still where the elements lie. */
  #view: Float64Array<ArrayBuffer> | undefined;
  /** What was saved last, and how many elements, from the first on, are still as they are there. */
  #saved: Float64Array<ArrayBuffer> | undefined;
  #clean = 0;

  private constructor(
    kind: ElementKind,
    values: Float64Array<ArrayBuffer>,
    parent?: NumberArray,
    from = 0,
    to = 0,
  ) {
    super(kind, Number.NaN, parent, from, to);
    this.#values = values;
    this.#length = values.length;
  }

  static filled(kind: ElementKind, size: number, initial = Number.NaN): NumberArray {
    const values = new Float64Array(size);
    // Fresh memory is zero, and na is no one pattern of bits.
    if (!Object.is(initial, 0)) values.fill(initial);
    return new NumberArray(kind, values);
  }

  /** A copy of the values. */
  static of(kind: ElementKind, values: ArrayLike<number>): NumberArray {
    return new NumberArray(kind, new Float64Array(values));
  }

  override get size(): number {
    return this.parent === undefined ? this.#length : this.windowSize;
  }

  /** The elements as they lie in memory: good until something is added or removed. */
  view(): Float64Array<ArrayBuffer> {
    if (this.parent === undefined) {
      return (this.#view ??=
        this.#length === this.#values.length
          ? this.#values
          : this.#values.subarray(this.#head, this.#head + this.#length));
    }
    return this.parent.view().subarray(this.from, this.from + this.windowSize);
  }

  /** The smallest element, or one of the next; na for none. */
  min(nth = 0): number {
    if (nth !== 0 || this.parent !== undefined) return statistics.min(this.view(), nth);
    return statistics.least(this.#values, this.#head, this.#head + this.#length);
  }

  /** The greatest element, or one of the next. */
  max(nth = 0): number {
    if (nth !== 0 || this.parent !== undefined) return statistics.max(this.view(), nth);
    return statistics.greatest(this.#values, this.#head, this.#head + this.#length);
  }

  override at(index: number): number {
    return this.parent === undefined ? this.#values[this.#head + index]! : this.parent.at(this.from + index);
  }

  override put(index: number, value: number): void {
    if (this.parent !== undefined) return this.parent.put(this.from + index, value);
    this.#values[this.#head + index] = value;
    if (index < this.#clean) this.#clean = index;
  }

  /** From this element on they may be others than those that were saved. */
  #soil(index: number): void {
    if (this.parent !== undefined) this.parent.#soil(this.from + index);
    else if (index < this.#clean) this.#clean = index;
  }

  override push(value: number): void {
    if (this.parent !== undefined) return this.insertThrough(this.windowSize, value);
    if (this.#head + this.#length === this.#values.length) this.#makeSpace(false);
    this.#values[this.#head + this.#length++] = value;
    this.#view = undefined;
  }

  override insertAt(index: number, value: number): void {
    if (this.parent !== undefined) return this.insertThrough(index, value);
    if (index === this.#length) return this.push(value);
    this.#soil(index);
    // The shorter side makes way.
    if (index < this.#length >> 1) {
      if (this.#head === 0) this.#makeSpace(true);
      const head = this.#head--;
      this.#values.copyWithin(head - 1, head, head + index);
    } else {
      if (this.#head + this.#length === this.#values.length) this.#makeSpace(false);
      const place = this.#head + index;
      this.#values.copyWithin(place + 1, place, this.#head + this.#length);
    }
    this.#length++;
    this.#values[this.#head + index] = value;
    this.#view = undefined;
  }

  override removeAt(index: number): number {
    if (this.parent !== undefined) return this.removeThrough(index);
    const place = this.#head + index;
    const value = this.#values[place]!;
    this.#soil(index);
    this.#view = undefined;
    if (index === 0) this.#head++;
    else if (index < this.#length >> 1) {
      this.#values.copyWithin(this.#head + 1, this.#head, place);
      this.#head++;
    } else if (index < this.#length - 1) this.#values.copyWithin(place, place + 1, this.#head + this.#length);
    this.#length--;
    return value;
  }

  override clear(): void {
    if (this.parent !== undefined) return super.clear();
    this.#head = this.#length = this.#clean = 0;
    this.#view = undefined;
  }

  /** At least one free place in front or behind: by moving when half is free, else by growing. */
  #makeSpace(inFront: boolean): void {
    checkRoom(this.#length);
    const from = this.#values.subarray(this.#head, this.#head + this.#length);
    const capacity = this.#values.length;
    if (2 * this.#length >= capacity) this.#values = new Float64Array(Math.max(8, 2 * capacity));
    this.#head = inFront ? this.#values.length - this.#length : 0;
    this.#values.set(from, this.#head);
    this.#view = undefined;
  }

  override copy(): NumberArray {
    return new NumberArray(
      this.kind,
      this.parent === undefined
        ? this.#values.slice(this.#head, this.#head + this.#length)
        : this.view().slice(),
    );
  }

  override fresh(): NumberArray {
    return new NumberArray(this.kind, new Float64Array(0));
  }

  override window(from: number, to: number): NumberArray {
    return new NumberArray(this.kind, noMemory, this, from, to);
  }

  override reverseInPlace(): void {
    this.#soil(0);
    this.view().reverse();
  }

  /** na is greater than every number. */
  override sortInPlace(descending: boolean): void {
    const view = this.view();
    this.#soil(0);
    view.sort();
    if (descending) view.reverse();
  }

  override sortedIndices(): number[] {
    const view = this.view();
    const rank = (index: number): number => (view[index] === view[index] ? view[index]! : Infinity);
    const isNa = (index: number): number => (view[index] === view[index] ? 0 : 1);
    return Array.from(view.keys()).toSorted((a, b) => isNa(a) - isNa(b) || compare(rank(a), rank(b)));
  }

  /** Within 1e-10; an na is never found. */
  override find(value: number, from: number, step: 1 | -1): number {
    const view = this.view();
    for (let index = from; index >= 0 && index < view.length; index += step) {
      if (view[index] === value || Math.abs(view[index]! - value) <= tolerance) return index;
    }
    return -1;
  }

  override truth(value: number): boolean {
    return value === value && value !== 0;
  }

  override saveContents(): unknown {
    if (this.parent !== undefined) return [this.from, this.to];
    const isSame = this.#saved?.length === this.#length && this.#clean === this.#length;
    if (!isSame) this.#saved = this.view().slice();
    this.#clean = this.#length;
    return this.#saved;
  }

  /** Only what has changed since is copied: most bars add something at the end. */
  override restoreContents(contents: unknown): void {
    if (!(contents instanceof Float64Array)) {
      [this.from, this.to] = contents as [number, number];
      return;
    }
    const { length } = contents;
    if (contents !== this.#saved || this.#head + length > this.#values.length) {
      if (this.#values.length < length) this.#values = new Float64Array(length);
      this.#head = 0;
      this.#clean = 0;
      this.#saved = contents as Float64Array<ArrayBuffer>;
    }
    if (this.#clean < length) this.#values.set(contents.subarray(this.#clean), this.#head + this.#clean);
    if (this.#length !== length || this.#head === 0) this.#view = undefined;
    this.#length = length;
    this.#clean = length;
  }
}

/** A slice has none of its own. */
const noMemory = new Float64Array(0);

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
