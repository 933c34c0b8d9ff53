import { dirname, isAbsolute, join, resolve } from "node:path";

import type { WorkdirPaths } from "../config/workdir.ts";
import type { App } from "./app.ts";

/** Where a result goes: a bare name to the output folder, everything else as it is typed. */
export function outputPath(app: App, workdir: WorkdirPaths, name: string): string {
  if (isAbsolute(name)) return name;
  return dirname(name) === "." && !/^\.[/\\]/.test(name)
    ? join(workdir.output, name)
    : resolve(app.cwd, name);
}
