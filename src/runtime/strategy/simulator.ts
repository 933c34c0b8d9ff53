import type { Side } from "../../kernel/price-path.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";
import { stepBar } from "./bar.ts";
import { LiveBar } from "./live-bar.ts";
import { type CloseArguments, cancelById, placeClose, placeCloseAll } from "./close-command.ts";
import { closeBar } from "./close-phase.ts";
import { Desk, type SimulatedBar, type SimulatorListener } from "./desk.ts";
import { defaultEntryQuantity, type EntryArguments, placeEntry } from "./entry-command.ts";
import { type ExitArguments, placeExit } from "./exit-command.ts";
import { liquidationPrice } from "./margin.ts";
import { RateSource, type RateLookup } from "./rate.ts";
import type { RiskRules } from "./risk-rules.ts";
import type { StrategyRules } from "./rules.ts";
import type { Trade } from "./trade.ts";

/** What the simulator cannot know by itself. */
export interface SimulatorOptions {
  readonly listener?: SimulatorListener | undefined;
  /** Trading date of a bar's open, for the rules that count in days; default: the UTC date. */
  readonly tradingDay?: ((timeMs: number) => number) | undefined;
  /** Symbol currency to account currency; asked at most once a bar, and only when the two differ. */
  readonly rate?: RateLookup | undefined;
  readonly onWarning?: ((message: string) => void) | undefined;
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

const dayMs = 86_400_000;

/**
 * The order simulator: TradingView's broker emulator, order by order. A pure state machine: it is told of bars and of
 * the script's commands, and tells a listener what happened.
 *
 * A bar goes `step(bar)`, then the script's body with its commands, then `finish()`.
 */
export class Simulator {
  readonly rules: StrategyRules;
  readonly accountCurrency: string;
  /** The bar that forms, of a live run. */
  readonly live: LiveBar;
  /** Whether commands of the script count; not while a live run warms up. */
  takesOrders = true;
  readonly #desk: Desk;
  readonly #tradingDay: (timeMs: number) => number;
  readonly #rates: RateSource;
  /** When the script runs inside bars; `undefined`: never. */
  readonly #reruns: "fills" | "ticks" | undefined;

