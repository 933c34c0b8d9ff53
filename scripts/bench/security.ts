/** Requests for other timeframes and symbols against the same indicators on the chart's own bars. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { ScriptModule } from "../../src/api/script/declaration.ts";
import { loadPine } from "../../src/host/pine-script.ts";
import { runScript } from "../../src/runtime/run.ts";
import type { Feed, Feeds } from "../../src/runtime/security/feeds.ts";
import { median } from "./measure.ts";
import { syntheticColumns, syntheticSymbol } from "./synthetic.ts";

const expressions = ["ta.sma(close, 20)", "ta.ema(close, 50)", "ta.rsi(close, 14)", "ta.atr(14)"];
const timeframes = ["5", "15", "60", "240"];
const symbols = ["syminfo.tickerid", '"EX:OTHER"'];

const places = symbols.flatMap((symbol) => timeframes.map((timeframe) => ({ symbol, timeframe })));
const script = (lines: readonly string[]): string =>
  ["//@version=6", 'indicator("Bench")', ...lines].join("\n");
const plots = (value: (expression: string, symbol: string, timeframe: string) => string): string[] =>
  places.map(({ symbol, timeframe }, index) => {
    const expression = expressions[index % expressions.length]!;
    return `plot(${value(expression, symbol, timeframe)}, "p${index}")`;
  });

const scripts: Readonly<Record<string, string>> = {
  "8 indicators on the chart": script(plots((expression) => expression)),
  "8 requests": script(
    plots(
      (expression, ...where) =>
        `request.security(${where.join(", ").replace(/, (\d+)$/, ', "$1"')}, ${expression})`,
    ),
  ),
  "8 requests, as they form": script(
    plots(
      (expression, symbol, timeframe) =>
        `request.security(${symbol}, "${timeframe}", ${expression}, lookahead = barmerge.lookahead_on)`,
    ),
  ),
  "8 requests of variables": script([
    ...expressions.map((expression, index) => `x${index} = ${expression}`),
    ...places.map(
      ({ symbol, timeframe }, index) =>
        `plot(request.security(${symbol}, "${timeframe}", x${index % expressions.length}), "p${index}")`,
    ),
  ]),
  "1 request of the lower timeframe, 5 bars in each": script([
    'a = request.security_lower_tf("EX:OTHER", "1", close)',
    "plot(array.avg(a))",
  ]),
};

/** Prints milliseconds over 100,000 bars of one minute, and their ratio to the first. */
export async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pyne-bench-"));
  const columns = syntheticColumns(100_000);
  const five = syntheticColumns(20_000);
  const slow = { ...five, openTimeMs: five.openTimeMs.map((time, index) => time + index * 240_000) };
  const other: Feed = {
    columns,
    symInfo: { ...syntheticSymbol, prefix: "EX", ticker: "OTHER", period: "1" },
    timeframe: "1",
  };
  const feeds: Feeds = {
    named: ({ isChart }) => (isChart ? undefined : other),
    find: () => ({ missing: "nothing", hint: undefined }),
    rate: () => undefined,
  };
  let base = 0;
  for (const [name, text] of Object.entries(scripts)) {
    const path = join(folder, "bench.pine");
    writeFileSync(path, text);
    const { module } = await loadPine(path, () => undefined, folder, name);
    const isLower = name.includes("lower");
    const once = async (script: ScriptModule): Promise<number> => {
      const started = performance.now();
      await runScript(script, {
        columns: isLower ? slow : columns,
        symInfo: syntheticSymbol,
        timeframe: isLower ? "5" : "1",
        feeds,
      });
      return performance.now() - started;
    };
    const times: number[] = [];
    for (let run = 0; run < 7; run++) times.push(await once(module));
    const milliseconds = median(times);
    if (base === 0) base = milliseconds;
    console.log(
      `${name.padEnd(50)}${milliseconds.toFixed(1).padStart(8)} ms${(milliseconds / base).toFixed(2).padStart(7)}x`,
    );
  }
  rmSync(folder, { recursive: true, force: true });
}
