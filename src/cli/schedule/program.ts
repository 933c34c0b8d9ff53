import { realpathSync } from "node:fs";
import { resolve } from "node:path";

import { selfCommand } from "../../host/self.ts";

/**
 * The words that start this program from anywhere, also after an update: where the PATH leads to the running executable
 * by another name (a link that an update moves), that name.
 */
export function lastingSelf(path: string | undefined, cwd: string): string[] {
  const self = selfCommand();
  const known = self.length === 1 ? Bun.which("pyne", { PATH: path ?? "" }) : null;
  if (known === null) return self;
  const name = resolve(cwd, known);
  return realpathSync(name) === realpathSync(self[0] ?? "") ? [name] : self;
}
