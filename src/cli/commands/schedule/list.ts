import { nextCron } from "../../../kernel/cron.ts";
import type { WorkdirPaths } from "../../../config/workdir.ts";
import { defineBuiltin } from "../../command.ts";
import { type CronEntry, cronEntries } from "../../schedule/crontab-text.ts";
import { Crontab, fromCrontab, toCrontab } from "../../schedule/crontab.ts";
import { isRunning, jobPaths, namesOfRuns, readLastRun } from "../../schedule/job-state.ts";
import { localTime } from "../../schedule/local-time.ts";
import { tableLines } from "../../table.ts";

/** A job as the list shows it. */
interface JobRow {
  readonly name: string;
  readonly schedule: string | null;
  readonly next_run: string | null;
  readonly last_run: string | null;
  readonly last_end: string | null;
  readonly last_exit_code: number | null;
  readonly running: boolean;
  readonly command: readonly string[] | null;
  readonly line: string | null;
  readonly log: string;
}

export default defineBuiltin({
  summary: "Show the scheduled commands of this workdir",
  description:
    "When each runs next and how its last run ended. Times are the machine's own, as cron has them; with --json they are in UTC.",
  examples: ["pyne schedule list", "pyne schedule list --json"],
  args: { json: { type: "boolean", description: "One JSON object on stdout" } },
  async run({ app }, { json }) {
    const workdir = await app.requireWorkdir();
    const known = namesOfRuns(workdir);
    const entries = entriesOf(
      app.env,
      workdir,
      known.length > 0 ? (message) => app.out.warn(message) : undefined,
    );
    const scheduled = entries.map((entry) => rowOf(entry.name, entry, workdir));
    const others = known
      .filter((name) => !entries.some((entry) => entry.name === name))
      .map((name) => rowOf(name, undefined, workdir));
    const rows = [...scheduled, ...others];
    if (json === true) return app.out.json({ workdir: workdir.root, jobs: rows });
    if (rows.length === 0) {
      return app.out.note(`nothing is scheduled in ${workdir.root} (pyne schedule add --help)`);
    }
    const table = rows.map((row) => [
      row.name,
      row.schedule ?? "not in the crontab",
      time(row.next_run),
      time(row.last_run),
      row.running ? "running" : row.last_run === null ? "-" : String(row.last_exit_code ?? "killed"),
      row.command?.join(" ") ?? row.line ?? "-",
    ]);
    const [head = "", ...lines] = tableLines([
      ["name", "schedule", "next run", "last run", "exit", "command"],
      ...table,
    ]);
    app.out.print(app.out.style.bold(head));
    for (const line of lines) app.out.print(line);
  },
});

/** Our entries of this workdir; without a crontab program, when that is no reason to stop, none. */
function entriesOf(
  env: Readonly<Record<string, string | undefined>>,
  workdir: WorkdirPaths,
  warn: ((message: string) => void) | undefined,
): CronEntry[] {
  let text: string;
  try {
    text = new Crontab(env, `pyne -w ${workdir.root} schedule run NAME -- COMMAND`).read();
  } catch (error) {
    if (warn === undefined) throw error;
    warn((error as Error).message);
    return [];
  }
  const own = toCrontab(workdir.root);
  // A line that was changed by hand may belong to any workdir; better shown twice than nowhere.
  return cronEntries(text).filter((entry) => entry.workdir === own || entry.workdir === undefined);
}

function rowOf(name: string, entry: CronEntry | undefined, workdir: WorkdirPaths): JobRow {
  const last = readLastRun(workdir, name);
  const iso = (timeMs: number | undefined): string | null =>
    timeMs === undefined ? null : new Date(timeMs).toISOString();
  return {
    name,
    schedule: entry?.schedule ?? null,
    next_run: iso(entry === undefined ? undefined : nextRun(entry)),
    last_run: iso(last?.startedMs),
    last_end: iso(last?.endedMs),
    last_exit_code: last?.exitCode ?? null,
    running: last !== undefined && last.endedMs === undefined && isRunning(workdir, name),
    command: entry?.job?.command.map(fromCrontab) ?? null,
    line: entry === undefined ? null : fromCrontab(entry.line),
    log: jobPaths(workdir, name).log,
  };
}

function nextRun({ schedule, timezone }: CronEntry): number | undefined {
  try {
    return nextCron(schedule, Date.now(), timezone);
  } catch {
    // Somebody changed it by hand into what only their cron understands.
    return undefined;
  }
}

function time(iso: string | null): string {
  return iso === null ? "-" : localTime(Date.parse(iso));
}
