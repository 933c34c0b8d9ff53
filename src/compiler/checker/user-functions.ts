import type { FunctionInstance, Home, Ir } from "../ir.ts";
import type { Span } from "../source.ts";
import type { FunctionDeclaration, ParameterNode, TypeNode } from "../syntax/ast.ts";
import {
  isEarlyEnough,
  type Qualifier,
  qualifiers,
  sameType,
  type Type,
  typeName,
  unknown,
  voidType,
} from "../types.ts";
import type { Given } from "./given.ts";
import { lowerBody, reassignedNames } from "./blocks.ts";
import { type Check, CheckFault, complain, fault, originOf, type Place, siteOf } from "./check.ts";
import { type Module, Scope, type UserFunction } from "./scope.ts";
import { resolveType } from "./type-nodes.ts";
import { cast, described, fits } from "./values.ts";
import { declare } from "./variables.ts";

/** User functions: a copy of the body is checked for each combination of argument types and qualifiers. */

/** Makes a function known from here on. */
export function declareFunction(check: Check, at: Place, node: FunctionDeclaration): void {
  const { module } = at;
  if (at.isLocal)
    throw fault(check, at, node.name, "function-in-block", "functions are declared in the global scope");
  let hasDefault = false;
  for (const parameter of node.parameters) {
    if (parameter.default !== undefined) hasDefault = true;
    else if (hasDefault) {
      // Published scripts do it, and every call has to give the value anyway.
      check.diagnostics.warn(
        module.source,
        parameter,
        "default-order",
        `\`${parameter.name.name}\` has no default and follows a parameter that has one`,
      );
    }
    if (node.exported && parameter.spec?.type === undefined) {
      complain(
        check,
        at,
        parameter,
        "export-without-type",
        `an exported function needs a type for \`${parameter.name.name}\``,
      );
    }
  }
  const overloads = module.functions.get(node.name.name) ?? [];
  const twin = overloads.find(({ declaration }) => headerKey(declaration) === headerKey(node));
  if (twin !== undefined) {
    const { line } = module.source.position(twin.declaration.name.start);
    const message = `\`${node.name.name}\` is already declared with these parameters, on line ${line}`;
    complain(check, at, node.name, "declared-twice", message);
  }
  const order = check.order++;
  overloads.push({ declaration: node, module, order, instances: new Map(), active: false });
  module.functions.set(node.name.name, overloads);
  if (node.exported) module.exported.add(node.name.name);
}

/** What tells overloads apart: the number and the types of parameters. */
function headerKey({ method, parameters }: FunctionDeclaration): string {
  const types = parameters.map(({ spec }) => (spec?.type === undefined ? "" : typeText(spec.type)));
  return `${method ? "method " : ""}${types.join(", ")}`;
}

function typeText({ name, args }: TypeNode): string {
  return args.length === 0 ? name : `${name}<${args.map(typeText).join(", ")}>`;
}

/** One overload with its arguments in place. */
interface Candidate {
  readonly target: UserFunction;
  readonly args: readonly (Ir | undefined)[];
  readonly types: readonly (Type | undefined)[];
  readonly cost: number;
}

/** Calls the overload that fits best. @throws CheckFault when none does, and for recursion */
export function callUser(
  check: Check,
  at: Place,
  span: Span,
  name: string,
  module: Module,
  args: readonly Given[],
  receiver: Ir | undefined,
): Ir {
  const given: readonly Given[] =
    receiver === undefined
      ? args
      : [{ argument: undefined, name: undefined, value: receiver, span: receiver.origin }, ...args];
  const overloads = (module.functions.get(name) ?? []).filter(
    (candidate) => receiver === undefined || candidate.declaration.method,
  );
  let best: Candidate | undefined;
  let problem: { code: string; message: string; span: Span; progress: number } | undefined;
  for (const target of overloads) {
    if (module === at.module && target.order >= at.order) {
      problem ??= target.active
        ? {
            code: "recursion",
            message: `\`${name}\` calls itself, which Pine Script does not allow`,
            span,
            progress: -1,
          }
        : {
            code: "used-before-declaration",
            message: `\`${name}\` is used before its declaration`,
            span,
            progress: -1,
          };
      continue;
    }
    const outcome = bindUser(check, at, span, target, given);
    if ("cost" in outcome) {
      if (best === undefined || outcome.cost < best.cost) best = outcome;
    } else if (problem === undefined || outcome.progress > problem.progress) problem = outcome;
  }
  if (best === undefined) {
    const candidates =
      overloads.length > 1
        ? overloads.map(({ declaration }) => headerText(declaration)).join("\n")
        : undefined;
    throw fault(check, at, problem!.span, problem!.code, problem!.message, candidates);
  }
  const { target } = best;
  const values = best.args.map(
    (arg, index) => arg ?? defaultOf(check, at, target, target.declaration.parameters[index]!),
  );
  const instance = instanceFor(check, at, span, target, values, best.types);
  if (instance.stateful && at.owner !== undefined) at.owner.stateful = true;
  return {
    kind: "user-call",
    callee: instance,
    args: values,
    site: siteOf(at),
    type: instance.type,
    qualifier: instance.qualifier,
    origin: originOf(at, span),
  };
}

