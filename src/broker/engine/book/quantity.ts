import { decimalProduct, decimalSum } from "../../../kernel/decimal.ts";

/** Sums of quantities are taken over their decimal digits: what is bought in tenths can be sold to nothing. */

export function plus(a: number, b: number): number {
  return decimalSum(a, b);
}

export function minus(a: number, b: number): number {
  return decimalSum(a, -b);
}

/** Distance from a step, in steps, that arithmetic alone explains. */
const noise = 1e-6;

/** A quantity that is a whole number of steps but for rounding, without the rounding; any other is left alone. */
export function onGrid(qty: number, step: number): number {
  const steps = qty / step;
  const whole = Math.round(steps);
  return whole !== 0 && Math.abs(steps - whole) < noise ? decimalProduct(whole, step) : qty;
}
