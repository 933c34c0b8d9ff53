import type { EntryIntent } from "../api/broker/intents.ts";
import type { ExitState, KeptOrder, LeftBehind } from "./desk/history.ts";
import { minus, plus } from "./engine/book/quantity.ts";
import { intentKey } from "./engine/desired.ts";
import { isFailsafe } from "./engine/phase.ts";
import type { EngineState, IntentRecord } from "./engine/state.ts";

/** What the script's book of the next process begins with; what the engine made by itself is its own affair. */
export function leftBehind(state: EngineState): LeftBehind {
  return { orders: keptOrders(state), exits: state.exits, exitStates: exitStates(state) };
}

/** Entries and closes that were alive. */
export function keptOrders({ intents, obligations }: EngineState): readonly KeptOrder[] {
  const kept = new Map<string, KeptOrder>();
  const leaving = leavingOf(obligations);
  for (const record of intents.values()) {
    const { key, generation, phase, filledQty, flip = 0 } = record;
    if (phase === "done" || leaving.has(nameOf(record))) continue;
    // A change that was under way is what the script wanted last, whatever became of it.
    const intent = record.next ?? record.intent;
    if (intent.kind === "exit") continue;
    if (intent.kind === "close" && intent.syntheticKind !== undefined) continue;
    if (intent.kind === "entry" && intent.stopFiredMarket) continue;
    kept.set(key, { key, generation, intent, filledQty, ...(flip > 0 ? { flip } : {}) });
  }
  // The second half of a reversal is an entry of the script that has not been sent.
  for (const owed of obligations.values()) {
    if (owed.kind !== "reopen" || kept.has(owed.wanted.key)) continue;
    const { key, generation, intent, flip = 0 } = owed.wanted;
    if (intent.kind !== "entry" || intent.stopFiredMarket) continue;
    kept.set(key, { key, generation, intent, filledQty: 0, ...(flip > 0 ? { flip } : {}) });
  }
  for (const half of halvesOf(intents, obligations)) {
    const { intent, generation, filledQty } = half;
    const origin = intents.get(intentKey({ ...intent, stopFiredMarket: false }));
    if (origin?.generation !== generation || origin.intent.kind !== "entry") continue;
    const { key, flip = 0 } = origin;
    if (kept.has(key) || leaving.has(nameOf(origin))) continue;
    // What has only closed the other side has filled nothing of it.
    const opened = plus(minus(origin.filledQty, intent.qty), filledQty);
    const filled = { filledQty: Math.max(0, opened), ...(flip > 0 ? { flip } : {}) };
    kept.set(key, { key, generation, intent: origin.intent, ...filled });
  }
  return [...kept.values()];
}

/** Orders of the engine's own that complete an entry which has filled against the position: it is not over before. */
function* halvesOf(
  intents: EngineState["intents"],
  obligations: EngineState["obligations"],
): Generator<{ readonly intent: EntryIntent; readonly generation: number; readonly filledQty: number }> {
  for (const { intent, generation, filledQty, phase } of intents.values())
    if (intent.kind === "entry" && intent.stopFiredMarket && phase !== "done")
      yield { intent, generation, filledQty };
  for (const owed of obligations.values()) {
    if (owed.kind !== "reopen" || owed.wanted.intent.kind !== "entry") continue;
    const { intent, generation } = owed.wanted;
    if (intent.stopFiredMarket) yield { intent, generation, filledQty: 0 };
  }
}

/** How far exits have come since the script was evaluated last; what is going to be sent anew goes on. */
function exitStates({ intents, obligations }: EngineState): ReadonlyMap<string, ExitState> {
  const states = new Map<string, ExitState>();
  const leaving = leavingOf(obligations);
  for (const record of intents.values()) {
    const { key, generation, filledQty, phase, end } = record;
    if (record.intent.kind !== "exit" || isFailsafe(record)) continue;
    const isOver = phase === "done" && end !== "superseded";
    if (leaving.has(nameOf(record))) states.set(key, { generation, filledQty, end: "gone" });
    else if (!isOver) states.set(key, { generation, filledQty });
    else states.set(key, { generation, filledQty, end: end === "filled" ? "filled" : "gone" });
  }
  return states;
}

/** What was on its way out for good does not come back because the process ended. */
function leavingOf(obligations: EngineState["obligations"]): ReadonlySet<string> {
  const leaving = new Set<string>();
  for (const owed of obligations.values())
    if (owed.kind === "cancel" && owed.reason !== "superseded")
      leaving.add(nameOf({ generation: owed.generation, key: owed.intentKey }));
  return leaving;
}

const nameOf = ({ generation, key }: Pick<IntentRecord, "generation" | "key">): string =>
  `${generation} ${key}`;
