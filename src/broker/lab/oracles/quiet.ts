import type { ExitIntent } from "../../../api/broker/intents.ts";
import { sizeMeant } from "../../engine/book/position.ts";
import { keyText, type Wanted } from "../../engine/desired.ts";
import { isOver } from "../../engine/draft.ts";
import type { EngineState } from "../../engine/state.ts";
import type { LabRun } from "../lab-run.ts";
import { clean, isOpen, leftOf, type VenueOrder } from "../venue/model.ts";
import { Violation } from "../violation.ts";
import { checkFailsafes } from "./failsafe.ts";
import type { World } from "../world.ts";

/** Nothing is on its way, nothing is going to fail, and every run is there. */
export function isQuiet(world: World): boolean {
  return world.runs.every(isQuietRun);
}

function isQuietRun({ process, connection, isLive }: LabRun): boolean {
  if (!isLive || process?.state == null) return false;
  if (process.state.latches.halt !== null || process.state.outbox.size > 0) return false;
  if (connection === null) return true;
  const { line, feed } = connection;
  return (
    connection.isUp &&
    !connection.isStreamBroken &&
    !connection.isBehind &&
    connection.frozen === null &&
    line.pending === 0 &&
    feed.isUp &&
    feed.pending === 0 &&
    feed.lost === 0
  );
}

/** What must be so when nothing is on its way. @throws Violation */
export function checkQuiet(world: World): void {
  for (const run of world.runs) {
    const state = run.process?.state;
    if (state == null) continue;
    checkFills(world, run);
    if (world.hasManualTrades) noteFlat(world, run, state);
    if (world.hasManualTrades && !run.ledger.isFlattened) continue;
    if (world.profile.rules.mode === "spot") noteGone(world, run, state);
    checkPosition(world, run, state);
    checkOrders(world, run, state);
    checkRoom(world, run, state);
    checkProtection(world, run, state);
    checkFailsafes(world, run, state);
  }
}

function checkFills(_world: World, { ledger, runId }: LabRun): void {
  for (const { fillId, qty } of ledger.executions)
    if (!ledger.booked.has(fillId))
      throw new Violation("fills_booked_once", `${fillId} over ${qty} is not booked by ${runId}`);
}

/** A position that somebody has closed by hand is gone when the engine has noticed. */
function noteFlat({ venue }: World, { ledger }: LabRun, { book }: EngineState): void {
  const { size, legs } = venue.account;
  ledger.isFlattened = size === 0 && legs.length === 0 && book.lots.length === 0;
  if (ledger.isFlattened) ledger.offset = -ledger.size;
}

/** What is too small to be sold leaves the books, and so does what somebody has taken: whose it was a run cannot say. */
function noteGone(world: World, { ledger }: LabRun, { book, spot }: EngineState): void {
  const rolls = (spot?.epoch ?? 1) - ledger.epoch;
  const gone = clean(ledger.size + ledger.offset - book.size);
  const { minQty, minNotional } = world.venue.rules;
  // What was worth too little may be worth a little more by now.
  const dust = clean(rolls * Math.max(minQty, minNotional / (1.5 * world.venue.price)));
  if (gone > 0 && rolls > 0 && gone < clean(dust + world.takenCoins)) {
    ledger.offset = clean(ledger.offset - gone);
    world.takenCoins = Math.max(0, clean(world.takenCoins - gone));
  }
  ledger.epoch += rolls;
}

function checkPosition({ profile }: World, run: LabRun, { book }: EngineState): void {
  const { ledger, process } = run;
  const expected = clean(ledger.size + ledger.offset);
  if (clean(book.size) !== expected)
    throw new Violation(
      "position_agrees",
      `the engine has ${book.size}, the venue ${expected} of ${run.runId}`,
    );
  const script = process?.desk?.positionSize ?? 0;
  const { mode, qtyStep } = profile.rules;
  // What stands against the newest is about to be closed: the script has turned around already.
  const meant = mode === "hedging" ? sizeMeant(book) : expected;
  // To the script less than a step of a trade is nothing; more than there is it never has.
  const isDust = mode === "spot" && script < meant && clean(meant - script) < qtyStep;
  if (clean(script) !== meant && !isDust)
    throw new Violation("position_agrees", `the script has ${script}, the venue ${meant} of ${run.runId}`);
}

/** A living order at the venue is one that the engine knows as living, and the other way around. */
function checkOrders(world: World, run: LabRun, state: EngineState): void {
  for (const order of world.venue.orders) {
    if (order.owner !== run.runId || !isOpen(order)) continue;
    // A bracket that was reached closes its own position, also when its end was on the way.
    if (order.legId !== null && order.legType !== "close") continue;
    if (isResidual(state, order)) continue;
    const known = state.orders.get(order.clientOrderId);
    if (known === undefined || isOver(known))
      throw new Violation(
        "no_orphan_order",
        `${order.id} (${order.legType} ${order.pineId}) is alive, and the engine ${known === undefined ? "does not know it" : `has it ${known.status}`}`,
      );
  }
}