  constructor(rules: StrategyRules, symbol: SymInfo, options: SimulatorOptions = {}) {
    this.rules = rules;
    this.#desk = new Desk(rules, symbol, options.listener);
    this.#tradingDay = options.tradingDay ?? ((timeMs) => Math.floor(timeMs / dayMs));
    this.live = new LiveBar(this.#desk, this.#tradingDay);
    this.accountCurrency =
      rules.currency === "" || rules.currency === "NONE" ? symbol.currency : rules.currency;
    this.#rates = new RateSource(symbol.currency, this.accountCurrency, options.rate, options.onWarning);
    if (rules.calcOnEveryHistoryTick) this.#reruns = "ticks";
    else if (rules.calcOnOrderFills && !rules.processOrdersOnClose) this.#reruns = "fills";
  }

  /** Whether the script may have to run inside a bar. */
  get runsInsideBars(): boolean {
    return this.#reruns !== undefined;
  }

  /** Of a price and a distance in ticks an exit takes the price, as Pine 5 does, not the nearer. */
  set prefersPrices(prefers: boolean) {
    this.#desk.prefersPrices = prefers;
  }

  /** Takes a bar: fills what waits along the path of its prices, then marks the position at its close. */
  step(bar: SimulatedBar, walk: BarWalk = {}): void {
    const desk = this.#desk;
    if (this.#rates.converts) desk.setRate(this.#rates.at(bar.index, bar.timeMs));
    const { finer, runBody } = walk;
    if (this.#reruns === undefined || runBody === undefined) {
      stepBar(desk, bar, finer, this.#tradingDay);
      return;
    }
    const isMagnified = finer !== undefined && finer.length > 0;
    const pause = (at: MidBar, high: number, low: number, price: number): void => {
      if (this.#reruns === "fills" && desk.fills === 0) return;
      desk.fills = 0;
      desk.standAt(high, low, price, () => runBody(at));
    };
    stepBar(
      desk,
      bar,
      finer,
      this.#tradingDay,
      isMagnified ? undefined : (point, risesFirst, ...prices) => pause({ point, risesFirst }, ...prices),
      isMagnified ? (finerBars, ...prices) => pause({ finerBars }, ...prices) : undefined,
    );
  }

  /** Takes a bar that has only begun; `live` walks its parts. @param bar its prices so far */
  beginLive(bar: SimulatedBar): void {
    if (this.#rates.converts) this.#desk.setRate(this.#rates.at(bar.index, bar.timeMs));
    this.live.begin(bar);
  }

  /** Ends a bar, after the script: what fills at its close, and its last margin call. */
  finish(): void {
    closeBar(this.#desk);
  }

  /** An order that opens a position, adds to it within pyramiding, or turns an opposite one around. */
  entry(id: string, side: Side, args: EntryArguments = {}): void {
    if (this.takesOrders) placeEntry(this.#desk, "entry", id, side, args);
  }

  /** An order that is taken as it is. */
  order(id: string, side: Side, args: EntryArguments = {}): void {
    if (this.takesOrders) placeEntry(this.#desk, "normal", id, side, args);
  }

  /** Orders that close what entries open, at prices or at distances from theirs. */
  exit(id: string, args: ExitArguments): void {
    if (this.takesOrders) placeExit(this.#desk, id, args);
  }

  close(id: string, args: CloseArguments = {}): void {
    if (this.takesOrders) placeClose(this.#desk, id, args);
  }

  closeAll(args: CloseArguments = {}): void {
    if (this.takesOrders) placeCloseAll(this.#desk, args);
  }

  cancel(id: string): void {
    cancelById(this.#desk, id);
  }

  cancelAll(): void {
    this.#desk.cancelOrders();
  }

  /** The risk rules; setting one switches it on. */
  get risk(): RiskRules {
    return this.#desk.risk;
  }

  /** Oldest first. */
  get openTrades(): readonly Trade[] {
    return this.#desk.account.openTrades;
  }

  /** In the order in which they closed. */
  get closedTrades(): readonly Trade[] {
    return this.#desk.account.closedTrades;
  }

  /** Signed; 0 when flat. */
  get positionSize(): number {
    return this.#desk.account.size;
  }

  /** `NaN` when flat. */
  get positionAveragePrice(): number {
    return this.#desk.account.averagePrice;
  }

  get equity(): number {
    return this.#desk.account.equity;
  }

  get netProfit(): number {
    return this.#desk.account.netProfit;
  }

  get openProfit(): number {
    return this.#desk.account.openProfit;
  }

  get grossProfit(): number {
    return this.#desk.account.grossProfit;
  }

  /** Positive: what losing trades lost, and the commission of open ones. */
  get grossLoss(): number {
    return this.#desk.account.grossLoss + this.#desk.account.openCommission;
  }

  /** Positive: what losing trades lost. */
  get closedLoss(): number {
    return this.#desk.account.grossLoss;
  }

  get winTrades(): number {
    return this.#desk.account.wins;
  }

  get lossTrades(): number {
    return this.#desk.account.losses;
  }

  get evenTrades(): number {
    return this.#desk.account.evens;
  }

  get maxDrawdown(): number {
    return this.#desk.account.maxDrawdown;
  }

  get maxRunup(): number {
    return this.#desk.account.maxRunup;
  }

  /** Most contracts held at a time: in either direction, long, short. */
  get maxContracts(): { readonly all: number; readonly long: number; readonly short: number } {
    const { maxContractsAll: all, maxContractsLong: long, maxContractsShort: short } = this.#desk.account;
    return { all, long, short };
  }

  /** Price at which the position would be closed for want of margin; `NaN`: none. */
  get liquidationPrice(): number {
    return liquidationPrice(this.#desk);
  }

  /** Money that open trades bind at their entries; 0 when flat, `NaN` when no side needs margin. */
  get capitalHeld(): number {
    if (this.#desk.margin(1) === 0 && this.#desk.margin(-1) === 0) return Number.NaN;
    const { pointvalue, openTrades } = this.#desk.account;
    return openTrades.reduce((sum, trade) => sum + Math.abs(trade.size) * trade.entryPrice * pointvalue, 0);
  }

  /** Contracts that the sizing settings buy at a price. */
  defaultQuantity(price: number): number {
    return defaultEntryQuantity(this.#desk, price);
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
