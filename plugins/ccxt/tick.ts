/** The grid of prices, pure: ccxt's three ways to say it, and TradingView's `minmove / pricescale`. */

/** A step as an exact fraction in lowest terms: 0.25 is 1 / 4, 0.01 is 1 / 100, 5 is 5 / 1. */
export interface Grid {
  readonly minmove: number;
  readonly pricescale: number;
}

/** ccxt's `precisionMode`. */
export const precisionModes = { decimalPlaces: 2, significantDigits: 3, tickSize: 4 } as const;

/**
 * The step that a precision stands for; `undefined` where there is none that holds at every price (significant
 * digits), or none is known.
 */
export function stepOf(precision: number | undefined, mode: number): number | undefined {
  if (precision === undefined || !Number.isFinite(precision)) return undefined;
  if (mode === precisionModes.decimalPlaces) return Number(`1e${-precision}`);
  return mode === precisionModes.tickSize && precision > 0 ? precision : undefined;
}

/** The step of so many significant digits at a price: five of them at 35100 make 1. */
export function stepAt(price: number, significantDigits: number): number | undefined {
  if (!(price > 0) || !Number.isFinite(price)) return undefined;
  const magnitude = Number(price.toExponential().split("e")[1]);
  return Number(`1e${magnitude - significantDigits + 1}`);
}

/** The coarsest power of ten that all prices lie on; `undefined` without a price. */
export function observedStep(prices: readonly number[]): number | undefined {
  const places = prices.filter((price) => Number.isFinite(price)).map((price) => decimal(price).places);
  return places.length === 0 ? undefined : Number(`1e${-Math.max(0, ...places)}`);
}

/** The fraction of a step, free of the noise that binary arithmetic leaves (0.30000000000000004). */
export function gridOf(step: number): Grid {
  const { digits, places } = decimal(step);
  const minmove = places < 0 ? digits * 10 ** -places : digits;
  const pricescale = places > 0 ? Number(`1e${places}`) : 1;
  const divisor = commonDivisor(minmove, pricescale);
  return { minmove: minmove / divisor, pricescale: pricescale / divisor };
}

/** A number of at most 12 significant digits as `digits / 10^places`; trailing zeros are gone. */
function decimal(value: number): { digits: number; places: number } {
  const [mantissa = "0", exponent = "0"] = Number(value.toPrecision(12)).toExponential().split("e");
  const fraction = mantissa.split(".")[1] ?? "";
  return { digits: Math.abs(Number(mantissa.replace(".", ""))), places: fraction.length - Number(exponent) };
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
