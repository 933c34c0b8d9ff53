import type { ConstantValue, Emit } from "./builtins/entry.ts";
import type { Source, Span } from "./source.ts";
import type { FieldType, ObjectType, Qualifier, Type } from "./types.ts";

/**
 * A script after checking: names resolved, overloads chosen, casts and defaults in place, a copy of every user
 * function for each combination of argument types. Code generation prints it and decides nothing about meaning.
 */

/** Where a piece of the program comes from. */
export interface Origin extends Span {
  readonly source: Source;
}

/** What is read of a variable's past. */
export interface HistoryUse {
  /** Largest constant offset that is read; −1: none. */
  deepest: number;
  /** Some offset is known on the bar only. */
  dynamic: boolean;
}

/** A variable of the script, a parameter, or a hidden one. */
export interface Variable {
  readonly name: string;
  type: Type;
  qualifier: Qualifier;
  readonly mode: "var" | "varip" | undefined;
  readonly role: "variable" | "parameter" | "counter" | "hidden";
  /** The block that holds it; history counts the executions of that block. */
  readonly home: Home;
  /** Position in the order of global declarations; a function sees those before itself. */
  readonly order: number;
  readonly origin: Origin;
  /** Its value, when it is a constant. */
  constant: ConstantValue | undefined;
  /** `const` was written: no assignment, ever. */
  readonly frozen: boolean;
  reassigned: boolean;
  /** Holds whole numbers only: an int may keep the fraction of a quotient. */
  readonly isWhole: boolean;
  /** A global one that a function reads. */
  captured: boolean;
  used: boolean;
  readonly history: HistoryUse;
}

/** A block as the home of variables. */
export interface Home {
  /** The script's own top block, which runs once on every bar. */
  readonly isGlobal: boolean;
  /** Inside a loop. */
  readonly inLoop: boolean;
  /** The function it belongs to; absent: the script. */
  readonly owner: FunctionInstance | undefined;
  /** Variables of this block whose past is read. */
  readonly remembered: Variable[];
}

/** A place at which something with state is called. */
export interface Site {
  /** Reached once on every execution of the function it stands in, or on every bar. */
  readonly isSteady: boolean;
  /** Every pass of a loop has a state of its own. */
  readonly inLoop: boolean;
}

interface Typed {
  readonly type: Type;
  readonly qualifier: Qualifier;
  readonly origin: Origin;
}

/** The operators after types have decided what they do. */
export type Operation =
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "int/"
  | "concat"
  /** Comparison of floats, tolerant. */
  | "<"
  | "<="
  | ">"
  | ">="
  | "=="
  | "!="
  /** Comparison of ints, exact. */
  | "int<"
  | "int<="
  | "int>"
  | "int>="
  | "int=="
  | "int!="
  /** Identity of strings and enums, which may be na. */
  | "same"
  | "not-same"
  | "bool=="
  | "bool!="
  | "and"
  | "or"
  /** Both sides are always evaluated. */
  | "eager-and"
  | "eager-or";

export type Ir = Typed &
  (
    | { readonly kind: "constant"; readonly value: ConstantValue | null }
    | { readonly kind: "variable"; readonly variable: Variable }
    | { readonly kind: "builtin"; readonly name: string; readonly emit: Emit; readonly own: Site | undefined }
    /** The past of a variable. */
    | { readonly kind: "past"; readonly variable: Variable; readonly offset: Ir }
    /** The past of a built-in variable, which counts bars. */
    | { readonly kind: "builtin-past"; readonly of: BuiltinHistory; readonly offset: Ir }
    /** The past of an expression: recorded here, in `variable`. */
    | {
        readonly kind: "record";
        readonly variable: Variable;
        readonly value: Ir;
        readonly offset: Ir;
        /** Not reached on every execution of its block. */
        readonly conditional: boolean;
      }
    | { readonly kind: "negate"; readonly operand: Ir }
    | { readonly kind: "not"; readonly operand: Ir }
    | { readonly kind: "operation"; readonly operation: Operation; readonly left: Ir; readonly right: Ir }
    | { readonly kind: "choice"; readonly condition: Ir; readonly yes: Ir; readonly no: Ir }
    | {
        readonly kind: "call";
        readonly name: string;
        readonly emit: Emit;
        readonly parameters: readonly string[];
        /** In the order of the parameters; `undefined`: left out without a default. Variadic ones at the end. */
        readonly args: readonly (Ir | undefined)[];
        /** Which of the parameters the script gave; the others have their default. */
        readonly given: readonly boolean[];
        readonly site: Site;
        /** What `T` stands for, when the implementation wants to know. */
        readonly element: Type | undefined;
        /** The variable that takes the value of an input. */
        readonly key: string | undefined;
      }
    | {
        readonly kind: "user-call";
        readonly callee: FunctionInstance;
        readonly args: readonly Ir[];
        readonly site: Site;
      }
    | { readonly kind: "new"; readonly object: ObjectType; readonly args: readonly Ir[] }
    | { readonly kind: "copy"; readonly operand: Ir }
    | { readonly kind: "field"; readonly object: Ir; readonly field: FieldType }
    | { readonly kind: "enum"; readonly index: number }
    | { readonly kind: "tuple"; readonly members: readonly Ir[] }
    /** A number as a condition (version 5). */
    | { readonly kind: "truth"; readonly operand: Ir }
  );

