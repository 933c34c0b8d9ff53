/** Which orders of an earlier process are back in the script's book. */
import { expect, test } from "bun:test";

import type { EntryIntent } from "../../src/api/broker/intents.ts";
import { initialState } from "../../src/broker/engine/initial.ts";
import type { EngineState, IntentRecord, Obligation } from "../../src/broker/engine/state.ts";
import { intentKey, type Wish } from "../../src/broker/engine/desired.ts";
import { quantity } from "../../src/kernel/units.ts";
import { keptOrders } from "../../src/broker/kept-orders.ts";
import { rulesOf, wantedOf } from "./engine/notation.ts";

const [wanted] = wantedOf("entry L buy 2 limit 99");
const [moved] = wantedOf("entry L buy 2 limit 98");
const { key } = wanted!;

/** The market order that completes it. */
function half(qty: number): Pick<Wish, "key" | "intent"> {
  const { limit: _, ...rest } = wanted!.intent as EntryIntent;
  const intent = { ...rest, qty: quantity(qty), orderType: "market", stopFiredMarket: true } as EntryIntent;
  return { key: intentKey(intent), intent };
}

function kept(record: Partial<IntentRecord>, ...obligations: Partial<Obligation>[]): string[] {
  const intents = new Map([
    [key, { key, generation: 3, intent: wanted!.intent, filledQty: 1, ...record } as IntentRecord],
  ]);
  const state: EngineState = {
    ...initialState(rulesOf()),
    intents,
    obligations: new Map(obligations.map((owed, index) => [String(index), owed as Obligation])),
  };
  return keptOrders(state).map(({ generation, intent, filledQty }) => {
    const { pineId, limit } = intent as EntryIntent;
    return `${pineId}#${generation} limit ${limit} filled ${filledQty}`;
  });
}

test.each([
  ["works", { phase: "working" }, [], ["L#3 limit 99 filled 1"]],
  ["was sent and has no answer", { phase: "sent" }, [], ["L#3 limit 99 filled 1"]],
  ["is in doubt", { phase: "unknown" }, [], ["L#3 limit 99 filled 1"]],
  ["was being changed", { phase: "amending", next: moved!.intent }, [], ["L#3 limit 98 filled 1"]],
  ["is over", { phase: "done" }, [], []],
  [
    "was being cancelled",
    { phase: "cancelling" },
    [{ kind: "cancel", intentKey: key, generation: 3, reason: "unwanted" }],
    [],
  ],
  [
    "was being replaced",
    { phase: "cancelling" },
    [{ kind: "cancel", intentKey: key, generation: 3, reason: "superseded" }],
    ["L#3 limit 99 filled 1"],
  ],
  [
    "comes after one that was being cancelled",
    { phase: "working" },
    [{ kind: "cancel", intentKey: key, generation: 2, reason: "unwanted" }],
    ["L#3 limit 99 filled 1"],
  ],
  [
    "waits for the position to be closed",
    { phase: "done" },
    [{ kind: "reopen", wanted: { ...wanted!, generation: 4 } }],
    ["L#4 limit 99 filled 0"],
  ],
  [
    "has only closed the other side so far",
    { phase: "done", end: "filled", filledQty: 2 },
    [{ kind: "reopen", wanted: { ...half(2), generation: 3 } }],
    ["L#3 limit 99 filled 0"],
  ],
  [
    "has closed a part of the other side",
    { phase: "done", end: "filled", filledQty: 2 },
    [{ kind: "reopen", wanted: { ...half(0.5), generation: 3 } }],
    ["L#3 limit 99 filled 1.5"],
  ],
  [
    "comes after one that has only closed the other side",
    { phase: "working", filledQty: 0 },
    [{ kind: "reopen", wanted: { ...half(2), generation: 2 } }],
    ["L#3 limit 99 filled 0"],
  ],
] as const)("an order that %s", (_, record, obligations, lines) => {
  expect(kept(record, ...(obligations as readonly Partial<Obligation>[]))).toEqual([...lines]);
});
