import type { PositionLeg } from "../../../api/broker/position.ts";
import type { Draft } from "../draft.ts";
import type { FactOf, ReadResult } from "../facts.ts";
import { takeLegs } from "../hedging/read.ts";
import { watchDrift } from "../safety/agreement.ts";
import { watchFlat } from "../safety/external-flat.ts";
import { proveCloses } from "../safety/prove-closes.ts";
import { readFailed, sizeOf } from "../safety/reads.ts";
import { onSpot } from "../spot/inventory.ts";
import { accountByPosition } from "./accounted.ts";
import { onOrder } from "./found.ts";
import { lookAgain, prove, verifying } from "./verify.ts";

/** A read has an answer. */
export function onRead(draft: Draft, { effect: id, result }: FactOf<"read">): void {
  if (draft.answered(id) === undefined) return;
  const askedMs = draft.view.readSinceMs;
  draft.setView({ readSinceMs: Number.NaN });
  switch (result.kind) {
    case "failed":
      readFailed(draft, result);
      return;
    case "position":
      onSize(draft, sizeOf(result.position), askedMs);
      return;
    case "open_orders":
      onOpenOrders(draft, result);
      return;
    case "order":
      onOrder(draft, result.clientOrderId, result.order);
      return;
    case "legs":
      onSize(draft, takeLegs(draft, result.legs, askedMs), askedMs, result.legs);
      return;
    case "spot":
      onSpot(draft, result);
  }
}

/**
 * @param size signed; `NaN`: the venue was read, and what of it is ours cannot be told yet
 * @param askedMs when it was asked for
 */
function onSize(draft: Draft, size: number, askedMs: number, legs?: readonly PositionLeg[]): void {
  const { view, book } = draft;
  if (!Number.isNaN(view.failingSinceMs)) draft.journal("reads_recovered");
  draft.setView({
    isConfirmed: true,
    failingSinceMs: Number.NaN,
    stuckSinceMs: Number.NaN,
    size,
    readMs: draft.nowMs,
    nextReadMs: 0,
  });
  if (Number.isNaN(size)) return;
  if (size !== view.size && size !== book.size)
    draft.journal("position_differs", { payload: { venue: size, book: book.size } });
  proveCloses(draft, size);
  accountByPosition(draft, askedMs);
  // What is there of coins is said by the account's balance.
  if (!draft.rules.isSpot) watchFlat(draft, size, legs);
  watchDrift(draft);
}

/**
 * Orders whose answer was lost are looked for. One of ours that is not there is not declared gone: only the plugin
 * knows where else it may show.
 */
function onOpenOrders(draft: Draft, { orders }: Extract<ReadResult, { kind: "open_orders" }>): void {
  draft.setView({ stuckSinceMs: Number.NaN, nextReadMs: 0 });
  for (const said of orders) {
    const order = said.clientOrderId === undefined ? undefined : draft.orders.get(said.clientOrderId);
    if (order === undefined) continue;
    const doubt = verifying(draft, order.clientOrderId);
    if (doubt !== undefined && doubt.write !== "cancel") prove(draft, order, said);
  }
  lookAgain(draft);
}
