import * as v from "valibot";

import type { BracketAttachRejectContext } from "../../api/broker/brackets.ts";
import { cancelOutcomes, type CancelOutcome } from "../../api/broker/policies.ts";
import type { ExchangeOrder, OrderEvent } from "../../api/broker/orders.ts";
import type { ExchangePosition, PositionLeg, SpotExecutionPage } from "../../api/broker/position.ts";

/**
 * What plugins hand over, looked at before it is believed: plain values that survive JSON, or an error that names what
 * is wrong with them. Fields that nobody knows are left out.
 */

const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const price = v.pipe(v.number(), v.finite());
const optionalPrice = v.optional(price);
/** Up to the year 9999: milliseconds taken for seconds are behind it. */
const seconds = v.pipe(
  v.number(),
  v.minValue(0, "Expected seconds since 1970"),
  v.maxValue(253_402_300_799, "Expected seconds since 1970, not milliseconds"),
);
/** What is only shown. A stranger's order may be called anything, and is no reason to believe nothing of a list. */
const shown = v.pipe(
  v.string(),
  v.transform((one) => one.slice(0, 500).replace(/\p{Cc}/gu, "\ufffd")),
);
const text = v.optional(shown, "");
const side = v.picklist(["buy", "sell"]);
const id = v.pipe(
  v.string(),
  v.nonEmpty(),
  v.maxLength(500),
  v.regex(/^\P{Cc}*$/u, "Expected no control characters"),
);
/** Fees may be negative, and a plugin may not know them. */
const fee = v.optional(v.pipe(v.number(), v.finite()), 0);

const order = v.object({
  id,
  symbol: shown,
  side,
  orderType: v.picklist(["market", "limit", "stop", "trailing_stop"]),
  qty: amount,
  filledQty: amount,
  remainingQty: amount,
  price: optionalPrice,
  stopPrice: optionalPrice,
  averageFillPrice: optionalPrice,
  status: v.picklist(["pending", "open", "partial", "filled", "cancelled", "rejected", "expired"]),
  timestamp: seconds,
  fee,
  feeCurrency: text,
  reduceOnly: v.optional(v.boolean(), false),
  clientOrderId: v.optional(shown),
});

const event = v.object({
  order,
  timestamp: seconds,
  eventType: v.picklist(["created", "amended", "filled", "partial", "cancelled", "rejected"]),
  fillPrice: optionalPrice,
  fillQty: v.optional(amount),
  fillId: v.optional(id),
  fee,
  feeCurrency: text,
  pineId: v.optional(v.string()),
  fromEntry: v.optional(v.string()),
  legType: v.optional(v.picklist(["entry", "tp", "sl", "trail", "close"])),
  fromDisappearanceTracker: v.optional(v.boolean(), false),
});

const position = v.object({
  symbol: shown,
  side: v.picklist(["long", "short", "flat"]),
  size: amount,
  entryPrice: v.optional(price, 0),
  unrealizedPnl: v.optional(price, 0),
  liquidationPrice: v.optional(v.number()),
  leverage: v.optional(v.number(), 1),
  marginMode: v.optional(v.picklist(["cross", "isolated", "cash"]), "cross"),
});

const leg = v.object({
  legId: id,
  symbol: shown,
  side,
  qty: amount,
  entryPrice: price,
  openTime: seconds,
  unrealizedPnl: v.optional(price, 0),
});

const bracketReject = v.object({
  intentKey: v.string(),
  positionClientOrderId: v.optional(v.string(), ""),
  positionSide: side,
  qty: amount,
  symbol: text,
  positionDealId: v.optional(v.string()),
  fromEntry: v.optional(v.string()),
  exitId: v.optional(v.string()),
  filledQty: v.optional(amount),
  errorCode: v.optional(shown),
  errorMessage: v.optional(shown),
});

const spotPage = v.object({
  executions: v.array(
    v.object({
      executionId: id,
      clientOrderId: v.optional(v.string()),
      exchangeOrderId: v.string(),
      side,
      qty: amount,
      price,
      fee,
      feeCurrency: text,
      timestamp: seconds,
    }),
  ),
  nextCursor: v.nullable(v.string()),
  hasMore: v.boolean(),
  conclusive: v.boolean(),
});

/** A plugin has handed over what its contract does not allow. */
export class BadVenueValue extends Error {}

function read<Schema extends v.GenericSchema>(what: string, schema: Schema, value: unknown): unknown {
  const result = v.safeParse(schema, value);
  if (result.success) return withoutAbsent(result.output);
  const [issue] = result.issues;
  const path = issue === undefined ? null : v.getDotPath(issue);
  throw new BadVenueValue(
    `${what}${path === null ? "" : `: ${path}`}: ${issue?.message ?? "not understood"}`,
  );
}

/** Absent and `undefined` are one to JSON. */
function withoutAbsent(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAbsent);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) =>
      field === undefined ? [] : [[name, withoutAbsent(field)]],
    ),
  );
}

/** @throws BadVenueValue */
export function readOrders(what: string, value: unknown): readonly ExchangeOrder[] {
  return read(what, v.array(order), value) as readonly ExchangeOrder[];
}

/** @throws BadVenueValue */
export function readOrder(what: string, value: unknown): ExchangeOrder {
  return read(what, order, value) as ExchangeOrder;
}

/** @throws BadVenueValue */
export function readFound(id: string, value: unknown): ExchangeOrder | null | "unknown" {
  if (value === null || value === "unknown") return value;
  const found = readOrder(`order ${id}`, value);
  if (found.clientOrderId !== undefined && found.clientOrderId !== id)
    throw new BadVenueValue(`order ${id}: the answer is about ${found.clientOrderId}`);
  return found;
}

/** What a refused bracket leaves open; `undefined`: the plugin does not say so. */
export function readBracketReject(value: unknown): BracketAttachRejectContext | undefined {
  const { success, output } = v.safeParse(bracketReject, value);
  return success ? (withoutAbsent(output) as BracketAttachRejectContext) : undefined;
}

/** @throws BadVenueValue */
export function readEvent(value: unknown): OrderEvent {
  return read("an order event", event, value) as OrderEvent;
}

/** @throws BadVenueValue */
export function readPosition(value: unknown): ExchangePosition | null {
  return value === null ? null : (read("the position", position, value) as ExchangePosition);
}

/** @throws BadVenueValue */
export function readLegs(value: unknown): readonly PositionLeg[] {
  return read("the positions", v.array(leg), value) as readonly PositionLeg[];
}

/** @throws BadVenueValue */
export function readSpotPage(value: unknown): SpotExecutionPage {
  return read("the executions", spotPage, value) as SpotExecutionPage;
}

/** @throws BadVenueValue */
export function readOutcome(value: unknown): CancelOutcome {
  return read("the outcome of a cancel", v.picklist(cancelOutcomes), value) as CancelOutcome;
}
