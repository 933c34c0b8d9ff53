import { builtinsOf, membersOf } from "../builtins/registry.ts";
import { valueType } from "../builtins/signature.ts";
import type { ConstantEntry, VariableEntry } from "../builtins/entry.ts";
import { stubs } from "../builtins/stubs.ts";
import type { Ir, Variable } from "../ir.ts";
import type { Span } from "../source.ts";
import type { Expression, Member, Reference } from "../syntax/ast.ts";
import { na, type FieldType, type Type, typeName, int, float } from "../types.ts";
import { type Check, type CheckFault, fault, originOf, type Place, siteOf } from "./check.ts";
import { oldNames } from "./old-names.ts";
import { wordHint } from "../syntax/foreign.ts";
import { findType } from "./type-nodes.ts";
import { didYouMean } from "./suggest.ts";
import { constantIr, unknownIr } from "./values.ts";

/** What a name means where it stands. */

/** `a.b.c` as one text, when it is nothing but names. */
export function dottedName(node: Expression): string | undefined {
  if (node.kind === "name") return node.name;
  if (node.kind !== "member") return undefined;
  const object = dottedName(node.object);
  return object === undefined ? undefined : `${object}.${node.member.name}`;
}

/** The first name of a dotted expression. */
function headOf(node: Expression): Reference | undefined {
  let head: Expression = node;
  while (head.kind === "member") head = head.object;
  return head.kind === "name" ? head : undefined;
}

/** Whether the first name is a variable of the script, so that dots mean fields and methods. */
export function startsAtVariable(at: Place, node: Expression): boolean {
  const head = headOf(node);
  return head === undefined || at.scope.find(head.name, at.order) !== undefined;
}

/** A name on its own. */
export function lowerName(check: Check, at: Place, node: Reference): Ir {
  const variable = at.scope.find(node.name, at.order);
  if (variable !== undefined) {
    if (at.owner?.exported === true && variable.home.isGlobal && variable.qualifier !== "const") {
      throw fault(
        check,
        at,
        node,
        "library-global",
        `an exported function cannot read \`${node.name}\`, which is no constant`,
        "give it a parameter",
      );
    }
    return variableIr(at, node, variable);
  }
  if (node.name === "na") return constantIr(at, node, na, null);
  const entry = builtinsOf(at.module.version).values.get(node.name);
  if (entry !== undefined) return builtinIr(check, at, node, entry);
  if (at.module.lost.has(node.name)) return unknownIr(at, node);
  throw unknownName(check, at, node);
}

/** Reading a variable. */
export function variableIr(at: Place, span: Span, variable: Variable): Ir {
  variable.used = true;
  if (at.owner !== undefined && variable.home.isGlobal) variable.captured = true;
  return {
    kind: "variable",
    variable,
    type: variable.type,
    qualifier: variable.qualifier,
    origin: originOf(at, span),
  };
}

function builtinIr(check: Check, at: Place, span: Span, entry: VariableEntry | ConstantEntry): Ir {
  const { type, qualifier } = valueType(entry.signature);
  if (entry.kind === "constant") {
    const value = at.module.version === 5 ? (entry.value5 ?? entry.value) : entry.value;
    return constantIr(at, span, type, value);
  }
  const { emit } = entry;
  refuseOrders(check, at, span, entry.name, emit.how);
  const own = emit.how === "kernel" && emit.ownInFunctions && at.owner !== undefined ? siteOf(at) : undefined;
  if (own !== undefined && at.owner !== undefined) at.owner.stateful = true;
  noteStub(check, entry.name);
  return { kind: "builtin", name: entry.name, emit, own, type, qualifier, origin: originOf(at, span) };
}

/** Remembers the use of a built-in that cannot have its effect. */
export function noteStub(check: Check, name: string): void {
  const stub = stubs.get(name);
  if (stub !== undefined && stub.isHarmless !== true) check.stubs.add(name);
}

/** An indicator has no orders and no trades. */
export function refuseOrders(check: Check, at: Place, span: Span, name: string, how: string): void {
  if (!name.startsWith("strategy.") || how !== "context" || check.declaration?.kind !== "indicator") return;
  throw fault(
    check,
    at,
    span,
    "strategy-in-indicator",
    `\`${name}\` belongs to strategies, and this is an indicator`,
    "declare the script with strategy(...)",
  );
}

/** @param advice for a name that is nothing at all */
export function unknownName(check: Check, at: Place, node: Reference, advice?: string): CheckFault {
  const { name } = node;
  const builtins = builtinsOf(at.module.version);
  const { module } = at;
  if (module.functions.has(name) || builtins.functions.has(name)) {
    return fault(
      check,
      at,
      node,
      "function-as-value",
      `\`${name}\` is a function: call it as \`${name}(...)\``,
    );
  }
  if (module.types.has(name))
    return fault(check, at, node, "type-as-value", `\`${name}\` is a type, not a value`);
  if (builtins.namespaces.has(name) || module.imports.has(name)) {
    return fault(
      check,
      at,
      node,
      "namespace-as-value",
      `\`${name}\` is a namespace: its members are written as \`${name}.name\``,
    );
  }
  const later = module.declares.get(name);
  if (later !== undefined) {
    const { line } = module.source.position(later.start);
    return fault(
      check,
      at,
      node,
      "used-before-declaration",
      `\`${name}\` is used before its declaration on line ${line}`,
    );
  }
  const old = oldNames.get(name);
  if (old !== undefined) return oldName(check, at, node, name, old);
  const suffix = didYouMean(name, [
    ...at.scope.names(),
    ...builtins.values.keys(),
    ...builtins.namespaces,
    ...module.imports.keys(),
    ...["true", "false"],
  ]);
  // A typing error may occur twice; a declaration that is missing is missed once.
  if (suffix === "") module.lost.add(name);
  const hint = advice ?? wordHint(name);
  return fault(check, at, node, "unknown-name", `cannot find the variable \`${name}\`${suffix}`, hint);
}

