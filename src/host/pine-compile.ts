import { readFileSync } from "node:fs";

import type { FindLibrary } from "../compiler/checker/check.ts";
import { compilePine } from "../compiler/compile.ts";
import { type Diagnostic, renderDiagnostic } from "../compiler/diagnostics.ts";
import { Source } from "../compiler/source.ts";
import { counted } from "../kernel/counted.ts";
import { PyneError } from "../kernel/errors.ts";

/** The part of the host that brings the compiler along; a script that was compiled before does without. */

/** A Pine script has errors; the message shows them with their places. */
export class PineErrors extends PyneError {
  override readonly code = "PINE_ERRORS";
  readonly diagnostics: readonly Diagnostic[];

  constructor(name: string, diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    const count = counted(errors.length, "error");
    super(`${name} has ${count}\n\n${errors.map(renderDiagnostic).join("\n")}`);
    this.diagnostics = diagnostics;
  }
}

/** Compiles a script. @throws PineErrors */
export function compilePineFile(path: string, name: string, findLibrary: FindLibrary): string {
  return compilePineText(readFileSync(path, "utf8"), name, findLibrary);
}

/** Compiles the text of a script. @throws PineErrors */
export function compilePineText(text: string, name: string, findLibrary: FindLibrary): string {
  const { code, diagnostics } = compilePine(new Source(name, text), findLibrary);
  if (code === undefined) throw new PineErrors(name, diagnostics);
  return code;
}
