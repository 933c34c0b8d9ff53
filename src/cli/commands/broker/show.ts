import { intentText, numberText, openBooks, printTable, statusText } from "../../broker-books.ts";
import { defineBuiltin } from "../../command.ts";
import { utcMinute } from "../../time-text.ts";

interface IntentRow {
  readonly intent_key: string;
  readonly generation: number;
  readonly phase: string;
  readonly filled_qty: number;
  readonly updated_ts_ms: number;
}

interface LotRow {
  readonly entry_id: string;
  readonly side: string;
  readonly qty: number;
  readonly price: number;
  readonly opened_ts_ms: number;
}

interface OwedRow {
  readonly kind: string;
  readonly intent_key: string | null;
  readonly since_ts_ms: number;
  readonly attempts: number;
}

interface WatchRow {
  readonly kind: string;
  readonly state: string;
  readonly intent_key: string;
  readonly level: number | null;
}

export default defineBuiltin({
  summary: "Show how a run stands",
  description:
    "Its position, what it wants at the venue and how far that is, what it still owes, and the prices it waits for. RUN is a number of `pyne broker runs`, a run's id or label, or a part of an id that only one has.",
  examples: ["pyne broker show 3", "pyne broker show ma-cross --json"],
  args: {
    run: { type: "positional", required: true, valueHint: "RUN", description: "Which run" },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run({ app }, { json, run: text }) {
    using books = await openBooks(app);
    const run = books.find(text);
    const intents = books.all<IntentRow>(
      "SELECT intent_key, generation, phase, filled_qty, updated_ts_ms FROM envelopes WHERE run_id = ? ORDER BY updated_ts_ms",
      run.run_id,
    );
    const lots = books.all<LotRow>(
      "SELECT entry_id, side, qty, price, opened_ts_ms FROM lots WHERE run_id = ? ORDER BY number",
      run.run_id,
    );
    const owed = books.all<OwedRow>(
      `SELECT kind, intent_key, since_ts_ms, attempts FROM obligations WHERE run_id = ?1
       UNION ALL SELECT 'verify', intent_key, parked_ts_ms, 0 FROM pending_verifications WHERE run_id = ?1`,
      run.run_id,
    );
    const watches = books.all<WatchRow>(
      "SELECT kind, state, intent_key, level FROM watches WHERE run_id = ?",
      run.run_id,
    );
    if (json === true) return app.out.json({ run, intents, lots, obligations: owed, watches });
    const { out } = app;
    out.print(`${out.style.bold(run.run_id)}: ${statusText(run)}`);
    out.print(`script     ${run.script_path}`);
    out.print(
      `process    run ${run.run_instance_id}, ${run.pid} on ${run.host}, since ${utcMinute(run.started_ts_ms)}${run.ended_ts_ms === null ? "" : `, until ${utcMinute(run.ended_ts_ms)}`}`,
    );
    out.print(`orders     named ${run.run_tag}…; ${run.orders} sent, ${run.fills} fills in this process`);
    out.print(`position   ${run.position}`);
    const section = (title: string, rows: readonly (readonly string[])[], right: readonly number[]): void => {
      if (rows.length < 2) return;
      out.print("");
      out.print(title);
      printTable(app, rows, right);
    };
    section(
      "What it holds:",
      [
        ["entry", "side", "qty", "price", "since"],
        ...lots.map((lot) => [
          lot.entry_id,
          lot.side,
          String(lot.qty),
          String(lot.price),
          utcMinute(lot.opened_ts_ms),
        ]),
      ],
      [2, 3],
    );
    section(
      "What it wants at the venue:",
      [
        ["order", "phase", "filled", "since"],
        ...intents.map((intent) => [
          intentText(intent.intent_key),
          intent.phase,
          String(intent.filled_qty),
          utcMinute(intent.updated_ts_ms),
        ]),
      ],
      [2],
    );
    section(
      "What it owes:",
      [
        ["what", "order", "since", "attempts"],
        ...owed.map((each) => [
          each.kind,
          intentText(each.intent_key),
          utcMinute(each.since_ts_ms),
          String(each.attempts),
        ]),
      ],
      [3],
    );
    section(
      "Prices it waits for:",
      [
        ["what", "state", "order", "level"],
        ...watches.map((watch) => [
          watch.kind,
          watch.state,
          intentText(watch.intent_key),
          numberText(watch.level),
        ]),
      ],
      [3],
    );
  },
});
