import { createHash } from "node:crypto";

import type { ReportTable } from "./drawings.ts";
import type { Fact, ReportData, StrategyReport } from "./data.ts";
import { embedded } from "./embed.ts";
import { dark, light, paletteVariables } from "./palette.ts";
import { html, jsonInScript, type SafeHtml, trusted } from "./safe-html.ts";
import { curveLabels, curveSvg, curveWords } from "./sections/curve.ts";
import { keyFigures, statisticsTable } from "./sections/figures.ts";
import { monthsTable } from "./sections/months.ts";
import { tradesSection } from "./sections/trades.ts";
import { elementIds } from "./wire/embedded.ts";
import { amount } from "./wire/format.ts";

/** What the build makes of the browser's part. */
export interface ReportAssets {
  /** JavaScript, one classic script. */
  readonly script: string;
  readonly style: string;
}

/**
 * A report as one HTML document that needs nothing else: no network, no other file. Its policy lets only its own
 * script and style sheet run, by their hashes. Pure.
 */
export function renderReport(data: ReportData, assets: ReportAssets): string {
  const style = `:root{color-scheme:light dark;${paletteVariables(light)}}@media screen and (prefers-color-scheme:dark){:root{${paletteVariables(dark)}}}${assets.style}`;
  const script = inScript(assets.script);
  // Whole elements: what their policy hashes is all that is between the tags.
  const { head, columns } = embedded(data);
  const policy = [
    "default-src 'none'",
    `script-src ${hashSource(script)}`,
    `style-src ${hashSource(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const heading = `${data.title} · ${data.symbol} ${data.timeframe}`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="generator" content="pyne ${data.version}" />
        <title>${heading}</title>
        ${trusted(`<style>${style}</style>`)}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        ${header(data)}
        <main id="main" tabindex="-1">
          ${data.strategy === undefined ? undefined : strategyTop(data, data.strategy)} ${chartSection(data)}
          ${data.strategy === undefined ? undefined : strategyTables(data, data.strategy)}
          <section aria-labelledby="settings-title" id="settings">
            <h2 id="settings-title">Settings and inputs</h2>
            <div class="columns">
              ${facts("Inputs", data.inputs, "The script has no inputs.")}
              ${facts("Settings", data.settings, "The script has no settings.")}
            </div>
          </section>
          <section aria-labelledby="data-title" id="data">
            <h2 id="data-title">Data and provenance</h2>
            ${facts("Where this came from", data.provenance, "")}
            <p class="note">
              The same content hash means the same bars. Times are of the exchange's zone, ${data.timezone}.
              Drawn plots keep seven digits; the plot file has every digit.
            </p>
          </section>
        </main>
        <footer>
          <p>
            Made by pyne ${data.version}. Charts by
            <a href="https://www.tradingview.com/" rel="noreferrer">TradingView</a> Lightweight Charts™,
            copyright 2026 TradingView, Inc., Apache-2.0.
          </p>
        </footer>
        <script type="application/json" id="${elementIds.data}">
          ${jsonInScript(head)}
        </script>
        <script type="text/plain" id="${elementIds.columns}">
          ${columns}
        </script>
        ${trusted(`<script>${script}</script>`)}
      </body>
    </html> `.text;
}

function header(data: ReportData): SafeHtml {
  const links: Fact[] = [
    ...(data.strategy === undefined ? [] : [["overview", "Overview"] as const]),
    ["chart-section", "Chart"],
    ...(data.strategy === undefined
      ? []
      : ([
          ["months", "Months"],
          ["trades-section", "Trades"],
          ["statistics", "Statistics"],
        ] as const)),
    ["settings", "Settings"],
    ["data", "Data"],
  ];
  return html`<header>
    <div class="title">
      <h1>${data.title} <span class="kind">${data.kind}</span></h1>
      <p>
        <strong>${data.symbol}</strong>
        ${data.timeframe}${data.description === "" ? undefined : html` · ${data.description}`}
      </p>
      <p class="detail">${amount(data.bars.length, 0)} bars, ${data.from} to ${data.to} (${data.timezone})</p>
      ${partly(data)}
    </div>
    <nav aria-label="Sections">${links.map(([id, label]) => html`<a href="#${id}">${label}</a>`)}</nav>
  </header>`;
}

/** Says so when the run does not cover all bars. */
function partly({ reason, to }: ReportData): SafeHtml | undefined {
  if (reason === "completed") return undefined;
  const what = reason === "failed" ? "The script failed" : "The run was interrupted";
  return html`<p class="warning" role="note">${what}: this covers the bars up to ${to}.</p>`;
}

function strategyTop(data: ReportData, strategy: StrategyReport): SafeHtml {
  const words = curveWords(strategy.curve, strategy.initialCapital, data.currency);
  return html`<section aria-labelledby="overview-title" id="overview">
    <h2 id="overview-title" class="quiet">Overview</h2>
    ${keyFigures(strategy, data.currency)}
    <figure class="curve-figure">
      <figcaption>
        <span>Equity and drawdown</span> <output id="curve-readout" class="detail"></output>
      </figcaption>
      <div class="curve-box" id="curve">
        ${curveSvg(strategy.curve, strategy.initialCapital, words)}${curveLabels(strategy.curve)}
      </div>
      <p class="note">${words}</p>
    </figure>
  </section>`;
}

function chartSection(data: ReportData): SafeHtml {
  const { close, length } = data.bars;
  const traded = (data.strategy?.trades.length ?? 0) > 0;
  const named = data.visuals
    .filter(({ kind }) => kind === "line" || kind === "mark" || kind === "candles")
    .map(({ title }) => title);
  const summary =
    `${data.symbol}, ${data.timeframe}: ${amount(length, 0)} bars from ${data.from} to ${data.to}. ` +
    `The close went from ${amount(close[0] ?? Number.NaN, data.precision)} to ${amount(close[length - 1] ?? Number.NaN, data.precision)}. ` +
    (named.length === 0 ? "The script plotted nothing." : `Plots: ${named.join(", ")}.`) +
    (data.drawings.length === 0
      ? ""
      : ` Drawings that were left at the end: ${amount(data.drawings.length, 0)}.`);
  return html`<section aria-labelledby="chart-title" id="chart-section">
    <h2 id="chart-title">Chart</h2>
    <div class="toolbar" role="toolbar" aria-label="Chart">
      <button type="button" data-chart="all">All</button
      ><button type="button" data-chart="last">Latest</button>
      <button type="button" data-chart="out" aria-label="Zoom out">−</button
      ><button type="button" data-chart="in" aria-label="Zoom in">+</button>
      ${traded ? html`<button type="button" data-chart="previous">‹ Trade</button><button type="button" data-chart="next">Trade ›</button>` : undefined}
      <span class="plots" id="chart-plots" role="group" aria-label="Shown plots"></span>
    </div>
    <p class="readout" id="chart-readout"></p>
    ${traded ? html`<p class="readout chosen" id="chart-trade">No trade is selected.</p>` : undefined}
    <div
      class="chart"
      id="chart"
      tabindex="0"
      role="application"
      aria-label="Price chart"
      aria-describedby="chart-summary chart-keys"
    ></div>
    <p class="note" id="chart-summary">${summary}</p>
    <p class="note" id="chart-keys">
      Keys on the chart: arrows step from bar to bar, + and − zoom, Home and End go to the
      ends${traded ? ", n and p to the next and previous trade" : ""}.
    </p>
    <p class="quiet" id="chart-live" aria-live="polite"></p>
    ${data.tables.map(scriptTable)}
    <noscript
      ><p class="warning">
        The chart${traded ? " and the list of trades" : ""} need JavaScript, which this browser does not run
        here.
      </p></noscript
    >
  </section>`;
}

/** A table that the script drew; its place on the chart is not kept. */
function scriptTable(rows: ReportTable): SafeHtml {
  return html`<div class="scroll" role="region" aria-label="Table of the script, scrollable" tabindex="0">
    <table class="drawn">
      <caption>
        A table that the script drew
      </caption>
      <tbody>
        ${rows.map(
          (cells) =>
            html`<tr>
              ${cells.map((text) => html`<td>${text}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function strategyTables(data: ReportData, strategy: StrategyReport): SafeHtml {
  return html`<section aria-labelledby="months-title" id="months">
      <h2 id="months-title">Monthly returns</h2>
      ${monthsTable(strategy.months)}
    </section>
    <section aria-labelledby="trades-title" id="trades-section">
      <h2 id="trades-title">Trades</h2>
      ${
        strategy.trades.length === 0
          ? html`<p>The strategy made no trade.</p>`
          : tradesSection(strategy.trades.length, data.currency)
      }
    </section>
    <section aria-labelledby="statistics-title" id="statistics">
      <h2 id="statistics-title">Statistics</h2>
      ${statisticsTable(strategy.performance.rows, data.currency)}
    </section>`;
}

function facts(title: string, rows: readonly Fact[], none: string): SafeHtml {
  return html`<div>
    <h3>${title}</h3>
    ${
      rows.length === 0
        ? html`<p class="note">${none}</p>`
        : html`<dl class="facts">
            ${rows.map(
              ([label, value]) =>
                html`<div>
                  <dt>${label}</dt>
                  <dd>${value}</dd>
                </div>`,
            )}
          </dl>`
    }
  </div>`;
}

/** A script must not hold what ends its element. */
function inScript(script: string): string {
  return script.replace(/<(?=\/script|!--|script)/gi, "\\x3c");
}

function hashSource(text: string): string {
  return `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
}
