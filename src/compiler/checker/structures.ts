import type { Ir, IrCase, IrStatement, Variable } from "../ir.ts";
import type { Block, Expression, If, Structure, Switch } from "../syntax/ast.ts";
import { bool, int, isNumber, type Qualifier, stronger, typeName } from "../types.ts";
import { type Branch, join, lowerBlock } from "./branches.ts";
import { type Check, fault, originOf, type Place } from "./check.ts";
import { lowerFor, lowerForIn, lowerWhile } from "./loops.ts";
import { commonType, condition, described } from "./values.ts";
import { declareHidden } from "./variables.ts";

/** `if`, `switch` and the loops, as statements and as values. */

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

/** A branch that runs when a condition holds, or does not. */
function branch(check: Check, at: Place, node: Block, wanted: boolean, when: Qualifier): Branch {
  const isRare = at.isRare || when === "series";
  return lowerBlock(check, { ...at, isRare }, node, wanted);
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
