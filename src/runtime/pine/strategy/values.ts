import type { StrategyDesk } from "../../strategy/strategy-desk.ts";
import type { Trade } from "../../strategy/trade.ts";
import { OpenTrades, TradeList } from "./trade-list.ts";

/** What a script may know of its account, under Pine's names. */
export class StrategyValues {
  readonly #desk: StrategyDesk;
  readonly closedtrades: TradeList;
  readonly opentrades: OpenTrades;

  constructor(desk: StrategyDesk) {
    this.#desk = desk;
    this.closedtrades = new TradeList(() => desk.closedTrades);
    this.opentrades = new OpenTrades(desk);
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
