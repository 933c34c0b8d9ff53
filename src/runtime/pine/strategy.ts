import { RuntimeFailure } from "../../kernel/errors.ts";
import type { CloseArguments } from "../strategy/close-command.ts";
import type { EntryArguments } from "../strategy/entry-command.ts";
import type { ExitArguments } from "../strategy/exit-command.ts";
import type { OcaType } from "../strategy/order.ts";
import type { RiskUnit } from "../strategy/risk-rules.ts";
import type { StrategyDesk } from "../strategy/strategy-desk.ts";
import type { Trade } from "../strategy/trade.ts";

/** Texts that are na are `null`. */
type Text = string | null | undefined;

interface OrderCall {
  readonly id: string;
  readonly direction: string;
  readonly qty?: number;
  readonly limit?: number;
  readonly stop?: number;
  readonly oca_name?: Text;
  readonly oca_type?: Text;
  readonly comment?: Text;
  readonly when?: boolean;
}

interface ExitCall {
  readonly id: string;
  readonly from_entry?: Text;
  readonly qty?: number;
  readonly qty_percent?: number;
  readonly profit?: number;
  readonly limit?: number;
  readonly loss?: number;
  readonly stop?: number;
  readonly trail_price?: number;
  readonly trail_points?: number;
  readonly trail_offset?: number;
  readonly oca_name?: Text;
  readonly comment?: Text;
  readonly comment_profit?: Text;
  readonly comment_loss?: Text;
  readonly comment_trailing?: Text;
  readonly when?: boolean;
}

interface CloseCall {
  readonly id: string;
  readonly comment?: Text;
  readonly qty?: number;
  readonly qty_percent?: number;
  readonly immediately?: boolean;
  readonly when?: boolean;
}

/** `strategy`: the desk under Pine's names. */
export class PineStrategy {
  readonly #desk: StrategyDesk;
  /** An exit is issued on nearly every bar of many scripts: its arguments have one object. */
  readonly #exitArguments: Writable<ExitArguments> = {};
  readonly risk: PineRisk;
  readonly closedtrades: TradeList;
  readonly opentrades: OpenTrades;

  constructor(desk: StrategyDesk, version: number) {
    this.#desk = desk;
    desk.prefersPrices = version < 6;
    this.risk = new PineRisk(desk);
    this.closedtrades = new TradeList(() => desk.closedTrades);
    this.opentrades = new OpenTrades(desk);
  }

  entry(call: OrderCall): void {
    if (call.when !== false) this.#desk.entry(call.id, sideOf(call.direction), orderArguments(call));
  }

  order(call: OrderCall): void {
    if (call.when !== false) this.#desk.order(call.id, sideOf(call.direction), orderArguments(call));
  }

  exit(call: ExitCall): void {
    if (call.when !== false) this.#desk.exit(call.id, exitArguments(call, this.#exitArguments));
  }

  close({ id, comment, qty, qty_percent, immediately, when }: CloseCall): void {
    if (when === false) return;
    const args: CloseArguments = { qty, qtyPercent: qty_percent, comment: comment ?? "", immediately };
    this.#desk.close(id, args);
  }

  close_all(comment?: Text | object, _alert?: Text, immediately?: boolean): void {
    if (typeof comment === "object" && comment !== null) {
      const args = comment as { comment?: Text; immediately?: boolean; when?: boolean };
      if (args.when !== false) this.close_all(args.comment, null, args.immediately);
      return;
    }
    this.#desk.closeAll({ comment: comment ?? "", immediately });
  }

  cancel(id: string, when?: boolean): void {
    if (when !== false) this.#desk.cancel(id);
  }

  cancel_all(when?: boolean): void {
    if (when !== false) this.#desk.cancelAll();
  }

  get position_size(): number {
    return this.#desk.positionSize;
  }

  get position_avg_price(): number {
    return this.#desk.positionAveragePrice;
  }

  get position_entry_name(): string | null {
    return this.#desk.openTrades[0]?.entryId ?? null;
  }

  get equity(): number {
    return this.#desk.equity;
  }

  get netprofit(): number {
    return this.#desk.netProfit;
  }

  get netprofit_percent(): number {
    return this.#percent(this.netprofit);
  }

  get openprofit(): number {
    return this.#desk.openProfit;
  }

  get openprofit_percent(): number {
    return this.#percent(this.openprofit);
  }

