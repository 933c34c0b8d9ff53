import type { Desk } from "./desk.ts";
import { Order } from "./order.ts";

/** What `close` is given besides the id; what is absent or `NaN` was not. */
export interface CloseArguments {
  /** Contracts; beats `qtyPercent`. Default: all that is open of the entry. */
  readonly qty?: number | undefined;
  readonly qtyPercent?: number | undefined;
  readonly comment?: string | undefined;
  /** What an alert of its fill is to say. */
  readonly alertMessage?: string | undefined;
  /** Raise none. */
  readonly disableAlert?: boolean | undefined;
  /** Fill at the close of this bar. */
  readonly immediately?: boolean | undefined;
}

const isGiven = (value: number | undefined): value is number => value !== undefined && value === value;

/** `strategy.close`: a market order for what an entry opened. Several of one bar add up, each sized when it is placed. */
export function placeClose(desk: Desk, id: string, args: CloseArguments): void {
  const { account, grid } = desk;
  if (account.size === 0 || (isGiven(args.qty) && args.qty <= 0)) return;
  const bound = desk.ledger.quantityOf(id);
  if (bound === 0) return;
  let wanted = bound;
  if (isGiven(args.qty)) wanted = Math.min(args.qty, bound);
  else if (isGiven(args.qtyPercent)) wanted = (bound * args.qtyPercent) / 100;
  const isNamed = isGiven(args.qty) && args.qty < bound;
  const quantity = isNamed ? grid.lotExplicit(wanted) : grid.lotTolerant(wanted);
  if (quantity > 0) place(desk, id, `Close entry(s) order ${id}`, quantity, args);
}

/** `strategy.close_all`: a market order for the whole position. */
export function placeCloseAll(desk: Desk, args: CloseArguments): void {
  const { size } = desk.account;
  if (size !== 0) place(desk, null, "Close position order", Math.abs(size), args);
}

function place(
  desk: Desk,
  id: string | null,
  exitId: string,
  quantity: number,
  { comment, alertMessage, disableAlert, immediately }: CloseArguments,
): void {
  const order = new Order("close", id, exitId, desk.account.size > 0 ? -1 : 1, quantity);
  order.isMarket = true;
  order.comment = comment ?? "";
  order.alert = alertMessage ?? "";
  order.isSilent = disableAlert === true;
  if (immediately !== true) return desk.place(order);
  order.bar = desk.barIndex;
  desk.immediate.push(order);
}

/** `strategy.cancel`: takes back the entry with this id, and the exits placed under it; exits of that entry stay. */
export function cancelById(desk: Desk, id: string): void {
  const { books } = desk;
  const pending = books.pending(id);
  if (pending !== undefined) desk.cancel(pending);
  if (books.exits.size === 0) return;
  for (const leg of [...books.exits]) if (leg.exitId === id) desk.cancel(leg);
}
