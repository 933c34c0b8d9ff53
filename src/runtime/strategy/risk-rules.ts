import type { Side } from "../../kernel/price-path.ts";

/** What a risk threshold counts in. */
export type RiskUnit = "cash" | "percent_of_equity";

/** The risk rules that a script has set; a rule that is not set is absent. */
export class RiskRules {
  maxDrawdown: { readonly value: number; readonly unit: RiskUnit } | undefined;
  maxIntradayLoss: { readonly value: number; readonly unit: RiskUnit } | undefined;
  maxLossDays: number | undefined;
  maxDayFills: number | undefined;
  maxPosition: number | undefined;
  allowed: Side | 0 = 0;

  /** Why the strategy has stopped for good; absent while it runs. */
  halted: string | undefined;
  /** Trading date of the day the rules are counted in; `NaN` before the first. */
  day = Number.NaN;
  dayStartEquity = Number.NaN;
  lossDays = 0;
  dayFills = 0;
  /** Highest initial capital plus net profit at the end of a bar. */
  peak = Number.NEGATIVE_INFINITY;

  /** Whether anything depends on trading days. */
  get needsDays(): boolean {
    return (
      this.maxIntradayLoss !== undefined || this.maxLossDays !== undefined || this.maxDayFills !== undefined
    );
  }

  /** The day's fills are used up. */
  get isCapped(): boolean {
    return this.maxDayFills !== undefined && this.dayFills >= this.maxDayFills;
  }

  /** Whether entries may open a position on this side. */
  allows(side: number): boolean {
    return this.allowed === 0 || this.allowed === Math.sign(side);
  }
}