  get grossprofit(): number {
    return this.#desk.grossProfit;
  }

  get grossprofit_percent(): number {
    return this.#percent(this.grossprofit);
  }

  get grossloss(): number {
    return this.#desk.grossLoss;
  }

  get grossloss_percent(): number {
    return this.#percent(this.grossloss);
  }

  get wintrades(): number {
    return this.#desk.winTrades;
  }

  get losstrades(): number {
    return this.#desk.lossTrades;
  }

  get eventrades(): number {
    return this.#desk.evenTrades;
  }

  get max_drawdown(): number {
    return this.#desk.maxDrawdown;
  }

  get max_drawdown_percent(): number {
    return this.#percent(this.max_drawdown);
  }

  get max_runup(): number {
    return this.#desk.maxRunup;
  }

  get max_runup_percent(): number {
    return this.#percent(this.max_runup);
  }

  get max_contracts_held_all(): number {
    return this.#desk.maxContracts.all;
  }

  get max_contracts_held_long(): number {
    return this.#desk.maxContracts.long;
  }

  get max_contracts_held_short(): number {
    return this.#desk.maxContracts.short;
  }

  get avg_trade(): number {
    return average(this.netprofit, this.#desk.closedTrades.length);
  }

  get avg_trade_percent(): number {
    return this.#averagePercent(() => true);
  }

  get avg_winning_trade(): number {
    return average(this.grossprofit, this.wintrades);
  }

  get avg_winning_trade_percent(): number {
    return this.#averagePercent(({ profit }) => profit > 0);
  }

  get avg_losing_trade(): number {
    return average(this.#desk.closedLoss, this.losstrades);
  }

  get avg_losing_trade_percent(): number {
    return -this.#averagePercent(({ profit }) => profit < 0);
  }

  get initial_capital(): number {
    return this.#desk.rules.initialCapital;
  }

  get account_currency(): string {
    return this.#desk.accountCurrency;
  }

  get margin_liquidation_price(): number {
    return this.#desk.liquidationPrice;
  }

  default_entry_qty(price: number): number {
    return this.#desk.defaultQuantity(price);
  }

  convert_to_account(value: number): number {
    return this.#desk.toAccount(value);
  }

  convert_to_symbol(value: number): number {
    return this.#desk.toSymbol(value);
  }

  #percent(money: number): number {
    return (money / this.initial_capital) * 100;
  }

  #averagePercent(counts: (trade: Trade) => boolean): number {
    let [sum, count] = [0, 0];
    for (const trade of this.#desk.closedTrades) {
      if (!counts(trade)) continue;
      sum += trade.profitPercent;
      count++;
    }
    return average(sum, count);
  }
}

const average = (sum: number, count: number): number => (count === 0 ? Number.NaN : sum / count);
const sideOf = (direction: string): 1 | -1 => (direction === "long" ? 1 : -1);

function orderArguments(call: OrderCall): EntryArguments {
  return {
    qty: call.qty,
    limit: call.limit,
    stop: call.stop,
    ocaName: call.oca_name ?? "",
    ocaType: (call.oca_type ?? "none") as OcaType,
    comment: call.comment ?? "",
  };
}

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

function exitArguments(call: ExitCall, args: Writable<ExitArguments>): ExitArguments {
  args.fromEntry = call.from_entry ?? "";
  args.qty = call.qty;
  args.qtyPercent = call.qty_percent;
  args.profit = call.profit;
  args.limit = call.limit;
  args.loss = call.loss;
  args.stop = call.stop;
  args.trailPrice = call.trail_price;
  args.trailPoints = call.trail_points;
  args.trailOffset = call.trail_offset;
  args.ocaName = call.oca_name ?? "";
  args.comment = call.comment ?? "";
  args.commentProfit = call.comment_profit ?? undefined;
  args.commentLoss = call.comment_loss ?? undefined;
  args.commentTrailing = call.comment_trailing ?? undefined;
  return args;
}

/** `strategy.risk`. */
class PineRisk {
  readonly #desk: StrategyDesk;

  constructor(desk: StrategyDesk) {
    this.#desk = desk;
  }

  allow_entry_in(direction: string): void {
    this.#desk.risk.allowed = direction === "all" ? 0 : sideOf(direction);
  }

