import { keyText } from "../desired.ts";
import { type Draft, isOver } from "../draft.ts";
import type { Effect } from "../effects.ts";
import type { WriteResult } from "../facts.ts";
import { ownRecord } from "../orders/gone.ts";
import { oweVerifyOrder } from "../orders/verify.ts";
import { afterRateLimitMs, tryAgainMs } from "../patience.ts";
import { defend } from "../protection/defend.ts";
import type { OrderRecord } from "../state.ts";
import { protectionId, release, settleBracket } from "./brackets.ts";
import { settleFan } from "./fan.ts";

/** What came of closing one of the venue's positions, or a part of it. */
export function onLegClosed(
  draft: Draft,
  effect: Extract<Effect, { kind: "close_leg" }>,
  result: WriteResult,
): void {
  const row = draft.orders.get(effect.clientOrderId);
  const record = row === undefined ? undefined : ownRecord(draft, row);
  if (row === undefined || record === undefined) return;
  const about = { intentKey: row.intentKey, clientOrderId: row.clientOrderId };
  let message = "";
  switch (result.kind) {
    case "accepted":
      if (row.status === "pending") setStatus(draft, row, "open");
      break;
    case "not_sent":
      draft.setIntent({ ...record, notBeforeMs: tryAgainMs(record.sinceMs, draft.nowMs) });
      return;
    case "rate_limited":
      draft.setIntent({ ...record, notBeforeMs: afterRateLimitMs(result.retryAfterMs, draft.nowMs) });
      return;
    case "rejected":
    case "skipped":
    case "id_spent":
      // The venue takes no order of this size: it is not tried again.
      if (!isOver(row)) setStatus(draft, row, result.kind === "skipped" ? "cancelled" : "rejected");
      draft.tell(
        "warn",
        "leg_close_refused",
        `position ${effect.legId} was not closed: ${result.message}`,
        about,
      );
      message = result.message;
      break;
    case "unknown":
    case "cancel":
    case "bracket_refused":
      if (!isOver(row))
        oweVerifyOrder(draft, record, row, "new", "the answer to the close of a position is lost");
      return;
    case "unsafe":
      return;
  }
  const now = ownRecord(draft, row);
  if (now !== undefined) settleFan(draft, now, message);
}

function setStatus(draft: Draft, row: OrderRecord, status: OrderRecord["status"]): void {
  draft.setOrder({ ...row, status, updatedMs: draft.nowMs });
}

/** What came of hanging a bracket on a position, or of taking it away. */
export function onLegAmended(
  draft: Draft,
  effect: Extract<Effect, { kind: "amend_leg" }>,
  result: WriteResult,
): void {
  const held = draft.obligations.get(protectionId(effect.legId));
  if (held?.kind !== "protection" || held.clientOrderId !== effect.clientOrderId) return;
  switch (result.kind) {
    case "accepted":
    case "cancel":
      settleBracket(draft, held);
      return;
    case "not_sent":
    case "unknown":
    case "skipped":
    case "id_spent":
      draft.owe({ ...held, nextMs: tryAgainMs(held.sinceMs, draft.nowMs) });
      return;
    case "rate_limited":
      draft.owe({ ...held, nextMs: afterRateLimitMs(result.retryAfterMs, draft.nowMs) });
      return;
    case "unsafe":
      return;
    case "rejected":
    case "bracket_refused": {
      if (held.state === "clearing") {
        draft.owe({ ...held, nextMs: tryAgainMs(held.sinceMs, draft.nowMs) });
        return;
      }
      const message = result.kind === "rejected" ? result.message : (result.context.errorMessage ?? "");
      const row = draft.orders.get(held.clientOrderId);
      release(draft, held);
      const lot = draft.book.lots.find(({ legId }) => legId === held.legId);
      if (lot === undefined) return;
      draft.tell(
        "error",
        "bracket_refused",
        `${keyText(held.intentKey)} cannot protect position ${held.legId}`,
        {
          intentKey: held.intentKey,
        },
      );
      defend(draft, {
        intentKey: held.intentKey,
        positionClientOrderId: lot.clientOrderId,
        positionSide: lot.side,
        qty: lot.qty as Parameters<typeof defend>[1]["qty"],
        symbol: draft.rules.symbol,
        fromEntry: lot.entryId,
        ...(row === undefined ? {} : { exitId: row.pineId }),
        errorMessage: message,
      });
    }
  }
}
