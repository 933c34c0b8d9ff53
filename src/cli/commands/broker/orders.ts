import { intentText, numberText, openBooks, printTable } from "../../broker-books.ts";
import { defineBuiltin } from "../../command.ts";
import { utcMinute } from "../../time-text.ts";
import { wholeNumber } from "../../whole-number.ts";

interface OrderRow {
  readonly client_order_id: string;
  readonly exchange_order_id: string | null;
  readonly intent_key: string | null;
  readonly leg_type: string | null;
  readonly side: string | null;
  readonly qty: number | null;
  readonly filled_qty: number;
  readonly limit_price: number | null;
  readonly stop_price: number | null;
  readonly status: string | null;
  readonly state: string;
  readonly created_ts_ms: number;
  readonly updated_ts_ms: number;
  readonly closed_ts_ms: number | null;
  /** The script's words. */
  readonly comment: string | null;
  readonly alert_message: string | null;
}

export default defineBuiltin({
  summary: "Show the orders of a run",
  description:
    "The newest orders of a run, all of its processes. RUN is a number of `pyne broker runs`, a run's id or label, or a part of an id that only one has.",
  examples: ["pyne broker orders 3", "pyne broker orders ma-cross --open", "pyne broker orders 3 --json"],
  args: {
    run: { type: "positional", required: true, valueHint: "RUN", description: "Which run" },
    open: { type: "boolean", description: "Only those that are alive" },
    last: {
      type: "string",
      valueHint: "N",
      description: "How many, the newest; default 50",
      parse: (text: string): number => wholeNumber("--last", text, 1),
    },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run({ app }, { json, open, last, run: text }) {
    using books = await openBooks(app);
    const { run_id } = books.find(text);
    const orders = books
      .all<OrderRow>(
        `SELECT client_order_id, exchange_order_id, intent_key, leg_type, side, qty, filled_qty, limit_price,
           stop_price, status, state, created_ts_ms, updated_ts_ms, closed_ts_ms,
           body ->> '$.comment' AS comment, body ->> '$.alertMessage' AS alert_message
         FROM orders JOIN runs USING (run_instance_id)
         WHERE run_id = ? ${open === true ? "AND closed_ts_ms IS NULL" : ""}
         ORDER BY created_ts_ms DESC, orders.rowid DESC LIMIT ?`,
        run_id,
        last ?? 50,
      )
      .toReversed();
    if (json === true) return app.out.json({ run_id, orders });
    if (orders.length === 0)
      return app.out.note(`${run_id} has ${open === true ? "no order that is alive" : "sent no orders"}`);
    printTable(
      app,
      [
        ["sent", "order", "for", "side", "qty", "filled", "limit", "stop", "status", "at the venue"],
        ...orders.map((order) => [
          utcMinute(order.created_ts_ms),
          order.client_order_id,
          intentText(order.intent_key),
          order.side ?? "-",
          numberText(order.qty),
          numberText(order.filled_qty),
          numberText(order.limit_price),
          numberText(order.stop_price),
          order.status ?? order.state,
          order.exchange_order_id ?? "-",
        ]),
      ],
      [4, 5, 6, 7],
    );
  },
});
