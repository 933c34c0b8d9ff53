import type { EntryIntent } from "../../../api/broker/intents.ts";
import type { Side } from "../../../api/broker/orders.ts";
import type { Wanted } from "../desired.ts";
import type { Draft } from "../draft.ts";
import type { IntentRecord } from "../state.ts";
import { type Anchor, nextAnchor } from "../sync/order-records.ts";
import { isSameIntent } from "../sync/same-order.ts";

/**
 * An entry with a limit and a stop is a stop-limit order: it sleeps until the price reaches the stop, and is a limit
 * order from then on. A venue that has stops minds it by itself. For any other the stop is watched here, and the venue
 * hears of the order when it has become a limit.
 */

function stopLimitId(key: string): string {
  return `entry_stop:${key}`;
}

/** What a wanted entry should be at the venue now; `null`: nothing, it sleeps. */
export function entryTarget(
  draft: Draft,
  { key, generation }: Wanted,
  intent: EntryIntent,
): EntryIntent | null {
  const id = stopLimitId(key);
  const before = draft.watches.get(id);
  const own = before?.generation === generation ? before : undefined;
  const { limit, stop, ...rest } = intent;
  if (limit === undefined || stop === undefined || draft.rules.capabilities.stopOrder === "native") {
    // Awake it stays: the script may place it whole again.
    if (own?.state !== "triggered") draft.dropWatch(id);
    return intent;
  }
  const awake: EntryIntent = { ...rest, limit };
  if (own?.state === "triggered") return awake;
  const isReached = hasReached(intent.side, draft.price, stop);
  if (own === undefined || isReached || own.level !== stop || own.qty !== intent.qty)
    draft.setWatch({
      id,
      kind: "entry_stop",
      state: isReached ? "triggered" : "armed",
      intentKey: key,
      generation,
      side: intent.side,
      qty: intent.qty,
      level: stop,
      trailOffset: Number.NaN,
      activation: Number.NaN,
      isActive: true,
      updatedMs: draft.nowMs,
    });
  if (!isReached) return null;
  draft.journal("entry_stop_reached", { intentKey: key, payload: { price: draft.price, stop } });
  return awake;
}

const anchorOf = ({ barTimeMs, retrySeq }: IntentRecord): Anchor => ({ barTimeMs, retrySeq });

/** It is in the books as it is wanted, although the venue has nothing of it: the next process has it as well. */
export function sleep(
  draft: Draft,
  { key, generation, flip }: Wanted,
  intent: EntryIntent,
  own: IntentRecord | undefined,
): void {
  if (own?.phase === "asleep" && own.flip === flip && isSameIntent(own.intent, intent)) return;
  draft.setIntent({
    key,
    generation,
    intent,
    phase: "asleep",
    ...(own?.phase === "asleep" ? anchorOf(own) : nextAnchor(draft, draft.intents.get(key))),
    rejects: own?.rejects ?? 0,
    notBeforeMs: 0,
    orderIds: {},
    filledQty: own?.filledQty ?? 0,
    sinceMs: draft.nowMs,
    ...(flip === undefined ? {} : { flip }),
  });
  draft.journal("entry_asleep", { intentKey: key, payload: { intent } });
}

function hasReached(side: Side, price: number, stop: number): boolean {
  return side === "buy" ? price >= stop : price <= stop;
}

/** Stops that nobody wants any more are not watched. */
export function dropStopLimits(draft: Draft): void {
  if (draft.wanted === null) return;
  for (const { id, kind, intentKey, generation } of draft.watches.values())
    if (kind === "entry_stop" && draft.wanted.get(intentKey)?.generation !== generation) draft.dropWatch(id);
}
