import type { Ir, Operation } from "../ir.ts";
import { builtinJs, callJs, userCallJs } from "./calls.ts";
import { type Gen, naJs, nameOf, type Unit } from "./gen.ts";
import { builtinPastJs, pastJs, recordJs } from "./history.ts";
import { at, type Js, level, numberJs, plain, primary } from "./js.ts";

/** Expressions. */

export function expressionJs(gen: Gen, unit: Unit, ir: Ir): Js {
  const inner = (other: Ir): Js => gen.expression(unit, other);
  switch (ir.kind) {
    case "constant":
      return constantJs(gen, ir);
    case "variable": {
      const alias = gen.aliases.get(ir.variable);
      if (alias === undefined) return primary(nameOf(gen, ir.variable));
      if (ir.type.kind === "special") return primary(alias);
      unit.usesIndex = true;
      return primary(`${alias}[i]`);
    }
    case "builtin":
      return builtinJs(gen, unit, ir);
    case "past":
      return pastJs(gen, unit, ir);
    case "builtin-past":
      return builtinPastJs(gen, unit, ir);
    case "record":
      return recordJs(gen, unit, ir);
    case "negate": {
      const text = at(level.unary, inner(ir.operand));
      return { text: text.startsWith("-") ? `-(${text})` : `-${text}`, level: level.unary };
    }
    case "not":
      return { text: `!${at(level.unary, inner(ir.operand))}`, level: level.unary };
    case "operation":
      return operationJs(gen, unit, ir);
    case "choice":
      return {
        text: `${at(level.or, inner(ir.condition))} ? ${plain(inner(ir.yes))} : ${plain(inner(ir.no))}`,
        level: level.conditional,
      };
    case "call":
      return callJs(gen, unit, ir);
    case "user-call":
      return userCallJs(gen, unit, ir);
    case "new":
      return primary(
        `new ${gen.objects.get(ir.object)}(${ir.args.map((arg) => plain(inner(arg))).join(", ")})`,
      );
    case "copy":
      return primary(`${at(level.primary, inner(ir.operand))}.copy()`);
    case "field":
      return primary(`${at(level.primary, inner(ir.object))}.${ir.field.name}`);
    case "enum": {
      if (ir.type.kind !== "enum") throw new Error("an enum's field has an enum's type");
      return primary(`${gen.enums.get(ir.type)}.${ir.type.members[ir.index]!.name}`);
    }
    case "tuple":
      return primary(`[${ir.members.map((member) => plain(inner(member))).join(", ")}]`);
    case "truth":
      gen.imports.add("truth");
      return primary(`truth(${plain(inner(ir.operand))})`);
  }
}

function constantJs(gen: Gen, ir: Ir & { readonly kind: "constant" }): Js {
  const { value, type } = ir;
  if (value === null) {
    const isBool = type.kind === "fundamental" && type.name === "bool";
    return primary(isBool && gen.program.version === 5 ? "null" : naJs(gen, type));
  }
  if (typeof value !== "number") return primary(JSON.stringify(value));
  const isColor = type.kind === "fundamental" && type.name === "color";
  return isColor ? primary(`0x${value.toString(16).padStart(8, "0")}`) : numberJs(value);
}

/** Functions of `pynecore/pine` for the operators that JavaScript writes in no short way. */
const helpers: Readonly<Partial<Record<Operation, string>>> = {
  "<=": "le",
  ">=": "ge",
  "==": "eq",
  "!=": "ne",
  "int!=": "ne",
  same: "same",
  "not-same": "notSame",
  "eager-and": "both",
  "eager-or": "either",
  concat: "concat",
};

const operators: Readonly<Partial<Record<Operation, readonly [text: string, level: number]>>> = {
  "+": ["+", level.sum],
  "-": ["-", level.sum],
  "*": ["*", level.product],
  "/": ["/", level.product],
  "%": ["%", level.product],
  "int<": ["<", level.compare],
  "int<=": ["<=", level.compare],
  "int>": [">", level.compare],
  "int>=": [">=", level.compare],
  "int==": ["===", level.equal],
  "bool==": ["===", level.equal],
  "bool!=": ["!==", level.equal],
  and: ["&&", level.and],
  or: ["||", level.or],
};

function operationJs(gen: Gen, unit: Unit, ir: Ir & { readonly kind: "operation" }): Js {
  const left = gen.expression(unit, ir.left);
  const right = gen.expression(unit, ir.right);
  const { operation } = ir;
  // Tolerant: a < b means that b is greater by more than 1e-10.
  if (operation === "<" || operation === ">") {
    const [less, more] = operation === "<" ? [left, right] : [right, left];
    return { text: `${at(level.sum, more)} - ${at(level.product, less)} > 1e-10`, level: level.compare };
  }
  if (operation === "int/")
    return primary(`Math.trunc(${at(level.product, left)} / ${at(level.unary, right)})`);
  if (operation === "same" && (isPresent(ir.left) || isPresent(ir.right)))
    return binary(left, "===", level.equal, right);
  if (operation === "concat" && isPresent(ir.left) && isPresent(ir.right))
    return binary(left, "+", level.sum, right);
  if (operation === "eager-and" && !hasState(ir.right)) return binary(left, "&&", level.and, right);
  if (operation === "eager-or" && !hasState(ir.right)) return binary(left, "||", level.or, right);
  const helper = helpers[operation];
  if (helper !== undefined) {
    gen.imports.add(helper);
    return primary(`${helper}(${plain(left)}, ${plain(right)})`);
  }
  const [text, own] = operators[operation]!;
  return binary(left, text, own, right);
}

function binary(left: Js, operator: string, own: number, right: Js): Js {
  const second = at(own + 1, right);
  return {
    text: `${at(own, left)} ${operator} ${second.startsWith("-") && operator === "-" ? `(${second})` : second}`,
    level: own,
  };
}

/** A text or enum field that is certainly not na. */
function isPresent(ir: Ir): boolean {
  if (ir.kind === "constant") return ir.value !== null;
  if (ir.kind === "enum") return true;
  if (ir.kind === "operation") return ir.operation === "concat" && isPresent(ir.left) && isPresent(ir.right);
  return ir.kind === "call" && /^str\.(tostring|format)$/.test(ir.name);
}

/** Whether evaluating an expression changes anything. */
function hasState(ir: Ir): boolean {
  switch (ir.kind) {
    case "constant":
    case "variable":
    case "builtin":
    case "builtin-past":
    case "past":
    case "enum":
      return false;
    case "negate":
    case "not":
    case "truth":
      return hasState(ir.operand);
    case "operation":
      return hasState(ir.left) || hasState(ir.right);
    case "field":
      return hasState(ir.object);
    case "call":
      return ir.emit.how !== "inline" || ir.args.some((arg) => arg !== undefined && hasState(arg));
    default:
      return true;
  }
}
