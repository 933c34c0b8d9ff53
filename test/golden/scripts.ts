/** The Pine scripts of the truth cases, written again in TypeScript. */
import {
  indicator,
  strategy,
  ta,
  type IndicatorContext,
  type ScriptModule,
  type Series,
  type BoolSeries,
} from "pynecore";

type Plots = Readonly<Record<string, (Series | BoolSeries) | (() => number)>>;

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
