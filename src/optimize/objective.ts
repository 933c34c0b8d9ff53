/** What a search looks for. Pure. */

/** Figures of a run or of a part of it. */
export interface Figures {
  /** Money; of a part of a run, percent of the equity at its start. */
  readonly netProfit: number;
  readonly grossProfit: number;
  /** Positive. */
  readonly grossLoss: number;
  /** Positive; of a part of a run, percent of the highest equity before. */
  readonly maxDrawdown: number;
  readonly percentProfitable: number;
  readonly closedTrades: number;
  readonly sharpeRatio: number;
  readonly sortinoRatio: number;
}

/** A figure, and which way is better. */
export interface Objective {
  readonly name: ObjectiveName;
  readonly title: string;
  readonly better: "higher" | "lower";
  readonly of: (figures: Figures) => number;
}

export type ObjectiveName =
  "net-profit" | "sharpe" | "sortino" | "profit-factor" | "max-drawdown" | "win-rate";

/** Every objective by the name it has on the command line. */
export const objectives: Readonly<Record<ObjectiveName, Objective>> = {
  "net-profit": {
    name: "net-profit",
    title: "net profit",
    better: "higher",
    of: ({ netProfit }) => netProfit,
  },
  sharpe: { name: "sharpe", title: "sharpe ratio", better: "higher", of: ({ sharpeRatio }) => sharpeRatio },
  sortino: {
    name: "sortino",
    title: "sortino ratio",
    better: "higher",
    of: ({ sortinoRatio }) => sortinoRatio,
  },
  "profit-factor": {
    name: "profit-factor",
    title: "profit factor",
    better: "higher",
    // Nothing lost is the best there is; nothing won and nothing lost is nothing.
    of: ({ grossProfit, grossLoss }) =>
      grossLoss === 0 ? (grossProfit > 0 ? Infinity : 0) : grossProfit / grossLoss,
  },
  "max-drawdown": {
    name: "max-drawdown",
    title: "max drawdown",
    better: "lower",
    of: ({ maxDrawdown }) => maxDrawdown,
  },
  "win-rate": {
    name: "win-rate",
    title: "win rate",
    better: "higher",
    of: ({ percentProfitable }) => percentProfitable,
  },
};

export const objectiveNames = Object.keys(objectives) as readonly ObjectiveName[];

/** Something that was tried. */
export interface Scored {
  /** Its place in the order of trying. */
  readonly ordinal: number;
  /** Of the objective; NaN for a run that failed. */
  readonly value: number;
  readonly closedTrades: number;
}

/**
 * Compares two sets, the better first: those with too few trades after all others, failures last, equals in the order
 * of trying, so that a ranking depends on nothing else.
 */
export function ranking(objective: Objective, minTrades: number): (a: Scored, b: Scored) => number {
  const sign = objective.better === "higher" ? -1 : 1;
  const tier = ({ value, closedTrades }: Scored): number =>
    Number.isNaN(value) ? 2 : closedTrades < minTrades ? 1 : 0;
  return (a, b) => {
    const byTier = tier(a) - tier(b);
    if (byTier !== 0) return byTier;
    if (a.value !== b.value && !Number.isNaN(a.value)) return a.value < b.value ? -sign : sign;
    return a.ordinal - b.ordinal;
  };
}
