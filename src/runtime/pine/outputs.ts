import type { PlotSlot, PlotTable } from "../plots.ts";

/** What a plot call says once. */
interface PlotArguments {
  readonly title?: string;
}

/** Sets this bar's value of a plot; what else the call says (colours) follows and is for charts. */
export interface PlotHandle {
  set(value: number, ...rest: unknown[]): void;
}

/** A shape is shown where its value is true, or neither na nor 0. */
export interface ShapeHandle {
  set(value: number | boolean, ...rest: unknown[]): void;
}

/** A handle of what leaves nothing in the output file. */
export interface SilentHandle {
  set(...values: unknown[]): void;
}

const silent: SilentHandle = { set() {} };

/** The plot family: columns of the output. Styles and colours are for charts and change no value. */
export class PineOutputs {
  readonly #plots: PlotTable;

  constructor(plots: PlotTable) {
    this.#plots = plots;
  }

  plot({ title = "Plot" }: PlotArguments): PlotHandle {
    return this.#plots.register(title);
  }

  plotshape({ title = "Shapes" }: PlotArguments): ShapeHandle {
    return new Shape(this.#plots.register(title));
  }

  plotchar({ title = "Chars" }: PlotArguments): ShapeHandle {
    return new Shape(this.#plots.register(title));
  }

  plotarrow({ title = "Arrows" }: PlotArguments): PlotHandle {
    return this.#plots.register(title);
  }

  plotcandle({ title = "Candles" }: PlotArguments): Ohlc {
    return new Ohlc(this.#plots, title);
  }

  plotbar({ title = "Bars" }: PlotArguments): Ohlc {
    return new Ohlc(this.#plots, title);
  }

  hline(_args: object): SilentHandle {
    return silent;
  }

  fill(_args: object): SilentHandle {
    return silent;
  }

  bgcolor(_args: object): SilentHandle {
    return silent;
  }

  barcolor(_args: object): SilentHandle {
    return silent;
  }
}

class Shape implements ShapeHandle {
  readonly #slot: PlotSlot;

  constructor(slot: PlotSlot) {
    this.#slot = slot;
  }

  set(value: number | boolean): void {
    this.#slot.set(typeof value === "boolean" ? (value ? 1 : 0) : value);
  }
}

/** Four columns: `TITLE (open)` to `TITLE (close)`. */
class Ohlc {
  readonly #slots: readonly PlotSlot[];

  constructor(plots: PlotTable, title: string) {
    this.#slots = ["open", "high", "low", "close"].map((part) => plots.register(`${title} (${part})`));
  }

  set(open: number, high: number, low: number, close: number): void {
    this.#slots[0]!.set(open);
    this.#slots[1]!.set(high);
    this.#slots[2]!.set(low);
    this.#slots[3]!.set(close);
  }
}
