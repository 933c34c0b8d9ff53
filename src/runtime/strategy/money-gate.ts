import { roundHalfEven } from "../../kernel/float.ts";
import type { Grid } from "../../kernel/grid.ts";

/**
 * Whether money buys a number of lots, as TradingView's own rounding decides it: from ten million on, money is counted
 * in ticks on a grid that coarsens with its size, and a price that single precision rounds up makes a position dearer.
 * Formulas are TradingView's as measured.
 */

const largeMoney = 1e7;

/** Ticks between the steps that large amounts are counted in. */
function gridOf(ticks: number): number {
  return ticks >= 1e11 ? 50 : ticks >= 1e10 ? 5 : 0.5;
}

/** The smallest step at or above an amount. */
function ceilGrid(ticks: number): number {
  const step = gridOf(ticks);
  let multiple = Math.ceil(ticks / step);
  // The division may have rounded over a step.
  if ((multiple - 1) * step >= ticks) multiple--;
  if (multiple * step < ticks) multiple++;
  return multiple * step;
}

/** Ticks of money that a number of lots costs. */
function costTicks(grid: Grid, lots: number, unit: number): number {
  return ((lots / grid.lots) * unit) / grid.mintick;
}

/** The cost as it is compared, with what the price's rounding to single precision adds. */
function threshold(grid: Grid, cost: number, lots: number, price: number): number {
  const step = gridOf(cost);
  const lowest = ceilGrid(cost);
  if (price <= 0) return lowest;
  const below = floatBelow(price);
  const above = nextFloat(below);
  const offset = ((price - below) * 25) / (above - below);
  const k = roundHalfEven(offset);
  if (k % 2 === 0 || k > 7 || Math.abs(offset - k) >= 0.25 || 8 * k >= 75 * mantissa(price)) return lowest;
  const isLarge = price >= 1e5;
  const inflated = isLarge ? cost * (1 + 2 ** -31) : cost + ((lots / grid.lots) * 5e-6) / grid.mintick;
  const reached = ceilGrid(inflated);
  if (Math.round(reached / step) % 2 !== 0 || reached - inflated <= (isLarge ? 0.09375 : 0)) return reached;
  const lower = reached - step;
  return lower === lowest && lowest === cost ? reached : Math.max(lowest, lower);
}

/**
 * Lots that are granted of those wanted: all, one less, or none.
 * @param money in ticks
 */
export function grantedLots(grid: Grid, lots: number, money: number, unit: number, price: number): number {
  const cost = costTicks(grid, lots, unit);
  const lowest = ceilGrid(cost);
  if (money >= threshold(grid, cost, lots, price)) return lots;
  if (money >= lowest) return 0;
  return Math.round(lowest / gridOf(cost)) % 2 === 0 ? 0 : lots - 1;
}

/** The gate of a quantity that is made from money when its price is known. */
export function pricedGate(grid: Grid, quantity: number, money: number, unit: number, price: number): number {
  if (money < largeMoney) return quantity;
  const ticks = money / grid.mintick;
  let lots = roundHalfEven(quantity * grid.lots);
  const next = costTicks(grid, lots + 1, unit);
  if (Math.floor(ticks) >= ceilGrid(next) - gridOf(next)) lots++;
  return grid.units(grantedLots(grid, lots, ticks, unit, price) * (1 / grid.lots));
}

/** The gate of a market order at its placement. */
export function marketGate(
  grid: Grid,
  quantity: number,
  money: number,
  unit: number,
  price: number,
  isEntry: boolean,
): number {
  if (money >= largeMoney) return pricedGate(grid, quantity, money, unit, price);
  const lots = roundHalfEven(quantity * grid.lots);
  const priceTicks = price / grid.mintick;
  if (!isEntry || lots <= 1 || priceTicks < 1e6 || roundHalfEven(priceTicks) % 2 === 0) return quantity;
  const cost = (lots / grid.lots) * unit;
  if (cost <= money && money < cost * (1 + 2 ** -33)) return grid.units((lots - 1) * (1 / grid.lots));
  return quantity;
}

const scratch = new Float32Array(1);
const bits = new Uint32Array(scratch.buffer);

/** The greatest single-precision number at or below a positive number. */
function floatBelow(value: number): number {
  scratch[0] = value;
  if (scratch[0]! > value) bits[0]! -= 1;
  return scratch[0]!;
}

function nextFloat(value: number): number {
  scratch[0] = value;
  bits[0]! += 1;
  return scratch[0]!;
}

/** The mantissa of a positive number, in [0.5, 1). */
function mantissa(value: number): number {
  let exponent = Math.floor(Math.log2(value)) + 1;
  if (value / 2 ** exponent >= 1) exponent++;
  if (value / 2 ** exponent < 0.5) exponent--;
  return value / 2 ** exponent;
}
