import { type FindLibrary } from "./checker/check.ts";
import { checkScript } from "./checker/script.ts";
import { generate } from "./codegen/module.ts";
import { type Diagnostic, Diagnostics } from "./diagnostics.ts";
import type { Program } from "./ir.ts";
import type { Source } from "./source.ts";

/** What checking a script gave. */
export interface Checked {
  /** Absent when there are errors. */
  readonly program: Program | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Checks a script. Never throws for what a script says, however broken it is. */
export function checkPine(source: Source, findLibrary: FindLibrary): Checked {
  const diagnostics = new Diagnostics();
  let program: Program | undefined;
  try {
    program = checkScript(source, diagnostics, findLibrary);
  } catch (error) {
    // An expression of many thousand operators is a tree that deep.
    if (!(error instanceof RangeError)) throw error;
    const message = "the script is nested too deeply to be checked";
    diagnostics.error(source, { start: 0, end: 1 }, "too-deep", message, "take its largest expression apart");
  }
  return { program, diagnostics: diagnostics.list() };
}

/** A script as JavaScript. */
export interface Compiled {
  /** An ES module with its source map in the last line; absent when there are errors. */
  readonly code: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Compiles a script to an ES module that imports `pynecore/pine` alone. */
export function compilePine(source: Source, findLibrary: FindLibrary): Compiled {
  const { program, diagnostics } = checkPine(source, findLibrary);
  return { code: program === undefined ? undefined : generate(program), diagnostics };
}
