import type { Variable } from "../ir.ts";
import type { Span } from "../source.ts";
import type { NameNode } from "../syntax/ast.ts";
import { builtinsOf } from "../builtins/registry.ts";
import { isReference, type Qualifier, type Type } from "../types.ts";
import { type Check, complain, originOf, type Place } from "./check.ts";

/** Making variables. */

export interface NewVariable {
  readonly type: Type;
  readonly qualifier: Qualifier;
  readonly mode?: "var" | "varip" | undefined;
  readonly role?: Variable["role"];
  readonly constant?: Variable["constant"];
  readonly frozen?: boolean;
  readonly isWhole?: boolean;
}

/** A variable that the script names; a name that the block has already is reported. */
export function declare(check: Check, at: Place, name: NameNode, facts: NewVariable): Variable {
  const { scope } = at;
  const before = scope.own(name.name);
  if (before !== undefined) {
    const { line } = at.module.source.position(before.origin.start);
    complain(
      check,
      at,
      name,
      "declared-twice",
      `\`${name.name}\` is already declared in this block, on line ${line}`,
      "`:=` changes what exists",
    );
  } else if (facts.role !== "parameter") warnHidden(check, at, name);
  const variable = make(check, at, name.name, name, facts);
  scope.declare(variable);
  return variable;
}

/** A variable without a name of its own. */
export function declareHidden(check: Check, at: Place, span: Span, type: Type): Variable {
  return make(check, at, "", span, { type, qualifier: "series", role: "hidden" });
}

function make(check: Check, at: Place, name: string, span: Span, facts: NewVariable): Variable {
  const isReassigned = name !== "" && at.scope.reassigned.has(name);
  const isSeries = isReference(facts.type) || (isReassigned && at.module.version === 6);
  const variable: Variable = {
    name,
    type: facts.type,
    qualifier: isSeries ? "series" : facts.qualifier,
    mode: facts.mode,
    role: facts.role ?? "variable",
    home: at.scope.home,
    order: at.scope.home.isGlobal ? check.order++ : 0,
    origin: originOf(at, span),
    constant: isReassigned ? undefined : facts.constant,
    frozen: facts.frozen ?? false,
    reassigned: isReassigned,
    isWhole: facts.isWhole ?? false,
    captured: false,
    used: false,
    history: { deepest: -1, dynamic: false },
  };
  if (facts.mode !== undefined && at.owner !== undefined) at.owner.stateful = true;
  check.variables.push(variable);
  return variable;
}

function warnHidden(check: Check, at: Place, name: NameNode): void {
  const outer = at.scope.find(name.name, Infinity);
  const hidden =
    outer !== undefined
      ? `the \`${name.name}\` of an outer block`
      : builtinsOf(at.module.version).values.has(name.name)
        ? `the built-in \`${name.name}\``
        : undefined;
  if (hidden === undefined) return;
  check.diagnostics.warn(at.module.source, name, "hidden-name", `this hides ${hidden}`);
}
