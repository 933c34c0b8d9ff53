import { intentText, openBooks } from "../../broker-books.ts";
import { defineBuiltin } from "../../command.ts";
import { utcIso } from "../../time-text.ts";
import { wholeNumber } from "../../whole-number.ts";
import { decode } from "../../../broker/store/codec.ts";

interface EventRow {
  readonly run_instance_id: number;
  readonly seq: number;
  readonly ts_ms: number;
  readonly kind: string;
  readonly client_order_id: string | null;
  readonly exchange_order_id: string | null;
  readonly intent_key: string | null;
  readonly payload: string;
}

export default defineBuiltin({
  summary: "Show the log of a run",
  description:
    "What happened to a run, line by line: what it was told (fact_...), what it made of it, and what it sent (effect_...). RUN is a number of `pyne broker runs`, a run's id or label, or a part of an id that only one has.",
  examples: [
    "pyne broker events 3",
    "pyne broker events ma-cross --kind fill",
    "pyne broker events 3 --order 0f3ka-... --json",
  ],
  args: {
    run: { type: "positional", required: true, valueHint: "RUN", description: "Which run" },
    kind: { type: "string", valueHint: "KIND", description: "Only lines of this kind" },
    order: {
      type: "string",
      valueHint: "ID",
      description: "Only lines about the order with this client order id",
    },
    last: {
      type: "string",
      valueHint: "N",
      description: "How many, the newest; default 100",
      parse: (text: string): number => wholeNumber("--last", text, 1),
    },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run({ app }, { json, kind, last, order, run: text }) {
    using books = await openBooks(app);
    const { run_id } = books.find(text);
    const events = books
      .all<EventRow>(
        `SELECT run_instance_id, seq, ts_ms, kind, client_order_id, exchange_order_id, intent_key, payload
         FROM events JOIN runs USING (run_instance_id)
         WHERE run_id = ?1 AND (?2 IS NULL OR kind = ?2) AND (?3 IS NULL OR client_order_id = ?3)
         ORDER BY run_instance_id DESC, seq DESC LIMIT ?4`,
        run_id,
        kind ?? null,
        order ?? null,
        last ?? 100,
      )
      .toReversed();
    if (json === true)
      return app.out.json({
        run_id,
        events: events.map((event) => ({ ...event, payload: decode(event.payload) })),
      });
    if (events.length === 0) {
      app.out.note(`the log of ${run_id} has no such lines`);
      if (kind === undefined) return;
      const kinds = books.all<{ kind: string }>(
        "SELECT DISTINCT kind FROM events JOIN runs USING (run_instance_id) WHERE run_id = ? ORDER BY kind",
        run_id,
      );
      return app.out.note(`its kinds are ${kinds.map((each) => each.kind).join(", ")}`);
    }
    for (const event of events) {
      const about = [
        event.intent_key === null ? undefined : intentText(event.intent_key),
        event.client_order_id ?? undefined,
        event.payload === "{}" ? undefined : event.payload,
      ].filter((part) => part !== undefined);
      app.out.print(
        `${app.out.style.dim(utcIso(event.ts_ms) ?? "-")}  ${app.out.style.bold(event.kind)}  ${about.join("  ")}`.trimEnd(),
      );
    }
  },
});
