import type { RunResult } from "../runtime/run.ts";
import type { StrategyStatistics } from "../runtime/strategy/statistics.ts";

/** Digits of a content hash that people compare. */
const shortHash = 12;

/**
 * The lines that a finished run prints: what ran over what, and for a strategy what came of it.
 * @param dataHash content hash of the bars: two runs with one hash ran over the same data
 */
export function summaryLines(
  result: RunResult,
  statistics: StrategyStatistics | undefined,
  dataHash: string,
): string[] {
  const { columns, bars, declaration } = result;
  const day = (timeMs: number | undefined): string =>
    timeMs === undefined ? "-" : new Date(timeMs).toISOString().slice(0, 16).replace("T", " ");
  const rows: [string, string][] = [
    [declaration.kind, declaration.title],
    [
      "bars",
      `${bars.toLocaleString("en")}, ${day(columns.openTimeMs[0])} to ${day(columns.openTimeMs[bars - 1])} UTC`,
    ],
    ["data hash", dataHash.slice(0, shortHash)],
  ];
  if (statistics !== undefined) {
    const { closedTrades, winningTrades, losingTrades, openTrades } = statistics;
    rows.push(
      ["trades", `${closedTrades} closed (${winningTrades} won, ${losingTrades} lost), ${openTrades} open`],
      ["net profit", `${money(statistics.netProfit)} (${percent(statistics.netProfitPercent)})`],
      ["open profit", money(statistics.openProfit)],
      ["gross", `${money(statistics.grossProfit)} won, ${money(statistics.grossLoss)} lost`],
      ["profit factor", statistics.profitFactor.toFixed(3)],
      ["profitable", percent(statistics.percentProfitable)],
      ["max drawdown", money(statistics.maxDrawdown)],
      ["sharpe ratio", statistics.sharpeRatio.toFixed(3)],
    );
  } else {
    rows.push(["plots", result.plots.map((plot) => plot.title).join(", ") || "none"]);
  }
  return rows.map(([label, value]) => `${label.padEnd(18)}${value}`);
}

function money(value: number): string {
  return value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

function percent(value: number): string {
  return `${value.toFixed(2)} %`;
}
