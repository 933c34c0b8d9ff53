/** What a venue says is looked at before it is believed. */
import { describe, expect, test } from "bun:test";

import {
  readBracketReject,
  readEvent,
  readLegs,
  readOrders,
  readPosition,
} from "../../src/broker/executor/venue-values.ts";
import { orderOf } from "./scripted-plugin.ts";

const eventOf = (changes: object = {}): object => ({
  order: orderOf(),
  timestamp: 1_700_000_000,
  eventType: "created",
  ...changes,
});

describe("an order is refused", () => {
  test.each([
    ["without an id", { id: "" }, "id"],
    ["with an id that steers a terminal", { id: "v\u001b[2J" }, "Expected no control characters"],
    ["with an id that is a page", { id: "x".repeat(501) }, "id"],
    ["on no side", { side: "long" }, "side"],
    ["of no number", { qty: Number.NaN }, "qty"],
    ["of a negative size", { qty: -1 }, "qty"],
    ["of a size without end", { qty: Number.POSITIVE_INFINITY }, "qty"],
    ["of a size in words", { qty: "1" }, "qty"],
    ["filled less than nothing", { filledQty: -0.1 }, "filledQty"],
    ["at a price without end", { price: Number.POSITIVE_INFINITY }, "price"],
    ["in milliseconds", { timestamp: 1_700_000_000_000 }, "Expected seconds since 1970, not milliseconds"],
    ["before all time", { timestamp: -1 }, "Expected seconds since 1970"],
    ["in a state that nobody knows", { status: "weird" }, "status"],
  ])("%s", (_how, changes, said) => {
    expect(() => readOrders("orders", [{ ...orderOf(), ...changes }])).toThrow(said);
    expect(() => readEvent(eventOf({ order: { ...orderOf(), ...changes } }))).toThrow(said);
  });
});

test.each([
  ["no object", null],
  ["a text", "filled"],
  ["of a kind that nobody knows", eventOf({ eventType: "expired" })],
  ["of a negative fill", eventOf({ fillQty: -1 })],
  ["of a fill at no number", eventOf({ fillPrice: Number.NaN })],
  ["of a fill without an id", eventOf({ fillId: "" })],
  ["with a fee without end", eventOf({ fee: Number.POSITIVE_INFINITY })],
  ["without an order", eventOf({ order: undefined })],
])("an event is refused: %s", (_what, value) => {
  expect(() => readEvent(value)).toThrow("an order event");
});

test("what a stranger calls an order is shown without harm, and is no reason to refuse it", () => {
  const name = `\u001b]0;pwned\u0007${"x".repeat(1_000)}`;
  const [order] = readOrders("orders", [orderOf({ clientOrderId: name, feeCurrency: "\u0000" })]);
  expect(order).toMatchObject({
    clientOrderId: `\ufffd]0;pwned\ufffd${"x".repeat(490)}`,
    feeCurrency: "\ufffd",
  });
});

test("fields that nobody knows do not come in, and names of prototypes change nothing", () => {
  const hostile = JSON.parse(
    JSON.stringify(orderOf()).replace("{", '{"__proto__":{"polluted":1},"constructor":1,'),
  );
  const [order] = readOrders("orders", [hostile]);
  expect(Object.keys(order!).toSorted()).toEqual(Object.keys(orderOf()).toSorted());
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

test.each([
  ["a position of no number", () => readPosition({ symbol: "X", side: "long", size: Number.NaN })],
  [
    "a position at a price without end",
    () => readPosition({ symbol: "X", side: "long", size: 1, entryPrice: Infinity }),
  ],
  ["no position, and not null", () => readPosition(undefined)],
  [
    "a leg at a price without end",
    () => readLegs([{ legId: "1", symbol: "X", side: "buy", qty: 1, entryPrice: Infinity, openTime: 1 }]),
  ],
])("%s is refused", (_what, read) => {
  expect(read).toThrow();
});

test("a refused bracket must say on which side what is open", () => {
  const context = { intentKey: "k", positionClientOrderId: "p", positionSide: "buy", qty: 1, symbol: "X" };
  expect(readBracketReject({ ...context, socket: new Map() })).toEqual(context as never);
  for (const bad of [
    null,
    "x",
    { ...context, positionSide: "long" },
    { ...context, qty: -1 },
    { intentKey: "k" },
  ])
    expect(readBracketReject(bad)).toBeUndefined();
});