/** Whether a method of that name, declared before, takes the receiver. */
export function hasMethod(check: Check, at: Place, module: Module, name: string, receiver: Ir): boolean {
  return (module.functions.get(name) ?? []).some((target) => {
    const [first] = target.declaration.parameters;
    if (!target.declaration.method || first === undefined) return false;
    if (module === at.module && target.order >= at.order) return false;
    const type = declaredType(check, target, first);
    return type === undefined || fits(receiver.type, type, at.module.version);
  });
}

function headerText({ name, parameters }: FunctionDeclaration): string {
  const shown = parameters.map(({ spec, name: parameter }) =>
    spec?.type === undefined ? parameter.name : `${spec.type.name} ${parameter.name}`,
  );
  return `candidate: ${name.name}(${shown.join(", ")})`;
}

type UserMisfit = { code: string; message: string; span: Span; progress: number };

function bindUser(
  check: Check,
  at: Place,
  span: Span,
  target: UserFunction,
  given: readonly Given[],
): Candidate | UserMisfit {
  const { parameters, name } = target.declaration;
  const args: (Ir | undefined)[] = Array.from({ length: parameters.length });
  const types: (Type | undefined)[] = Array.from({ length: parameters.length });
  let cost = 0;
  let position = 0;
  for (const slot of given) {
    const index =
      slot.name === undefined
        ? position++
        : parameters.findIndex((parameter) => parameter.name.name === slot.name);
    const parameter = parameters[index];
    if (parameter === undefined) {
      const message =
        slot.name === undefined
          ? `too many arguments: \`${name.name}\` takes ${parameters.length}`
          : `\`${name.name}\` has no parameter \`${slot.name}\``;
      return {
        code: slot.name === undefined ? "too-many-arguments" : "unknown-argument",
        message,
        span: slot.span,
        progress: index,
      };
    }
    if (args[index] !== undefined) {
      return {
        code: "argument-twice",
        message: `\`${parameter.name.name}\` is given twice`,
        span: slot.span,
        progress: index,
      };
    }
    const declared = declaredType(check, target, parameter);
    const outcome = matchUser(at, parameter, declared, slot, index);
    if (typeof outcome === "object") return outcome;
    cost += outcome;
    types[index] = declared;
    args[index] = declared === undefined ? slot.value : cast(slot.value, declared);
  }
  for (const [index, parameter] of parameters.entries()) {
    if (args[index] !== undefined || parameter.default !== undefined) continue;
    return {
      code: "missing-argument",
      message: `\`${name.name}\` wants a value for \`${parameter.name.name}\``,
      span,
      progress: index,
    };
  }
  return { target, args, types, cost };
}

function matchUser(
  at: Place,
  parameter: ParameterNode,
  declared: Type | undefined,
  slot: Given,
  progress: number,
): number | UserMisfit {
  const { value } = slot;
  const limit = parameter.spec?.qualifier;
  const wanted = [limit, declared === undefined ? undefined : typeName(declared)].filter(Boolean).join(" ");
  const message = `\`${parameter.name.name}\` wants ${wanted}, this is ${described(value)}`;
  if (declared !== undefined && !fits(value.type, declared, at.module.version)) {
    return { code: "argument-type", message, span: slot.span, progress };
  }
  if (limit !== undefined && !isEarlyEnough(value.qualifier, limit)) {
    return { code: "argument-qualifier", message, span: slot.span, progress: progress + 0.5 };
  }
  if (declared === undefined) return 3;
  return sameType(value.type, declared) ? 0 : 1;
}

/** Where the function was declared: its types and defaults are resolved there. */
function homeOf(target: UserFunction): Place {
  return {
    module: target.module,
    scope: target.module.globals,
    owner: undefined,
    order: target.order,
    inLoop: false,
    isLocal: true,
    isTop: true,
    isConditional: false,
    isRare: false,
  };
}

function declaredType(check: Check, target: UserFunction, parameter: ParameterNode): Type | undefined {
  const type = parameter.spec?.type;
  return type === undefined ? undefined : resolveType(check, homeOf(target), type);
}

