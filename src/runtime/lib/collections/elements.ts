import { RuntimeFailure } from "../../../kernel/errors.ts";
import type { ElementKind } from "./element.ts";
import { emptyArray, outOfRange, reversedBounds } from "./failures.ts";

/** An array is memory: what is larger is a mistake, not a wish. */
const largestArray = 10_000_000;

/**
 * An array of a script, or a live window on another: a slice stands for positions of its parent, clipped to what the
 * parent has at the moment; whatever is read, written, added or removed through it is read, written, added or removed
 * there. Indices of this class are whole and within bounds; `indexOf` makes them.
 */
export abstract class Elements<Value> {
  readonly kind: ElementKind;
  /** What an element that was never given is, and what reading at an na index gives. */
  readonly na: Value;
  protected readonly parent: this | undefined;
  /** Of a slice: its positions in the parent. */
  protected from: number;
  protected to: number;

  protected constructor(kind: ElementKind, na: Value, parent?: Elements<Value>, from = 0, to = 0) {
    this.kind = kind;
    this.na = na;
    this.parent = parent as this | undefined;
    this.from = from;
    this.to = to;
  }

  /** How many elements there are. */
  abstract get size(): number;
  abstract at(index: number): Value;
  abstract put(index: number, value: Value): void;
  /** @param index 0 to the size */
  abstract insertAt(index: number, value: Value): void;
  abstract removeAt(index: number): Value;
  /** An array of the same kind and elements that stands for itself. */
  abstract copy(): Elements<Value>;
  /** A window on positions from `from` up to, not including, `to`. */
  abstract window(from: number, to: number): Elements<Value>;
  /** An empty one of the same kind. */
  abstract fresh(): Elements<Value>;
  abstract reverseInPlace(): void;
  abstract sortInPlace(descending: boolean): void;
  /** The indices in ascending order of their elements; equal ones in their own order. */
  abstract sortedIndices(): number[];
  /** −1 when there is none. */
  abstract find(value: Value, from: number, step: 1 | -1): number;
  /** Whether an element counts as true. */
  abstract truth(value: Value): boolean;

  /** What `restoreContents` puts back: not the elements of a slice, which are its parent's. */
  abstract saveContents(): unknown;
  abstract restoreContents(contents: unknown): void;

  /** A slice's parent, which has to be saved with it. */
  get origin(): this | undefined {
    return this.parent;
  }

  push(value: Value): void {
    this.insertAt(this.size, value);
  }

  /** @throws RuntimeFailure when there is none, as do the next three */
  pop(caller: string): Value {
    if (this.size === 0) throw emptyArray(caller);
    return this.removeAt(this.size - 1);
  }

  shift(caller: string): Value {
    if (this.size === 0) throw emptyArray(caller);
    return this.removeAt(0);
  }

  first(caller: string): Value {
    if (this.size === 0) throw emptyArray(caller);
    return this.at(0);
  }

  last(caller: string): Value {
    if (this.size === 0) throw emptyArray(caller);
    return this.at(this.size - 1);
  }

  clear(): void {
    for (let index = this.size - 1; index >= 0; index--) this.removeAt(index);
  }

  /**
   * An index as a script gives it as one within bounds; a fraction is truncated.
   * @param fromEnd negative ones count from the end (version 6)
   * @throws RuntimeFailure out of range
   */
  indexOf(caller: string, index: number, fromEnd: boolean): number {
    const { size } = this;
    const whole = Math.trunc(index);
    const place = fromEnd && whole < 0 ? whole + size : whole;
    if (!(place >= 0 && place < size)) throw outOfRange(caller, index, size);
    return place;
  }

  /**
   * Two bounds as a script gives them: na stands for the end it is nearest to.
   * @throws RuntimeFailure out of range
   */
  bounds(caller: string, from: number, to: number): [number, number] {
    const { size } = this;
    const first = from !== from ? 0 : Math.trunc(from);
    const end = to !== to ? size : Math.trunc(to);
    for (const bound of [first, end])
      if (!(bound >= 0 && bound <= size)) throw outOfRange(caller, bound, size);
    return [first, end];
  }

  /** A live window. @throws RuntimeFailure out of range and for reversed bounds */
  slice(from: number, to: number): Elements<Value> {
    const [first, end] = this.bounds("array.slice", from, to);
    if (first > end) throw reversedBounds("array.slice", first, end);
    return this.window(first, end);
  }

  *[Symbol.iterator](): Iterator<Value> {
    for (let index = 0; index < this.size; index++) yield this.at(index);
  }

  /** Of a slice: how many of its positions the parent has. */
  protected get windowSize(): number {
    return Math.max(0, Math.min(this.to, this.parent!.size) - this.from);
  }

  /** Of a slice: the parent takes the value, the window grows by one. */
  protected insertThrough(index: number, value: Value): void {
    const parent = this.parent!;
    const end = this.from + this.windowSize;
    parent.insertAt(Math.min(this.from + index, parent.size), value);
    this.to = end + 1;
  }

  /** Of a slice: the parent loses the value, the window shrinks by one. */
  protected removeThrough(index: number): Value {
    const end = this.from + this.windowSize;
    const value = this.parent!.removeAt(this.from + index);
    this.to = end - 1;
    return value;
  }
}

/**
 * The size of a new array; na is 0, a fraction is truncated.
 * @throws RuntimeFailure for less than 0 or too many elements
 */
export function arraySize(caller: string, size: number): number {
  const whole = size !== size ? 0 : Math.trunc(size);
  if (whole < 0 || whole > largestArray) {
    throw new RuntimeFailure(`${caller}: the size is from 0 to ${largestArray}, not ${size}`);
  }
  return whole;
}

/** @throws RuntimeFailure for one element too many */
export function checkRoom(size: number): void {
  if (size >= largestArray) throw new RuntimeFailure(`an array has at most ${largestArray} elements`);
}
