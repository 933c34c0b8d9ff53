import type { Intent } from "../api/broker/intents.ts";
import { closeName } from "./engine/desired.ts";
import type { Effect } from "./engine/effects.ts";
import type { Fact, WriteResult } from "./engine/facts.ts";
import type { EngineState } from "./engine/state.ts";
import type { Step } from "./engine/step.ts";

/** What a person reads about orders: a line for everything that is sent, and for every answer. Nothing secret. */
export interface OrderLine {
  readonly level: "info" | "warn" | "error";
  /** Upper case, short. */
  readonly tag: string;
  readonly text: string;
}

/** The lines of a step. @param before the state it started from, which knows what an answer belongs to */
export function linesOf(fact: Fact, step: Step, before: EngineState): readonly OrderLine[] {
  const lines: OrderLine[] = [];
  if (fact.kind === "written") lines.push(...answerLine(before.outbox.get(fact.effect), fact.result));
  if (fact.kind === "venue" && fact.event.fillQty === undefined) {
    const { order, eventType } = fact.event;
    const name = order.clientOrderId ?? order.id;
    lines.push({ level: "info", tag: "VENUE", text: `${eventType} ${order.side} ${order.qty} ${name}` });
  }
  for (const effect of step.effects) {
    const text = effectText(effect);
    if (text !== undefined) lines.push({ level: "info", tag: "SEND", text });
  }
  for (const notice of step.notices)
    if (notice.kind === "event") lines.push({ level: notice.level, tag: "BROKER", text: notice.message });
  return lines;
}

/** What is sent: `amend entry L buy 2 limit 99`; `undefined`: nothing is. */
export function effectText(effect: Effect): string | undefined {
  switch (effect.kind) {
    case "place":
      return `${intentText(effect.envelope.intent)}${wordsText(effect.envelope.intent)}`;
    case "amend":
      return `amend ${intentText(effect.envelope.intent)}${wordsText(effect.envelope.intent)}`;
    case "cancel":
      return `cancel ${idOf(effect.envelope.intent)}`;
    case "cancel_ref":
      return `cancel ${effect.ref}`;
    case "close_leg":
      return `close ${effect.qty} of position ${effect.legId}`;
    case "place_leg":
      return `${intentText(effect.envelope.intent)} (${effect.qty})`;
    case "amend_leg":
      return `protect position ${effect.legId}: ${levels({ tp: effect.tpPrice, sl: effect.slPrice })}`;
    default:
      return undefined;
  }
}

function answerLine(effect: Effect | undefined, result: WriteResult): readonly OrderLine[] {
  const what = (effect === undefined ? undefined : effectText(effect)) ?? "an order";
  switch (result.kind) {
    case "accepted":
      return result.orders.map(({ id, clientOrderId, status }) => ({
        level: "info",
        tag: "ACK",
        text: `${what}: ${status} ${clientOrderId ?? ""} ${id}`.replaceAll("  ", " "),
      }));
    case "cancel":
      return [{ level: "info", tag: "ACK", text: `${what}: ${result.outcome.replaceAll("_", " ")}` }];
    case "rate_limited":
      return [warning(`${what}: the venue throttles, again in ${result.retryAfterMs / 1000} s`)];
    case "bracket_refused":
      return [warning(`${what}: refused although its entry has filled`)];
    case "unknown":
      return [warning(`${what}: no answer, the venue is asked what became of it (${result.message})`)];
    case "unsafe":
      return [{ level: "error", tag: "REFUSED", text: `${what}: ${result.message}` }];
    default:
      return [warning(`${what}: ${result.kind.replaceAll("_", " ")}: ${result.message}`)];
  }
}

const warning = (text: string): OrderLine => ({ level: "warn", tag: "REFUSED", text });

const idOf = ({ pineId, ...rest }: Intent): string =>
  "fromEntry" in rest && rest.fromEntry !== undefined ? `${pineId} of ${rest.fromEntry}` : pineId;

function intentText(intent: Intent): string {
  switch (intent.kind) {
    case "entry":
      return `entry ${intent.pineId} ${intent.side} ${intent.qty} ${levels({ limit: intent.limit, stop: intent.stop })}`.trim();
    case "exit": {
      if (intent.syntheticKind === "failsafe")
        return `failsafe stop of ${intent.fromEntry} ${intent.side} ${intent.qty} ${levels({ sl: intent.slPrice })}`;
      const { tpPrice: tp, slPrice: sl, trailPrice: trail } = intent;
      return `exit ${idOf(intent)} ${intent.side} ${intent.qty} ${levels({ tp, sl, trail })}`.trim();
    }
    case "close":
      return `close ${closeName(intent.pineId, intent.syntheticKind)} ${intent.side} ${intent.qty}`;
    case "cancel":
      return `cancel ${idOf(intent)}`;
  }
}

/** What an alert of it is to say; of a bracket, whose legs may differ, the words that are for all of them. */
function wordsText({ alertMessage }: { readonly alertMessage?: string }): string {
  return alertMessage === undefined ? "" : ` ${JSON.stringify(alertMessage)}`;
}

function levels(prices: Readonly<Record<string, number | null | undefined>>): string {
  return Object.entries(prices)
    .filter(([, price]) => price !== undefined && price !== null)
    .map(([name, price]) => `${name} ${price}`)
    .join(" ");
}
