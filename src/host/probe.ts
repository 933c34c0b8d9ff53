import { PyneError } from "../kernel/errors.ts";
import { messageOf } from "../kernel/errors.ts";
import type { Candidate } from "./candidate.ts";
import { factsOf, type PluginFacts } from "./facts.ts";
import { loadPluginClass, timeoutError } from "./loader.ts";
import { selfCommand } from "./self.ts";

/**
 * Looks at plugins in a process of their own. A plugin that loops for ever, exits or crashes while it is imported
 * costs that process and nothing else; what it prints there is nobody's output.
 */

/** Facts of a plugin, or why there are none. */
export type ProbeResult =
  | { readonly facts: PluginFacts }
  | { readonly failure: { readonly code: string; readonly message: string; readonly hint?: string } };

/** The argument that makes the executable a probe. */
export const probeArgument = "__probe";

interface ProbeRequest {
  /** Starts every line of the answer, so that nothing a plugin prints can pass for one. */
  readonly nonce: string;
  readonly candidates: readonly Candidate[];
  readonly hostVersion: string;
  readonly timeoutMs: number;
  readonly skipVersionCheck: boolean;
}

/** What a probe is run with. */
export interface ProbeOptions {
  readonly hostVersion: string;
  readonly timeoutMs: number;
  readonly skipVersionCheck: boolean;
}

/** Probes each candidate in turn; the results are in the order of the candidates. */
export async function probePlugins(
  candidates: readonly Candidate[],
  options: ProbeOptions,
): Promise<ProbeResult[]> {
  const results: ProbeResult[] = [];
  while (results.length < candidates.length) {
    const batch = candidates.slice(results.length);
    const answered = await probeBatch(batch, options);
    results.push(...answered.results);
    const culprit = batch[answered.results.length];
    if (culprit === undefined) break;
    const error = timeoutError(culprit.name, options.timeoutMs);
    results.push({
      failure: answered.timedOut
        ? {
            code: error.code,
            message: error.message,
            ...(error.hint === undefined ? {} : { hint: error.hint }),
          }
        : { code: error.code, message: `plugin "${culprit.name}": its import ended the process` },
    });
  }
  return results;
}

/** One process: it answers for as many candidates as it survives. */
async function probeBatch(
  candidates: readonly Candidate[],
  options: ProbeOptions,
): Promise<{ results: ProbeResult[]; timedOut: boolean }> {
  const nonce = crypto.randomUUID();
  const request: ProbeRequest = { nonce, candidates, ...options };
  const child = Bun.spawn([...selfCommand(), probeArgument], {
    stdin: new Blob([JSON.stringify(request)]),
    stdout: "pipe",
    stderr: "ignore",
    env: { ...process.env, BUN_BE_BUN: undefined },
  });
  const results: ProbeResult[] = [];
  let timedOut = false;
  const giveUp = (): void => {
    timedOut = true;
    child.kill("SIGKILL");
  };
  // Each answer buys the next plugin its own time; half a second is the process's own start.
  let timer = setTimeout(giveUp, options.timeoutMs + 500);
  let pending = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    pending += decoder.decode(chunk, { stream: true });
    const lines = pending.split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) {
      if (!line.startsWith(nonce)) continue;
      results.push(JSON.parse(line.slice(nonce.length)) as ProbeResult);
      clearTimeout(timer);
      timer = setTimeout(giveUp, options.timeoutMs);
    }
    if (results.length === candidates.length) break;
  }
  clearTimeout(timer);
  child.kill("SIGKILL");
  await child.exited;
  return { results, timedOut };
}

/** The other side: reads the request from stdin, answers on stdout, leaves. */
export async function runProbe(): Promise<void> {
  const request = JSON.parse(await Bun.stdin.text()) as ProbeRequest;
  for (const candidate of request.candidates) {
    const result = await probeOne(candidate, request);
    // The leading line break ends whatever unfinished line the plugin may have printed.
    process.stdout.write(`\n${request.nonce}${JSON.stringify(result)}\n`);
  }
  process.exit(0);
}

async function probeOne(candidate: Candidate, request: ProbeRequest): Promise<ProbeResult> {
  try {
    const pluginClass = await loadPluginClass(candidate, { ...request, warn: () => {} });
    return { facts: await factsOf(pluginClass) };
  } catch (error) {
    const code = error instanceof PyneError ? error.code : "PLUGIN_LOAD";
    const hint = error instanceof PyneError ? error.hint : undefined;
    return { failure: { code, message: messageOf(error), ...(hint === undefined ? {} : { hint }) } };
  }
}
