import { expect, test } from "bun:test";

import type { LegType } from "../../../src/api/broker/orders.ts";
import type { WantedIntent } from "../../../src/broker/engine/desired.ts";
import { wordsOf } from "../../../src/broker/engine/order-words.ts";

test.each<[LegType, object, object]>([
  ["entry", { kind: "entry", comment: "c", alertMessage: "a" }, { comment: "c", alertMessage: "a" }],
  ["close", { kind: "close", alertMessage: "a" }, { alertMessage: "a" }],
  ["tp", { kind: "exit", comment: "c", alertMessage: "a" }, { comment: "c", alertMessage: "a" }],
  [
    "tp",
    { kind: "exit", comment: "c", commentProfit: "won", alertProfit: "up" },
    { comment: "won", alertMessage: "up" },
  ],
  [
    "sl",
    { kind: "exit", commentProfit: "won", alertMessage: "a", alertLoss: "down" },
    { alertMessage: "down" },
  ],
  [
    "trail",
    { kind: "exit", commentTrailing: "t", alertTrailing: "trailed" },
    { comment: "t", alertMessage: "trailed" },
  ],
  ["sl", { kind: "exit" }, {}],
])("the words of a leg %s of %j are %j", (leg, intent, words) => {
  expect(wordsOf(intent as WantedIntent, leg)).toEqual(words as never);
});
