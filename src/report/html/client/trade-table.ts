import { amount, percent, quantity, tradeCount } from "../wire/format.ts";
import type { Report } from "./report.ts";
import { matching, sorted, type TradeFilter, type TradeKey } from "./trade-list.ts";

/** Rows on a page: a table of thousands would hold the browser up. */
const pageSize = 50;
/** Rows that are printed at most. */
const printedRows = 2000;

/** The table of trades: filter, sort, pages, and a row that is selected together with the chart. */
export class TradeTable {
  onSelect: (trade: number) => void = () => {};
  readonly #report: Report;
  readonly #label: (bar: number) => string;
  readonly #body: HTMLTableSectionElement;
  readonly #heads: readonly HTMLTableCellElement[];
  #order: number[];
  #key: TradeKey = "number";
  #descending = false;
  #page = 0;
  #selected = -1;

  /** @param label the date and time of a bar */
  constructor(table: HTMLTableElement, report: Report, label: (bar: number) => string) {
    this.#report = report;
    this.#label = label;
    const body = table.tBodies[0];
    if (body === undefined) throw new Error("the table of trades has no body");
    this.#body = body;
    this.#heads = [...table.querySelectorAll<HTMLTableCellElement>("th[data-key]")];
    for (const head of this.#heads)
      head.querySelector("button")?.addEventListener("click", () => this.#sortBy(head));
    const form = document.getElementById("trade-filters");
    form?.addEventListener("input", () => this.#filter());
    form?.addEventListener("submit", (event) => event.preventDefault());
    document.getElementById("trade-pages")?.addEventListener("click", (event) => {
      const button = (event.target as Element).closest("button");
      if (button !== null) this.#turn(button.dataset["page"] ?? "");
    });
    body.addEventListener("click", (event) => {
      const row = (event.target as Element).closest("tr");
      if (row?.dataset["trade"] !== undefined) this.onSelect(Number(row.dataset["trade"]));
    });
    addEventListener("beforeprint", () => this.#draw(0, printedRows));
    addEventListener("afterprint", () => this.#drawPage());
    this.#order = sorted(report, matching(report, this.#filterNow(), label), this.#key, this.#descending);
    this.#drawPage();
  }

  /** Marks a trade and turns to its page; a trade that the filter hides clears the filter. */
  select(trade: number): void {
    this.#selected = trade;
    if (!this.#order.includes(trade)) {
      document.querySelector<HTMLFormElement>("#trade-filters")?.reset();
      this.#filter();
    }
    this.#page = Math.floor(Math.max(this.#order.indexOf(trade), 0) / pageSize);
    this.#drawPage();
  }

  #filterNow(): TradeFilter {
    const value = (id: string): string =>
      document.querySelector<HTMLInputElement | HTMLSelectElement>(`#${id}`)?.value ?? "";
    return { search: value("trade-search"), side: value("trade-side"), result: value("trade-result") };
  }

  #filter(): void {
    this.#order = sorted(
      this.#report,
      matching(this.#report, this.#filterNow(), this.#label),
      this.#key,
      this.#descending,
    );
    this.#page = 0;
    this.#drawPage();
  }

  #sortBy(head: HTMLTableCellElement): void {
    const key = head.dataset["key"] as TradeKey;
    this.#descending = key === this.#key ? !this.#descending : false;
    this.#key = key;
    for (const other of this.#heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", this.#descending ? "descending" : "ascending");
    this.#filter();
  }

  #turn(to: string): void {
    const last = Math.max(Math.ceil(this.#order.length / pageSize) - 1, 0);
    const pages: Readonly<Record<string, number>> = {
      first: 0,
      previous: this.#page - 1,
      next: this.#page + 1,
      last,
    };
    this.#page = Math.min(Math.max(pages[to] ?? 0, 0), last);
    this.#drawPage();
  }

  #drawPage(): void {
    this.#draw(this.#page * pageSize, pageSize);
    const count = this.#order.length;
    const output = document.getElementById("trade-count");
    if (output !== null) output.textContent = tradeCount(count, this.#report.head.trades);
    const pages = document.getElementById("trade-pages");
    const position = document.getElementById("trade-page");
    if (pages === null || position === null) return;
    pages.hidden = count <= pageSize;
    const from = this.#page * pageSize;
    position.textContent = `${amount(from + 1, 0)} to ${amount(Math.min(from + pageSize, count), 0)} of ${amount(count, 0)}`;
    const last = Math.ceil(count / pageSize) - 1;
    for (const button of pages.querySelectorAll("button"))
      button.disabled =
        button.dataset["page"] === "first" || button.dataset["page"] === "previous"
          ? this.#page === 0
          : this.#page >= last;
  }

  #draw(from: number, count: number): void {
    this.#body.replaceChildren(...this.#order.slice(from, from + count).map((trade) => this.#row(trade)));
  }

  #row(trade: number): HTMLTableRowElement {
    const { trades, head } = this.#report;
    const at = (column: keyof typeof trades): number => trades[column][trade] ?? Number.NaN;
    const row = document.createElement("tr");
    row.dataset["trade"] = String(trade);
    const cell = (text: string, kind: string, detail = ""): void => {
      const element = document.createElement("td");
      element.className = kind;
      element.textContent = text;
      if (detail !== "") {
        const small = document.createElement("span");
        small.className = "signal";
        small.textContent = detail;
        element.append(small);
      }
      row.append(element);
    };
    const number = document.createElement("th");
    number.scope = "row";
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = String(trade + 1);
    button.setAttribute("aria-label", `Trade ${trade + 1}: show on the chart`);
    if (trade === this.#selected) {
      row.className = "selected";
      button.setAttribute("aria-current", "true");
    }
    number.append(button);
    row.append(number);
    const open = at("exitBar") !== at("exitBar");
    const tone = (value: number): string =>
      value < 0 ? "number loss" : value > 0 ? "number profit" : "number";
    cell(at("size") > 0 ? "long" : "short", at("size") > 0 ? "side long" : "side short");
    cell(this.#label(at("entryBar")), "text", head.signals[at("entrySignal")] ?? "");
    cell(
      open ? "open" : this.#label(at("exitBar")),
      "text",
      open ? "" : (head.signals[at("exitSignal")] ?? ""),
    );
    cell(amount(at("entryPrice"), head.precision), "number");
    cell(amount(at("exitPrice"), head.precision), "number");
    cell(quantity(Math.abs(at("size"))), "number");
    cell(amount(at("profit"), 2, true), tone(at("profit")));
    cell(percent(at("profitPercent"), true), tone(at("profitPercent")));
    cell(amount(at("cumulativeProfit")), "number");
    cell(amount(at("runup")), "number");
    cell(amount(at("drawdown")), "number");
    cell(amount((open ? head.bars - 1 : at("exitBar")) - at("entryBar"), 0), "number");
    return row;
  }
}
