import { Compound, defaultRetention, type Kernel, windowLength } from "../kernel.ts";
import { tolerance } from "../tolerance.ts";
import { Window } from "../window.ts";
import { RollingSum } from "./rolling-sum.ts";

/**
 * Linear regression: the least-squares line through the last values that are not na, at x = 1 for the oldest,
 * evaluated `offset` steps before the newest. The sums are taken anew on every bar, the oldest first. A length of 1
 * is the value itself.
 */
export class Linreg implements Kernel {
  readonly #window: Window;
  #given = Number.NaN;
  #length = 0;
  #sumX = 0;
  #sumXX = 0;
  #savedCount = 0;

  constructor(retention = defaultRetention) {
    this.#window = new Window(retention);
  }

  next(value: number, length: number, offset: number): number {
    const window = this.#window;
    if (length !== this.#given) this.#changeLength(length);
    if (value === value) window.push(value);
    const bars = this.#length;
    if (bars === 1) return value;
    if (window.end < bars) return Number.NaN;
    const { values } = window;
    const before = window.end - bars - 1;
    let sumY = 0;
    let sumXY = 0;
    for (let x = 1; x <= bars; x++) {
      const y = values[before + x]!;
      sumY += y;
      sumXY += x * y;
    }
    const sumX = this.#sumX;
    const slope = (bars * sumXY - sumX * sumY) / (bars * this.#sumXX - sumX * sumX);
    const intercept = sumY / bars - (slope * sumX) / bars + slope;
    return intercept + slope * (bars - 1 - offset);
  }

  /** Sums over 1 to the length are whole numbers, so that no order of adding makes a difference. */
  #changeLength(length: number): void {
    const bars = windowLength("ta.linreg", length);
    this.#given = length;
    this.#length = bars;
    this.#window.makeRoom(bars);
    this.#sumX = this.#sumXX = 0;
    for (let x = 1; x <= bars; x++) {
      this.#sumX += x;
      this.#sumXX += x * x;
    }
  }

  save(): void {
    this.#savedCount = this.#window.count;
  }

  restore(): void {
    this.#window.rewind(this.#savedCount);
  }
}

/**
 * Correlation: covariance over the root of the product of both variances, each from rolling sums of its own, so that
 * an na in one source thins out the sums it enters and no others. 0 when the covariance is within 1e-10 of 0, na when
 * a variance is 0 otherwise. Sums that are thinned out unevenly can leave the range from −1 to 1.
 */
export class Correlation extends Compound {
  readonly #x: RollingSum;
  readonly #y: RollingSum;
  readonly #xx: RollingSum;
  readonly #yy: RollingSum;
  readonly #xy: RollingSum;

  constructor(retention = defaultRetention) {
    super();
    const sum = (): RollingSum => this.part(new RollingSum("ta.correlation", retention));
    this.#x = sum();
    this.#y = sum();
    this.#xx = sum();
    this.#yy = sum();
    this.#xy = sum();
  }

  next(x: number, y: number, length: number): number {
    const sumX = this.#x.next(x, length);
    const bars = this.#x.length;
    const meanX = sumX / bars;
    const meanY = this.#y.next(y, length) / bars;
    const squaresX = this.#xx.next(x * x, length);
    const squaresY = this.#yy.next(y * y, length);
    const covariance = this.#xy.next(x * y, length) / bars - meanX * meanY;
    if (Math.abs(covariance) <= tolerance) return 0;
    const varianceX = clamp(squaresX / bars - meanX * meanX);
    const product = varianceX * clamp(squaresY / bars - meanY * meanY);
    return product === 0 ? Number.NaN : covariance / Math.sqrt(product);
  }
}

/** Not Math.max: na must stay na. */
function clamp(variance: number): number {
  return variance < 0 ? 0 : variance;
}
