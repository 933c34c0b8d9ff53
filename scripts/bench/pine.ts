/** Compiled Pine against loops written by hand over the same bars, and how long compiling takes. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { compilePine } from "../../src/compiler/compile.ts";
import { Source } from "../../src/compiler/source.ts";
import { loadPine } from "../../src/host/pine-script.ts";
import { runScript } from "../../src/runtime/run.ts";
import { functionsLimit } from "./limit/functions.ts";
import { indicatorsLimit } from "./limit/indicators.ts";
import { median } from "./measure.ts";
import { syntheticColumns, syntheticSymbol } from "./synthetic.ts";

const indicators = `//@version=6
indicator("Indicators")
[macd, signal, histogram] = ta.macd(close, 12, 26, 9)
[basis, upper, lower] = ta.bb(close, 20, 2)
plot(ta.sma(close, 20), "sma")
plot(ta.ema(close, 50), "ema")
plot(ta.rsi(close, 14), "rsi")
plot(macd, "macd")
plot(signal, "signal")
plot(histogram, "histogram")
plot(basis, "basis")
plot(upper, "upper")
plot(lower, "lower")
plot(ta.atr(14), "atr")
`;

const functions = `//@version=6
indicator("Functions")
mean(float source, simple int window) =>
    var float total = 0.0
    total += source
    float sum = 0.0
    for back = 0 to window - 1
        sum += source[back]
    sum / window + total * 1e-9
plot(mean(close, 10) + mean(open, 20) + mean(high, 15) + mean(low, 25) + mean(hl2, 20) + mean(volume, 20) + mean(hlc3, 20))
`;

/** A script of a thousand lines: functions, branches, loops, plots. */
function longScript(): string {
  const lines = ["//@version=6", 'indicator("Long")'];
  for (let part = 0; lines.length < 1000; part++) {
    lines.push(
      `f${part}(float x, int n) =>`,
      "    var float total = 0.0",
      "    total += x > n ? x : -x",
      "    if total > 100",
      `        total := ta.ema(total, ${3 + (part % 20)})`,
      "    total[1]",
      `a${part} = f${part}(close, ${part}) + ta.sma(high, ${2 + part})`,
      `if a${part} > close[${part % 5}]`,
      `    a${part} := math.max(a${part}, open)`,
      `plot(a${part}, "p${part}")`,
    );
  }
  return lines.join("\n");
}

const bars = 100_000;
const rounds = 15;

/** Prints milliseconds of a run, of its limit, and their relation. */
export async function bench(): Promise<void> {
  const columns = syntheticColumns(bars);
  const cache = mkdtempSync(join(tmpdir(), "pyne-bench-"));
  try {
    const compare = async (name: string, text: string, limit: () => unknown): Promise<void> => {
      const path = join(cache, `${name}.pine`);
      writeFileSync(path, text);
      const { module } = await loadPine(path, () => undefined, cache, "bench");
      const run = (): Promise<unknown> =>
        runScript(module, { columns, symInfo: syntheticSymbol, timeframe: "1" });
      const measured = await measure(run);
      const best = await measure(async () => limit());
      const relation = (measured / best).toFixed(2);
      console.log(
        `${name.padEnd(12)}${measured.toFixed(1).padStart(8)} ms   by hand ${best.toFixed(1).padStart(6)} ms   ${relation} times`,
      );
    };
    await compare("indicators", indicators, () => indicatorsLimit(columns));
    await compare("functions", functions, () => functionsLimit(columns));
    const long = new Source("long.pine", longScript());
    const first = performance.now();
    const { code, diagnostics } = compilePine(long, () => undefined);
    const cold = performance.now() - first;
    if (code === undefined) throw new Error(`the long script has errors: ${diagnostics[0]?.message}`);
    const warm = await measure(async () => compilePine(long, () => undefined));
    console.log(`compile ${long.lineCount} lines   first ${cold.toFixed(1)} ms, then ${warm.toFixed(1)} ms`);
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

async function measure(action: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    await action();
    times.push(performance.now() - started);
  }
  return median(times.slice(3));
}
