import type { FunctionInstance, Home, Variable } from "../ir.ts";
import type { Source, Span } from "../source.ts";
import type { Expression, FunctionDeclaration } from "../syntax/ast.ts";
import type { EnumType, ObjectType } from "../types.ts";

/** A user function with one header; calls make instances of it. */
export interface UserFunction {
  readonly declaration: FunctionDeclaration;
  readonly module: Module;
  /** Globals declared later are out of its sight. */
  readonly order: number;
  /** By argument types and qualifiers. */
  readonly instances: Map<string, FunctionInstance>;
  /** Being checked right now: a call from within is recursion. */
  active: boolean;
}

/** A type that a file declares. */
export type TypeSymbol =
  | {
      readonly kind: "object";
      readonly type: ObjectType;
      readonly defaults: Map<string, Expression>;
      readonly module: Module;
    }
  | { readonly kind: "enum"; readonly type: EnumType };

/** A file: the script itself or a library, with its global names. */
export interface Module {
  readonly source: Source;
  readonly version: 5 | 6;
  readonly isLibrary: boolean;
  readonly globals: Scope;
  readonly functions: Map<string, UserFunction[]>;
  readonly types: Map<string, TypeSymbol>;
  readonly imports: Map<string, Module>;
  /** Names that other files may use. */
  readonly exported: Set<string>;
  /** Names whose declaration could not be read or found, or that were reported already: nothing more is said. */
  readonly lost: Set<string>;
  /** Where functions are declared, also those that are not yet known. */
  readonly functionsAt: ReadonlyMap<string, Span>;
  /** Every name that the top block declares, also those that are not declared yet. */
  readonly declares: ReadonlyMap<string, Span>;
}

/** The variables of a block and of those around it. */
export class Scope {
  readonly parent: Scope | undefined;
  readonly home: Home;
  /** Names that are assigned again somewhere in this block. */
  readonly reassigned: ReadonlySet<string>;
  readonly #variables = new Map<string, Variable>();

  constructor(parent: Scope | undefined, home: Home, reassigned: ReadonlySet<string>) {
    this.parent = parent;
    this.home = home;
    this.reassigned = reassigned;
  }

  own(name: string): Variable | undefined {
    return this.#variables.get(name);
  }

  declare(variable: Variable): void {
    this.#variables.set(variable.name, variable);
  }

  /** The nearest variable of that name; globals from `order` on are not yet there. */
  find(name: string, order: number): Variable | undefined {
    const found = this.#variables.get(name);
    if (found !== undefined && (!this.home.isGlobal || found.order < order)) return found;
    return this.parent?.find(name, order);
  }

  /** Every name in sight. */
  *names(): Generator<string> {
    yield* this.#variables.keys();
    if (this.parent !== undefined) yield* this.parent.names();
  }
}
