import type { Home, IrStatement } from "../ir.ts";
import type { Source, Span } from "../source.ts";
import type { Expression, Import, Statement } from "../syntax/ast.ts";
import { parseScript } from "../syntax/parser.ts";
import { lowerBody, reassignedNames } from "./blocks.ts";
import { type Check, CheckFault, complain, fault, type Place } from "./check.ts";
import { announceEnum, announceType, defineFields } from "./objects.ts";
import { type Module, Scope } from "./scope.ts";
import { scriptVersion } from "./version.ts";

/** The files of a script: its own, and the libraries that are imported. */

/** A file with nothing declared yet, and the place where its global code begins. */
export function openModule(
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
export function announce(check: Check, at: Place, statements: readonly Statement[]): void {
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
export function lowerGlobals(
  check: Check,
  at: Place,
  statements: readonly Statement[],
  out: IrStatement[],
): void {
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
