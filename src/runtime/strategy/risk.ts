import { closeForRisk } from "./booking.ts";
import type { Desk } from "./desk.ts";
import type { RiskUnit } from "./risk-rules.ts";

/** When the risk rules stop a strategy. */

/** Starts a trading day: counts a day of loss, and the day's money and fills anew. */
export function beginDay(desk: Desk, day: number): void {
  const { risk, account } = desk;
  if (day === risk.day) return;
  const { equity } = account;
  // What stopped a strategy stays to be read.
  if (risk.dayStartEquity === risk.dayStartEquity && risk.halted === undefined)
    risk.lossDays = equity < risk.dayStartEquity ? risk.lossDays + 1 : 0;
  risk.day = day;
  risk.dayStartEquity = equity;
  risk.dayFills = 0;
  if (hasTooManyLossDays(desk)) halt(desk, "Max consecutive loss days reached", desk.open);
}

/** Looks at every rule at the end of a bar; the first that is broken stops the strategy. */
export function checkRisk(desk: Desk, closedOnBar: boolean): void {
  const { account, risk } = desk;
  risk.peak = Math.max(risk.peak, account.initialCapital + account.netProfit);
  if (risk.halted !== undefined) return;
  const { maxDrawdown, maxIntradayLoss } = risk;
  const { equity } = account;
  if (maxDrawdown !== undefined && closedOnBar) {
    const peak = Math.max(account.initialCapital, risk.peak);
    if (isBroken(peak - equity, maxDrawdown, peak)) return halt(desk, "Max drawdown reached", desk.close);
  }
  if (maxIntradayLoss !== undefined) {
    const start = risk.dayStartEquity;
    if (isBroken(start - equity, maxIntradayLoss, start))
      return halt(desk, "Max intraday loss reached", desk.close);
  }
  if (hasTooManyLossDays(desk)) halt(desk, "Max consecutive loss days reached", desk.close);
}

function hasTooManyLossDays({ risk }: Desk): boolean {
  const { maxLossDays, lossDays, halted } = risk;
  return halted === undefined && maxLossDays !== undefined && maxLossDays > 0 && lossDays >= maxLossDays;
}

/** A threshold of nothing or less is no rule. */
function isBroken(
  loss: number,
  { value, unit }: { readonly value: number; readonly unit: RiskUnit },
  of: number,
): boolean {
  return value > 0 && loss >= (unit === "cash" ? value : (of * value) / 100);
}

/** Stops for good: no order is left, no position, and none is taken any more. */
function halt(desk: Desk, reason: string, price: number): void {
  desk.risk.halted = reason;
  desk.cancelEverything();
  closeForRisk(desk, reason, price);
}
