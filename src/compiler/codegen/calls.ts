import type { BarColumn, Emit } from "../builtins/entry.ts";
import type { Ir } from "../ir.ts";
import type { Type } from "../types.ts";
import { columnOf } from "./column-parameters.ts";
import { type Gen, naJs, namesOf, type Unit } from "./gen.ts";
import { at, type Js, level, objectLiteral, plain, primary } from "./js.ts";
import { requestJs } from "./requests.ts";
import { isSetup } from "./setup.ts";

/** Calls of built-ins and of user functions, and built-in variables. */

type CallIr = Ir & { readonly kind: "call" };

/** More parameters than these are passed as one object. */
const mostPositional = 4;

export function callJs(gen: Gen, unit: Unit, ir: CallIr): Js {
  const { emit } = ir;
  switch (emit.how) {
    case "kernel":
      return kernelJs(gen, unit, ir, emit);
    case "inline":
      return inlineJs(gen, unit, ir, emit.template);
    case "call":
      return functionJs(gen, unit, ir, emit);
    case "context":
      return primary(`rt.${emit.name}(${contextArguments(gen, unit, ir, emit)})`);
    case "output": {
      const { handle, sets } = outputJs(gen, unit, ir);
      return { text: [...sets, handle].join(", "), level: level.comma };
    }
    case "input":
      return inputJs(gen, unit, ir, emit.input);
    case "request":
      return requestJs(gen, unit, ir, emit.request);
    case "barColumn":
      throw new Error("a column is no function");
  }
}

function argumentsJs(gen: Gen, unit: Unit, args: readonly (Ir | undefined)[]): string[] {
  const texts = args.map((arg) => (arg === undefined ? "undefined" : plain(gen.expression(unit, arg))));
  while (texts.at(-1) === "undefined") texts.pop();
  return texts;
}

function inlineJs(gen: Gen, unit: Unit, ir: CallIr, template: string): Js {
  importNamespaces(gen, template);
  if (template === "$0") return gen.expression(unit, ir.args[0]!);
  const text = template.replace(/\$(\d)/g, (_match, digit: string) => {
    const arg = ir.args[Number(digit)];
    return arg === undefined ? "undefined" : at(level.primary, gen.expression(unit, arg));
  });
  return { text, level: inlineLevel(template) };
}

/** A template that is one call or one pair of brackets holds together by itself. */
function inlineLevel(template: string): number {
  if (/^[\w.]*\([^()]*\)$/.test(template) || /^[\w.]+$/.test(template)) return level.primary;
  if (/^[!-][\w.]*\([^()]*\)$/.test(template)) return level.unary;
  return level.comma;
}

