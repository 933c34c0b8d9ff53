import type { Home, Ir, IrBlock, IrCase, IrStatement, Variable } from "../ir.ts";
import type { Block, Expression, For, ForIn, If, Structure, Switch, While } from "../syntax/ast.ts";
import {
  arrayOf,
  bool,
  float,
  int,
  isNumber,
  type Qualifier,
  stronger,
  type Type,
  typeName,
  unknown,
} from "../types.ts";
import { lowerBody, reassignedNames } from "./blocks.ts";
import { type Check, complain, fault, originOf, type Place } from "./check.ts";
import { Scope } from "./scope.ts";
import { cast, commonType, condition, constantIr, constantOf, described, fits } from "./values.ts";
import { declare, declareHidden } from "./variables.ts";

/** `if`, `switch` and the loops, as statements and as values. */

/** A branch whose value has not found its variable yet. */
interface Branch {
  readonly block: IrBlock & { readonly statements: IrStatement[] };
  readonly result: Ir | undefined;
}

/** @returns the value, when it is wanted: variables that each branch assigns at its end */
export function lowerStructure(
  check: Check,
  at: Place,
  node: Structure,
  out: IrStatement[],
  wanted: boolean,
): Ir | undefined {
  switch (node.kind) {
    case "if":
      return lowerIf(check, at, node, out, wanted);
    case "switch":
      return lowerSwitch(check, at, node, out, wanted);
    case "for":
      return lowerFor(check, at, node, out, wanted);
    case "for-in":
      return lowerForIn(check, at, node, out, wanted);
    case "while":
      return lowerWhile(check, at, node, out, wanted);
  }
}

function branch(check: Check, at: Place, node: Block, wanted: boolean, when: Qualifier): Branch {
  const isRare = at.isRare || when === "series";
  return lowerBlock(check, { ...at, isRare }, node, wanted);
}

/** The body of a loop, in which `prepare` declares what the loop brings along. */
function loopBody(
  check: Check,
  at: Place,
  node: Block,
  wanted: boolean,
  prepare?: (at: Place) => void,
): Branch {
  return lowerBlock(check, { ...at, inLoop: true }, node, wanted, prepare);
}

