import { builtinsOf, membersOf } from "../builtins/registry.ts";
import type { FunctionEntry } from "../builtins/entry.ts";
import { signatureOf } from "../builtins/signature.ts";
import type { Ir } from "../ir.ts";
import type { Span } from "../source.ts";
import type { Argument, Call, Member } from "../syntax/ast.ts";
import { isCollection, type Type, typeName } from "../types.ts";
import { bind } from "./arguments.ts";
import { Bindings, unify } from "./unify.ts";
import { callBuiltin } from "./builtin-calls.ts";
import { type Check, CheckFault, each, fault, type Place } from "./check.ts";
import { declareScript } from "./declaration.ts";
import type { Given } from "./given.ts";
import { dottedName, noMember, oldName, startsAtVariable } from "./names.ts";
import { callCopy, callNew } from "./objects.ts";
import { oldNames } from "./old-names.ts";
import { findType, resolveType } from "./type-nodes.ts";
import { wordHint } from "../syntax/foreign.ts";
import { didYouMean } from "./suggest.ts";
import { unknownIr } from "./values.ts";
import { counted } from "../../kernel/counted.ts";

/** Calls: what is being called, and with what. */

/** Namespaces whose functions are methods of their first argument. */
const methodNamespaces: ReadonlySet<string> = new Set(
  "array matrix map line label box table linefill polyline chart.point footprint volume_row".split(" "),
);

export function lowerCall(check: Check, at: Place, node: Call): Ir {
  const { callee } = node;
  if (callee.kind === "name" || !startsAtVariable(at, callee)) {
    const name = dottedName(callee);
    if (name !== undefined) {
      const found = callNamed(check, at, node, name);
      if (found !== undefined) return found;
    }
  }
  if (callee.kind === "member") {
    return callShadowed(check, at, node, callee) ?? callMethod(check, at, node, callee, undefined);
  }
  throw fault(check, at, callee, "not-a-function", "only functions can be called");
}

/**
 * A variable may be called like a namespace or a type: `label = label.new(...)`, then `label.set_text(label, "x")`. The
 * function is meant where its arguments fit, the method of the variable everywhere else.
 */
function callShadowed(check: Check, at: Place, node: Call, callee: Member): Ir | undefined {
  const name = dottedName(callee);
  if (name === undefined) return undefined;
  const { module } = at;
  const overloads = builtinsOf(module.version).functions.get(name);
  if (overloads !== undefined) {
    const given = giveAll(check, at, node.args, name);
    const types = node.typeArguments.map((type) => resolveType(check, at, type));
    return overloads.some((entry) => "cost" in bind(at, signatureOf(entry), given, types, node))
      ? callBuiltin(check, at, callee, node, overloads, given, types)
      : callMethod(check, at, node, callee, given);
  }
  const type = callee.object.kind === "name" ? findType(module, callee.object.name) : undefined;
  if (type?.kind !== "object" || callee.member.name !== "new") return undefined;
  return callNew(check, at, node, type, giveAll(check, at, node.args, name));
}

/** A call by name: of a built-in, a user function, `Type.new`, or a library's function. */
function callNamed(check: Check, at: Place, node: Call, name: string): Ir | undefined {
  const { module } = at;
  if (name === "indicator" || name === "strategy" || name === "library")
    return declareScript(check, at, node, name);
  if (module.functions.has(name))
    return check.callUser(at, node, name, module, giveAll(check, at, node.args, name), undefined);
  const overloads = builtinsOf(module.version).functions.get(name);
  if (overloads !== undefined) {
    const given = giveAll(check, at, node.args, name);
    const types = node.typeArguments.map((type) => resolveType(check, at, type));
    refuseTypes(check, at, node, name, types, overloads);
    const call = callBuiltin(check, at, node.callee, node, overloads, given, types);
    if (types.length === 0 && isOpen(call.type)) {
      const message = `\`${name}\` does not say what it holds`;
      throw fault(check, at, node.callee, "bad-type", message, `write ${name}<${exampleOf(name)}>(...)`);
    }
    return call;
  }
  const dot = name.lastIndexOf(".");
  if (dot < 0) {
    const error = unknownFunction(check, at, node.callee, name);
    lowerForFaults(check, at, node.args);
    if (error !== undefined) throw error;
    return unknownIr(at, node);
  }
  const owner = name.slice(0, dot);
  const member = name.slice(dot + 1);
  const type = findType(module, owner);
  if (type?.kind === "object" && member === "new")
    return callNew(check, at, node, type, giveAll(check, at, node.args, name));
  if (type?.kind === "object" && member === "copy")
    return callCopy(check, at, node, giveAll(check, at, node.args, name));
  const library = module.imports.get(owner);
  const { callee } = node;
  if (library !== undefined && callee.kind === "member") {
    if (library.functions.has(member) && library.exported.has(member)) {
      return check.callUser(at, node, member, library, giveAll(check, at, node.args, name), undefined);
    }
    throw noMember(check, at, callee.member, `the library \`${owner}\` exports no function`, [
      ...library.exported,
    ]);
  }
  const builtins = builtinsOf(module.version);
  if (!builtins.namespaces.has(owner) || builtins.values.has(owner) || callee.kind !== "member")
    return undefined;
  // `label.all.size()` and `close.half()`: the namespace is also, or begins with, a value.
  lowerForFaults(check, at, node.args);
  throw noMember(
    check,
    at,
    callee.member,
    `the namespace \`${owner}\` has no function`,
    membersOf(builtins, owner),
  );
}

const exampleOf = (name: string): string => (name === "map.new" ? "string, float" : "float");

