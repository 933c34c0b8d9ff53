import type { Ir, IrStatement, Variable } from "../ir.ts";
import type { Declaration, Expression, Statement, TupleDeclaration } from "../syntax/ast.ts";
import { isEarlyEnough, type Qualifier, stronger, type Type, typeName, unknown } from "../types.ts";
import { lowerAssignment, lowerValue } from "./assignments.ts";
import { isStructure } from "../syntax/structure.ts";
import { type Check, CheckFault, complain, fault, originOf, type Place } from "./check.ts";
import { resolveType } from "./type-nodes.ts";
import { declareFunction } from "./user-functions.ts";
import { cast, constantOf, described, fits } from "./values.ts";
import { declare } from "./variables.ts";

/** Statements. */

export function lowerStatement(check: Check, at: Place, node: Statement, out: IrStatement[]): void {
  switch (node.kind) {
    case "declaration":
      lowerDeclaration(check, at, node, out);
      break;
    case "tuple-declaration":
      lowerTuple(check, at, node, out);
      break;
    case "assignment":
      lowerAssignment(check, at, node, out);
      break;
    case "expression":
      lowerExpressionStatement(check, at, node.expression, out);
      break;
    case "break":
    case "continue":
      if (!at.inLoop) throw fault(check, at, node, "jump-outside-loop", `\`${node.kind}\` stands in no loop`);
      out.push({ kind: node.kind, origin: originOf(at, node) });
      break;
    case "function":
      declareFunction(check, at, node);
      break;
    case "import":
    case "type":
    case "enum":
      if (!at.isLocal) break;
      throw fault(check, at, node, "global-only", `\`${node.kind}\` belongs to the global scope`);
  }
}

function lowerExpressionStatement(check: Check, at: Place, expression: Expression, out: IrStatement[]): void {
  if (isStructure(expression)) {
    check.structure(at, expression, out, false);
    return;
  }
  const value = check.lower(at, expression);
  if (value.kind === "constant" && value.type.kind === "void") return;
  out.push({ kind: "evaluate", value, origin: value.origin });
}

function lowerDeclaration(check: Check, at: Place, node: Declaration, out: IrStatement[]): void {
  const before: IrStatement[] = [];
  let declared: Type | undefined;
  let value: Ir;
  try {
    declared = node.spec?.type === undefined ? undefined : resolveType(check, at, node.spec.type);
    const inner = { ...at, naming: node.name.name };
    value = lowerValue(check, inner, node.value, node.mode === undefined ? out : before);
    if (value.type.kind === "tuple") {
      throw fault(
        check,
        at,
        node.value,
        "tuple-value",
        `this gives ${value.type.members.length} values`,
        "take them apart: [a, b] = ...",
      );
    }
    if (declared === undefined && value.type.kind === "na") {
      throw fault(
        check,
        at,
        node,
        "na-without-type",
        `\`${node.name.name}\` needs a type, since na has none`,
        `float ${node.name.name} = na`,
      );
    }
    if (declared !== undefined && !fits(value.type, declared, at.module.version)) {
      throw fault(
        check,
        at,
        node.value,
        "assignment-type",
        `\`${node.name.name}\` is ${typeName(declared)}, this is ${described(value)}`,
      );
    }
  } catch (error) {
    // The name exists all the same: one fault is not to be followed by one for each use.
    if (error instanceof CheckFault)
      declare(check, at, node.name, { type: declared ?? unknown, qualifier: "series" });
    throw error;
  }
  const type = declared ?? value.type;
  const qualifier = declaredQualifier(check, at, node, value);
  const variable = declare(check, at, node.name, {
    type,
    qualifier,
    mode: node.mode,
    frozen: node.spec?.qualifier === "const",
    constant: qualifier === "const" ? constantOf(value) : undefined,
  });
  checkVarip(check, at, node, type);
  if (node.exported) exportConstant(check, at, node, variable);
  out.push({ kind: "declare", variable, value: cast(value, type), before, origin: originOf(at, node) });
}

function declaredQualifier(check: Check, at: Place, node: Declaration, value: Ir): Qualifier {
  const wanted = node.spec?.qualifier;
  if (wanted === undefined) return value.qualifier;
  if (!isEarlyEnough(value.qualifier, wanted)) {
    complain(
      check,
      at,
      node.value,
      "declared-qualifier",
      `\`${node.name.name}\` is declared ${wanted}, this is ${described(value)}`,
    );
  }
  return wanted === "series" ? "series" : stronger(value.qualifier, "const");
}

/** `varip` holds fundamental types, and objects or collections of them. */
function checkVarip(check: Check, at: Place, node: Declaration, type: Type): void {
  if (node.mode !== "varip" || type.kind !== "special" || type.name === "chart.point") return;
  complain(check, at, node, "varip-type", `a \`varip\` variable cannot hold ${typeName(type)}`);
}

function exportConstant(check: Check, at: Place, node: Declaration, variable: Variable): void {
  if (!variable.frozen)
    complain(check, at, node, "bad-export", "only constants are exported: export const float x = 1.0");
  at.module.exported.add(variable.name);
  variable.used = true;
}

function lowerTuple(check: Check, at: Place, node: TupleDeclaration, out: IrStatement[]): void {
  const named = node.names.filter(({ name }) => name !== "_");
  let value: Ir;
  try {
    value = lowerValue(check, at, node.value, out);
    const { type } = value;
    if (type.kind !== "tuple" && type.kind !== "unknown") {
      throw fault(
        check,
        at,
        node.value,
        "not-a-tuple",
        `only a tuple can be taken apart, this is ${described(value)}`,
      );
    }
    if (type.kind === "tuple" && type.members.length !== node.names.length) {
      throw fault(
        check,
        at,
        node,
        "tuple-size",
        `${node.names.length} names for ${type.members.length} values`,
        "`_` drops a value",
      );
    }
  } catch (error) {
    if (error instanceof CheckFault) {
      for (const name of named) declare(check, at, name, { type: unknown, qualifier: "series" });
    }
    throw error;
  }
  const members = value.type.kind === "tuple" ? value.type.members : node.names.map(() => unknown);
  const variables = node.names.map((name, index) => {
    if (name.name === "_") return undefined;
    const member = members[index]!;
    if (member.kind === "na")
      throw fault(check, at, name, "na-without-type", `\`${name.name}\` would be na without a type`);
    return declare(check, at, name, { type: member, qualifier: value.qualifier });
  });
  out.push({ kind: "unpack", variables, declares: true, value, origin: originOf(at, node) });
}
