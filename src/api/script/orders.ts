/** The orders of a strategy and what came of them. Options that are `undefined` or `NaN` count as not given. */

/** Side of an entry. */
export type Direction = "long" | "short";

/** What an order does to the other orders of its group when it fills: takes them back, or makes them smaller. */
export type OcaType = "cancel" | "reduce" | "none";

/** Options of `entry` and `order`. Without `limit` and `stop` it is a market order. */
export interface EntryOptions {
  /** Contracts; default: by the strategy's sizing settings. */
  readonly qty?: number;
  /** Fill at this price or better. */
  readonly limit?: number;
  /** Fill once the price has come this far. With `limit` as well: become a limit order there. */
  readonly stop?: number;
  readonly ocaName?: string;
  readonly ocaType?: OcaType;
  readonly comment?: string;
  /**
   * What an alert of its fill is to say, of a live run; placeholders as on TradingView. A broker is given it with the
   * order, as it is.
   */
  readonly alertMessage?: string;
  /** Raise no alert of its fill. */
  readonly disableAlert?: boolean;
}

/** Options of `exit`: at least one price or distance. Distances are ticks from the entry's price. */
export interface ExitOptions {
  /** The entry it closes; default: every one. */
  readonly fromEntry?: string;
  /** Contracts; beats `qtyPercent`. Default: what other exits of the entry leave. */
  readonly qty?: number;
  /** Percent of the entry. */
  readonly qtyPercent?: number;
  /** Where to take the profit. */
  readonly limit?: number;
  readonly profit?: number;
  /** Where to stop the loss. */
  readonly stop?: number;
  readonly loss?: number;
  /** From where the stop follows the price. */
  readonly trailPrice?: number;
  readonly trailPoints?: number;
  /** Distance, in ticks, at which it follows. */
  readonly trailOffset?: number;
  readonly ocaName?: string;
  readonly comment?: string;
  /** Comments for the three ways of filling, instead of `comment`. */
  readonly commentProfit?: string;
  readonly commentLoss?: string;
  readonly commentTrailing?: string;
  /** What an alert of its fill is to say, and for the three ways of filling instead of it. */
  readonly alertMessage?: string;
  readonly alertProfit?: string;
  readonly alertLoss?: string;
  readonly alertTrailing?: string;
  readonly disableAlert?: boolean;
}

/** Options of `closeAll`. */
export interface CloseAllOptions {
  readonly comment?: string;
  readonly alertMessage?: string;
  readonly disableAlert?: boolean;
  /** Fill at the close of this bar, not at the next open. */
  readonly immediately?: boolean;
}

/** Options of `close`. */
export interface CloseOptions extends CloseAllOptions {
  /** Contracts; beats `qtyPercent`. Default: all of the entry. */
  readonly qty?: number;
  readonly qtyPercent?: number;
}

/** A market order that closes what the entry with this id opened. */
export type CloseOrder = (id: string, options?: CloseOptions) => void;

/**
 * Rules that stop or bound a strategy. Each is set once, in the setup or on the first bar. A strategy that breaks
 * `maxDrawdown`, `maxIntradayLoss` or `maxConsLossDays` is closed and enters nothing any more.
 */
export interface RiskCommands {
  /** The only side that `entry` may open; an opposite entry then closes. */
  allowEntryIn(direction: Direction | "all"): void;
  /** Looked at on bars on which something closed. */
  maxDrawdown(value: number, unit: "cash" | "percent_of_equity"): void;
  maxIntradayLoss(value: number, unit: "cash" | "percent_of_equity"): void;
  /** Trading days with a loss, one after the other. */
  maxConsLossDays(days: number): void;
  /** Filled orders of a trading day; then the position is closed and nothing is entered before the next. */
  maxIntradayFilledOrders(orders: number): void;
  /** Contracts that `entry` may bring the position to. */
  maxPositionSize(contracts: number): void;
}

/** A trade: an entry fill, or the part of it that one exit closed. Money is in the account's currency. */
export interface TradeRecord {
  readonly entryId: string;
  readonly entryComment: string;
  readonly entryBar: number;
  /** Epoch ms. */
  readonly entryTimeMs: number;
  readonly entryPrice: number;
  /** Signed: above 0 long. */
  readonly size: number;
  readonly commission: number;
  readonly profit: number;
  readonly profitPercent: number;
  readonly maxRunup: number;
  readonly maxRunupPercent: number;
  readonly maxDrawdown: number;
  readonly maxDrawdownPercent: number;
  /** Of a closed trade. */
  readonly exitId: string | undefined;
  readonly exitComment: string | undefined;
  readonly exitBar: number | undefined;
  readonly exitTimeMs: number | undefined;
  readonly exitPrice: number | undefined;
}

/** What a strategy has achieved so far. Money is in the account's currency. */
export interface StrategyFigures {
  /** Signed; 0 when flat. */
  readonly positionSize: number;
  /** `NaN` when flat. */
  readonly positionAvgPrice: number;
  /** Id of the entry that opened the oldest open trade; empty when flat. */
  readonly positionEntryName: string;
  readonly initialCapital: number;
  readonly accountCurrency: string;
  readonly equity: number;
  readonly netProfit: number;
  readonly openProfit: number;
  readonly grossProfit: number;
  /** Positive. */
  readonly grossLoss: number;
  readonly maxDrawdown: number;
  readonly maxRunup: number;
  /** How many. */
  readonly closedTrades: number;
  readonly openTrades: number;
  readonly winTrades: number;
  readonly lossTrades: number;
  readonly evenTrades: number;
  /** Price at which the position would be closed for want of margin; `NaN`: none. */
  readonly marginLiquidationPrice: number;
  /** Money that open trades bind at their entries; `NaN` when neither side needs margin. */
  readonly capitalHeld: number;
  /** A closed trade by its number from 0, the oldest; `undefined` when there is none. */
  closedTrade(number: number): TradeRecord | undefined;
  /** An open trade by its number from 0, the oldest; `undefined` when there is none. */
  openTrade(number: number): TradeRecord | undefined;
  /** Contracts that the sizing settings buy at a price. */
  defaultEntryQty(price: number): number;
  /** From the symbol's currency; `NaN` without a rate. */
  convertToAccount(value: number): number;
  /** Into the symbol's currency; `NaN` without a rate. */
  convertToSymbol(value: number): number;
}

/** The commands of a strategy. */
export interface StrategyCommands {
  /** An order that opens a position, adds to it within `pyramiding`, or turns an opposite one around. */
  entry(id: string, direction: Direction, options?: EntryOptions): void;
  /** An order that is taken as it is: it adds and subtracts. */
  order(id: string, direction: Direction, options?: EntryOptions): void;
  /** Orders that close a position at a price; issued again under its id, it moves. */
  exit(id: string, options: ExitOptions): void;
  /** A market order that closes the whole position. */
  closeAll(options?: CloseAllOptions): void;
  /** Takes back the entry with this id, and the exits placed under it. */
  cancel(id: string): void;
  cancelAll(): void;
  readonly risk: RiskCommands;
}
