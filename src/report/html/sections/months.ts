import type { MonthlyReturns } from "../monthly.ts";
import { html, type SafeHtml } from "../safe-html.ts";
import { amount } from "../wire/format.ts";

const names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Monthly returns as a table whose cells are shaded by what they hold. */
export function monthsTable(months: MonthlyReturns): SafeHtml {
  const values = months.flatMap((year) => year.months.filter((value) => value !== undefined));
  const scale = shadeScale(values);
  return html`<div class="scroll" role="region" aria-label="Monthly returns, scrollable" tabindex="0">
    <table class="months">
      <caption>
        Return on equity by month, percent
      </caption>
      <thead>
        <tr>
          <th scope="col">Year</th>
          ${names.map((name) => html`<th scope="col">${name}</th>`)}
          <th scope="col">Year total</th>
        </tr>
      </thead>
      <tbody>
        ${months.toReversed().map(
          (year) =>
            html`<tr>
              <th scope="row">${year.year}</th>
              ${year.months.map((value) => cell(value, scale))}
              <td class="total ${tone(year.total)}">${amount(year.total, 1, true)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function cell(value: number | undefined, scale: number): SafeHtml {
  if (value === undefined) return html`<td></td>`;
  const level = Math.abs(value) < 0.05 ? 0 : Math.min(4, Math.ceil((Math.abs(value) / scale) * 4));
  return html`<td class="${value < 0 ? "pain" : "gain"}-${level}">${amount(value, 1, true)}</td>`;
}

/** The return that takes the full shade: nine months in ten stay below it, so that one outlier does not pale the rest. */
function shadeScale(values: readonly number[]): number {
  const sizes = values.map(Math.abs).toSorted((a, b) => a - b);
  return sizes[Math.floor(sizes.length * 0.9)] || 1;
}

function tone(value: number): string {
  return value < 0 ? "loss" : value > 0 ? "profit" : "";
}