/** A part of a bracket that was refused, which the engine is getting rid of by the name that the plugin gave it. */
const isResidual = ({ obligations }: EngineState, { clientOrderId }: VenueOrder): boolean =>
  [...obligations.values()].some(
    (owed) =>
      (owed.kind === "residual" && owed.ref === clientOrderId) ||
      (owed.kind === "close" && owed.residualRefs.includes(clientOrderId)),
  );

/**
 * On an account that others use "reduce only" protects nobody: what closes a run's position, the legs of a bracket as
 * one, can fill no more than it has; unless somebody is still finding out what is at the venue.
 */
function checkRoom({ venue, runs, profile }: World, run: LabRun, state: EngineState): void {
  if (runs.length < 2 || profile.rules.mode !== "netting") return;
  if (state.obligations.size > 0 || run.hasRefusals) return;
  const most = new Map<string, number>();
  for (const order of venue.orders)
    if (order.owner === run.runId && isOpen(order) && order.reduceOnly) {
      const name = order.group ?? order.id;
      most.set(name, Math.max(most.get(name) ?? 0, leftOf(order)));
    }
  const closing = [...most.values()].reduce((sum, qty) => clean(sum + qty), 0);
  const has = Math.abs(clean(run.ledger.size + run.ledger.offset));
  if (closing > has)
    throw new Violation("closes_fit", `${run.runId} has ${has}, and its orders may close ${closing}`);
}

/** Each leg of each exit that the script wants covers what its entry has opened. */
function checkProtection(world: World, run: LabRun, state: EngineState): void {
  if (run.process?.desk === null || run.process?.desk === undefined) return;
  // Coins can be promised once, and on an account that others use exits of one entry come one after the other.
  const { mode } = world.profile.rules;
  const isInTurn = mode === "spot" || (mode === "netting" && world.runs.length > 1);
  const claimed = new Map<string, number>();
  for (const wanted of state.wanted?.values() ?? []) {
    if (wanted.intent.kind !== "exit" || run.ledger.meddled.has(wanted.key) || run.hasRefusals) continue;
    if (isImpossible(world, wanted.intent)) continue;
    const record = state.intents.get(wanted.key);
    // A clock that was set forward is ahead of the alarm that somebody waits for.
    if (record !== undefined && record.notBeforeMs + Math.max(0, world.skewMs) > state.nowMs) continue;
    const open = state.book.lots
      .filter(({ entryId }) => entryId === (wanted.intent as ExitIntent).fromEntry)
      .reduce((sum, { qty }) => clean(sum + qty), 0);
    if (open === 0 || isBeingClosed(state) || isSearching(world, state)) continue;
    // What it has closed already is part of what it wants.
    const own = run.ledger.wishes.get(`${wanted.key}#${wanted.generation}`)?.filled ?? 0;
    // What the engine has watched by itself was closed by orders of another name.
    const done = isWatched(state, wanted) ? (record?.filledQty ?? 0) : own;
    const asked = wanted.ready ?? wanted.intent.qty;
    const required = Math.min(clean(open - closing(state)), clean(asked - done));
    const { fromEntry } = wanted.intent;
    const before = isInTurn ? (claimed.get(fromEntry) ?? 0) : 0;
    claimed.set(fromEntry, clean(before + required));
    // Coins that are gone may be the run's: none of them is promised to anybody.
    const sure = clean(open - world.takenCoins - closing(state) - before);
    const due = Math.min(required, sure);
    for (const leg of ["tp", "sl"] as const) checkLeg(world, run, state, wanted, leg, due);
  }
}

const isWatched = ({ rules }: EngineState, { intent }: Wanted): boolean =>
  rules.capabilities.partialQtyBracketExit === "software" &&
  intent.kind === "exit" &&
  intent.isPartialQtyBracket;

/** There are no brackets for a part of a position, and the engine is to leave them alone as well. */
const isImpossible = ({ profile }: World, { isPartialQtyBracket }: ExitIntent): boolean =>
  isPartialQtyBracket &&
  (profile.rules.mode === "hedging"
    ? !profile.closesLegsPartly
    : profile.capabilities.partialQtyBracketExit === "unsupported");

