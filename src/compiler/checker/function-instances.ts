import type { FunctionInstance, Home, Ir } from "../ir.ts";
import type { Span } from "../source.ts";
import type { ParameterNode } from "../syntax/ast.ts";
import { type Qualifier, qualifiers, type Type, typeName, unknown, voidType } from "../types.ts";
import { lowerBody, reassignedNames } from "./blocks.ts";
import { type Check, CheckFault, fault, originOf, type Place } from "./check.ts";
import { type Module, Scope, type UserFunction } from "./scope.ts";
import { resolveType } from "./type-nodes.ts";
import { declare } from "./variables.ts";

/** The copies of a user function's body: one for each combination of argument types and qualifiers. */

/** Where the function was declared: its types and defaults are resolved there. */
export function homeOf(target: UserFunction): Place {
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

/** The type that a parameter declares; `undefined` where it declares none. */
export function declaredType(check: Check, target: UserFunction, parameter: ParameterNode): Type | undefined {
  const type = parameter.spec?.type;
  return type === undefined ? undefined : resolveType(check, homeOf(target), type);
}

/** The copy for these types and qualifiers, checked when it is first asked for. @throws CheckFault for recursion */
export function instanceFor(
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
  const reassigned = reassignedNames(declaration.body);
  const outer = new Scope(module.globals, home, reassigned);
  const place: Place = { ...homeOf(target), scope: outer, owner: instance };
  instance.parameters = declaration.parameters.map((parameter, index) =>
    declare(check, place, parameter.name, { ...facts[index]!, role: "parameter" }),
  );
  // A block of its own: the body may hide a parameter, as in `length = math.max(length, 1)`.
  const at: Place = { ...place, scope: new Scope(outer, home, reassigned) };
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

/**
 * Functions that nothing calls are checked once, with whatever types they declare; where they declare none only what
 * has nothing to do with types can be wrong.
 */
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
      const look = (): unknown => instanceFor(check, at, target.declaration, target, args, types);
      if (types.includes(undefined)) check.diagnostics.withoutTypes(look);
      else look();
      check.functions.length = before;
    } catch (error) {
      if (!(error instanceof CheckFault)) throw error;
    }
  }
}