/** Built-in variables whose past is read, recorded at the start of every bar. */
export interface BuiltinHistory {
  readonly name: string;
  readonly emit: Emit;
  readonly type: Type;
  readonly use: HistoryUse;
}

export type IrStatement = { readonly origin: Origin } & (
  | {
      readonly kind: "declare";
      readonly variable: Variable;
      /** Absent: every path assigns it before it is read. */
      readonly value: Ir | undefined;
      /** What computes the value of a `var`, and so runs with it. */
      readonly before: readonly IrStatement[];
    }
  | { readonly kind: "assign"; readonly variable: Variable; readonly value: Ir }
  | { readonly kind: "set-field"; readonly object: Ir; readonly field: FieldType; readonly value: Ir }
  | {
      readonly kind: "unpack";
      readonly variables: readonly (Variable | undefined)[];
      /** The variables begin here. */
      readonly declares: boolean;
      readonly value: Ir;
    }
  | { readonly kind: "evaluate"; readonly value: Ir }
  | {
      readonly kind: "if";
      readonly condition: Ir;
      readonly yes: IrBlock;
      readonly no: IrBlock | undefined;
    }
  | {
      readonly kind: "switch";
      readonly subject: Variable | undefined;
      readonly value: Ir | undefined;
      readonly cases: readonly IrCase[];
    }
  | {
      readonly kind: "for";
      readonly counter: Variable;
      readonly from: Ir;
      readonly to: Ir;
      readonly step: Ir | undefined;
      readonly body: IrBlock;
      /** The end is looked at before each pass. */
      readonly moving: boolean;
    }
  | {
      readonly kind: "for-in";
      readonly over: "array" | "matrix" | "map";
      readonly collection: Ir;
      /** Index or key, when asked for. */
      readonly key: Variable | undefined;
      readonly element: Variable | undefined;
      readonly body: IrBlock;
    }
  | { readonly kind: "while"; readonly condition: Ir; readonly body: IrBlock }
  | { readonly kind: "break" }
  | { readonly kind: "continue" }
);

/** @property test several tests never occur: a case has one, the default none */
export interface IrCase {
  readonly test: Ir | undefined;
  readonly body: IrBlock;
}

export interface IrBlock {
  readonly statements: readonly IrStatement[];
  readonly home: Home;
}

/** A user function for one combination of argument types. */
export interface FunctionInstance {
  readonly name: string;
  readonly exported: boolean;
  parameters: readonly Variable[];
  /** Filled in when the body has been checked. */
  body: IrBlock | undefined;
  /** The value of the last statement; absent: void. */
  result: Ir | undefined;
  /** What a call gives. */
  type: Type;
  qualifier: Qualifier;
  /** Calls need an instance each. */
  stateful: boolean;
}

/** Settings of the declaration call, as given. */
export interface DeclarationIr {
  readonly kind: "indicator" | "strategy" | "library";
  readonly title: string;
  readonly settings: Readonly<Record<string, ConstantValue>>;
}

/** A whole script. */
export interface Program {
  readonly declaration: DeclarationIr;
  readonly version: 5 | 6;
  readonly source: Source;
  readonly body: IrBlock;
  /** In the order in which they were needed, callees first. */
  readonly functions: readonly FunctionInstance[];
  readonly objects: readonly ObjectType[];
  readonly enums: readonly (Type & { readonly kind: "enum" })[];
  readonly histories: readonly BuiltinHistory[];
  /** Built-ins that the script uses and that cannot have their effect; the user is told. */
  readonly stubs: readonly string[];
  /** Variables of the top block that have names. */
  readonly globals: readonly Variable[];
}