/** Namespaces and helpers that a template names. */
function importNamespaces(gen: Gen, template: string): void {
  for (const [, name] of template.matchAll(/(?<![\w.$])([a-z]\w*)[.(]/gi)) {
    if (name !== undefined && name !== "rt" && name !== "Math" && name !== "Number") gen.imports.add(name);
  }
}

function functionJs(gen: Gen, unit: Unit, ir: CallIr, emit: Emit & { readonly how: "call" }): Js {
  gen.imports.add(emit.name.split(".")[0]!);
  const args = argumentsJs(gen, unit, ir.args);
  if (emit.typed) args.unshift(JSON.stringify(elementClass(ir.element)));
  return primary(`${emit.name}(${args.join(", ")})`);
}

function elementClass(type: Type | undefined): string {
  return type?.kind === "fundamental" ? type.name : "object";
}

function contextArguments(
  gen: Gen,
  unit: Unit,
  ir: CallIr,
  { name, hasSite }: Emit & { readonly how: "context" },
): string {
  if (hasSite && !ir.site.inLoop) {
    const site = namesOf(gen, unit).numbered(name);
    unit.setup.line(`const ${site} = rt.${name}Site();`);
    const args = argumentsJs(gen, unit, ir.args);
    while (args.length < ir.parameters.length) args.push("undefined");
    return [...args, site].join(", ");
  }
  if (ir.parameters.length <= mostPositional) return argumentsJs(gen, unit, ir.args).join(", ");
  return objectLiteral(
    ir.parameters.map((name, index) => {
      const arg = ir.given[index] === true ? ir.args[index] : undefined;
      return [name, arg === undefined ? undefined : plain(gen.expression(unit, arg))];
    }),
  );
}

/** An object with state, one for this place; in a loop one for each pass. */
function kernelJs(gen: Gen, unit: Unit, ir: CallIr, emit: Emit & { readonly how: "kernel" }): Js {
  const name = siteName(gen, unit, ir.name, emit, retention(ir), ir.site.inLoop && !emit.shared);
  const args = [
    ...emit.bar.map((column) => barValue(gen, unit, column)),
    ...ir.args.map((arg) => (arg === undefined ? "undefined" : plain(gen.expression(unit, arg)))),
    ...emit.constants,
    ...historyOf(gen, unit, emit.history === undefined ? undefined : ir.args[emit.history]),
  ];
  while (args.at(-1) === "undefined") args.pop();
  const isPooled = ir.site.inLoop && !emit.shared;
  if (emit.results === undefined)
    return primary(`${name}${isPooled ? ".take()" : ""}.next(${args.join(", ")})`);
  const kernel = isPooled ? namesOf(gen, unit).numbered("k") : name;
  if (isPooled) unit.setup.line(`let ${kernel};`);
  const next = isPooled
    ? `(${kernel} = ${name}.take()).next(${args.join(", ")})`
    : `${kernel}.next(${args.join(", ")})`;
  const results = emit.results.map((field) => `${kernel}.${field}`);
  return { text: `(${next}, [${results.join(", ")}])`, level: level.primary };
}

/** The column of a price and where the bar is in it; nothing for what is no price. */
function historyOf(gen: Gen, unit: Unit, source: Ir | undefined): string[] {
  const column = columnOf(source);
  if (column === undefined) return [];
  gen.columns.add(column);
  unit.usesIndex = true;
  return [column, "i"];
}

/** The parts of a kernel call with several results, so that they can be taken apart without an array. */
export function kernelParts(
  gen: Gen,
  unit: Unit,
  ir: Ir,
): { readonly next: string; readonly results: readonly string[] } | undefined {
  if (ir.kind !== "call" || ir.emit.how !== "kernel" || ir.emit.results === undefined) return undefined;
  if (ir.site.inLoop && !ir.emit.shared) return undefined;
  const { text } = kernelJs(gen, unit, ir, ir.emit);
  const split = text.lastIndexOf(", [");
  return { next: text.slice(1, split), results: text.slice(split + 3, -2).split(", ") };
}

function siteName(
  gen: Gen,
  unit: Unit,
  name: string,
  emit: Emit & { readonly how: "kernel" },
  keeps: string,
  isPooled: boolean,
): string {
  const namespace = name.includes(".") ? `${name.slice(0, name.indexOf("."))}.` : "";
  gen.imports.add(namespace === "" ? emit.name : namespace.slice(0, -1));
  const site = namesOf(gen, unit).numbered(name.slice(name.lastIndexOf(".") + 1));
  const made = `rt.keep(new ${namespace}${emit.name}(${keeps}))`;
  unit.setup.line(isPooled ? `const ${site} = rt.passes(() => ${made});` : `const ${site} = ${made};`);
  return site;
}

/** `0`: the window never changes, so nothing beyond it is kept. */
function retention(ir: CallIr): string {
  const lengths = ir.args.filter((arg) => arg?.type.kind === "fundamental" && arg.type.name === "int");
  if (lengths.length === 0) return "";
  return lengths.every((arg) => arg!.qualifier !== "series") ? "0" : "";
}

function barValue(gen: Gen, unit: Unit, column: BarColumn): string {
  unit.usesIndex = true;
  if (column === "index") return "i";
  if (column === "previousClose") {
    gen.columns.add("close");
    return "i > 0 ? close[i - 1] : NaN";
  }
  gen.columns.add(column);
  return `${column}[i]`;
}

export function userCallJs(gen: Gen, unit: Unit, ir: Ir & { readonly kind: "user-call" }): Js {
  const { callee, site } = ir;
  const name = gen.functions.get(callee)!;
  const columns: string[] = [];
  const values: string[] = [];
  for (const [index, arg] of ir.args.entries()) {
    const parameter = callee.parameters[index];
    if (parameter !== undefined && gen.columnParameters.has(parameter)) columns.push(columnOf(arg)!);
    else values.push(plain(gen.expression(unit, arg)));
  }
  for (const column of columns) gen.columns.add(column);
  const args = values.join(", ");
  if (!callee.stateful) return primary(`${name}(${args})`);
  const made = `${name}(${columns.join(", ")})`;
  const instance = namesOf(gen, unit).numbered(callee.name);
  unit.setup.line(
    site.inLoop ? `const ${instance} = rt.passes(() => ${made});` : `const ${instance} = ${made};`,
  );
  return primary(`${instance}${site.inLoop ? ".take()" : ""}(${args})`);
}

export function builtinJs(gen: Gen, unit: Unit, ir: Ir & { readonly kind: "builtin" }): Js {
  const { emit } = ir;
  switch (emit.how) {
    case "barColumn":
      gen.columns.add(emit.name);
      unit.usesIndex = true;
      return primary(`${emit.name}[i]`);
    case "inline":
      importNamespaces(gen, emit.template);
      if (emit.template === "i") unit.usesIndex = true;
      return { text: emit.template, level: inlineLevel(emit.template) };
    case "context":
      return primary(`rt.${emit.name}`);
    case "kernel":
      return engineJs(gen, unit, ir, emit);
    default:
      throw new Error(`the variable ${ir.name} cannot be emitted`);
  }
}

/** A built-in variable with state: computed at the start of every bar, or where it stands when it has a state there. */
function engineJs(
  gen: Gen,
  unit: Unit,
  ir: Ir & { readonly kind: "builtin" },
  emit: Emit & { readonly how: "kernel" },
): Js {
  const next = (where: Unit, isPooled: boolean): string => {
    const site = siteName(gen, where, ir.name, emit, "", isPooled);
    const args = [...emit.bar.map((column) => barValue(gen, where, column)), ...emit.constants];
    return `${site}${isPooled ? ".take()" : ""}.next(${args.join(", ")})`;
  };
  if (ir.own !== undefined) return primary(next(unit, ir.own.inLoop));
  let name = gen.engine.get(ir.name);
  if (name === undefined) {
    name = namesOf(gen, unit).take(ir.name.replaceAll(".", "_"));
    gen.engine.set(ir.name, name);
    gen.script.setup.line(`let ${name} = ${naJs(gen, ir.type)};`);
    gen.prologue.line(`${name} = ${next(gen.script, false)};`);
  }
  return primary(name);
}

/** Registers an output; what changes from bar to bar is set on every bar. */
export function outputJs(
  gen: Gen,
  unit: Unit,
  ir: CallIr,
): { readonly handle: string; readonly sets: readonly string[] } {
  const { emit } = ir;
  if (emit.how !== "output") throw new Error("not an output");
  const sets: string[] = [];
  const given = (name: string): Ir | undefined => {
    const index = ir.parameters.indexOf(name);
    return ir.given[index] === true ? ir.args[index] : undefined;
  };
  const isColor = (arg: Ir): boolean => arg.type.kind === "fundamental" && arg.type.name === "color";
  // A colour that never changes is part of what is registered.
  const isStatic = (name: string, arg: Ir): boolean =>
    !emit.dynamic.includes(name) || (isColor(arg) && isSetup(gen, arg));
  let isReady = true;
  const registered = ir.parameters.map((name): readonly [string, string | undefined] => {
    const arg = given(name);
    if (arg === undefined || !isStatic(name, arg)) return [name, undefined];
    if (arg.kind === "call" && arg.emit.how === "output") {
      const nested = outputJs(gen, unit, arg);
      sets.push(...nested.sets);
      return [name, nested.handle];
    }
    if (!isSetup(gen, arg)) isReady = false;
    return [name, plain(gen.expression(unit, arg))];
  });
  const handle = namesOf(gen, unit).numbered(emit.name);
  const made = `rt.${emit.name}(${objectLiteral(registered)})`;
  unit.setup.line(isReady ? `const ${handle} = ${made};` : `let ${handle};`, ir.origin);
  const values = emit.dynamic.map((name) => {
    const arg = given(name);
    return arg === undefined || isStatic(name, arg) ? "undefined" : plain(gen.expression(unit, arg));
  });
  while (values.at(-1) === "undefined") values.pop();
  if (values.length > 0 || !isReady) {
    sets.push(`${isReady ? handle : `(${handle} ??= ${made})`}.set(${values.join(", ")})`);
  }
  return { handle, sets };
}

/** An input, read once. A source is a column. */
function inputJs(gen: Gen, unit: Unit, ir: CallIr, kind: string): Js {
  const name = namesOf(gen, unit).numbered("input");
  unit.setup.line(`const ${name} = ${inputCall(gen, unit, ir, kind)};`, ir.origin);
  if (kind !== "source") return primary(name);
  unit.usesIndex = true;
  return primary(`${name}[i]`);
}

/** `rt.input.int("len", 14, { title: "Length" })`. */
export function inputCall(gen: Gen, unit: Unit, ir: CallIr, kind: string): string {
  const [first] = ir.args;
  const key = ir.key === undefined ? "null" : JSON.stringify(ir.key);
  const options = objectLiteral(
    ir.parameters.slice(1).map((name, index) => {
      const arg = ir.given[index + 1] === true ? ir.args[index + 1] : undefined;
      return [name, arg === undefined ? undefined : plain(gen.expression(unit, arg))];
    }),
  );
  const value = kind === "source" ? JSON.stringify(sourceName(first!)) : plain(gen.expression(unit, first!));
  const members = kind === "enum" && first!.type.kind === "enum" ? `${gen.enums.get(first!.type)}, ` : "";
  return `rt.input.${kind}(${key}, ${value}, ${members}${options})`;
}

/** A source is chosen by the name of a price. */
function sourceName(ir: Ir): string {
  return ir.kind === "builtin" && ir.emit.how === "barColumn" ? ir.emit.name : "close";
}
