import type { OrderHookEvent } from "../../api/plugins/extension-hooks.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";
import { commissionOf, type CommissionModel } from "./commission.ts";
import { cash10, Grid } from "./grid.ts";

/**
 * The order simulator: market entries and closes that fill at the next bar's open, with reversal, pyramiding, sizing,
 * slippage and commission as TradingView does them. A pure state machine: it is told of bars and commands, and tells
 * a listener what happened.
 */

/** Settings of a strategy that the simulator obeys. */
export interface StrategyRules {
  readonly pyramiding: number;
  readonly initialCapital: number;
  readonly defaultQtyType: "fixed" | "cash" | "percent_of_equity";
  readonly defaultQtyValue: number;
  readonly slippage: number;
  readonly commissionType: CommissionModel["type"];
  readonly commissionValue: number;
}

/** Prices of a bar. */
export interface SimulatedBar {
  readonly index: number;
  readonly timeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** A trade: an entry fill, or the part of it that one exit closed. Sizes are signed, money in account currency. */
export interface Trade {
  readonly entryId: string;
  readonly entryComment: string;
  readonly entryBar: number;
  readonly entryTimeMs: number;
  readonly entryPrice: number;
  size: number;
  /** Of the entry, for the part that is left. */
  commission: number;
  maxRunup: number;
  maxDrawdown: number;
  exitId?: string;
  exitComment?: string;
  exitBar?: number;
  exitTimeMs?: number;
  exitPrice?: number;
  /** After both commissions. */
  profit?: number;
  profitPercent?: number;
  cumulativeProfit?: number;
  cumulativeProfitPercent?: number;
  runupPercent?: number;
  drawdownPercent?: number;
}

/** Who is told what the simulator did. */
export interface SimulatorListener {
  onOrderEvent(event: OrderHookEvent): void;
  onTrade(kind: "open" | "close", trade: Trade): void;
}

interface Order {
  readonly kind: "entry" | "close";
  /** Id of the entry; `null` for the order that closes everything. */
  readonly id: string | null;
  readonly exitId: string;
  readonly comment: string;
  /** Signed. */
  readonly size: number;
}

/** The simulator of one run. */
export class Simulator {
  readonly rules: StrategyRules;
  readonly #grid: Grid;
  readonly #pointvalue: number;
  readonly #mintick: number;
  readonly #commission: CommissionModel;
  readonly #listener: SimulatorListener | undefined;
  readonly #queue: Order[] = [];
  #bar: SimulatedBar = { index: -1, timeMs: 0, open: NaN, high: NaN, low: NaN, close: NaN };

  readonly openTrades: Trade[] = [];
  readonly closedTrades: Trade[] = [];
  positionSize = 0;
  positionAveragePrice = Number.NaN;
  openProfit = 0;
  grossProfit = 0;
  grossLoss = 0;
  winTrades = 0;
  lossTrades = 0;
  maxDrawdown = 0;
  maxRunup = 0;
  #openCommission = 0;
  #peakEquity: number;
  #troughEquity: number;

  constructor(rules: StrategyRules, symbol: SymInfo, listener?: SimulatorListener) {
    this.rules = { ...rules, pyramiding: Math.max(1, rules.pyramiding) };
    this.#grid = new Grid(symbol);
    this.#pointvalue = symbol.pointvalue;
    this.#mintick = symbol.mintick;
    this.#commission = {
      type: rules.commissionType,
      value: rules.commissionValue,
      pointvalue: symbol.pointvalue,
    };
    this.#listener = listener;
    this.#peakEquity = rules.initialCapital;
    this.#troughEquity = rules.initialCapital;
  }

  /** Derived, never accumulated: what closed trades made, less the commission of open ones. */
  get netProfit(): number {
    return this.grossProfit - this.grossLoss - this.#openCommission;
  }

  get equity(): number {
    return this.rules.initialCapital + this.netProfit + this.openProfit;
  }

  /** Whether a bar can change anything; a flat strategy without orders is not stepped. */
  get idle(): boolean {
    return this.#queue.length === 0 && this.openTrades.length === 0;
  }

  /** Fills what waits at the bar's open, then marks the position at its close. */
  step(bar: SimulatedBar): void {
    const grid = this.#grid;
    this.#bar = {
      index: bar.index,
      timeMs: bar.timeMs,
      open: grid.barSnap(bar.open),
      high: grid.barSnap(bar.high),
      low: grid.barSnap(bar.low),
      close: grid.barSnap(bar.close),
    };
    if (this.idle) return;
    for (const order of this.#queue.splice(0)) this.#fill(order);
    this.#mark();
  }

