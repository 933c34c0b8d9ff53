import { roundHalfEven } from "../../kernel/float.ts";

/**
 * The grids on which a strategy's numbers live: price ticks and quantity lots. Formulas are TradingView's as
 * measured; their shape matters, so nothing here may be simplified.
 */

/** What the grids need of a symbol. */
export interface GridSymbol {
  readonly mintick: number;
  readonly minmove: number;
  readonly pricescale: number;
  readonly mincontract: number;
}

/** Snapping for one symbol. */
export class Grid {
  readonly #symbol: GridSymbol;
  /** Lots per contract. */
  readonly #lots: number;

  constructor(symbol: GridSymbol) {
    this.#symbol = symbol;
    this.#lots = Math.max(1, roundHalfEven(1 / symbol.mincontract));
  }

  /** A bar's price as the simulator sees it. */
  barSnap(price: number): number {
    const { mintick, minmove, pricescale } = this.#symbol;
    return (Math.trunc(price / mintick + 0.5) * minmove) / pricescale;
  }

  /** A price at which something was filled. */
  fillSnap(price: number): number {
    return Math.floor(price / this.#symbol.mintick + 0.5) * this.#symbol.mintick;
  }

  /** Every quantity that is handed out: free of dust below 1e-8. */
  units(quantity: number): number {
    if (this.#lots > 1e8) return quantity;
    const whole = quantity / 1e-8;
    if (!(Math.abs(whole) < 9.223372036854776e18)) return quantity;
    return roundHalfEven(whole) * 1e-8;
  }

  /** Sum of two sizes, exact in lots. */
  add(a: number, b: number): number {
    if (this.#lots > 1e8) return a + b;
    const [left, right] = [a * this.#lots, b * this.#lots];
    if (Math.abs(left) < 2 ** 53 && Math.abs(right) < 2 ** 53) {
      return this.units((roundHalfEven(left) + roundHalfEven(right)) * (1 / this.#lots));
    }
    return this.units(a + b);
  }

  /** A default-sized quantity cut to whole lots. */
  lotPlain(quantity: number): number {
    const lots = Math.trunc(Math.abs(quantity) * this.#lots);
    return this.units(Math.sign(quantity) * lots * (1 / this.#lots));
  }

  /** A quantity somebody named, cut to whole lots as its decimal digits read. */
  lotExplicit(quantity: number): number {
    const exact = decimalQuotient(Math.abs(quantity), 1 / this.#lots);
    return this.units(Math.sign(quantity) * exact * (1 / this.#lots));
  }

  /** A derived size: to the nearest lot when it is one but for rounding, else cut. */
  lotTolerant(quantity: number): number {
    const scaled = Math.abs(quantity) * this.#lots;
    const nearest = roundHalfEven(scaled);
    const lots = Math.abs(scaled - nearest) <= 8 * ulp(scaled) + 1e-9 ? nearest : Math.trunc(scaled);
    return this.units(Math.sign(quantity) * lots * (1 / this.#lots));
  }
}

/** The distance to the next larger double. */
export function ulp(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  return 2 ** (exponent - 52);
}

/** Floor of a ÷ b taken over their shortest decimal digits, so that 0.3 ÷ 0.1 is 3. */
export function decimalQuotient(a: number, b: number): number {
  const [left, right] = [decimal(a), decimal(b)];
  const scale = Math.max(left.scale, right.scale);
  const numerator = left.digits * 10n ** BigInt(scale - left.scale);
  const denominator = right.digits * 10n ** BigInt(scale - right.scale);
  return denominator === 0n ? Number.NaN : Number(numerator / denominator);
}

/** A number as digits and the count of those behind the point. */
function decimal(value: number): { digits: bigint; scale: number } {
  const [mantissa = "0", exponent = "0"] = value.toString().split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

/** The shortest decimal rounded half up to ten significant digits: how money is rounded. */
export function cash10(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const { digits, scale } = decimal(Math.abs(value));
  const excess = digits.toString().length - 10;
  if (excess <= 0) return value;
  const unit = 10n ** BigInt(excess);
  const rounded = (digits + unit / 2n) / unit;
  return Math.sign(value) * Number(`${rounded}e${excess - scale}`);
}
