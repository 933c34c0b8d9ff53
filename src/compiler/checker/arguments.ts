import { builtinsOf } from "../builtins/registry.ts";
import { type Parameter, type Signature, valueType } from "../builtins/signature.ts";
import type { Ir } from "../ir.ts";
import type { Span } from "../source.ts";
import { isEarlyEnough, isNumber, type Type, typeName, float, int, bool, color, string } from "../types.ts";
import { type Place, originOf } from "./check.ts";
import { didYouMean } from "./suggest.ts";
import type { Given } from "./given.ts";
import { Bindings, substitute, unify } from "./unify.ts";
import { cast, constantIr, described } from "./values.ts";

/** Arguments of a call and the parameters they are for. */

/** Why a call does not fit a signature. The nearest signature is the one that got furthest. */
export interface Misfit {
  readonly code: string;
  readonly message: string;
  readonly span: Span;
  readonly hint?: string | undefined;
  readonly progress: number;
  /** When it is the type of an argument that does not fit. */
  readonly mismatch?: { readonly parameter: string; readonly wanted: string; readonly have: string };
}

/** A call that fits. */
export interface Fit {
  readonly args: readonly (Ir | undefined)[];
  /** By parameter: whether the script gave it. */
  readonly given: readonly boolean[];
  readonly types: ReadonlyMap<string, Type>;
  /** How many conversions it takes; the cheapest overload is chosen. */
  readonly cost: number;
}

/** Binds arguments to a signature. */
export function bind(
  at: Place,
  signature: Signature,
  given: readonly Given[],
  typeArguments: readonly Type[],
  span: Span,
): Fit | Misfit {
  const { parameters, typeParameters } = signature;
  const slots: (Given | undefined)[] = Array.from({ length: parameters.length });
  const rest: Given[] = [];
  const bindings = new Bindings();
  const { types } = bindings;
  typeParameters.forEach((name, index) => {
    const type = typeArguments[index];
    if (type !== undefined) bindings.fix(name, type);
  });
  const assigned = assign(parameters, given, slots, rest, at.module.version);
  if (assigned !== undefined) return assigned;

  let cost = 0;
  const args: (Ir | undefined)[] = [];
  for (const [index, parameter] of parameters.entries()) {
    if (parameter.variadic) continue;
    const slot = slots[index];
    if (slot === undefined) {
      if (!parameter.optional) return missing(signature, parameter, span, index);
      args.push(parameter.default === undefined ? undefined : defaultIr(at, span, parameter));
      continue;
    }
    const matched = match(at, parameter, slot, bindings, index);
    if (typeof matched === "object") return matched;
    cost += matched;
    args.push(adapt(slot.value, parameter.type, types));
  }
  const variadic = parameters.at(-1);
  if (variadic?.variadic === true) {
    if (rest.length === 0 && !variadic.optional) return missing(signature, variadic, span, parameters.length);
    // Arguments that leave no trace in the result need not be alike: `str.format("{0} {1}", "a", 1)`.
    const isFree = !mentions(signature.result.type, variadic.type);
    for (const [index, slot] of rest.entries()) {
      const numbered = { ...variadic, name: variadic.name.replace(/0$/, String(index)) };
      const matched = match(at, numbered, slot, isFree ? new Bindings() : bindings, parameters.length);
      if (typeof matched === "object") return matched;
      cost += matched;
    }
    for (const slot of rest) args.push(adapt(slot.value, variadic.type, types));
  }
  return { args, given: slots.map((slot) => slot !== undefined), types, cost };
}

/** Whether a type is made of a type parameter. */
function mentions(type: Type, parameter: Type): boolean {
  switch (type.kind) {
    case "array":
    case "matrix":
      return mentions(type.of, parameter);
    case "map":
      return mentions(type.key, parameter) || mentions(type.value, parameter);
    case "tuple":
      return type.members.some((member) => mentions(member, parameter));
    default:
      return type.kind === "parameter" && parameter.kind === "parameter" && type.name === parameter.name;
  }
}

/** Puts arguments into the slots of their parameters. */
function assign(
  parameters: readonly Parameter[],
  given: readonly Given[],
  slots: (Given | undefined)[],
  rest: Given[],
  version: 5 | 6,
): Misfit | undefined {
  let position = 0;
  for (const slot of given) {
    if (slot.name === undefined) {
      const parameter = parameters[position];
      if (parameter?.variadic === true) rest.push(slot);
      else if (parameter === undefined) {
        const most = parameters.length;
        return {
          code: "too-many-arguments",
          message: `too many arguments: it takes ${most === 0 ? "none" : `at most ${most}`}`,
          span: slot.span,
          progress: most,
        };
      } else slots[position++] = slot;
      continue;
    }
    const index = parameters.findIndex(({ name, variadic }) => name === slot.name && !variadic);
    const place = index < 0 ? placeInRest(parameters, slot.name) : undefined;
    if (place !== undefined && place === rest.length) {
      rest.push(slot);
      continue;
    }
    if (index < 0) {
      return {
        code: "unknown-argument",
        message: `there is no parameter \`${slot.name}\`${didYouMean(
          slot.name,
          parameters.map(({ name }) => name),
        )}`,
        span: slot.argument?.name ?? slot.span,
        hint: goneHint(slot.name) ?? `parameters: ${parameters.map(({ name }) => name).join(", ")}`,
        progress: 0,
      };
    }
    if (slots[index] !== undefined && version === 6) {
      return {
        code: "argument-twice",
        message: `\`${slot.name}\` is given twice`,
        span: slot.span,
        progress: index,
      };
    }
    slots[index] = slot;
  }
  return undefined;
}

