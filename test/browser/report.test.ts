/** The HTML report in a real browser: what a person sees, clicks and types. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";

import { dark, light } from "../../src/report/html/palette.ts";
import { startBrowser } from "./browser.ts";
import { Sandbox } from "../e2e/pyne.ts";

const root = join(import.meta.dir, "../..");
const browser = await startBrowser();
let box: Sandbox;
/** Paths of reports by name. */
let reports: Readonly<Record<"strategy" | "indicator" | "shown" | "long", string>>;

beforeAll(async () => {
  box = await Sandbox.withWorkdir();
  cpSync(join(root, "scripts/demo/ma-cross.ts"), join(box.workdir, "scripts/ma-cross.ts"));
  cpSync(join(root, "test/golden/truth/strat-macd/data.csv"), join(box.workdir, "data/EURUSD_60.csv"));
  cpSync(join(root, "test/golden/truth/strat-macd/syminfo.toml"), join(box.workdir, "data/EURUSD_60.toml"));
  box.write(
    "project/workdir/scripts/channel.ts",
    `import { indicator, ta } from "pynecore";
export default indicator("</script><b>Channel</b>", {}, (s) => {
  const mean = ta.sma(s.close, 20);
  return () => { s.plot("RSI \\u2028 <i>", mean.now); s.plot("Above", s.close.now > mean.now); };
});`,
  );
  box.write(
    "project/workdir/scripts/shown.pine",
    `//@version=6
indicator("Shown")
a = plot(ta.rsi(close, 14), "RSI", close > open ? color.green : color.red)
h = hline(70)
l = hline(30)
fill(h, l, color.new(color.purple, 80))
plotshape(ta.crossover(close, ta.sma(close, 20)), "Up", shape.triangleup, location.belowbar, text = "up", force_overlay = true)
plotchar(close > open, "Star", "★", location.top)
bgcolor(close > open ? color.new(color.green, 90) : na)
barcolor(close > open ? color.yellow : na)
plotcandle(open, high, low, close, "K", color.blue, force_overlay = true)
if barstate.islast
    label.new(bar_index, na, "<b>last</b>", yloc = yloc.abovebar, force_overlay = true)
    line.new(bar_index - 10, 40, bar_index, 60, extend = extend.both)
    box.new(bar_index - 30, 80, bar_index - 10, 20, text = "box")
    polyline.new(array.from(chart.point.from_index(bar_index - 9, 1), chart.point.from_index(bar_index, 99)))
    t = table.new(position.top_right, 2, 1)
    table.cell(t, 0, 0, "</script>")
    table.cell(t, 1, 0, "cell")`,
  );
  box.write("project/workdir/data/long.csv", longData(100_000));
  const report = async (script: string, data: string, ...rest: string[]): Promise<string> => {
    const outcome = await box.pyne("run", script, data, "--json", "--no-plot", "--report", ...rest);
    expect(outcome).toMatchObject({ exitCode: 0 });
    return (JSON.parse(outcome.stdout) as { files: { report: string } }).files.report;
  };
  reports = {
    strategy: await report("ma-cross", "EURUSD_60"),
    indicator: await report("channel", "demo", "indicator.html"),
    shown: await report("shown", "demo"),
    long: await report("ma-cross", "long", "./long.html"),
  };
}, 120_000);
afterAll(async () => {
  await browser?.close();
  box[Symbol.dispose]();
});

/** A walk of prices, the same every time. */
function longData(bars: number): string {
  const lines = ["time,open,high,low,close,volume"];
  let [price, seed] = [50_000, 7];
  for (let bar = 0; bar < bars; bar++) {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    const close = Math.max(1000, price + ((seed >>> 8) % 2001) / 10 - 100);
    const [high, low] = [Math.max(price, close) + 15.5, Math.min(price, close) - 15.5];
    lines.push(
      [
        1_600_000_000 + bar * 300,
        ...[price, high, low, close].map((value) => value.toFixed(1)),
        seed % 997,
      ].join(),
    );
    price = Number(close.toFixed(1));
  }
  return lines.join("\n");
}

