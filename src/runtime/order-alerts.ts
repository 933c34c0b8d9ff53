import type { OrderHookEvent } from "../api/plugins/extension-hooks.ts";
import type { BarColumns } from "../kernel/bar.ts";
import { decimalSum } from "../kernel/decimal.ts";
import type { SymInfo } from "../kernel/syminfo.ts";
import { alertTime, fillPlaceholders } from "./alert-text.ts";
import type { PlotTable } from "./plots.ts";
import type { Order } from "./strategy/order.ts";

/** What alerts of fills are made of. */
export interface OrderAlertsOptions {
  /** What every alert says, with placeholders; empty: what the order itself says, and nothing where it says nothing. */
  readonly template: string;
  readonly symInfo: SymInfo;
  readonly timeframe: string;
  readonly columns: BarColumns;
  readonly plots: PlotTable;
  /** Index of the bar that the script stands on. */
  readonly barIndex: () => number;
  /** Signed. */
  readonly positionSize: () => number;
  readonly nowMs: () => number;
  readonly raise: (message: string) => void;
}

/** What an order has filled so far. */
interface Filled {
  readonly qty: number;
  /** Price times quantity. */
  readonly notional: number;
  /** Signed position before the first of it. */
  readonly sizeBefore: number;
  readonly order: Order;
  readonly event: OrderHookEvent;
}

/**
 * Alerts of orders that fill, of a live run: one for an order, when all of it has filled, or when it is over with a part.
 * What fills in history says nothing, as on TradingView.
 */
export class OrderAlerts {
  readonly #options: OrderAlertsOptions;
  /** Orders that have filled in part, by what the script calls them. */
  readonly #parts = new Map<string, Filled>();

  constructor(options: OrderAlertsOptions) {
    this.#options = options;
  }

  /** Something has happened to an order. */
  take(event: OrderHookEvent, order: Order): void {
    const key = `${event.orderId}\0${event.fromEntry ?? ""}\0${event.side}`;
    if (event.kind === "filled" || event.kind === "partial") {
      const filled = this.#add(key, event, order);
      if (event.kind === "partial") this.#parts.set(key, filled);
      else this.#say(key, filled);
    } else if (event.kind !== "amended") {
      // It is over, or another takes its name: that is all it has filled.
      const part = this.#parts.get(key);
      if (part !== undefined) this.#say(key, part);
    }
  }

  #add(key: string, event: OrderHookEvent, order: Order): Filled {
    const before = this.#parts.get(key);
    const { quantity, price = Number.NaN, side } = event;
    const signed = side === "buy" ? quantity : -quantity;
    return {
      qty: decimalSum(before?.qty ?? 0, quantity),
      notional: (before?.notional ?? 0) + price * quantity,
      sizeBefore: before?.sizeBefore ?? decimalSum(this.#options.positionSize(), -signed),
      order,
      event,
    };
  }

  #say(key: string, filled: Filled): void {
    this.#parts.delete(key);
    const { order } = filled;
    if (order.isSilent) return;
    const { template, raise } = this.#options;
    const said = textFor(order, order.alerts, order.alert);
    const whole = template === "" ? said : template.replace(ownMessage, () => said);
    if (whole === "") return;
    const values = this.#values(filled);
    raise(fillPlaceholders(whole, (name) => values[name]?.() ?? this.#plotted(name)));
  }

  #values({ qty, notional, sizeBefore, order, event }: Filled): Readonly<Record<string, () => string>> {
    const { symInfo, timeframe, columns, barIndex, positionSize, nowMs } = this.#options;
    const bar = (column: "open" | "high" | "low" | "close" | "volume") => () =>
      String(columns[column][barIndex()] ?? Number.NaN);
    const { ticker, prefix, currency, basecurrency } = symInfo;
    return {
      "strategy.order.action": () => event.side,
      "strategy.order.contracts": () => String(qty),
      "strategy.order.price": () => String(cleanPrice(notional / qty)),
      "strategy.order.id": () => event.orderId,
      "strategy.order.comment": () => textFor(order, order.comments, order.comment) || event.orderId,
      "strategy.order.alert_message": () => "",
      "strategy.position_size": () => String(positionSize()),
      "strategy.market_position": () => sideOf(positionSize()),
      "strategy.market_position_size": () => String(Math.abs(positionSize())),
      "strategy.prev_market_position": () => sideOf(sizeBefore),
      "strategy.prev_market_position_size": () => String(Math.abs(sizeBefore)),
      ticker: () => ticker,
      exchange: () => prefix,
      "syminfo.currency": () => currency,
      "syminfo.basecurrency": () => basecurrency ?? "",
      interval: () => timeframe,
      time: () => alertTime(columns.openTimeMs[barIndex()] ?? nowMs()),
      timenow: () => alertTime(nowMs()),
      open: bar("open"),
      high: bar("high"),
      low: bar("low"),
      close: bar("close"),
      volume: bar("volume"),
    };
  }

  /** `plot_0`, or `plot("RSI")`: as the script has plotted it last. */
  #plotted(name: string): string | undefined {
    const { columns } = this.#options.plots;
    const number = /^plot_(\d+)$/.exec(name)?.[1];
    const title = /^plot\((["'])(.*)\1\)$/.exec(name)?.[2];
    const column =
      number !== undefined
        ? columns[Number(number)]
        : title === undefined
          ? undefined
          : columns.find((each) => each.title === title);
    if (column === undefined) return undefined;
    // A fill comes before the script has run on its bar.
    const at = this.#options.barIndex();
    const value = column.values[at] ?? Number.NaN;
    return String(value === value ? value : (column.values[at - 1] ?? Number.NaN));
  }
}

const ownMessage = /\{\{\s*strategy\.order\.alert_message\s*\}\}/g;

const sideOf = (size: number): string => (size > 0 ? "long" : size < 0 ? "short" : "flat");

/** A mean of prices without the noise of its arithmetic. */
const cleanPrice = (price: number): number => Number(price.toPrecision(12));

/** Of an exit the text for its way of filling, where there is one. */
function textFor(order: Order, byTrigger: Order["alerts"], text: string): string {
  return (order.filledBy === undefined ? "" : byTrigger[order.filledBy]) || text;
}
