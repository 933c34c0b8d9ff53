import type { Alignment, Difference } from "./align.ts";
import type { PlacedTrade } from "./placed.ts";

/** Where two lists part for the first time, and what each side did there. Pure. */

/** The first divergence. */
export interface Divergence {
  readonly bar: number;
  /** Absent when only we traded. */
  readonly listed: PlacedTrade | undefined;
  /** Absent when only the list has it. */
  readonly ours: PlacedTrade | undefined;
  /** In what the two differ; empty when one is missing. */
  readonly differences: readonly Difference[];
}

/** The earliest of what does not agree; `undefined` when everything does. */
export function firstDivergence({ pairs, missing, extra }: Alignment): Divergence | undefined {
  let first: Divergence | undefined;
  const consider = (candidate: Divergence): void => {
    if (first === undefined || candidate.bar < first.bar) first = candidate;
  };
  for (const { listed, ours, differences } of pairs) {
    if (differences.length === 0) continue;
    const atEntry = differences.some((what) => what !== "exit bar" && what !== "exit price");
    const bar = atEntry ? Math.min(listed.entryBar, ours.entryBar) : Math.min(listed.exitBar, ours.exitBar);
    consider({ bar, listed, ours, differences });
  }
  for (const listed of missing) consider({ bar: listed.entryBar, listed, ours: undefined, differences: [] });
  for (const ours of extra) consider({ bar: ours.entryBar, listed: undefined, ours, differences: [] });
  return first;
}

/** One entry or exit. */
export interface Action {
  readonly kind: "entry" | "exit";
  readonly trade: PlacedTrade;
}

/** What a list did on a bar: exits first, as a reversal does. */
export function actionsOn(trades: readonly PlacedTrade[], bar: number): Action[] {
  return [
    ...trades
      .filter((trade) => !trade.isOpen && trade.exitBar === bar)
      .map((trade): Action => ({ kind: "exit", trade })),
    ...trades.filter(({ entryBar }) => entryBar === bar).map((trade): Action => ({ kind: "entry", trade })),
  ];
}

/** Signed contracts held before a bar; NaN where the list does not say how many. */
export function positionBefore(trades: readonly PlacedTrade[], bar: number): number {
  let position = 0;
  for (const { side, entryBar, exitBar, isOpen, quantity } of trades) {
    if (entryBar < 0 || entryBar >= bar || (!isOpen && exitBar < bar)) continue;
    position += side === "long" ? quantity : -quantity;
  }
  // Sums of decimal lots leave dust.
  return Math.abs(position) < 1e-9 ? 0 : Number(position.toPrecision(12));
}