describe("the file", () => {
  test("a default name in the output folder, a bare name there too, a path where it says", () => {
    expect(reports.strategy).toBe(join(box.workdir, "output/ma-cross.html"));
    expect(reports.indicator).toBe(join(box.workdir, "output/indicator.html"));
    expect(reports.long).toBe(join(box.folder, "long.html"));
  });

  test("100,000 bars with two averages and their trades fit in 3 MB", () => {
    expect(statSync(reports.long).size).toBeLessThan(3e6);
  });

  test("nothing in it names a folder of this machine", () => {
    expect(readFileSync(reports.strategy, "utf8").includes(box.root)).toBe(false);
  });

  test("the summary says where it is; a folder takes the usual name; what is no file is said", async () => {
    const outcome = await box.pyne("run", "demo", "demo", "--report");
    expect(outcome.stdout).toContain(`report            ${join(box.workdir, "output/demo.html")}\n`);
    const folder = await box.pyne("run", "demo", "demo", "--report=reports/");
    expect(folder.stdout).toContain(`report            ${join(box.folder, "reports/demo.html")}\n`);
    const wrong = await box.pyne("run", "demo", "demo", "--report", "out.pdf");
    expect(wrong).toMatchObject({ exitCode: 2 });
    expect(wrong.stderr).toContain('unexpected argument "out.pdf"');
  });
});