  /** A market entry; its size is decided now, its reversal of an opposite position when it fills. */
  entry(id: string, direction: 1 | -1, qty: number | undefined, comment: string): void {
    const price = this.#bar.close + direction * this.rules.slippage * this.#mintick;
    const wanted = qty ?? this.#defaultQuantity(price);
    if (!Number.isFinite(wanted) || wanted <= 0) return;
    const signed = direction * wanted;
    const size = qty === undefined ? this.#grid.lotPlain(signed) : this.#grid.lotExplicit(signed);
    if (size === 0) return;
    const order: Order = { kind: "entry", id, exitId: id, comment, size };
    // An order that the whole account could not pay for is never accepted.
    if (Math.abs(size) * price * this.#pointvalue > this.equity)
      return this.#tell("rejected", order, Math.abs(size));
    this.#remove((other) => other.kind === "entry" && other.id === id);
    this.#place(order);
  }

  /** A market order that closes (part of) what the entry with this id opened. */
  close(id: string, qty: number | undefined, qtyPercent: number | undefined, comment: string): void {
    if (this.positionSize === 0) return;
    const bound = this.openTrades.reduce(
      (sum, trade) => (trade.entryId === id ? sum + Math.abs(trade.size) : sum),
      0,
    );
    if (bound === 0 || (qty !== undefined && !(qty > 0))) return;
    const wanted =
      qty !== undefined
        ? Math.min(qty, bound)
        : qtyPercent !== undefined
          ? (bound * qtyPercent) / 100
          : bound;
    const cut =
      qty !== undefined && qty < bound ? this.#grid.lotExplicit(wanted) : this.#grid.lotTolerant(wanted);
    if (!(cut > 0)) return;
    const size = -Math.sign(this.positionSize) * cut;
    this.#place({ kind: "close", id, exitId: `Close entry(s) order ${id}`, comment, size });
  }

  /** A market order that closes the whole position. */
  closeAll(comment: string): void {
    if (this.positionSize === 0) return;
    this.#place({
      kind: "close",
      id: null,
      exitId: "Close position order",
      comment,
      size: -this.positionSize,
    });
  }

  /** Takes back the entry with this id. */
  cancel(id: string): void {
    this.#remove((order) => order.kind === "entry" && order.id === id);
  }

  cancelAll(): void {
    this.#remove(() => true);
  }

  #place(order: Order): void {
    this.#queue.push(order);
    this.#tell("created", order, Math.abs(order.size));
  }

  #remove(matches: (order: Order) => boolean): void {
    for (let index = this.#queue.length - 1; index >= 0; index--) {
      const order = this.#queue[index];
      if (order === undefined || !matches(order)) continue;
      this.#queue.splice(index, 1);
      this.#tell("cancelled", order, Math.abs(order.size));
    }
  }

  /** Contracts that the sizing settings buy at a price. */
  #defaultQuantity(price: number): number {
    const { defaultQtyType, defaultQtyValue, commissionType, commissionValue } = this.rules;
    if (defaultQtyType === "fixed") return defaultQtyValue;
    let money = defaultQtyType === "cash" ? defaultQtyValue : this.equity * defaultQtyValue * 0.01;
    let unit = price * this.#pointvalue;
    if (defaultQtyType === "percent_of_equity") {
      if (commissionType === "percent") unit *= 1 + commissionValue * 0.01;
      else if (commissionType === "cash_per_contract") unit += commissionValue;
      else money = Math.max(0, money - commissionValue);
    }
    return (money < 1e7 ? cash10(money) : money) / unit;
  }

  #fill(order: Order): void {
    const position = this.positionSize;
    const side = Math.sign(order.size);
    let size = order.size;
    if (order.kind === "entry") {
      if (side === Math.sign(position) && this.openTrades.length >= this.rules.pyramiding) {
        return this.#tell("rejected", order, Math.abs(size));
      }
      if (position !== 0 && side !== Math.sign(position)) size = this.#grid.add(size, -position);
    } else {
      // Whatever closed in between cannot be closed again.
      if (position === 0 || side === Math.sign(position))
        return this.#tell("cancelled", order, Math.abs(size));
      if (Math.abs(size) > Math.abs(position)) size = -position;
    }
    const price = this.#grid.fillSnap(this.#bar.open + side * this.rules.slippage * this.#mintick);
    const total = commissionOf(this.#commission, price, Math.abs(size));
    const closing =
      position !== 0 && side !== Math.sign(position) ? Math.min(Math.abs(size), Math.abs(position)) : 0;
    const opening = this.#grid.units(Math.abs(size) - closing);
    const closingFee = opening === 0 ? total : cash10((total * closing) / Math.abs(size));
    if (closing > 0) this.#closeTrades(order, closing, price, closingFee);
    if (opening > 0 && order.kind === "entry")
      this.#openTrade(order, side * opening, price, total - (closing > 0 ? closingFee : 0));
    this.#tell("filled", order, Math.abs(size), price);
  }

  #openTrade(order: Order, size: number, price: number, commission: number): void {
    const trade: Trade = {
      entryId: order.id ?? "",
      entryComment: order.comment,
      entryBar: this.#bar.index,
      entryTimeMs: this.#bar.timeMs,
      entryPrice: price,
      size,
      commission,
      maxRunup: 0,
      maxDrawdown: 0,
    };
    if (this.openTrades.length === 0) {
      this.#peakEquity = Math.max(this.#peakEquity, this.equity);
      this.#troughEquity = Math.min(this.#troughEquity, this.equity);
    }
    this.openTrades.push(trade);
    this.#openCommission += commission;
    this.#derivePosition();
    this.#listener?.onTrade("open", trade);
  }

  /** Oldest first, whatever entry they belong to. */
  #closeTrades(order: Order, quantity: number, price: number, fee: number): void {
    let left = quantity;
    while (left > 0) {
      const trade = this.openTrades[0];
      if (trade === undefined) break;
      const whole = Math.abs(trade.size);
      const part = Math.min(left, whole);
      const closed = part === whole ? trade : this.#split(trade, part);
      left = this.#grid.units(left - part);
      this.#closeOne(closed, order, price, (fee * part) / quantity);
      if (closed === trade) this.openTrades.shift();
      this.#derivePosition();
      this.#listener?.onTrade("close", closed);
    }
  }

  /** Takes a part off an open trade, with its share of commission, run-up and drawdown. */
  #split(trade: Trade, part: number): Trade {
    const share = part / Math.abs(trade.size);
    const side = Math.sign(trade.size);
    const piece: Trade = {
      ...trade,
      size: side * part,
      commission: trade.commission * share,
      maxRunup: trade.maxRunup * share,
      maxDrawdown: trade.maxDrawdown * share,
    };
    trade.size = this.#grid.add(trade.size, -side * part);
    trade.commission -= piece.commission;
    trade.maxRunup -= piece.maxRunup;
    trade.maxDrawdown -= piece.maxDrawdown;
    return piece;
  }

  #closeOne(trade: Trade, order: Order, price: number, fee: number): void {
    const gross = trade.size * (price - trade.entryPrice) * this.#pointvalue;
    const profit = gross - (trade.commission + fee);
    const invested = Math.abs(trade.size) * trade.entryPrice * this.#pointvalue;
    const percent = (value: number): number => (invested === 0 ? 0 : (value / invested) * 100);
    this.#openCommission -= trade.commission;
    if (profit > 0) {
      this.winTrades++;
      this.grossProfit += profit;
    } else if (profit < 0) {
      this.lossTrades++;
      this.grossLoss -= profit;
    }
    const previous = this.closedTrades.at(-1)?.cumulativeProfit ?? 0;
    Object.assign(trade, {
      exitId: order.exitId,
      exitComment: order.comment,
      exitBar: this.#bar.index,
      exitTimeMs: this.#bar.timeMs,
      exitPrice: price,
      profit,
      profitPercent: percent(profit),
      cumulativeProfit: previous + profit,
      cumulativeProfitPercent: ((previous + profit) / this.rules.initialCapital) * 100,
      runupPercent: percent(trade.maxRunup),
      drawdownPercent: percent(trade.maxDrawdown),
    });
    this.closedTrades.push(trade);
  }

  /** Size and average price from the open trades. */
  #derivePosition(): void {
    let size = 0;
    let money = 0;
    for (const trade of this.openTrades) {
      size = this.#grid.add(size, trade.size);
      money += trade.entryPrice * Math.abs(trade.size);
    }
    this.positionSize = size;
    this.positionAveragePrice = size === 0 ? Number.NaN : money / Math.abs(size);
    if (size === 0) this.#openCommission = 0;
    this.openProfit =
      size === 0 ? 0 : size * (this.#bar.close - this.positionAveragePrice) * this.#pointvalue;
  }

  /** Open profit at the close, and how far the bar went for and against every open trade. */
  #mark(): void {
    const { high, low, close } = this.#bar;
    const average = this.positionAveragePrice;
    let worst = 0;
    let best = 0;
    this.openProfit = this.positionSize === 0 ? 0 : this.positionSize * (close - average) * this.#pointvalue;
    for (const trade of this.openTrades) {
      const at = (price: number): number =>
        trade.size * (price - average) * this.#pointvalue - trade.commission;
      const [up, down] = trade.size > 0 ? [at(high), at(low)] : [at(low), at(high)];
      trade.maxRunup = Math.max(trade.maxRunup, up);
      trade.maxDrawdown = Math.max(trade.maxDrawdown, -down);
      best += Math.max(up, 0);
      worst += Math.max(-down, 0);
    }
    const settled = this.rules.initialCapital + this.netProfit + this.#openCommission;
    this.#peakEquity = Math.max(this.#peakEquity, settled);
    this.#troughEquity = Math.min(this.#troughEquity, settled);
    this.maxDrawdown = Math.max(this.maxDrawdown, this.#peakEquity - settled + worst);
    this.maxRunup = Math.max(this.maxRunup, settled - this.#troughEquity + best);
  }

  #tell(kind: OrderHookEvent["kind"], order: Order, quantity: number, price?: number): void {
    if (this.#listener === undefined) return;
    this.#listener.onOrderEvent({
      kind,
      orderId: order.kind === "entry" ? (order.id ?? "") : order.exitId,
      ...(order.kind === "close" && order.id !== null ? { fromEntry: order.id } : {}),
      side: order.size > 0 ? "buy" : "sell",
      quantity,
      ...(price === undefined ? {} : { price }),
      source: "sim",
    });
  }
}
