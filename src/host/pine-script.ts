import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

import { isScriptModule, type ScriptModule } from "../api/script/declaration.ts";
import type { FindLibrary } from "../compiler/checker/check.ts";
import { compilePine } from "../compiler/compile.ts";
import { type Diagnostic, renderDiagnostic } from "../compiler/diagnostics.ts";
import { Source } from "../compiler/source.ts";
import { writeFileAtomic } from "../config/atomic-write.ts";
import { PyneError, RuntimeFailure } from "../kernel/errors.ts";
import { registerVirtualModules } from "./virtual-modules.ts";

/** A Pine script has errors; the message shows them with their places. */
export class PineErrors extends PyneError {
  override readonly code = "PINE_ERRORS";
  readonly diagnostics: readonly Diagnostic[];

  constructor(name: string, diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    const count = `${errors.length} error${errors.length === 1 ? "" : "s"}`;
    super(`${name} has ${count}\n\n${errors.map(renderDiagnostic).join("\n")}`);
    this.diagnostics = diagnostics;
  }
}

/** Compiles a script. @throws PineErrors */
export function compilePineFile(path: string, name: string, findLibrary: FindLibrary): string {
  const { code, diagnostics } = compilePine(new Source(name, readFileSync(path, "utf8")), findLibrary);
  if (code === undefined) throw new PineErrors(name, diagnostics);
  return code;
}

/**
 * Compiles a Pine script and imports what came of it. The code lies in a file whose name is made of its content, so
 * processes that compile the same script at once write the same file, and a file that says something else is written
 * again.
 *
 * @param folder where the code is kept
 * @param buildId code of another build of pyne is another file
 * @returns the module and the file it was imported from
 * @throws PineErrors when the script has errors
 */
export async function loadPine(
  path: string,
  findLibrary: FindLibrary,
  folder: string,
  buildId: string,
): Promise<{ readonly module: ScriptModule; readonly file: string }> {
  registerVirtualModules();
  const name = basename(path);
  const code = compilePineFile(path, name, findLibrary);
  const hash = new Bun.CryptoHasher("sha256").update(`${buildId}\n${code}`).digest("hex").slice(0, 24);
  const file = join(folder, `${name.replace(/[^\w.-]/g, "_")}-${hash}.js`);
  if (!existsSync(file) || readFileSync(file, "utf8") !== code) {
    mkdirSync(folder, { recursive: true });
    writeFileAtomic(file, code, { mode: 0o600 });
  }
  const imported = (await import(pathToFileURL(file).href).catch((error: unknown) => {
    // Thousands of blocks in one another are more than a JavaScript engine reads.
    if (error instanceof RangeError) throw new RuntimeFailure(`${name} is nested too deeply to be run`);
    throw error;
  })) as { default?: unknown };
  if (!isScriptModule(imported.default)) throw new RuntimeFailure(`${path} did not become a script`);
  return { module: imported.default, file };
}
