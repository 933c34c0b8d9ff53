import { openBooks, printTable, statusText } from "../../broker-books.ts";
import { defineBuiltin } from "../../command.ts";
import { utcMinute } from "../../time-text.ts";

export default defineBuiltin({
  summary: "Show the runs that have traded",
  description:
    "Every run with --broker of this workdir, the newest first: a line for each process. Live: a process has it; dead: its process ended without saying so, and the next start takes over (it is stale then); halted: a person has to look at the venue. Times are in UTC.",
  examples: ["pyne broker runs", "pyne broker runs --live", "pyne broker runs --json"],
  args: {
    live: { type: "boolean", description: "Only those that a process has" },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run({ app }, { json, live }) {
    using books = await openBooks(app);
    const runs = books.runs().filter(({ status }) => live !== true || status === "live");
    if (json === true) return app.out.json({ runs });
    if (runs.length === 0) return app.out.note("no run is live");
    const newest = new Map(runs.toReversed().map((run) => [run.run_id, run]));
    printTable(
      app,
      [
        ["run", "status", "position", "orders", "fills", "started", "ended", "id"],
        ...runs.map((run) => [
          String(run.run_instance_id),
          statusText(run),
          // The position is the run's, not a process's.
          newest.get(run.run_id) === run ? String(run.position) : "-",
          String(run.orders),
          String(run.fills),
          utcMinute(run.started_ts_ms),
          utcMinute(run.ended_ts_ms ?? undefined),
          run.run_id,
        ]),
      ],
      [0, 2, 3, 4],
    );
  },
});
