import { amount } from "../wire/format.ts";
import { PriceChart } from "./chart.ts";
import { liveCurve } from "./curve.ts";
import { readReport } from "./read-report.ts";
import type { Report } from "./report.ts";
import { currentTheme, onThemeChange } from "./theme.ts";
import { tradeAt } from "./trade-list.ts";
import { TradeTable } from "./trade-table.ts";

/** Brings a report to life. */

async function start(): Promise<void> {
  const element = document.getElementById("chart");
  if (element === null) return;
  const report = await readReport();
  const chart = new PriceChart(element, report);
  liveCurve(report, chart);
  plotButtons(chart);
  const readout = document.getElementById("chart-readout");
  chart.onCursor = (bar) => {
    if (readout !== null) readout.textContent = readoutOf(report, chart, bar);
  };
  chart.onCursor(chart.bar);

  const tableElement = document.querySelector<HTMLTableElement>("#trades");
  const table =
    tableElement === null ? undefined : new TradeTable(tableElement, report, (bar) => chart.scale.label(bar));
  let selected = -1;
  const select = (trade: number, reveal: boolean): void => {
    if (trade < 0 || trade >= report.head.trades) return;
    selected = trade;
    chart.selectTrade(trade, reveal);
    table?.select(trade);
    const words = tradeWords(report, chart, trade);
    say(words);
    const chosen = document.getElementById("chart-trade");
    if (chosen !== null) chosen.textContent = words;
  };
  if (table !== undefined) {
    table.onSelect = (trade) => {
      select(trade, true);
      element.scrollIntoView({ block: "center", behavior: motion() });
      document.querySelector<HTMLElement>(`tr[data-trade="${trade}"] button`)?.focus({ preventScroll: true });
    };
  }
  chart.onBarClick = (bar) => {
    const { from, to } = chart.range;
    // A finger's width of bars on a wide view.
    select(tradeAt(report, bar, Math.max(1, Math.round((to - from) / 60))), false);
  };
  const step = (by: 1 | -1): void => {
    const to = selected < 0 ? (by > 0 ? 0 : report.head.trades - 1) : selected + by;
    select(Math.min(Math.max(to, 0), report.head.trades - 1), true);
  };
  const actions: Readonly<Record<string, () => void>> = {
    all: () => chart.showAll(),
    last: () => chart.showLatest(),
    in: () => chart.zoom(0.6),
    out: () => chart.zoom(1 / 0.6),
    previous: () => step(-1),
    next: () => step(1),
  };
  for (const button of document.querySelectorAll<HTMLElement>("[data-chart]"))
    button.addEventListener("click", () => actions[button.dataset["chart"] ?? ""]?.());
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => chart.moveCursor(chart.bar - 1),
    ArrowRight: () => chart.moveCursor(chart.bar + 1),
    Home: () => chart.moveCursor(0),
    End: () => chart.moveCursor(report.head.bars - 1),
    PageUp: () => chart.moveCursor(chart.bar - 50),
    PageDown: () => chart.moveCursor(chart.bar + 50),
    "+": () => chart.zoom(0.6),
    "=": () => chart.zoom(0.6),
    "-": () => chart.zoom(1 / 0.6),
    n: () => step(1),
    p: () => step(-1),
  };
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = keys[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
    if (event.key.length > 1) say(readoutOf(report, chart, chart.bar));
  });
  document.documentElement.dataset["ready"] = "true";
}

function motion(): ScrollBehavior {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
}

function say(text: string): void {
  const live = document.getElementById("chart-live");
  if (live !== null) live.textContent = text;
}

/** Date, prices and plots of a bar in one line. */
function readoutOf({ head, bars }: Report, chart: PriceChart, bar: number): string {
  const price = (column: Float64Array): string => amount(column[bar] ?? Number.NaN, head.precision);
  return [
    chart.scale.label(bar),
    `O ${price(bars.open)}`,
    `H ${price(bars.high)}`,
    `L ${price(bars.low)}`,
    `C ${price(bars.close)}`,
    ...(head.hasVolume ? [`V ${amount(bars.volume[bar] ?? Number.NaN, 0)}`] : []),
    ...chart.plots.map(({ visual, values, precision }) => {
      const value = values[bar] ?? Number.NaN;
      return `${visual.title} ${visual.kind === "mark" ? truth(value) : amount(value, precision)}`;
    }),
  ].join("  ");
}

function truth(value: number): string {
  return value === 0 || value !== value ? "–" : value === 1 ? "yes" : amount(value);
}

function tradeWords({ head, trades }: Report, chart: PriceChart, trade: number): string {
  const exit = trades.exitBar[trade] ?? Number.NaN;
  const side = (trades.size[trade] ?? 0) > 0 ? "long" : "short";
  const end = exit === exit ? `to ${chart.scale.label(exit)}` : "still open";
  return `Trade ${trade + 1} of ${head.trades}: ${side} from ${chart.scale.label(trades.entryBar[trade] ?? 0)} ${end}, profit ${amount(trades.profit[trade] ?? 0, 2, true)} ${head.currency}`;
}

/** A button for each plot, which shows and hides it. */
function plotButtons(chart: PriceChart): void {
  const group = document.getElementById("chart-plots");
  if (group === null) return;
  for (const [index, plot] of chart.plots.entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", "true");
    const chip = document.createElement("span");
    chip.className = "chip";
    chip.style.background = plot.colour(currentTheme());
    onThemeChange(() => (chip.style.background = plot.colour(currentTheme())));
    button.append(chip, plot.visual.title);
    button.addEventListener("click", () => {
      const visible = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(visible));
      chart.togglePlot(index, visible);
    });
    group.append(button);
  }
}

start().catch((error: unknown) => {
  document.documentElement.dataset["ready"] = "failed";
  const element = document.getElementById("chart");
  if (element !== null) element.textContent = "The chart could not be drawn in this browser.";
  console.error(error);
});
