/** How many bars a second a script runs over. */
import { ta } from "../../src/api/script.ts";
import { indicator, strategy, type ScriptModule } from "../../src/api/script.ts";
import { runScript } from "../../src/runtime/run.ts";
import { syntheticColumns, syntheticSymbol } from "./synthetic.ts";

const scripts: Readonly<Record<string, ScriptModule>> = {
  "indicator: two averages, one plot": indicator("a", {}, (s) => {
    const [fast, slow] = [ta.sma(s.close, 9), ta.sma(s.close, 21)];
    return () => s.plot("d", fast.now - slow.now);
  }),
  "indicator: rsi, macd, bands, atr": indicator("b", {}, (s) => {
    const rsi = ta.rsi(s.close, 14);
    const { macd } = ta.macd(s.close, 12, 26, 9);
    const { upper } = ta.bb(s.close, 20, 2);
    const atr = ta.atr(14);
    return () => {
      s.plot("rsi", rsi.now);
      s.plot("macd", macd.now);
      s.plot("upper", upper.now);
      s.plot("atr", atr.now);
    };
  }),
  "strategy: crossing averages": strategy("c", {}, (s) => {
    const [fast, slow] = [ta.sma(s.close, 9), ta.sma(s.close, 21)];
    const [up, down] = [ta.crossover(fast, slow), ta.crossunder(fast, slow)];
    return () => {
      if (up.now) s.entry("L", "long");
      if (down.now) s.entry("S", "short");
    };
  }),
};

/** Prints bars per second over a million bars. */
export async function bench(): Promise<void> {
  const columns = syntheticColumns(1_000_000);
  for (const [name, module] of Object.entries(scripts)) {
    let best = Infinity;
    for (let run = 0; run < 3; run++) {
      const started = performance.now();
      await runScript(module, { columns, symInfo: syntheticSymbol, timeframe: "1" });
      best = Math.min(best, performance.now() - started);
    }
    console.log(`${name.padEnd(36)}${(columns.length / best / 1000).toFixed(2).padStart(7)} million bars/s`);
  }
}
