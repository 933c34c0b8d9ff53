import { type Alignment, alignTrades, samePrice } from "./align.ts";
import type { PlacedTrade } from "./placed.ts";

/** How well two lists of trades agree. */
export type Grade = "excellent" | "strong" | "moderate" | "weak";

/** Shares of matching trades from which a grade holds; the best one also wants equally many trades. */
export const gradeShares = { excellent: 0.99, strong: 0.95, moderate: 0.7 } as const;

/** What came of the comparison. */
export interface Verdict extends Alignment {
  readonly grade: Grade;
  /** Closed trades of the list that lie within the data. */
  readonly listedCount: number;
  readonly ourCount: number;
  /** Trades that agree on side, both bars and both prices. */
  readonly matching: number;
  /** Of the longer list. */
  readonly share: number;
  /** Matching trades whose quantities differ although both lists name them; they do not count. */
  readonly otherQuantity: number;
  /** Trades of the list outside the data; nobody can say anything about them. */
  readonly outside: readonly PlacedTrade[];
  /** Trades that are still open, in the list and among ours. */
  readonly open: { readonly listed: number; readonly ours: number };
}

/**
 * Compares closed trades.
 *
 * A list closes trades that are open at its end for show, at the last price; where its words do not say so, it is seen
 * by the trade of ours that is still open.
 *
 * @param lastBar the last bar of the data
 */
export function gradeTrades(
  listed: readonly PlacedTrade[],
  ours: readonly PlacedTrade[],
  lastBar: number,
): Verdict {
  const open = ours.filter(({ isOpen }) => isOpen);
  const listedOpen: PlacedTrade[] = [];
  const outside: PlacedTrade[] = [];
  const inside: PlacedTrade[] = [];
  const isShownClosed = shownClosed(listed, open, lastBar);
  for (const trade of listed) {
    if (trade.isOpen || isShownClosed(trade)) listedOpen.push(trade);
    else if (trade.entryBar < 0 || trade.exitBar < 0) outside.push(trade);
    else inside.push(trade);
  }
  const ourClosed = ours.filter((trade) => !trade.isOpen);
  const alignment = alignTrades(inside, ourClosed);
  const matched = alignment.pairs.filter(({ differences }) => differences.length === 0);
  const longer = Math.max(inside.length, ourClosed.length);
  const share = longer === 0 ? 0 : matched.length / longer;
  return {
    ...alignment,
    grade: gradeOf(share, inside.length === ourClosed.length),
    listedCount: inside.length,
    ourCount: ourClosed.length,
    matching: matched.length,
    share,
    otherQuantity: matched.filter(
      ({ listed: theirs, ours: own }) => Math.abs(theirs.quantity - own.quantity) > 1e-6 * own.quantity,
    ).length,
    outside,
    open: { listed: listedOpen.length, ours: open.length },
  };
}

/**
 * The last exits of a list, of trades that we entered as well and still hold, on the data's last bar or under a name
 * that no other exit has.
 */
function shownClosed(
  listed: readonly PlacedTrade[],
  open: readonly PlacedTrade[],
  lastBar: number,
): (trade: PlacedTrade) => boolean {
  if (open.length === 0) return () => false;
  const last = listed.reduce((bar, { exitBar }) => Math.max(bar, exitBar), -1);
  const used = new Set(listed.filter(({ exitBar }) => exitBar !== last).map(({ exitSignal }) => exitSignal));
  return (trade) =>
    trade.exitBar === last &&
    (last === lastBar || !used.has(trade.exitSignal)) &&
    open.some(
      (own) =>
        own.side === trade.side &&
        own.entryBar === trade.entryBar &&
        samePrice(own.entryPrice, trade.entryPrice),
    );
}

/** @param share of trades that match, of the longer list */
export function gradeOf(share: number, equallyMany: boolean): Grade {
  if (equallyMany && share >= gradeShares.excellent) return "excellent";
  if (share >= gradeShares.strong) return "strong";
  return share >= gradeShares.moderate ? "moderate" : "weak";
}
