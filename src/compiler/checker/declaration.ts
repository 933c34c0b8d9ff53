import type { ConstantValue } from "../builtins/entry.ts";
import { builtinsOf } from "../builtins/registry.ts";
import type { DeclarationIr, Ir } from "../ir.ts";
import type { Call } from "../syntax/ast.ts";
import { voidType } from "../types.ts";
import { strategyAlertMessage } from "./alert-message.ts";
import { callBuiltin } from "./builtin-calls.ts";
import { type Check, fault, originOf, type Place } from "./check.ts";
import { constantOf } from "./values.ts";

/** `indicator(...)`, `strategy(...)` or `library(...)`: once, in the global scope, with constants. */
export function declareScript(check: Check, at: Place, node: Call, kind: DeclarationIr["kind"]): Ir {
  if (at.isLocal) {
    throw fault(
      check,
      at,
      node.callee,
      "declaration-in-block",
      `\`${kind}\` belongs to the global scope, not into a block`,
    );
  }
  const given = node.args.map((argument) => ({
    argument,
    name: argument.name?.name,
    value: check.lower(at, argument.value),
    span: argument.value,
  }));
  const call = callBuiltin(
    check,
    at,
    node.callee,
    node,
    builtinsOf(at.module.version).functions.get(kind)!,
    given,
    [],
  );
  if (call.kind !== "call") throw new Error("a declaration is a call");
  // A library that is imported declares itself; only its name matters, and that is in the import.
  if (at.module.isLibrary && check.declaration !== undefined) return nothing(at, node);
  if (check.declaration !== undefined) {
    throw fault(
      check,
      at,
      node.callee,
      "second-declaration",
      `the script has declared itself already, as ${check.declaration.kind}`,
    );
  }
  const settings: Record<string, ConstantValue> = {};
  for (const [index, name] of call.parameters.entries()) {
    const argument = call.args[index];
    if (argument === undefined || call.given[index] !== true) continue;
    const value = constantOf(argument);
    if (value !== undefined) settings[name] = value;
    else if (argument.kind !== "constant") {
      throw fault(
        check,
        at,
        argument.origin,
        "not-constant",
        `\`${name}\` must be a constant that can be computed here`,
      );
    }
  }
  if (kind === "strategy" && at.module.version === 5) {
    settings["margin_long"] ??= 0;
    settings["margin_short"] ??= 0;
  }
  const alertMessage = kind === "strategy" ? strategyAlertMessage(at.module.source) : undefined;
  if (alertMessage !== undefined) settings["alert_message"] = alertMessage;
  check.declaredAt = node.callee;
  check.declaration = { kind, title: String(settings["title"] ?? ""), settings };
  return nothing(at, node);
}

function nothing(at: Place, node: Call): Ir {
  return { kind: "constant", value: null, type: voidType, qualifier: "const", origin: originOf(at, node) };
}
