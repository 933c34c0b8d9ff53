import type { SymInfo } from "../../kernel/syminfo.ts";
import { zonedFormatter } from "../../kernel/zone.ts";
import type { RunResult } from "../../runtime/run.ts";
import { barsOf, type ReportBars } from "./bars.ts";
import { reportDrawings, type ReportTable, reportTables } from "./drawings.ts";
import { type EquityCurve, equityCurve } from "./equity.ts";
import { type MonthlyReturns, monthlyReturns } from "./monthly.ts";
import { type Performance, performanceOf } from "./performance.ts";
import { type ReportTrade, reportTrades } from "./trades.ts";
import { type ReportVisual, reportVisuals } from "./visuals.ts";
import type { EmbeddedDrawing } from "./wire/visuals.ts";

/** What a report shows, free of how it looks: made from a run by a pure function, drawn by `renderReport`. */

/** What a run does not know of itself. */
export interface ReportContext {
  readonly symInfo: SymInfo;
  /** TradingView notation. */
  readonly timeframe: string;
  /** Name of the data file, without folders: a report may be handed on. */
  readonly dataName: string;
  /** Of the bars that were executed, hexadecimal. */
  readonly contentHash: string;
  /** Of pyne. */
  readonly version: string;
  readonly createdMs: number;
}

/** A name and what stands beside it. */
export type Fact = readonly [label: string, value: string];

/** What a strategy adds. */
export interface StrategyReport {
  readonly initialCapital: number;
  readonly trades: readonly ReportTrade[];
  readonly curve: EquityCurve;
  readonly months: MonthlyReturns;
  readonly performance: Performance;
}

/** A whole report. */
export interface ReportData {
  readonly kind: "indicator" | "strategy";
  readonly title: string;
  readonly symbol: string;
  readonly description: string;
  /** The account's. */
  readonly currency: string;
  readonly timeframe: string;
  readonly timezone: string;
  readonly mintick: number;
  /** Decimals of a price. */
  readonly precision: number;
  readonly intraday: boolean;
  /** How the run ended: whether it covers all bars. */
  readonly reason: RunResult["reason"];
  readonly bars: ReportBars;
  /** What the script shows on the chart. */
  readonly visuals: readonly ReportVisual[];
  /** What it drew there and was still there at the end. */
  readonly drawings: readonly EmbeddedDrawing[];
  readonly tables: readonly ReportTable[];
  readonly strategy?: StrategyReport;
  readonly settings: readonly Fact[];
  readonly inputs: readonly Fact[];
  readonly provenance: readonly Fact[];
  /** First and last executed bar in the exchange's zone, `yyyy-MM-dd HH:mm`. */
  readonly from: string;
  readonly to: string;
  readonly version: string;
}

/** The report of a run. Pure. */
export function reportData(result: RunResult, context: ReportContext): ReportData {
  const { symInfo } = context;
  const { declaration, columns, strategy } = result;
  const wanted = Number(declaration.settings["calcBarsCount"] ?? 0);
  const first = wanted > 0 ? Math.max(0, columns.length - wanted) : 0;
  const bars = barsOf(result, first, symInfo.timezone);
  const date = dateFormatter(symInfo.timezone);
  const [from, to] = [bars.openTimeMs[0], bars.openTimeMs[bars.length - 1]];
  return {
    kind: declaration.kind,
    title: declaration.title,
    symbol: symInfo.prefix === "" ? symInfo.ticker : `${symInfo.prefix}:${symInfo.ticker}`,
    description: symInfo.description,
    currency: strategy?.desk.accountCurrency ?? symInfo.currency,
    timeframe: context.timeframe,
    timezone: symInfo.timezone,
    mintick: symInfo.mintick,
    precision: precisionOf(symInfo),
    intraday: /^\d+S?$|^\d+T$/.test(context.timeframe),
    reason: result.reason,
    bars,
    visuals: reportVisuals(result, first),
    drawings: reportDrawings(result, first),
    tables: reportTables(result),
    ...(strategy === undefined
      ? {}
      : {
          strategy: {
            initialCapital: strategy.rules.initialCapital,
            trades: reportTrades(result, first),
            curve: equityCurve(strategy.equity, strategy.rules.initialCapital),
            months: monthlyReturns(bars, strategy.equity, strategy.rules.initialCapital),
            performance: performanceOf(strategy, bars.close),
          },
        }),
    settings: Object.entries(declaration.settings)
      .filter(([, value]) => value !== "")
      .map(([name, value]) => [words(name), String(value)]),
    inputs: result.inputs.map(({ spec, value }) => [spec.title, String(value)]),
    provenance: [
      ["Symbol", `${symInfo.prefix}:${symInfo.ticker}`],
      ...(symInfo.description === "" ? [] : [["Description", symInfo.description] as const]),
      ["Timeframe", context.timeframe],
      ["First bar", date(from)],
      ["Last bar", date(to)],
      ["Bars", bars.length.toLocaleString("en")],
      ["Time zone", symInfo.timezone],
      ["Data file", context.dataName],
      ["Content hash (SHA-256)", context.contentHash],
      ["Made by", `pyne ${context.version}`],
      ["Made at", `${new Date(context.createdMs).toISOString().slice(0, 16).replace("T", " ")} UTC`],
    ],
    from: date(from),
    to: date(to),
    version: context.version,
  };
}

/** Decimals of the smallest price step. */
function precisionOf({ mintick }: SymInfo): number {
  for (let decimals = 0; decimals < 10; decimals++)
    if (Math.abs(Math.round(mintick * 10 ** decimals) / 10 ** decimals - mintick) < 1e-12) return decimals;
  return 10;
}

/** `yyyy-MM-dd HH:mm` in a zone; `-` for no time. */
function dateFormatter(timezone: string): (timeMs: number | undefined) => string {
  const format = zonedFormatter(timezone);
  return (timeMs) => (timeMs === undefined ? "-" : format(timeMs).slice(0, 16).replace("T", " "));
}

/** `defaultQtyType` is `Default qty type`. */
function words(name: string): string {
  const text = name.replace(/([A-Z])/g, " $1").toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}
