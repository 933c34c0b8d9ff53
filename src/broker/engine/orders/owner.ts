import type { OrderIdKind } from "../../../api/broker/intents.ts";
import type { LegType, OrderEvent } from "../../../api/broker/orders.ts";
import { attemptOf, readOrderId, type ReadOrderId } from "../../ids.ts";
import { keySeparator } from "../desired.ts";
import { type Draft, isOver } from "../draft.ts";
import type { EngineRules, IntentRecord, OrderRecord } from "../state.ts";
import { isFailsafe } from "../phase.ts";
import { ordersOf } from "./living.ts";

/** Who an event belongs to. */
export type Owner =
  | { readonly kind: "known"; readonly order: OrderRecord }
  /** It is this run's by its name or by the plugin's word, and the books have no such order. */
  | { readonly kind: "lost"; readonly order: OrderRecord }
  /** Another run's, or a person's. */
  | { readonly kind: "foreign" };

const foreign: Owner = { kind: "foreign" };

/** Finds the order of an event: by our id, by the venue's, by what an id says of itself, by what the plugin says. */
export function ownerOf(draft: Draft, event: OrderEvent): Owner {
  const { clientOrderId, id } = event.order;
  const named = clientOrderId === undefined ? undefined : draft.orders.get(clientOrderId);
  if (named !== undefined) return { kind: "known", order: named };
  const read =
    clientOrderId === undefined ? null : readOrderId(clientOrderId, draft.rules.clientOrderIdMaxLen);
  if (read !== null && !isOurTag(draft.rules, read.runTag)) return foreign;
  if (id !== "")
    for (const order of draft.orders.values())
      if (order.exchangeId === id || order.replacedIds?.includes(id)) return { kind: "known", order };
  if (clientOrderId !== undefined && read !== null)
    return { kind: "lost", order: lostOrder(draft, event, clientOrderId, read) };
  return event.pineId === undefined ? foreign : told(draft, event, event.pineId);
}

/** Whether a tag is this run's, or one that it had earlier. */
export function isOurTag(rules: EngineRules, tag: string): boolean {
  return tag === rules.runTag || rules.priorTags.includes(tag);
}

/** The intent that an id names, and whether it is an id of its present attempt. */
export function namesake(
  draft: Draft,
  clientOrderId: string,
): { readonly record: IntentRecord; readonly isCurrent: boolean } | undefined {
  const { runTag, priorTags, clientOrderIdMaxLen } = draft.rules;
  const read = readOrderId(clientOrderId, clientOrderIdMaxLen);
  if (read === null) return undefined;
  for (const record of draft.intents.values()) {
    const { pineId } = record.intent;
    const fromEntry = record.intent.kind === "exit" ? record.intent.fromEntry : undefined;
    for (const tag of [runTag, ...priorTags]) {
      const attempt = attemptOf(clientOrderId, { runTag: tag, pineId, fromEntry }, clientOrderIdMaxLen);
      if (attempt === null || !isKindOf(record, read.kind)) continue;
      return { record, isCurrent: read.barTimeMs === record.barTimeMs && attempt === record.retrySeq };
    }
  }
  return undefined;
}

const kindsOf: Readonly<Record<OrderIdKind, IntentRecord["intent"]["kind"] | null>> = {
  e: "entry",
  b: "entry",
  t: "exit",
  s: "exit",
  c: "close",
  x: null,
};
const isKindOf = (record: IntentRecord, kind: OrderIdKind): boolean => kindsOf[kind] === record.intent.kind;

const legsOf: Readonly<Record<OrderIdKind, LegType>> = {
  e: "entry",
  b: "entry",
  t: "tp",
  s: "sl",
  c: "close",
  x: "close",
};

/** A row for an order of ours that the books do not know; fills of an attempt of long ago count for no intent of now. */
function lostOrder(draft: Draft, event: OrderEvent, clientOrderId: string, read: ReadOrderId): OrderRecord {
  const found = namesake(draft, clientOrderId);
  const intent = found?.record.intent;
  return lostRow(draft, event, clientOrderId, {
    idKind: read.kind,
    legType: event.legType ?? legsOf[read.kind],
    intentKey: found?.record.key ?? `?${keySeparator}${clientOrderId}`,
    generation: found?.isCurrent ? found.record.generation : -1,
    pineId: event.pineId ?? intent?.pineId ?? "",
    fromEntry: event.fromEntry ?? (intent?.kind === "exit" ? intent.fromEntry : null),
  });
}

/** The plugin names the script's order: an order at the venue that carries no id of ours, such as a position's stop. */
function told(draft: Draft, event: OrderEvent, pineId: string): Owner {
  const legType = event.legType ?? "entry";
  for (const record of draft.intents.values()) {
    const own = ordersOf(draft, record).filter(
      (order) =>
        (isFailsafe(record)
          ? record.intent.pineId === pineId
          : order.pineId === pineId && (order.legType === legType || isBracketOf(order, legType))) &&
        (event.fromEntry === undefined || order.fromEntry === event.fromEntry),
    );
    const order = own.findLast((candidate) => !isOver(candidate)) ?? own.at(-1);
    if (order !== undefined) return { kind: "known", order };
  }
  return {
    kind: "lost",
    order: lostRow(draft, event, event.order.clientOrderId ?? `venue:${event.order.id}`, {
      idKind: legType === "entry" ? "e" : legType === "close" ? "c" : legType === "tp" ? "t" : "s",
      legType,
      intentKey: `?${keySeparator}${pineId}`,
      generation: -1,
      pineId,
      fromEntry: event.fromEntry ?? null,
    }),
  };
}

/** A bracket that hangs on a position is one order to us, whichever of its legs it is. */
function isBracketOf(order: OrderRecord, legType: LegType): boolean {
  return order.legId !== undefined && order.idKind === "s" && legType !== "entry" && legType !== "close";
}

function lostRow(
  draft: Draft,
  event: OrderEvent,
  clientOrderId: string,
  names: Pick<OrderRecord, "idKind" | "legType" | "intentKey" | "generation" | "pineId" | "fromEntry">,
): OrderRecord {
  const { order } = event;
  return {
    clientOrderId,
    ...names,
    exchangeId: order.id === "" ? null : order.id,
    side: order.side,
    qty: order.qty,
    filledQty: 0,
    limit: order.price ?? null,
    stop: order.stopPrice ?? null,
    status: "open",
    isCancelExpected: false,
    createdMs: draft.nowMs,
    updatedMs: draft.nowMs,
  };
}
