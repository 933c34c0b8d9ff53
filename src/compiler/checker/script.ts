import type { Diagnostics } from "../diagnostics.ts";
import type { IrStatement, Program } from "../ir.ts";
import type { Source } from "../source.ts";
import { parseScript } from "../syntax/parser.ts";
import { type Check, complain, type FindLibrary, type Place } from "./check.ts";
import { lowerExpression } from "./expressions.ts";
import { checkUncalled } from "./function-instances.ts";
import { announce, lowerGlobals, openModule } from "./modules.ts";
import { lowerStatement } from "./statements.ts";
import { lowerStructure } from "./structures.ts";
import { callUser, hasMethod } from "./user-functions.ts";
import { scriptVersion } from "./version.ts";

/** A whole script: its text in, a checked program out, or diagnostics. */

/** @returns `undefined` when there were errors */
export function checkScript(
  source: Source,
  diagnostics: Diagnostics,
  findLibrary: FindLibrary,
): Program | undefined {
  const version = scriptVersion(source, diagnostics);
  if (version === undefined) return undefined;
  const { statements, lost } = parseScript(source, diagnostics);
  const check = createCheck(diagnostics, findLibrary);
  const { module, at, home } = openModule(source, version, statements, lost, false);
  const body: IrStatement[] = [];
  announce(check, at, statements);
  lowerGlobals(check, at, statements, body);
  checkUncalled(check, module);
  finish(check, at, source);
  if (diagnostics.hasErrors || check.declaration === undefined) return undefined;
  return {
    declaration: check.declaration,
    version,
    source,
    body: { statements: [...check.libraryConstants, ...body], home },
    functions: check.functions,
    objects: check.objects,
    enums: check.enums,
    histories: [...check.histories.values()],
    stubs: [...check.stubs],
    globals: check.variables.filter(({ home, name }) => home.isGlobal && name !== ""),
  };
}

function createCheck(diagnostics: Diagnostics, findLibrary: FindLibrary): Check {
  const check: Check = {
    diagnostics,
    findLibrary,
    libraries: new Map(),
    opening: new Set(),
    functions: [],
    objects: [],
    enums: [],
    histories: new Map(),
    stubs: new Set(),
    variables: [],
    libraryConstants: [],
    declaration: undefined,
    declaredAt: undefined,
    hasOutput: false,
    order: 0,
    lower: (at, node) => lowerExpression(check, at, node),
    statement: (at, node, out) => lowerStatement(check, at, node, out),
    structure: (at, node, out, wanted) => lowerStructure(check, at, node, out, wanted),
    callUser: (at, span, name, module, given, receiver) =>
      callUser(check, at, span, name, module, given, receiver),
    hasMethod: (at, module, name, receiver) => hasMethod(check, at, module, name, receiver),
  };
  return check;
}

function finish(check: Check, at: Place, source: Source): void {
  const start = { start: 0, end: Math.max(1, source.line(1).length) };
  if (check.declaration === undefined) {
    // A declaration that could not be read has been reported as what it is.
    if (check.diagnostics.hasErrors) return;
    complain(
      check,
      at,
      start,
      "no-declaration",
      "the script does not say what it is",
      'begin with indicator("Name"), strategy("Name") or library("Name")',
    );
    return;
  }
  // What a fault has left out would look unused.
  if (check.diagnostics.hasErrors) return;
  if (check.declaration.kind === "indicator" && !check.hasOutput) {
    check.diagnostics.warn(
      source,
      check.declaredAt ?? start,
      "no-output",
      "this indicator shows nothing: it has no plot, drawing, log or alert",
    );
  }
  for (const variable of check.variables) {
    if (variable.used || variable.role !== "variable" || variable.name.startsWith("_")) continue;
    if (variable.origin.source !== source) continue;
    const span = { start: variable.origin.start, end: variable.origin.start + variable.name.length };
    check.diagnostics.warn(source, span, "unused-variable", `\`${variable.name}\` is never used`);
  }
}
