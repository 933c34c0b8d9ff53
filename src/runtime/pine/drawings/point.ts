import { PineObject } from "../../lib/snapshot.ts";

/** A place on the chart. Its fields are the script's to change, and go back with a bar; na is NaN. */
export class ChartPoint extends PineObject {
  constructor(
    public time: number,
    /** Number of a bar. */
    public index: number,
    public price: number,
  ) {
    super();
  }

  copy(): ChartPoint {
    return new ChartPoint(this.time, this.index, this.price);
  }
}

/** What `chart.point.now` needs of the bar. */
export interface PointBar {
  readonly time: () => number;
  readonly index: () => number;
}

/** `chart.point.*`. */
export class ChartPoints {
  readonly #bar: PointBar;

  constructor(bar: PointBar) {
    this.#bar = bar;
  }

  new(time: number, index: number, price: number): ChartPoint {
    return new ChartPoint(time, index, price);
  }

  /** On the current bar. */
  now(price: number): ChartPoint {
    return new ChartPoint(this.#bar.time(), this.#bar.index(), price);
  }

  from_index(index: number, price: number): ChartPoint {
    return new ChartPoint(Number.NaN, index, price);
  }

  from_time(time: number, price: number): ChartPoint {
    return new ChartPoint(time, Number.NaN, price);
  }

  copy(id: ChartPoint | null): ChartPoint | null {
    return id?.copy() ?? null;
  }
}
