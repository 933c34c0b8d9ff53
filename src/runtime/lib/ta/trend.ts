import { Compound, defaultRetention, type Kernel } from "../kernel.ts";
import { tolerance } from "../tolerance.ts";
import { Rma } from "./averages.ts";
import { Atr, trueRange } from "./volatility.ts";

/**
 * Directional movement: Wilder's averages of the moves up and down over that of the true range, and the average of
 * their relative difference. `next` returns the index.
 */
export class Dmi extends Compound {
  readonly #range: Rma;
  readonly #up: Rma;
  readonly #down: Rma;
  readonly #average: Rma;
  /** Positive directional index. */
  plus = Number.NaN;
  /** Negative directional index. */
  minus = Number.NaN;
  /** Average directional index. */
  adx = Number.NaN;
  #high = Number.NaN;
  #low = Number.NaN;
  readonly #saved = { plus: Number.NaN, minus: Number.NaN, high: Number.NaN, low: Number.NaN };

  constructor(retention = defaultRetention) {
    super();
    const average = (): Rma => this.part(new Rma(retention, "ta.dmi"));
    this.#range = average();
    this.#up = average();
    this.#down = average();
    this.#average = average();
  }

  next(high: number, low: number, previousClose: number, length: number, smoothing: number): number {
    const up = high - this.#high;
    const down = this.#low - low;
    this.#high = high;
    this.#low = low;
    const range = this.#range.next(trueRange(high, low, previousClose), length);
    const plusMove = up !== up ? Number.NaN : up - down > tolerance && up > tolerance ? up : 0;
    const minusMove = down !== down ? Number.NaN : down - up > tolerance && down > tolerance ? down : 0;
    const plus = (100 * this.#up.next(plusMove, length)) / range;
    const minus = (100 * this.#down.next(minusMove, length)) / range;
    // A bar without a value keeps the last one.
    if (plus === plus) this.plus = plus;
    if (minus === minus) this.minus = minus;
    const sum = this.plus + this.minus;
    const spread = Math.abs(this.plus - this.minus) / (Math.abs(sum) <= tolerance ? 1 : sum);
    return (this.adx = 100 * this.#average.next(spread, smoothing));
  }

  override save(): void {
    super.save();
    this.#saved.plus = this.plus;
    this.#saved.minus = this.minus;
    this.#saved.high = this.#high;
    this.#saved.low = this.#low;
  }

  override restore(): void {
    super.restore();
    this.plus = this.#saved.plus;
    this.minus = this.#saved.minus;
    this.#high = this.#saved.high;
    this.#low = this.#saved.low;
  }
}

/**
 * Supertrend: bands `factor` average true ranges around (high + low) / 2 that only ever tighten until the close
 * breaks one. Direction −1 is up, 1 is down. On the first bar the line is 0, then na until the average exists, which
 * is what TradingView's own source gives. `next` returns the line.
 */
export class Supertrend extends Compound {
  readonly #atr: Atr;
  line = Number.NaN;
  direction = Number.NaN;
  #upper = 0;
  #lower = 0;
  #previousAtr = Number.NaN;
  readonly #saved = { line: Number.NaN, upper: 0, lower: 0, atr: Number.NaN };

  constructor(retention = defaultRetention) {
    super();
    this.#atr = this.part(new Atr(retention, "ta.supertrend"));
  }

  next(
    high: number,
    low: number,
    close: number,
    previousClose: number,
    factor: number,
    length: number,
  ): number {
    const middle = (high + low) / 2;
    const atr = this.#atr.next(high, low, previousClose, length);
    // An na band counts as 0 when it is looked back at.
    const previousUpper = this.#upper === this.#upper ? this.#upper : 0;
    const previousLower = this.#lower === this.#lower ? this.#lower : 0;
    let upper = middle + factor * atr;
    let lower = middle - factor * atr;
    if (!(lower > previousLower || previousClose < previousLower)) lower = previousLower;
    if (!(upper < previousUpper || previousClose > previousUpper)) upper = previousUpper;
    const before = this.#previousAtr;
    if (before !== before) this.direction = 1;
    else if (this.line === previousUpper) this.direction = close > upper ? -1 : 1;
    else this.direction = close < lower ? 1 : -1;
    this.#previousAtr = atr;
    this.#upper = upper;
    this.#lower = lower;
    return (this.line = this.direction === -1 ? lower : upper);
  }

  override save(): void {
    super.save();
    this.#saved.line = this.line;
    this.#saved.upper = this.#upper;
    this.#saved.lower = this.#lower;
    this.#saved.atr = this.#previousAtr;
  }

  override restore(): void {
    super.restore();
    this.line = this.#saved.line;
    this.#upper = this.#saved.upper;
    this.#lower = this.#saved.lower;
    this.#previousAtr = this.#saved.atr;
  }
}

/** What a bar of the parabolic SAR leaves to the next. */
interface SarState {
  bar: number;
  stop: number;
  extreme: number;
  acceleration: number;
  rising: boolean;
  high: number;
  low: number;
  close: number;
  highBefore: number;
  lowBefore: number;
}

/**
 * Parabolic SAR after Wilder. It starts on the second bar of the data, so a call that comes later, or that misses a
 * bar, gives na for good: the stop cannot be carried over a hole.
 */
export class Sar implements Kernel {
  #now: SarState = freshSar();
  readonly #saved: SarState = freshSar();

  /** @param bar index of the current bar, 0 for the first */
  next(
    bar: number,
    high: number,
    low: number,
    close: number,
    start: number,
    increment: number,
    maximum: number,
  ): number {
    const state = this.#now;
    if (bar !== state.bar + 1) state.bar = Number.NaN;
    else state.bar = bar;
    if (state.bar !== state.bar) return Number.NaN;
    const stop = bar === 0 ? Number.NaN : advanceSar(state, high, low, close, start, increment, maximum);
    state.highBefore = state.high;
    state.lowBefore = state.low;
    state.high = high;
    state.low = low;
    state.close = close;
    return stop;
  }

  save(): void {
    Object.assign(this.#saved, this.#now);
  }

  restore(): void {
    Object.assign(this.#now, this.#saved);
  }
}

function freshSar(): SarState {
  const na = Number.NaN;
  return {
    bar: -1,
    stop: na,
    extreme: na,
    acceleration: na,
    rising: false,
    high: na,
    low: na,
    close: na,
    highBefore: na,
    lowBefore: na,
  };
}

function advanceSar(
  state: SarState,
  high: number,
  low: number,
  close: number,
  start: number,
  increment: number,
  maximum: number,
): number {
  let turned = false;
  if (state.bar === 1) {
    state.rising = close > state.close;
    state.extreme = state.rising ? high : low;
    state.stop = state.rising ? state.low : state.high;
    state.acceleration = start;
    turned = true;
  }
  let stop = state.stop + state.acceleration * (state.extreme - state.stop);
  if (state.rising ? stop > low : stop < high) {
    turned = true;
    stop = state.rising ? Math.max(high, state.extreme) : Math.min(low, state.extreme);
    state.rising = !state.rising;
    state.extreme = state.rising ? high : low;
    state.acceleration = start;
  }
  if (!turned && (state.rising ? high > state.extreme : low < state.extreme)) {
    state.extreme = state.rising ? high : low;
    state.acceleration = Math.min(state.acceleration + increment, maximum);
  }
  // The stop never moves into the range of the two bars before.
  if (state.rising) {
    stop = Math.min(stop, state.low);
    if (state.bar > 1) stop = Math.min(stop, state.lowBefore);
  } else {
    stop = Math.max(stop, state.high);
    if (state.bar > 1) stop = Math.max(stop, state.highBefore);
  }
  return (state.stop = stop);
}