/** What market orders are about to close: at the venue, or about to be sent again. */
function closing({ intents }: EngineState): number {
  let qty = 0;
  for (const { intent, phase, filledQty } of intents.values())
    if (intent.kind === "close" && phase !== "done") qty += Math.max(0, intent.qty - filledQty);
  return qty;
}

/** How long it may take to find out which position at the venue a fill has opened, ms. */
const searchMs = 5_000;

function isSearching({ skewMs }: World, { book, view, nowMs, rules }: EngineState): boolean {
  if (!rules.isHedging) return false;
  // Whoever cannot read cannot know; a read that never comes back ends the run.
  const isBlind = !Number.isNaN(view.failingSinceMs) || !Number.isNaN(view.stuckSinceMs);
  // A clock that was set is no measure of how long it takes.
  if (!isBlind && skewMs === 0 && nowMs - view.lastFillMs >= searchMs) return false;
  return book.lots.some(({ legId }) => legId === undefined);
}

/** A market order takes the place of the bracket, or somebody is still finding out what became of it. */
function isBeingClosed({ obligations }: EngineState): boolean {
  for (const owed of obligations.values())
    if (owed.kind === "protection" ? owed.state === "sending" : owed.kind !== "reopen") return true;
  return false;
}

function checkLeg(
  world: World,
  run: LabRun,
  state: EngineState,
  wanted: Wanted,
  leg: "tp" | "sl",
  required: number,
): void {
  const intent = wanted.intent as ExitIntent;
  const { qtyStep, mode } = world.profile.rules;
  // A trail is the stop of its bracket; one that hangs on a position does so when it has begun.
  const stop = intent.slPrice ?? (mode === "hedging" ? undefined : intent.trailPrice);
  const price = leg === "tp" ? intent.tpPrice : stop;
  // Less than a step can be sold by nobody.
  const least = mode === "spot" ? clean(Math.floor(required / qtyStep + 1e-6) * qtyStep) : required;
  if (price === undefined || least <= 0) return;
  // It was worth a little less, maybe, when it was to be sent.
  if (least * world.venue.price < 1.3 * world.profile.rules.minNotional) return;
  const watches = leg === "tp" ? ["tp"] : intent.slPrice === undefined ? ["trail"] : ["sl"];
  const watched = watches.reduce(
    (sum, name) => sum + (state.watches.get(`partial_${name}:${wanted.key}`)?.qty ?? 0),
    0,
  );
  const covered =
    mode === "hedging" ? hung(world, run, intent, leg, watched) : resting(world, run, intent, leg, watched);
  if (covered < least)
    throw new Violation(
      "protection_covers",
      `the ${leg} of ${keyText(wanted.key)} covers ${covered} of ${least}`,
    );
}

type Covered = (world: World, run: LabRun, intent: ExitIntent, leg: "tp" | "sl", watched: number) => number;

/**
 * What brackets on positions cover, at the prices that are wanted. One that was reached is an order that closes; what its
 * position grows by meanwhile has a bracket again when that is over.
 */
const hung: Covered = ({ venue }, run, { fromEntry, tpPrice, slPrice }, leg, watched) =>
  venue.account.legs
    .filter(({ owner, entryId, legId, bracket }) => {
      if (owner !== run.runId || entryId !== fromEntry) return false;
      const isHung = leg === "tp" ? bracket?.takeProfit === tpPrice : bracket?.stopLoss === slPrice;
      return isHung || venue.orders.some((order) => isClosing(order, legId));
    })
    .reduce((sum, { qty }) => clean(sum + qty), watched);

const isClosing = (order: VenueOrder, legId: string): boolean =>
  order.legId === legId && order.legType !== "close" && isOpen(order);

/** What resting orders cover, at the prices that are wanted. */
const resting: Covered = ({ venue }, run, intent, leg, watched) =>
  venue.orders
    .filter(
      (order) =>
        order.owner === run.runId &&
        isOpen(order) &&
        order.pineId === intent.pineId &&
        order.fromEntry === intent.fromEntry &&
        (leg === "tp" ? isProfitOf(intent, order) : isLossOf(intent, order)),
    )
    .reduce((sum, order) => clean(sum + leftOf(order)), watched);

const isProfitOf = ({ tpPrice }: ExitIntent, { legType, limit }: VenueOrder): boolean =>
  legType === "tp" && limit === tpPrice;

/** A stop that was reached is at the market, wherever it was. */
const isLossOf = (
  { slPrice, trailPrice, trailOffsetPrice }: ExitIntent,
  { legType, stop, trail, isTriggered }: VenueOrder,
): boolean =>
  (legType === "sl" || legType === "trail") &&
  (isTriggered ||
    (stop === (slPrice ?? null) &&
      trail?.activation === trailPrice &&
      (trail === null || trail.offset === trailOffsetPrice)));
