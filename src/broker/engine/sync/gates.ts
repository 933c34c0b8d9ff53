import type { EntryIntent } from "../../../api/broker/intents.ts";
import { minus, plus } from "../book/quantity.ts";
import { isAgainst, openEntries } from "../book/position.ts";
import { keyText } from "../desired.ts";
import type { Draft } from "../draft.ts";
import { isAlive } from "../phase.ts";
import { isUnguarded } from "../protection/failsafe.ts";
import { needsRefusedPart, whyNoParts } from "../protection/part-refused.ts";
import { rejectBudget } from "../patience.ts";
import { decline, letGo } from "./decline.ts";
import type { Dispatch } from "./dispatch.ts";
import { isSameOrder } from "./same-order.ts";

/**
 * Whether new exposure may be taken, now. Each gate knows one reason against it, and they are asked in this order.
 * Exits, closes and cancels pass none of them: what makes a position smaller is never held back.
 */
export type Verdict =
  | { readonly go: "allow" }
  /** Not now; it is asked again after every fact. */
  | { readonly go: "defer"; readonly why: string }
  /** Not this one; the script is told, and may place it anew. */
  | {
      readonly go: "drop";
      readonly code: string;
      readonly why: string;
      /** It was said before. */
      readonly isSaid?: true;
    }
  /** Going on would be unsafe. */
  | { readonly go: "halt"; readonly why: string };

/** An entry on its way out. */
export interface EntryDispatch extends Dispatch {
  readonly intent: EntryIntent;
}

type Gate = (draft: Draft, entry: EntryDispatch) => Verdict | null;

const defer = (why: string): Verdict => ({ go: "defer", why });

/** A market order that was held back until somebody resumed the run would be an answer to a question of long ago. */
const latched: Gate = ({ latches }, { intent }) => {
  const why =
    latches.quarantine !== null
      ? `in quarantine: ${latches.quarantine.reason}`
      : latches.paused
        ? "paused"
        : null;
  if (why === null) return null;
  return intent.orderType === "market" ? { go: "drop", code: "entry_blocked", why } : defer(why);
};

/** The venue takes no stop behind those that are watched here: what is opened now would be naked without this process. */
const unguarded: Gate = (draft, { intent }) => {
  if (!isUnguarded(draft)) return null;
  const why = "the venue refuses the failsafe stop of what is open";
  return intent.orderType === "market" ? { go: "drop", code: "entry_blocked", why } : defer(why);
};

const flattening: Gate = (draft) => {
  for (const { kind } of draft.obligations.values())
    if (kind === "flatten") return { go: "drop", code: "entry_blocked", why: "the run is being flattened" };
  return null;
};

/** What is not known to be so is not built upon. */
const unseen: Gate = ({ rules, spot, view }) => {
  if (!view.isStreaming) return defer("the stream of order events is down");
  if ((rules.spot ?? null) !== null && Number.isNaN(spot?.baseline ?? Number.NaN))
    return defer("what the account holds has not been measured");
  if (spot?.isBroken === true) return defer("the account does not hold what the books say");
  return view.isConfirmed ? null : defer("the position at the venue has not been read");
};

/** A position that is being closed for want of protection is not opened again at the same time. */
const beingClosed: Gate = (draft, { intent }) => {
  for (const obligation of draft.obligations.values())
    if (
      obligation.kind === "close" &&
      obligation.reason === "defensive" &&
      (obligation.entryId === null || obligation.entryId === intent.pineId)
    )
      return defer("its last position is being closed defensively");
  return null;
};

const unprotectable: Gate = (draft, { intent: { pineId } }) =>
  needsRefusedPart(draft, pineId)
    ? {
        go: "drop",
        code: "entry_blocked",
        why: `its exit is for a part of it, and ${whyNoParts(draft.rules)}`,
      }
    : null;

