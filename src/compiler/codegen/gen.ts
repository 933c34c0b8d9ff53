import type { BuiltinHistory, FunctionInstance, Home, Ir, IrBlock, Program, Variable } from "../ir.ts";
import type { EnumType, ObjectType, Type } from "../types.ts";
import type { Js } from "./js.ts";
import type { Dependencies } from "./dependencies.ts";
import type { NamePool } from "./names.ts";
import type { Writer } from "./writer.ts";

/** Where the past of a variable is kept. */
export interface Store {
  readonly name: string;
  /** What it is called in the block it belongs to: a column there has a name that never changes, which is faster. */
  readonly local: string;
  /** The function that it belongs to; absent: the script. */
  readonly owner: FunctionInstance | undefined;
  readonly storage: "numbers" | "flags" | "values";
  /** Capacity − 1 of a ring; absent: a column that grows. */
  readonly mask: number | undefined;
  /** The number of the current execution of the block that the variable lives in. */
  readonly index: string;
}

/** What generation knows about the whole script. */
export interface Gen {
  readonly program: Program;
  /** Names of the module, and of each function. */
  readonly names: NamePool;
  readonly inner: Map<FunctionInstance, NamePool>;
  /** Names that the module imports from `pynecore/pine`. */
  readonly imports: Set<string>;
  /** Price columns that are read. */
  readonly columns: Set<string>;
  readonly variables: Map<Variable, string>;
  readonly objects: Map<ObjectType, string>;
  readonly enums: Map<EnumType, string>;
  /** Stand-ins for the names of functions, until it is known which of them are the same. */
  readonly functions: Map<FunctionInstance, string>;
  /** Global variables that are computed once, before the first bar. */
  readonly hoisted: Set<Variable>;
  /** Variables that stand for a plot or a column: what to write in their place. */
  readonly aliases: Map<Variable, string>;
  readonly stores: Map<Variable, Store>;
  readonly builtinStores: Map<BuiltinHistory, Store>;
  /** Built-in variables with state: the variable that holds this bar's value. */
  readonly engine: Map<string, string>;
  /** The number of the current execution of a block that keeps history. */
  readonly counters: Map<Home, string>;
  /** Functions whose every call is reached on every bar: their history counts bars. */
  readonly steady: ReadonlySet<FunctionInstance>;
  /** Parameters that are columns of prices: handed over where the function is made, not where it is called. */
  readonly columnParameters: ReadonlySet<Variable>;
  /** Runs at the start of every bar. */
  readonly prologue: Writer;
  readonly script: Unit;

  /** What every program of the script shares. */
  readonly shared: Shared;

  /** Generation of a program inside this one, with a state of its own. */
  within(script: Unit): Gen;
  expression(unit: Unit, ir: Ir): Js;
  block(unit: Unit, block: IrBlock, out: Writer): void;
}

/** What all programs of one script have in common: itself, and those that its requests run on other bars. */
export interface Shared {
  /** Numbers of the places that request something, by where they stand. */
  readonly requests: Map<string, number>;
  readonly dependencies: () => Dependencies;
  /** Cut-down copies of the script, by the number of the request whose value they give. */
  readonly slices: Map<number, SliceProgram>;
  /** Writes such a copy, once. */
  slice(number: number): SliceProgram;
}

/** A cut-down copy of the script. */
export interface SliceProgram {
  /** Its function in the module. */
  readonly name: string;
  /** Numbers of the requests that the value needs. */
  readonly needs: readonly number[];
  /** Absent while it is being written: requests may need each other. */
  text: Writer | undefined;
}

/** The script or a user function: what is set up once, and what must be saved. */
export interface Unit {
  readonly owner: FunctionInstance | undefined;
  readonly setup: Writer;
  /** Variables that a bar which is executed again must find as they were. */
  readonly saved: { readonly name: string; readonly isReference: boolean }[];
  /** Reads the number of the bar. */
  usesIndex: boolean;
}

/** The names of a function, or of the module. */
function namesFor(gen: Gen, owner: FunctionInstance | undefined): NamePool {
  if (owner === undefined) return gen.names;
  let names = gen.inner.get(owner);
  if (names === undefined) gen.inner.set(owner, (names = gen.names.inner()));
  return names;
}

/** Where new names of a unit come from. */
export function namesOf(gen: Gen, unit: Unit): NamePool {
  return namesFor(gen, unit.owner);
}

/** The JavaScript name of a variable. */
export function nameOf(gen: Gen, variable: Variable): string {
  let name = gen.variables.get(variable);
  if (name === undefined) {
    const names = namesFor(gen, variable.home.owner);
    name = variable.name === "" ? names.numbered("t") : names.take(variable.name);
    gen.variables.set(variable, name);
  }
  return name;
}

/** How values of a type are kept in bulk. In version 5 a bool may be na, which a flag cannot hold. */
export function storageOf(gen: Gen, type: Type): Store["storage"] {
  if (type.kind === "na" || type.kind === "unknown") return "numbers";
  if (type.kind !== "fundamental" || type.name === "string") return "values";
  if (type.name === "bool") return gen.program.version === 5 ? "values" : "flags";
  return "numbers";
}

/** na of a type. */
export function naJs(gen: Gen, type: Type): string {
  const storage = storageOf(gen, type);
  return storage === "numbers" ? "NaN" : storage === "flags" ? "false" : "null";
}
