/** Compiles a script and runs it over a few bars. */
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { librariesIn } from "../../src/host/pine-libraries.ts";
import { loadPine } from "../../src/host/pine-script.ts";
import type { BarColumns } from "../../src/kernel/bar.ts";
import { runScript } from "../../src/runtime/run.ts";
import { symbol } from "../runtime/fixtures.ts";

/** Bars that close at 10, 11, 12, ...; each opens where the one before closed, high and low are one away. */
export function bars(count: number): BarColumns {
  const column = (value: (bar: number) => number): Float64Array =>
    Float64Array.from({ length: count }, (_, bar) => value(bar));
  return {
    length: count,
    openTimeMs: column((bar) => 1_700_000_000_000 + bar * 60_000),
    open: column((bar) => 9 + bar),
    high: column((bar) => 11 + bar),
    low: column((bar) => 8 + bar),
    close: column((bar) => 10 + bar),
    volume: column(() => 100),
    extra: new Map(),
  };
}

let number = 0;

/** What a script plots over `count` bars, by title, and what it logs. */
export async function run(
  script: string,
  count = 6,
  options: {
    readonly inputs?: Record<string, unknown>;
    readonly version?: 5 | 6;
    readonly loopLimit?: number;
  } = {},
): Promise<{ readonly plots: Record<string, number[]>; readonly log: string[] }> {
  const folder = join(tmpdir(), `pyne-run-${process.pid}-${number++}`);
  const path = `${folder}.pine`;
  writeFileSync(path, `//@version=${options.version ?? 6}\nindicator("x")\n${script}\n`);
  try {
    const { module } = await loadPine(path, librariesIn([]), folder, "test");
    const log: string[] = [];
    const result = await runScript(module, {
      columns: bars(count),
      symInfo: symbol(),
      timeframe: "1",
      inputs: options.inputs ?? {},
      messages: {
        log: (_level, message) => void log.push(message),
        alert: (message) => void log.push(message),
      },
      ...(options.loopLimit === undefined ? {} : { loopLimit: options.loopLimit }),
    });
    const plots = Object.fromEntries(result.plots.map(({ title, values }) => [title, [...values]]));
    return { plots, log };
  } finally {
    rmSync(path, { force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}
