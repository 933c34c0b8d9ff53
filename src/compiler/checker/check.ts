import type {
  BuiltinHistory,
  DeclarationIr,
  FunctionInstance,
  Ir,
  IrStatement,
  Site,
  Variable,
} from "../ir.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { Source, Span } from "../source.ts";
import type { Expression, Statement, Structure } from "../syntax/ast.ts";
import type { EnumType, ObjectType, Type } from "../types.ts";
import type { Given } from "./given.ts";
import type { Module, Scope } from "./scope.ts";

/** Thrown where a statement has no meaning; already reported. */
export class CheckFault extends Error {}

/** Finds the text of a library: `User/Name/3`. */
export type FindLibrary = (user: string, name: string, version: number) => Source | undefined;

/** What all parts of the checker share. They reach each other through the methods. */
export interface Check {
  readonly diagnostics: Diagnostics;
  readonly findLibrary: FindLibrary;
  readonly libraries: Map<string, Module>;
  /** Paths of those that are being read. */
  readonly opening: Set<string>;
  readonly functions: FunctionInstance[];
  readonly objects: ObjectType[];
  readonly enums: EnumType[];
  readonly histories: Map<string, BuiltinHistory>;
  /** Built-ins that are used and cannot have their effect, by name. */
  readonly stubs: Set<string>;
  /** Every variable, for the remarks at the end. */
  readonly variables: Variable[];
  /** Set by the declaration call. */
  declaration: DeclarationIr | undefined;
  declaredAt: Span | undefined;
  /** Whether anything was drawn, logged or ordered. */
  hasOutput: boolean;
  /** Constants of imported libraries. */
  readonly libraryConstants: IrStatement[];
  /** Counts global declarations. */
  order: number;

  /** An expression's meaning. @throws CheckFault */
  lower(at: Place, node: Expression, wanted?: Type): Ir;
  /** A statement's meaning, added to `out`. @throws CheckFault */
  statement(at: Place, node: Statement, out: IrStatement[]): void;
  /** A structure (`if`, `switch`, loops), added to `out`; its value when `wanted`. @throws CheckFault */
  structure(at: Place, node: Structure, out: IrStatement[], wanted: boolean): Ir | undefined;
  /** A call of a user function with checked arguments. */
  callUser(
    at: Place,
    span: Span,
    name: string,
    module: Module,
    given: readonly Given[],
    receiver: Ir | undefined,
  ): Ir;
  /** Whether a user method of that name takes the receiver. */
  hasMethod(at: Place, module: Module, name: string, receiver: Ir): boolean;
}

/** Where in the program something is being checked. */
export interface Place {
  readonly module: Module;
  readonly scope: Scope;
  /** The function that is being checked. */
  readonly owner: FunctionInstance | undefined;
  /** Globals from this position on are out of sight. */
  readonly order: number;
  readonly inLoop: boolean;
  /** Within a branch, a loop or a function: not reached on every bar. */
  readonly isLocal: boolean;
  /** In the top block of the script or of a function. */
  readonly isTop: boolean;
  /** Within a part of an expression that is not always evaluated. */
  readonly isConditional: boolean;
  /** In a branch whose condition changes from bar to bar. */
  readonly isRare: boolean;
  /** The variable that is being declared: inputs are known by it. */
  readonly naming?: string | undefined;
}

/** An error at a place of the text; the statement is given up. */
export function fault(
  check: Check,
  at: Place,
  span: Span,
  code: string,
  message: string,
  hint?: string,
): CheckFault {
  check.diagnostics.error(at.module.source, span, code, message, hint);
  return new CheckFault(message);
}

/** An error after which checking goes on. */
export function complain(
  check: Check,
  at: Place,
  span: Span,
  code: string,
  message: string,
  hint?: string,
): void {
  check.diagnostics.error(at.module.source, span, code, message, hint);
}

/** Does all of it although one part fails: each has its own faults to tell. @throws the first CheckFault */
export function each<Result>(parts: readonly (() => Result)[]): Result[] {
  const results: Result[] = [];
  let first: CheckFault | undefined;
  for (const part of parts) {
    try {
      results.push(part());
    } catch (error) {
      if (!(error instanceof CheckFault)) throw error;
      first ??= error;
    }
  }
  if (first !== undefined) throw first;
  return results;
}

export function originOf(at: Place, span: Span): Ir["origin"] {
  return { source: at.module.source, start: span.start, end: span.end };
}

export function siteOf(at: Place): Site {
  return { inLoop: at.inLoop, isSteady: at.isTop && !at.isConditional && !at.inLoop };
}
