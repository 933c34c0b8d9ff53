import type { Ir, IrStatement, Variable } from "../ir.ts";
import type { Assignment, Binary, Expression } from "../syntax/ast.ts";
import { typeName } from "../types.ts";
import { builtinsOf } from "../builtins/registry.ts";
import { isStructure } from "../syntax/structure.ts";
import { type Check, fault, originOf, type Place } from "./check.ts";
import { fieldsOf, noMember, unknownName } from "./names.ts";
import { combine } from "./operators.ts";
import { cast, described, fits } from "./values.ts";

/** `:=` and the compound operators, on variables and on fields. */

/** The right side of `=` or `:=`; a structure puts its statements into `out`. */
export function lowerValue(check: Check, at: Place, node: Expression, out: IrStatement[]): Ir {
  const value = isStructure(node) ? check.structure(at, node, out, true) : check.lower(at, node);
  if (value === undefined || value.type.kind === "void") {
    throw fault(check, at, node, "void-value", "this has no value that could be assigned");
  }
  return value;
}

const assignmentHint = "`x = 1` declares a variable, `x := 2` changes one that has been declared";

export function lowerAssignment(check: Check, at: Place, node: Assignment, out: IrStatement[]): void {
  if (node.target.kind === "member") {
    lowerFieldAssignment(check, at, node, node.target, out);
    return;
  }
  if (node.target.kind !== "name") return;
  const { name } = node.target;
  const variable = at.scope.find(name, at.order);
  if (variable === undefined) {
    if (!builtinsOf(at.module.version).values.has(name)) {
      const error = unknownName(check, at, node.target, assignmentHint);
      at.module.lost.add(name);
      throw error;
    }
    throw fault(check, at, node.target, "not-assignable", `the built-in \`${name}\` cannot be assigned`);
  }
  refuseAssignment(check, at, node.target, variable);
  const value = assignedValue(check, at, node, out);
  if (!fits(value.type, variable.type, at.module.version)) {
    const hint =
      variable.type.kind === "fundamental" &&
      variable.type.name === "int" &&
      value.type.kind === "fundamental" &&
      value.type.name === "float"
        ? `a variable keeps the type of its first value: declare it as float ${name} = ...`
        : undefined;
    throw fault(
      check,
      at,
      node.value,
      "assignment-type",
      `\`${name}\` is ${typeName(variable.type)}, this is ${described(value)}`,
      hint,
    );
  }
  out.push({ kind: "assign", variable, value: cast(value, variable.type), origin: originOf(at, node) });
}

/** `x += e` is `x := x + e`. */
function assignedValue(check: Check, at: Place, node: Assignment, out: IrStatement[]): Ir {
  if (node.operator === ":=") return lowerValue(check, at, node.value, out);
  const sum: Binary = {
    kind: "binary",
    operator: node.operator.slice(0, 1) as "+" | "-" | "*" | "/" | "%",
    left: node.target,
    right: node.value,
    start: node.start,
    end: node.end,
  };
  if (!isStructure(node.value)) return check.lower(at, sum);
  const left = check.lower(at, node.target);
  return combine(check, at, sum, left, lowerValue(check, at, node.value, out));
}

function refuseAssignment(check: Check, at: Place, target: Expression, variable: Variable): void {
  const what =
    variable.role === "parameter"
      ? "a parameter"
      : variable.role === "counter"
        ? "a loop variable"
        : variable.frozen
          ? "a constant"
          : at.owner !== undefined && variable.home.isGlobal
            ? "a global variable, which a function cannot assign"
            : undefined;
  if (what === undefined) return;
  const hint =
    variable.role === "parameter"
      ? "declare a variable of your own: `x = parameter`"
      : at.owner !== undefined && variable.home.isGlobal && !variable.frozen
        ? "return the value, or keep it in a field of an object"
        : undefined;
  throw fault(check, at, target, "not-assignable", `\`${variable.name}\` is ${what}`, hint);
}

function lowerFieldAssignment(
  check: Check,
  at: Place,
  node: Assignment,
  target: Expression & { readonly kind: "member" },
  out: IrStatement[],
): void {
  const object = check.lower(at, target.object);
  if (object.type.kind === "unknown") {
    assignedValue(check, at, node, out);
    return;
  }
  const fields = fieldsOf(object.type);
  const field = fields?.find(({ name }) => name === target.member.name);
  if (field === undefined) {
    throw noMember(
      check,
      at,
      target.member,
      `\`${typeName(object.type)}\` has no field`,
      (fields ?? []).map(({ name }) => name),
    );
  }
  const value = assignedValue(check, at, node, out);
  if (!fits(value.type, field.type, at.module.version)) {
    throw fault(
      check,
      at,
      node.value,
      "assignment-type",
      `the field \`${field.name}\` is ${typeName(field.type)}, this is ${described(value)}`,
    );
  }
  out.push({ kind: "set-field", object, field, value: cast(value, field.type), origin: originOf(at, node) });
}
