import type { BarColumns } from "../../kernel/bar.ts";
import { type Timeframe, timeframeSeconds } from "../../kernel/timeframe.ts";
import { priceFault } from "../ohlcv/record.ts";

/** What no writer of ours would have written. Pure. */

/** Faults of one kind that are named one by one. */
const named = 5;

type Columns = Omit<BarColumns, "extra">;

/** Bars out of order or of broken prices, by their index and time; only the first few of each kind. */
export function barFaults(columns: Columns): string[] {
  const { length, openTimeMs, open, high, low, close, volume } = columns;
  const [order, prices] = [new Faults("bars are out of order"), new Faults("bars break a rule")];
  let previous = -Infinity;
  for (let index = 0; index < length; index++) {
    const timeMs = openTimeMs[index] ?? Number.NaN;
    if (!(timeMs > previous))
      order.add(
        `bar ${index} at ${timeText(timeMs)} is not later than the one before, at ${timeText(previous)}`,
      );
    previous = timeMs;
    const fault = priceFault(
      open[index] ?? Number.NaN,
      high[index] ?? Number.NaN,
      low[index] ?? Number.NaN,
      close[index] ?? Number.NaN,
      volume[index] ?? Number.NaN,
    );
    if (fault !== undefined) prices.add(`bar ${index} at ${timeText(timeMs)}: ${fault}`);
  }
  return [...order.lines(), ...prices.lines()];
}

/** Where a file that says it has no holes has one. */
export function denseFault(openTimeMs: Float64Array, timeframe: Timeframe): string | undefined {
  const stepMs = timeframeSeconds(timeframe) * 1000;
  for (let index = 1; index < openTimeMs.length; index++) {
    const timeMs = openTimeMs[index] ?? 0;
    if (timeMs - (openTimeMs[index - 1] ?? 0) !== stepMs)
      return `its header says that there are no holes, but there is one before bar ${index} at ${timeText(timeMs)}`;
  }
  return undefined;
}

/** Lines about faults of one kind, the surplus counted. */
class Faults {
  readonly #lines: string[] = [];
  #more = 0;

  constructor(readonly kind: string) {}

  add(line: string): void {
    if (this.#lines.length < named) this.#lines.push(line);
    else this.#more++;
  }

  lines(): string[] {
    return this.#more === 0 ? this.#lines : [...this.#lines, `${this.#more} more ${this.kind}`];
  }
}

function timeText(timeMs: number): string {
  return Math.abs(timeMs) <= 8.64e15 ? new Date(timeMs).toISOString() : String(timeMs);
}
