import type { EntryIntent, ExitIntent } from "../api/broker/intents.ts";
import type { InterceptorResult } from "../api/broker/interceptor.ts";
import { messageOf } from "../kernel/errors.ts";
import { type Price, type Quantity, price, quantity } from "../kernel/units.ts";
import type { Ruling, Terms, Wanted } from "./engine/desired.ts";
import type { EngineState } from "./engine/state.ts";
import { rulingOf } from "./engine/sync/rulings.ts";

/**
 * What a plugin has to say about orders before they are sent. It is asked once about an order, and again when the script
 * changes it; what it has said is kept with the order, so that neither the next evaluation nor the next process asks
 * again about one that was sent. What makes a position smaller at the market is never asked about.
 */

/** A plugin's `interceptOrder`: at once, and of the intent alone. */
export type AskPlugin = (intent: EntryIntent | ExitIntent) => InterceptorResult | null;

/** What the script wants, as the plugin lets it. Nothing of what the plugin says is believed before it was looked at. */
export function withRulings(
  wanted: readonly Wanted[],
  state: EngineState,
  ask: AskPlugin,
): readonly Wanted[] {
  return wanted.map((each) => {
    const { intent } = each;
    if (intent.kind === "close") return each;
    const asked = termsOf(intent);
    const known = rulingOf(state, each);
    if (known !== undefined && covers(known.asked, asked, false)) return apply(each, intent, known);
    // As it was given before, or smaller: a group, or what a process before this one has sent.
    if (known?.given !== undefined && covers(known.given, asked, true)) return { ...each, ruling: known };
    return apply(each, intent, ruled(intent, asked, ask));
  });
}

function termsOf(intent: EntryIntent | ExitIntent): Terms {
  if (intent.kind === "exit") return terms(undefined, intent.tpPrice, intent.slPrice);
  return terms(intent.qty, intent.limit, intent.stop);
}

function terms(qty: number | undefined, limit: number | undefined, stop: number | undefined): Terms {
  return {
    ...(qty === undefined ? {} : { qty }),
    ...(limit === undefined ? {} : { limit }),
    ...(stop === undefined ? {} : { stop }),
  };
}

function covers(some: Terms, others: Terms, mayBeSmaller: boolean): boolean {
  if (some.limit !== others.limit || some.stop !== others.stop) return false;
  return some.qty === others.qty || (mayBeSmaller && (others.qty ?? 0) < (some.qty ?? 0));
}

function apply(wanted: Wanted, intent: EntryIntent | ExitIntent, ruling: Ruling): Wanted {
  const { given } = ruling;
  if (given === undefined) return { ...wanted, ruling };
  const { limit, stop, qty } = given as { limit?: Price; stop?: Price; qty?: Quantity };
  const changed: EntryIntent | ExitIntent =
    intent.kind === "exit"
      ? {
          ...intent,
          ...(limit === undefined ? {} : { tpPrice: limit }),
          ...(stop === undefined ? {} : { slPrice: stop }),
        }
      : {
          ...intent,
          ...(qty === undefined ? {} : { qty }),
          ...(limit === undefined ? {} : { limit }),
          ...(stop === undefined ? {} : { stop }),
        };
  return { ...wanted, intent: changed, ruling };
}

function ruled(intent: EntryIntent | ExitIntent, asked: Terms, ask: AskPlugin): Ruling {
  let said: unknown;
  try {
    said = ask(intent);
  } catch (error) {
    return broken(intent, asked, `it failed: ${messageOf(error)}`);
  }
  if (said === null || said === undefined) return { asked, given: asked };
  if (typeof said !== "object" || said instanceof Promise)
    return broken(intent, asked, "it gave no answer that is one");
  const { rejected, rejectReason, modifiedQty, modifiedLimit, modifiedStop } = said as InterceptorResult;
  if (rejected === true) {
    if (intent.kind === "exit") return broken(intent, asked, "it refuses an exit");
    const reason = typeof rejectReason === "string" && rejectReason !== "" ? messageOf(rejectReason) : "";
    return { asked, reason: reason === "" ? "the plugin refuses it" : `the plugin refuses it: ${reason}` };
  }
  const wrong =
    wrongQty(asked.qty, modifiedQty) ??
    wrongPrice("limit", asked.limit, modifiedLimit) ??
    wrongPrice("stop", asked.stop, modifiedStop);
  if (wrong !== undefined) return broken(intent, asked, wrong);
  return {
    asked,
    given: terms(
      modifiedQty === undefined ? asked.qty : quantity(modifiedQty),
      modifiedLimit === undefined ? asked.limit : price(modifiedLimit),
      modifiedStop === undefined ? asked.stop : price(modifiedStop),
    ),
  };
}

/** An answer that is none: no entry goes on the strength of it, and an exit goes as the script has it. */
function broken({ kind }: EntryIntent | ExitIntent, asked: Terms, what: string): Ruling {
  const reason = `interceptOrder of the plugin is broken, ${what}`;
  return kind === "entry" ? { asked, reason } : { asked, given: asked, reason };
}

const isPositive = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value) && value > 0;

function wrongQty(asked: number | undefined, said: unknown): string | undefined {
  if (said === undefined) return undefined;
  if (asked === undefined) return "it changes the quantity of an exit";
  if (!isPositive(said)) return `its quantity is ${String(said)}`;
  return said > asked ? `it makes ${asked} contracts ${said}` : undefined;
}

function wrongPrice(name: string, asked: number | undefined, said: unknown): string | undefined {
  if (said === undefined) return undefined;
  if (asked === undefined) return `it gives a ${name} to an order that has none`;
  return isPositive(said) ? undefined : `its ${name} is ${String(said)}`;
}
