import { dirname, join } from "node:path";

import type { FindLibrary } from "../compiler/checker/check.ts";
import { librariesIn } from "../host/pine-libraries.ts";
import type { App } from "./app.ts";

/** Libraries lie in a folder `lib` beside the script, or in that of the workdir. */
export function librariesFor(app: App, scriptPath: string): FindLibrary {
  const workdir = app.optionalWorkdir();
  return librariesIn([join(dirname(scriptPath), "lib"), ...(workdir === null ? [] : [workdir.library])]);
}
