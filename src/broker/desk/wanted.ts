import type { CloseIntent, EntryIntent, ExitIntent } from "../../api/broker/intents.ts";
import type { Desk } from "../../runtime/strategy/desk.ts";
import type { Binding, ExitTrigger, Order } from "../../runtime/strategy/order.ts";

/** From the orders of the book to what is wanted at the venue. */

const sideOf = (order: Order): "buy" | "sell" => (order.side > 0 ? "buy" : "sell");
const price = (value: number): number | undefined => (value === value ? value : undefined);

const silence = ({ isSilent }: Order): true | undefined => (isSilent ? true : undefined);

/** Leaves out what is not there: an intent has no empty fields. */
function given<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]: Exclude<Fields[Key], undefined> } {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== ""),
  ) as { [Key in keyof Fields]: Exclude<Fields[Key], undefined> };
}

/** @param quantity raw: without what turns an opposite position around */
export function entryIntent(symbol: string, order: Order, quantity: number): EntryIntent {
  const [limit, stop] = [price(order.limit), price(order.stop)];
  return {
    kind: "entry",
    pineId: order.id ?? "",
    symbol,
    side: sideOf(order),
    qty: quantity,
    orderType: limit !== undefined ? "limit" : stop !== undefined ? "stop" : "market",
    isStrategyOrder: order.kind === "normal",
    stopFiredMarket: false,
    skipFlip: order.skipsFlip,
    ...given({
      limit,
      stop,
      comment: order.comment,
      alertMessage: order.alert,
      disableAlert: silence(order),
    }),
    ...(order.ocaName === "" ? {} : { ocaName: order.ocaName, ocaType: order.ocaType }),
  } as EntryIntent;
}

export function closeIntent(
  symbol: string,
  order: Order,
  quantity: number,
  immediately: boolean,
): CloseIntent {
  return {
    kind: "close",
    pineId: order.id ?? "",
    symbol,
    side: sideOf(order),
    qty: quantity,
    immediately,
    reduceOnly: true,
    ...given({ comment: order.comment, alertMessage: order.alert, disableAlert: silence(order) }),
  } as CloseIntent;
}

/**
 * The bracket of an exit for one entry id.
 * @param leg the oldest of its legs, whose levels count
 * @param quantity of all of them
 * @param isPart it leaves some of what the entry opens
 */
export function exitIntent(
  desk: Desk,
  symbol: string,
  leg: Order,
  quantity: number,
  isPart: boolean,
): ExitIntent {
  const comment = (trigger: ExitTrigger): string | undefined => leg.comments[trigger];
  const entryId = leg.id ?? "";
  return {
    kind: "exit",
    pineId: leg.exitId ?? "",
    fromEntry: entryId,
    symbol,
    side: sideOf(leg),
    qty: quantity,
    reduceOnly: true,
    isPartialQtyBracket: isPart,
    ...given({
      tpPrice: price(leg.limit),
      slPrice: price(leg.stop),
      comment: leg.comment,
      commentProfit: comment("profit"),
      commentLoss: comment("loss"),
      commentTrailing: comment("trailing"),
      alertMessage: leg.alert,
      alertProfit: leg.alerts.profit,
      alertLoss: leg.alerts.loss,
      alertTrailing: leg.alerts.trailing,
      disableAlert: silence(leg),
    }),
    ...(leg.isTrailing
      ? {
          ...given({ trailPrice: price(leg.trailPrice) }),
          trailOffsetTicks: leg.trailOffset,
          trailOffsetPrice: leg.trailOffset * desk.grid.mintick,
        }
      : {}),
    ...(leg.ocaName === "" ? {} : { ocaName: leg.ocaName, ocaType: leg.ocaType }),
  } as ExitIntent;
}

/**
 * Whether an exit leaves some of what an entry id has opened, and would when all that was asked for of it fills.
 * @param wanted ids of the entries that are wanted at the venue
 */
export function leavesSome(
  desk: Desk,
  entryId: string,
  legs: readonly Order[],
  wanted: ReadonlySet<string>,
): boolean {
  const { books, grid, ledger } = desk;
  const taken = (binding: Binding | undefined): number =>
    legs.reduce((sum, leg) => (leg.binding === binding ? grid.add(sum, leg.quantity) : sum), 0);
  for (const binding of ledger.bindings)
    if (binding.entryId === entryId && taken(binding) < binding.whole) return true;
  const pending = wanted.has(entryId) ? books.pending(entryId) : undefined;
  if (pending === undefined || desk.fillingOf?.(pending) !== undefined) return false;
  return taken(undefined) < grid.add(pending.quantity, -pending.flip);
}

/** Whether a leg's levels are known: what is counted in ticks needs the price of the entry. */
export function hasLevels(leg: Order): boolean {
  if (leg.binding === undefined) {
    const { profitTicks, lossTicks, trailTicks } = leg;
    if (profitTicks === profitTicks || lossTicks === lossTicks || trailTicks === trailTicks) return false;
  }
  const trails = leg.isTrailing && leg.trailPrice === leg.trailPrice;
  return leg.limit === leg.limit || leg.stop === leg.stop || trails;
}