/** A name of version 4 or older. */
export function oldName(check: Check, at: Place, span: Span, name: string, now: string): CheckFault {
  const shown = now.includes(" ") ? now : `\`${now}\``;
  return fault(check, at, span, "old-name", `\`${name}\` is now called ${shown}`);
}

/** `a.b`: a member of a namespace, of an enum, of a library, or a field. */
export function lowerMember(check: Check, at: Place, node: Member): Ir {
  const name = dottedName(node);
  if (name !== undefined && (!startsAtVariable(at, node) || isShadowed(at, node, name))) {
    const found = lowerDotted(check, at, node, name);
    if (found !== undefined) return found;
  }
  return lowerField(check, at, node);
}

/**
 * A variable may be called like a namespace or an enum: `color = color.red`, then `color.blue`. The member of the
 * namespace is meant unless the variable has a field of that name.
 */
function isShadowed(at: Place, node: Member, name: string): boolean {
  const head = headOf(node)!;
  const { object, member } = node;
  const variable = at.scope.find(head.name, at.order);
  if (object === head && fieldsOf(variable!.type)?.some((field) => field.name === member.name) === true)
    return false;
  if (builtinsOf(at.module.version).values.has(name)) return true;
  const own = findType(at.module, name.slice(0, name.lastIndexOf(".")));
  return own?.kind === "enum" && own.type.members.some((field) => field.name === member.name);
}

function lowerDotted(check: Check, at: Place, node: Member, name: string): Ir | undefined {
  const builtins = builtinsOf(at.module.version);
  const entry = builtins.values.get(name);
  if (entry !== undefined) return builtinIr(check, at, node, entry);
  const dot = name.lastIndexOf(".");
  const owner = name.slice(0, dot);
  const own = findType(at.module, owner);
  if (own?.kind === "enum") {
    const index = own.type.members.findIndex((member) => member.name === node.member.name);
    if (index >= 0) {
      return { kind: "enum", index, type: own.type, qualifier: "const", origin: originOf(at, node) };
    }
    throw noMember(
      check,
      at,
      node.member,
      `the enum \`${owner}\` has no field`,
      own.type.members.map((member) => member.name),
    );
  }
  const library = at.module.imports.get(owner);
  if (library !== undefined) {
    const variable = library.exported.has(node.member.name)
      ? library.globals.own(node.member.name)
      : undefined;
    if (variable !== undefined) return variableIr(at, node, variable);
    throw noMember(check, at, node.member, `the library \`${owner}\` exports no`, [...library.exported]);
  }
  if (!builtins.namespaces.has(owner) || builtins.values.has(owner)) return undefined;
  if (builtins.functions.has(name)) {
    throw fault(
      check,
      at,
      node,
      "function-as-value",
      `\`${name}\` is a function: call it as \`${name}(...)\``,
    );
  }
  throw noMember(
    check,
    at,
    node.member,
    `the namespace \`${owner}\` has no member`,
    membersOf(builtins, owner),
  );
}

/** "... has no field `hihg`; did you mean `high`?" */
export function noMember(
  check: Check,
  at: Place,
  member: Span & { readonly name: string },
  what: string,
  candidates: readonly string[],
): CheckFault {
  const written = /[\w.]+$/.exec(at.module.source.text.slice(0, member.end))?.[0] ?? "";
  const now = oldNames.get(written);
  if (now !== undefined) return oldName(check, at, member, written, now);
  const suffix = didYouMean(member.name, candidates);
  const hint =
    suffix === "" && candidates.length > 0 && candidates.length <= 12
      ? `it has: ${candidates.join(", ")}`
      : undefined;
  return fault(check, at, member, "unknown-member", `${what} \`${member.name}\`${suffix}`, hint);
}

/** Fields of `chart.point`. */
const pointFields: readonly FieldType[] = [
  { name: "index", type: int, varip: false },
  { name: "time", type: int, varip: false },
  { name: "price", type: float, varip: false },
];

/** The fields that values of a type have. */
export function fieldsOf(type: Type): readonly FieldType[] | undefined {
  if (type.kind === "object") return type.fields;
  return type.kind === "special" && type.name === "chart.point" ? pointFields : undefined;
}

/** Reading a field. */
export function lowerField(check: Check, at: Place, node: Member): Ir {
  const object = check.lower(at, node.object);
  if (object.type.kind === "unknown") return unknownIr(at, node);
  const fields = fieldsOf(object.type);
  if (fields === undefined) {
    throw fault(
      check,
      at,
      node.member,
      "no-fields",
      `${typeName(object.type)} has no fields, so there is no \`${node.member.name}\``,
    );
  }
  const field = fields.find(({ name }) => name === node.member.name);
  if (field === undefined) {
    throw noMember(
      check,
      at,
      node.member,
      `\`${typeName(object.type)}\` has no field`,
      fields.map(({ name }) => name),
    );
  }
  return { kind: "field", object, field, type: field.type, qualifier: "series", origin: originOf(at, node) };
}
