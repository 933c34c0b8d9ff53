import type { Bar } from "../kernel/bar.ts";
import type { BarSource } from "./joiner.ts";

/**
 * Puts the bars of a chart and of the feeds beside it into one order, whatever order they arrive in. Pure.
 *
 * - A close of the chart waits until every other feed has brought what ends by then.
 * - Updates of the chart do not wait. What ends with the chart's forming bar or later is kept back until that bar is
 *   over: an update never meets a bar that is finished later than itself.
 */

/** Where the bars of a feed lie. */
export interface Grid {
  endMs(openMs: number): number;
  /** Open of the bar that follows; NaN when nobody knows. */
  after(openMs: number): number;
}

/** What becomes of the chart's bars, in order. */
export interface ChartListener {
  /** Everything that ended by the last bar of the history is there. */
  onStart(): void;
  onTick(bar: Bar): void;
  onClose(bar: Bar, source: BarSource): void;
}

/** Where a feed beside the chart puts its bars. */
export interface SideListener {
  tick(bar: Bar): void;
  close(bar: Bar): void;
}

type Waiting =
  | { readonly kind: "start"; readonly bar: Bar }
  | { readonly kind: "tick"; readonly bar: Bar }
  | { readonly kind: "close"; readonly bar: Bar; readonly source: BarSource };

export class BarOrder {
  readonly #grid: Grid;
  readonly #listener: ChartListener;
  readonly #onWait: (isWaiting: boolean) => void;
  readonly #sides = new Set<Side>();
  readonly #last: Bar;
  #waiting: Waiting[] = [];
  /** End of the last chart bar that was executed. */
  #overMs = -Infinity;
  /** End of the chart's bar that forms or comes next. */
  #nextEndMs: number;
  #isRunning = false;
  /** What was told to wait. */
  #told: Waiting | undefined;

  /**
   * @param last the last bar of the chart's history
   * @param onWait told whenever a close begins to wait for other feeds, and when none does any more
   */
  constructor(grid: Grid, last: Bar, listener: ChartListener, onWait: (isWaiting: boolean) => void) {
    this.#grid = grid;
    this.#listener = listener;
    this.#onWait = onWait;
    this.#nextEndMs = grid.endMs(last.openTimeMs);
    this.#last = last;
  }

  /** All feeds that the history needs have been added. */
  begin(): void {
    this.#waiting.unshift({ kind: "start", bar: this.#last });
    this.#pump();
  }

  /**
   * A feed beside the chart, as it stands.
   * @param name for people
   * @param lastMs open of its last closed bar; −∞ without any
   */
  add(name: string, grid: Grid, lastMs: number, listener: SideListener): Side {
    const side = new Side(name, grid, lastMs, listener, () => this.#pump());
    this.#sides.add(side);
    return side;
  }

  /** The chart's forming bar stands like this. */
  tick(bar: Bar): void {
    const last = this.#waiting.at(-1);
    // Nobody has seen the one before: this one says all of it.
    if (last?.kind === "tick") this.#waiting.pop();
    this.#waiting.push({ kind: "tick", bar });
    this.#pump();
  }

  /** A bar of the chart is over. */
  close(bar: Bar, source: BarSource): void {
    this.#waiting.push({ kind: "close", bar, source });
    this.#pump();
  }

  /** Nothing of the chart waits. */
  get isIdle(): boolean {
    return this.#waiting.length === 0;
  }

  /** Feeds that a close waits for. */
  get missing(): readonly Side[] {
    const [first] = this.#waiting;
    if (first === undefined || first.kind === "tick") return [];
    const endMs = this.#grid.endMs(first.bar.openTimeMs);
    return [...this.#sides].filter((side) => !side.isLate && !side.reaches(endMs));
  }

  /** What a close waits for does not come: it goes on without, and does not wait again until those are heard of. */
  giveUp(): void {
    for (const side of this.missing) side.isLate = true;
    this.#pump();
  }

  /** Does everything that can be done. */
  #pump(): void {
    // What is executed may bring further feeds in.
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      this.#release();
      for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
        if (!this.#perform(next)) break;
        this.#release();
      }
    } finally {
      this.#isRunning = false;
      this.#tellWaiting();
    }
  }