  max_cons_loss_days(count: number): void {
    this.#desk.risk.maxLossDays = count;
  }

  max_drawdown(value: number, type: string): void {
    this.#desk.risk.maxDrawdown = { value, unit: type as RiskUnit };
  }

  max_intraday_filled_orders(count: number): void {
    this.#desk.risk.maxDayFills = count;
  }

  max_intraday_loss(value: number, type: string): void {
    this.#desk.risk.maxIntradayLoss = { value, unit: type as RiskUnit };
  }

  max_position_size(contracts: number): void {
    this.#desk.risk.maxPosition = Math.abs(contracts);
  }
}

/**
 * `strategy.closedtrades` or `strategy.opentrades`. A number that is negative is na, but 0 for the size; one that is
 * too large is 0 for money and sizes, na for everything else.
 */
class TradeList {
  readonly #trades: () => readonly Trade[];
  readonly first_index = 0;

  constructor(trades: () => readonly Trade[]) {
    this.#trades = trades;
  }

  get count(): number {
    return this.#trades().length;
  }

  #at(number: number): Trade | undefined {
    return this.#trades()[Math.trunc(number)];
  }

  #fact(number: number, read: (trade: Trade) => number | undefined): number {
    const trade = this.#at(number);
    return (trade === undefined ? undefined : read(trade)) ?? Number.NaN;
  }

  #money(number: number, read: (trade: Trade) => number): number {
    const trade = this.#at(number);
    if (trade !== undefined) return read(trade);
    return number >= this.count ? 0 : Number.NaN;
  }

  #text(number: number, read: (trade: Trade) => string | undefined): string | null {
    const trade = this.#at(number);
    return (trade === undefined ? undefined : read(trade)) ?? null;
  }

  size(number: number): number {
    return this.#at(number)?.size ?? 0;
  }

  entry_id(number: number): string | null {
    return this.#text(number, (trade) => trade.entryId);
  }

  entry_comment(number: number): string | null {
    return this.#text(number, (trade) => trade.entryComment);
  }

  entry_price(number: number): number {
    return this.#fact(number, (trade) => trade.entryPrice);
  }

  entry_time(number: number): number {
    return this.#fact(number, (trade) => trade.entryTimeMs);
  }

  entry_bar_index(number: number): number {
    return this.#fact(number, (trade) => trade.entryBar);
  }

  exit_id(number: number): string | null {
    return this.#text(number, (trade) => trade.exitId);
  }

  exit_comment(number: number): string | null {
    return this.#text(number, (trade) => trade.exitComment);
  }

  exit_price(number: number): number {
    return this.#fact(number, (trade) => trade.exitPrice);
  }

  exit_time(number: number): number {
    return this.#fact(number, (trade) => trade.exitTimeMs);
  }

  exit_bar_index(number: number): number {
    return this.#fact(number, (trade) => trade.exitBar);
  }

  commission(number: number): number {
    return this.#money(number, (trade) => trade.commission);
  }

  profit(number: number): number {
    return this.#money(number, (trade) => trade.profit);
  }

  profit_percent(number: number): number {
    return this.#money(number, (trade) => trade.profitPercent);
  }

  max_runup(number: number): number {
    return this.#money(number, (trade) => trade.maxRunup);
  }

  max_runup_percent(number: number): number {
    return this.#money(number, (trade) => trade.maxRunupPercent);
  }

  max_drawdown(number: number): number {
    return this.#money(number, (trade) => trade.maxDrawdown);
  }

  max_drawdown_percent(number: number): number {
    return this.#money(number, (trade) => trade.maxDrawdownPercent);
  }
}

class OpenTrades extends TradeList {
  readonly #desk: StrategyDesk;

  constructor(desk: StrategyDesk) {
    super(() => desk.openTrades);
    this.#desk = desk;
  }

  get capital_held(): number {
    return this.#desk.capitalHeld;
  }
}

/** An indicator has no orders. */
export function noStrategy(): never {
  throw new RuntimeFailure("an indicator has no orders: strategy.* needs a strategy");
}

/** `strategy` on the bars of a request: an account without trades that takes no orders. */
export class SilentStrategy extends PineStrategy {
  override entry(): void {}
  override order(): void {}
  override exit(): void {}
  override close(): void {}
  override close_all(): void {}
  override cancel(): void {}
  override cancel_all(): void {}
}
