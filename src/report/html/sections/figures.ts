import type { StrategyReport } from "../data.ts";
import type { PerformanceRow, Unit } from "../performance.ts";
import { html, type SafeHtml } from "../safe-html.ts";
import { amount, percent } from "../wire/format.ts";

/** The figures that a trader looks at first. */
export function keyFigures(strategy: StrategyReport, currency: string): SafeHtml {
  const { statistics, expectancy } = strategy.performance;
  const { winningTrades, losingTrades, openTrades, profitFactor, grossLoss } = statistics;
  const figures: [label: string, value: string, detail: string, tone: string][] = [
    [
      "Net profit",
      amount(statistics.netProfit, 2, true),
      `${percent(statistics.netProfitPercent, true)} · ${currency}`,
      tone(statistics.netProfit),
    ],
    [
      "Largest drawdown",
      amount(-statistics.maxDrawdown),
      `${percent((statistics.maxDrawdown / statistics.initialCapital) * 100)} of the capital`,
      statistics.maxDrawdown > 0 ? "loss" : "",
    ],
    [
      "Win rate",
      statistics.closedTrades === 0 ? "–" : percent(statistics.percentProfitable),
      `${winningTrades} won, ${losingTrades} lost`,
      "",
    ],
    ["Profit factor", grossLoss === 0 ? "–" : amount(profitFactor, 3), "gross profit / gross loss", ""],
    ["Expectancy", amount(expectancy ?? Number.NaN, 2, true), `${currency} a trade`, tone(expectancy ?? 0)],
    ["Sharpe ratio", amount(statistics.sharpeRatio, 3), "of bar returns × √252", ""],
    [
      "Trades",
      amount(statistics.closedTrades, 0),
      openTrades === 0 && statistics.closedTrades > 0 ? "all closed" : `closed, ${openTrades} open`,
      "",
    ],
  ];
  return html`<dl class="figures">
    ${figures.map(
      ([label, value, detail, tone]) =>
        html`<div>
          <dt>${label}</dt>
          <dd class="${tone}">${value}</dd>
          <dd class="detail">${detail}</dd>
        </div>`,
    )}
  </dl>`;
}

/** All figures, in all and by side. */
export function statisticsTable(rows: readonly PerformanceRow[], currency: string): SafeHtml {
  return html`<div class="scroll" role="region" aria-label="Statistics, scrollable" tabindex="0">
    <table class="statistics">
      <caption>
        Money in ${currency}
      </caption>
      <thead>
        <tr>
          <th scope="col">Figure</th>
          <th scope="col">All</th>
          <th scope="col">Long</th>
          <th scope="col">Short</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              <th scope="row">${row.label}</th>
              ${[row.all, row.long, row.short].map(
                (value) =>
                  html`<td class="${row.signed ? tone(value ?? 0) : ""}">${figure(value, row.unit)}</td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function figure(value: number | undefined, unit: Unit): string {
  if (value === undefined) return "";
  switch (unit) {
    case "money":
      return amount(value);
    case "percent":
      return percent(value);
    case "ratio":
      return amount(value, 3);
    case "count":
      return amount(value, 0);
    case "bars":
      return amount(value, 1);
  }
}

function tone(value: number): string {
  return value < 0 ? "loss" : value > 0 ? "profit" : "";
}
