import { placedFailure } from "../../host/pine-place.ts";
import { loadScript } from "../../host/script-loader.ts";
import { messageOf } from "../../kernel/errors.ts";
import { Evaluator } from "../../optimize/evaluate.ts";
import { feedsOf } from "../feeds/bar-source.ts";
import type { Answer, Finished, Request, Task } from "./protocol.ts";

/** One worker of a search: this program again, on a thread of its own. */

declare const self: Worker;

/** Waits for requests until the process ends the thread. */
export function serveSearch(): void {
  const answer = (message: Answer): void => postMessage(message);
  let evaluator: Evaluator | undefined;
  let codePath = "";
  const handle = async (request: Request): Promise<Answer> => {
    if (request.kind === "job") {
      const { script, job } = request;
      ({ codePath } = script);
      // Whatever there is to warn of has been said by the process itself.
      const feeds = feedsOf(script.source, job, () => {});
      evaluator = new Evaluator(await loadScript(codePath), job, feeds);
      return { kind: "finished", finished: [] };
    }
    if (evaluator === undefined) throw new Error("tasks came before their job");
    return { kind: "finished", finished: await evaluateAll(evaluator, request.tasks, codePath) };
  };
  self.addEventListener("message", ({ data }: MessageEvent<Request>) => {
    void handle(data).then(answer, (error: unknown) => answer({ kind: "broken", message: messageOf(error) }));
  });
  answer({ kind: "ready" });
}

/** Runs tasks one after another; a script that fails with one set may do well with the next. */
export async function evaluateAll(
  evaluator: Evaluator,
  tasks: readonly Task[],
  codePath: string,
): Promise<Finished[]> {
  const finished: Finished[] = [];
  for (const { ordinal, set } of tasks) {
    const outcome = await evaluator
      .evaluate(set)
      .catch((error: unknown) => messageOf(placedFailure(error, codePath)));
    finished.push({ ordinal, outcome });
  }
  return finished;
}
