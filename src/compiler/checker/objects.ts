import type { Ir } from "../ir.ts";
import type { Call, Expression, EnumDeclaration, TypeDeclaration } from "../syntax/ast.ts";
import { bool, type EnumType, type FieldType, type ObjectType, typeName } from "../types.ts";
import { bind } from "./arguments.ts";
import { type Check, complain, fault, originOf, type Place } from "./check.ts";
import type { Given } from "./given.ts";
import type { TypeSymbol } from "./scope.ts";
import { resolveType } from "./type-nodes.ts";
import { cast, constantIr, described, fits } from "./values.ts";

/** User-defined types and enums. */

type ObjectSymbol = TypeSymbol & { readonly kind: "object" };

/** Makes a type known by name; its fields follow in `defineFields`, since a type may hold those declared later. */
export function announceType(check: Check, at: Place, node: TypeDeclaration): void {
  refuseTaken(check, at, node);
  const type: ObjectType = { kind: "object", name: node.name.name, fields: [], exported: node.exported };
  check.objects.push(type);
  at.module.types.set(type.name, { kind: "object", type, defaults: new Map(), module: at.module });
  if (node.exported) at.module.exported.add(type.name);
}

export function announceEnum(check: Check, at: Place, node: EnumDeclaration): void {
  refuseTaken(check, at, node);
  const seen = new Set<string>();
  for (const { name } of node.members) {
    if (seen.has(name.name))
      complain(check, at, name, "declared-twice", `the field \`${name.name}\` occurs twice`);
    seen.add(name.name);
  }
  const members = node.members.map(({ name, title }) => ({ name: name.name, title: title ?? name.name }));
  const type: EnumType = { kind: "enum", name: node.name.name, members, exported: node.exported };
  check.enums.push(type);
  at.module.types.set(type.name, { kind: "enum", type });
  if (node.exported) at.module.exported.add(type.name);
}

function refuseTaken(check: Check, at: Place, node: TypeDeclaration | EnumDeclaration): void {
  if (at.module.types.has(node.name.name)) {
    complain(check, at, node.name, "declared-twice", `there is already a type \`${node.name.name}\``);
  }
}

/** Fills in the fields of a type. */
export function defineFields(check: Check, at: Place, node: TypeDeclaration): void {
  const symbol = at.module.types.get(node.name.name);
  if (symbol?.kind !== "object") return;
  const fields: FieldType[] = [];
  for (const field of node.fields) {
    const { name } = field.name;
    if (fields.some((other) => other.name === name)) {
      complain(check, at, field.name, "declared-twice", `the field \`${name}\` occurs twice`);
      continue;
    }
    const type = resolveType(check, at, field.type);
    fields.push({ name, type, varip: field.varip });
    if (field.default !== undefined) checkDefault(check, at, symbol, fields.at(-1)!, field.default);
  }
  symbol.type.fields = fields;
}

/** A default is a literal, a built-in variable or a constant; it is evaluated whenever an object is made. */
function checkDefault(
  check: Check,
  at: Place,
  symbol: ObjectSymbol,
  field: FieldType,
  node: Expression,
): void {
  if (node.kind === "call") {
    complain(
      check,
      at,
      node,
      "field-default",
      "the default of a field is a literal or the name of a built-in, not a call",
    );
    return;
  }
  const value = check.lower(at, node);
  if (!fits(value.type, field.type, at.module.version)) {
    complain(
      check,
      at,
      node,
      "field-default",
      `the field \`${field.name}\` is ${typeName(field.type)}, this is ${described(value)}`,
    );
    return;
  }
  symbol.defaults.set(field.name, node);
}

/** `T.new(...)`: the fields in order or by name. */
export function callNew(
  check: Check,
  at: Place,
  node: Call,
  symbol: ObjectSymbol,
  given: readonly Given[],
): Ir {
  const { type } = symbol;
  const signature = {
    entry: {
      kind: "function" as const,
      name: `${type.name}.new`,
      signature: "",
      emit: { how: "inline" as const, template: "" },
      doc: "",
    },
    typeParameters: [],
    parameters: type.fields.map((field) => ({
      name: field.name,
      type: field.type,
      qualifier: "series" as const,
      default: undefined,
      optional: true,
      variadic: false,
    })),
    result: { type, qualifier: "series" as const },
  };
  const outcome = bind(at, signature, given, [], node);
  if (!("cost" in outcome)) throw fault(check, at, outcome.span, outcome.code, outcome.message, outcome.hint);
  const args = type.fields.map(
    (field, index) => outcome.args[index] ?? defaultOf(check, at, symbol, field, node),
  );
  return { kind: "new", object: type, args, type, qualifier: "series", origin: originOf(at, node) };
}

function defaultOf(check: Check, at: Place, symbol: ObjectSymbol, field: FieldType, node: Call): Ir {
  const given = symbol.defaults.get(field.name);
  if (given !== undefined) {
    const there: Place = { ...at, module: symbol.module, scope: symbol.module.globals };
    return cast(check.lower(there, given), field.type);
  }
  return field.type === bool && at.module.version === 6
    ? constantIr(at, node, bool, false)
    : constantIr(at, node, field.type, null);
}

/** `T.copy(x)`: one level. */
export function callCopy(check: Check, at: Place, node: Call, given: readonly Given[]): Ir {
  const [first] = given;
  if (first === undefined || given.length > 1 || first.value.type.kind !== "object") {
    throw fault(check, at, node, "argument-type", "`copy` wants one object");
  }
  return {
    kind: "copy",
    operand: first.value,
    type: first.value.type,
    qualifier: "series",
    origin: originOf(at, node),
  };
}
