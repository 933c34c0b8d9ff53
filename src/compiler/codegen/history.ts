import type { HistoryUse, Home, Ir, Variable } from "../ir.ts";
import type { Type } from "../types.ts";
import { type Gen, nameOf, namesOf, naJs, storageOf, type Store, type Unit } from "./gen.ts";
import { at, type Js, level, plain, primary } from "./js.ts";
import type { Writer } from "./writer.ts";

/**
 * History. The past of a variable lies in a ring when its offsets are constants and in a column otherwise, indexed by
 * the bar for variables of the script's top block, and by a counter of executions for those of any other block. Rings
 * and columns begin filled with na, so a look beyond the start needs no check in a ring.
 */

/** What a script reads of the run's history through these helpers. */
const makers = { numbers: "numbers", flags: "flags", values: "values" } as const;
const readers = { numbers: "past", flags: "pastFlag", values: "pastValue" } as const;

function makeStore(
  gen: Gen,
  unit: Unit,
  wanted: string,
  type: Type,
  use: HistoryUse,
  index: string,
  isAlwaysWritten: boolean,
): Store {
  const storage = storageOf(gen, type);
  const name = namesOf(gen, unit).take(`${wanted}$h`);
  const { owner } = unit;
  if (use.dynamic) {
    // A column that is written on every execution need not be filled with na: nothing reads ahead of it.
    const isPlain = storage === "numbers" && isAlwaysWritten;
    gen.imports.add(isPlain ? "column" : makers[storage]);
    const made = isPlain ? "column(rt.capacity, rt.first)" : `${makers[storage]}(rt.capacity)`;
    unit.setup.line(`let ${name} = ${made};`);
    const local = namesOf(gen, unit).take(`${wanted}$c`);
    return { name, local, owner, storage, mask: undefined, index };
  }
  gen.imports.add(makers[storage]);
  let capacity = 2;
  while (capacity <= use.deepest) capacity *= 2;
  unit.setup.line(`const ${name} = ${makers[storage]}(${capacity});`);
  return { name, local: name, owner, storage, mask: capacity - 1, index };
}

/** The store of a variable whose past is read, made when its declaration is reached. */
export function storeOf(gen: Gen, unit: Unit, variable: Variable): Store | undefined {
  if (variable.history.deepest < 0 && !variable.history.dynamic) return undefined;
  let store = gen.stores.get(variable);
  if (store === undefined) {
    const index = indexOf(gen, unit, variable.home);
    const { history, home, type } = variable;
    // A pass may leave its loop before the declaration.
    store = makeStore(gen, unit, nameOf(gen, variable), type, history, index, !home.inLoop);
    gen.stores.set(variable, store);
  }
  return store;
}

/** Whether a block runs once on every bar: the script's own, and that of a function which is called on every bar. */
function countsBars(gen: Gen, home: Home): boolean {
  if (home.isGlobal) return true;
  return home.owner !== undefined && gen.steady.has(home.owner) && home.owner.body?.home === home;
}

/** The number of the current execution of a block. */
function indexOf(gen: Gen, unit: Unit, home: Home): string {
  if (countsBars(gen, home)) return "i";
  let index = gen.counters.get(home);
  if (index === undefined) {
    index = namesOf(gen, unit).numbered("run");
    gen.counters.set(home, index);
    const counter = `${index}$count`;
    unit.setup.line(`let ${counter} = -1, ${index}$bar = -1;`);
    unit.saved.push({ name: counter, isReference: false }, { name: `${index}$bar`, isReference: false });
  }
  return index;
}

/** Counts an execution of a block that keeps history; several passes in one bar are one. */
export function countExecution(gen: Gen, unit: Unit, home: Home, out: Writer): void {
  if (home.isGlobal || home.remembered.every((variable) => gen.columnParameters.has(variable))) return;
  const index = indexOf(gen, unit, home);
  unit.usesIndex = true;
  if (!countsBars(gen, home)) {
    out.line(`if (${index}$bar !== i) { ${index}$bar = i; ${index}$count++; }`);
    out.line(`const ${index} = ${index}$count;`);
  }
  for (const variable of home.remembered) {
    if (gen.columnParameters.has(variable)) continue;
    const store = storeOf(gen, unit, variable);
    if (store !== undefined) growLine(gen, store, out);
  }
}

/** A column is as long as the data; a live run goes beyond it. */
export function growLine(gen: Gen, store: Store, out: Writer): void {
  if (store.mask !== undefined) return;
  gen.imports.add("longer");
  out.line(`if (${store.index} >= ${store.name}.length) ${store.name} = longer(${store.name});`);
  out.line(`const ${store.local} = ${store.name};`);
}

/** What a store is called where it is used. */
const nameIn = (unit: Unit, store: Store): string => (unit.owner === store.owner ? store.local : store.name);

const slot = (store: Store, back = 0): string => {
  const index = back === 0 ? store.index : `${store.index} - ${back}`;
  if (store.mask === undefined) return index;
  return back === 0 ? `${index} & ${store.mask}` : `(${index}) & ${store.mask}`;
};

