import { RuntimeFailure } from "../../kernel/errors.ts";
import type { Kernel } from "../lib/kernel.ts";

/** What generated code needs besides JavaScript's own operators: tolerant comparison, na, and history. */

/** Floats closer than this are equal. */
const epsilon = 1e-10;

/** `a <= b` of floats; with na false. Infinities are equal to themselves. */
export function le(a: number, b: number): boolean {
  return a <= b || a - b <= epsilon;
}

export function ge(a: number, b: number): boolean {
  return a >= b || b - a <= epsilon;
}

export function eq(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= epsilon;
}

/** `a != b`; with na false like every comparison. */
export function ne(a: number, b: number): boolean {
  return a !== b && Math.abs(a - b) > epsilon;
}

/** `==` of texts and enum fields; with na false. */
export function same(a: unknown, b: unknown): boolean {
  return a !== null && a === b;
}

export function notSame(a: unknown, b: unknown): boolean {
  return a !== null && b !== null && a !== b;
}

/** `and` of version 5: both sides have been evaluated. */
export function both(a: boolean, b: boolean): boolean {
  return a && b;
}

export function either(a: boolean, b: boolean): boolean {
  return a || b;
}

/** `+` of texts; na with na. */
export function concat(a: string | null, b: string | null): string | null {
  return a === null || b === null ? null : a + b;
}

/** The exchange of `EXCHANGE:TICKER`; "" without one. */
export function symbolPrefix(symbol: string): string {
  const colon = symbol.indexOf(":");
  return colon < 0 ? "" : symbol.slice(0, colon);
}

/** The ticker of `EXCHANGE:TICKER`. */
export function symbolTicker(symbol: string): string {
  return symbol.slice(symbol.indexOf(":") + 1);
}

/** Room for so many numbers, na until written. */
export function numbers(capacity: number): Float64Array {
  return new Float64Array(capacity).fill(Number.NaN);
}

/** Room for so many numbers that are written one after the other; those before `first` never are. */
export function column(capacity: number, first: number): Float64Array {
  return new Float64Array(capacity).fill(Number.NaN, 0, first);
}

/** Room for so many yes and no, no until written. */
export function flags(capacity: number): Uint8Array {
  return new Uint8Array(capacity);
}

/** Room for so many values of any other kind, na until written. */
export function values(capacity: number): unknown[] {
  return Array.from({ length: capacity }, () => null);
}

/** A column of twice the length with the same contents. */
export function longer<Column extends Float64Array | Uint8Array | unknown[]>(column: Column): Column {
  if (Array.isArray(column)) return [...column, ...values(Math.max(16, column.length))] as Column;
  const size = Math.max(16, column.length * 2);
  const larger = column instanceof Float64Array ? numbers(size) : flags(size);
  larger.set(column);
  return larger as Column;
}

/** The value `offset` steps before `index`: na before the first. An na offset is 0; a fraction is cut off. */
export function past(column: Float64Array, index: number, offset: number): number {
  const at = index - Math.trunc(offset);
  if (at <= index && at >= 0) return column[at]!;
  return at !== at ? column[index]! : outside(offset);
}

export function pastFlag(column: Uint8Array, index: number, offset: number): boolean {
  const at = index - Math.trunc(offset);
  if (at <= index && at >= 0) return column[at] === 1;
  return at !== at ? column[index] === 1 : outside(offset) === 0;
}

export function pastValue<Value>(
  column: readonly (Value | null)[],
  index: number,
  offset: number,
): Value | null {
  const at = index - Math.trunc(offset);
  if (at <= index && at >= 0) return column[at] ?? null;
  if (at !== at) return column[index] ?? null;
  outside(offset);
  return null;
}

function outside(offset: number): number {
  if (offset < 0)
    throw new RuntimeFailure(`a history offset is at least 0, not ${offset}`, {
      hint: "the future is not known",
    });
  return Number.NaN;
}

/**
 * How often a loop from one number to another passes, both included; na: never.
 * @throws RuntimeFailure for a step that is not above 0
 */
export function passCount(from: number, to: number, step: number): number {
  if (step <= 0) throw new RuntimeFailure(`the step of a loop is above 0, not ${step}`);
  return Math.floor(Math.abs(to - from) / step) + 1;
}

/** The past of an expression that is not reached on every bar: one entry for each bar on which it is. */
export class Trail<Value> implements Kernel {
  readonly #na: Value;
  readonly #entries: Value[] = [];
  #bar = -1;
  #count = 0;
  #savedBar = -1;
  #savedCount = 0;

  constructor(na: Value) {
    this.#na = na;
  }

  /** Records this bar's value and gives the one `offset` entries back. */
  next(bar: number, value: Value, offset: number): Value {
    if (bar !== this.#bar) {
      this.#bar = bar;
      this.#count++;
    }
    this.#entries[this.#count - 1] = value;
    const back = offset !== offset ? 0 : Math.trunc(offset);
    if (back < 0) outside(offset);
    return back < this.#count ? this.#entries[this.#count - 1 - back]! : this.#na;
  }

  save(): void {
    this.#savedBar = this.#bar;
    this.#savedCount = this.#count;
  }

  restore(): void {
    this.#bar = this.#savedBar;
    this.#count = this.#savedCount;
  }
}

/** A field of an enum. `str.tostring` gives its title. */
export interface EnumMember {
  readonly enumeration: string;
  readonly name: string;
  readonly title: string;
}

/** The fields of an enum by name. */
export function enumeration(
  name: string,
  members: readonly (readonly [name: string, title: string])[],
): Readonly<Record<string, EnumMember>> {
  return Object.freeze(
    Object.fromEntries(
      members.map(([member, title]) => [member, Object.freeze({ enumeration: name, name: member, title })]),
    ),
  );
}
