import { RuntimeFailure } from "../../kernel/errors.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";
import type { Simulator, Trade } from "../strategy/simulator.ts";
import { incomplete, notSupported } from "./missing.ts";

interface EntryArguments {
  readonly id: string;
  readonly direction: string;
  readonly qty?: number;
  readonly limit?: number;
  readonly stop?: number;
  readonly oca_name?: string;
  readonly comment?: string;
  readonly when?: boolean;
}

interface CloseArguments {
  readonly id: string;
  readonly comment?: string;
  readonly qty?: number;
  readonly qty_percent?: number;
  readonly immediately?: boolean;
  readonly when?: boolean;
}

const given = (value: number | undefined): number | undefined =>
  value === undefined || value !== value ? undefined : value;

/** `strategy`: market orders on the simulator; what it cannot do yet says so. */
export class PineStrategy extends incomplete("strategy") {
  readonly #simulator: Simulator;
  readonly #symbol: SymInfo;
  readonly risk = new (incomplete("strategy.risk"))();
  readonly closedtrades: TradeList;
  readonly opentrades: TradeList;

  constructor(simulator: Simulator, symbol: SymInfo) {
    super();
    this.#simulator = simulator;
    this.#symbol = symbol;
    this.closedtrades = new TradeList(simulator.closedTrades);
    this.opentrades = new TradeList(simulator.openTrades);
  }

  entry({ id, direction, qty, limit, stop, oca_name, comment, when }: EntryArguments): void {
    if (when === false) return;
    if (given(limit) !== undefined || given(stop) !== undefined)
      throw notSupported("strategy.entry with a price");
    if (oca_name !== undefined && oca_name !== null)
      throw notSupported("strategy.entry with a group of orders");
    this.#simulator.entry(id, direction === "long" ? 1 : -1, given(qty), comment ?? "");
  }

  order(_args: object): never {
    throw notSupported("strategy.order");
  }

  exit(_args: object): never {
    throw notSupported("strategy.exit");
  }

  close({ id, comment, qty, qty_percent, immediately, when }: CloseArguments): void {
    if (when === false) return;
    if (immediately === true) throw notSupported("strategy.close at once");
    this.#simulator.close(id, given(qty), given(qty_percent), comment ?? "");
  }

  close_all(comment?: string | object | null, _alert?: string | null, immediately?: boolean): void {
    if (typeof comment === "object" && comment !== null) {
      const args = comment as { comment?: string; immediately?: boolean; when?: boolean };
      if (args.when === false) return;
      this.close_all(args.comment ?? "", null, args.immediately);
      return;
    }
    if (immediately === true) throw notSupported("strategy.close_all at once");
    this.#simulator.closeAll(comment ?? "");
  }

  cancel(id: string, when?: boolean): void {
    if (when !== false) this.#simulator.cancel(id);
  }

  cancel_all(when?: boolean): void {
    if (when !== false) this.#simulator.cancelAll();
  }

  get position_size(): number {
    return this.#simulator.positionSize;
  }

  get position_avg_price(): number {
    return this.#simulator.positionAveragePrice;
  }

  get position_entry_name(): string {
    return this.#simulator.openTrades[0]?.entryId ?? "";
  }

  get equity(): number {
    return this.#simulator.equity;
  }

  get netprofit(): number {
    return this.#simulator.netProfit;
  }

  get openprofit(): number {
    return this.#simulator.openProfit;
  }

  get grossprofit(): number {
    return this.#simulator.grossProfit;
  }

  get grossloss(): number {
    return this.#simulator.grossLoss;
  }

  get wintrades(): number {
    return this.#simulator.winTrades;
  }

  get losstrades(): number {
    return this.#simulator.lossTrades;
  }

  get eventrades(): number {
    return this.#simulator.closedTrades.length - this.wintrades - this.losstrades;
  }

  get max_drawdown(): number {
    return this.#simulator.maxDrawdown;
  }

  get max_runup(): number {
    return this.#simulator.maxRunup;
  }

  get initial_capital(): number {
    return this.#simulator.rules.initialCapital;
  }

  get account_currency(): string {
    return this.#symbol.currency;
  }

  convert_to_account(value: number): number {
    return value;
  }

  convert_to_symbol(value: number): number {
    return value;
  }
}

/** `strategy.closedtrades` or `strategy.opentrades`; a number out of range gives na, for the size 0. */
class TradeList extends incomplete("strategy.closedtrades") {
  readonly #trades: readonly Trade[];
  readonly first_index = 0;

  constructor(trades: readonly Trade[]) {
    super();
    this.#trades = trades;
  }

  get count(): number {
    return this.#trades.length;
  }

  #number(index: number, read: (trade: Trade) => number | undefined): number {
    const trade = this.#trades[Math.trunc(index)];
    return (trade === undefined ? undefined : read(trade)) ?? Number.NaN;
  }

  #text(index: number, read: (trade: Trade) => string | undefined): string | null {
    const trade = this.#trades[Math.trunc(index)];
    return (trade === undefined ? undefined : read(trade)) ?? null;
  }

  size(index: number): number {
    return this.#trades[Math.trunc(index)]?.size ?? 0;
  }

  entry_id(index: number): string | null {
    return this.#text(index, (trade) => trade.entryId);
  }

  entry_comment(index: number): string | null {
    return this.#text(index, (trade) => trade.entryComment);
  }

  entry_price(index: number): number {
    return this.#number(index, (trade) => trade.entryPrice);
  }

  entry_time(index: number): number {
    return this.#number(index, (trade) => trade.entryTimeMs);
  }

  entry_bar_index(index: number): number {
    return this.#number(index, (trade) => trade.entryBar);
  }

  exit_id(index: number): string | null {
    return this.#text(index, (trade) => trade.exitId);
  }

  exit_comment(index: number): string | null {
    return this.#text(index, (trade) => trade.exitComment);
  }

  exit_price(index: number): number {
    return this.#number(index, (trade) => trade.exitPrice);
  }

  exit_time(index: number): number {
    return this.#number(index, (trade) => trade.exitTimeMs);
  }

  exit_bar_index(index: number): number {
    return this.#number(index, (trade) => trade.exitBar);
  }

  commission(index: number): number {
    return this.#number(index, (trade) => trade.commission);
  }

  profit(index: number): number {
    return this.#number(index, (trade) => trade.profit);
  }

  profit_percent(index: number): number {
    return this.#number(index, (trade) => trade.profitPercent);
  }

  max_runup(index: number): number {
    return this.#number(index, (trade) => trade.maxRunup);
  }

  max_drawdown(index: number): number {
    return this.#number(index, (trade) => trade.maxDrawdown);
  }
}

/** An indicator has no orders. */
export function noStrategy(): never {
  throw new RuntimeFailure("an indicator has no orders: strategy.* needs a strategy");
}
