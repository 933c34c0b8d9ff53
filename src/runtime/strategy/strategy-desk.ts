import type { Side } from "../../kernel/price-path.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";
import { type CloseArguments, cancelById, placeClose, placeCloseAll } from "./close-command.ts";
import { Desk, type SimulatedBar, type SimulatorListener } from "./desk.ts";
import { defaultEntryQuantity, type EntryArguments, placeEntry } from "./entry-command.ts";
import { type ExitArguments, placeExit } from "./exit-command.ts";
import { liquidationPrice } from "./margin.ts";
import { type RateLookup, RateSource } from "./rate.ts";
import type { RiskRules } from "./risk-rules.ts";
import type { StrategyRules } from "./rules.ts";
import type { Trade } from "./trade.ts";

/** What a desk cannot know by itself. */
export interface DeskOptions {
  readonly listener?: SimulatorListener | undefined;
  /** Trading date of a bar's open, for the rules that count in days; default: the UTC date. */
  readonly tradingDay?: ((timeMs: number) => number) | undefined;
  /** Symbol currency to account currency; asked at most once a bar, and only when the two differ. */
  readonly rate?: RateLookup | undefined;
  readonly onWarning?: ((message: string) => void) | undefined;
  /** Step of what can be held, where it is finer than what can be ordered. */
  readonly heldStep?: number | undefined;
}

/** Where a script stands that runs before its bar is over. */
export type MidBar =
  /** At a point of the path: the open (0), the first (1) or the second extreme (2). */
  | { readonly point: 0 | 1 | 2; readonly risesFirst: boolean }
  /** After so many of its finer bars. */
  | { readonly finerBars: number };

/** How a bar is walked. */
export interface BarWalk {
  /** The finer bars of this bar, oldest first: orders fill along them. */
  readonly finer?: readonly SimulatedBar[] | undefined;
  /** Runs the script's body inside the bar, its state set back to the bar's start. */
  readonly runBody?: ((at: MidBar) => void) | undefined;
}

/** A bar whose prices come one after another. */
export interface FormingBar {
  /**
   * The price has moved.
   * @param part what it did since the last part
   * @param hasNewOrders the script may have placed orders since then
   * @returns whether something has filled
   */
  take(part: SimulatedBar, hasNewOrders: boolean): boolean;
  /** Lets the script run inside the bar. */
  run(body: () => void): void;
  /** Ends the bar, before the script sees its close. @param bar its final prices */
  end(bar: SimulatedBar): void;
}

/** Makes the desk of a strategy from what its script declares. */
export type DeskMaker = (rules: StrategyRules, symbol: SymInfo, options: DeskOptions) => StrategyDesk;

const dayMs = 86_400_000;

/**
 * What a strategy trades at: it takes the script's commands, keeps the book of its orders and trades by TradingView's
 * rules, and has the figures that scripts, reports and screens read. What makes orders fill is left to those who
 * extend it: the prices of the bars in the simulator, a venue in a broker run.
 *
 * A bar goes `step(bar)`, then the script's body with its commands, then `finish()`; one that forms before one's eyes
 * `beginLive(bar)`, then `live`, then the body, then `finish()`.
 */
export abstract class StrategyDesk {
  readonly rules: StrategyRules;
  readonly accountCurrency: string;
  /** Whether commands of the script count; not while a live run warms up. */
  takesOrders = true;
  protected readonly desk: Desk;
  protected readonly tradingDay: (timeMs: number) => number;
  readonly #rates: RateSource;

  constructor(rules: StrategyRules, symbol: SymInfo, options: DeskOptions = {}) {
    this.rules = rules;
    this.desk = new Desk(rules, symbol, options.listener, options.heldStep);
    this.tradingDay = options.tradingDay ?? ((timeMs) => Math.floor(timeMs / dayMs));
    this.accountCurrency =
      rules.currency === "" || rules.currency === "NONE" ? symbol.currency : rules.currency;
    this.#rates = new RateSource(symbol.currency, this.accountCurrency, options.rate, options.onWarning);
  }

  /** The bar that forms, of a live run. */
  abstract readonly live: FormingBar;

  /** Whether the script may have to run inside a bar of history. */
  abstract get runsInsideBars(): boolean;

  /** Whether the way of a live bar that came as a whole is assumed, so that a script may run on it. */
  abstract get assumesPaths(): boolean;

  /** Takes a whole bar, before the script sees its close. */
  abstract step(bar: SimulatedBar, walk?: BarWalk): void;

