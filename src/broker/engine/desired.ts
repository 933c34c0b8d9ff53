import type { CloseIntent, EntryIntent, ExitIntent, SyntheticCloseKind } from "../../api/broker/intents.ts";

/** What a script can want at the venue; a cancel is the absence of what was wanted before. */
export type WantedIntent = EntryIntent | ExitIntent | CloseIntent;

/**
 * One thing that the script wants at the venue, as its book of orders stands after an evaluation. Orders that have
 * filled are not in it.
 */
export interface Wanted {
  /** What the same order is found by on the next evaluation; see `intentKey`. */
  readonly key: string;
  /**
   * Grows with every order that the script places anew; an order that is changed or issued again while it works keeps
   * its number. A higher number under a key whose order has filled is a fresh order.
   */
  readonly generation: number;
  /**
   * Its `qty` is the whole order's, what it has filled included (FIX's OrderQty): an order of 5 that has filled 2 is
   * still an order of 5. An exit that covers all of its entry is sized by what of the entry is open, whatever it says;
   * one of a part is what the script asked for, also while its entry has not filled so much.
   */
  readonly intent: WantedIntent;
  /**
   * Of an exit of a part: what may be at the venue as far as its entry has filled, what it has filled itself included.
   * It does not grow with a fill by itself, it waits until the script's book has shared the fill out. Absent: all of it.
   */
  readonly ready?: number;
  /**
   * Of a priced entry: contracts of the other side that were open when the script placed it, and that it is to turn
   * around. Its own quantity does not have them.
   */
  readonly flip?: number;
  /** Where the plugin is asked about orders: what it has said about this one, which `intent` obeys. */
  readonly ruling?: Ruling;
}

/** What a plugin has said about an order. Its answer holds for what it was asked about, and for less. */
export interface Ruling {
  readonly asked: Terms;
  /** What may be sent; absent: nothing. */
  readonly given?: Terms;
  /** Why nothing may, or what is wrong with the answer. */
  readonly reason?: string;
}

/** What of an order a plugin may change. Of an exit the prices of its profit and its loss, and no quantity. */
export interface Terms {
  readonly qty?: number;
  readonly limit?: number;
  readonly stop?: number;
}

/** What the script wants, with what the engine knows of it. */
export interface Wish extends Wanted {
  /** Of an entry at the market: when it is too old to be sent, ms. */
  readonly untilMs?: number;
}

/**
 * Between the parts of a key: no id of a script can contain it. Written as `|` in columns.
 */
export const keySeparator = "\0";

/** What of an intent its key is made of. */
export type KeyParts =
  | Pick<EntryIntent, "kind" | "pineId" | "stopFiredMarket">
  | Pick<ExitIntent, "kind" | "pineId" | "fromEntry" | "syntheticKind">
  | Pick<CloseIntent, "kind" | "pineId" | "syntheticKind">;

/**
 * The key of an intent: entries by their id (the engine's market entry after a stop apart from the script's own), exits
 * by their id and their entry (the engine's failsafe stops by their entry), closes by what they close.
 */
export function intentKey(intent: KeyParts): string {
  switch (intent.kind) {
    case "entry":
      return `${intent.stopFiredMarket ? "b" : "e"}${keySeparator}${intent.pineId}`;
    case "exit":
      return intent.syntheticKind === "failsafe"
        ? `f${keySeparator}${intent.fromEntry}`
        : `x${keySeparator}${intent.pineId}${keySeparator}${intent.fromEntry}`;
    case "close":
      return `c${keySeparator}${intent.syntheticKind ?? ""}${keySeparator}${intent.pineId}`;
  }
}

/** A key as people read it: `entry L`, `exit P of L`, `close everything`. What is no key stays as it is. */
export function keyText(key: string): string {
  const [kind, ...names] = key.split(keySeparator);
  const [first = "", ...rest] = names;
  if (names.length > 0)
    switch (kind) {
      case "e":
        return `entry ${first}`;
      case "b":
        return `entry ${first} after its stop`;
      case "x":
        return `exit ${first} of ${rest.join("|")}`;
      case "f":
        return `failsafe stop of ${first}`;
      case "c":
        return `close ${closeName(rest.join(keySeparator), first === "" ? undefined : (first as SyntheticCloseKind))}`;
      case "?":
        return `unknown order ${names.join("|")}`;
    }
  return key.replaceAll(keySeparator, "|");
}

/** What a close closes, for people; those that the engine makes carry names of its own. */
export function closeName(pineId: string, syntheticKind: SyntheticCloseKind | undefined): string {
  if (syntheticKind === undefined) return pineId === "" ? "everything" : pineId;
  const [, made = ""] = /^__pyne_[a-z_]+?__(.*)$/.exec(pineId) ?? [];
  const [name = "", from] = made.split(keySeparator);
  const whose = from === undefined ? name : `${name} of ${from}`;
  switch (syntheticKind) {
    case "reversal_close":
      return `before ${name}`;
    case "partial_trigger":
    case "marketable_exit":
      return `for ${whose}`;
    case "defensive_close":
      return "a position without protection";
    case "flatten":
      return "everything";
  }
}
