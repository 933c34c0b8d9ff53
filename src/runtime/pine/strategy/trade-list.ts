import type { StrategyDesk } from "../../strategy/strategy-desk.ts";
import type { Trade } from "../../strategy/trade.ts";

/**
 * `strategy.closedtrades` or `strategy.opentrades`. A number that is negative is na, but 0 for the size; one that is
 * too large is 0 for money and sizes, na for everything else.
 */
export class TradeList {
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

/** `strategy.opentrades`. */
export class OpenTrades extends TradeList {
  readonly #desk: StrategyDesk;

  constructor(desk: StrategyDesk) {
    super(() => desk.openTrades);
    this.#desk = desk;
  }

  get capital_held(): number {
    return this.#desk.capitalHeld;
  }
}
