import type { ConstantValue } from "../builtins/entry.ts";
import type { Ir } from "../ir.ts";
import type { Span } from "../source.ts";
import {
  bool,
  float,
  int,
  isNumber,
  type Qualifier,
  sameType,
  type Type,
  typeName,
  unknown,
} from "../types.ts";
import { type Check, fault, originOf, type Place } from "./check.ts";

/** Casts, constants, and what types have in common. */

export function constantIr(at: Place, span: Span, type: Type, value: ConstantValue | null): Ir {
  return { kind: "constant", value, type, qualifier: "const", origin: originOf(at, span) };
}

/** Stands in for an expression that was reported as faulty. */
export function unknownIr(at: Place, span: Span): Ir {
  return { kind: "constant", value: null, type: unknown, qualifier: "const", origin: originOf(at, span) };
}

/** `series float`, as messages show it. */
export function described(ir: { readonly type: Type; readonly qualifier: Qualifier }): string {
  if (ir.type.kind === "na" || ir.type.kind === "void" || ir.type.kind === "tuple") return typeName(ir.type);
  return `${ir.qualifier} ${typeName(ir.type)}`;
}

/** Whether a value of one type may stand where another is wanted: the same, int for float, na for anything but bool. */
export function fits(have: Type, want: Type, version: 5 | 6): boolean {
  if (sameType(have, want) || have.kind === "unknown" || want.kind === "unknown") return true;
  if (have === int && want === float) return true;
  if (have.kind === "na") {
    if (want.kind === "special") return want.name !== "plot" && want.name !== "hline";
    return (want !== bool || version === 5) && want.kind !== "void" && want.kind !== "tuple";
  }
  if (version === 5 && want === bool && isNumber(have)) return true;
  if (have.kind === "tuple" && want.kind === "tuple") {
    return (
      have.members.length === want.members.length &&
      have.members.every((member, index) => fits(member, want.members[index]!, version))
    );
  }
  return false;
}

/** The value as the wanted type; `fits` said that it can be. */
export function cast(ir: Ir, want: Type): Ir {
  if (ir.kind === "constant" && ir.value === null) return { ...ir, type: want };
  if (want === bool && isNumber(ir.type)) return { ...ir, kind: "truth", operand: ir, type: bool } as Ir;
  return ir;
}

/**
 * The type that both have after int-to-float and na, or `undefined`.
 */
export function commonType(a: Type, b: Type, version: 5 | 6): Type | undefined {
  if (fits(a, b, version) && !(version === 5 && b === bool && isNumber(a)))
    return b.kind === "unknown" ? a : b;
  if (a.kind === "tuple" && b.kind === "tuple") return commonMembers(a.members, b.members, version);
  if (fits(b, a, version) && !(version === 5 && a === bool && isNumber(b))) return a;
  return undefined;
}

/** `[1, na]` and `[1.5, 2]` have `[float, int]` in common. */
function commonMembers(a: readonly Type[], b: readonly Type[], version: 5 | 6): Type | undefined {
  const members = a.map((member, at) =>
    b[at] === undefined ? undefined : commonType(member, b[at], version),
  );
  const isWhole = a.length === b.length && members.every((member) => member !== undefined);
  return isWhole ? { kind: "tuple", members: members as readonly Type[] } : undefined;
}

/** A condition: a bool, in version 5 also a number. */
export function condition(check: Check, at: Place, ir: Ir, span: Span): Ir {
  if (fits(ir.type, bool, at.module.version) && ir.type.kind !== "na") return cast(ir, bool);
  if (ir.type.kind === "na" && at.module.version === 5) return cast(ir, bool);
  throw fault(
    check,
    at,
    span,
    "not-a-condition",
    `a condition is a bool, this is ${described(ir)}`,
    isNumber(ir.type) ? "compare it, as in `x != 0`, or write `bool(x)`" : undefined,
  );
}

/** The value of a constant expression, when it is one whose value is known now. */
export function constantOf(ir: Ir): ConstantValue | undefined {
  switch (ir.kind) {
    case "constant":
      return ir.value ?? undefined;
    case "variable":
      return ir.variable.constant;
    case "negate": {
      const value = constantOf(ir.operand);
      return typeof value === "number" ? -value : undefined;
    }
    case "not": {
      const value = constantOf(ir.operand);
      return typeof value === "boolean" ? !value : undefined;
    }
    case "operation":
      return foldOperation(ir.operation, constantOf(ir.left), constantOf(ir.right));
    case "choice": {
      const chosen = constantOf(ir.condition);
      if (typeof chosen !== "boolean") return undefined;
      return constantOf(chosen ? ir.yes : ir.no);
    }
    default:
      return undefined;
  }
}

function foldOperation(
  operation: string,
  left: ConstantValue | undefined,
  right: ConstantValue | undefined,
): ConstantValue | undefined {
  if (operation === "concat" && typeof left === "string" && typeof right === "string") return left + right;
  if (typeof left !== "number" || typeof right !== "number") return undefined;
  switch (operation) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "%":
      return left % right;
    case "int/":
      return Math.trunc(left / right);
    default:
      return undefined;
  }
}
