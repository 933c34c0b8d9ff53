import { auditRun } from "../../../broker/store/audit.ts";
import { openBooks } from "../../broker-books.ts";
import { defineBuiltin } from "../../command.ts";

export default defineBuiltin({
  summary: "Prove that a run's books are whole",
  description:
    "Goes through the log of a run, all of its processes: no line was changed, added or taken away; every fill belongs to one intent and one order; every order, amend and cancel had one outcome; nothing was sent again unless the attempt before left nothing; the position is what the fills add up to. Exit code 1 when something is not so. RUN is a number of `pyne broker runs`, a run's id or label, or a part of an id that only one has.",
  examples: ["pyne broker audit 3", "pyne broker audit ma-cross --json"],
  args: {
    run: { type: "positional", required: true, valueHint: "RUN", description: "Which run" },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run({ app }, { json, run: text }) {
    using books = await openBooks(app);
    const audit = auditRun(books, books.find(text).run_id);
    const { runId, instances, events, fills, writes, findings } = audit;
    if (findings.length > 0) app.exitCode = 1;
    if (json === true)
      return app.out.json({
        run_id: runId,
        instances,
        events,
        fills,
        writes,
        ok: findings.length === 0,
        findings,
      });
    const count = (value: number, one: string, many = `${one}s`): string =>
      `${value.toLocaleString("en")} ${value === 1 ? one : many}`;
    app.out.print(
      `${runId}: ${count(instances, "process", "processes")}, ${count(events, "line")}, ${count(writes, "write")}, ${count(fills, "fill")}`,
    );
    for (const { rule, message } of findings) app.out.print(`${app.out.style.red(rule)}: ${message}`);
    app.out.print(
      findings.length === 0
        ? app.out.style.green("whole")
        : count(findings.length, "thing is wrong", "things are wrong"),
    );
  },
});
