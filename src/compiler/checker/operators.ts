import { expressionsIn } from "../ir-walk.ts";
import type { Ir, Operation } from "../ir.ts";
import type { Binary, Ternary, Unary } from "../syntax/ast.ts";
import {
  bool,
  color,
  float,
  int,
  isNumber,
  string,
  stronger,
  type Type,
  typeName,
  unknown,
} from "../types.ts";
import { type Check, each, fault, originOf, type Place } from "./check.ts";
import { cast, commonType, condition, described } from "./values.ts";

/** Operators: which types they take, and which of their meanings is meant. */

export function lowerUnary(check: Check, at: Place, node: Unary): Ir {
  const operand = check.lower(at, node.operand);
  const shared = { qualifier: operand.qualifier, origin: originOf(at, node) };
  if (node.operator === "not") {
    return { kind: "not", operand: condition(check, at, operand, node.operand), type: bool, ...shared };
  }
  const { type } = operand;
  if (!isNumber(type) && type.kind !== "na" && type.kind !== "unknown") {
    throw fault(
      check,
      at,
      node.operand,
      "bad-operand",
      `\`${node.operator}\` wants a number, this is ${described(operand)}`,
    );
  }
  return node.operator === "+"
    ? operand
    : { kind: "negate", operand, type: type.kind === "na" ? float : type, ...shared };
}

export function lowerBinary(check: Check, at: Place, node: Binary): Ir {
  if (node.operator === "and" || node.operator === "or") return lowerLogic(check, at, node, node.operator);
  const [left, right] = each([() => check.lower(at, node.left), () => check.lower(at, node.right)]) as [
    Ir,
    Ir,
  ];
  return combine(check, at, node, left, right);
}

/** The operation on two values that are known; `and` and `or` are apart, since they may stop after the first. */
export function combine(check: Check, at: Place, node: Binary, left: Ir, right: Ir): Ir {
  const isComparison = !"+-*/%".includes(node.operator);
  if (isComparison) {
    for (const side of [left, right]) {
      if (side.kind !== "constant" || side.value !== null || side.type.kind !== "na") continue;
      check.diagnostics.warn(
        at.module.source,
        node,
        "comparison-with-na",
        "a comparison with `na` is always false",
        "write `na(x)` to test whether x has no value",
      );
    }
  }
  const operation = isComparison
    ? comparison(node.operator, left.type, right.type, at.module.version)
    : arithmetic(node.operator, left, right, at.module.version);
  if (operation === undefined) {
    throw fault(
      check,
      at,
      node,
      "bad-operand",
      `\`${node.operator}\` does not take ${described(left)} and ${described(right)}`,
      operandHint(node, left.type, right.type),
    );
  }
  const qualifier = stronger(left.qualifier, right.qualifier);
  const origin = originOf(at, node);
  if (isComparison) {
    // Version 5 makes a bool of the number beside one: `rising == 1`.
    const asBool = operation.startsWith("bool");
    const sides = asBool ? { left: cast(left, bool), right: cast(right, bool) } : { left, right };
    return { kind: "operation", operation, ...sides, type: bool, qualifier, origin };
  }
  const type = arithmeticType(node.operator, left, right, at.module.version);
  return { kind: "operation", operation, left, right, type, qualifier, origin };
}

/** v6 stops as soon as the result is known; v5 evaluates both sides, which matters when the right one has state. */
function lowerLogic(check: Check, at: Place, node: Binary, operator: "and" | "or"): Ir {
  const lazy = at.module.version === 6;
  const rightPlace = lazy ? { ...at, isConditional: true } : at;
  const [left, right] = each([
    () => condition(check, at, check.lower(at, node.left), node.left),
    () => condition(check, at, check.lower(rightPlace, node.right), node.right),
  ]) as [Ir, Ir];
  const operation: Operation = lazy ? operator : `eager-${operator}`;
  const qualifier = stronger(left.qualifier, right.qualifier);
  return { kind: "operation", operation, left, right, type: bool, qualifier, origin: originOf(at, node) };
}

function operandHint(node: Binary, left: Type, right: Type): string | undefined {
  if (node.operator === "+" && (left === string || right === string))
    return "str.tostring(x) makes a string of a value";
  if (left === bool && isNumber(right) && node.left.kind === "binary") {
    return "comparisons do not chain: write `a < b and b < c`";
  }
  return undefined;
}

