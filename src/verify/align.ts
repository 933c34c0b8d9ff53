import type { PlacedTrade } from "./placed.ts";

/** Pairs the trades of two lists. Pure. */

/** What of a trade can differ. */
export type Difference = "side" | "entry bar" | "exit bar" | "entry price" | "exit price";

/** A trade that is in both lists, and in what it differs. */
export interface TradePair {
  readonly listed: PlacedTrade;
  readonly ours: PlacedTrade;
  /** Empty: they match. */
  readonly differences: readonly Difference[];
}

/** Two lists, trade by trade. */
export interface Alignment {
  /** In the order of their entries. */
  readonly pairs: readonly TradePair[];
  /** Listed, and not among ours. */
  readonly missing: readonly PlacedTrade[];
  /** Ours, and not listed. */
  readonly extra: readonly PlacedTrade[];
}

/** Prices are equal within a hundredth of a percent. */
export const priceTolerance = 1e-4;

/** Whether two prices are the same trade's. */
export function samePrice(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= priceTolerance * Math.max(Math.abs(a), Math.abs(b));
}

/** Bars by which a trade may have moved on both ends and still be called the same. */
const nearBars = 3;

/**
 * Pairs what belongs together, from what is surely the same to what is perhaps: a trade is known by the bars it lies
 * on, so one that is missing or too many moves no other.
 */
export function alignTrades(listed: readonly PlacedTrade[], ours: readonly PlacedTrade[]): Alignment {
  const pool = new Pool(listed, ours);
  const bars = (trade: PlacedTrade): string => `${trade.side} ${trade.entryBar} ${trade.exitBar}`;
  const prices = (a: PlacedTrade, b: PlacedTrade): boolean =>
    samePrice(a.entryPrice, b.entryPrice) && samePrice(a.exitPrice, b.exitPrice);
  pool.pair(bars, (a, b) => prices(a, b) && Math.abs(a.quantity - b.quantity) <= 1e-9 * b.quantity);
  pool.pair(bars, prices);
  pool.pair(bars, () => true);
  pool.pair(
    (trade) => `${trade.side} ${trade.entryBar}`,
    () => true,
  );
  pool.pair(
    (trade) => `${trade.side} ${trade.exitBar}`,
    () => true,
  );
  pool.pair(
    (trade) => `${trade.entryBar} ${trade.exitBar}`,
    () => true,
  );
  pool.pairNear();
  return pool.result();
}

/** Trades that nobody has paired yet. */
class Pool {
  readonly #pairs: TradePair[] = [];
  #listed: PlacedTrade[];
  #ours: PlacedTrade[];

  constructor(listed: readonly PlacedTrade[], ours: readonly PlacedTrade[]) {
    this.#listed = [...listed];
    this.#ours = [...ours];
  }

  /** Pairs trades of one key, the first that agrees with the first. */
  pair(keyOf: (trade: PlacedTrade) => string, agree: (a: PlacedTrade, b: PlacedTrade) => boolean): void {
    if (this.#listed.length === 0 || this.#ours.length === 0) return;
    const byKey = new Map<string, PlacedTrade[]>();
    for (const trade of this.#ours) {
      const key = keyOf(trade);
      const group = byKey.get(key);
      if (group === undefined) byKey.set(key, [trade]);
      else group.push(trade);
    }
    const taken = new Set<PlacedTrade>();
    this.#listed = this.#listed.filter((trade) => {
      const group = byKey.get(keyOf(trade));
      const index = group?.findIndex((other) => agree(trade, other)) ?? -1;
      const other = group?.[index];
      if (group === undefined || other === undefined) return true;
      group.splice(index, 1);
      taken.add(other);
      this.#add(trade, other);
      return false;
    });
    this.#ours = this.#ours.filter((trade) => !taken.has(trade));
  }

  /** Pairs trades of one side whose entries lie a few bars apart, the nearest first. */
  pairNear(): void {
    for (let distance = 1; distance <= nearBars; distance++) {
      for (const shift of [distance, -distance]) {
        const taken = new Set<PlacedTrade>();
        const byEntry = new Map(this.#ours.map((trade) => [`${trade.side} ${trade.entryBar}`, trade]));
        this.#listed = this.#listed.filter((trade) => {
          const other = byEntry.get(`${trade.side} ${trade.entryBar + shift}`);
          if (other === undefined || taken.has(other)) return true;
          taken.add(other);
          this.#add(trade, other);
          return false;
        });
        this.#ours = this.#ours.filter((trade) => !taken.has(trade));
      }
    }
  }

  #add(listed: PlacedTrade, ours: PlacedTrade): void {
    this.#pairs.push({ listed, ours, differences: differencesOf(listed, ours) });
  }

  result(): Alignment {
    const byEntry = (a: PlacedTrade, b: PlacedTrade): number =>
      a.entryBar - b.entryBar || a.number - b.number;
    return {
      pairs: this.#pairs.toSorted((a, b) => byEntry(a.ours, b.ours)),
      missing: this.#listed.toSorted(byEntry),
      extra: this.#ours.toSorted(byEntry),
    };
  }
}

function differencesOf(listed: PlacedTrade, ours: PlacedTrade): Difference[] {
  const found: Difference[] = [];
  if (listed.side !== ours.side) found.push("side");
  if (listed.entryBar !== ours.entryBar) found.push("entry bar");
  if (listed.exitBar !== ours.exitBar) found.push("exit bar");
  if (!samePrice(listed.entryPrice, ours.entryPrice)) found.push("entry price");
  if (!samePrice(listed.exitPrice, ours.exitPrice)) found.push("exit price");
  return found;
}