  /** @returns whether it was done */
  #perform(next: Waiting): boolean {
    const { bar } = next;
    const endMs = this.#grid.endMs(bar.openTimeMs);
    this.#nextEndMs = endMs;
    if (next.kind === "tick") {
      this.#waiting.shift();
      this.#release();
      this.#listener.onTick(bar);
      return true;
    }
    for (const side of this.#sides) side.releaseTo(endMs);
    if (this.missing.length > 0) return false;
    this.#waiting.shift();
    this.#overMs = endMs;
    const following = this.#grid.after(bar.openTimeMs);
    this.#nextEndMs = following === following ? this.#grid.endMs(following) : Infinity;
    if (next.kind === "start") this.#listener.onStart();
    else this.#listener.onClose(bar, next.source);
    return true;
  }

  #release(): void {
    for (const side of this.#sides) side.release(this.#overMs, this.#nextEndMs);
  }

  #tellWaiting(): void {
    const [first] = this.#waiting;
    if (first === this.#told) return;
    this.#told = first;
    this.#onWait(first !== undefined);
  }
}

/**
 * Whether no bar is missing that ends by a moment.
 * @param lastMs open of the last closed bar; −∞ without any
 */
export function reaches(grid: Grid, lastMs: number, endMs: number): boolean {
  if (lastMs === -Infinity || grid.endMs(lastMs) >= endMs) return true;
  const following = grid.after(lastMs);
  return following !== following || grid.endMs(following) > endMs;
}

/** A feed beside the chart: what has arrived of it, and what the run has been given. */
export class Side {
  /** A close went on without it, and it has not been heard of since. */
  isLate = false;
  readonly name: string;
  readonly #grid: Grid;
  readonly #listener: SideListener;
  readonly #pump: () => void;
  readonly #held: { readonly bar: Bar; readonly isClosed: boolean }[] = [];
  #lastMs: number;
  #formingMs = -Infinity;
  #isOver = false;

  constructor(name: string, grid: Grid, lastMs: number, listener: SideListener, pump: () => void) {
    this.name = name;
    this.#grid = grid;
    this.#lastMs = lastMs;
    this.#listener = listener;
    this.#pump = pump;
  }

  tick(bar: Bar): void {
    this.#formingMs = bar.openTimeMs;
    if (this.#held.at(-1)?.isClosed === false) this.#held.pop();
    this.#take(bar, false);
  }

  close(bar: Bar): void {
    this.#lastMs = Math.max(this.#lastMs, bar.openTimeMs);
    this.#take(bar, true);
  }

  /** Nothing more comes. */
  end(): void {
    this.#isOver = true;
    this.#pump();
  }

  /** Whether everything that ends by a moment has arrived. */
  reaches(endMs: number): boolean {
    if (this.#isOver || this.#formingMs >= endMs) return true;
    const forms = this.#formingMs > this.#lastMs;
    return !(forms && this.#grid.endMs(this.#formingMs) <= endMs) && reaches(this.#grid, this.#lastMs, endMs);
  }

  /** Gives the run what ended by a moment, and everything that ends before another one. */
  release(overMs: number, beforeMs: number): void {
    this.#give((endMs) => endMs <= overMs || endMs < beforeMs, beforeMs);
  }

  /** Gives the run what ends by a moment. */
  releaseTo(endMs: number): void {
    this.#give((end) => end <= endMs, endMs);
  }

  #take(bar: Bar, isClosed: boolean): void {
    this.isLate = false;
    this.#held.push({ bar, isClosed });
    this.#pump();
  }

  #give(isDue: (endMs: number) => boolean, beforeMs: number): void {
    for (let first = this.#held[0]; first !== undefined; first = this.#held[0]) {
      const { bar, isClosed } = first;
      if (isClosed ? !isDue(this.#grid.endMs(bar.openTimeMs)) : bar.openTimeMs >= beforeMs) return;
      this.#held.shift();
      if (isClosed) this.#listener.close(bar);
      else this.#listener.tick(bar);
    }
  }
}
