import { shellWord, shellWords } from "./shell-words.ts";

/**
 * Our lines in a crontab, pure. A job is one line: its schedule, a command, and at the end a comment with its name,
 * which the shell ignores and by which we know it again. All other lines stay as they are, byte for byte.
 */

/** A job as the crontab has it. */
export interface CronJob {
  readonly name: string;
  /** Five fields. */
  readonly schedule: string;
  readonly workdir: string;
  /** What comes after `pyne`. */
  readonly command: readonly string[];
  /** The words that start pyne: the executable. */
  readonly program: readonly string[];
  /** Environment variables of the run. */
  readonly env: Readonly<Record<string, string>>;
}

/** A line of ours. `job` is missing when somebody changed it beyond recognition. */
export interface CronEntry {
  readonly name: string;
  readonly line: string;
  readonly schedule: string;
  readonly workdir: string | undefined;
  readonly job: CronJob | undefined;
  /** `CRON_TZ` in force at the line. */
  readonly timezone: string | undefined;
}

const marked = /^((?:[^\s#@]\S*\s+){5}|@[a-z]+\s+)(.*\S)\s+# pyne:([A-Za-z0-9._-]+)\s*$/;

/** The line of a job. */
export function cronLine(job: CronJob): string {
  return `${job.schedule} ${commandLine(job)} # pyne:${job.name}`;
}

/** The command of a job as a shell reads it. */
export function commandLine(job: CronJob): string {
  const variables = Object.entries(job.env).map(([name, value]) => `${name}=${shellWord(value)}`);
  const words = [...job.program, "-w", job.workdir, "schedule", "run", job.name, "--", ...job.command];
  return [...variables, ...words.map(shellWord)].join(" ");
}

/** Our entries, in their order. */
export function cronEntries(text: string): CronEntry[] {
  const entries: CronEntry[] = [];
  let timezone: string | undefined;
  for (const line of text.split("\n")) {
    const zone = /^\s*CRON_TZ\s*=\s*(["']?)(.*?)\1\s*$/.exec(line);
    if (zone !== null) timezone = zone[2] === "" ? undefined : zone[2];
    const match = marked.exec(line);
    if (match === null) continue;
    const [, fields = "", command = "", name = ""] = match;
    const schedule = fields.trim();
    const job = jobOf(name, schedule, command);
    const workdir = job?.workdir ?? workdirIn(command);
    entries.push({ name, line, schedule, workdir, job, timezone });
  }
  return entries;
}

function jobOf(name: string, schedule: string, command: string): CronJob | undefined {
  const words = shellWords(command);
  if (words === undefined) return undefined;
  const env: Record<string, string> = {};
  let at = 0;
  for (; at < words.length; at++) {
    const match = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(words[at] ?? "");
    if (match === null) break;
    env[match[1] ?? ""] = match[2] ?? "";
  }
  const run = words.findIndex((word, index) => word === "schedule" && words[index + 1] === "run");
  const [flag, workdir = ""] = words.slice(run - 2, run);
  if (run < at + 3 || flag !== "-w" || words[run + 2] !== name || words[run + 3] !== "--") return undefined;
  return { name, schedule, workdir, command: words.slice(run + 4), program: words.slice(at, run - 2), env };
}

/** The workdir of a command that somebody gave a redirection or other things that we do not write. */
function workdirIn(command: string): string | undefined {
  const quotedWord = / -w ((?:'[^']*'|\\'|"\$\(printf '\\045'\)"|[^'"\s\\])+) schedule run /.exec(
    command,
  )?.[1];
  return quotedWord === undefined ? undefined : shellWords(quotedWord)?.[0];
}

/** The text with one more line at its end, or with it in the place of `replaced`. */
export function withLine(text: string, line: string, replaced?: string): string {
  if (replaced !== undefined) {
    const lines = text.split("\n");
    return lines.with(lines.indexOf(replaced), line).join("\n");
  }
  return `${text === "" || text.endsWith("\n") ? text : `${text}\n`}${line}\n`;
}

/** The text without these lines. */
export function withoutLines(text: string, gone: readonly string[]): string {
  return text
    .split("\n")
    .filter((line) => !gone.includes(line))
    .join("\n");
}
