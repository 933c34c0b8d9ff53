/** What the keys of intents are called on screens. */
import { expect, test } from "bun:test";

import type { SyntheticCloseKind } from "../../../src/api/broker/intents.ts";
import { intentKey, type KeyParts, keyText } from "../../../src/broker/engine/desired.ts";

const entry = (stopFiredMarket: boolean): KeyParts => ({ kind: "entry", pineId: "L", stopFiredMarket });
const close = (pineId: string, syntheticKind?: SyntheticCloseKind): KeyParts => ({
  kind: "close",
  pineId,
  ...(syntheticKind === undefined ? {} : { syntheticKind }),
});

test.each<[KeyParts, string]>([
  [entry(false), "entry L"],
  [entry(true), "entry L after its stop"],
  [{ kind: "exit", pineId: "P", fromEntry: "L" }, "exit P of L"],
  [{ kind: "exit", pineId: "x", fromEntry: "L", syntheticKind: "failsafe" }, "failsafe stop of L"],
  [close("L"), "close L"],
  [close(""), "close everything"],
  [close("__pyne_reversal_close__S", "reversal_close"), "close before S"],
  [close("__pyne_marketable_exit__P\0L", "marketable_exit"), "close for P of L"],
  [close("__pyne_partial_trigger__P\0L\0tp", "partial_trigger"), "close for P of L"],
  [close("__pyne_defensive_close__id", "defensive_close"), "close a position without protection"],
  [close("__pyne_flatten__", "flatten"), "close everything"],
])("%p is %s", (parts, text) => {
  expect(keyText(intentKey(parts))).toBe(text);
});

test("what is no key stays as it is", () => {
  expect(["e", "cancel:x\0P\0L", ""].map(keyText)).toEqual(["e", "cancel:x|P|L", ""]);
});
