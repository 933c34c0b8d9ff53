import { RuntimeFailure } from "../../../kernel/errors.ts";
import { NumberArray } from "../collections/number-array.ts";
import { Compound, type Kernel } from "../kernel.ts";

/** The prices of a period. */
interface Period {
  open: number;
  high: number;
  low: number;
  close: number;
}

/** How many levels there are: P, then R1 S1 to R5 S5. */
export const pivotLevelCount = 11;

const types = ["Traditional", "Fibonacci", "Woodie", "Classic", "DM", "Camarilla"] as const;

/** A way to compute pivot point levels, by TradingView's name. */
export type PivotType = (typeof types)[number];

/**
 * Pivot point levels: P R1 S1 R2 S2 R3 S3 R4 S4 R5 S5, na where the type has none. They come from the prices of the
 * period that the last true `anchor` has ended, or of the one that runs when `developing`.
 */
export class PivotPointLevels implements Kernel {
  /** The levels of the bar; overwritten on the next. */
  readonly levels = new Float64Array(pivotLevelCount).fill(Number.NaN);
  readonly #running: Period = emptyPeriod();
  readonly #finished: Period = emptyPeriod();
  readonly #savedRunning: Period = emptyPeriod();
  readonly #savedFinished: Period = emptyPeriod();
  #started = false;
  #savedStarted = false;

  /** @throws RuntimeFailure for an unknown type, and for a developing "Woodie", which needs an open that is to come */
  next(
    open: number,
    high: number,
    low: number,
    close: number,
    type: string,
    anchor: boolean,
    developing = false,
  ): Float64Array {
    if (!isPivotType(type)) {
      throw new RuntimeFailure(
        `ta.pivot_point_levels: no type is called "${type}"; there are ${types.join(", ")}`,
      );
    }
    if (developing && type === "Woodie") {
      throw new RuntimeFailure(
        'ta.pivot_point_levels: "Woodie" cannot be developing: it needs the next open',
      );
    }
    const running = this.#running;
    if (anchor || !this.#started) {
      // What came before the first anchor is a period like any other.
      if (this.#started) Object.assign(this.#finished, running);
      this.#started = true;
      running.open = open;
      running.high = high;
      running.low = low;
      running.close = close;
    } else {
      running.high = Math.max(running.high, high);
      running.low = Math.min(running.low, low);
      running.close = close;
    }
    computeLevels(this.levels, type, developing ? running : this.#finished, running.open);
    return this.levels;
  }

  save(): void {
    Object.assign(this.#savedRunning, this.#running);
    Object.assign(this.#savedFinished, this.#finished);
    this.#savedStarted = this.#started;
  }

  restore(): void {
    Object.assign(this.#running, this.#savedRunning);
    Object.assign(this.#finished, this.#savedFinished);
    this.#started = this.#savedStarted;
  }
}

/** The same with an array of its own on every bar, which a script may change. */
export class PivotPointLevelsArray extends Compound {
  readonly #kernel = this.part(new PivotPointLevels());

  next(...args: Parameters<PivotPointLevels["next"]>): NumberArray {
    return NumberArray.of("float", this.#kernel.next(...args));
  }
}

function emptyPeriod(): Period {
  return { open: Number.NaN, high: Number.NaN, low: Number.NaN, close: Number.NaN };
}

function isPivotType(name: string): name is PivotType {
  return (types as readonly string[]).includes(name);
}

/** Formulas: TradingView's help, "Pivot Points Standard". */
function computeLevels(levels: Float64Array, type: PivotType, period: Period, nextOpen: number): void {
  const { open, high, low, close } = period;
  const range = high - low;
  const set = (...values: readonly number[]): void => {
    levels.fill(Number.NaN);
    levels.set(values);
  };
  const middle = (high + low + close) / 3;
  switch (type) {
    case "Traditional":
      return set(
        middle,
        middle * 2 - low,
        middle * 2 - high,
        middle + range,
        middle - range,
        middle * 2 + (high - 2 * low),
        middle * 2 - (2 * high - low),
        middle * 3 + (high - 3 * low),
        middle * 3 - (3 * high - low),
        middle * 4 + (high - 4 * low),
        middle * 4 - (4 * high - low),
      );
    case "Fibonacci":
      return set(
        middle,
        middle + 0.382 * range,
        middle - 0.382 * range,
        middle + 0.618 * range,
        middle - 0.618 * range,
        middle + range,
        middle - range,
      );
    case "Woodie": {
      const pivot = (high + low + 2 * nextOpen) / 4;
      const top = high + 2 * (pivot - low);
      const bottom = low - 2 * (high - pivot);
      return set(
        pivot,
        2 * pivot - low,
        2 * pivot - high,
        pivot + range,
        pivot - range,
        top,
        bottom,
        top + range,
        bottom - range,
      );
    }
    case "Classic":
      return set(
        middle,
        2 * middle - low,
        2 * middle - high,
        middle + range,
        middle - range,
        middle + 2 * range,
        middle - 2 * range,
        middle + 3 * range,
        middle - 3 * range,
      );
    case "DM": {
      const weighted =
        open === close
          ? high + low + 2 * close
          : close > open
            ? 2 * high + low + close
            : 2 * low + high + close;
      return set(weighted / 4, weighted / 2 - low, weighted / 2 - high);
    }
    case "Camarilla": {
      const fifth = (high / low) * close;
      return set(
        middle,
        close + (1.1 * range) / 12,
        close - (1.1 * range) / 12,
        close + (1.1 * range) / 6,
        close - (1.1 * range) / 6,
        close + (1.1 * range) / 4,
        close - (1.1 * range) / 4,
        close + (1.1 * range) / 2,
        close - (1.1 * range) / 2,
        fifth,
        close - (fifth - close),
      );
    }
  }
}
