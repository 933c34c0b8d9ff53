import type { BuiltinHistory, HistoryUse, Ir, Variable } from "../ir.ts";
import type { Index } from "../syntax/ast.ts";
import { isNumber, type Type } from "../types.ts";
import { type Check, fault, originOf, type Place } from "./check.ts";
import { declareHidden } from "./variables.ts";
import { constantOf, described } from "./values.ts";

/**
 * `x[n]`. A variable's own past is read where it is kept; of any other expression a hidden variable records the value
 * at this place, so that its history counts the executions of the block it stands in.
 */
export function lowerIndex(check: Check, at: Place, node: Index): Ir {
  const offset = check.lower({ ...at }, node.offset);
  if (!isNumber(offset.type) && offset.type.kind !== "na" && offset.type.kind !== "unknown") {
    throw fault(
      check,
      at,
      node.offset,
      "bad-offset",
      `a history offset is a number, this is ${described(offset)}`,
    );
  }
  const constant = constantOf(offset);
  if (typeof constant === "number" && constant < 0) {
    throw fault(
      check,
      at,
      node.offset,
      "negative-offset",
      `a history offset is at least 0, not ${constant}`,
      "the future is not known",
    );
  }
  const object = check.lower(at, node.object);
  refuse(check, at, node, object);
  const shared = { type: object.type, qualifier: "series" as const, origin: originOf(at, node) };
  if (object.kind === "variable") {
    remember(object.variable, constant, at);
    return { kind: "past", variable: object.variable, offset, ...shared };
  }
  if (object.kind === "builtin" && object.own === undefined) {
    const of = builtinHistory(check, object.name, object.emit, object.type);
    use(of.use, constant);
    return { kind: "builtin-past", of, offset, ...shared };
  }
  const variable = declareHidden(check, at, node, object.type);
  remember(variable, constant, at);
  return { kind: "record", variable, value: object, offset, conditional: at.isConditional, ...shared };
}

function refuse(check: Check, at: Place, node: Index, object: Ir): void {
  const { type } = object;
  if (
    type.kind === "void" ||
    type.kind === "tuple" ||
    (type.kind === "special" && (type.name === "plot" || type.name === "hline"))
  ) {
    throw fault(check, at, node.object, "no-history", `${described(object)} has no history`);
  }
  if (at.module.version === 5) return;
  if (object.kind === "constant" || object.kind === "enum") {
    throw fault(check, at, node.object, "no-history", "a literal or constant has no history");
  }
  if (object.kind === "field") {
    throw fault(
      check,
      at,
      node,
      "no-history",
      "a field has no history of its own",
      `read the field of the earlier object: (object[1]).${object.field.name}`,
    );
  }
}

/** Notes that a variable's past is read. */
function remember(variable: Variable, offset: unknown, at: Place): void {
  if (variable.history.deepest < 0 && !variable.history.dynamic) variable.home.remembered.push(variable);
  use(variable.history, offset);
  if (variable.home.owner !== undefined) variable.home.owner.stateful = true;
  if (at.owner !== undefined && variable.home.owner === at.owner) at.owner.stateful = true;
}

function use(history: HistoryUse, offset: unknown): void {
  // Beyond this a ring would be no smaller than the column itself.
  if (typeof offset === "number" && offset <= 4096)
    history.deepest = Math.max(history.deepest, Math.trunc(offset));
  else history.dynamic = true;
}

function builtinHistory(
  check: Check,
  name: string,
  emit: BuiltinHistory["emit"],
  type: Type,
): BuiltinHistory {
  let history = check.histories.get(name);
  if (history === undefined) {
    history = { name, emit, type, use: { deepest: -1, dynamic: false } };
    check.histories.set(name, history);
  }
  return history;
}
