import { join } from "node:path";

import { RuntimeFailure } from "../../kernel/errors.ts";
import { Evaluator, type SearchJob } from "../../optimize/evaluate.ts";
import type { RunSetup } from "../run-setup.ts";
import type { Answer, Finished, Request, Task } from "./protocol.ts";
import { evaluateAll } from "./worker.ts";

/** Spreads the sets of a search over threads. */

/** A search to be run. */
export interface PoolRequest {
  readonly setup: RunSetup;
  readonly job: SearchJob;
  readonly tasks: Iterable<Task>;
  /** Threads; 1: this one. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  /** Told of results in the order in which they come, which is nobody's promise. */
  readonly onFinished: (finished: readonly Finished[]) => void;
}

/** What a worker is given should take it so long: often enough for progress, rarely enough to cost nothing. */
const portionMs = 100;
const largestPortion = 256;

/** Runs a search; returns early when the signal is aborted. @throws RuntimeFailure when a worker ends */
export async function runPool(request: PoolRequest): Promise<void> {
  const portions = new Portions(request.tasks);
  if (request.jobs <= 1) await runHere(request, portions);
  else await runWorkers(request, portions);
}

/** Hands out tasks, as many at a time as take `portionMs`. */
class Portions {
  readonly #tasks: Iterator<Task>;

  constructor(tasks: Iterable<Task>) {
    this.#tasks = tasks[Symbol.iterator]();
  }

  next(size: number): Task[] {
    const tasks: Task[] = [];
    while (tasks.length < size) {
      const { value, done } = this.#tasks.next();
      if (done === true) break;
      tasks.push(value);
    }
    return tasks;
  }
}

/** How many tasks to hand out next, after so many took so long. */
function portionAfter(count: number, elapsedMs: number): number {
  const fitting = Math.floor((count * portionMs) / Math.max(elapsedMs, 0.1));
  return Math.max(1, Math.min(largestPortion, count * 4, fitting));
}

async function runHere({ setup, job, signal, onFinished }: PoolRequest, portions: Portions): Promise<void> {
  const evaluator = new Evaluator(setup.script, job, setup.feeds);
  let size = 1;
  for (;;) {
    const tasks = portions.next(size);
    if (tasks.length === 0) return;
    const started = performance.now();
    onFinished(await evaluateAll(evaluator, tasks, setup.codePath));
    size = portionAfter(tasks.length, performance.now() - started);
    // Signals get their turn.
    await new Promise((resolve) => setImmediate(resolve));
    if (signal.aborted) return;
  }
}

/** The program again, as a worker; in development its entry, wherever that was started from. */
const entry = Bun.isStandaloneExecutable ? Bun.main : join(import.meta.dir, "../../main.ts");

async function runWorkers(request: PoolRequest, portions: Portions): Promise<void> {
  const { jobs, signal, setup, job, onFinished } = request;
  const script = { codePath: setup.codePath, source: setup.source };
  const workers: Worker[] = [];
  // What a worker says after the search has ended is not listened to.
  let isOver = false;
  try {
    await new Promise<void>((resolve, reject) => {
      let busy = jobs;
      const aborted = (): void => resolve();
      signal.addEventListener("abort", aborted, { once: true });
      for (let number = 0; number < jobs; number++) {
        const worker = new Worker(entry);
        workers.push(worker);
        let size = 1;
        let started = 0;
        let given = 0;
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
        const send = (message: Request): void => worker.postMessage(message);
        const sendTasks = (): void => {
          const tasks = signal.aborted ? [] : portions.next(size);
          if (tasks.length === 0) {
            if (--busy === 0) resolve();
            return;
          }
          [given, started] = [tasks.length, performance.now()];
          send({ kind: "tasks", tasks });
        };
        worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
          if (isOver) return;
          if (data.kind === "ready") return send({ kind: "job", script, job });
          if (data.kind === "broken") return reject(new RuntimeFailure(data.message));
          if (given > 0) size = portionAfter(given, performance.now() - started);
          try {
            onFinished(data.finished);
          } catch (error) {
            return reject(error as Error);
          }
          sendTasks();
        });
        const failed = (what: string): void =>
          reject(new RuntimeFailure(`a worker of the search ${what}`, { hint: "--jobs 1 does without" }));
        worker.addEventListener("error", ({ message }) => failed(`failed: ${message}`));
        // A script that ends its process ends its thread.
        worker.addEventListener("close", () => {
          if (!isOver) failed("ended before its work was done");
        });
      }
    });
  } finally {
    isOver = true;
    for (const worker of workers) worker.terminate();
  }
}
