import { canonicalCron, nextCron } from "../../../kernel/cron.ts";
import { RuntimeFailure, UsageError } from "../../../kernel/errors.ts";
import type { App } from "../../app.ts";
import { type Command, defineBuiltin } from "../../command.ts";
import { carriedEnv } from "../../schedule/carried-env.ts";
import { changeCrontab } from "../../schedule/change.ts";
import { commandLine, cronEntries, type CronJob, cronLine, withLine } from "../../schedule/crontab-text.ts";
import { Crontab, fromCrontab, toCrontab } from "../../schedule/crontab.ts";
import { jobPaths } from "../../schedule/job-state.ts";
import { localTime } from "../../schedule/local-time.ts";
import { lastingSelf } from "../../schedule/program.ts";
import { nearest } from "../../../kernel/nearest.ts";

/** Bytes of a command that every cron takes. */
const longestCommand = 990;

export default defineBuiltin({
  summary: "Have the system's cron run a command again and again",
  description:
    "Adds one line to your crontab. SCHEDULE is a cron expression (minute hour day month weekday, in quotes, in the machine's time zone) or @hourly, @daily, @weekly, @monthly. COMMAND is a pyne command without the word pyne; it runs in this workdir, and what it says goes to output/logs/schedule-NAME.log, which never grows beyond 1 MB and keeps five older ones. A run that finds the one before it still going is left out.",
  examples: [
    `pyne schedule add "*/15 * * * *" -- data update`,
    `pyne schedule add "30 6 * * mon-fri" --name morning -- run ma-cross EURUSD_60 --json`,
    "pyne schedule add @daily --dry-run -- data check --repair",
  ],
  args: {
    schedule: { type: "positional", required: true, valueHint: "SCHEDULE", description: "When to run" },
    command: {
      type: "positional",
      required: true,
      multiple: true,
      valueHint: "COMMAND",
      description: "What to run; put -- before it",
    },
    name: {
      type: "string",
      alias: "n",
      valueHint: "NAME",
      description: "What to call it; default: by the command",
    },
    replace: { type: "boolean", description: "Replace the job of that name" },
    dryRun: { type: "boolean", description: "Print the line for the crontab and change nothing" },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run({ app, root }, values) {
    const schedule = canonicalCron(values.schedule);
    const command = await checkedCommand(app, root, values.command);
    const workdir = await app.requireWorkdir();
    const name = values.name ?? nameOf(command);
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(name)) {
      throw new UsageError(`"${name}" is not a name for a job`, {
        hint: "up to 40 letters, digits, dots, dashes and underscores",
      });
    }
    const { env, left } = carriedEnv(app.env, app.cwd, app.home.root);
    const job: CronJob = {
      name,
      schedule,
      workdir: workdir.root,
      command,
      program: lastingSelf(app.env["PATH"], app.cwd),
      env,
    };
    checkLine(job);
    const line = cronLine(job);
    if (values.dryRun !== true) {
      const crontab = new Crontab(app.env, commandLine(job));
      changeCrontab(crontab, app.home, (text) => withJob(text, job, values.replace === true));
    }
    const nextMs = nextCron(schedule, Date.now());
    const { log } = jobPaths(workdir, name);
    if (values.json === true) {
      const next = nextMs === undefined ? null : new Date(nextMs).toISOString();
      return app.out.json({ name, schedule, command, workdir: workdir.root, line, next_run: next, log });
    }
    app.out.print(line);
    for (const variable of left)
      app.out.warn(`${variable} may hold a secret and is not written down: put it into a configuration file`);
    if (values.dryRun === true) return;
    if (nextMs !== undefined) app.out.note(`${name} runs next at ${localTime(nextMs)}`);
    app.out.note(`its log is ${log}`);
  },
});

/** The text with the job in it. Adding what is there already changes nothing. */
function withJob(text: string, job: CronJob, replace: boolean): string {
  const line = toCrontab(cronLine(job));
  const workdir = toCrontab(job.workdir);
  const old = cronEntries(text).find((entry) => entry.name === job.name && entry.workdir === workdir);
  if (old === undefined) return withLine(text, line);
  if (old.line === line) return text;
  if (!replace) {
    throw new RuntimeFailure(`there is a job called "${job.name}" already: ${fromCrontab(old.line)}`, {
      hint: "choose another --name, or --replace it",
    });
  }
  return withLine(text, line, old.line);
}

/**
 * The command without a leading `pyne`, when its first words name a command.
 * @throws UsageError otherwise
 */
async function checkedCommand(app: App, root: Command, words: readonly string[]): Promise<readonly string[]> {
  const command = words[0] === "pyne" ? words.slice(1) : words;
  const flags = command.findIndex((word) => !/^-(q|y|-quiet|-yes|-debug)$/.test(word));
  const [first = "", second] = command.slice(Math.max(flags, 0));
  const plugins = app.host().catalog.map((entry) => entry.name);
  const refuse = (word: string, of: string, candidates: Iterable<string>): never => {
    const near = nearest(word, candidates);
    throw new UsageError(`"${word}" is not a command of ${of}`, {
      hint: near === undefined ? `${of} --help lists the commands` : `did you mean ${near}?`,
    });
  };
  if (first === "schedule") throw new UsageError("a schedule cannot schedule");
  const child = root.children.get(first);
  if (child === undefined) {
    return plugins.includes(first) ? command : refuse(first, "pyne", [...root.children.keys(), ...plugins]);
  }
  const { children } = await child.load();
  if (children.size > 0 && (second === undefined || !children.has(second)))
    refuse(second ?? "", `pyne ${first}`, children.keys());
  return command;
}

function nameOf(command: readonly string[]): string {
  const words = command.filter((word) => !word.startsWith("-")).slice(0, 3);
  const name = words.join("-").replaceAll(/[^A-Za-z0-9._-]+/g, "-");
  return name.replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "").slice(0, 40);
}

function checkLine(job: CronJob): void {
  const command = commandLine(job);
  if (/[\n\r\0]/.test(command)) {
    throw new UsageError("a line break cannot stand in a crontab", {
      hint: "no word of the command may hold one",
    });
  }
  const bytes = Buffer.byteLength(command);
  if (bytes > longestCommand) {
    throw new UsageError(`the command has ${bytes} bytes; cron takes ${longestCommand}`, {
      hint: "shorten it, or put the work into a script",
    });
  }
}
