/** How fast the kernels of technical analysis are, one call per bar, against loops written by hand. */
import type { BarColumns } from "../../src/kernel/bar.ts";
import {
  PercentileLinearInterpolation,
  PercentileNearestRank,
} from "../../src/runtime/lib/ta/percentiles.ts";
import { Stoch } from "../../src/runtime/lib/ta/oscillators.ts";
import { Pivothigh } from "../../src/runtime/lib/ta/pivots.ts";
import { Correlation, Linreg } from "../../src/runtime/lib/ta/regression.ts";
import { Dmi, Supertrend } from "../../src/runtime/lib/ta/trend.ts";
import { Vwap } from "../../src/runtime/lib/ta/volume.ts";
import * as limit from "./limit/lib.ts";
import { median } from "./measure.ts";
import { syntheticColumns } from "./synthetic.ts";

const dayMs = 86_400_000;

/** A function of the library, stepped bar by bar, and the loop that does the same. */
interface Work {
  readonly name: string;
  /** Makes what computes one bar. */
  readonly kernel: (bars: BarColumns) => (i: number) => number;
  readonly loop: (bars: BarColumns) => Float64Array;
}

const work: readonly Work[] = [
  {
    name: "supertrend 3, 10",
    kernel: ({ high, low, close }) => {
      const k = new Supertrend(0);
      return (i) => k.next(high[i]!, low[i]!, close[i]!, i > 0 ? close[i - 1]! : Number.NaN, 3, 10);
    },
    loop: (bars) => limit.supertrend(bars, 3, 10).line,
  },
  {
    name: "dmi 14, 14",
    kernel: ({ high, low, close }) => {
      const k = new Dmi(0);
      return (i) => k.next(high[i]!, low[i]!, i > 0 ? close[i - 1]! : Number.NaN, 14, 14);
    },
    loop: (bars) => limit.dmi(bars, 14, 14).adx,
  },
  {
    name: "linreg 100",
    kernel: ({ close }) => {
      const k = new Linreg(0);
      return (i) => k.next(close[i]!, 100, 0);
    },
    loop: (bars) => limit.linreg(bars, 100),
  },
  {
    name: "percentile 200, linear",
    kernel: ({ close }) => {
      const k = new PercentileLinearInterpolation(0);
      return (i) => k.next(close[i]!, 200, 75);
    },
    loop: (bars) => limit.percentileLinear(bars, 200, 75),
  },
  {
    name: "percentile 100, nearest",
    kernel: ({ close }) => {
      const k = new PercentileNearestRank(0);
      return (i) => k.next(close[i]!, 100, 25);
    },
    loop: (bars) => limit.percentileNearest(bars, 100, 25),
  },
  {
    name: "correlation 50",
    kernel: ({ close, volume }) => {
      const k = new Correlation(0);
      return (i) => k.next(close[i]!, volume[i]!, 50);
    },
    loop: (bars) => limit.correlation(bars, 50),
  },
  {
    name: "pivothigh 20, 20",
    kernel: ({ high }) => {
      const k = new Pivothigh(0);
      return (i) => k.next(high[i]!, 20, 20);
    },
    loop: (bars) => limit.pivot(bars.high, 20, 20, 1),
  },
  {
    name: "stoch 200",
    kernel: ({ close, high, low }) => {
      const k = new Stoch(0);
      return (i) => k.next(i, close[i]!, high[i]!, low[i]!, 200);
    },
    loop: (bars) => limit.stoch(bars, 200),
  },
  {
    name: "vwap of the day",
    kernel: ({ openTimeMs, close, volume }) => {
      const k = new Vwap();
      let day = -1;
      return (i) => {
        const today = Math.floor(openTimeMs[i]! / dayMs);
        const anchor = today !== day;
        day = today;
        return k.next(volume[i]!, close[i]!, anchor);
      };
    },
    loop: (bars) => limit.vwap(bars),
  },
];

const runs = 9;

/** Prints milliseconds over 100,000 bars, and that both ways give the same bits. */
export function bench(): void {
  const bars = syntheticColumns(100_000);
  let [total, totalLimit] = [0, 0];
  console.log(`${"".padEnd(28)}${"kernel".padStart(10)}${"loop".padStart(10)}${"ratio".padStart(8)}`);
  for (const { name, kernel, loop } of work) {
    const [stepped, looped]: [number[], number[]] = [[], []];
    const out = new Float64Array(bars.length);
    let expected: Float64Array = out;
    for (let run = 0; run < runs; run++) {
      const started = performance.now();
      const step = kernel(bars);
      for (let i = 0; i < bars.length; i++) out[i] = step(i);
      const between = performance.now();
      expected = loop(bars);
      looped.push(performance.now() - between);
      stepped.push(between - started);
    }
    const wrong = out.findIndex((value, i) => !Object.is(value, expected[i]!));
    const [ms, limitMs] = [median(stepped), median(looped)];
    total += ms;
    totalLimit += limitMs;
    const verdict = wrong < 0 ? "" : `  bar ${wrong}: ${out[wrong]}, not ${expected[wrong]}`;
    console.log(row(name, ms, limitMs) + verdict);
  }
  console.log(row("together", total, totalLimit));
}

function row(name: string, ms: number, limitMs: number): string {
  const ratio = (ms / limitMs).toFixed(2);
  return `${name.padEnd(28)}${ms.toFixed(2).padStart(10)}${limitMs.toFixed(2).padStart(10)}${ratio.padStart(8)}`;
}
