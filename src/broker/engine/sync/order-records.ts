import type { OrderIdKind } from "../../../api/broker/intents.ts";
import type { LegType } from "../../../api/broker/orders.ts";
import { clientOrderId } from "../../ids.ts";
import type { Draft } from "../draft.ts";
import type { WantedIntent } from "../desired.ts";
import { wordsOf } from "../order-words.ts";
import type { BookedAs, IntentRecord, OrderRecord } from "../state.ts";

/** What names the orders of an attempt. */
export type Anchor = Pick<IntentRecord, "barTimeMs" | "retrySeq">;

/**
 * The next attempt under a key: the first of its bar, or one more than the last on the same bar. Two attempts never
 * have the same bar and number.
 */
export function nextAnchor(draft: Draft, last: IntentRecord | undefined): Anchor {
  // Before the first evaluation the time of the fact stands for the bar: no order was ever named by it.
  const barTimeMs = Number.isNaN(draft.barTimeMs) ? draft.nowMs : draft.barTimeMs;
  return last !== undefined && last.barTimeMs >= barTimeMs
    ? { barTimeMs: last.barTimeMs, retrySeq: last.retrySeq + 1 }
    : { barTimeMs, retrySeq: 0 };
}

interface Leg {
  readonly idKind: OrderIdKind;
  readonly legType: LegType;
  readonly limit?: number | undefined;
  readonly stop?: number | undefined;
}

/** The orders that an intent becomes. */
function legsOf(intent: WantedIntent, bookedAs: BookedAs | undefined): readonly Leg[] {
  switch (intent.kind) {
    case "entry": {
      const { limit, stop, stopFiredMarket } = intent;
      return [{ idKind: stopFiredMarket ? "b" : "e", legType: "entry", limit, stop }];
    }
    case "close":
      return [{ idKind: "c", legType: bookedAs?.legType ?? "close" }];
    case "exit": {
      const { tpPrice, slPrice, trailPrice } = intent;
      const legs: Leg[] = [];
      if (tpPrice !== undefined) legs.push({ idKind: "t", legType: "tp", limit: tpPrice });
      if (slPrice !== undefined)
        legs.push({ idKind: "s", legType: bookedAs?.legType ?? "sl", stop: slPrice });
      else if (trailPrice !== undefined) legs.push({ idKind: "s", legType: "trail", stop: trailPrice });
      return legs;
    }
  }
}

function scriptNames(intent: WantedIntent): { pineId: string; fromEntry: string | null } {
  switch (intent.kind) {
    case "entry":
      return { pineId: intent.pineId, fromEntry: null };
    case "exit":
      return { pineId: intent.pineId, fromEntry: intent.fromEntry };
    case "close":
      return { pineId: intent.pineId, fromEntry: intent.pineId === "" ? null : intent.pineId };
  }
}

/**
 * Rows for the orders of an attempt, before the venue knows of them.
 * @param sent the intent as it is sent: without what earlier orders have filled
 */
export function orderRecords(draft: Draft, record: IntentRecord, sent: WantedIntent): OrderRecord[] {
  const { runTag, clientOrderIdMaxLen } = draft.rules;
  const { key, generation, barTimeMs, retrySeq, bookedAs } = record;
  const fromEntry = sent.kind === "exit" ? sent.fromEntry : undefined;
  const names = bookedAs ?? scriptNames(sent);
  return legsOf(sent, bookedAs).map(({ idKind, legType, limit, stop }) => ({
    clientOrderId: clientOrderId(
      { runTag, pineId: sent.pineId, fromEntry, kind: idKind, barTimeMs, retrySeq },
      clientOrderIdMaxLen,
    ),
    idKind,
    legType,
    intentKey: key,
    generation,
    pineId: names.pineId,
    fromEntry: names.fromEntry,
    exchangeId: null,
    side: sent.side,
    qty: sent.qty,
    filledQty: 0,
    limit: limit ?? null,
    stop: stop ?? null,
    status: "pending",
    isCancelExpected: false,
    createdMs: draft.nowMs,
    updatedMs: draft.nowMs,
    ...wordsOf(sent, legType),
  }));
}
