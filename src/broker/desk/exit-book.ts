import type { Desk } from "../../runtime/strategy/desk.ts";
import { resolveLevels } from "../../runtime/strategy/legs.ts";
import { type Binding, type ExitComments, noExitComments, Order } from "../../runtime/strategy/order.ts";
import { intentKey } from "../engine/desired.ts";
import type { KeptExits, KeptLeg } from "../engine/kept-exits.ts";
import type { ExitState, LeftBehind } from "./history.ts";
import { filledByOthers, type OrderTracker, type Tracked } from "./tracker.ts";

/** The exits of the script's book, for the next process and from the last one. */

const exitKey = ({ exitId, entryId }: Pick<KeptLeg, "exitId" | "entryId">): string =>
  intentKey({ kind: "exit", pineId: exitId, fromEntry: entryId });
const entryKey = (pineId: string): string => intentKey({ kind: "entry", pineId, stopFiredMarket: false });

/** @param filledOf contracts that the venue has filled of a leg */
export function keepExits(desk: Desk, tracker: OrderTracker, filledOf: (leg: Order) => number): KeptExits {
  const legs: KeptLeg[] = [];
  const counted = new Set<Tracked>();
  for (const leg of desk.books.exits) {
    if (!leg.isLive) continue;
    const kept = keepLeg(leg, tracker, filledOf(leg));
    const tracked = leg.isConsumed ? undefined : tracker.get(exitKey(kept));
    const own = tracked?.orders.filter(({ isLive, isConsumed }) => isLive && !isConsumed) ?? [];
    const gone =
      tracked === undefined || counted.has(tracked) ? 0 : filledByOthers(tracked, own, desk.grid, filledOf);
    if (tracked !== undefined) counted.add(tracked);
    legs.push(gone > 0 ? { ...kept, filledByOthers: gone } : kept);
  }
  const entries = desk.ledger.bindings.flatMap(({ generation, remaining, whole }) =>
    generation === undefined ? [] : [{ generation, remaining, whole }],
  );
  return { legs, entries: legs.length === 0 ? [] : entries };
}

const given = (value: number): number | undefined => (value === value ? value : undefined);
const said = (text: string): string | undefined => (text === "" ? undefined : text);

function keepLeg(leg: Order, tracker: OrderTracker, filled: number): KeptLeg {
  const [exitId, entryId] = [leg.exitId ?? "", leg.id ?? ""];
  const { binding, comments } = leg;
  const kept = {
    exitId,
    entryId,
    entry: binding === undefined ? tracker.get(entryKey(entryId))?.generation : binding.generation,
    generation: leg.isConsumed ? undefined : tracker.get(exitKey({ exitId, entryId }))?.generation,
    side: leg.side > 0 ? "buy" : "sell",
    qty: leg.quantity,
    bound: leg.bound,
    share: leg.isRest ? "rest" : leg.isShare ? "percentage" : "contracts",
    filled,
    isConsumed: leg.isConsumed ? true : undefined,
    isUnnamed: leg.isUnnamed ? true : undefined,
    limit: given(leg.givenLimit),
    stop: given(leg.givenStop),
    trail: given(leg.givenTrail),
    profitTicks: given(leg.profitTicks),
    lossTicks: given(leg.lossTicks),
    trailTicks: given(leg.trailTicks),
    trailOffset: leg.isTrailing ? leg.trailOffset : undefined,
    ocaName: said(leg.ocaName),
    ocaType: leg.ocaName === "" ? undefined : leg.ocaType,
    comment: said(leg.comment),
    commentProfit: said(comments.profit),
    commentLoss: said(comments.loss),
    commentTrailing: said(comments.trailing),
    alertMessage: said(leg.alert),
    alertProfit: said(leg.alerts.profit),
    alertLoss: said(leg.alerts.loss),
    alertTrailing: said(leg.alerts.trailing),
    disableAlert: leg.isSilent ? true : undefined,
  };
  return Object.fromEntries(
    Object.entries(kept).filter(([, value]) => value !== undefined),
  ) as unknown as KeptLeg;
}

/** What the book knows besides. */
interface Shelf {
  readonly tracker: OrderTracker;
  readonly openedBy: (generation: number) => Binding | undefined;
  readonly setFilled: (leg: Order, qty: number) => void;
}

/**
 * Puts exits back to the entries that they belong to, as far as those are open or still to come, with what the venue has
 * filled of them since.
 * @returns how many legs there are again
 */
export function restoreExits(desk: Desk, { exits, exitStates }: LeftBehind, shelf: Shelf): number {
  agreeOnEntries(desk, exits, shelf);
  const byKey = new Map<string, KeptLeg[]>();
  for (const leg of exits.legs) byKey.set(exitKey(leg), [...(byKey.get(exitKey(leg)) ?? []), leg]);
  // In the order of their placement: it decides which of them goes without when there is less than they ask for.
  const fills = new Map<KeptLeg, number>();
  for (const [key, legs] of byKey) creditSince(legs, exitStates.get(key), fills);
  const placed = new Map<string, Order[]>();
  for (const kept of exits.legs) {
    const key = exitKey(kept);
    const state = exitStates.get(key);
    const isOwn = state !== undefined && state.generation === kept.generation;
    if (isOwn && state.end === "gone") continue;
    const leg = restoreLeg(desk, kept, shelf);
    if (leg === undefined) continue;
    shelf.setFilled(leg, fills.get(kept) ?? kept.filled);
    const isSpent = kept.isConsumed === true || (isOwn && state.end === "filled");
    if (isSpent && leg.binding === undefined) continue;
    desk.books.place(leg);
    if (isSpent) desk.books.consume(leg);
    placed.set(key, [...(placed.get(key) ?? []), leg]);
    if (isSpent || kept.generation === undefined) continue;
    const tracked: Tracked = {
      ...{ key, generation: kept.generation },
      orders: placed.get(key)!.filter(({ isConsumed }) => !isConsumed),
      filled: isOwn ? state.filledQty : kept.filled,
    };
    shelf.tracker.restore(tracked);
  }
  return [...placed.values()].flat().length;
}