  /** Takes a bar that has only begun; `live` has its parts. @param bar its prices so far */
  abstract beginLive(bar: SimulatedBar): void;

  /** Ends a bar, after the script. */
  abstract finish(): void;

  /** Looks the rate of a bar up, where the account's currency is not the symbol's. */
  protected takeRate(bar: SimulatedBar): void {
    if (this.#rates.converts) this.desk.setRate(this.#rates.at(bar.index, bar.timeMs));
  }

  /** Of a price and a distance in ticks an exit takes the price, as Pine 5 does, not the nearer. */
  set prefersPrices(prefers: boolean) {
    this.desk.prefersPrices = prefers;
  }

  /** An order that opens a position, adds to it within pyramiding, or turns an opposite one around. */
  entry(id: string, side: Side, args: EntryArguments = {}): void {
    if (this.takesOrders) placeEntry(this.desk, "entry", id, side, args);
  }

  /** An order that is taken as it is. */
  order(id: string, side: Side, args: EntryArguments = {}): void {
    if (this.takesOrders) placeEntry(this.desk, "normal", id, side, args);
  }

  /** Orders that close what entries open, at prices or at distances from theirs. */
  exit(id: string, args: ExitArguments): void {
    if (this.takesOrders) placeExit(this.desk, id, args);
  }

  close(id: string, args: CloseArguments = {}): void {
    if (this.takesOrders) placeClose(this.desk, id, args);
  }

  closeAll(args: CloseArguments = {}): void {
    if (this.takesOrders) placeCloseAll(this.desk, args);
  }

  cancel(id: string): void {
    cancelById(this.desk, id);
  }

  cancelAll(): void {
    this.desk.cancelOrders();
  }

  /** The risk rules; setting one switches it on. */
  get risk(): RiskRules {
    return this.desk.risk;
  }

  /** Oldest first. */
  get openTrades(): readonly Trade[] {
    return this.desk.account.openTrades;
  }

  /** In the order in which they closed. */
  get closedTrades(): readonly Trade[] {
    return this.desk.account.closedTrades;
  }

  /** Signed; 0 when flat. */
  get positionSize(): number {
    return this.desk.account.size;
  }

  /** `NaN` when flat. */
  get positionAveragePrice(): number {
    return this.desk.account.averagePrice;
  }

  get equity(): number {
    return this.desk.account.equity;
  }

  get netProfit(): number {
    return this.desk.account.netProfit;
  }

  get openProfit(): number {
    return this.desk.account.openProfit;
  }

  get grossProfit(): number {
    return this.desk.account.grossProfit;
  }

  /** Positive: what losing trades lost, and the commission of open ones. */
  get grossLoss(): number {
    return this.desk.account.grossLoss + this.desk.account.openCommission;
  }

  /** Positive: what losing trades lost. */
  get closedLoss(): number {
    return this.desk.account.grossLoss;
  }

  get winTrades(): number {
    return this.desk.account.wins;
  }

  get lossTrades(): number {
    return this.desk.account.losses;
  }

  get evenTrades(): number {
    return this.desk.account.evens;
  }

  get maxDrawdown(): number {
    return this.desk.account.maxDrawdown;
  }

  get maxRunup(): number {
    return this.desk.account.maxRunup;
  }

  /** Most contracts held at a time: in either direction, long, short. */
  get maxContracts(): { readonly all: number; readonly long: number; readonly short: number } {
    const { maxContractsAll: all, maxContractsLong: long, maxContractsShort: short } = this.desk.account;
    return { all, long, short };
  }

  /** Price at which the position would be closed for want of margin; `NaN`: none. */
  get liquidationPrice(): number {
    return liquidationPrice(this.desk);
  }

  /** Money that open trades bind at their entries; 0 when flat, `NaN` when no side needs margin. */
  get capitalHeld(): number {
    if (this.desk.margin(1) === 0 && this.desk.margin(-1) === 0) return Number.NaN;
    const { pointvalue, openTrades } = this.desk.account;
    return openTrades.reduce((sum, trade) => sum + Math.abs(trade.size) * trade.entryPrice * pointvalue, 0);
  }

  /** Contracts that the sizing settings buy at a price. */
  defaultQuantity(price: number): number {
    return defaultEntryQuantity(this.desk, price);
  }

  /** Into the account's currency; `NaN` without a rate. */
  toAccount(value: number): number {
    return value * this.#rates.current;
  }

  /** Into the symbol's currency; `NaN` without a rate. */
  toSymbol(value: number): number {
    return value / this.#rates.current;
  }
}