const numeric = (type: Type): boolean => isNumber(type) || type.kind === "na" || type.kind === "unknown";

function arithmetic(operator: string, left: Ir, right: Ir, version: 5 | 6): Operation | undefined {
  const isText = (type: Type): boolean => type === string || type.kind === "na" || type.kind === "unknown";
  if (operator === "+" && (left.type === string || right.type === string)) {
    return isText(left.type) && isText(right.type) ? "concat" : undefined;
  }
  if (!numeric(left.type) || !numeric(right.type)) return undefined;
  const bothInt = left.type === int && right.type === int;
  if (operator === "/" && version === 5 && bothInt && isConstant(left) && isConstant(right)) return "int/";
  return operator as Operation;
}

/**
 * Whether a quotient with this is one of constants. A parameter is none, whatever is passed, nor is what becomes of it:
 * `ema(source, length) => ... 2 / (length + 1)` may be called with a literal. A variable that changes is none either.
 */
function isConstant(ir: Ir): boolean {
  if (ir.qualifier !== "const") return false;
  for (const part of expressionsIn(ir)) {
    if (part.kind === "user-call") return false;
    if (part.kind !== "variable") continue;
    const { role, reassigned, constant } = part.variable;
    if (role === "parameter" || reassigned || constant === undefined) return false;
  }
  return true;
}

/**
 * The quotient of two ints keeps its fraction. It is a float when both are constants (version 6); otherwise its type
 * stays int, and whoever wants an int truncates it.
 */
function arithmeticType(operator: string, left: Ir, right: Ir, version: 5 | 6): Type {
  if (left.type === string || right.type === string) return string;
  if (left.type.kind === "unknown" || right.type.kind === "unknown") return unknown;
  const bothInt =
    (left.type === int || left.type.kind === "na") && (right.type === int || right.type.kind === "na");
  if (left.type.kind === "na" && right.type.kind === "na") return float;
  if (!bothInt) return float;
  const isFloat = operator === "/" && version === 6 && isConstant(left) && isConstant(right);
  return isFloat ? float : int;
}

function isBoolAndNumber(one: Type, other: Type): boolean {
  return (one === bool && isNumber(other)) || (other === bool && isNumber(one));
}

function comparison(operator: string, left: Type, right: Type, version: 5 | 6): Operation | undefined {
  if (numeric(left) && numeric(right)) {
    const exact = left === int && right === int;
    return (exact ? `int${operator}` : operator) as Operation;
  }
  if (operator !== "==" && operator !== "!=") return undefined;
  if (version === 5 && isBoolAndNumber(left, right)) return `bool${operator}`;
  const common = commonType(left, right, version);
  if (common === undefined) return undefined;
  if (common === bool) return `bool${operator}`;
  if (common === color) return `int${operator}`;
  // Drawings are told apart by their ids: `if id != lastLine`. Objects and collections are not comparable.
  if (common === string || common.kind === "enum" || common.kind === "special")
    return operator === "==" ? "same" : "not-same";
  return undefined;
}

/** `?:` evaluates one branch; both have one type after int-to-float and na. */
export function lowerTernary(check: Check, at: Place, node: Ternary): Ir {
  let inner: Place = { ...at, isConditional: true };
  const [test, yes, no] = each([
    () => {
      const asked = condition(check, at, check.lower(at, node.condition), node.condition);
      inner = { ...inner, isRare: at.isRare || asked.qualifier === "series" };
      return asked;
    },
    () => check.lower(inner, node.yes),
    () => check.lower(inner, node.no),
  ]) as [Ir, Ir, Ir];
  // Version 5 makes a bool of a number beside one.
  const isBool = at.module.version === 5 && isBoolAndNumber(yes.type, no.type);
  const type = isBool ? bool : commonType(yes.type, no.type, at.module.version);
  if (type === undefined || type.kind === "void" || type.kind === "na") {
    const what =
      type === undefined ? `differ: ${typeName(yes.type)} and ${typeName(no.type)}` : "have no value";
    throw fault(check, at, node, "branch-types", `the two values of \`?:\` ${what}`);
  }
  const qualifier = stronger(test.qualifier, stronger(yes.qualifier, no.qualifier));
  return {
    kind: "choice",
    condition: test,
    yes: cast(yes, type),
    no: cast(no, type),
    type,
    qualifier,
    origin: originOf(at, node),
  };
}
