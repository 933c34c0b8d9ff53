import { defaultRetention, type Kernel, windowLength } from "../kernel.ts";
import { Ring } from "../ring.ts";
import { Ema, Rma } from "./averages.ts";

/** Relative strength index: `100 − 100 / (1 + up/down)` over Wilder's averages of rises and falls. */
export class Rsi implements Kernel {
  readonly #up: Rma;
  readonly #down: Rma;
  #previous = Number.NaN;
  #saved = Number.NaN;

  constructor(retention = defaultRetention) {
    this.#up = new Rma(retention, "ta.rsi");
    this.#down = new Rma(retention, "ta.rsi");
  }

  next(value: number, length: number): number {
    const change = value - this.#previous;
    this.#previous = value;
    const up = this.#up.next(change > 0 ? change : change <= 0 ? 0 : Number.NaN, length);
    const down = this.#down.next(change < 0 ? -change : change >= 0 ? 0 : Number.NaN, length);
    return 100 - 100 / (1 + up / down);
  }

  save(): void {
    this.#saved = this.#previous;
    this.#up.save();
    this.#down.save();
  }

  restore(): void {
    this.#previous = this.#saved;
    this.#up.restore();
    this.#down.restore();
  }
}

/** Moving average convergence divergence. `next` returns the line; the fields hold all three values of the bar. */
export class Macd implements Kernel {
  readonly #fast: Ema;
  readonly #slow: Ema;
  readonly #average: Ema;
  /** Fast less slow average. */
  macd = Number.NaN;
  /** Exponential average of the line. */
  signal = Number.NaN;
  /** Line less signal. */
  histogram = Number.NaN;

  constructor(retention = defaultRetention) {
    this.#fast = new Ema(retention);
    this.#slow = new Ema(retention);
    this.#average = new Ema(retention);
  }

  next(value: number, fast: number, slow: number, signal: number): number {
    this.macd = this.#fast.next(value, fast) - this.#slow.next(value, slow);
    this.signal = this.#average.next(this.macd, signal);
    this.histogram = this.macd - this.signal;
    return this.macd;
  }

  save(): void {
    this.#fast.save();
    this.#slow.save();
    this.#average.save();
  }

  restore(): void {
    this.#fast.restore();
    this.#slow.restore();
    this.#average.restore();
  }
}

/** The value less the one `length` bars ago. */
export class Change implements Kernel {
  readonly #history: Ring;
  #given = Number.NaN;
  #length = 0;
  #savedCount = 0;

  constructor(retention = defaultRetention) {
    this.#history = new Ring(retention);
  }

  next(value: number, length = 1): number {
    if (length !== this.#given) {
      this.#length = windowLength("ta.change", length);
      this.#given = length;
      this.#history.makeRoom(this.#length + 1);
    }
    this.#history.push(value);
    return value - this.#history.back(this.#length);
  }

  save(): void {
    this.#savedCount = this.#history.count;
  }

  restore(): void {
    this.#history.count = this.#savedCount;
  }
}
