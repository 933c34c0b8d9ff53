/** What the order simulator costs: against a loop that does the same and nothing else, and on bars without orders. */
import { strategy, ta, type ScriptModule } from "../../src/api/script.ts";
import { runScript } from "../../src/runtime/run.ts";
import { bracketedCross } from "./limit/strategy.ts";
import { syntheticColumns, syntheticSymbol } from "./synthetic.ts";

const crossing = strategy("cross", {}, (s) => {
  const [fast, slow] = [ta.sma(s.close, 10), ta.sma(s.close, 30)];
  const [up, down] = [ta.crossover(fast, slow), ta.crossunder(fast, slow)];
  return () => {
    if (up.now) s.entry("L", "long");
    if (down.now) s.entry("S", "short");
  };
});

const bracketed = strategy("bracket", { commissionValue: 0.05 }, (s) => {
  const [fast, slow] = [ta.sma(s.close, 10), ta.sma(s.close, 30)];
  const [up, down] = [ta.crossover(fast, slow), ta.crossunder(fast, slow)];
  return () => {
    if (up.now) s.entry("L", "long");
    if (down.now) s.entry("S", "short");
    const { positionSize: size, positionAvgPrice: entry } = s;
    if (size > 0) s.exit("XL", { fromEntry: "L", stop: entry * 0.998, limit: entry * 1.004 });
    if (size < 0) s.exit("XS", { fromEntry: "S", stop: entry * 1.002, limit: entry * 0.996 });
  };
});

const waiting = strategy("waiting", {}, (s) => () => {
  if (s.close.now < 0) s.entry("L", "long");
});

/** Best time of several runs, ms. */
async function best(work: () => unknown): Promise<number> {
  let time = Infinity;
  for (let run = 0; run < 25; run++) {
    const started = performance.now();
    await work();
    time = Math.min(time, performance.now() - started);
  }
  return time;
}

/** Prints bars per second, and how often longer than the loop the bracketed strategy takes. */
export async function bench(): Promise<void> {
  const columns = syntheticColumns(100_000);
  const run = (script: ScriptModule) =>
    runScript(script, { columns, symInfo: syntheticSymbol, timeframe: "1" });
  const rate = (ms: number): string =>
    `${(columns.length / ms / 1000).toFixed(2).padStart(7)} million bars/s`;

  const loop = bracketedCross(columns, 10, 30);
  const { strategy: outcome } = await run(bracketed);
  const difference = Math.abs(
    outcome!.desk.netProfit + outcome!.desk.openProfit - (loop.equity.at(-1)! - 1e6),
  );
  console.log(
    `the loop and the simulator agree on ${loop.trades} of ${outcome!.closedTrades.length} trades, their profit differs by ${difference.toExponential(1)}`,
  );
  const limit = await best(() => bracketedCross(columns, 10, 30));
  const real = await best(() => run(bracketed));
  console.log(`bracket on every bar, loop            ${rate(limit)}`);
  console.log(
    `bracket on every bar, strategy        ${rate(real)}   ${(real / limit).toFixed(1)} times the loop`,
  );
  console.log(`crossing averages                     ${rate(await best(() => run(crossing)))}`);
  console.log(`a strategy that only waits            ${rate(await best(() => run(waiting)))}`);
}
