import type { FunctionEntry } from "../builtins/entry.ts";
import { signatureOf, type Signature, signatureText } from "../builtins/signature.ts";
import { expressionsIn } from "../ir-walk.ts";
import type { Ir } from "../ir.ts";
import type { Span } from "../source.ts";
import { type Qualifier, arrayOf, isReference, stronger, type Type, unknown } from "../types.ts";
import { bind, type Fit, type Misfit } from "./arguments.ts";
import { substitute } from "./unify.ts";
import { type Check, type CheckFault, fault, originOf, type Place, siteOf } from "./check.ts";
import { noteStub, refuseOrders } from "./names.ts";
import type { Given } from "./given.ts";
import { checkRules } from "./rules.ts";
import { constantIr, constantOf } from "./values.ts";

/** Calls of built-in functions: choosing the overload, and what the call gives. */

/**
 * @param span of the callee, for messages
 * @throws CheckFault when no overload fits
 */
export function callBuiltin(
  check: Check,
  at: Place,
  callee: Span,
  span: Span,
  overloads: readonly FunctionEntry[],
  given: readonly Given[],
  typeArguments: readonly Type[],
): Ir {
  let best: { readonly signature: Signature; readonly fit: Fit } | undefined;
  let nearest: Misfit | undefined;
  const misfits: Misfit[] = [];
  for (const entry of overloads) {
    const signature = signatureOf(entry);
    const outcome = bind(at, signature, given, typeArguments, span);
    if ("cost" in outcome) {
      if (best === undefined || outcome.cost < best.fit.cost) best = { signature, fit: outcome };
    } else {
      misfits.push(outcome);
      if (nearest === undefined || outcome.progress > nearest.progress) nearest = outcome;
    }
  }
  if (best === undefined) throw noOverload(check, at, overloads, nearest, misfits);
  const { signature, fit } = best;
  const { entry } = signature;
  refuseOrders(check, at, callee, entry.name, entry.emit.how);
  if (entry.globalOnly === true && at.isLocal) {
    const message = `\`${entry.name}\` belongs to the global scope, not into a block or function`;
    throw fault(
      check,
      at,
      callee,
      "global-only",
      message,
      "give it a value that is na when there is nothing to show",
    );
  }
  noteStub(check, entry.name);
  markEffects(check, at, entry, span);
  checkRules(check, at, signature, fit.args, span);
  if (entry.emit.how !== "input") return result(at, signature, fit, span);
  const args = fit.args.map((arg) => (arg === undefined ? undefined : settledForInput(check, at, arg)));
  return result(at, signature, { ...fit, args }, span);
}

/**
 * Inputs are read before the first bar: a constant of a function or block is put in, a parameter is not known then.
 *
 * @throws CheckFault for what the body of a function computes
 */
function settledForInput(check: Check, at: Place, arg: Ir): Ir {
  if (arg.kind === "tuple")
    return { ...arg, members: arg.members.map((member) => settledForInput(check, at, member)) };
  const value = constantOf(arg);
  if (value !== undefined && arg.type.kind === "fundamental")
    return constantIr(at, arg.origin, arg.type, value);
  for (const part of expressionsIn(arg)) {
    if (part.kind !== "variable" || (part.variable.home.isGlobal && !part.variable.reassigned)) continue;
    throw fault(
      check,
      at,
      arg.origin,
      "argument-qualifier",
      `an input is read before the first bar, when \`${part.variable.name}\` has no value yet`,
      "write the value itself, or a constant of the global scope",
    );
  }
  return arg;
}

function noOverload(
  check: Check,
  at: Place,
  overloads: readonly FunctionEntry[],
  nearest: Misfit | undefined,
  misfits: readonly Misfit[],
): CheckFault {
  const { code, span, hint } = nearest!;
  const message = messageOf(nearest!, misfits);
  const candidates =
    overloads.length > 1 ? overloads.map((entry) => `candidate: ${signatureText(entry)}`) : [];
  const hints = [...(hint === undefined ? [] : [hint]), ...candidates];
  return fault(check, at, span, code, message, hints.length === 0 ? undefined : hints.join("\n"));
}

/** Where overloads differ in the type they want at the same place, all of those types are named. */
function messageOf(nearest: Misfit, misfits: readonly Misfit[]): string {
  const { mismatch } = nearest;
  if (mismatch === undefined) return nearest.message;
  const alike = misfits.filter(
    (misfit) => misfit.span === nearest.span && misfit.mismatch?.parameter === mismatch.parameter,
  );
  const wanted = [...new Set(alike.map((misfit) => misfit.mismatch!.wanted))];
  if (wanted.length < 2) return nearest.message;
  const last = wanted.pop()!;
  return `\`${mismatch.parameter}\` wants ${wanted.join(", ")} or ${last}, this is ${mismatch.have}`;
}

function markEffects(check: Check, at: Place, entry: FunctionEntry, span: Span): void {
  const { emit, name } = entry;
  if (
    emit.how === "output" ||
    (emit.how === "context" && /^(log|alert|strategy|label|line|box|table|polyline)/.test(emit.name))
  ) {
    check.hasOutput = true;
  }
  const isPlain = emit.how === "inline" || emit.how === "call" || (emit.how === "context" && !emit.hasSite);
  if (at.owner !== undefined && !isPlain) at.owner.stateful = true;
  const isRare = at.isRare || (at.isConditional && at.module.version === 6);
  if (emit.how === "kernel" && isRare && at.owner === undefined) {
    check.diagnostics.warn(
      at.module.source,
      span,
      "conditional-state",
      `\`${name}\` has a memory of its own and is not called on every bar here`,
      "call it on a line of its own before, and use its value here",
    );
  }
}

function result(at: Place, signature: Signature, fit: Fit, span: Span): Ir {
  const { entry, parameters } = signature;
  const type = settled(substitute(signature.result.type, fit.types));
  return {
    kind: "call",
    name: entry.name,
    emit: entry.emit,
    parameters: parameters.map(({ name }) => name),
    args: fit.args,
    given: fit.given,
    site: siteOf(at),
    element: fit.types.get("T") ?? fit.types.get("K"),
    key: at.naming,
    type,
    qualifier: resultQualifier(signature, fit, type),
    origin: originOf(at, span),
  };
}

/** A type parameter that nothing has bound is not known; an array of tuples is an array for each member. */
function settled(type: Type): Type {
  if (type.kind === "array" && type.of.kind === "tuple") {
    return { kind: "tuple", members: type.of.members.map(arrayOf) };
  }
  return type.kind === "parameter" ? unknown : type;
}

function resultQualifier(signature: Signature, fit: Fit, type: Type): Qualifier {
  if (isReference(type)) return "series";
  const { qualifier } = signature.result;
  if (qualifier !== "same") return qualifier;
  return fit.args.reduce<Qualifier>(
    (latest, arg) => (arg === undefined ? latest : stronger(latest, arg.qualifier)),
    "const",
  );
}
