import { roundHalfEven } from "./float.ts";
import { decimalQuotient } from "./decimal.ts";

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

/** A level this close to a tick, in ticks, stands on it. */
const tickTolerance = 1e-4;

/** Snapping for one symbol. */
export class Grid {
  readonly mintick: number;
  /** Lots per contract. */
  readonly lots: number;
  readonly #minmove: number;
  readonly #pricescale: number;
  readonly #lot: number;
  /** Steps per contract of what is held. */
  readonly #heldLots: number;
  readonly #heldLot: number;

  /**
   * @param heldStep step of what can be held, where it is finer than what can be ordered: coins after their fees.
   *   Default: the same
   */
  constructor(symbol: GridSymbol, heldStep?: number) {
    this.mintick = symbol.mintick;
    this.#minmove = symbol.minmove;
    this.#pricescale = symbol.pricescale;
    this.lots = Math.max(1, roundHalfEven(1 / symbol.mincontract));
    this.#lot = 1 / this.lots;
    this.#heldLots = heldStep === undefined ? this.lots : Math.max(this.lots, roundHalfEven(1 / heldStep));
    this.#heldLot = 1 / this.#heldLots;
  }

  /** A bar's price as the simulator sees it. */
  barSnap(price: number): number {
    return (Math.trunc(price / this.mintick + 0.5) * this.#minmove) / this.#pricescale;
  }

  /** A price at which something was filled. */
  fillSnap(price: number): number {
    return Math.floor(price / this.mintick + 0.5) * this.mintick;
  }

  /**
   * A price given to an order, on the tick that is not better for it.
   * @param direction −1: the tick below, 1: the tick above
   */
  levelSnap(price: number, direction: 1 | -1): number {
    const ticks = (price * this.#pricescale) / this.#minmove;
    const whole = direction < 0 ? Math.floor(ticks + tickTolerance) : Math.ceil(ticks - tickTolerance);
    return (whole * this.#minmove) / this.#pricescale;
  }

  /** Every quantity that is handed out: free of dust below 1e-8. */
  units(quantity: number): number {
    if (this.lots > 1e8) return quantity;
    const whole = quantity / 1e-8;
    if (!(Math.abs(whole) < 9.223372036854776e18)) return quantity;
    return roundHalfEven(whole) * 1e-8;
  }

  /** Sum of two sizes, exact in what can be held. */
  add(a: number, b: number): number {
    if (this.#heldLots > 1e8) return a + b;
    const left = a * this.#heldLots;
    const right = b * this.#heldLots;
    if (Math.abs(left) < 2 ** 53 && Math.abs(right) < 2 ** 53)
      return this.units((roundHalfEven(left) + roundHalfEven(right)) * this.#heldLot);
    return this.units(a + b);
  }

  /** A default-sized quantity cut to whole lots. */
  lotPlain(quantity: number): number {
    return this.units(Math.trunc(quantity * this.lots) * this.#lot);
  }

  /** A quantity somebody named, cut to whole lots as its decimal digits read. */
  lotExplicit(quantity: number): number {
    return this.units(Math.sign(quantity) * decimalQuotient(Math.abs(quantity), this.#lot) * this.#lot);
  }

  /** A derived size: to the nearest lot when it is one but for rounding, else cut. */
  lotTolerant(quantity: number): number {
    const scaled = quantity * this.lots;
    const nearest = roundHalfEven(scaled);
    const isLot = Math.abs(scaled - nearest) <= 1e-9 || Math.abs(scaled - nearest) <= 8 * ulp(scaled) + 1e-9;
    return this.units((isLot ? nearest : Math.trunc(scaled)) * this.#lot);
  }

  /** What is left of a size that is held: on its own grid, free of what arithmetic alone leaves. */
  held(quantity: number): number {
    return this.#heldLots === this.lots ? this.lotTolerant(quantity) : quantity;
  }

  /** Whether a size is less than a lot: nothing that could be ordered. */
  isDust(quantity: number): boolean {
    return this.lotTolerant(quantity) === 0;
  }
}

/** The distance to the next larger double. */
function ulp(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  return 2 ** (Math.floor(Math.log2(Math.abs(value))) - 52);
}
