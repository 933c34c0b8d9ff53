import type { BoolSeries, Series, Source } from "../api/script/series.ts";

/** Where a run stands; shared by every series of a script. */
export interface BarClock {
  /** Index of the current bar; −1 before the first. */
  index: number;
  /** Index of the first computed bar; nothing before it can be seen. */
  first: number;
  /** The script runs before the bar is over: its prices may still change. */
  isForming?: boolean;
  /** The script runs inside a bar of history: the bar's row holds what was known at some point of it. */
  isInside?: boolean;
}

/**
 * A series whose values lie in a column as long as the run. `advance` computes the current bar's; nodes advance in the
 * order of their creation, so every source of a node is ahead of it.
 */
export class SeriesNode implements Series {
  /** The current bar's value. */
  now = Number.NaN;
  readonly #clock: BarClock;
  readonly #column: Float64Array;
  readonly #compute: (() => number) | undefined;

  /**
   * @param column values by bar; filled by `advance` when there is something to compute, given otherwise
   * @param compute called once per bar; absent for prices
   */
  constructor(clock: BarClock, column: Float64Array, compute?: () => number) {
    this.#clock = clock;
    this.#column = column;
    this.#compute = compute;
  }

  advance(): void {
    const { index } = this.#clock;
    if (this.#compute === undefined) this.now = this.#column[index] ?? Number.NaN;
    else this.#column[index] = this.now = this.#compute();
  }

  at(barsAgo: number): number {
    const index = this.#clock.index - Math.trunc(barsAgo !== barsAgo ? 0 : barsAgo);
    if (index > this.#clock.index || index < this.#clock.first) return Number.NaN;
    return this.#column[index] ?? Number.NaN;
  }
}

/** The same for a condition. */
export class BoolNode implements BoolSeries {
  now = false;
  readonly #clock: BarClock;
  readonly #column: Uint8Array;
  readonly #compute: () => boolean;

  constructor(clock: BarClock, column: Uint8Array, compute: () => boolean) {
    this.#clock = clock;
    this.#column = column;
    this.#compute = compute;
  }

  advance(): void {
    this.now = this.#compute();
    this.#column[this.#clock.index] = this.now ? 1 : 0;
  }

  at(barsAgo: number): boolean {
    const index = this.#clock.index - Math.trunc(barsAgo !== barsAgo ? 0 : barsAgo);
    return index <= this.#clock.index && index >= this.#clock.first && this.#column[index] === 1;
  }
}

/** The close of a strategy is a series and, called, an order: `s.close.now`, `s.close("Long")`. */
const nodeOf: unique symbol = Symbol("pyne.series.node");

/** Makes a function readable as a series. */
export function callableSeries<Call extends (...args: never[]) => unknown>(
  node: SeriesNode,
  call: Call,
): Series & Call {
  Object.defineProperties(call, {
    now: { get: () => node.now },
    at: { value: (barsAgo: number) => node.at(barsAgo) },
    [nodeOf]: { value: node },
  });
  return call as unknown as Series & Call;
}

/** A source as something to read once per bar. */
export function reader(source: Source): () => number {
  if (typeof source === "number") return () => source;
  const node = (source as { [nodeOf]?: SeriesNode })[nodeOf];
  if (node !== undefined) return () => node.now;
  if (typeof source === "function") return source as () => number;
  return () => source.now;
}
