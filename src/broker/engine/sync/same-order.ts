import type { EntryIntent, ExitIntent } from "../../../api/broker/intents.ts";
import type { WantedIntent } from "../desired.ts";

/** What makes an order another order at the venue; names and comments do not. */
const traits = {
  entry: ["side", "qty", "orderType", "limit", "stop"],
  exit: ["side", "qty", "tpPrice", "slPrice", "trailPrice", "trailOffsetPrice", "trailOffsetTicks"],
  close: ["side", "qty"],
} as const;

/** Whether two intents come to the same order at the venue. */
export function isSameOrder(a: WantedIntent, b: WantedIntent): boolean {
  if (a.kind !== b.kind) return false;
  const [left, right] = [a, b] as unknown as Record<string, unknown>[];
  return traits[a.kind].every((trait) => left![trait] === right![trait]);
}

/** Whether two intents are equal in every field. */
export function isSameIntent(a: WantedIntent, b: WantedIntent): boolean {
  if (a === b) return true;
  const [left, right] = [a, b] as unknown as Record<string, unknown>[];
  const names = Object.keys(left!);
  return names.length === Object.keys(right!).length && names.every((name) => left![name] === right![name]);
}

/** Whether an order can become another in place: the same kind of order on the same side, with the same legs. */
export function isAmendable(from: WantedIntent, to: WantedIntent): from is EntryIntent | ExitIntent {
  if (from.side !== to.side) return false;
  if (from.kind === "entry" && to.kind === "entry")
    return (
      from.orderType !== "market" &&
      from.orderType === to.orderType &&
      (from.stop === undefined) === (to.stop === undefined)
    );
  if (from.kind !== "exit" || to.kind !== "exit") return false;
  return (
    (from.tpPrice === undefined) === (to.tpPrice === undefined) &&
    (from.slPrice === undefined) === (to.slPrice === undefined) &&
    (from.trailPrice === undefined) === (to.trailPrice === undefined)
  );
}
