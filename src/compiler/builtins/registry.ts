import type { ConstantEntry, Entry, FunctionEntry, VariableEntry } from "./entry.ts";
import { array } from "./array.ts";
import { color } from "./color.ts";
import { constants } from "./constants.ts";
import { core } from "./core.ts";
import { declarations } from "./declarations.ts";
import { drawings } from "./drawings.ts";
import { environment } from "./environment.ts";
import { inputs } from "./inputs.ts";
import { map } from "./map.ts";
import { math } from "./math.ts";
import { matrix } from "./matrix.ts";
import { outputs } from "./outputs.ts";
import { requests } from "./request.ts";
import { str } from "./str.ts";
import { strategy } from "./strategy.ts";
import { ta } from "./ta.ts";
import { time } from "./time.ts";

/** Every table, in the order in which overloads are tried. */
export const tables: readonly (readonly Entry[])[] = [
  core,
  declarations,
  inputs,
  outputs,
  environment,
  time,
  strategy,
  drawings,
  requests,
  ta,
  math,
  str,
  array,
  matrix,
  map,
  color,
  constants,
];

/** The built-ins of one version of the language by name. */
export interface Builtins {
  readonly functions: ReadonlyMap<string, readonly FunctionEntry[]>;
  readonly values: ReadonlyMap<string, VariableEntry | ConstantEntry>;
  /** Everything that may stand before a dot: `ta`, `strategy.closedtrades`. */
  readonly namespaces: ReadonlySet<string>;
}

const made = new Map<5 | 6, Builtins>();

/** The built-ins that a script of this version sees. */
export function builtinsOf(version: 5 | 6): Builtins {
  let builtins = made.get(version);
  if (builtins === undefined) made.set(version, (builtins = collect(version)));
  return builtins;
}

function collect(version: 5 | 6): Builtins {
  const functions = new Map<string, FunctionEntry[]>();
  const values = new Map<string, VariableEntry | ConstantEntry>();
  const namespaces = new Set<string>();
  for (const entry of tables.flat()) {
    for (let dot = entry.name.indexOf("."); dot > 0; dot = entry.name.indexOf(".", dot + 1)) {
      namespaces.add(entry.name.slice(0, dot));
    }
    if (entry.kind !== "function") values.set(entry.name, entry);
    else if (entry.versions?.includes(version) ?? true) {
      const overloads = functions.get(entry.name);
      if (overloads === undefined) functions.set(entry.name, [entry]);
      else overloads.push(entry);
    }
  }
  return { functions, values, namespaces };
}

/** The names one level below a namespace: of `ta`, `sma` and the others. */
export function membersOf(builtins: Builtins, namespace: string): string[] {
  const members = new Set<string>();
  for (const name of [...builtins.functions.keys(), ...builtins.values.keys()]) {
    if (name.startsWith(`${namespace}.`)) members.add(name.slice(namespace.length + 1).split(".")[0]!);
  }
  return [...members];
}
