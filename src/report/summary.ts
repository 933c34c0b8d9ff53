import { grouped } from "../kernel/counted.ts";
import type { RunResult } from "../runtime/run.ts";
import type { StrategyStatistics } from "../runtime/strategy/statistics.ts";
import { sparkline } from "./sparkline.ts";

/** Digits of a content hash that people compare. */
const shortHash = 12;
/** Characters of the equity curve. */
const sparkWidth = 48;

/** What a terminal adds to the text; nothing of it is in a pipe. */
export interface SummaryLook {
  /** Characters that the equity curve is drawn with, lowest first; absent: it is not drawn. */
  readonly levels?: string;
  readonly label: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
}

const asItIs = (text: string): string => text;
/** The look of a pipe. */
export const plainLook: SummaryLook = { label: asItIs, good: asItIs, bad: asItIs };

/**
 * The lines that a finished run prints: what ran over what, and for a strategy what came of it.
 * @param dataHash content hash of the bars: two runs with one hash ran over the same data
 */
export function summaryLines(
  result: RunResult,
  statistics: StrategyStatistics | undefined,
  dataHash: string,
  look: SummaryLook = plainLook,
): string[] {
  const { columns, bars, declaration, strategy } = result;
  const rows: (readonly [label: string, value: string])[] = [
    [declaration.kind, declaration.title],
    [
      "bars",
      `${grouped(bars)}, ${minute(columns.openTimeMs[0])} to ${minute(columns.openTimeMs[bars - 1])} UTC`,
    ],
    ["data hash", dataHash.slice(0, shortHash)],
    ...(statistics === undefined || strategy === undefined
      ? [["plots", result.plots.map((plot) => plot.title).join(", ") || "none"] as const]
      : strategyRows(statistics, strategy.equity, look)),
  ];
  return rows.map(([label, value]) => summaryRow(label, value, look));
}

/** A label and its value, in the columns of the summary. */
export function summaryRow(label: string, value: string, look: SummaryLook = plainLook): string {
  return `${look.label(label.padEnd(18))}${value}`;
}

function strategyRows(
  statistics: StrategyStatistics,
  equity: Float64Array,
  look: SummaryLook,
): (readonly [label: string, value: string])[] {
  const { closedTrades, winningTrades, losingTrades, openTrades, netProfit, maxDrawdown } = statistics;
  const tone = netProfit > 0 ? look.good : netProfit < 0 ? look.bad : asItIs;
  // A ratio of nothing is no zero.
  const orNone = (value: string, exists: boolean): string => (exists ? value : "-");
  return [
    ...(look.levels === undefined
      ? []
      : [["equity", tone(sparkline(equity, sparkWidth, look.levels))] as const]),
    ["net profit", tone(`${money(netProfit)} (${percent(statistics.netProfitPercent)})`)],
    [
      "max drawdown",
      (maxDrawdown > 0 ? look.bad : asItIs)(
        `${money(maxDrawdown)} (${percent((maxDrawdown / statistics.initialCapital) * 100)})`,
      ),
    ],
    ["trades", `${closedTrades} closed (${winningTrades} won, ${losingTrades} lost), ${openTrades} open`],
    ["win rate", orNone(percent(statistics.percentProfitable), closedTrades > 0)],
    ["profit factor", orNone(statistics.profitFactor.toFixed(3), statistics.grossLoss > 0)],
    [
      "expectancy",
      orNone(
        `${money((statistics.grossProfit - statistics.grossLoss) / closedTrades)} a trade`,
        closedTrades > 0,
      ),
    ],
    ["sharpe ratio", statistics.sharpeRatio.toFixed(3)],
    ["open profit", money(statistics.openProfit)],
    ["gross", `${money(statistics.grossProfit)} won, ${money(statistics.grossLoss)} lost`],
  ];
}

/** `2024-01-31 14:30`, UTC */
function minute(timeMs: number | undefined): string {
  return timeMs === undefined ? "-" : new Date(timeMs).toISOString().slice(0, 16).replace("T", " ");
}

function money(value: number): string {
  return value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

function percent(value: number): string {
  return `${value.toFixed(2)} %`;
}
