import { tryLock } from "../../../config/file-lock.ts";
import type { WorkdirPaths } from "../../../config/workdir.ts";
import { selfCommand } from "../../../host/self.ts";
import { messageOf, UsageError } from "../../../kernel/errors.ts";
import type { App } from "../../app.ts";
import { defineBuiltin } from "../../command.ts";
import { jobPaths, writeLastRun } from "../../schedule/job-state.ts";
import { LogFile, linesOf } from "../../schedule/log-file.ts";

/** How long to look for the end of a run before this one, ms: a list that asks holds the lock for a moment. */
const lockWaitMs = 500;

export default defineBuiltin({
  summary: "Run a scheduled command now, into its log",
  description:
    "What a crontab line calls, or a systemd timer: runs COMMAND, appends what it says to output/logs/schedule-NAME.log, remembers how it ended, and ends in the same way. When the run before it has not ended it is left out, exit code 75.",
  examples: ["pyne schedule run data-update -- data update"],
  args: {
    name: { type: "positional", required: true, valueHint: "NAME", description: "The job" },
    command: {
      type: "positional",
      required: true,
      multiple: true,
      valueHint: "COMMAND",
      description: "What to run; put -- before it",
    },
  },
  async run({ app }, values) {
    const command = values.command;
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(values.name)) {
      throw new UsageError(`"${values.name}" is not a name for a job`);
    }
    const workdir = await app.requireWorkdir();
    const { log: logPath, lock: lockPath } = jobPaths(workdir, values.name);
    using log = new LogFile(logPath);
    const deadline = Date.now() + lockWaitMs;
    let lock = tryLock(lockPath);
    for (; lock === undefined && Date.now() < deadline; lock = tryLock(lockPath)) await Bun.sleep(20);
    if (lock === undefined) {
      log.line("left out: the run before it has not ended");
      app.exitCode = 75;
      return;
    }
    using _held = lock;
    app.exitCode = await runInto(log, app, workdir, values.name, command);
  },
});

async function runInto(
  log: LogFile,
  app: App,
  workdir: WorkdirPaths,
  name: string,
  command: readonly string[],
): Promise<number> {
  const startedMs = Date.now();
  writeLastRun(workdir, name, { startedMs, endedMs: undefined, exitCode: undefined });
  log.line(`start: pyne ${command.join(" ")}`);
  let exitCode = 1;
  try {
    const child = Bun.spawn([...selfCommand(), "-w", workdir.root, ...command], {
      cwd: app.cwd,
      env: { ...app.env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const stop = (): void => child.kill(app.interruptedBy === 130 ? "SIGINT" : "SIGTERM");
    app.signal.addEventListener("abort", stop, { once: true });
    const copy = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
      for await (const line of linesOf(stream)) log.line(`  ${line}`);
    };
    await Promise.all([copy(child.stdout), copy(child.stderr)]);
    exitCode = await child.exited;
  } catch (error) {
    log.line(`  could not be run: ${messageOf(error)}`);
  }
  const endedMs = Date.now();
  log.line(`end: exit code ${exitCode} after ${((endedMs - startedMs) / 1000).toFixed(1)} s`);
  writeLastRun(workdir, name, { startedMs, endedMs, exitCode });
  return exitCode;
}
