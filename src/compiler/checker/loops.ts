import type { Ir, IrStatement, Variable } from "../ir.ts";
import type { Block, Expression, For, ForIn, While } from "../syntax/ast.ts";
import { arrayOf, float, int, type Type, unknown } from "../types.ts";
import { type Branch, join, lowerBlock } from "./branches.ts";
import { type Check, complain, fault, originOf, type Place } from "./check.ts";
import { cast, condition, constantOf, described, fits } from "./values.ts";
import { declare } from "./variables.ts";

/** `for`, `for ... in` and `while`. */

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

export function lowerFor(
  check: Check,
  at: Place,
  node: For,
  out: IrStatement[],
  wanted: boolean,
): Ir | undefined {
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

export function lowerForIn(
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

export function lowerWhile(
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
