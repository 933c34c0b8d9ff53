import type { Diagnostics } from "../diagnostics.ts";
import type { Home, Ir, IrStatement, Program } from "../ir.ts";
import type { Source, Span } from "../source.ts";
import type { Expression, Import, Statement } from "../syntax/ast.ts";
import { parseScript } from "../syntax/parser.ts";
import { color, bool, int, float, string, type Qualifier, stronger, type Type } from "../types.ts";
import { lowerStructure } from "./structures.ts";
import { lowerBody, reassignedNames } from "./blocks.ts";
import { lowerCall } from "./calls.ts";
import {
  type Check,
  CheckFault,
  complain,
  each,
  fault,
  type FindLibrary,
  originOf,
  type Place,
} from "./check.ts";
import { lowerIndex } from "./history.ts";
import { lowerMember, lowerName } from "./names.ts";
import { announceEnum, announceType, defineFields } from "./objects.ts";
import { lowerBinary, lowerTernary, lowerUnary } from "./operators.ts";
import { type Module, Scope } from "./scope.ts";
import { lowerStatement } from "./statements.ts";
import { callUser, checkUncalled, hasMethod } from "./user-functions.ts";
import { constantIr } from "./values.ts";
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

function openModule(
  source: Source,
  version: 5 | 6,
  statements: readonly Statement[],
  lost: Set<string>,
  isLibrary: boolean,
): { readonly module: Module; readonly at: Place; readonly home: Home } {
  const home: Home = { isGlobal: true, inLoop: false, owner: undefined, remembered: [] };
  const globals = new Scope(undefined, home, reassignedNames({ statements, start: 0, end: 0 }));
  const module: Module = {
    source,
    version,
    isLibrary,
    globals,
    functions: new Map(),
    types: new Map(),
    imports: new Map(),
    exported: new Set(),
    lost,
    functionsAt: functionNames(statements),
    declares: globalNames(statements),
  };
  const at: Place = {
    module,
    scope: globals,
    owner: undefined,
    order: Infinity,
    inLoop: false,
    isLocal: false,
    isTop: true,
    isConditional: false,
    isRare: false,
  };
  return { module, at, home };
}

/** The names that the top block declares, wherever it does. */
function globalNames(statements: readonly Statement[]): ReadonlyMap<string, Span> {
  const names = new Map<string, Span>();
  for (const statement of statements) {
    const declared =
      statement.kind === "declaration"
        ? [statement.name]
        : statement.kind === "tuple-declaration"
          ? statement.names
          : [];
    for (const name of declared) if (!names.has(name.name)) names.set(name.name, name);
  }
  return names;
}

/** The functions that are declared, wherever it is. */
function functionNames(statements: readonly Statement[]): ReadonlyMap<string, Span> {
  const names = new Map<string, Span>();
  for (const statement of statements) {
    if (statement.kind === "function" && !names.has(statement.name.name))
      names.set(statement.name.name, statement.name);
  }
  return names;
}

/** Imports, types and enums are known from the start; a type may hold one that is declared later. */
function announce(check: Check, at: Place, statements: readonly Statement[]): void {
  const forAll = (action: (statement: Statement) => void): void => {
    for (const statement of statements) {
      try {
        action(statement);
      } catch (error) {
        if (!(error instanceof CheckFault)) throw error;
      }
    }
  };
  forAll((statement) => {
    if (statement.kind === "import") openLibrary(check, at, statement);
    else if (statement.kind === "type") announceType(check, at, statement);
    else if (statement.kind === "enum") announceEnum(check, at, statement);
  });
  forAll((statement) => {
    if (statement.kind === "type") defineFields(check, at, statement);
  });
}

/** The global statements one after the other; each sees what was declared before it. */
function lowerGlobals(check: Check, at: Place, statements: readonly Statement[], out: IrStatement[]): void {
  for (const statement of statements) {
    if (check.diagnostics.isFlooded) break;
    const { start, end } = statement;
    out.push(
      ...lowerBody(check, { ...at, order: check.order }, { statements: [statement], start, end }, false)
        .statements,
    );
  }
}

