import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { WorkdirPaths } from "../config/workdir.ts";
import { OhlcvWriter } from "../data/ohlcv/writer.ts";
import { writeSymbolFile } from "../data/syminfo-toml.ts";
import type { Bar } from "../kernel/bar.ts";
import { linearCongruential } from "../kernel/random.ts";
import type { SymInfo } from "../kernel/syminfo.ts";
import { parseTimeframe } from "../kernel/timeframe.ts";

/** The script of a new workdir: what a first strategy looks like. */
const demoScript = `import { input, strategy, ta } from "pynecore";

export default strategy("Demo", { overlay: true, initialCapital: 10_000 }, (s) => {
  // Runs once: inputs and series.
  const fast = ta.sma(s.close, input.int("Fast length", 9, { min: 1 }));
  const slow = ta.sma(s.close, input.int("Slow length", 21, { min: 1 }));
  const up = ta.crossover(fast, slow);
  const down = ta.crossunder(fast, slow);

  // Runs on every bar.
  return () => {
    if (up.now) s.entry("Long", "long");
    if (down.now) s.close("Long");
    s.plot("Fast", fast.now);
    s.plot("Slow", slow.now);
  };
});
`;

const everyDay = [0, 1, 2, 3, 4, 5, 6];
/** What the demo bars are prices of. */
export const demoSymbol: SymInfo = {
  prefix: "DEMO",
  description: "Synthetic prices, seeded",
  ticker: "DEMO",
  currency: "USD",
  period: "1D",
  type: "other",
  mintick: 0.01,
  pricescale: 100,
  minmove: 1,
  pointvalue: 1,
  mincontract: 0.01,
  timezone: "UTC",
  volumetype: "base",
  openingHours: everyDay.map((day) => ({ day, start: "00:00:00", end: "00:00:00" })),
  sessionStarts: everyDay.map((day) => ({ day, time: "00:00:00" })),
  sessionEnds: everyDay.map((day) => ({ day, time: "00:00:00" })),
};

/** 2000 daily bars from 2020-01-01 UTC: a random walk on a grid of a cent, the same on every machine. */
export function demoBars(): Bar[] {
  const random = linearCongruential(20_200_101);
  const start = Date.UTC(2020, 0, 1);
  let ticks = 10_000;
  return Array.from({ length: 2000 }, (_, index) => {
    const open = ticks;
    const close = Math.max(100, open + Math.round((random() - 0.495) * 400));
    const high = Math.max(open, close) + Math.round(random() * 120);
    const low = Math.max(1, Math.min(open, close) - Math.round(random() * 120));
    ticks = close;
    return {
      openTimeMs: start + index * 86_400_000,
      open: open / 100,
      high: high / 100,
      low: low / 100,
      close: close / 100,
      volume: Math.round(1000 + random() * 9000),
    };
  });
}

/** Writes demo script and demo data. */
export function writeDemo(paths: WorkdirPaths): void {
  mkdirSync(paths.scripts, { recursive: true });
  writeFileSync(join(paths.scripts, "demo.ts"), demoScript);
  const { minmove, pricescale } = demoSymbol;
  const options = { timeframe: parseTimeframe(demoSymbol.period), grid: { minmove, pricescale } };
  using writer = OhlcvWriter.create(join(paths.data, "demo.ohlcv"), options);
  writer.append(demoBars());
  writeSymbolFile(join(paths.data, "demo.toml"), { symInfo: demoSymbol, download: "" });
}
