import { RuntimeFailure } from "../kernel/errors.ts";

/** Most bars of a run that grows: 194 days of seconds, 31 years of minutes. */
export const mostBars = 1 << 24;
/** Bars by which growing columns get longer: a page of memory each. */
const chunk = 512;

/** A column whose buffer gets longer. */
interface Growing {
  readonly view: Float64Array | Uint8Array;
  readonly buffer: ArrayBuffer;
  /** What bars hold that nothing was written for. */
  readonly fill: number;
}

/**
 * Where the columns of a run come from. Those of a run over history are as long as the run. Those of a live run get
 * longer while everybody keeps the arrays they were given: their address space is reserved at once, memory is only
 * taken for the bars that there are, and nothing is ever copied.
 */
export class Room {
  /** Bars that every column has space for. */
  bars: number;
  readonly #growing: Growing[] | undefined;

  private constructor(bars: number, growing: Growing[] | undefined) {
    this.bars = bars;
    this.#growing = growing;
  }

  /** Columns of this length. */
  static of(bars: number): Room {
    return new Room(bars, undefined);
  }

  /** Columns that have at least this length and can get longer. */
  static growing(bars: number): Room {
    return new Room(chunksFor(bars), []);
  }

  /** A column of numbers; bars that nothing is written for hold `fill`. */
  numbers(fill = 0): Float64Array {
    if (this.#growing === undefined) return filled(new Float64Array(this.bars), fill);
    const buffer = reserve(this.bars, Float64Array.BYTES_PER_ELEMENT);
    const view = filled(new Float64Array(buffer), fill);
    this.#growing.push({ view, buffer, fill });
    return view;
  }

  /** A column of yes and no; no until written. */
  flags(): Uint8Array {
    if (this.#growing === undefined) return new Uint8Array(this.bars);
    const buffer = reserve(this.bars, 1);
    const view = new Uint8Array(buffer);
    this.#growing.push({ view, buffer, fill: 0 });
    return view;
  }

  /**
   * Makes space for so many bars.
   * @throws RuntimeFailure when there are more than `mostBars`
   */
  grow(bars: number): void {
    if (bars <= this.bars) return;
    if (this.#growing === undefined) throw new Error("a run over history does not get longer");
    if (bars > mostBars) {
      throw new RuntimeFailure(`a live run ends after ${mostBars.toLocaleString("en")} bars`, {
        hint: "start it again: it warms up with the newest bars",
      });
    }
    const before = this.bars;
    this.bars = chunksFor(bars);
    for (const { view, buffer, fill } of this.#growing) {
      buffer.resize(this.bars * view.BYTES_PER_ELEMENT);
      if (fill !== 0) view.fill(fill, before);
    }
  }
}

function reserve(bars: number, bytes: number): ArrayBuffer {
  return new ArrayBuffer(bars * bytes, { maxByteLength: mostBars * bytes });
}

function filled(column: Float64Array, fill: number): Float64Array {
  return fill === 0 ? column : column.fill(fill);
}

function chunksFor(bars: number): number {
  return Math.min(mostBars, Math.max(1, Math.ceil(bars / chunk)) * chunk);
}
