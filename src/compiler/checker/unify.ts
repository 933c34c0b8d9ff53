import type { Ir } from "../ir.ts";
import { float, int, sameType, type Type } from "../types.ts";
import { fits } from "./values.ts";

/** What the type parameters of a built-in stand for, found from the types of its arguments. */

/** What type parameters stand for. Those that a collection or a template has fixed do not widen any more. */
export class Bindings {
  readonly types = new Map<string, Type>();
  readonly fixed = new Set<string>();

  fix(name: string, type: Type): void {
    this.types.set(name, type);
    this.fixed.add(name);
  }
}

/** Whether `have` can be passed where `want` stands, and what that costs; binds type parameters on the way. */
export function unify(
  want: Type,
  have: Type,
  bindings: Bindings,
  version: 5 | 6,
  value?: Ir,
): number | undefined {
  if (have.kind === "void") return undefined;
  if (want.kind === "parameter") return unifyParameter(want.name, have, bindings, version);
  if (want.kind === "array" && value?.kind === "tuple") {
    // The brackets of `options = [1, 2, 3]` hold a list.
    return value.members.every((member) => unify(want.of, member.type, bindings, version) !== undefined)
      ? 0
      : undefined;
  }
  if ((want.kind === "array" || want.kind === "matrix") && have.kind === want.kind) {
    return unifyInner(want.of, have.of, bindings);
  }
  if (want.kind === "map" && have.kind === "map") {
    const key = unifyInner(want.key, have.key, bindings);
    const inner = unifyInner(want.value, have.value, bindings);
    return key === undefined || inner === undefined ? undefined : 0;
  }
  if (!fits(have, want, version)) return undefined;
  return sameType(have, want) ? 0 : have.kind === "na" ? 1 : 2;
}

function unifyParameter(name: string, have: Type, bindings: Bindings, version: 5 | 6): number | undefined {
  const bound = bindings.types.get(name);
  if (bound === undefined) {
    if (have.kind !== "na") bindings.types.set(name, have);
    return 3;
  }
  if (fits(have, bound, version)) return 3;
  if (bound === int && have === float && !bindings.fixed.has(name)) {
    bindings.types.set(name, float);
    return 3;
  }
  return undefined;
}

/** Elements of collections must be the same type; a literal collection of ints is no collection of floats. */
function unifyInner(want: Type, have: Type, bindings: Bindings): number | undefined {
  if (want.kind === "parameter") {
    const bound = bindings.types.get(want.name);
    if (bound === undefined) {
      bindings.fix(want.name, have);
      return 1;
    }
    return sameType(bound, have) ? 1 : undefined;
  }
  if (have.kind === "unknown") return 0;
  return sameType(want, have) ? 0 : undefined;
}

/** The type with its parameters replaced by what they stand for; those that nothing has bound stay. */
export function substitute(type: Type, types: ReadonlyMap<string, Type>): Type {
  switch (type.kind) {
    case "parameter":
      return types.get(type.name) ?? type;
    case "array":
    case "matrix":
      return { kind: type.kind, of: substitute(type.of, types) };
    case "map":
      return { kind: "map", key: substitute(type.key, types), value: substitute(type.value, types) };
    case "tuple":
      return { kind: "tuple", members: type.members.map((member) => substitute(member, types)) };
    default:
      return type;
  }
}
