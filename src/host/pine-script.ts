import { mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

import { isScriptModule, type ScriptModule } from "../api/script/declaration.ts";
import type { FindLibrary } from "../compiler/checker/check.ts";
import { writeFileAtomic } from "../config/atomic-write.ts";
import { RuntimeFailure, writeFailure } from "../kernel/errors.ts";
import { type PineMemory, sha256 } from "./pine-memory.ts";
import { registerVirtualModules } from "./virtual-modules.ts";

/**
 * Compiles a Pine script and imports what came of it. The code lies in a file whose name is made of its content, so
 * processes that compile the same script at once write the same file, and a file that says something else is written
 * again. A script that was compiled before is not compiled again.
 *
 * @param folder where the code is kept
 * @param buildId code of another build of pyne is another file
 * @param memory which code came of which text; without it every call compiles
 * @returns the module and the file it was imported from
 * @throws PineErrors when the script has errors
 */
export async function loadPine(
  path: string,
  findLibrary: FindLibrary,
  folder: string,
  buildId: string,
  memory?: PineMemory,
): Promise<{ readonly module: ScriptModule; readonly file: string }> {
  registerVirtualModules();
  const name = basename(path);
  const text = readFileSync(path, "utf8");
  const fileOf = (codeHash: string): string =>
    join(folder, `${name.replace(/[^\w.-]/g, "_")}-${codeHash.slice(0, 24)}.js`);
  const textHash = sha256(`${buildId}\n${name}\n${text}`);
  const known = memory?.codeOf(textHash);
  let file = known === undefined ? undefined : fileOf(known);
  if (file === undefined || hashOf(file, buildId) !== known) {
    let isAlone = true;
    const { compilePineText } = await import("./pine-compile.ts");
    const code = compilePineText(text, name, (...library) => {
      isAlone = false;
      return findLibrary(...library);
    });
    const codeHash = sha256(`${buildId}\n${code}`);
    file = fileOf(codeHash);
    if (hashOf(file, buildId) !== codeHash) {
      try {
        mkdirSync(folder, { recursive: true });
        writeFileAtomic(file, code, { mode: 0o600 });
      } catch (error) {
        throw writeFailure(file, error);
      }
    }
    // Code of libraries is in it, which change by themselves.
    if (isAlone) memory?.remember(textHash, codeHash);
  }
  const imported = (await import(pathToFileURL(file).href).catch((error: unknown) => {
    // Thousands of blocks in one another are more than a JavaScript engine reads.
    if (error instanceof RangeError) throw new RuntimeFailure(`${name} is nested too deeply to be run`);
    throw error;
  })) as { default?: unknown };
  if (!isScriptModule(imported.default)) throw new RuntimeFailure(`${path} did not become a script`);
  return { module: imported.default, file };
}

/** The hash of the code in a file, if there is one. */
function hashOf(file: string, buildId: string): string | undefined {
  try {
    return sha256(`${buildId}\n${readFileSync(file, "utf8")}`);
  } catch {
    return undefined;
  }
}
