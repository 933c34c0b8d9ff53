import type { SpotExecution } from "../../../api/broker/position.ts";
import { quantity } from "../../../kernel/units.ts";
import { giveUpBook } from "../book/position.ts";
import { minus, plus } from "../book/quantity.ts";
import type { Draft } from "../draft.ts";
import type { ReadResult } from "../facts.ts";
import { onVenue } from "../orders/venue.ts";
import { freshReadMs, reconcileMs } from "../patience.ts";
import { isAlive } from "../phase.ts";
import { halt, quarantine } from "../safety/latches.ts";
import type { SpotInventory, SpotRules } from "../state.ts";

/**
 * A spot account has no position to ask for, only a balance, and part of that may be somebody else's. What is not this
 * run's is the baseline, measured once: from then on the balance must be the baseline and what the run's fills add up
 * to. Where it is not, and stays so for longer than a settlement takes, the books are not believed any more.
 */

/** Clocks of venues may be behind ours by so much, ms. */
const clockMarginMs = 300_000;

/** Nothing has been measured yet. */
export function newInventory(nowMs: number): SpotInventory {
  return {
    baseline: Number.NaN,
    cursor: null,
    sinceMs: nowMs - clockMarginMs,
    epoch: 1,
    conflictSinceMs: Number.NaN,
    isBroken: false,
    nextReadMs: 0,
  };
}

/**
 * A new process. What was broken in the last one is looked at once more: a balance may have been behind for longer than
 * anybody waited, and a position that is there is not given up for it.
 */
export function reviseInventory(draft: Draft): void {
  if ((draft.rules.spot ?? null) === null) return;
  const before = draft.spot;
  if (before === null) return draft.setSpot(newInventory(draft.nowMs));
  if (!before.isBroken) return draft.setSpot({ ...before, nextReadMs: 0 });
  draft.setSpot({ ...before, isInherited: true, conflictSinceMs: Number.NaN, nextReadMs: 0 });
}

/** What was in conflict before is so still: the books let go of it, and the account is measured anew. */
function beginAnew(draft: Draft, { cursor, epoch }: SpotInventory): void {
  if (draft.book.size !== 0) giveUp(draft, "the inventory was in conflict");
  draft.setSpot({ ...newInventory(draft.nowMs), cursor, epoch: epoch + 1 });
}

/** The balance is what the books say. */
function agree(draft: Draft, before: SpotInventory): SpotInventory {
  const { isInherited: _, ...spot } = before;
  if (spot.isBroken) draft.journal("inventory_agrees", { payload: { baseline: spot.baseline } });
  const now: SpotInventory = { ...spot, isBroken: false, conflictSinceMs: Number.NaN };
  draft.setSpot(now);
  return now;
}

/** Sends the read that is due, when no other is out. */
export function pursueSpot(draft: Draft): void {
  const { spot, view, nowMs } = draft;
  if (
    (draft.rules.spot ?? null) === null ||
    spot === null ||
    draft.latches.halt !== null ||
    draft.rules.isDryRun
  )
    return;
  if (!Number.isNaN(view.readSinceMs) || view.nextReadMs > nowMs || spot.nextReadMs > nowMs) return;
  draft.send({ kind: "read_spot", cursor: spot.cursor });
  draft.setView({ readSinceMs: nowMs });
}

/** Executions and the balance have been read. */
export function onSpot(draft: Draft, result: Extract<ReadResult, { kind: "spot" }>): void {
  const { spot } = draft.rules;
  if (spot === undefined || spot === null || draft.spot === null)
    return draft.journal("answer_of_other_kind", { payload: { result: "spot" } });
  const { page, balance } = result;
  for (const execution of page.executions) catchUp(draft, draft.spot, execution);
  draft.setSpot({
    ...draft.spot,
    // An inconclusive page is read again: something older may still come.
    cursor: page.conclusive ? page.nextCursor : draft.spot.cursor,
    nextReadMs: page.hasMore ? draft.nowMs : draft.nowMs + reconcileMs,
  });
  // The balance belongs to the last page.
  if (!page.hasMore) compare(draft, spot, draft.spot, balance, result.minSellable ?? null);
}

