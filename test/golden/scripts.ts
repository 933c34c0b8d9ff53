/** The Pine scripts of the truth cases, written again in TypeScript. */
import {
  indicator,
  isNa,
  na,
  strategy,
  ta,
  type IndicatorContext,
  type ScriptModule,
  type Series,
  type BoolSeries,
} from "pynecore";

import { TradingCalendar } from "../../src/kernel/calendar/calendar.ts";
import { parseTimeframe } from "../../src/kernel/timeframe.ts";

type Plots = Readonly<Record<string, (Series | BoolSeries) | (() => number)>>;

/** True on the first bar of every period of a timeframe, but not on the first of all. */
function changeOf(s: IndicatorContext, timeframe: string): () => boolean {
  const calendar = new TradingCalendar(s.syminfo);
  const parsed = parseTimeframe(timeframe);
  // A bar that runs over the evening open belongs to the new day.
  const periodAt = (barsAgo: number): number => calendar.barOpenMs(s.time.at(barsAgo), parsed);
  return () => s.barIndex > 0 && periodAt(0) !== periodAt(1);
}

/** An indicator that plots these on every bar. */
function plotting(title: string, plots: (s: IndicatorContext) => Plots): ScriptModule {
  return indicator(title, {}, (s) => {
    const all = Object.entries(plots(s));
    return () => {
      for (const [name, value] of all) s.plot(name, "now" in value ? value.now : value());
    };
  });
}