/** Where `number1` of `math.max(number0, number1, ...)` belongs. */
function placeInRest(parameters: readonly Parameter[], name: string): number | undefined {
  const last = parameters.at(-1);
  const stem = last?.variadic === true ? last.name.replace(/0$/, "") : undefined;
  const digits = stem !== undefined && name.startsWith(stem) ? name.slice(stem.length) : "";
  return /^\d{1,3}$/.test(digits) ? Number(digits) : undefined;
}

function missing(signature: Signature, parameter: Parameter, span: Span, progress: number): Misfit {
  return {
    code: "missing-argument",
    message: `\`${signature.entry.name}\` wants a value for \`${parameter.name}\``,
    span,
    progress,
  };
}

/** @returns the cost of the conversion, or why the argument does not fit */
function match(
  at: Place,
  parameter: Parameter,
  slot: Given,
  bindings: Bindings,
  progress: number,
): number | Misfit {
  const { value } = slot;
  const wanted = substitute(parameter.type, bindings.types);
  const cost = unify(parameter.type, value.type, bindings, at.module.version, value);
  if (cost === undefined) {
    return {
      code: "argument-type",
      message: `\`${parameter.name}\` wants ${parameter.qualifier} ${typeName(wanted)}, this is ${described(value)}`,
      span: slot.span,
      hint: conversionHint(wanted, value.type),
      progress,
      mismatch: { parameter: parameter.name, wanted: typeName(wanted), have: described(value) },
    };
  }
  if (!isEarlyEnough(value.qualifier, parameter.qualifier)) {
    return {
      code: "argument-qualifier",
      message: `\`${parameter.name}\` wants ${parameter.qualifier} ${typeName(wanted)}, this is ${described(value)}`,
      span: slot.span,
      hint: qualifierHint(parameter.qualifier),
      progress: progress + 0.5,
    };
  }
  return cost;
}

/** Parameters of older versions. */
function goneHint(name: string): string | undefined {
  switch (name) {
    case "transp":
      return "version 6 has no `transp`: color.new(color.red, 50) is half transparent";
    case "when":
      return "version 6 has no `when`: put the call into an `if`";
    case "type":
      return "the type of an input follows from its default, or from input.int, input.float, input.source, ...";
    case "minval":
    case "maxval":
    case "step":
    case "options":
      return "bounds and options belong to input.int, input.float and input.string";
    default:
      return undefined;
  }
}

function conversionHint(wanted: Type, have: Type): string | undefined {
  if (wanted === float && have === bool) return "`x ? 1 : 0` makes a number of a condition";
  if (wanted === bool && isNumber(have)) return "compare it, as in `x != 0`";
  if (wanted === color && have === string) return "write color.red or #FF0000, without quotes";
  if (wanted === int && have === float) return "int(x) cuts the fraction off";
  if (typeName(wanted) === "string" && isNumber(have)) return "str.tostring(x) makes a string of a value";
  return undefined;
}

function qualifierHint(wanted: string): string {
  return wanted === "const"
    ? "it must be known when the script is compiled"
    : "it must not change from bar to bar";
}

function adapt(value: Ir, want: Type, types: ReadonlyMap<string, Type>): Ir {
  const type = substitute(want, types);
  return type.kind === "parameter" ? value : cast(value, type);
}

/** A default as the signature has it: a literal or the name of a built-in. */
function defaultIr(at: Place, span: Span, parameter: Parameter): Ir {
  const text = parameter.default ?? "na";
  if (text === "na") return constantIr(at, span, parameter.type, null);
  if (text === "true" || text === "false") return constantIr(at, span, parameter.type, text === "true");
  if (text.startsWith('"')) return constantIr(at, span, parameter.type, JSON.parse(text) as string);
  if (text.startsWith("#")) return constantIr(at, span, parameter.type, Number.parseInt(text.slice(1), 16));
  if (/^[-+.\d]/.test(text)) return constantIr(at, span, parameter.type, Number(text));
  const entry = builtinsOf(at.module.version).values.get(text);
  if (entry === undefined) throw new Error(`a signature has the unknown default "${text}"`);
  if (entry.kind === "constant") {
    const value = at.module.version === 5 ? (entry.value5 ?? entry.value) : entry.value;
    return constantIr(at, span, parameter.type, value);
  }
  const { type, qualifier } = valueType(entry.signature);
  return {
    kind: "builtin",
    name: entry.name,
    emit: entry.emit,
    own: undefined,
    type,
    qualifier,
    origin: originOf(at, span),
  };
}
