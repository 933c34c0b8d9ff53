import type { Side } from "../../kernel/price-path.ts";
import { seedTrailing } from "../../kernel/trailing-stop.ts";
import type { Desk } from "./desk.ts";
import { resolveLevels } from "./legs.ts";
import { type Binding, type ExitComments, noExitComments, Order } from "./order.ts";

/** What `exit` is given; what is absent or `NaN` was not. Ticks count from the price of the entry. */
export interface ExitArguments {
  /** Default: every entry. */
  readonly fromEntry?: string | undefined;
  readonly qty?: number | undefined;
  readonly qtyPercent?: number | undefined;
  readonly profit?: number | undefined;
  readonly limit?: number | undefined;
  readonly loss?: number | undefined;
  readonly stop?: number | undefined;
  readonly trailPrice?: number | undefined;
  readonly trailPoints?: number | undefined;
  readonly trailOffset?: number | undefined;
  readonly ocaName?: string | undefined;
  readonly comment?: string | undefined;
  /** Comments for each way of filling, instead of `comment`. */
  readonly commentProfit?: string | undefined;
  readonly commentLoss?: string | undefined;
  readonly commentTrailing?: string | undefined;
  /** What an alert of its fill is to say, and for each way of filling instead of it. */
  readonly alertMessage?: string | undefined;
  readonly alertProfit?: string | undefined;
  readonly alertLoss?: string | undefined;
  readonly alertTrailing?: string | undefined;
  /** Raise none. */
  readonly disableAlert?: boolean | undefined;
}

const isGiven = (value: number | undefined): value is number => value !== undefined && value === value;

/** `strategy.exit`: a leg for every entry it belongs to, open or pending. */
export function placeExit(desk: Desk, id: string, args: ExitArguments): void {
  if (isGiven(args.qty) && args.qty < 0) return;
  const hasTrigger =
    isGiven(args.limit) ||
    isGiven(args.stop) ||
    isGiven(args.profit) ||
    isGiven(args.loss) ||
    isGiven(args.trailPrice) ||
    isGiven(args.trailPoints);
  if (!hasTrigger) return;
  desk.snap();
  const { bindings } = desk.ledger;
  const from = args.fromEntry === undefined || args.fromEntry === "" ? undefined : args.fromEntry;
  if (from === undefined) {
    placeAll(desk, id, args);
    return;
  }
  // Placing a leg changes no binding, so the list can be walked as it is.
  for (const binding of bindings)
    if (binding.entryId === from) placeLeg(desk, id, args, binding, undefined, false);
  const pending = desk.books.pending(from);
  if (pending !== undefined && hasNothingOpened(desk, pending))
    placeLeg(desk, id, args, undefined, pending, false);
}

/** What a venue has begun to fill has its legs already. */
function hasNothingOpened({ fillingOf }: Desk, pending: Order): boolean {
  return fillingOf === undefined || fillingOf(pending) === undefined;
}

/** An exit that names no entry belongs to the open position; only when flat to whatever may come. */
function placeAll(desk: Desk, id: string, args: ExitArguments): void {
  const { books, ledger, account } = desk;
  for (const binding of ledger.bindings)
    if (binding.openedByExit) placeLeg(desk, id, args, binding, undefined, false);
  for (const binding of ledger.bindings)
    if (!binding.openedByExit) placeLeg(desk, id, args, binding, undefined, false);
  for (const order of books.queue)
    if (
      order.isLive &&
      order.kind !== "close" &&
      order.side * account.size >= 0 &&
      hasNothingOpened(desk, order)
    )
      placeLeg(desk, id, args, undefined, order, true);
  if (books.entries.size === 0) return;
  for (const order of books.entries.values())
    if (order.side * account.size >= 0 && hasNothingOpened(desk, order))
      placeLeg(desk, id, args, undefined, order, true);
}