/** `import User/Name/1 as alias`: the exports of the library become members of the alias. */
function openLibrary(check: Check, at: Place, node: Import): void {
  const alias = node.alias?.name ?? node.library;
  const path = `${node.user}/${node.library}/${node.version}`;
  let library = check.libraries.get(path);
  if (library === undefined) {
    const source = check.findLibrary(node.user, node.library, node.version);
    if (source === undefined) {
      at.module.lost.add(alias);
      throw fault(
        check,
        at,
        node,
        "unknown-library",
        `cannot find the library ${path}`,
        `looked for lib/${path}.pine in the scripts folder`,
      );
    }
    library = loadLibrary(check, at, node, path, source);
  } else if (check.opening.has(path)) {
    const inOrder = [...check.opening];
    at.module.lost.add(alias);
    throw fault(
      check,
      at,
      node,
      "circular-import",
      `libraries import each other: ${[...inOrder.slice(inOrder.indexOf(path)), path].join(", ")}`,
      "move what both need into a third library",
    );
  }
  if (at.module.imports.has(alias))
    throw fault(check, at, node, "declared-twice", `\`${alias}\` is already imported`);
  at.module.imports.set(alias, library);
}

/** Only constants, functions, types and enums of a library are taken; its other global code does not run here. */
function loadLibrary(check: Check, at: Place, node: Import, path: string, source: Source): Module {
  const errors = check.diagnostics.list().length;
  const version = scriptVersion(source, check.diagnostics) ?? 6;
  const { statements, lost } = parseScript(source, check.diagnostics);
  const { module, at: inside } = openModule(source, version, statements, lost, true);
  check.libraries.set(path, module);
  check.opening.add(path);
  const own = check.declaration;
  check.declaration = { kind: "library", title: node.library, settings: {} };
  announce(check, inside, statements);
  const wanted = statements.filter(
    (statement) =>
      statement.kind === "function" || (statement.kind === "declaration" && isConstant(statement)),
  );
  lowerGlobals(check, inside, wanted, check.libraryConstants);
  check.declaration = own;
  check.opening.delete(path);
  if (check.diagnostics.list().length > errors) {
    complain(check, at, node, "faulty-library", `the library ${path} has errors of its own`);
  }
  return module;
}

function isConstant(statement: Statement & { readonly kind: "declaration" }): boolean {
  return statement.exported || statement.spec?.qualifier === "const" || isLiteral(statement.value);
}

function isLiteral(node: Expression): boolean {
  return node.kind === "number" || node.kind === "string" || node.kind === "bool" || node.kind === "color";
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

function lowerExpression(check: Check, at: Place, node: Expression): Ir {
  switch (node.kind) {
    case "number":
      return constantIr(at, node, node.isInt ? int : float, node.value);
    case "string":
      return literal(at, node, string);
    case "bool":
      return literal(at, node, bool);
    case "color":
      return literal(at, node, color);
    case "name":
      return lowerName(check, at, node);
    case "member":
      return lowerMember(check, at, node);
    case "call":
      return lowerCall(check, at, node);
    case "index":
      return lowerIndex(check, at, node);
    case "unary":
      return lowerUnary(check, at, node);
    case "binary":
      return lowerBinary(check, at, node);
    case "ternary":
      return lowerTernary(check, at, node);
    case "list": {
      const members = each(node.members.map((member) => () => check.lower(at, member)));
      const type: Type = { kind: "tuple", members: members.map((member) => member.type) };
      const qualifier = members.reduce<Qualifier>(
        (latest, member) => stronger(latest, member.qualifier),
        "const",
      );
      return { kind: "tuple", members, type, qualifier, origin: originOf(at, node) };
    }
    default:
      throw fault(
        check,
        at,
        node,
        "structure-as-operand",
        `\`${node.kind}\` cannot stand inside an expression`,
      );
  }
}

function literal(
  at: Place,
  node: Expression & { readonly value: string | boolean | number },
  type: Type,
): Ir {
  return constantIr(at, node, type, node.value);
}
