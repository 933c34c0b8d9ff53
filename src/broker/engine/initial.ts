import { noExits } from "./kept-exits.ts";
import type { EngineRules, EngineState } from "./state.ts";

/** A run that has never sent anything. */
export function initialState(rules: EngineRules): EngineState {
  return {
    rules,
    nowMs: 0,
    barTimeMs: Number.NaN,
    closedBarMs: Number.NaN,
    price: Number.NaN,
    nextEffect: 1,
    latches: { quarantine: null, halt: null, paused: false },
    wanted: null,
    hasRun: false,
    exits: noExits,
    intents: new Map(),
    orders: new Map(),
    obligations: new Map(),
    watches: new Map(),
    book: { size: 0, lots: [] },
    fillIds: [],
    view: {
      isConfirmed: false,
      size: Number.NaN,
      failingSinceMs: Number.NaN,
      flatSinceMs: Number.NaN,
      strangeQty: Number.NaN,
      driftSinceMs: Number.NaN,
      lastFillMs: -Infinity,
      foreignLegs: [],
      isShared: false,
      isStreaming: false,
      readMs: -Infinity,
      nextReadMs: 0,
      readSinceMs: Number.NaN,
      stuckSinceMs: Number.NaN,
    },
    spot: null,
    outbox: new Map(),
  };
}
