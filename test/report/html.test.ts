/** What a report shows of a run, and that nothing a script or a symbol is called can break out of it. */
import { describe, expect, test } from "bun:test";
import { inflateRawSync } from "node:zlib";
import { indicator, input, strategy, type ScriptModule } from "pynecore";

import { matching, sorted, tradeAt, type TradeKey } from "../../src/report/html/client/trade-list.ts";
import type { Report } from "../../src/report/html/client/report.ts";
import { type ReportData, reportData } from "../../src/report/html/data.ts";
import { embedded } from "../../src/report/html/embed.ts";
import { equityCurve } from "../../src/report/html/equity.ts";
import { monthlyReturns } from "../../src/report/html/monthly.ts";
import { renderReport } from "../../src/report/html/page.ts";
import { cleaned, html, jsonInScript } from "../../src/report/html/safe-html.ts";
import { decodeColumn } from "../../src/report/html/wire/columns.ts";
import { barColumns, tradeColumns } from "../../src/report/html/wire/embedded.ts";
import { type RunOptions, runScript } from "../../src/runtime/run.ts";
import { rampColumns, symbol } from "../runtime/fixtures.ts";

const assets = { script: "console.log('</script>', 1 < 2)", style: "p{}" };

async function dataOf(script: ScriptModule, options: Partial<RunOptions> = {}): Promise<ReportData> {
  const symInfo = options.symInfo ?? symbol();
  const result = await runScript(script, {
    columns: rampColumns(8),
    timeframe: "5",
    ...options,
    symInfo,
  });
  return reportData(result, {
    symInfo,
    timeframe: "5",
    dataName: "TEST.ohlcv",
    contentHash: "c0ffee",
    version: "1.2.3",
    createdMs: Date.UTC(2024, 1, 1),
  });
}

/** Long on bar 1, half of it closed on bar 3, short on bar 5. Bars open at 100, 101, ... */
const traded = strategy("Traded", { overlay: true, initialCapital: 1000 }, (s) => {
  const size = input.float("Size", 2);
  return () => {
    if (s.barIndex === 0) s.entry("L", "long", { qty: size, comment: "go <b>long</b>" });
    if (s.barIndex === 2) s.close("L", { qty: 1 });
    if (s.barIndex === 4) s.entry("S", "short", { qty: 1 });
    s.plot("Close", s.close.now);
    s.plot("Even", s.barIndex % 2 === 0);
  };
});

describe("the data of a report", () => {
  test("trades: closed ones first, open ones marked at the last close", async () => {
    const { trades } = (await dataOf(traded)).strategy!;
    expect(
      trades.map(({ entryBar, exitBar, size, entryPrice, exitPrice, profit, entrySignal }) => [
        ...[entryBar, exitBar, size, entryPrice, exitPrice, profit, entrySignal],
      ]),
    ).toEqual([
      [1, 3, 1, 101, 103, 2, "go <b>long</b>"],
      [1, 5, 1, 101, 105, 4, "go <b>long</b>"],
      [5, Number.NaN, -1, 105, 107.5, -2.5, "S"],
    ]);
    expect(trades.map((trade) => trade.cumulativeProfit)).toEqual([2, 6, 6]);
  });

  test("figures by side", async () => {
    const { performance } = (await dataOf(traded)).strategy!;
    const row = (label: string): (number | undefined)[] => {
      const found = performance.rows.find((candidate) => candidate.label === label);
      return [found?.all, found?.long, found?.short];
    };
    expect(row("Closed trades")).toEqual([2, 2, 0]);
    expect(row("Open trades")).toEqual([1, 0, 1]);
    expect(row("Expectancy (mean of a trade)")).toEqual([3, 3, undefined]);
    expect(row("Largest win")).toEqual([4, 4, undefined]);
    expect(row("Mean bars in a trade")).toEqual([3, 3, undefined]);
    expect(row("Profit factor")).toEqual([undefined, undefined, undefined]);
    // 1000 bought at 100.5 and valued at 107.5.
    expect(row("Buy and hold")[0]).toBeCloseTo((1000 / 100.5) * 7, 9);
  });

  test("plots stand where the script wants them; yes and no are marks", async () => {
    const shown = ({ visuals }: ReportData): unknown =>
      visuals.map(({ title, kind, overlay }) => [title, kind, overlay]);
    expect(shown(await dataOf(traded))).toEqual([
      ["Close", "line", true],
      ["Even", "mark", true],
    ]);
    const own = await dataOf(indicator("x", {}, (s) => () => s.plot("A", 1)));
    expect(shown(own)).toEqual([["A", "line", false]]);
    expect(own.strategy).toBeUndefined();
  });

  test("only executed bars count, everything from the first of them on", async () => {
    const late = strategy("Late", { calcBarsCount: 5, initialCapital: 1000 }, (s) => () => {
      if (s.barIndex === 4) s.entry("L", "long", { qty: 1 });
    });
    const { bars, strategy: report } = await dataOf(late);
    expect([bars.length, bars.open[0]]).toEqual([5, 103]);
    expect(report?.trades[0]?.entryBar).toBe(2);
    expect(report?.curve.length).toBe(5);
  });

  test("times are the exchange's, through a change of its clocks", async () => {
    const columns = rampColumns(4);
    // 2024-03-10: New York moves from UTC-5 to UTC-4 at 07:00 UTC.
    columns.openTimeMs.set([5, 6, 7, 8].map((hour) => Date.UTC(2024, 2, 10, hour)));
    const data = await dataOf(traded, { columns, symInfo: symbol({ timezone: "America/New_York" }) });
    expect(data.bars.offsets).toEqual([
      [0, -5 * 3_600_000],
      [2, -4 * 3_600_000],
    ]);
    expect([data.from, data.to]).toEqual(["2024-03-10 00:00", "2024-03-10 04:00"]);
  });
});

