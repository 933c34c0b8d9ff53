import { Compound, defaultRetention, type Kernel, windowLength } from "../kernel.ts";
import { Ring } from "../ring.ts";
import { Ema, Rma } from "./averages.ts";

/** The value `length` bars ago, for the functions that compare with it. */
class Lag implements Kernel {
  readonly #caller: string;
  readonly #history: Ring;
  #given = Number.NaN;
  #length = 0;
  #savedCount = 0;

  constructor(caller: string, retention: number) {
    this.#caller = caller;
    this.#history = new Ring(retention);
  }

  next(value: number, length: number): number {
    if (length !== this.#given) {
      this.#length = windowLength(this.#caller, length);
      this.#given = length;
      this.#history.makeRoom(this.#length + 1);
    }
    this.#history.push(value);
    return this.#history.back(this.#length);
  }

  save(): void {
    this.#savedCount = this.#history.count;
  }

  restore(): void {
    this.#history.count = this.#savedCount;
  }
}

/** The value less the one `length` bars ago; a plain subtraction. */
export class Change extends Compound {
  readonly #lag: Lag;

  constructor(retention = defaultRetention, caller = "ta.change") {
    super();
    this.#lag = this.part(new Lag(caller, retention));
  }

  next(value: number, length = 1): number {
    return value - this.#lag.next(value, length);
  }
}

/** Whether a condition differs from what it was `length` bars ago; false where there was none. */
export class ChangeBool extends Compound {
  readonly #lag: Lag;

  constructor(retention = defaultRetention) {
    super();
    this.#lag = this.part(new Lag("ta.change", retention));
  }

  next(value: boolean | null, length = 1): boolean {
    const now = value === null ? Number.NaN : value ? 1 : 0;
    const before = this.#lag.next(now, length);
    return now === now && before === before && now !== before;
  }
}

/** Momentum: the same as `Change`, under the name that errors should give. */
export class Mom extends Change {
  constructor(retention = defaultRetention) {
    super(retention, "ta.mom");
  }
}

/** Rate of change: `100 · (value − then) / then`, `then` being the value `length` bars ago. */
export class Roc extends Compound {
  readonly #lag: Lag;

  constructor(retention = defaultRetention) {
    super();
    this.#lag = this.part(new Lag("ta.roc", retention));
  }

  next(value: number, length: number): number {
    const before = this.#lag.next(value, length);
    return (100 * (value - before)) / before;
  }
}

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
export class Macd extends Compound {
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
    super();
    this.#fast = this.part(new Ema(retention, "ta.macd"));
    this.#slow = this.part(new Ema(retention, "ta.macd"));
    this.#average = this.part(new Ema(retention, "ta.macd"));
  }

  next(value: number, fast: number, slow: number, signal: number): number {
    this.macd = this.#fast.next(value, fast) - this.#slow.next(value, slow);
    this.signal = this.#average.next(this.macd, signal);
    this.histogram = this.macd - this.signal;
    return this.macd;
  }
}

/** True strength index, −1 to 1: the doubly smoothed change over the doubly smoothed size of the change. */
export class Tsi extends Compound {
  readonly #change: Change;
  readonly #long: Ema;
  readonly #short: Ema;
  readonly #longSize: Ema;
  readonly #shortSize: Ema;

  constructor(retention = defaultRetention) {
    super();
    this.#change = this.part(new Change(0));
    this.#long = this.part(new Ema(retention, "ta.tsi"));
    this.#short = this.part(new Ema(retention, "ta.tsi"));
    this.#longSize = this.part(new Ema(retention, "ta.tsi"));
    this.#shortSize = this.part(new Ema(retention, "ta.tsi"));
  }

  next(value: number, short: number, long: number): number {
    const change = this.#change.next(value);
    const smooth = this.#short.next(this.#long.next(change, long), short);
    const size = this.#shortSize.next(this.#longSize.next(Math.abs(change), long), short);
    return smooth / size;
  }
}