/**
 * What the venue has refused as often as it may is not sent again, on whatever bar: not before the script asks for
 * something else, has not asked on a bar, or something has filled, which may be what it was refused for.
 */
const refused: Gate = (draft, { key, generation, intent }) => {
  const last = draft.intents.get(key);
  if (last === undefined || last.rejects < rejectBudget || !isSameOrder(last.intent, intent)) return null;
  if (last.generation === generation && last.phase !== "done") return null;
  if (draft.view.lastFillMs > last.sinceMs) return null;
  return { go: "drop", code: "entry_suppressed", why: "the venue does not take it", isSaid: true };
};

/** Market entries in the same direction, filled or on their way; what rests is the script's own risk. */
const pyramided: Gate = (draft, { key, intent }) => {
  if (intent.isStrategyOrder || intent.orderType !== "market" || intent.stopFiredMarket) return null;
  const open = new Set(openEntries(draft.book, intent.side));
  for (const record of draft.intents.values())
    if (
      record.key !== key &&
      record.intent.kind === "entry" &&
      record.intent.orderType === "market" &&
      record.intent.side === intent.side &&
      isAlive(record)
    )
      for (const id of Object.values(record.orderIds)) open.add(id);
  if (open.size < Math.max(1, draft.rules.pyramiding)) return null;
  return {
    go: "drop",
    code: "entry_blocked",
    why: `${open.size === 1 ? "1 entry is open or on its" : `${open.size} entries are open or on their`} way, as many as pyramiding allows`,
  };
};

/** On a venue that cannot go short, all that may sell must be covered by what is held. */
const short: Gate = (draft, { key, generation, intent }) => {
  if (draft.rules.capabilities.shortSelling !== "unsupported" || intent.side !== "sell") return null;
  const own = draft.intents.get(key);
  const left = own?.generation === generation ? minus(intent.qty, own.filledQty) : intent.qty;
  const after = minus(minus(draft.book.size, sellingQty(draft, key)), left);
  return after >= 0
    ? null
    : {
        go: "halt",
        why: `${intent.pineId} would sell ${intent.qty} of ${draft.book.size}, and the venue cannot go short`,
      };
};

/** What entries that are out may still sell; one that sleeps is judged when it wakes. @param except an entry that does not count: it is being replaced */
export function sellingQty(draft: Draft, except: string | null): number {
  let qty = 0;
  for (const { key, intent, filledQty, phase } of draft.intents.values())
    if (
      key !== except &&
      intent.kind === "entry" &&
      intent.side === "sell" &&
      phase !== "done" &&
      phase !== "asleep"
    )
      qty = plus(qty, Math.max(0, minus(intent.qty, filledQty)));
  return qty;
}

/** On an account with a position for each order, an order does not make another position smaller. */
const beside: Gate = ({ rules, book }, { intent }) =>
  rules.isHedging && intent.isStrategyOrder && isAgainst(book, intent.side)
    ? {
        go: "drop",
        code: "entry_blocked",
        why: "strategy.order cannot reduce a position on a hedging account",
      }
    : null;

const gates: readonly Gate[] = [
  beside,
  latched,
  unguarded,
  flattening,
  unseen,
  beingClosed,
  unprotectable,
  refused,
  pyramided,
  short,
];

/** It is not sent, and the script may place it anew. */
export function drop(
  draft: Draft,
  entry: EntryDispatch,
  { code, why, isSaid }: Extract<Verdict, { go: "drop" }>,
): void {
  if (isSaid !== true) return decline(draft, entry, "skipped", code, `${keyText(entry.key)}: ${why}`);
  draft.journal(code, { intentKey: entry.key, payload: { why } });
  letGo(draft, entry, "skipped");
}

/** The first reason against an entry. */
export function judge(draft: Draft, entry: EntryDispatch): Verdict {
  for (const gate of gates) {
    const verdict = gate(draft, entry);
    if (verdict !== null) return verdict;
  }
  return { go: "allow" };
}
