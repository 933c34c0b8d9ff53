import { Compound, type Kernel } from "../kernel.ts";
import { Cum } from "./signals.ts";

/** On-balance volume: the volume summed with the sign of the close's change; na on the first bar. */
export class Obv extends Compound {
  readonly #total = this.part(new Cum());

  next(close: number, previousClose: number, volume: number): number {
    return this.#total.next(Math.sign(close - previousClose) * volume);
  }
}

/** Accumulation and distribution: the volume summed with the place of the close within the range, −1 to 1. */
export class Accdist extends Compound {
  readonly #total = this.part(new Cum());

  next(high: number, low: number, close: number, volume: number): number {
    return this.#total.next(high === low ? 0 : ((2 * close - low - high) / (high - low)) * volume);
  }
}

/** Price volume trend: the volume summed with the relative change of the close; na on the first bar. */
export class Pvt extends Compound {
  readonly #total = this.part(new Cum());

  next(close: number, previousClose: number, volume: number): number {
    return this.#total.next(((close - previousClose) / previousClose) * volume);
  }
}

/** Williams accumulation and distribution: the sum of the distances of the close from the true low or high. */
export class Wad extends Compound {
  readonly #total = this.part(new Cum());

  next(high: number, low: number, close: number, previousClose: number): number {
    const change = close - previousClose;
    const gain =
      change > 0
        ? close - Math.min(low, previousClose)
        : change < 0
          ? close - Math.max(high, previousClose)
          : 0;
    return this.#total.next(gain);
  }
}

/** An index that starts at 1 and moves with the close on some bars. */
abstract class VolumeIndex implements Kernel {
  #index = 1;
  /** Volume of the bar before; na counts as 0. */
  #previous = 0;
  #savedIndex = 1;
  #savedPrevious = 0;

  /** Whether the bar moves the index. */
  protected abstract moves(volume: number, previous: number): boolean;

  next(close: number, previousClose: number, volume: number): number {
    // A close of na or 0 leaves it where it is.
    if (this.moves(volume, this.#previous) && close && previousClose) {
      this.#index += ((close - previousClose) / previousClose) * this.#index;
    }
    this.#previous = Number.isFinite(volume) ? volume : 0;
    return this.#index;
  }

  save(): void {
    this.#savedIndex = this.#index;
    this.#savedPrevious = this.#previous;
  }

  restore(): void {
    this.#index = this.#savedIndex;
    this.#previous = this.#savedPrevious;
  }
}

/** Negative volume index: moves on bars with less volume than the one before; starts at 1. */
export class Nvi extends VolumeIndex {
  protected override moves(volume: number, previous: number): boolean {
    return volume < previous;
  }
}

/** Positive volume index: moves on bars with more volume than the one before; starts at 1. */
export class Pvi extends VolumeIndex {
  protected override moves(volume: number, previous: number): boolean {
    return volume > previous;
  }
}

/** Williams variable accumulation and distribution of one bar: `(close − open) / (high − low) · volume`. */
export class Wvad extends Compound {
  next(open: number, high: number, low: number, close: number, volume: number): number {
    return ((close - open) / (high - low)) * volume;
  }
}

/** Intraday intensity index: `(2·close − high − low) / ((high − low) · volume)`. */
export class Iii extends Compound {
  next(high: number, low: number, close: number, volume: number): number {
    return (2 * close - high - low) / ((high - low) * volume);
  }
}

/** Volume-weighted average price since the anchor was last true; na before its first time. */
export class Vwap implements Kernel {
  #weighted = Number.NaN;
  #volume = Number.NaN;
  #savedWeighted = Number.NaN;
  #savedVolume = Number.NaN;

  next(volume: number, value: number, anchor: boolean): number {
    if (anchor) this.#weighted = this.#volume = 0;
    if (value === value && volume === volume) {
      this.#weighted += value * volume;
      this.#volume += volume;
    }
    return this.#weighted / this.#volume;
  }

  save(): void {
    this.#savedWeighted = this.#weighted;
    this.#savedVolume = this.#volume;
  }

  restore(): void {
    this.#weighted = this.#savedWeighted;
    this.#volume = this.#savedVolume;
  }
}

/** The same with bands `multiplier` volume-weighted deviations away. `next` returns the average. */
export class VwapBands extends Compound {
  readonly #average = this.part(new Vwap());
  readonly #squares = this.part(new Vwap());
  vwap = Number.NaN;
  upper = Number.NaN;
  lower = Number.NaN;

  next(volume: number, value: number, anchor: boolean, multiplier: number): number {
    const average = this.#average.next(volume, value, anchor);
    const variance = this.#squares.next(volume, value * value, anchor) - average * average;
    const width = Math.sqrt(variance < 0 ? 0 : variance) * multiplier;
    this.upper = average + width;
    this.lower = average - width;
    return (this.vwap = average);
  }
}

/** The same, anchored at the first bar of every trading day. */
export class VwapDaily implements Kernel {
  readonly #vwap = new Vwap();
  #day = Number.NaN;
  #saved = Number.NaN;

  /** @param tradingDay anything that differs from day to day: 00:00 UTC of the trading day, ms */
  next(tradingDay: number, volume: number, value: number): number {
    const anchor = tradingDay !== this.#day;
    this.#day = tradingDay;
    return this.#vwap.next(volume, value, anchor);
  }

  save(): void {
    this.#vwap.save();
    this.#saved = this.#day;
  }

  restore(): void {
    this.#vwap.restore();
    this.#day = this.#saved;
  }
}