/** Opens a report; everything that went wrong in it is collected. */
async function open(
  path: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; complaints: string[] } & AsyncDisposable> {
  const context = await browser!.newContext({
    viewport: { width: 1280, height: 900 },
    reducedMotion: "reduce",
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    // Of the test's own looks at pixels the browser complains too.
    if (message.text().startsWith("Canvas2D: Multiple readback operations")) return;
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (request.url() !== `file://${path}`) complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(`file://${path}`);
  await page.waitForSelector("html[data-ready]");
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/** The share of a chart's pixels that differ from its commonest colour, and that colour. */
function inkOf(page: Page): Promise<{ ink: number; ground: string }> {
  return page.locator("#chart canvas").evaluateAll((canvases) => {
    const counts = new Map<string, number>();
    for (const canvas of canvases as HTMLCanvasElement[]) {
      const { width, height } = canvas;
      if (width === 0 || height === 0) continue;
      const pixels = canvas.getContext("2d")!.getImageData(0, 0, width, height).data;
      for (let at = 0; at < pixels.length; at += 4) {
        if (pixels[at + 3] !== 255) continue;
        const key = [pixels[at], pixels[at + 1], pixels[at + 2]]
          .map((value) => value!.toString(16).padStart(2, "0"))
          .join("");
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
    const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const [ground, most] = [...counts].toSorted((a, b) => b[1] - a[1])[0] ?? ["", 0];
    return { ink: (all - most) / all, ground: `#${ground}` };
  });
}

const text = (page: Page, selector: string): Promise<string> =>
  page.locator(selector).innerText({ timeout: 60_000 });

describe.skipIf(browser === undefined)("in a browser", () => {
  test("a strategy: opens without a complaint, asks for nothing, draws", async () => {
    await using opened = await open(reports.strategy);
    const { page, complaints } = opened;
    expect(await page.title()).toBe("MA cross · CAPITALCOM:EURUSD 60");
    expect(await text(page, "#chart-readout")).toMatch(
      /^2025-09-12 16:00 {2}O 1\.\d{5} .* Fast 1\.\d{5} {2}Slow 1\.\d{5}$/,
    );
    const { ink, ground } = await inkOf(page);
    expect(ground).toBe(light.surface);
    expect(ink).toBeGreaterThan(0.02);
    expect(complaints).toEqual([]);
  }, 120_000);

  test("trades are filtered, sorted and turned over", async () => {
    await using opened = await open(reports.strategy);
    const { page } = opened;
    const profits = async (): Promise<number[]> =>
      (await page.locator("#trades tbody td:nth-child(8)").allInnerTexts()).map((cell) =>
        Number(cell.replace("−", "-").replace(",", "")),
      );
    expect(await text(page, "#trade-count")).toBe("258 trades");
    expect((await profits()).length).toBe(50);
    await page.getByRole("button", { name: "Next", exact: true }).click();
    expect(await text(page, "#trade-page")).toBe("51 to 100 of 258");
    await page.getByLabel("Result").selectOption("won");
    expect(await text(page, "#trade-count")).toBe("88 of 258 trades");
    expect((await profits()).every((profit) => profit > 0)).toBe(true);
    const heading = page.getByRole("button", { name: "Profit", exact: true });
    await heading.click();
    await heading.click();
    expect(await page.locator("th[aria-sort]").innerText()).toContain("Profit");
    const sorted = await profits();
    expect(sorted).toEqual(sorted.toSorted((a, b) => b - a));
    await page.getByLabel("Search").fill("2023-05");
    expect(await text(page, "#trade-count")).toMatch(/^\d of 258 trades$/);
  }, 120_000);

  test("a trade's number shows it on the chart; a click on the chart selects a trade", async () => {
    await using opened = await open(reports.strategy);
    const { page } = opened;
    await page.getByRole("button", { name: "Trade 7: show on the chart" }).click();
    const words = await text(page, "#chart-live");
    expect(words).toMatch(/^Trade 7 of 258: (long|short) from .* to .*, profit .* USD$/);
    expect(await page.locator("tr.selected").getAttribute("data-trade")).toBe("6");
    // What is in the middle of the chart is between the trade's entry and exit.
    await page.waitForFunction(() => {
      const box = document.querySelector("#chart")!.getBoundingClientRect();
      return box.top >= 0 && box.bottom <= innerHeight;
    });
    const chart = (await page.locator("#chart").boundingBox())!;
    const middle = { x: chart.x + (chart.width - 64) / 2, y: chart.y + chart.height / 2 };
    await page.mouse.move(middle.x, middle.y);
    const [, from = "", to = ""] = /from (.*) to (.*), profit/.exec(words) ?? [];
    const date = (await text(page, "#chart-readout")).slice(0, 16);
    expect([from <= date, date <= to]).toEqual([true, true]);
    await page.getByRole("button", { name: "Trade 9: show on the chart" }).click();
    await page.getByRole("button", { name: "Trade ›" }).click();
    expect(await page.locator("tr.selected").getAttribute("data-trade")).toBe("9");
    await page.mouse.click(middle.x, middle.y);
    expect(await text(page, "#chart-live")).toMatch(/^Trade (9|10|11) of 258/);
  }, 120_000);

  test("the keyboard does all of it", async () => {
    await using opened = await open(reports.strategy);
    const { page, complaints } = opened;
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the content");
    // The focus is seen: an outline of the accent colour.
    expect(await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle)).toBe("solid");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
    for (let presses = 0; presses < 20; presses++) {
      await page.keyboard.press("Tab");
      if ((await page.evaluate(() => document.activeElement?.id)) === "chart") break;
    }
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("chart");
    await page.keyboard.press("ArrowLeft");
    expect(await text(page, "#chart-live")).toMatch(/^2025-09-12 15:00 +O /);
    await page.keyboard.press("Home");
    expect(await text(page, "#chart-readout")).toMatch(/^2022-01-02 17:00 /);
    await page.keyboard.press("n");
    await page.keyboard.press("n");
    expect(await text(page, "#chart-live")).toMatch(/^Trade 2 of 258/);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("chart");
    expect(complaints).toEqual([]);
  }, 120_000);

  test("names, roles and headings are there for those who do not see it", async () => {
    await using opened = await open(reports.strategy);
    const faults = await opened.page.evaluate(() => {
      const found: string[] = [];
      const say = (what: string, element: Element): number =>
        found.push(`${what}: ${element.outerHTML.slice(0, 80)}`);
      const named = (element: Element): boolean =>
        (element.getAttribute("aria-label") ?? element.textContent ?? "").trim() !== "";
      for (const element of document.querySelectorAll("button, a"))
        if (!named(element)) say("no name", element);
      for (const element of document.querySelectorAll<HTMLInputElement>("input, select"))
        if ((element.labels?.length ?? 0) === 0) say("no label", element);
      for (const table of document.querySelectorAll<HTMLTableElement>("table:not([role=presentation])")) {
        if (table.caption === null) say("no caption", table);
        for (const head of table.querySelectorAll("th")) if (head.scope === "") say("no scope", head);
      }
      for (const section of document.querySelectorAll("section")) {
        const id = section.getAttribute("aria-labelledby") ?? "";
        if (!(document.getElementById(id)?.textContent ?? "").trim()) say("no heading", section);
      }
      for (const element of document.querySelectorAll("[aria-describedby]"))
        for (const id of element.getAttribute("aria-describedby")!.split(" "))
          if (document.getElementById(id) === null) say(`describes nothing: ${id}`, element);
      for (const picture of document.querySelectorAll("svg")) if (!named(picture)) say("no text", picture);
      for (const landmark of ["header", "main", "nav", "footer"])
        if (document.querySelector(landmark) === null) found.push(`no ${landmark}`);
      const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
      for (const id of ids) if (ids.filter((other) => other === id).length > 1) found.push(`twice: ${id}`);
      const levels = [...document.querySelectorAll("h1, h2, h3")].map((heading) =>
        Number(heading.tagName[1]),
      );
      for (const [index, level] of levels.entries())
        if (level - (levels[index - 1] ?? 0) > 1) found.push(`heading ${index} skips a level`);
      if (document.documentElement.lang === "") found.push("no language");
      return found;
    });
    expect(faults).toEqual([]);
  }, 120_000);

  test("dark when the system is dark, the chart too, and it follows a change", async () => {
    await using opened = await open(reports.strategy, { colorScheme: "dark" });
    const { page } = opened;
    expect((await inkOf(page)).ground).toBe(dark.surface);
    await page.emulateMedia({ colorScheme: "light" });
    await page.waitForFunction(
      (surface) => getComputedStyle(document.documentElement).getPropertyValue("--surface") === surface,
      light.surface,
    );
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    expect((await inkOf(page)).ground).toBe(light.surface);
  }, 120_000);

  test("fits a phone", async () => {
    await using opened = await open(reports.strategy, {
      viewport: { width: 360, height: 740 },
      isMobile: true,
      hasTouch: true,
    });
    const { page, complaints } = opened;
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(complaints).toEqual([]);
  }, 120_000);

  test("an indicator with hostile names: its own pane, no trades, nothing of it runs", async () => {
    await using opened = await open(reports.indicator);
    const { page, complaints } = opened;
    expect(await text(page, "h1")).toContain("</script><b>Channel</b>");
    expect(await page.locator("#chart-plots button").count()).toBe(2);
    expect(await page.locator("#trades, #curve").count()).toBe(0);
    expect(await page.locator("b").count()).toBe(0);
    await page.locator("#chart-plots button").first().click();
    expect(await page.locator("#chart-plots button").first().getAttribute("aria-pressed")).toBe("false");
    expect(complaints).toEqual([]);
  }, 120_000);

  test("whatever a Pine script shows is drawn, without a complaint, at every zoom", async () => {
    await using opened = await open(reports.shown);
    const { page, complaints } = opened;
    expect(await page.locator("#chart-plots button").allInnerTexts()).toEqual(["RSI", "Up", "Star", "K"]);
    expect(await page.locator("table.drawn td").allInnerTexts()).toEqual(["</script>", "cell"]);
    const close = (await inkOf(page)).ink;
    expect(close).toBeGreaterThan(0.05);
    await page.getByRole("button", { name: "Star", exact: true }).click();
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    expect((await inkOf(page)).ink).toBeLessThan(close);
    for (const name of ["All", "Latest", "Zoom in", "Zoom in", "Zoom out"])
      await page.getByRole("button", { name, exact: true }).click();
    await page.locator("#chart").focus();
    await page.keyboard.press("Home");
    expect(complaints).toEqual([]);
  }, 120_000);

  test("100,000 bars open, all of them can be seen at once, the first and the last are right", async () => {
    await using opened = await open(reports.long);
    const { page, complaints } = opened;
    await page.getByRole("button", { name: "All", exact: true }).click();
    expect(await page.evaluate(() => document.documentElement.dataset["ready"])).toBe("true");
    expect((await inkOf(page)).ink).toBeGreaterThan(0.02);
    await page.locator("#chart").focus();
    await page.keyboard.press("Home");
    expect(await text(page, "#chart-readout")).toMatch(/^2020-09-13 12:26:40 {2}O 50,000\.0 /);
    expect(complaints).toEqual([]);
  }, 120_000);

  test("without JavaScript the figures stand there all the same", async () => {
    const context = await browser!.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`file://${reports.strategy}`);
    expect(await text(page, "dl.figures")).toContain("Net profit");
    expect(await page.locator("noscript").innerText()).toContain("need JavaScript");
    await context.close();
  }, 120_000);
});
