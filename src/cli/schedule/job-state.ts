import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

import { writeFileAtomic } from "../../config/atomic-write.ts";
import { tryLock } from "../../config/file-lock.ts";
import type { WorkdirPaths } from "../../config/workdir.ts";

/** How the runs of a job went. Times are epoch ms. */

const schema = v.object({
  started: v.number(),
  /** `null` while it runs, or for ever when it was killed. */
  ended: v.nullable(v.number()),
  exit_code: v.nullable(v.number()),
});

/** The last run of a job. */
export interface LastRun {
  readonly startedMs: number;
  /** `undefined`: it has not ended. */
  readonly endedMs: number | undefined;
  readonly exitCode: number | undefined;
}

/** Where the facts, the log and the lock of a job are. */
export function jobPaths(workdir: WorkdirPaths, name: string): { state: string; log: string; lock: string } {
  return {
    state: join(workdir.cache, "schedule", `${name}.json`),
    log: join(workdir.logs, `schedule-${name}.log`),
    lock: join(workdir.locks, `schedule-${name}.sqlite`),
  };
}

/** The last run; `undefined` when there was none. */
export function readLastRun(workdir: WorkdirPaths, name: string): LastRun | undefined {
  try {
    const text = readFileSync(jobPaths(workdir, name).state, "utf8");
    const { started, ended, exit_code } = v.parse(schema, JSON.parse(text));
    return { startedMs: started, endedMs: ended ?? undefined, exitCode: exit_code ?? undefined };
  } catch {
    return undefined;
  }
}

/** Remembers a run. */
export function writeLastRun(workdir: WorkdirPaths, name: string, run: LastRun): void {
  const facts = { started: run.startedMs, ended: run.endedMs ?? null, exit_code: run.exitCode ?? null };
  writeFileAtomic(jobPaths(workdir, name).state, `${JSON.stringify(facts)}\n`);
}

/** Forgets a job; its log stays. */
export function forgetJob(workdir: WorkdirPaths, name: string): void {
  const { state } = jobPaths(workdir, name);
  rmSync(state, { force: true });
}

/** Names of the jobs that ever ran here. */
export function namesOfRuns(workdir: WorkdirPaths): string[] {
  try {
    return readdirSync(join(workdir.cache, "schedule"))
      .filter((file) => file.endsWith(".json") && !file.startsWith("."))
      .map((file) => file.slice(0, -".json".length))
      .toSorted();
  } catch {
    return [];
  }
}

/** Whether a run of the job is going on. */
export function isRunning(workdir: WorkdirPaths, name: string): boolean {
  using lock = tryLock(jobPaths(workdir, name).lock);
  return lock === undefined;
}