function placeLeg(
  desk: Desk,
  id: string,
  args: ExitArguments,
  binding: Binding | undefined,
  pending: Order | undefined,
  isUnnamed: boolean,
): void {
  const { books, grid } = desk;
  const entryId = binding?.entryId ?? pending?.id ?? "";
  const entrySide = (binding?.side ?? pending?.side)!;
  const legs = binding?.legs ?? books.waiting;
  const bound = binding === undefined ? pendingQuantity(desk, pending!) : boundOf(desk, binding);

  let leg: Order | undefined;
  let free = bound;
  for (let index = 0; index < legs.length; index++) {
    const other = legs[index]!;
    if (other.id !== entryId) continue;
    if (other.exitId === id) leg = other;
    else if (other.bound === bound || other.bound === 0) free = grid.add(free, -other.reserved);
  }
  if (leg?.isConsumed === true) return;
  const quantity = reservation(desk, args, bound, free);
  if (!(quantity > 0)) return;

  const isNew = leg === undefined;
  if (leg === undefined) {
    leg = new Order("close", entryId, id, entrySide > 0 ? -1 : 1, quantity);
    leg.isExit = true;
    leg.binding = binding;
    leg.isUnnamed = isUnnamed;
    leg.ocaType = "reduce";
  }
  // The entry that it waits for may have been placed anew, the other way.
  leg.side = entrySide > 0 ? -1 : 1;
  leg.quantity = quantity;
  leg.reserved = quantity;
  leg.bound = bound;
  leg.isShare = !isGiven(args.qty) && isGiven(args.qtyPercent);
  leg.isRest = !isGiven(args.qty) && !leg.isShare;
  leg.ocaName = args.ocaName ?? "";
  leg.comment = args.comment ?? "";
  leg.comments = textsOf(args.commentProfit, args.commentLoss, args.commentTrailing);
  leg.alert = args.alertMessage ?? "";
  leg.alerts = textsOf(args.alertProfit, args.alertLoss, args.alertTrailing);
  leg.isSilent = args.disableAlert === true;
  setLevels(desk, leg, args, entrySide);
  if (isNew) desk.place(leg);
  else {
    leg.bar = desk.barIndex;
    books.index(leg);
    if (desk.listener !== undefined) desk.tell("amended", leg);
  }
}

/** Contracts of an entry, of which exits take their parts: at a venue also those that it has still to fill. */
function boundOf(desk: Desk, binding: Binding): number {
  return desk.fillingOf === undefined ? binding.quantity : desk.wholeOf(binding);
}

/** Contracts that a pending entry will open. */
function pendingQuantity(desk: Desk, order: Order): number {
  const { account, ledger, grid } = desk;
  if (order.kind === "entry" && order.isMarket) {
    const refused = account.size * order.side > 0 && ledger.bindings.length >= desk.pyramiding;
    if (refused) return 0;
  }
  const closes = account.size * order.side < 0 && (order.flip > 0 || order.skipsFlip);
  return closes ? grid.add(order.quantity, -Math.abs(account.size)) : order.quantity;
}

/** Contracts that a leg takes: its share of the entry's original size, as far as other legs leave it. */
function reservation(desk: Desk, args: ExitArguments, bound: number, free: number): number {
  const { grid } = desk;
  if (isGiven(args.qty)) return args.qty < free ? grid.lotExplicit(args.qty) : grid.lotTolerant(free);
  if (isGiven(args.qtyPercent)) return grid.lotTolerant(Math.min((bound * args.qtyPercent) / 100, free));
  return free === bound ? bound : grid.lotTolerant(free);
}

type Given = string | undefined;

function textsOf(profit: Given, loss: Given, trailing: Given): ExitComments {
  if (profit === undefined && loss === undefined && trailing === undefined) return noExitComments;
  return { profit: profit ?? "", loss: loss ?? "", trailing: trailing ?? "" };
}

function setLevels(desk: Desk, leg: Order, args: ExitArguments, direction: Side): void {
  const { grid, books } = desk;
  const below = direction > 0 ? -1 : 1;
  leg.givenLimit = isGiven(args.limit) ? grid.levelSnap(args.limit, direction) : Number.NaN;
  leg.givenStop = isGiven(args.stop) ? grid.levelSnap(args.stop, below) : Number.NaN;
  leg.profitTicks = args.profit ?? Number.NaN;
  leg.lossTicks = args.loss ?? Number.NaN;
  const isTrailing = isGiven(args.trailPrice) || isGiven(args.trailPoints);
  if (!isTrailing && !leg.isTrailing) {
    resolveLevels(desk, leg);
    return;
  }
  const activation = isGiven(args.trailPrice) ? grid.levelSnap(args.trailPrice, below) : Number.NaN;
  const points = args.trailPoints ?? Number.NaN;
  const offset = isGiven(args.trailOffset) ? Math.trunc(args.trailOffset) : 0;
  const isSame =
    isTrailing &&
    leg.isTrailing &&
    leg.trailOffset === offset &&
    Object.is(leg.givenTrail, activation) &&
    Object.is(leg.trailTicks, points);
  const isChanged = leg.isTrailing && !isSame;
  leg.givenTrail = activation;
  leg.trailTicks = points;
  leg.trailOffset = offset;
  books.setTrailing(leg, isTrailing);
  if (!isSame) {
    leg.isArmed = false;
    leg.trailStop = Number.NaN;
  }
  resolveLevels(desk, leg);
  if (!isTrailing || leg.binding === undefined) return;
  const extreme = direction > 0 ? desk.high : desk.low;
  seedTrailing(leg, desk.close, isChanged ? desk.close : extreme, desk.grid);
}
