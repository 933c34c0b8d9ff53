import type { Home, Ir, IrBlock, IrStatement, Variable } from "../ir.ts";
import type { Block, Structure } from "../syntax/ast.ts";
import { bool, type Qualifier, stronger, type Type, typeName } from "../types.ts";
import { lowerBody, reassignedNames } from "./blocks.ts";
import { type Check, fault, originOf, type Place } from "./check.ts";
import { Scope } from "./scope.ts";
import { cast, commonType, constantIr } from "./values.ts";
import { declareHidden } from "./variables.ts";

/** The blocks of a structure, and how their values become one. */

/** A branch whose value has not found its variable yet. */
export interface Branch {
  readonly block: IrBlock & { readonly statements: IrStatement[] };
  readonly result: Ir | undefined;
}

/** A block inside a structure, in which `prepare` declares what the structure brings along. */
export function lowerBlock(
  check: Check,
  at: Place,
  node: Block,
  wanted: boolean,
  prepare?: (at: Place) => void,
): Branch {
  const home: Home = { isGlobal: false, inLoop: at.inLoop, owner: at.owner, remembered: [] };
  const scope = new Scope(at.scope, home, reassignedNames(node));
  const inner: Place = { ...at, scope, isLocal: true, isTop: false, isConditional: false };
  prepare?.(inner);
  const { statements, result } = lowerBody(check, inner, node, wanted);
  return { block: { statements, home }, result };
}

/**
 * Gives the branches' values a common type and a variable, which every branch assigns at its end. Where no branch may
 * run it starts as na.
 */
export function join(
  check: Check,
  at: Place,
  node: Structure,
  branches: readonly Branch[],
  complete: boolean,
  qualifier: Qualifier,
  out: IrStatement[],
): Ir | undefined {
  const results = branches.map(({ result }) => result);
  if (
    branches.length === 0 ||
    results.some((result) => result === undefined || result.type.kind === "void")
  ) {
    for (const { block, result } of branches) {
      if (result !== undefined)
        block.statements.push({ kind: "evaluate", value: result, origin: result.origin });
    }
    return undefined;
  }
  let type: Type | undefined = results[0]!.type;
  let latest = qualifier;
  for (const result of results) {
    latest = stronger(latest, result!.qualifier);
    const next: Type | undefined =
      type === undefined ? undefined : commonType(type, result!.type, at.module.version);
    if (next === undefined) {
      const names = [...new Set(results.map((one) => typeName(one!.type)))].join(" and ");
      throw fault(
        check,
        at,
        node,
        "branch-types",
        `the branches of this \`${node.kind}\` have different types: ${names}`,
      );
    }
    type = next;
  }
  if (type!.kind === "na")
    throw fault(
      check,
      at,
      node,
      "branch-types",
      "no branch has a value other than na, so the type is unknown",
    );
  const targets = targetsFor(check, at, node, type!, latest);
  for (const target of targets) {
    const initial = complete ? undefined : naOf(at, node, target.type);
    out.push({ kind: "declare", variable: target, value: initial, before: [], origin: originOf(at, node) });
  }
  for (const { block, result } of branches) store(block.statements, targets, result!, type!);
  return readTargets(at, node, targets, type!, latest);
}

function naOf(at: Place, node: Structure, type: Type): Ir {
  return type === bool && at.module.version === 6
    ? constantIr(at, node, bool, false)
    : constantIr(at, node, type, null);
}

function targetsFor(check: Check, at: Place, node: Structure, type: Type, qualifier: Qualifier): Variable[] {
  const types = type.kind === "tuple" ? type.members : [type];
  return types.map((member) => {
    const target = declareHidden(check, at, node, member);
    target.qualifier = qualifier;
    return target;
  });
}

function store(statements: IrStatement[], targets: readonly Variable[], result: Ir, type: Type): void {
  const { origin } = result;
  if (type.kind !== "tuple") {
    statements.push({ kind: "assign", variable: targets[0]!, value: cast(result, type), origin });
  } else if (result.kind === "tuple") {
    for (const [index, variable] of targets.entries()) {
      statements.push({
        kind: "assign",
        variable,
        value: cast(result.members[index]!, variable.type),
        origin,
      });
    }
  } else statements.push({ kind: "unpack", variables: targets, declares: false, value: result, origin });
}

function readTargets(
  at: Place,
  node: Structure,
  targets: readonly Variable[],
  type: Type,
  qualifier: Qualifier,
): Ir {
  const origin = originOf(at, node);
  const reads = targets.map((variable): Ir => ({
    kind: "variable",
    variable,
    type: variable.type,
    qualifier,
    origin,
  }));
  return type.kind === "tuple" ? { kind: "tuple", members: reads, type, qualifier, origin } : reads[0]!;
}
