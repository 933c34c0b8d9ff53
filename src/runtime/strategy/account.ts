import type { Grid } from "../../kernel/grid.ts";
import type { Trade } from "./trade.ts";

/**
 * The money of a run and the position it is in. Net profit is derived, never accumulated: what closed trades made, less
 * the commission of open ones.
 */
export class Account {
  readonly initialCapital: number;
  readonly openTrades: Trade[] = [];
  readonly closedTrades: Trade[] = [];
  /** Signed. */
  size = 0;
  averagePrice = Number.NaN;
  /** Money per 1.0 of price per contract, in the account's currency of the current bar. */
  pointvalue = 1;
  openProfit = 0;
  openCommission = 0;
  grossProfit = 0;
  grossLoss = 0;
  wins = 0;
  losses = 0;
  evens = 0;
  maxDrawdown = 0;
  maxRunup = 0;
  maxContractsAll = 0;
  maxContractsLong = 0;
  maxContractsShort = 0;
  /** Equity when the account last left being flat, moved along by what closed since; its highest and lowest. */
  #entryEquity: number;
  #highestEquity: number;
  #lowestEquity: number;
  /** How far the bar went for and against the trades, summed. */
  #runup = 0;
  #drawdown = 0;
  /** Trades before this one have their cumulative profit. */
  #settled = 0;
  #cumulativeProfit = 0;
  readonly #grid: Grid;

  constructor(initialCapital: number, grid: Grid) {
    this.initialCapital = initialCapital;
    this.#grid = grid;
    this.#entryEquity = this.#highestEquity = this.#lowestEquity = initialCapital;
  }

  get netProfit(): number {
    return this.grossProfit - this.grossLoss - this.openCommission;
  }

  get equity(): number {
    return this.initialCapital + this.netProfit + this.openProfit;
  }

  /** Open profit with the position marked at a price. */
  openProfitAt(price: number): number {
    return this.size === 0 ? 0 : this.size * (price - this.averagePrice) * this.pointvalue;
  }

  equityAt(price: number): number {
    return this.initialCapital + this.netProfit + this.openProfitAt(price);
  }

  /** Marks the position at a price. */
  mark(price: number): void {
    this.openProfit = this.openProfitAt(price);
  }

  /** Starts the excursions of a bar. */
  beginBar(): void {
    this.#runup = 0;
    this.#drawdown = 0;
  }

  /** Adds a trade that was just opened, its commission paid. */
  open(trade: Trade, price: number): void {
    const wasFlat = this.size === 0;
    this.openTrades.push(trade);
    this.openCommission += trade.commission;
    this.#derivePosition(this.#grid.add(this.size, trade.size), price);
    if (!wasFlat) return;
    this.#entryEquity = this.initialCapital + this.netProfit;
    this.#highestEquity = Math.max(this.#highestEquity, this.#entryEquity);
    this.#lowestEquity = Math.min(this.#lowestEquity, this.#entryEquity);
  }

  /** Adds to an open trade what its order has filled besides. @param size signed, as the trade's */
  enlarge(trade: Trade, size: number, price: number, commission: number): void {
    const both = Math.abs(trade.size) + Math.abs(size);
    trade.entryPrice = (trade.entryPrice * Math.abs(trade.size) + price * Math.abs(size)) / both;
    trade.size = this.#grid.add(trade.size, size);
    trade.commission += commission;
    this.openCommission += commission;
    this.#derivePosition(this.#grid.add(this.size, size), price);
  }

