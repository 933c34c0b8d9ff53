import type { Side } from "../../kernel/price-path.ts";
import type { Desk } from "./desk.ts";
import { isCarried } from "./margin.ts";
import { grantedLots } from "./money-gate.ts";
import { type OcaType, Order } from "./order.ts";
import {
  defaultQuantity,
  entryMoney,
  gatedMarketQuantity,
  largeMoney,
  sizesByMoney,
  sizingPrice,
} from "./sizing.ts";

/** What `entry` and `order` are given; what is absent or `NaN` was not. */
export interface EntryArguments {
  /** Contracts; default: by the declaration's sizing. */
  readonly qty?: number | undefined;
  readonly limit?: number | undefined;
  readonly stop?: number | undefined;
  readonly ocaName?: string | undefined;
  readonly ocaType?: OcaType | undefined;
  readonly comment?: string | undefined;
  /** What an alert of its fill is to say. */
  readonly alertMessage?: string | undefined;
  /** Raise none. */
  readonly disableAlert?: boolean | undefined;
}

const isGiven = (value: number | undefined): value is number => value !== undefined && value === value;

/** `strategy.entry` and `strategy.order`: places an order that opens, adds to, or turns a position. */
export function placeEntry(
  desk: Desk,
  kind: "entry" | "normal",
  id: string,
  side: Side,
  args: EntryArguments,
): void {
  const { risk, grid, account } = desk;
  if (risk.halted !== undefined || (kind === "entry" && risk.isCapped)) return;
  desk.snap();
  const isEntry = kind === "entry";
  const limit = isGiven(args.limit) ? grid.levelSnap(args.limit, limitDirection(side, isEntry)) : Number.NaN;
  const stop = isGiven(args.stop) ? grid.levelSnap(args.stop, stopDirection(side, isEntry)) : Number.NaN;
  const isMarket = limit !== limit && stop !== stop;
  const price = sizingPrice(desk, side, limit, stop);

  const isDefault = !isGiven(args.qty);
  const wanted = isDefault ? defaultQuantity(desk, price) : args.qty!;
  if (!Number.isFinite(wanted) || wanted <= 0) return;
  let quantity = isDefault ? grid.lotPlain(wanted) : grid.lotExplicit(wanted);
  if (quantity === 0) return;

  const byMoney = isDefault && sizesByMoney(desk);
  const isOpposite = account.size * side < 0;
  if (byMoney && isMarket) {
    quantity = gatedMarketQuantity(desk, quantity, price, isEntry);
    // What is too dear to open still closes the opposite position.
    if (quantity === 0 && !(isEntry && isOpposite)) return;
  }
  if (isEntry && quantity > 0 && !isAcceptable(desk, side, quantity, isMarket ? price : desk.close)) return;

  const pending = desk.books.pending(id);
  // Two market orders of one id are one only when they are of one kind.
  const before = isMarket && pending?.isMarket === true && pending.kind !== kind ? undefined : pending;
  const skipsFlip = before !== undefined && before.bar === desk.barIndex;
  const order = new Order(kind, id, null, side, quantity);
  order.limit = limit;
  order.stop = stop;
  order.isMarket = isMarket;
  order.isStopLimit = limit === limit && stop === stop;
  order.skipsFlip = skipsFlip;
  if (isEntry && !isMarket) {
    if (account.size * side > 0 && desk.ledger.bindings.length >= desk.pyramiding) return;
    if (isOpposite && !skipsFlip) {
      order.flip = Math.abs(account.size);
      order.quantity = grid.add(quantity, order.flip);
    }
  }
  if (byMoney && !isMarket) order.money = entryMoney(desk);
  order.ocaName = args.ocaName ?? "";
  order.ocaType = args.ocaType ?? "none";
  order.comment = args.comment ?? "";
  order.alert = args.alertMessage ?? "";
  order.isSilent = args.disableAlert === true;
  if (before !== undefined) desk.cancel(before);
  desk.place(order);
}

/** Whether the order alone could be carried when it is placed. */
function isAcceptable(desk: Desk, side: Side, quantity: number, price: number): boolean {
  const { account, grid } = desk;
  const ratio = desk.margin(side);
  if (ratio === 0) return true;
  const { equity } = account;
  if (equity < largeMoney) return isCarried(desk, side * quantity, price, equity);
  const lots = Math.round(quantity * grid.lots);
  const unit = price * account.pointvalue * ratio;
  return grantedLots(grid, lots, equity / grid.mintick, unit, price) === lots;
}

/** The tick that a level is snapped to: an entry's limit is never better than what was asked for. */
function limitDirection(side: Side, isEntry: boolean): 1 | -1 {
  return isEntry ? (side > 0 ? -1 : 1) : side;
}

function stopDirection(side: Side, isEntry: boolean): 1 | -1 {
  return isEntry ? side : side > 0 ? -1 : 1;
}

/** Contracts that the sizing settings buy at a price. */
export function defaultEntryQuantity(desk: Desk, price: number): number {
  desk.snap();
  return desk.grid.lotPlain(defaultQuantity(desk, price));
}