function lowerBlock(
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

function lowerIf(check: Check, at: Place, node: If, out: IrStatement[], wanted: boolean): Ir | undefined {
  const test = condition(check, at, check.lower(at, node.condition), node.condition);
  const yes = branch(check, at, node.yes, wanted, test.qualifier);
  const otherwise = node.no === undefined ? undefined : branch(check, at, node.no, wanted, test.qualifier);
  const branches = otherwise === undefined ? [yes] : [yes, otherwise];
  const value = wanted
    ? join(check, at, node, branches, otherwise !== undefined, test.qualifier, out)
    : undefined;
  out.push({
    kind: "if",
    condition: test,
    yes: yes.block,
    no: otherwise?.block,
    origin: originOf(at, node.condition),
  });
  return value;
}

/** Compares with each case by `==`; the first match wins. */
function lowerSwitch(
  check: Check,
  at: Place,
  node: Switch,
  out: IrStatement[],
  wanted: boolean,
): Ir | undefined {
  let subject: Variable | undefined;
  let value: Ir | undefined;
  let qualifier: Qualifier = "const";
  if (node.subject !== undefined) {
    value = check.lower(at, node.subject);
    qualifier = value.qualifier;
    subject = declareHidden(check, at, node.subject, value.type);
  }
  const branches: Branch[] = [];
  const cases: IrCase[] = [];
  for (const one of node.cases) {
    const test = one.test === undefined ? undefined : caseTest(check, at, one.test, node.subject, subject);
    if (test !== undefined) qualifier = stronger(qualifier, test.qualifier);
    const body = branch(check, at, one.body, wanted, qualifier);
    branches.push(body);
    cases.push({ test, body: body.block });
  }
  const complete = node.cases.some(({ test }) => test === undefined);
  const result = wanted ? join(check, at, node, branches, complete, qualifier, out) : undefined;
  out.push({ kind: "switch", subject, value, cases, origin: originOf(at, node) });
  return result;
}

function caseTest(
  check: Check,
  at: Place,
  test: Expression,
  subject: Expression | undefined,
  hidden: Variable | undefined,
): Ir {
  if (subject === undefined || hidden === undefined) return condition(check, at, check.lower(at, test), test);
  const right = check.lower(at, test);
  const left: Ir = {
    kind: "variable",
    variable: hidden,
    type: hidden.type,
    qualifier: "series",
    origin: originOf(at, subject),
  };
  const common = commonType(left.type, right.type, at.module.version);
  const shared = { left, right, type: bool, qualifier: right.qualifier, origin: originOf(at, test) };
  if (common !== undefined && isNumber(common)) {
    const exact = left.type === int && right.type === int;
    return { kind: "operation", operation: exact ? "int==" : "==", ...shared };
  }
  if (common === bool) return { kind: "operation", operation: "bool==", ...shared };
  if (common?.kind === "fundamental" || common?.kind === "enum" || common?.kind === "unknown") {
    return { kind: "operation", operation: "same", ...shared };
  }
  throw fault(
    check,
    at,
    test,
    "case-type",
    `a case of \`switch\` on ${typeName(left.type)} cannot be ${described(right)}`,
  );
}

/**
 * Gives the branches' values a common type and a variable, which every branch assigns at its end. Where no branch may
 * run it starts as na.
 */
function join(
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

/** The value of a loop is that of its last pass. */
function loopValue(
  check: Check,
  at: Place,
  node: For | ForIn | While,
  body: Branch,
  wanted: boolean,
  out: IrStatement[],
): Ir | undefined {
  return wanted ? join(check, at, node, [body], false, "series", out) : undefined;
}

function lowerFor(check: Check, at: Place, node: For, out: IrStatement[], wanted: boolean): Ir | undefined {
  const bound = (bounded: Expression): Ir => {
    const ir = check.lower(at, bounded);
    if (fits(ir.type, float, 6)) return cast(ir, ir.type.kind === "na" ? int : ir.type);
    throw fault(check, at, bounded, "loop-bound", `a loop counts in numbers, this is ${described(ir)}`);
  };
  const from = bound(node.from);
  const moving = at.module.version === 6;
  const to = bound(node.to);
  const step = node.step === undefined ? undefined : bound(node.step);
  const constant = step === undefined ? undefined : constantOf(step);
  if (typeof constant === "number" && constant <= 0) {
    complain(
      check,
      at,
      node.step!,
      "loop-step",
      `the step of a loop is above 0, not ${constant}`,
      "the direction follows from the bounds",
    );
  }
  const type = [from, to, step].some((ir) => ir?.type === float) ? float : int;
  const isWhole = [from, step].every((ir) => ir === undefined || Number.isInteger(constantOf(ir)));
  let counter: Variable | undefined;
  const body = loopBody(check, at, node.body, wanted, (inner) => {
    counter = declare(check, inner, node.counter, { type, qualifier: "series", role: "counter", isWhole });
    counter.used = true;
  });
  const value = loopValue(check, at, node, body, wanted, out);
  out.push({
    kind: "for",
    counter: counter!,
    from,
    to,
    step,
    body: body.block,
    moving,
    origin: originOf(at, node.counter),
  });
  return value;
}

function lowerForIn(
  check: Check,
  at: Place,
  node: ForIn,
  out: IrStatement[],
  wanted: boolean,
): Ir | undefined {
  const collection = check.lower(at, node.collection);
  const { type } = collection;
  const over = type.kind === "unknown" ? "array" : type.kind;
  if (over !== "array" && over !== "matrix" && over !== "map") {
    throw fault(
      check,
      at,
      node.collection,
      "not-a-collection",
      `\`for ... in\` goes over an array, matrix or map, not over ${described(collection)}`,
    );
  }
  if (over === "map" && node.names.length === 1) {
    throw fault(
      check,
      at,
      node.names[0]!,
      "map-loop",
      "a map is gone over in pairs",
      "for [key, value] in m",
    );
  }
  const [keyType, elementType] = elementTypes(type);
  let key: Variable | undefined;
  let element: Variable | undefined;
  const body = loopBody(check, at, node.body, wanted, (inner) => {
    const counter = (name: (typeof node.names)[number], of: Type): Variable | undefined => {
      if (name.name === "_") return undefined;
      const variable = declare(check, inner, name, { type: of, qualifier: "series", role: "counter" });
      variable.used = true;
      return variable;
    };
    if (node.names.length === 2) key = counter(node.names[0]!, keyType);
    element = counter(node.names.at(-1)!, elementType);
  });
  const value = loopValue(check, at, node, body, wanted, out);
  out.push({
    kind: "for-in",
    over,
    collection,
    key,
    element,
    body: body.block,
    origin: originOf(at, node.collection),
  });
  return value;
}

function elementTypes(type: Type): readonly [Type, Type] {
  switch (type.kind) {
    case "array":
      return [int, type.of];
    case "matrix":
      return [int, arrayOf(type.of)];
    case "map":
      return [type.key, type.value];
    default:
      return [int, unknown];
  }
}

function lowerWhile(
  check: Check,
  at: Place,
  node: While,
  out: IrStatement[],
  wanted: boolean,
): Ir | undefined {
  const inner: Place = { ...at, inLoop: true };
  const test = condition(check, inner, check.lower(inner, node.condition), node.condition);
  const body = loopBody(check, at, node.body, wanted);
  const value = loopValue(check, at, node, body, wanted, out);
  out.push({ kind: "while", condition: test, body: body.block, origin: originOf(at, node.condition) });
  return value;
}
