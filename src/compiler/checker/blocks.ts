import type { Ir, IrStatement } from "../ir.ts";
import type { Block, Statement } from "../syntax/ast.ts";
import { isStructure, structureOf } from "../syntax/structure.ts";
import { type Check, CheckFault, type Place } from "./check.ts";
import { unknownIr } from "./values.ts";

/** The statements of a block, and the value that its last one gives. */

export interface LoweredBody {
  readonly statements: IrStatement[];
  /** The value of the last statement; absent when it has none or nobody wants it. */
  readonly result: Ir | undefined;
}

/** A faulty statement is left out, and checking goes on with the next. */
export function lowerBody(check: Check, at: Place, block: Block, wanted: boolean): LoweredBody {
  const statements: IrStatement[] = [];
  let result: Ir | undefined;
  const last = block.statements.length - 1;
  for (const [index, statement] of block.statements.entries()) {
    if (check.diagnostics.isFlooded) break;
    try {
      if (wanted && index === last) result = lowerLast(check, at, statement, statements);
      else check.statement(at, statement, statements);
    } catch (error) {
      if (!(error instanceof CheckFault)) throw error;
    }
  }
  // What the block gives is not known when its last statement may be missing.
  if (wanted && block.faulty === true) result = unknownIr(at, block);
  return { statements, result };
}

/** A declaration or assignment counts with the value it assigned. */
function lowerLast(check: Check, at: Place, statement: Statement, out: IrStatement[]): Ir | undefined {
  if (statement.kind === "expression") {
    const { expression } = statement;
    return isStructure(expression) ? check.structure(at, expression, out, true) : check.lower(at, expression);
  }
  check.statement(at, statement, out);
  switch (statement.kind) {
    case "declaration":
      return check.lower(at, { kind: "name", ...statement.name });
    case "assignment":
      return check.lower(at, statement.target);
    case "tuple-declaration": {
      const named = statement.names.filter(({ name }) => name !== "_");
      return check.lower(at, {
        kind: "list",
        members: named.map((name) => ({ kind: "name", ...name })),
        start: statement.start,
        end: statement.end,
      });
    }
    default:
      return undefined;
  }
}

/** The names that are assigned again anywhere in a block. */
export function reassignedNames(block: Block): ReadonlySet<string> {
  const names = new Set<string>();
  for (const statement of block.statements) collect(statement, names);
  return names;
}

function collect(statement: Statement, names: Set<string>): void {
  if (statement.kind === "assignment" && statement.target.kind === "name") names.add(statement.target.name);
  const value = structureOf(statement);
  if (value === undefined) return;
  if (value.kind === "if") {
    collectOuter(value.yes, names);
    if (value.no !== undefined) collectOuter(value.no, names);
  } else if (value.kind === "switch") for (const { body } of value.cases) collectOuter(body, names);
  else collectOuter(value.body, names);
}

/** What an inner block assigns; from its declaration on a name is its own. */
function collectOuter(block: Block, names: Set<string>): void {
  const declared = new Set<string>();
  for (const statement of block.statements) {
    const assigned = new Set<string>();
    collect(statement, assigned);
    for (const name of assigned) if (!declared.has(name)) names.add(name);
    if (statement.kind === "declaration") declared.add(statement.name.name);
    else if (statement.kind === "tuple-declaration")
      for (const { name } of statement.names) declared.add(name);
  }
}
