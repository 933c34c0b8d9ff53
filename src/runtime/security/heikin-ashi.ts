import type { Feed, LiveEdge, LiveFeed } from "./feeds.ts";
import { asLongAs } from "./file-feed.ts";

/**
 * The Heikin Ashi bars of a feed, not rounded to ticks: close = (o + h + l + c) / 4; open = the middle of the open and
 * close before, the first (o + c) / 2; high and low reach around them. Source: Pine reference, ticker.heikinashi.
 */
export function heikinAshi(basis: Feed): Feed {
  const { columns } = basis;
  const { live } = basis;
  const column = (): Float64Array => live?.room.numbers() ?? new Float64Array(columns.length);
  const [open, high, low, close] = [column(), column(), column(), column()];
  const renew = (index: number): void => {
    const [o, h, l, c] = [
      columns.open[index]!,
      columns.high[index]!,
      columns.low[index]!,
      columns.close[index]!,
    ];
    const haClose = (o + h + l + c) / 4;
    const before = index === 0 ? Number.NaN : (open[index - 1]! + close[index - 1]!) / 2;
    // After a bar without prices the chain begins anew.
    const haOpen = before === before ? before : (o + c) / 2;
    open[index] = haOpen;
    close[index] = haClose;
    high[index] = Math.max(h, haOpen, haClose);
    low[index] = Math.min(l, haOpen, haClose);
  };
  const transformed = { ...columns, extra: columns.extra, open, high, low, close };
  if (live !== undefined) {
    const own = asLongAs(transformed, () => columns.length);
    return { ...basis, columns: own, basis, renew, live: new DerivedEdge(basis as LiveFeed, renew) };
  }
  for (let index = 0; index < columns.length; index++) renew(index);
  return { ...basis, columns: transformed, basis, renew };
}

/** The end of a feed that is made of another one, bar by bar. */
class DerivedEdge implements LiveEdge {
  readonly #basis: LiveFeed;
  readonly #renew: (index: number) => void;
  #made = 0;
  #seen = -1;

  constructor(basis: LiveFeed, renew: (index: number) => void) {
    this.#basis = basis;
    this.#renew = renew;
    this.sync();
  }

  get closed(): number {
    return this.#basis.live.closed;
  }

  get forms(): boolean {
    return this.#basis.live.forms;
  }

  get goesOn(): boolean {
    return this.#basis.live.goesOn;
  }

  get version(): number {
    return this.#basis.live.version;
  }

  get room(): LiveEdge["room"] {
    return this.#basis.live.room;
  }

  sync(): void {
    const { live, columns } = this.#basis;
    live.sync();
    if (live.version === this.#seen) return;
    this.#seen = live.version;
    for (let index = this.#made; index < columns.length; index++) this.#renew(index);
    // The last bar may change.
    this.#made = Math.max(0, columns.length - 1);
  }
}
