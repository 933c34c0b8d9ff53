import { html, type SafeHtml } from "../safe-html.ts";
import { tradeCount } from "../wire/format.ts";

/** Columns of the table by the key that they are sorted on; the script fills the body. */
const columns: readonly [key: string, label: string, numeric: boolean][] = [
  ["number", "#", true],
  ["side", "Side", false],
  ["entryBar", "Entry", false],
  ["exitBar", "Exit", false],
  ["entryPrice", "Entry price", true],
  ["exitPrice", "Exit price", true],
  ["size", "Contracts", true],
  ["profit", "Profit", true],
  ["profitPercent", "Profit %", true],
  ["cumulativeProfit", "Cumulative", true],
  ["runup", "Run-up", true],
  ["drawdown", "Drawdown", true],
  ["bars", "Bars", true],
];

/** The empty table of trades with its controls. */
export function tradesSection(count: number, currency: string): SafeHtml {
  return html`<form class="filters" id="trade-filters" aria-label="Filter trades">
      <label
        >Search <input type="search" id="trade-search" placeholder="signal or date" autocomplete="off"
      /></label>
      <label
        >Side
        <select id="trade-side">
          <option value="">all</option>
          <option value="long">long</option>
          <option value="short">short</option>
        </select></label
      >
      <label
        >Result
        <select id="trade-result">
          <option value="">all</option>
          <option value="won">won</option>
          <option value="lost">lost</option>
          <option value="open">open</option>
        </select></label
      >
      <output id="trade-count" for="trade-search trade-side trade-result">${tradeCount(count, count)}</output>
    </form>
    <div class="scroll" role="region" aria-label="Trades, scrollable" tabindex="0">
      <table class="trades" id="trades">
        <caption>
          Money in ${currency}. A trade's number shows it on the chart.
        </caption>
        <thead>
          <tr>
            ${columns.map(
              ([key, label, numeric]) =>
                html`<th
                  scope="col"
                  class="${numeric ? "number" : "text"}"
                  data-key="${key}"
                  ${key === "number" ? html` aria-sort="ascending"` : undefined}
                >
                  <button type="button">${label}</button>
                </th>`,
            )}
          </tr>
        </thead>
        <tbody></tbody>
      </table>
    </div>
    <nav class="pages" id="trade-pages" aria-label="Pages of trades" hidden>
      <button type="button" data-page="first">First</button
      ><button type="button" data-page="previous">Previous</button>
      <span id="trade-page"></span>
      <button type="button" data-page="next">Next</button><button type="button" data-page="last">Last</button>
    </nav>`;
}
