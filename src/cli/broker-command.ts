import { systemClock } from "../kernel/clock.ts";
import { RuntimeFailure, TryAgainLaterError, UsageError } from "../kernel/errors.ts";
import { openBooks, statusText } from "./broker-books.ts";
import { defineBuiltin } from "./command.ts";
import type { Builtin } from "./command.ts";

/** How long a running process may take to answer, ms. */
const answerMs = 10_000;
const lookMs = 50;

/** A command that a person gives a run that is live: it is left in the books, where the run finds it. */
export function operatorCommand(
  command: "pause" | "resume" | "flatten" | "stop",
  summary: string,
  description: string,
): Builtin {
  return defineBuiltin({
    summary,
    description: `${description} RUN is a number of \`pyne broker runs\`, a run's id or label, or a part of an id that only one has. Exit code 75 when the process does not answer within ten seconds; the command is taken back then.`,
    examples: [`pyne broker ${command} 3`, `pyne broker ${command} ma-cross --json`],
    args: {
      run: { type: "positional", required: true, valueHint: "RUN", description: "Which run" },
      json: { type: "boolean", description: "One JSON object on stdout" },
    },
    async run({ app }, { json, run: text }) {
      using books = await openBooks(app);
      const run = books.find(text);
      if (run.status !== "live")
        throw new UsageError(`${run.run_id} is not live: ${statusText(run)}`, {
          hint: "pyne broker runs --live shows those that are",
        });
      const id = books.command(run, command, systemClock.nowMs());
      const answer = await waitFor(() => books.answer(id), app.signal);
      if (answer === undefined) {
        if (books.withdraw(id))
          throw new TryAgainLaterError(`process ${run.pid} does not answer; the command was taken back`, {
            hint: "it may be starting, or be stuck: look at what it prints",
          });
        throw new RuntimeFailure(
          `process ${run.pid} has taken the command and has not said what came of it`,
          {
            hint: `pyne broker show ${run.run_instance_id}`,
          },
        );
      }
      if (json === true) return app.out.json({ run_id: run.run_id, command, result: answer });
      app.out.print(`${run.run_id}: ${answer}`);
    },
  });
}

async function waitFor(look: () => string | undefined, signal: AbortSignal): Promise<string | undefined> {
  const deadline = performance.now() + answerMs;
  for (;;) {
    const answer = look();
    if (answer !== undefined || performance.now() > deadline || signal.aborted) return answer;
    await Bun.sleep(lookMs);
  }
}
