/** Live runs of the compiled binary, replayed. */
import { join } from "node:path";

import { binary, type Sandbox } from "./pyne.ts";

/** Settings of the replay plugin that a test wants. */
export function configure(box: Sandbox, values: Readonly<Record<string, string | number>>): void {
  const lines = Object.entries(values).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  box.write(join(box.workdir, "config/plugins/replay.toml"), `${lines.join("\n")}\n`);
}

/** A live run, with what it says on stderr. */
export async function started(
  box: Sandbox,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  const child = Bun.spawn([binary, "run", ...args], {
    cwd: box.folder,
    env: box.environment(env),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let heard = "";
  const reader = child.stderr.getReader();
  const decoder = new TextDecoder();
  const until = async (pattern: RegExp): Promise<string> => {
    while (!pattern.test(heard)) {
      const { done, value } = await reader.read();
      if (done) throw new Error(`it ended before ${pattern}: ${heard}`);
      heard += decoder.decode(value, { stream: true });
    }
    return heard;
  };
  const rest = async (): Promise<string> => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return heard;
      heard += decoder.decode(value, { stream: true });
    }
  };
  return { child, until, rest };
}
