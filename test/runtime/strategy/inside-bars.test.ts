/** Scripts that run inside bars, and orders that fill along finer bars. */
import { describe, expect, test } from "bun:test";
import { ta, strategy, type StrategyContext, type StrategySettings } from "pynecore";

import { runScript } from "../../../src/runtime/run.ts";
import { symbol } from "../fixtures.ts";
import { barsOf, minute, plotOf, simulate, tradesOf } from "./harness.ts";

const calm = "100/101/99/100";
const onFills: StrategySettings = { calcOnOrderFills: true };
const onTicks: StrategySettings = { calcOnEveryHistoryTick: true };

/** What a script sees each time it runs. */
type Look = readonly [bar: number, open: number, high: number, low: number, close: number, volume: number];
const look = (s: StrategyContext): Look => [
  s.barIndex,
  s.open.now,
  s.high.now,
  s.low.now,
  s.close.now,
  s.volume.now,
];

describe("calc_on_order_fills", () => {
  test("state goes back before each run, a plain variable does not", async () => {
    for (const [calcOnOrderFills, plain] of [
      [true, [1, 3, 4, 5, 6]],
      [false, [1, 2, 3, 4, 5]],
    ] as const) {
      const script = strategy("t", { calcOnOrderFills }, (s) => {
        const runs = s.state(0);
        const nested = s.state<{ list: number[] }>({ list: [] });
        let executions = 0;
        return () => {
          runs.value++;
          nested.value.list.push(1);
          executions++;
          if (s.positionSize === 0) s.entry("Long", "long");
          s.plot("var", runs.value);
          s.plot("list", nested.value.list.length);
          s.plot("varip", executions);
        };
      });
      const result = await runScript(script, {
        columns: barsOf(`5*${calm}`),
        symInfo: symbol(),
        timeframe: "5",
      });
      expect(plotOf(result, "var")).toEqual([1, 2, 3, 4, 5]);
      expect(plotOf(result, "list")).toEqual([1, 2, 3, 4, 5]);
      expect(plotOf(result, "varip")).toEqual([...plain]);
    }
  });

  test("indicators end every bar as if it had run once", async () => {
    const bars = Array.from({ length: 60 }, (_, index) => {
      const open = 100 + ((index * 17) % 11);
      return `${open}/${open + 3}/${open - 2}/${open + ((index * 5) % 4) - 1}`;
    }).join(" ");
    const run = (settings: StrategySettings) =>
      runScript(
        strategy("t", settings, (s) => {
          const [ema, rsi, highest] = [ta.ema(s.close, 5), ta.rsi(s.close, 4), ta.highest(s.high, 7)];
          const { upper } = ta.bb(s.hl2, 6, 2);
          const up = ta.crossover(s.close, ema);
          return () => {
            s.plot("ema", ema.now);
            s.plot("rsi", rsi.now);
            s.plot("highest", highest.now);
            s.plot("upper", upper.now);
            s.plot("up", up.now);
          };
        }),
        { columns: barsOf(bars), symInfo: symbol(), timeframe: "5" },
      );
    const [once, often] = [await run({}), await run(onTicks)];
    for (const { title } of once.plots) expect(plotOf(often, title)).toEqual(plotOf(once, title));
  });

  test("a run inside a bar knows the bar up to there", async () => {
    const looks: Look[] = [];
    await simulate(
      `3*${calm}`,
      (s) => {
        looks.push(look(s));
        if (s.barIndex === 0) s.entry("L", "long");
      },
      { settings: onFills, volume: 1000 },
    );
    expect(looks).toEqual([
      [0, 100, 101, 99, 100, 1000],
      [1, 100, 100, 100, 100, 250],
      [1, 100, 101, 99, 100, 1000],
      [2, 100, 101, 99, 100, 1000],
    ]);
  });

  test("the script runs again after every point of the path at which something filled", async () => {
    const bodies: number[] = [];
    let count = 0;
    const result = await simulate(
      `5*${calm}`,
      (s) => {
        count++;
        bodies[s.barIndex] = count;
        if (s.barIndex === 0) s.entry("L", "long");
        if (s.positionSize > 0) s.closeAll();
      },
      { settings: onFills },
    );
    expect(bodies).toEqual([1, 4, 5, 6, 7]);
    expect(tradesOf(result)).toEqual(["L +1 100@1 > Close position order 100@1"]);
  });

  test("an order placed inside a bar meets only what is left of its path", async () => {
    // The low comes first: the spike to 90 is over when the script knows of its entry at 105.
    const result = await simulate(
      "100 100/110/90/108 108",
      (s) => {
        if (s.barIndex === 0) s.entry("L", "long", { stop: 105 });
        if (s.positionSize > 0) s.exit("X", { stop: 91 });
      },
      { settings: onFills },
    );
    expect(tradesOf(result)).toEqual(["L +1 105@1 open"]);
  });

  test("process_orders_on_close switches it off", async () => {
    let runs = 0;
    await simulate(
      `4*${calm}`,
      (s) => {
        runs++;
        if (s.positionSize === 0) s.entry("L", "long", { limit: 99.5 });
      },
      { settings: { ...onFills, processOrdersOnClose: true } },
    );
    expect(runs).toBe(4);
  });
});

