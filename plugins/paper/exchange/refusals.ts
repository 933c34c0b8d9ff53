import { chanceOf } from "./chance.ts";
import type { Exchange } from "./exchange.ts";
import type { OrderTicket, PaperOrder } from "./order.ts";

/** A definite no. */
export interface Refused {
  readonly kind: "refused";
  readonly why: "margin" | "rejected" | "nothing_to_reduce";
  readonly message: string;
}

/** Why an exchange would refuse an order. @param order the one that it would change; absent: it is new */
export function refusalOf(exchange: Exchange, ticket: OrderTicket, order?: PaperOrder): Refused | undefined {
  const { rules } = exchange;
  if (order !== undefined && ticket.qty <= order.filledQty) {
    return refused("rejected", `${order.filledQty} of it are filled: it cannot be changed to ${ticket.qty}`);
  }
  const isSubjectToChance = order === undefined && ticket.legType !== "close";
  if (isSubjectToChance && chanceOf(rules.seed, ticket.clientOrderId) < rules.rejectChance) {
    return refused("rejected", "the paper exchange refused the order, as it was asked to now and then");
  }
  return ticket.reduceOnly ? reduceRefusal(exchange, ticket) : marginRefusal(exchange, ticket, order);
}

/** A market order that could close nothing; others may wait for a position. */
function reduceRefusal(
  { state }: Exchange,
  { limit, stop, trailPrice, side }: OrderTicket,
): Refused | undefined {
  const isMarket = [limit, stop, trailPrice].every((level) => level !== level);
  if (!isMarket || state.account.size * side < 0) return undefined;
  return refused("nothing_to_reduce", "there is no position that a reduce-only order could close");
}

/** The margin of the position that would come of the order alone, against the equity. */
function marginRefusal(exchange: Exchange, ticket: OrderTicket, order?: PaperOrder): Refused | undefined {
  const { rules, state, grid } = exchange;
  if (rules.leverage === 0) return undefined;
  const { size } = state.account;
  const after = grid.add(size, ticket.side * (ticket.qty - (order?.filledQty ?? 0)));
  if (Math.abs(after) <= Math.abs(size)) return undefined;
  const level = ticket.limit === ticket.limit ? ticket.limit : ticket.stop;
  const at = level === level ? level : exchange.price;
  const needed = (Math.abs(after) * at * rules.symInfo.pointvalue) / rules.leverage;
  if (!(needed > exchange.equity)) return undefined;
  const money = (value: number): string => `${value.toFixed(2)} ${rules.symInfo.currency}`;
  return refused(
    "margin",
    `a position of ${Math.abs(after)} needs a margin of ${money(needed)}, the account has ${money(exchange.equity)}`,
  );
}

function refused(why: Refused["why"], message: string): Refused {
  return { kind: "refused", why, message };
}
