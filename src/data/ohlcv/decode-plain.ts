import type { BarColumns } from "../../kernel/bar.ts";
import { roundHalfEven } from "../../kernel/float.ts";
import { type Column, roles, type TickGrid, types } from "./layout.ts";

/**
 * Records as pyne writes them: time, full open and volume, prices as 32-bit distances from the open, on a grid of so many
 * parts of one, every value at a whole word. A run reads them before anything is compiled, so what counts is how few
 * steps there are, and calls: `roundHalfEven` is written out here. Pure; gives what `RecordDecoder` gives.
 */

const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

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
  const count = words.length / step;
  const offsetOf = (role: number): number => columns.find((column) => column.role === role)!.offset / 4;
  const part = (column: Float64Array): Float64Array => column.subarray(from, from + count);
  const floats = (): Float32Array => new Float32Array(count);
  const distances = { high: floats(), low: floats(), close: floats() };
  const open = part(into.open);
  moveBits(
    words,
    step,
    {
      time: offsetOf(roles.time),
      open: offsetOf(roles.open),
      high: offsetOf(roles.high),
      low: offsetOf(roles.low),
      close: offsetOf(roles.close),
      volume: offsetOf(roles.volume),
    },
    part(into.openTimeMs),
    {
      open: bitsOf(open),
      high: bitsOf(distances.high),
      low: bitsOf(distances.low),
      close: bitsOf(distances.close),
      volume: bitsOf(part(into.volume)),
    },
  );
  priceBars(pricescale, open, distances, {
    high: part(into.high),
    low: part(into.low),
    close: part(into.close),
  });
}

function bitsOf({ buffer, byteOffset, byteLength }: Float64Array | Float32Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}

type Places = Readonly<Record<"time" | "open" | "high" | "low" | "close" | "volume", number>>;

/**
 * Moves the values of records to where they belong, as bits: a double that was put together from two halves here and now
 * would be waited for until both had been written.
 */
function moveBits(
  words: Uint32Array,
  step: number,
  { time: timeAt, open: openAt, high: highAt, low: lowAt, close: closeAt, volume: volumeAt }: Places,
  times: Float64Array,
  { open, high, low, close, volume }: Readonly<Record<Exclude<keyof Places, "time">, Uint32Array>>,
): void {
  for (let index = 0, at = 0; index < times.length; index++, at += step) {
    times[index] = words[at + timeAt]! + (words[at + timeAt + 1]! | 0) * 4_294_967_296;
    open[2 * index] = words[at + openAt]!;
    open[2 * index + 1] = words[at + openAt + 1]!;
    high[index] = words[at + highAt]!;
    low[index] = words[at + lowAt]!;
    close[index] = words[at + closeAt]!;
    volume[2 * index] = words[at + volumeAt]!;
    volume[2 * index + 1] = words[at + volumeAt + 1]!;
  }
}

type Targets<Column> = Readonly<Record<"high" | "low" | "close", Column>>;

/** Opens as they are stored, and distances from them, become prices on the grid. */
function priceBars(
  pricescale: number,
  opens: Float64Array,
  { high: highBy, low: lowBy, close: closeBy }: Targets<Float32Array>,
  { high, low, close }: Targets<Float64Array>,
): void {
  // Each by itself: taken out of a list they would be no constants to the compiler, and a bar cost twice as much.
  // As in `roundHalfEven`: below the first, adding the second and taking it away rounds.
  const most = 2 ** 51;
  const shift = 1.5 * 2 ** 52;
  // Rounding of a price to the grid is good to so much of the price, and of its distance where that has 32 bits.
  const fine = 2 ** -52;
  const coarse = 2 ** -23;
  for (let index = 0; index < opens.length; index++) {
    const base = opens[index]!;
    let ticks = base * pricescale;
    let snapped = (ticks < most && ticks > -most ? ticks + shift - shift : roundHalfEven(ticks)) / pricescale;
    if (Math.abs(snapped - base) <= Math.abs(base) * fine) opens[index] = snapped;

    let distance = highBy[index]!;
    let price = base + distance;
    ticks = price * pricescale;
    snapped = (ticks < most && ticks > -most ? ticks + shift - shift : roundHalfEven(ticks)) / pricescale;
    let reach = Math.abs(distance) * coarse + Math.abs(price) * fine;
    high[index] = Math.abs(snapped - price) <= reach ? snapped : price;

    distance = lowBy[index]!;
    price = base + distance;
    ticks = price * pricescale;
    snapped = (ticks < most && ticks > -most ? ticks + shift - shift : roundHalfEven(ticks)) / pricescale;
    reach = Math.abs(distance) * coarse + Math.abs(price) * fine;
    low[index] = Math.abs(snapped - price) <= reach ? snapped : price;

    distance = closeBy[index]!;
    price = base + distance;
    ticks = price * pricescale;
    snapped = (ticks < most && ticks > -most ? ticks + shift - shift : roundHalfEven(ticks)) / pricescale;
    reach = Math.abs(distance) * coarse + Math.abs(price) * fine;
    close[index] = Math.abs(snapped - price) <= reach ? snapped : price;
  }
}
