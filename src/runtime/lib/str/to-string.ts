import type { PriceGrid } from "../math/scalar.ts";
import { formatDecimal, parseMask } from "./decimal-format.ts";
import { valueText } from "./text.ts";

const defaultMask = "#.##########";

const volumeUnits = [
  [1e12, "T"],
  [1e9, "B"],
  [1e6, "M"],
  [1e3, "K"],
] as const;

/**
 * A value as text. Numbers by a mask, or by one of `format.*`: `mintick` on the price grid with its decimals,
 * `percent` with a sign behind, `volume` in K, M, B or T. They start from the shortest digits that read back as the
 * same double and round half up. na is `NaN`.
 */
export function toText(value: unknown, format: string | null, grid: PriceGrid): string {
  return valueText(value, (number) => numberText(number, format ?? defaultMask, grid));
}

function numberText(value: number, format: string, grid: PriceGrid): string {
  switch (format) {
    case "mintick":
    case "price":
      return onGrid(value, grid);
    case "percent":
      return value === value ? `${byMask(value, "#.##")}%` : "NaN";
    case "volume":
      return volumeText(value);
    case "inherit":
      return byMask(value, defaultMask);
    default:
      return byMask(value, format);
  }
}

function byMask(value: number, mask: string): string {
  return formatDecimal(value, parseMask(mask), "half-up-shortest");
}

function onGrid(value: number, { mintick, minmove, pricescale }: PriceGrid): string {
  if (!Number.isFinite(value)) return byMask(value, defaultMask);
  const decimals = decimalsOf(minmove / pricescale);
  return byMask(Math.round(value / mintick) * mintick, decimals === 0 ? "0" : `0.${"0".repeat(decimals)}`);
}

/** How many decimals a tick has. */
function decimalsOf(tick: number): number {
  for (let decimals = 0; decimals < 16; decimals++) {
    const scaled = tick * 10 ** decimals;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-9 * scaled) return decimals;
  }
  return 16;
}

function volumeText(value: number): string {
  const unit = volumeUnits.find(([size]) => Math.abs(value) >= size);
  return unit === undefined ? byMask(value, "#.###") : byMask(value / unit[0], "#.###") + unit[1];
}
