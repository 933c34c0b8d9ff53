/** Live runs of the compiled binary, replayed: what the replay plugin is told. */
import { join } from "node:path";

import type { Sandbox } from "./pyne.ts";

/** Settings of the replay plugin that a test wants. */
export function configure(box: Sandbox, values: Readonly<Record<string, string | number>>): void {
  const lines = Object.entries(values).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  box.write(join(box.workdir, "config/plugins/replay.toml"), `${lines.join("\n")}\n`);
}