/** A collection of which nothing tells the type. */
function isOpen(type: Type): boolean {
  if (type.kind === "map") return type.key.kind === "parameter" || type.value.kind === "parameter";
  return (type.kind === "array" || type.kind === "matrix") && type.of.kind === "parameter";
}

function refuseTypes(
  check: Check,
  at: Place,
  node: Call,
  name: string,
  types: readonly Type[],
  overloads: readonly FunctionEntry[],
): void {
  const wanted = Math.max(...overloads.map((entry) => signatureOf(entry).typeParameters.length));
  if (types.length > 0 && types.length !== wanted) {
    const message =
      wanted === 0
        ? `\`${name}\` takes no type arguments`
        : `\`${name}\` wants ${counted(wanted, "type argument")}, not ${types.length}`;
    throw fault(check, at, node.typeArguments[0]!, "bad-type", message);
  }
  const nested = types.findIndex(isCollection);
  if (nested < 0 || !/^(array|matrix|map)\.new$/.test(name)) return;
  throw fault(
    check,
    at,
    node.typeArguments[nested]!,
    "nested-collection",
    `a collection cannot hold ${typeName(types[nested]!)}`,
    "put the inner collection into a field of a type of your own",
  );
}

/** The arguments of something unknown may be unknown as well. */
function lowerForFaults(check: Check, at: Place, args: readonly Argument[]): void {
  for (const { value } of args) {
    try {
      check.lower(at, value);
    } catch (error) {
      if (!(error instanceof CheckFault)) throw error;
    }
  }
}

/** @returns nothing where enough has been said */
function unknownFunction(check: Check, at: Place, span: Span, name: string): CheckFault | undefined {
  const { module } = at;
  if (module.lost.has(name)) return undefined;
  const later = module.functionsAt.get(name);
  if (later !== undefined) {
    const { line } = module.source.position(later.start);
    const message = `\`${name}\` is used before its declaration on line ${line}`;
    return fault(
      check,
      at,
      span,
      "used-before-declaration",
      message,
      "functions stand above their first use",
    );
  }
  const old = oldNames.get(name);
  if (old !== undefined) return oldName(check, at, span, name, old);
  const builtins = builtinsOf(module.version);
  if (at.scope.find(name, at.order) !== undefined || builtins.values.has(name)) {
    return fault(check, at, span, "not-a-function", `\`${name}\` is a variable, not a function`);
  }
  const suffix = didYouMean(name, [...module.functions.keys(), ...builtins.functions.keys()]);
  if (suffix === "") module.lost.add(name);
  const message = `cannot find the function \`${name}\`${suffix}`;
  return fault(check, at, span, "unknown-function", message, wordHint(name));
}

/**
 * `x.f(...)`: a user method, or a built-in function of the receiver's type.
 *
 * @param before the arguments, when they have been checked already
 */
function callMethod(
  check: Check,
  at: Place,
  node: Call,
  callee: Member,
  before: readonly Given[] | undefined,
): Ir {
  const name = callee.member.name;
  const receiver = check.lower(at, callee.object);
  const given = before ?? giveAll(check, at, node.args, name);
  if (receiver.type.kind === "unknown") return unknownIr(at, node);
  const modules = [at.module, ...at.module.imports.values()].filter(
    (module) =>
      (module === at.module || module.exported.has(name)) &&
      module.functions.get(name)?.some(({ declaration }) => declaration.method) === true,
  );
  const own = modules.find((module) => check.hasMethod(at, module, name, receiver));
  if (own !== undefined) return check.callUser(at, node, name, own, given, receiver);
  const first: Given = { argument: undefined, name: undefined, value: receiver, span: callee.object };
  if (receiver.type.kind === "object" && name === "copy") return callCopy(check, at, node, [first]);
  const namespace = namespaceOf(receiver.type);
  const builtins = builtinsOf(at.module.version);
  const overloads = builtins.functions
    .get(`${namespace}.${name}`)
    ?.filter((entry) => takes(entry, receiver, at));
  if (namespace === undefined || overloads === undefined || overloads.length === 0) {
    // Says which receiver it wants.
    if (modules[0] !== undefined) return check.callUser(at, node, name, modules[0], given, receiver);
    const candidates = namespace === undefined ? [] : membersOf(builtins, namespace);
    throw noMember(check, at, callee.member, `\`${typeName(receiver.type)}\` has no method`, candidates);
  }
  return callBuiltin(check, at, callee.member, node, overloads, [first, ...given], []);
}

function namespaceOf(type: Type): string | undefined {
  const name =
    type.kind === "array" || type.kind === "matrix" || type.kind === "map" ? type.kind : typeName(type);
  return methodNamespaces.has(name) ? name : undefined;
}

function takes(entry: FunctionEntry, receiver: Ir, at: Place): boolean {
  const first = signatureOf(entry).parameters[0];
  return (
    first !== undefined && unify(first.type, receiver.type, new Bindings(), at.module.version) !== undefined
  );
}

/** Checks the values of arguments; positional ones come before named ones. */
export function giveAll(check: Check, at: Place, args: readonly Argument[], callee: string): Given[] {
  let named = false;
  const one = (argument: Argument): Given => {
    if (argument.name !== undefined) named = true;
    else if (named) {
      throw fault(
        check,
        at,
        argument,
        "positional-after-named",
        "a positional argument cannot follow a named one",
      );
    }
    const value = check.lower(at, argument.value);
    if (value.type.kind === "void") {
      throw fault(
        check,
        at,
        argument.value,
        "void-value",
        `\`${callee}\` is given something that has no value`,
      );
    }
    return { argument, name: argument.name?.name, value, span: argument.value };
  };
  return each(args.map((argument) => () => one(argument)));
}
