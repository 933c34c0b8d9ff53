import type { ExchangePosition } from "../../../api/broker/position.ts";
import type { Draft, NewEffect } from "../draft.ts";
import type { ReadResult } from "../facts.ts";
import { accountReadMs } from "../orders/accounted.ts";
import {
  afterRateLimitMs,
  freshReadMs,
  legReadMs,
  lostOrderMs,
  reconcileMs,
  stuckReadMs,
  tryAgainMs,
} from "../patience.ts";
import type { VerifyObligation } from "../state.ts";
import { halt } from "./latches.ts";

/** What is asked of the venue, and when. One read is out at a time. */

/** Signed size of a position. */
export function sizeOf(position: ExchangePosition | null): number {
  switch (position?.side) {
    case "long":
      return position.size;
    case "short":
      return -position.size;
    case "flat":
    case undefined:
      return 0;
  }
}

/** A read has failed: nothing that was read before is relied on for new exposure, until one succeeds. */
export function readFailed(
  draft: Draft,
  { message, retryAfterMs, isStuck }: Extract<ReadResult, { kind: "failed" }>,
): void {
  const since = firstOf(draft.view.failingSinceMs, draft.nowMs);
  draft.setView({
    isConfirmed: false,
    failingSinceMs: since,
    stuckSinceMs: isStuck ? firstOf(draft.view.stuckSinceMs, draft.nowMs) : Number.NaN,
    nextReadMs:
      retryAfterMs === undefined
        ? Math.min(tryAgainMs(since, draft.nowMs), draft.nowMs + freshReadMs)
        : afterRateLimitMs(retryAfterMs, draft.nowMs),
  });
  if (since === draft.nowMs)
    draft.tell("warn", "read_failed", `the venue cannot be read, nothing is opened until it can: ${message}`);
}

/**
 * Sends the read that is due: the position when it is not known, when it was read long ago, or when something of it has
 * to be proven; the open orders while a write is in doubt.
 */
export function pursueReads(draft: Draft): void {
  const { view, nowMs } = draft;
  if (draft.latches.halt !== null || draft.rules.isDryRun) return;
  if (!Number.isNaN(view.readSinceMs) || view.nextReadMs > nowMs) return;
  const lost = firstLost(draft);
  if (lost !== null) draft.send(lookFor(lost, nowMs));
  else if (nowMs >= positionDueMs(draft))
    draft.send({ kind: draft.rules.isHedging ? "read_legs" : "read_position" });
  else return;
  draft.setView({ readSinceMs: nowMs });
}

/** A write in doubt. The position comes first while it is not known: everything else waits for it. */
function firstLost(draft: Draft): VerifyObligation | null {
  if (!draft.view.isConfirmed) return null;
  for (const obligation of draft.obligations.values())
    if (obligation.kind === "verify" && obligation.nextMs <= draft.nowMs) return obligation;
  return null;
}

/**
 * Among the open orders first, for all that are lost at once; then this one by its name, in turns. What is not open any
 * more is asked for by its name.
 */
function lookFor({ attempts, sinceMs, clientOrderId, write }: VerifyObligation, nowMs: number): NewEffect {
  if (write === "cancel") return { kind: "read_order", clientOrderId };
  return attempts % 2 === 1 && nowMs - sinceMs >= lostOrderMs
    ? { kind: "read_order", clientOrderId }
    : { kind: "read_open_orders" };
}

/** When the position is to be read next, ms. */
export function positionDueMs(draft: Draft): number {
  const { view } = draft;
  if (!view.isConfirmed) return view.nextReadMs;
  if (draft.rules.isHedging && isSearching(draft)) return view.readMs + legReadMs;
  const isSuspect =
    !Number.isNaN(view.flatSinceMs) ||
    !Number.isNaN(view.driftSinceMs) ||
    draft.book.early !== undefined ||
    hasDueClose(draft);
  const regularMs = view.readMs + (isSuspect ? freshReadMs : reconcileMs);
  return Math.min(regularMs, Math.max(accountReadMs(draft), view.readMs + freshReadMs));
}

/** A position of ours is not known yet, or the close of one is in doubt. */
function isSearching(draft: Draft): boolean {
  if (draft.book.lots.some(({ legId }) => legId === undefined)) return true;
  for (const obligation of draft.obligations.values())
    if (obligation.kind === "verify" && draft.orders.get(obligation.clientOrderId)?.legId !== undefined)
      return true;
  return false;
}

/** A close that has not proven itself by its fills may be proven by the position. */
function hasDueClose(draft: Draft): boolean {
  for (const { kind, deadlineMs } of draft.obligations.values())
    if (kind === "close" && deadlineMs !== Infinity) return true;
  return false;
}

const firstOf = (beforeMs: number, nowMs: number): number => (Number.isNaN(beforeMs) ? nowMs : beforeMs);

/**
 * Reads that fail leave the run waiting, for as long as it takes; one that never comes back leaves it blind, and
 * nothing but a new process changes that.
 */
export function guardReads(draft: Draft): void {
  const { readSinceMs, stuckSinceMs } = draft.view;
  if (draft.nowMs - readSinceMs >= stuckReadMs || draft.nowMs - stuckSinceMs >= stuckReadMs)
    halt(draft, `a question to the venue has had no answer for ${Math.round(stuckReadMs / 1000)} s`);
}