  /**
   * Closes a trade, or a piece that was split off one.
   *
   * @param booked price at which the money is booked; `trade.exitPrice` is the one that is reported
   * @param fee of the exit
   * @param rest the trade that a piece was split off
   * @param reachedA with `reachedB` the prices that count for the bar's excursions; `NaN`: none do
   */
  close(
    trade: Trade,
    rest: Trade | undefined,
    booked: number,
    fee: number,
    reachedA: number,
    reachedB: number,
  ): void {
    const gross = trade.size * (booked - trade.entryPrice) * this.pointvalue;
    const entryFee = trade.commission;
    const first = trade.size * (reachedA - trade.entryPrice) * this.pointvalue - entryFee;
    const second = trade.size * (reachedB - trade.entryPrice) * this.pointvalue - entryFee;
    if (first === first && second === second) {
      this.#drawdown -= Math.min(first, second, 0);
      this.#runup += Math.max(first, second, 0);
    }
    const profit = gross - (entryFee + fee);
    const invested = Math.abs(trade.size) * trade.entryPrice * this.pointvalue;
    trade.profit = profit;
    trade.profitPercent = invested === 0 ? 0 : (profit / invested) * 100;
    trade.commission = entryFee + fee;
    if (profit > 0) {
      this.wins++;
      this.grossProfit += profit;
    } else if (profit < 0) {
      this.losses++;
      this.grossLoss -= profit;
    } else {
      this.evens++;
    }
    this.openCommission -= entryFee;
    this.closedTrades.push(trade);
    if (rest === undefined) this.openTrades.splice(this.openTrades.indexOf(trade), 1);
    else if (gross > 0) {
      this.#runup -= entryFee;
      this.#drawdown += entryFee / 2;
      this.#entryEquity += entryFee / 2;
    }
    this.#derivePosition(this.#grid.add(this.size, -trade.size), booked);
  }

  #derivePosition(size: number, price: number): void {
    let money = 0;
    for (const trade of this.openTrades) money += trade.entryPrice * Math.abs(trade.size);
    if (this.openTrades.length === 0 || this.#grid.isDust(size)) {
      this.openTrades.length = 0;
      this.size = 0;
      this.averagePrice = Number.NaN;
      this.openCommission = 0;
    } else {
      this.size = size;
      this.averagePrice = money / Math.abs(size);
    }
    this.mark(price);
    const contracts = Math.abs(this.size);
    this.maxContractsAll = Math.max(this.maxContractsAll, contracts);
    if (this.size > 0) this.maxContractsLong = Math.max(this.maxContractsLong, contracts);
    if (this.size < 0) this.maxContractsShort = Math.max(this.maxContractsShort, contracts);
  }

  /** Open profit at the close, and how far the bar went for and against every open trade. */
  finishBar(high: number, low: number, close: number): void {
    if (this.size !== 0) {
      this.mark(close);
      for (let index = 0; index < this.openTrades.length; index++)
        this.#finishTrade(this.openTrades[index]!, high, low, close);
    }
    if (this.#runup === 0 && this.#drawdown === 0) return;
    this.maxDrawdown = Math.max(this.maxDrawdown, this.#highestEquity - this.#entryEquity + this.#drawdown);
    this.maxRunup = Math.max(this.maxRunup, this.#entryEquity - this.#lowestEquity + this.#runup);
  }

  #finishTrade(trade: Trade, high: number, low: number, close: number): void {
    const { size, entryPrice, commission } = trade;
    const money = size * this.pointvalue;
    const invested = Math.abs(money) * entryPrice;
    const best = money * ((size > 0 ? high : low) - this.averagePrice) - commission;
    const worst = commission - money * ((size > 0 ? low : high) - this.averagePrice);
    trade.profit = money * (close - entryPrice) - 2 * commission;
    trade.profitPercent = invested === 0 ? 0 : (trade.profit / invested) * 100;
    if (best > 0) {
      this.#runup += best;
      if (best > trade.maxRunup) {
        trade.maxRunup = best;
        trade.maxRunupPercent = invested === 0 ? 0 : (best / invested) * 100;
      }
    }
    if (worst > 0) {
      this.#drawdown += worst;
      if (worst > trade.maxDrawdown) {
        trade.maxDrawdown = worst;
        trade.maxDrawdownPercent = invested === 0 ? 0 : (worst / invested) * 100;
      }
    }
  }

  /** Gives the trades that closed since the last call their cumulative profit. */
  settle(): void {
    for (; this.#settled < this.closedTrades.length; this.#settled++) {
      const trade = this.closedTrades[this.#settled]!;
      this.#cumulativeProfit += trade.profit;
      trade.cumulativeProfit = this.#cumulativeProfit;
      trade.cumulativeProfitPercent = (this.#cumulativeProfit / this.initialCapital) * 100;
      this.#entryEquity += trade.profit;
    }
  }
}
