import type { EventLine } from "./event-log.ts";
import type { Commit } from "./commit.ts";
import type { Effect } from "../engine/effects.ts";
import type { Fact } from "../engine/facts.ts";
import { keyColumn } from "./key-text.ts";

/**
 * A step as lines of the event log: the fact (`fact_KIND`), what the engine says about it, what was booked (`fill`),
 * and what goes out (`effect_KIND`). The facts alone are enough to think every step through again.
 */
export function linesOf({ fact, journal, fills, before, after }: Commit): EventLine[] {
  const tsMs = fact.nowMs;
  const lines: EventLine[] = [factLine(fact, before.outbox)];
  for (const { event, intentKey, clientOrderId, exchangeOrderId, payload } of journal)
    // The execution itself follows, as it was booked.
    if (event !== "fill")
      lines.push({
        kind: event,
        tsMs,
        clientOrderId,
        exchangeOrderId,
        intentKey: column(intentKey),
        payload,
      });
  for (const fill of fills) {
    const { clientOrderId, exchangeOrderId } = fill;
    lines.push({
      kind: "fill",
      tsMs,
      clientOrderId,
      exchangeOrderId,
      intentKey: keyColumn(fill.intentKey),
      payload: fill,
    });
  }
  if (after.outbox !== before.outbox)
    for (const [id, effect] of after.outbox)
      if (!before.outbox.has(id))
        lines.push({ kind: `effect_${effect.kind}`, tsMs, ...about(effect), payload: effect });
  return lines;
}

function factLine(fact: Fact, outbox: ReadonlyMap<number, Effect>): EventLine {
  const { kind, nowMs: tsMs, ...payload } = fact;
  const line = { kind: `fact_${kind}`, tsMs, payload };
  switch (fact.kind) {
    case "venue":
      return { ...line, clientOrderId: fact.event.order.clientOrderId, exchangeOrderId: fact.event.order.id };
    case "resolved":
      return { ...line, clientOrderId: fact.clientOrderId };
    case "written": {
      const effect = outbox.get(fact.effect);
      return effect === undefined ? line : { ...line, ...about(effect) };
    }
    default:
      return line;
  }
}

function about(effect: Effect): Pick<EventLine, "intentKey" | "clientOrderId"> {
  return {
    intentKey: "intentKey" in effect ? keyColumn(effect.intentKey) : null,
    clientOrderId: "clientOrderId" in effect ? effect.clientOrderId : null,
  };
}

const column = (key: string | undefined): string | null => (key === undefined ? null : keyColumn(key));
