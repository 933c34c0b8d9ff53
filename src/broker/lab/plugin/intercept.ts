import type { EntryIntent, ExitIntent } from "../../../api/broker/intents.ts";
import type { InterceptorResult } from "../../../api/broker/interceptor.ts";

/**
 * A plugin that has something to say about orders: entries of more than 2 contracts are refused, of those of 2 one goes,
 * and the loss of an exit is a hundredth further away. A process that follows has changed its mind about those of 2.
 *
 * @param mind 1 for the first process of a run, 2 for the next
 */
export function intercept(mind: number): (intent: EntryIntent | ExitIntent) => InterceptorResult | null {
  return (intent) => {
    if (intent.kind === "exit") {
      const { side, slPrice } = intent;
      if (slPrice === undefined) return null;
      return { modifiedStop: Number((slPrice + (side === "sell" ? -0.01 : 0.01)).toFixed(2)) };
    }
    if (refuses(intent)) return { rejected: true, rejectReason: "more than 2 contracts" };
    return intent.qty === 2 && mind % 2 === 1 ? { modifiedQty: 1 } : null;
  };
}

/** Whether it refuses an entry as the script asks for it. */
export function refuses({ qty }: Pick<EntryIntent, "qty">): boolean {
  return qty > 2;
}