/** An execution of ours that the stream has not told. */
function catchUp(draft: Draft, { sinceMs }: SpotInventory, execution: SpotExecution): void {
  const { clientOrderId, executionId, qty, side, timestamp } = execution;
  if (clientOrderId === undefined || draft.hasFill(executionId) || timestamp * 1000 < sinceMs) return;
  const order = draft.orders.get(clientOrderId);
  const filledQty = plus(order?.filledQty ?? 0, qty);
  onVenue(draft, {
    kind: "venue",
    nowMs: draft.nowMs,
    event: {
      order: {
        id: execution.exchangeOrderId,
        symbol: draft.rules.symbol,
        side,
        orderType: "market",
        qty: quantity(order?.qty ?? qty),
        filledQty,
        remainingQty: Math.max(0, minus(order?.qty ?? qty, filledQty)),
        status: "partial",
        timestamp,
        fee: execution.fee,
        feeCurrency: execution.feeCurrency,
        reduceOnly: false,
        clientOrderId,
      },
      timestamp,
      eventType: "partial",
      fillPrice: execution.price,
      fillQty: qty,
      fillId: executionId,
      fee: execution.fee,
      feeCurrency: execution.feeCurrency,
      fromDisappearanceTracker: false,
    },
  });
  if (draft.hasFill(executionId))
    draft.tell("info", "fill_recovered", `an execution of ${qty} came from the account's history`, {
      clientOrderId,
    });
}

function compare(
  draft: Draft,
  rules: SpotRules,
  spot: SpotInventory,
  balance: number,
  minSellable: number | null,
): void {
  const { size } = draft.book;
  if (Number.isNaN(spot.baseline)) {
    const baseline = minus(balance, size);
    if (baseline < -rules.baseTolerance)
      return conflict(draft, spot, `the account holds ${balance}, this run's fills add up to ${size}`);
    agree(draft, { ...spot, baseline: Math.max(0, baseline) });
    draft.journal("inventory_measured", { payload: { balance, baseline } });
    return;
  }
  const difference = minus(minus(balance, spot.baseline), size);
  if (Math.abs(difference) <= rules.baseTolerance) {
    const isNews = spot.isBroken || !Number.isNaN(spot.conflictSinceMs);
    return rollDust(draft, rules, isNews ? agree(draft, spot) : spot, minSellable);
  }
  const sinceMs = Number.isNaN(spot.conflictSinceMs) ? draft.nowMs : spot.conflictSinceMs;
  if (
    draft.nowMs >= Math.max(sinceMs, draft.view.lastFillMs) + rules.settlementGraceMs &&
    sinceMs < draft.nowMs
  )
    return conflict(
      draft,
      spot,
      `the account holds ${balance}: ${spot.baseline} that are not this run's and ${size} that are, which leaves ${difference} unexplained`,
    );
  draft.setSpot({ ...spot, conflictSinceMs: sinceMs, nextReadMs: draft.nowMs + freshReadMs });
}

/** The books are not believed any more. */
function conflict(draft: Draft, spot: SpotInventory, reason: string): void {
  if (spot.isInherited === true) return beginAnew(draft, spot);
  if (spot.isBroken) return;
  draft.setSpot({ ...spot, isBroken: true });
  if (draft.rules.onInventoryConflict === "halt") halt(draft, reason);
  else quarantine(draft, reason);
}

/**
 * What is left of a closed position and is too small to be sold becomes part of what is not this run's: nothing could
 * ever close it. Unknown sizes are taken for sellable.
 */
function rollDust(draft: Draft, rules: SpotRules, spot: SpotInventory, minSellable: number | null): void {
  const { size } = draft.book;
  const dust = Math.max(rules.positionDustThreshold, minSellable ?? 0);
  if (!(size > 0) || size >= dust) return;
  for (const record of draft.intents.values()) if (isAlive(record)) return;
  draft.setSpot({ ...spot, baseline: plus(spot.baseline, size), epoch: spot.epoch + 1 });
  giveUp(draft, `${size} is too little to be sold`);
}

function giveUp(draft: Draft, reason: string): void {
  draft.tell("warn", "position_given_up", `the position of ${draft.book.size} leaves the books: ${reason}`);
  draft.setBook(giveUpBook(draft.book, draft.nowMs));
  draft.notice({ kind: "flattened_outside", atMs: draft.nowMs });
}