/** Records the value that a variable has now. */
export function recordLine(gen: Gen, unit: Unit, variable: Variable, out: Writer): void {
  const store = storeOf(gen, unit, variable);
  if (store === undefined) return;
  if (variable.home.isGlobal) unit.usesIndex = true;
  out.line(`${nameIn(unit, store)}[${slot(store)}] = ${nameOf(gen, variable)};`);
}

function constantOffset(ir: Ir): number | undefined {
  return ir.kind === "constant" && typeof ir.value === "number" ? Math.trunc(ir.value) : undefined;
}

/** Reads `offset` executions back. */
function read(gen: Gen, unit: Unit, store: Store, offset: Ir): Js {
  const back = constantOffset(offset);
  if (store.mask !== undefined && back !== undefined) {
    const text = `${nameIn(unit, store)}[${slot(store, back)}]`;
    return store.storage === "flags" ? { text: `${text} === 1`, level: level.equal } : primary(text);
  }
  if (store.storage === "numbers") return pastInline(gen, unit, nameIn(unit, store), store.index, offset);
  gen.imports.add(readers[store.storage]);
  return primary(
    `${readers[store.storage]}(${nameIn(unit, store)}, ${store.index}, ${plain(gen.expression(unit, offset))})`,
  );
}

/** `x[n]` of a variable. */
export function pastJs(gen: Gen, unit: Unit, ir: Ir & { readonly kind: "past" }): Js {
  const { variable, offset } = ir;
  const alias = gen.aliases.get(variable);
  if (alias !== undefined) return columnPast(gen, unit, alias, offset);
  if (gen.hoisted.has(variable)) return primary(nameOf(gen, variable));
  if (constantOffset(offset) === 0) return primary(nameOf(gen, variable));
  const store = storeOf(gen, unit, variable)!;
  if (variable.home.isGlobal) unit.usesIndex = true;
  return read(gen, unit, store, offset);
}

/** The past of a price. */
export function columnPast(gen: Gen, unit: Unit, column: string, offset: Ir): Js {
  unit.usesIndex = true;
  const back = constantOffset(offset);
  if (back === 0) return primary(`${column}[i]`);
  if (back !== undefined) {
    const test = back === 1 ? "i > 0" : `i >= ${back}`;
    return { text: `${test} ? ${column}[i - ${back}] : NaN`, level: level.conditional };
  }
  return pastInline(gen, unit, column, "i", offset);
}

/** A number out of a column: within its bounds without a call when the offset is a whole number for certain. */
function pastInline(gen: Gen, unit: Unit, column: string, index: string, offset: Ir): Js {
  gen.imports.add("past");
  const back = gen.expression(unit, offset);
  const call = `past(${column}, ${index}, ${plain(back)})`;
  if (offset.kind !== "variable" || !offset.variable.isWhole) return primary(call);
  return {
    text: `${back.text} >= 0 && ${back.text} <= ${index} ? ${column}[${index} - ${back.text}] : ${call}`,
    level: level.conditional,
  };
}

/** The past of a built-in variable: its value is recorded at the start of every bar. */
export function builtinPastJs(gen: Gen, unit: Unit, ir: Ir & { readonly kind: "builtin-past" }): Js {
  const { of, offset } = ir;
  if (of.emit.how === "barColumn") {
    gen.columns.add(of.emit.name);
    return columnPast(gen, unit, of.emit.name, offset);
  }
  unit.usesIndex = true;
  let store = gen.builtinStores.get(of);
  if (store === undefined) {
    store = makeStore(gen, gen.script, of.name.replaceAll(".", "_"), of.type, of.use, "i", true);
    gen.builtinStores.set(of, store);
    const { emit, name, type } = of;
    const value = gen.expression(gen.script, {
      kind: "builtin",
      name,
      emit,
      own: undefined,
      type,
      qualifier: "series",
      origin: ir.origin,
    });
    growLine(gen, store, gen.prologue);
    gen.prologue.line(`${store.local}[${slot(store)}] = ${plain(value)};`);
  }
  return read(gen, unit, store, offset);
}

/** The past of an expression, recorded where it stands. */
export function recordJs(gen: Gen, unit: Unit, ir: Ir & { readonly kind: "record" }): Js {
  const { variable, value, offset, conditional } = ir;
  const valueJs = plain(gen.expression(unit, value));
  unit.usesIndex = true;
  if (conditional) {
    const trail = namesOf(gen, unit).numbered("trail");
    gen.imports.add("Trail");
    unit.setup.line(`const ${trail} = rt.keep(new Trail(${naJs(gen, variable.type)}));`);
    return primary(`${trail}.next(i, ${valueJs}, ${plain(gen.expression(unit, offset))})`);
  }
  const store = storeOf(gen, unit, variable)!;
  if (variable.home.isGlobal) growOnce(gen, store);
  const past =
    constantOffset(offset) === 0
      ? primary(`${nameIn(unit, store)}[${slot(store)}]`)
      : read(gen, unit, store, offset);
  return {
    text: `(${nameIn(unit, store)}[${slot(store)}] = ${valueJs}, ${at(level.conditional, past)})`,
    level: level.primary,
  };
}

const grown = new WeakSet<Store>();

function growOnce(gen: Gen, store: Store): void {
  if (grown.has(store)) return;
  grown.add(store);
  growLine(gen, store, gen.prologue);
}
