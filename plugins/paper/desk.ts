import {
  BracketAttachAfterFillRejectedError,
  type CancelIntent,
  type CancelOutcome,
  ClientOrderIdSpentError,
  type DispatchEnvelope,
  type ExchangeOrder,
  ExchangeOrderRejectedError,
  type ExchangePosition,
  type ExitIntent,
  InsufficientMarginError,
  price,
} from "pynecore/plugin";

import type { PaperAccount } from "./account.ts";
import type { Placement } from "./exchange/exchange.ts";
import type { Refused } from "./exchange/refusals.ts";
import { type OrderTicket, type PaperOrder, reportOf } from "./exchange/order.ts";
import { idsToCancel } from "./wire.ts";

/** The counter of the exchange: orders in, answers out, every answer after it was written down. */
export class OrderDesk {
  readonly #account: PaperAccount;

  constructor(account: PaperAccount) {
    this.#account = account;
  }

  /**
   * Takes orders that belong together. The same ids again are the same orders: nothing is placed twice.
   * @throws ClientOrderIdSpentError for an id whose order is over without having filled; InsufficientMarginError and
   *   ExchangeOrderRejectedError for a no
   */
  place(tickets: readonly OrderTicket[]): ExchangeOrder[] {
    const known = this.#known(tickets);
    if (known.length > 0) return known.map((order) => this.#report(order));
    return this.#accepted(this.#account.exchange.place(tickets));
  }

  /** As `place`, for the bracket of a position. @throws BracketAttachAfterFillRejectedError where that is open */
  placeBracket(envelope: DispatchEnvelope<ExitIntent>, tickets: readonly OrderTicket[]): ExchangeOrder[] {
    try {
      return this.place(tickets);
    } catch (error) {
      if (!(error instanceof ExchangeOrderRejectedError)) throw error;
      const { exchange } = this.#account;
      const { size } = exchange.state.account;
      const { intent } = envelope;
      const closes = intent.side === "sell" ? size > 0 : size < 0;
      if (!closes) throw error;
      throw new BracketAttachAfterFillRejectedError(
        error.message,
        {
          intentKey: `x\0${intent.pineId}\0${intent.fromEntry}`,
          positionClientOrderId: this.#account.openedBy(intent.fromEntry) ?? "",
          positionSide: size > 0 ? "buy" : "sell",
          qty: Math.min(Math.abs(size), intent.qty),
          symbol: intent.symbol,
          fromEntry: intent.fromEntry,
          exitId: intent.pineId,
          errorMessage: error.message,
        },
        { cause: error },
      );
    }
  }

  /**
   * Changes orders in place: those of `next` whose ids are known are amended, new ones are placed, those of `previous`
   * that `next` lacks are cancelled. All of it or nothing.
   */
  amend(previous: readonly OrderTicket[], next: readonly OrderTicket[]): ExchangeOrder[] {
    const { exchange } = this.#account;
    const alive = new Map(this.#known(next).map((order) => [order.clientOrderId, order]));
    for (const order of alive.values()) {
      if (!order.isLive) {
        throw new ExchangeOrderRejectedError(
          `${order.clientOrderId} is ${order.status}: it cannot be changed`,
          order.status,
        );
      }
    }
    const added = next.filter((ticket) => !alive.has(ticket.clientOrderId));
    for (const ticket of next) {
      const order = alive.get(ticket.clientOrderId);
      const refusal = order === undefined ? undefined : exchange.refusalOf(ticket, order);
      if (refusal !== undefined) throw errorOf(refusal);
    }
    const placed = added.length === 0 ? undefined : exchange.place(added);
    if (placed?.kind === "refused") throw errorOf(placed);
    for (const ticket of next) {
      const order = alive.get(ticket.clientOrderId);
      if (order !== undefined) exchange.amend(order, ticket);
    }
    const kept = new Set(next.map((ticket) => ticket.clientOrderId));
    for (const { clientOrderId } of previous) {
      const order = kept.has(clientOrderId) ? undefined : exchange.live.get(clientOrderId);
      if (order !== undefined) exchange.cancel(order);
    }
    this.#account.commit();
    return [...alive.values(), ...(placed?.orders ?? [])].map((order) => this.#report(order));
  }

  /** Takes back every order of an intent that is alive. */
  cancel(envelope: DispatchEnvelope<CancelIntent>): CancelOutcome {
    const { exchange } = this.#account;
    const { pineId, fromEntry } = envelope.intent;
    const named = idsToCancel(envelope).flatMap((id) => this.#account.find(id) ?? []);
    // An exit's id without its entry means its legs of every entry.
    const legs = [...exchange.live.values()].filter(
      (order) => fromEntry === undefined && order.pineId === pineId && order.fromEntry !== "",
    );
    const orders = new Set([...named, ...legs]);
    const alive = [...orders].filter((order) => order.isLive);
    for (const order of alive) exchange.cancel(order);
    if (alive.length > 0) this.#account.commit();
    if ([...orders].some((order) => order.status === "filled")) return "already_filled";
    const hasFilled = [...orders].some(({ filledQty }) => filledQty > 0);
    if (alive.length === 0 && orders.size > 0 && !hasFilled) return "too_late_to_cancel";
    return "cancel_confirmed";
  }

  /** Takes back every order. @returns how many */
  cancelAll(): number {
    const { exchange } = this.#account;
    const alive = [...exchange.live.values()];
    for (const order of alive) exchange.cancel(order);
    if (alive.length > 0) this.#account.commit();
    return alive.length;
  }

  openOrders(): ExchangeOrder[] {
    return [...this.#account.exchange.live.values()].map((order) => this.#report(order));
  }

  /** Over or not; `null`: there never was one. */
  findOrder(clientOrderId: string): ExchangeOrder | null {
    const order = this.#account.find(clientOrderId);
    return order === undefined ? null : this.#report(order);
  }

  /** `null` when flat. */
  position(): ExchangePosition | null {
    const { state, rules, price: mark } = this.#account.exchange;
    const { size, averagePrice } = state.account;
    if (size === 0) return null;
    return {
      symbol: rules.symbol,
      side: size > 0 ? "long" : "short",
      size: Math.abs(size),
      entryPrice: price(averagePrice),
      unrealizedPnl: size * (mark - averagePrice) * rules.symInfo.pointvalue,
      leverage: rules.leverage === 0 ? 1 : rules.leverage,
      marginMode: "cross",
    };
  }

  /**
   * The orders that have the ids of tickets already. What has filled stands for its bracket.
   * @throws ClientOrderIdSpentError when they are over and none has filled
   */
  #known(tickets: readonly OrderTicket[]): PaperOrder[] {
    const known = tickets.flatMap(({ clientOrderId }) => this.#account.find(clientOrderId) ?? []);
    const spent = known.find(({ isLive }) => !isLive);
    if (spent === undefined || known.some(({ status }) => status === "filled")) return known;
    throw new ClientOrderIdSpentError(
      `the order ${spent.clientOrderId} is ${spent.status}`,
      spent.clientOrderId,
    );
  }

  #accepted(placement: Placement): ExchangeOrder[] {
    if (placement.kind === "refused") throw errorOf(placement);
    this.#account.commit();
    return placement.orders.map((order) => this.#report(order));
  }

  #report(order: PaperOrder): ExchangeOrder {
    const { symbol, symInfo } = this.#account.exchange.rules;
    return reportOf(order, symbol, symInfo.currency);
  }
}

function errorOf({ why, message }: Refused): ExchangeOrderRejectedError {
  return why === "margin"
    ? new InsufficientMarginError(message, why)
    : new ExchangeOrderRejectedError(message, why);
}