describe("calc_on_every_history_tick", () => {
  const bar = "100/104/99/103";

  test("four runs a bar, each with the bar up to there", async () => {
    const looks: Look[] = [];
    await simulate(bar, (s) => void looks.push(look(s)), { settings: onTicks, volume: 1000 });
    expect(looks).toEqual([
      [0, 100, 100, 100, 100, 250],
      [0, 100, 100, 99, 99, 500],
      [0, 100, 104, 99, 104, 750],
      [0, 100, 104, 99, 103, 1000],
    ]);
  });

  test("off: one run", async () => {
    const looks: Look[] = [];
    await simulate(bar, (s) => void looks.push(look(s)), { volume: 1000 });
    expect(looks).toEqual([[0, 100, 104, 99, 103, 1000]]);
  });

  test("with finer bars: a run after each of them", async () => {
    const looks: Look[] = [];
    const finer = barsOf("100 100/100/99/99 99/102/99/102 102/104/102/104 104/104/103/103", { volume: 100 });
    await simulate(bar, (s) => void looks.push(look(s)), {
      settings: onTicks,
      volume: 500,
      stepMs: 5 * minute,
      options: { finer },
    });
    expect(looks).toEqual([
      [0, 100, 100, 100, 100, 100],
      [0, 100, 100, 99, 99, 200],
      [0, 100, 102, 99, 102, 300],
      [0, 100, 104, 99, 104, 400],
      [0, 100, 104, 99, 103, 500],
    ]);
  });

  test("plots of discarded runs are gone", async () => {
    const result = await simulate(bar, (s) => (s.close.now === 104 ? s.plot("only", 1) : undefined), {
      settings: onTicks,
    });
    expect(plotOf(result, "only")).toEqual([NaN]);
    expect([...result.plotted]).toEqual([0]);
  });
});

describe("the bar magnifier", () => {
  const chart = "100/100.5/99.5/100 100/100.5/99.5/100 100/112/88/92 92";
  const quiet = "5*100 5*100";
  const risesFirst = `${quiet} 100/105/100/105 105/112/105/110 110/110/95/95 95/95/88/90 90/92/88/92 5*92`;
  const fallsFirst = `${quiet} 100/100/95/95 95/95/88/90 90/105/90/105 105/112/105/110 110/110/92/92 5*92`;
  const magnified = (finer: string, useBarMagnifier = true) =>
    simulate(
      chart,
      (s) => {
        if (s.barIndex === 0) s.entry("Long", "long");
        if (s.positionSize > 0) s.exit("X", { limit: 110, stop: 90 });
      },
      { stepMs: 5 * minute, settings: { useBarMagnifier }, options: { finer: barsOf(finer) } },
    ).then(tradesOf);

  test("orders fill along the finer bars", async () => {
    expect(await magnified(risesFirst)).toEqual(["Long +1 100@1 > X 110@2"]);
    expect(await magnified(fallsFirst)).toEqual(["Long +1 100@1 > X 90@2"]);
  });

  test("switched off, they fill along the chart's bar", async () => {
    expect(await magnified(risesFirst, false)).toEqual(["Long +1 100@1 > X 90@2"]);
  });

  test("an order placed after a fill late in the bar does not meet what came before", async () => {
    const result = await simulate(
      "100 100/110/90/106 106",
      (s) => {
        if (s.barIndex === 0) s.entry("L", "long", { stop: 105 });
        if (s.positionSize > 0) s.exit("X", { stop: 95 });
      },
      {
        stepMs: 5 * minute,
        settings: onFills,
        options: { finer: barsOf("5*100 100/100/90/100 100/110/100/108 108/108/106/106 2*106 5*106") },
      },
    );
    expect(tradesOf(result)).toEqual(["L +1 105@1 open"]);
  });

  test("a market order that a script places between finer bars fills at the next one's open", async () => {
    const result = await simulate(
      "100 100/110/100/108 108",
      (s) => {
        if (s.barIndex === 0) s.entry("L", "long", { stop: 105 });
        if (s.barIndex === 1 && s.positionSize > 0) s.closeAll();
      },
      {
        stepMs: 5 * minute,
        settings: onFills,
        options: { finer: barsOf("5*100 100 100/107/100/107 107.5 108/110/108/110 110/110/108/108 5*108") },
      },
    );
    expect(tradesOf(result)).toEqual(["L +1 105@1 > Close position order 107.5@1"]);
  });
});