/**
 * Which entry a close was of is not in its fill: the book that saw it knows it. What it knows counts if nothing has
 * filled since.
 */
function agreeOnEntries({ ledger, grid }: Desk, { entries }: KeptExits, { openedBy }: Shelf): void {
  const known = entries.flatMap((entry) => {
    const binding = openedBy(entry.generation);
    return binding !== undefined && ledger.bindings.includes(binding) ? [{ ...entry, binding }] : [];
  });
  for (const { binding, whole } of known) binding.whole = Math.max(binding.quantity, whole);
  const sum = (values: readonly { readonly remaining: number }[]): number =>
    values.reduce((total, { remaining }) => grid.add(total, remaining), 0);
  if (known.length !== ledger.bindings.length || known.length !== entries.length) return;
  if (sum(known) !== sum(ledger.bindings)) return;
  for (const { binding, remaining } of known) binding.remaining = remaining;
}

/** What has filled of an exit since its legs were written down, leg by leg as the book itself would have it. */
function creditSince(
  legs: readonly KeptLeg[],
  state: ExitState | undefined,
  fills: Map<KeptLeg, number>,
): void {
  const own = legs.filter((leg) => leg.isConsumed !== true && leg.generation === state?.generation);
  const before = own.reduce((sum, { filled, filledByOthers: gone = 0 }) => sum + filled + gone, 0);
  let since = (state?.filledQty ?? 0) - before;
  for (const leg of own) {
    const part = Math.max(0, Math.min(since, leg.qty - leg.filled));
    since -= part;
    if (part > 0) fills.set(leg, leg.filled + part);
  }
}

/** What is open of an entry without a fill that tells of which order it is: the engine's books have said so. */
function unnumbered({ ledger }: Desk, { exitId, entryId, side }: KeptLeg): Binding | undefined {
  return ledger.bindings.find(
    (binding) =>
      binding.entryId === entryId &&
      binding.generation === undefined &&
      binding.side > 0 === (side === "sell") &&
      !binding.legs.some((leg) => leg.exitId === exitId),
  );
}

/** The leg with its entry, or waiting for it; `undefined`: that is neither open nor to come. */
function restoreLeg(desk: Desk, kept: KeptLeg, { tracker, openedBy }: Shelf): Order | undefined {
  const { books, ledger } = desk;
  const opened = kept.entry === undefined ? undefined : openedBy(kept.entry);
  const { entry } = kept;
  const isToCome =
    books.pending(kept.entryId) !== undefined &&
    (entry === undefined || tracker.get(entryKey(kept.entryId))?.generation === entry);
  let binding = opened !== undefined && ledger.bindings.includes(opened) ? opened : undefined;
  if (entry === undefined || !isToCome) binding ??= unnumbered(desk, kept);
  if (binding === undefined && !isToCome) return undefined;
  // Its entry may have been placed anew, the other way, and have filled since.
  const isBuy = binding === undefined ? kept.side === "buy" : binding.side < 0;
  const leg = new Order("close", kept.entryId, kept.exitId, isBuy ? 1 : -1, kept.qty);
  leg.isExit = true;
  leg.binding = binding;
  leg.reserved = kept.qty;
  leg.bound = kept.bound;
  leg.isRest = kept.share === "rest";
  leg.isShare = kept.share === "percentage";
  leg.isUnnamed = binding === undefined && kept.isUnnamed === true;
  leg.givenLimit = kept.limit ?? Number.NaN;
  leg.givenStop = kept.stop ?? Number.NaN;
  leg.givenTrail = kept.trail ?? Number.NaN;
  leg.profitTicks = kept.profitTicks ?? Number.NaN;
  leg.lossTicks = kept.lossTicks ?? Number.NaN;
  leg.trailTicks = kept.trailTicks ?? Number.NaN;
  leg.trailOffset = kept.trailOffset ?? 0;
  leg.isTrailing = kept.trailOffset !== undefined;
  leg.bar = desk.barIndex;
  leg.ocaName = kept.ocaName ?? "";
  leg.ocaType = kept.ocaType ?? "reduce";
  leg.comment = kept.comment ?? "";
  leg.comments = texts(kept.commentProfit, kept.commentLoss, kept.commentTrailing);
  leg.alert = kept.alertMessage ?? "";
  leg.alerts = texts(kept.alertProfit, kept.alertLoss, kept.alertTrailing);
  leg.isSilent = kept.disableAlert === true;
  resolveLevels(desk, leg);
  return leg;
}

function texts(profit = "", loss = "", trailing = ""): ExitComments {
  return profit + loss + trailing === "" ? noExitComments : { profit, loss, trailing };
}