function defaultOf(check: Check, at: Place, target: UserFunction, parameter: ParameterNode): Ir {
  const value = check.lower({ ...homeOf(target), owner: at.owner }, parameter.default!);
  const declared = declaredType(check, target, parameter);
  if (declared === undefined) {
    if (value.type.kind !== "na") return value;
    throw fault(
      check,
      homeOf(target),
      parameter,
      "na-without-type",
      `\`${parameter.name.name}\` needs a type: its default is na`,
    );
  }
  if (fits(value.type, declared, target.module.version)) return cast(value, declared);
  throw fault(
    check,
    homeOf(target),
    parameter.default!,
    "default-type",
    `\`${parameter.name.name}\` is ${typeName(declared)}, its default is ${described(value)}`,
  );
}

function instanceFor(
  check: Check,
  at: Place,
  span: Span,
  target: UserFunction,
  args: readonly Ir[],
  types: readonly (Type | undefined)[],
): FunctionInstance {
  const { declaration } = target;
  const facts = args.map((arg, index) => ({
    type: types[index] ?? (arg.type.kind === "na" ? unknown : arg.type),
    qualifier: limited(arg.qualifier, declaration.parameters[index]?.spec?.qualifier),
  }));
  const key = facts.map(({ type, qualifier }) => `${qualifier} ${typeKey(type)}`).join(", ");
  const known = target.instances.get(key);
  if (known !== undefined) return known;
  if (target.active) {
    throw fault(
      check,
      at,
      span,
      "recursion",
      `\`${declaration.name.name}\` calls itself, which Pine Script does not allow`,
    );
  }
  const instance: FunctionInstance = {
    name: declaration.name.name,
    exported: declaration.exported,
    parameters: [],
    body: undefined,
    result: undefined,
    type: voidType,
    qualifier: "const",
    stateful: false,
  };
  target.instances.set(key, instance);
  target.active = true;
  try {
    checkBody(check, target, instance, facts);
  } finally {
    target.active = false;
  }
  check.functions.push(instance);
  return instance;
}

/** A parameter that is declared `series` is series whatever is passed. */
function limited(given: Qualifier, declared: Qualifier | undefined): Qualifier {
  return declared === undefined
    ? given
    : qualifiers[Math.max(qualifiers.indexOf(given), declared === "series" ? 3 : 0)]!;
}

const identities = new WeakMap<object, number>();
let nextIdentity = 0;

/** Types declared in different files may share a name. */
function typeKey(type: Type): string {
  if (type.kind !== "object" && type.kind !== "enum") return typeName(type);
  let identity = identities.get(type);
  if (identity === undefined) identities.set(type, (identity = nextIdentity++));
  return `${type.name}#${identity}`;
}

function checkBody(
  check: Check,
  target: UserFunction,
  instance: FunctionInstance,
  facts: readonly { readonly type: Type; readonly qualifier: Qualifier }[],
): void {
  const { declaration, module } = target;
  const home: Home = { isGlobal: false, inLoop: false, owner: instance, remembered: [] };
  const scope = new Scope(module.globals, home, reassignedNames(declaration.body));
  const at: Place = { ...homeOf(target), scope, owner: instance };
  instance.parameters = declaration.parameters.map((parameter, index) =>
    declare(check, at, parameter.name, { ...facts[index]!, role: "parameter" }),
  );
  const faults = check.diagnostics.size;
  const { statements, result } = lowerBody(check, at, declaration.body, true);
  const isVoid = result?.type.kind === "void";
  if (isVoid) statements.push({ kind: "evaluate", value: result, origin: result.origin });
  instance.body = { statements, home };
  instance.result = isVoid ? undefined : result;
  // What a faulty body gives is not known.
  const nothing = check.diagnostics.size > faults ? unknown : voidType;
  instance.type = instance.result?.type ?? nothing;
  instance.qualifier = instance.stateful ? "series" : (instance.result?.qualifier ?? "series");
}

/** Functions that nothing calls are checked once, with whatever types they declare. */
export function checkUncalled(check: Check, module: Module): void {
  for (const target of [...module.functions.values()].flat()) {
    if (target.instances.size > 0) continue;
    try {
      const at = homeOf(target);
      const { parameters } = target.declaration;
      const types = parameters.map((parameter) => declaredType(check, target, parameter));
      const args = parameters.map((parameter, index): Ir => ({
        kind: "constant",
        value: null,
        type: types[index] ?? unknown,
        qualifier: parameter.spec?.qualifier ?? "const",
        origin: originOf(at, parameter),
      }));
      // What nothing calls is checked, not compiled.
      const before = check.functions.length;
      instanceFor(check, at, target.declaration, target, args, types);
      check.functions.length = before;
    } catch (error) {
      if (!(error instanceof CheckFault)) throw error;
    }
  }
}
