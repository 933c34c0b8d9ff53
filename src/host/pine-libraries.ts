import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { FindLibrary } from "../compiler/checker/check.ts";
import { Source } from "../compiler/source.ts";

/** `import User/Name/3` reads `User/Name/3.pine` in the first of these folders that has it. */
export function librariesIn(folders: readonly string[]): FindLibrary {
  return (user, name, version) => {
    for (const folder of folders) {
      const path = join(folder, user, name, `${version}.pine`);
      if (existsSync(path)) return new Source(path, readFileSync(path, "utf8"));
    }
    return undefined;
  };
}