describe("equity", () => {
  test("drawdown is measured from the highest equity so far", () => {
    const curve = equityCurve(Float64Array.of(100, 120, 90, 110, 130, 117), 100);
    expect(curve.drawdown.map((value) => Math.round(value * 100) / 100)).toEqual([0, 0, -25, -8.33, 0, -10]);
    expect(curve).toMatchObject({
      deepest: -25,
      deepestBar: 2,
      longestUnderwater: 2,
      lowest: 90,
      highest: 130,
    });
  });

  test("a long curve is thinned and keeps its ends and extremes", () => {
    const equity = Float64Array.from({ length: 50_000 }, (_, bar) => 1000 + Math.sin(bar / 700) * 10);
    equity[31_234] = 2000;
    equity[31_240] = 1;
    const { bars, equity: kept } = equityCurve(equity, 1000);
    expect(bars.length).toBeLessThan(1300);
    expect([bars[0], bars.at(-1)]).toEqual([0, 49_999]);
    expect([Math.max(...kept), Math.min(...kept)]).toEqual([2000, 1]);
    expect(bars).toEqual(bars.toSorted((a, b) => a - b));
  });

  test("months: from the end of one to the end of the next, years compound", () => {
    const at = (text: string): number => Date.parse(`${text}Z`);
    const times = ["2023-11-30T22:00", "2023-12-31T20:00", "2023-12-31T23:30", "2024-02-01T00:00"];
    const openTimeMs = Float64Array.from(times, at);
    const equity = Float64Array.of(110, 121, 133.1, 66.55);
    const round = (value: number | undefined): number | undefined => value && Math.round(value * 10) / 10;
    const table = (offsets: [number, number][]): unknown =>
      monthlyReturns({ openTimeMs, offsets }, equity, 100).map(({ year, months, total }) => [
        ...[year, round(total)],
        Object.fromEntries(
          months.flatMap((value, month) => (value === undefined ? [] : [[month + 1, round(value)]])),
        ),
      ]);
    expect(table([[0, 0]])).toEqual([
      [2023, 33.1, { 11: 10, 12: 21 }],
      [2024, -50, { 2: -50 }],
    ]);
    // An hour further east the third bar is in the new year.
    expect(table([[0, 3_600_000]])).toEqual([
      [2023, 21, { 11: 10, 12: 10 }],
      [2024, -45, { 1: 10, 2: -50 }],
    ]);
  });
});

describe("what the page carries", () => {
  test("bars, plots and trades read back as they were", async () => {
    const data = await dataOf(traded);
    const { head, columns } = embedded(data);
    const bytes = new Uint8Array(inflateRawSync(Buffer.from(columns, "base64")));
    let offset = 0;
    const read = head.columns.map(({ decimals, bytes: length }, index) => {
      offset += length;
      const count = index < barColumns.length + head.visuals.length ? head.bars : head.trades;
      return [...decodeColumn(bytes.subarray(offset - length, offset), decimals, count)];
    });
    expect(offset).toBe(bytes.length);
    expect(read.slice(0, 6)).toEqual(barColumns.map((name) => [...data.bars[name]]));
    expect(read.slice(6, 8)).toEqual(
      data.visuals.map((visual) => ("values" in visual ? [...visual.values] : [])),
    );
    const signals = read
      .slice(8)
      .slice(-2)
      .map((column) => column.map((index) => head.signals[index]));
    expect(signals[0]).toEqual(data.strategy!.trades.map((trade) => trade.entrySignal));
    expect(read.length).toBe(6 + 2 + tradeColumns.length);
  });
});

/** Names that try to leave the place they are put in. */
const hostile = [
  "</script><script>alert(1)</script>",
  "<!--<script>",
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  "a\u2028b\u2029c",
  "&lt;b&gt; &amp;",
  "\u202egnp.exe",
  "\u0000\u0008",
  "]]>",
  "${1}`",
];

