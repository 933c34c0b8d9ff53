import type { Ir } from "../ir.ts";
import type { Expression } from "../syntax/ast.ts";
import { bool, color, float, int, type Qualifier, string, stronger, type Type } from "../types.ts";
import { lowerCall } from "./calls.ts";
import { type Check, each, fault, originOf, type Place } from "./check.ts";
import { lowerIndex } from "./history.ts";
import { lowerMember, lowerName } from "./names.ts";
import { lowerBinary, lowerTernary, lowerUnary } from "./operators.ts";
import { constantIr } from "./values.ts";

/** Checks an expression of any kind. @throws CheckFault, once it has been reported */
export function lowerExpression(check: Check, at: Place, node: Expression): Ir {
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
