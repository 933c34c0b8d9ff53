import type { SpotExecution } from "../../../api/broker/position.ts";
import { quantity } from "../../../kernel/units.ts";
import { giveUpQty } from "../book/position.ts";
import { minus, plus } from "../book/quantity.ts";
import type { Draft } from "../draft.ts";
import type { ReadResult } from "../facts.ts";
import { onVenue } from "../orders/venue.ts";
import { flatGraceMs, freshReadMs, reconcileMs } from "../patience.ts";
import { isAlive } from "../phase.ts";
import { halt, quarantine } from "../safety/latches.ts";
import type { SpotInventory, SpotRules } from "../state.ts";

/**
 * A spot account has no position to ask for, only a balance, and part of that may be somebody else's. What is not this
 * run's is the baseline, measured once: from then on the balance must be the baseline and what the run's fills add up
 * to.
 *
 * Coins that come to it without a fill are somebody else's: whoever pays them in takes nothing from the run. Coins that
 * are gone without one may have been sold twice, so when that lasts for longer than a settlement takes the books are not
 * believed any more, and it is for a person to look. Whose they were nobody can say. They count as the run's, which must
 * not sell what is somebody else's: none of them is sold, and after two minutes the position is so much smaller.
 */

/** Clocks of venues may be behind ours by so much, ms. */
const clockMarginMs = 300_000;

/** Coins that come or go without a fill are believed to have done so after this, ms: as long as a fill may be late. */
const strangeMs = flatGraceMs;

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

/** A new process looks once more at what was broken in the last one: a balance may have been behind. */
export function reviseInventory(draft: Draft): void {
  if ((draft.rules.spot ?? null) === null) return;
  const before = draft.spot;
  if (before === null) return draft.setSpot(newInventory(draft.nowMs));
  const conflictSinceMs = before.isBroken ? Number.NaN : before.conflictSinceMs;
  draft.setSpot({ ...before, conflictSinceMs, nextReadMs: 0 });
}

function remeasure(draft: Draft, spot: SpotInventory, baseline: number): void {
  draft.setSpot({ ...believed(spot), baseline, epoch: spot.epoch + 1 });
}

/** The balance is what the books say. */
function agree(draft: Draft, spot: SpotInventory): SpotInventory {
  if (spot.isBroken) draft.journal("inventory_agrees", { payload: { baseline: spot.baseline } });
  const now = believed(spot);
  draft.setSpot(now);
  return now;
}

function believed({ missing: _gone, ...spot }: SpotInventory): SpotInventory {
  return { ...spot, isBroken: false, conflictSinceMs: Number.NaN };
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
  const isFirst = Number.isNaN(spot.baseline);
  if (isFirst && minus(balance, size) >= -rules.baseTolerance) {
    const baseline = Math.max(0, minus(balance, size));
    agree(draft, { ...spot, baseline });
    return draft.journal("inventory_measured", { payload: { balance, baseline } });
  }
  const baseline = isFirst ? 0 : spot.baseline;
  const difference = minus(minus(balance, baseline), size);
  if (Math.abs(difference) <= rules.baseTolerance) {
    const isNews = spot.isBroken || !Number.isNaN(spot.conflictSinceMs);
    return rollDust(draft, rules, isNews ? agree(draft, spot) : spot, minSellable);
  }
  const sinceMs = Number.isNaN(spot.conflictSinceMs) ? draft.nowMs : spot.conflictSinceMs;
  const steadyMs = draft.nowMs - Math.max(sinceMs, draft.view.lastFillMs);
  if (steadyMs >= strangeMs) return believe(draft, spot, balance, difference);
  // The word of a fill may come later than the coins that it has bought.
  const isMissing = difference < 0 && steadyMs >= rules.settlementGraceMs && sinceMs < draft.nowMs;
  const nextReadMs = draft.nowMs + (difference > 0 ? reconcileMs : freshReadMs);
  const now = { ...spot, conflictSinceMs: sinceMs, nextReadMs };
  if (!isMissing) return draft.setSpot(now);
  conflict(
    draft,
    { ...now, missing: -difference },
    `the account holds ${balance}: of ${baseline} that are not this run's and ${size} that are, ${-difference} are missing`,
  );
}

/** What stays so for as long as a fill may be late is so. */
function believe(draft: Draft, spot: SpotInventory, balance: number, difference: number): void {
  const gone = Math.min(Math.max(0, -difference), draft.book.size);
  if (gone > 0) giveUp(draft, gone, `the account holds ${balance}`);
  else if (difference > 0)
    draft.tell("info", "coins_came", `${difference} have come to the account without a fill of this run`);
  const baseline = Math.max(0, minus(balance, draft.book.size));
  remeasure(draft, spot, baseline);
  draft.journal("inventory_measured", { payload: { balance, baseline } });
}

/** The books are not believed any more. */
function conflict(draft: Draft, spot: SpotInventory, reason: string): void {
  draft.setSpot({ ...spot, isBroken: true });
  if (spot.isBroken) return;
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
  remeasure(draft, spot, plus(spot.baseline, size));
  giveUp(draft, size, "it is too little to be sold");
}

/** A part of the position, or all of it, is none any more. */
function giveUp(draft: Draft, qty: number, reason: string): void {
  draft.tell("warn", "position_given_up", `${qty} of the position leave the books: ${reason}`);
  draft.setBook(giveUpQty(draft.book, draft.nowMs, qty));
  if (draft.book.size === 0) draft.notice({ kind: "flattened_outside", atMs: draft.nowMs });
}