export const indicators: Readonly<Record<string, ScriptModule>> = {
  "ma-sma": plotting("ma-sma", (s) => ({
    "ta.sma(close, 10)": ta.sma(s.close, 10),
    "ta.sma(hl2, 20)": ta.sma(s.hl2, 20),
    "ta.sma(hlc3, 15)": ta.sma(s.hlc3, 15),
  })),
  "ma-sma-long": plotting("ma-sma-long", (s) => ({
    close: s.close,
    sma3: ta.sma(s.close, 3),
    sma500: ta.sma(s.close, 500),
    sma1000: ta.sma(s.close, 1000),
  })),
  "ma-wma": plotting("ma-wma", (s) => ({
    "ta.wma(close, 5)": ta.wma(s.close, 5),
    "ta.wma(close, 20)": ta.wma(s.close, 20),
  })),
  "ma-rma": plotting("ma-rma", (s) => ({
    "ta.rma(hlcc4, 5)": ta.rma(s.hlcc4, 5),
    "ta.rma(high, 15)": ta.rma(s.high, 15),
  })),
  "osc-macd": plotting("osc-macd", (s) => {
    const { macd, signal, histogram } = ta.macd(s.close, 12, 26, 9);
    return {
      "ta.macd(close, 12, 26, 9).macd": macd,
      "ta.macd(close, 12, 26, 9).signal": signal,
      "ta.macd(close, 12, 26, 9).hist": histogram,
    };
  }),
  "osc-rsi": plotting("osc-rsi", (s) => ({ "ta.rsi(close, 14)": ta.rsi(s.close, 14) })),
  "signal-cross": plotting("signal-cross", (s) => {
    const [fast, slow] = [ta.ema(s.close, 5), ta.ema(s.close, 11)];
    const [over, under] = [ta.crossover(fast, slow), ta.crossunder(fast, slow)];
    return {
      "ta.crossover(ema1, ema2)": () => (over.now ? 1 : 0),
      "ta.crossunder(ema1, ema2)": () => (under.now ? -1 : 0),
    };
  }),
  "stat-highest-lowest": plotting("stat-highest-lowest", (s) => ({
    "ta.highest(10)": ta.highest(s.high, 10),
    "ta.highest(close, 10)": ta.highest(s.close, 10),
    "ta.lowest(10)": ta.lowest(s.low, 10),
    "ta.lowest(close, 10)": ta.lowest(s.close, 10),
  })),
  "volatility-tr-atr": plotting("volatility-tr-atr", () => ({
    "ta.tr(false)": ta.tr(false),
    "ta.tr(true)": ta.tr(true),
    "ta.tr": ta.tr(),
    "ta.atr(14)": ta.atr(14),
  })),
  "ma-alma": plotting("ma-alma", (s) => ({
    "ta.alma(close, 5, 0.85, 6)": ta.alma(s.close, 5, 0.85, 6),
    "ta.alma(close, 10, 0.55, 12)": ta.alma(s.close, 10, 0.55, 12),
  })),
  "ma-swma": plotting("ma-swma", (s) => ({ "ta.swma(hlc3)": ta.swma(s.hlc3) })),
  "osc-cci": plotting("osc-cci", (s) => ({ "ta.cci(close, 20)": ta.cci(s.close, 20) })),
  "osc-cog": plotting("osc-cog", (s) => ({ "ta.cog(close, 21)": ta.cog(s.close, 21) })),
  "osc-dmi": plotting("osc-dmi", () => {
    const { plus, minus, adx } = ta.dmi(17, 14);
    return { "ta.dmi(17, 14).dip": plus, "ta.dmi(17, 14).dim": minus, "ta.dmi(17, 14).adx": adx };
  }),
  "osc-wpr": plotting("osc-wpr", () => ({ "ta.wpr(20)": ta.wpr(20) })),
  "pivot-high": plotting("pivot-high", (s) => ({
    "ta.pivothigh(10, 5)": ta.pivothigh(s.high, 10, 5),
    "ta.pivothigh(close, 10, 5)": ta.pivothigh(s.close, 10, 5),
  })),
  "pivot-levels-traditional": plotting("pivot-levels-traditional", (s) => {
    const newDay = changeOf(s, "1D");
    const { p, r, s: support } = ta.pivotPointLevels("Traditional", newDay);
    return {
      P_trad: p,
      R1_trad: r[0]!,
      S1_trad: support[0]!,
      R2_trad: r[1]!,
      S2_trad: support[1]!,
      R3_trad: r[2]!,
      S3_trad: support[2]!,
      P_woodie: ta.pivotPointLevels("Woodie", newDay).p,
    };
  }),
  "stat-alltime-min-max": plotting("stat-alltime-min-max", (s) => ({
    "min(close)": ta.min(s.close),
    "max(close)": ta.max(s.close),
  })),
  "stat-dynamic-length": plotting("stat-dynamic-length", (s) => {
    const late = (): number => (s.barIndex < 5 ? na : 3);
    const hole = (): number => (s.barIndex === 8 ? na : 3);
    const shrink = (): number => (s.barIndex < 6 ? 5 : 2);
    const grow = (): number => (s.barIndex < 8 ? 2 : 5);
    const once = (): number => (s.barIndex === 12 ? 1 : 5);
    const gapped = s.series(() => (s.barIndex === 7 ? na : s.close.now));
    const shrink3 = (): number => (s.barIndex < 8 ? 5 : 3);
    return {
      rank_na: ta.percentileNearestRank(s.close, late, 100),
      lin_na: ta.percentileLinearInterpolation(s.close, late, 50),
      median_na: ta.median(s.close, late),
      rank_gap: ta.percentileNearestRank(s.close, hole, 100),
      median_gap: ta.median(s.close, hole),
      median_shrink: ta.median(s.close, shrink),
      rank_grow: ta.percentileNearestRank(s.close, grow, 100),
      lin_grow: ta.percentileLinearInterpolation(s.close, grow, 50),
      median_grow: ta.median(s.close, grow),
      rank_one: ta.percentileNearestRank(s.close, once, 100),
      lin_one: ta.percentileLinearInterpolation(s.close, once, 50),
      median_one: ta.median(s.close, once),
      median_srcgap: ta.median(gapped, shrink3),
    };
  }),
  "stat-highestbars-lowestbars": plotting("stat-highestbars-lowestbars", (s) => ({
    "ta.highestbars(10)": ta.highestbars(s.high, 10),
    "ta.highestbars(close, 10)": ta.highestbars(s.close, 10),
    "ta.lowestbars(10)": ta.lowestbars(s.low, 10),
    "ta.lowestbars(close, 10)": ta.lowestbars(s.close, 10),
  })),
  "stat-linreg": plotting("stat-linreg", (s) => ({
    "ta.linreg(close, 20, 0)": ta.linreg(s.close, 20),
    "ta.linreg(close, 20, 10)": ta.linreg(s.close, 20, 10),
  })),
  "stat-mode-na-holes": plotting("stat-mode-na-holes", (s) => ({
    mode: ta.mode(() => (s.barIndex % 2 === 0 ? na : 1), 4),
  })),
  "stat-oscillating-length": plotting("stat-oscillating-length", (s) => {
    const length = (): number => (s.barIndex % 2 === 0 ? 40 : 5);
    const series = {
      change: ta.change(s.close, length),
      cog: ta.cog(s.close, length),
      dev: ta.dev(s.close, length),
      linreg: ta.linreg(s.close, length, 0),
      percentrank: ta.percentrank(s.close, length),
      rci: ta.rci(s.close, length),
      roc: ta.roc(s.close, length),
      wma: ta.wma(s.close, length),
    };
    return Object.fromEntries(
      Object.entries(series).map(([name, value]) => [name, () => (isNa(value.now) ? 0 : 1)]),
    );
  }),
  "stat-percentile-na-percentage": plotting("stat-percentile-na-percentage", (s) => ({
    rank_na: ta.percentileNearestRank(s.close, 5, na),
    lin_na: ta.percentileLinearInterpolation(s.close, 5, na),
  })),
  "stat-percentiles": plotting("stat-percentiles", (s) => ({
    pli: ta.percentileLinearInterpolation(s.close, 20, 20),
    pnr: ta.percentileNearestRank(s.close, 20, 20),
  })),
  "trend-sar": plotting("trend-sar", () => ({ "ta.sar(0.02, 0.02, 0.2)": ta.sar(0.02, 0.02, 0.2) })),
  "volatility-keltner": plotting("volatility-keltner", (s) => {
    const { upper, lower } = ta.kc(s.close, 20, 2);
    return {
      "ta.kc(close, 20, 2).upper": upper,
      "ta.kc(close, 20, 2).lower": lower,
      "ta.kcw(close, 20, 2.1, useTrueRange=false)": ta.kcw(s.close, 20, 2.1, false),
    };
  }),
  "volume-iii-nvi-obv": plotting("volume-iii-nvi-obv", () => ({
    "ta.iii": ta.iii(),
    "ta.nvi": ta.nvi(),
    "ta.obv": ta.obv(),
  })),
  "volume-vwap-anchors": plotting("volume-vwap-anchors", (s) => ({
    "ta.vwap(close)": ta.vwap(s.close),
    'ta.vwap(close, timeframe.change("240"))': ta.vwap(s.close, changeOf(s, "240")),
  })),
  "volume-vwap-variable": plotting("volume-vwap-variable", (s) => ({ bare: ta.vwap(s.hlc3) })),
  "signal-valuewhen": plotting("signal-valuewhen", (s) => {
    const [slow, fast] = [ta.sma(s.close, 7), ta.sma(s.close, 14)];
    return {
      "ta.valuewhen(ta.cross(slow, fast), close, 1)": ta.valuewhen(ta.cross(slow, fast), s.close, 1),
    };
  }),
};

export const strategies: Readonly<Record<string, ScriptModule>> = {
  "strat-macd": strategy("strat-macd", { overlay: true, initialCapital: 1_000_000 }, (s) => {
    const [fast, slow] = [ta.ema(s.close, 12), ta.ema(s.close, 26)];
    const difference = s.series(() => fast.now - slow.now);
    const signal = ta.ema(difference, 9);
    const delta = s.series(() => difference.now - signal.now);
    const [up, down] = [ta.crossover(delta, 0), ta.crossunder(delta, 0)];
    return () => {
      if (up.now) s.entry("MacdLE", "long", { comment: "MacdLE" });
      if (down.now) s.entry("MacdSE", "short", { comment: "MacdSE" });
    };
  }),
  "strat-bar-up-down": strategy(
    "strat-bar-up-down",
    { overlay: true, initialCapital: 1_000_000, defaultQtyType: "percent_of_equity", defaultQtyValue: 10 },
    (s) => () => {
      if (s.close.now > s.open.now && s.open.now > s.close.at(1)) s.entry("BarUp", "long");
      if (s.close.now < s.open.now && s.open.now < s.close.at(1)) s.entry("BarDn", "short");
    },
  ),
};
