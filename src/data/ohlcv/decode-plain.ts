import type { BarColumns } from "../../kernel/bar.ts";
import { roundHalfEven } from "../../kernel/float.ts";
import { type Column, roles, type TickGrid, types } from "./layout.ts";

/**
 * Records as pyne writes them, all columns in one pass: time, full open and volume, prices as 32-bit distances from
 * the open, on a grid of so many parts of one, every value at a whole word. A run reads them before anything is compiled, so what counts
 * is how few steps there are, and calls: `roundHalfEven` is written out here. Pure; gives what `RecordDecoder` gives.
 */

const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const float = new Float32Array(1);
const floatBits = new Uint32Array(float.buffer);
const double = new Float64Array(1);
const doubleBits = new Uint32Array(double.buffer);

/** Whether records of these columns are such. */
export function isPlain(columns: readonly Column[], recordSize: number, grid: TickGrid): boolean {
  const wanted = [
    [roles.time, types.i64],
    [roles.open, types.f64],
    [roles.high, types.f32],
    [roles.low, types.f32],
    [roles.close, types.f32],
    [roles.volume, types.f64],
  ] as const;
  return (
    isLittleEndian &&
    grid.minmove === 1 &&
    recordSize % 4 === 0 &&
    wanted.every(([role, type]) =>
      columns.some(
        (column) =>
          column.role === role &&
          column.type === type &&
          column.offset % 4 === 0 &&
          (type !== types.f32 || column.base === roles.open),
      ),
    )
  );
}

/**
 * Takes whole records apart.
 * @param words the records
 * @param step words of a record
 * @param from index of the first
 */
export function decodePlain(
  words: Uint32Array,
  step: number,
  columns: readonly Column[],
  { pricescale }: TickGrid,
  into: Omit<BarColumns, "extra">,
  from: number,
): void {
  const offsetOf = (role: number): number => columns.find((column) => column.role === role)!.offset / 4;
  let timeAt = offsetOf(roles.time);
  let openAt = offsetOf(roles.open);
  let highAt = offsetOf(roles.high);
  let lowAt = offsetOf(roles.low);
  let closeAt = offsetOf(roles.close);
  let volumeAt = offsetOf(roles.volume);
  const { openTimeMs, open, high, low, close, volume } = into;
  const to = from + words.length / step;
  // As in `roundHalfEven`: below the first, adding the second and taking it away rounds.
  const [most, shift] = [2 ** 51, 1.5 * 2 ** 52];
  // Rounding of a price to the grid is good to so much of the price, and of its distance where that has 32 bits.
  const [fine, coarse] = [2 ** -52, 2 ** -23];
  for (let index = from; index < to; index++) {
    openTimeMs[index] = words[timeAt]! + (words[timeAt + 1]! | 0) * 4_294_967_296;
    doubleBits[0] = words[openAt]!;
    doubleBits[1] = words[openAt + 1]!;
    const base = double[0]!;
    const slack = Math.abs(base) * fine;
    let ticks = base * pricescale;
    let snapped = (ticks < most && ticks > -most ? ticks + shift - shift : roundHalfEven(ticks)) / pricescale;
    open[index] = Math.abs(snapped - base) <= slack ? snapped : base;

    floatBits[0] = words[highAt]!;
    let distance = float[0]!;
    let price = base + distance;
    ticks = price * pricescale;
    snapped = (ticks < most && ticks > -most ? ticks + shift - shift : roundHalfEven(ticks)) / pricescale;
    let reach = Math.abs(distance) * coarse + Math.abs(price) * fine;
    high[index] = Math.abs(snapped - price) <= reach ? snapped : price;

    floatBits[0] = words[lowAt]!;
    distance = float[0]!;
    price = base + distance;
    ticks = price * pricescale;
    snapped = (ticks < most && ticks > -most ? ticks + shift - shift : roundHalfEven(ticks)) / pricescale;
    reach = Math.abs(distance) * coarse + Math.abs(price) * fine;
    low[index] = Math.abs(snapped - price) <= reach ? snapped : price;

    floatBits[0] = words[closeAt]!;
    distance = float[0]!;
    price = base + distance;
    ticks = price * pricescale;
    snapped = (ticks < most && ticks > -most ? ticks + shift - shift : roundHalfEven(ticks)) / pricescale;
    reach = Math.abs(distance) * coarse + Math.abs(price) * fine;
    close[index] = Math.abs(snapped - price) <= reach ? snapped : price;

    doubleBits[0] = words[volumeAt]!;
    doubleBits[1] = words[volumeAt + 1]!;
    volume[index] = double[0]!;
    timeAt += step;
    openAt += step;
    highAt += step;
    lowAt += step;
    closeAt += step;
    volumeAt += step;
  }
}