describe("hostile names", () => {
  const benign = renderReportOf("Traded", "go", "plain");
  const tags = (page: string): string[] => page.match(/<\/?[a-z!][^\s>]*/gi) ?? [];

  async function renderReportOf(title: string, comment: string, description: string): Promise<string> {
    const script = strategy(title, { initialCapital: 1000 }, (s) => {
      const size = input.float(`${title} size`, 1);
      return () => {
        if (s.barIndex === 0) s.entry(comment, "long", { qty: size, comment });
        s.plot(comment, s.close.now);
      };
    });
    return renderReport(await dataOf(script, { symInfo: symbol({ description, ticker: title }) }), assets);
  }

  test.each(hostile)("%j changes no tag of the page and reads back", async (name) => {
    const page = await renderReportOf(name, name, name);
    expect(tags(page)).toEqual(tags(await benign));
    expect(/[\u2028\u2029\u202e\u0000\u0008]/.test(page)).toBe(false);
    const json = /<script type="application\/json"[^>]*>([^<]*)<\/script>/.exec(page)?.[1] ?? "";
    const head = JSON.parse(json) as { title: string; signals: string[] };
    expect([head.title, head.signals[0]]).toEqual([cleaned(name), cleaned(name)]);
  });

  test("text and attributes are escaped, markup of our own is not, lists are joined", () => {
    const row = html`<i title="${"\"'<&>"}">${"<b>"}${[html`<u>1</u>`, 2]}${undefined}</i>`;
    expect(row.text).toBe('<i title="&quot;&#39;&lt;&amp;&gt;">&lt;b&gt;<u>1</u>2</i>');
    expect(jsonInScript({ a: "</script>&\u2028" }).text).toBe('{"a":"\\u003c/script\\u003e\\u0026\\u2028"}');
  });

  test("the policy names the page's own script and style by hash, and nothing else may load", async () => {
    const page = await benign;
    const sha = (text: string): string => new Bun.CryptoHasher("sha256").update(text).digest("base64");
    const script = /<script>([\s\S]*?)<\/script>/.exec(page)?.[1] ?? "";
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? "";
    const policy = /Content-Security-Policy"\s+content="([^"]*)"/.exec(page)?.[1]?.replaceAll("&#39;", "'");
    expect(policy).toBe(
      `default-src 'none'; script-src 'sha256-${sha(script)}'; style-src 'sha256-${sha(style)}'; base-uri 'none'; form-action 'none'`,
    );
    expect(page.match(/(?:src|href)="(?!#)[^"]*"/g)).toEqual(['href="https://www.tradingview.com/"']);
    expect(/ (?:style|on[a-z]+)="/.test(page)).toBe(false);
  });
});

describe("the list of trades", () => {
  const report: Report = {
    head: { trades: 4, bars: 20, signals: ["Break out", "Stop", "open"] } as unknown as Report["head"],
    bars: {} as Report["bars"],
    columns: [],
    localMs: new Float64Array(20),
    trades: Object.fromEntries(
      Object.entries({
        entryBar: [1, 4, 8, 15],
        exitBar: [3, 8, 12, Number.NaN],
        size: [1, -2, 3, 1],
        profit: [5, -3, 0, 9],
        entrySignal: [0, 1, 0, 1],
        exitSignal: [1, 0, 1, 2],
      }).map(([name, values]) => [name, Float64Array.from(values)]),
    ) as unknown as Report["trades"],
  };
  const label = (bar: number): string => (bar >= 0 ? `day ${bar}` : "");

  test.each([
    ["", "", "", [0, 1, 2, 3]],
    ["", "short", "", [1]],
    ["", "", "won", [0]],
    ["", "", "lost", [1]],
    ["", "", "open", [3]],
    ["BREAK", "", "", [0, 1, 2]],
    ["day 12", "", "", [2]],
    ["stop", "long", "won", [0]],
    ["nothing like it", "", "", []],
  ] as const)("search %j, side %j, result %j: %p", (search, side, result, expected) =>
    expect(matching(report, { search, side, result }, label)).toEqual([...expected]),
  );

  test.each([
    ["number", true, [3, 2, 1, 0]],
    ["profit", false, [1, 2, 0, 3]],
    ["profit", true, [3, 0, 2, 1]],
    ["size", true, [2, 1, 0, 3]],
    ["side", false, [0, 2, 3, 1]],
    ["bars", false, [0, 1, 2, 3]],
    ["exitBar", true, [2, 1, 0, 3]],
  ] as [TradeKey, boolean, number[]][])("by %s, descending %p: %p", (key, descending, expected) =>
    expect(sorted(report, [0, 1, 2, 3], key, descending)).toEqual(expected),
  );

  test.each([
    [1, 1, 0],
    [5, 1, 1],
    [8, 0, 1],
    [10, 1, 2],
    [14, 1, 3],
    [17, 0, 3],
    [0, 0, -1],
  ])("a click on bar %d with reach %d selects trade %d", (bar, reach, expected) =>
    expect(tradeAt(report, bar, reach)).toBe(expected),
  );
});
