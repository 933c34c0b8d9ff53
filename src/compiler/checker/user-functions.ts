import type { Ir } from "../ir.ts";
import type { Span } from "../source.ts";
import type { FunctionDeclaration, ParameterNode, TypeNode } from "../syntax/ast.ts";
import { isEarlyEnough, sameType, type Type, typeName } from "../types.ts";
import { type Check, complain, fault, originOf, type Place, siteOf } from "./check.ts";
import { declaredType, homeOf, instanceFor } from "./function-instances.ts";
import type { Given } from "./given.ts";
import type { Module, UserFunction } from "./scope.ts";
import { cast, described, fits } from "./values.ts";

/** User functions: how they are declared, and which of several a call means. */

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
