/** What a finished run prints. */
import { describe, expect, test } from "bun:test";
import { indicator, strategy, type ScriptModule } from "pynecore";

import { showsUnicode } from "../../src/cli/summary-look.ts";
import { sparkLevels, sparkline } from "../../src/report/sparkline.ts";
import { summaryLines, type SummaryLook } from "../../src/report/summary.ts";
import { runScript } from "../../src/runtime/run.ts";
import { statisticsOf } from "../../src/runtime/strategy/statistics.ts";
import { rampColumns, symbol } from "../runtime/fixtures.ts";

async function lines(script: ScriptModule, look?: SummaryLook): Promise<string[]> {
  const result = await runScript(script, {
    columns: rampColumns(8),
    symInfo: symbol(),
    timeframe: "5",
  });
  const { strategy: run } = result;
  const statistics = run === undefined ? undefined : statisticsOf(run.desk, run.equity);
  return summaryLines(result, statistics, "0123456789abcdef", look);
}

const traded = strategy("Traded", { initialCapital: 1000 }, (s) => () => {
  if (s.barIndex === 0) s.entry("L", "long", { qty: 1 });
  if (s.barIndex === 3) s.entry("S", "short", { qty: 1 });
});

test("a strategy in a pipe: the same text every time, nothing but text", async () => {
  expect(await lines(traded)).toEqual([
    "strategy          Traded",
    "bars              8, 2024-01-01 00:00 to 2024-01-01 00:35 UTC",
    "data hash         0123456789ab",
    "net profit        3.00 (0.30 %)",
    "max drawdown      1.50 (0.15 %)",
    "trades            1 closed (1 won, 0 lost), 1 open",
    "win rate          100.00 %",
    "profit factor     -",
    "expectancy        3.00 a trade",
    "sharpe ratio      -1.212",
    "open profit       -3.50",
    "gross             3.00 won, 0.00 lost",
  ]);
});

test("a strategy that never traded has no ratios", async () => {
  const text = (await lines(strategy("Idle", {}, () => () => {}))).join("\n");
  for (const line of ["win rate          -", "profit factor     -", "expectancy        -"])
    expect(text).toContain(line);
});

test("an indicator says what it plotted", async () => {
  const script = indicator("I", {}, (s) => () => s.plot("Close", s.close.now));
  expect((await lines(script)).at(-1)).toBe("plots             Close");
});

test("on a terminal: dim labels, tones, the curve of equity", async () => {
  const look: SummaryLook = {
    levels: sparkLevels.unicode,
    label: (text) => `<${text}>`,
    good: (text) => `+${text}+`,
    bad: (text) => `-${text}-`,
  };
  expect((await lines(traded, look)).slice(3, 6)).toEqual([
    "<equity            >+▂▃▆██▆▃▁+",
    "<net profit        >+3.00 (0.30 %)+",
    "<max drawdown      >-1.50 (0.15 %)-",
  ]);
});

describe("a sparkline", () => {
  test.each([
    [[], 8, ""],
    [[5], 8, "▁"],
    [[1, 1, 1], 8, "▁▁▁"],
    [[0, 1, 2, 3, 4, 5, 6, 7], 8, "▁▂▃▄▅▆▇█"],
    [[0, 1, 2, 3, 4, 5, 6, 7], 4, "▁▃▆█"],
    [[1, -1, 1], 8, "█▁█"],
  ])("%p in %d columns: %s", (values, width, expected) =>
    expect(sparkline(values, width, sparkLevels.unicode)).toBe(expected),
  );

  test("where a terminal has no more than ASCII, so has the curve", () =>
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8, sparkLevels.ascii)).toMatch(/^[ -~]{8}$/));
});

test.each([
  [{ LANG: "en_US.UTF-8" }, "linux", true],
  [{ LANG: "de_DE.utf8" }, "linux", true],
  [{ LANG: "C" }, "linux", false],
  [{ LC_ALL: "C", LANG: "en_US.UTF-8" }, "linux", false],
  [{ LC_ALL: "", LC_CTYPE: "C.UTF-8", LANG: "C" }, "linux", true],
  [{}, "linux", false],
  [{}, "darwin", true],
  [{}, "win32", false],
  [{ WT_SESSION: "1" }, "win32", true],
] as const)("%p on %s shows Unicode: %p", (env, platform, expected) =>
  expect(showsUnicode(env, platform)).toBe(expected),
);
