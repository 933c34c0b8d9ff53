/** How large a report is, and how long it takes to make and to open in a browser. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { strategy, ta } from "../../src/api/script.ts";
import { reportData } from "../../src/report/html/data.ts";
import { renderReport, type ReportAssets } from "../../src/report/html/page.ts";
import { runScript } from "../../src/runtime/run.ts";
import { startBrowser } from "../../test/browser/browser.ts";
import { writeReportAssets } from "../report-assets.ts";
import { median } from "./measure.ts";
import { syntheticColumns, syntheticSymbol } from "./synthetic.ts";

/** Crosses its averages on every thirtieth bar or so. */
const script = strategy("Crossing averages", { overlay: true }, (s) => {
  const [fast, slow] = [ta.sma(s.close, 9), ta.sma(s.close, 21)];
  const [up, down] = [ta.crossover(fast, slow), ta.crossunder(fast, slow)];
  return () => {
    if (up.now) s.entry("L", "long");
    if (down.now) s.entry("S", "short");
    s.plot("Fast", fast.now);
    s.plot("Slow", slow.now);
  };
});

/** Prints size, time to make, and time from asking for the page to a chart that can be used. */
export async function bench(): Promise<void> {
  const assets = (await Bun.file(await writeReportAssets()).json()) as ReportAssets;
  const browser = await startBrowser();
  if (browser === undefined) return;
  const folder = mkdtempSync(join(tmpdir(), "pyne-bench-report-"));
  try {
    for (const bars of [10_000, 100_000, 500_000]) {
      const symInfo = syntheticSymbol;
      const result = await runScript(script, { columns: syntheticColumns(bars), symInfo, timeframe: "1" });
      const started = performance.now();
      const context = { symInfo, timeframe: "1", dataName: "", contentHash: "", version: "", createdMs: 0 };
      const page = renderReport(reportData(result, context), assets);
      const makeMs = performance.now() - started;
      const path = join(folder, `${bars}.html`);
      writeFileSync(path, page);
      const opens: number[] = [];
      for (let run = 0; run < 5; run++) {
        const tab = await browser.newPage();
        const asked = performance.now();
        await tab.goto(`file://${path}`);
        await tab.waitForSelector("html[data-ready=true]");
        opens.push(performance.now() - asked);
        await tab.close();
      }
      const trades = result.strategy?.closedTrades.length ?? 0;
      console.log(
        `${bars.toLocaleString("en")} bars, ${trades.toLocaleString("en")} trades: ${(page.length / 1e6).toFixed(2)} MB, made in ${makeMs.toFixed(0)} ms, open in ${median(opens).toFixed(0)} ms`,
      );
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
