import type { Ir, IrBlock, IrCase, IrStatement, Variable } from "../ir.ts";
import { isReference } from "../types.ts";
import { inputCall, kernelParts, outputJs } from "./calls.ts";
import { type Gen, naJs, nameOf, namesOf, type Unit } from "./gen.ts";
import { countExecution, recordLine, storeOf } from "./history.ts";
import { at, level, plain } from "./js.ts";
import { emitFor, emitForIn, emitWhile } from "./loops.ts";
import { isSetup } from "./setup.ts";
import type { Writer } from "./writer.ts";

/** Statements and blocks. */

export function emitBlock(gen: Gen, unit: Unit, block: IrBlock, out: Writer): void {
  countExecution(gen, unit, block.home, out);
  for (const statement of block.statements) emitStatement(gen, unit, statement, out);
}

function emitStatement(gen: Gen, unit: Unit, statement: IrStatement, out: Writer): void {
  const { origin } = statement;
  switch (statement.kind) {
    case "declare":
      emitDeclaration(gen, unit, statement, out);
      break;
    case "assign":
      out.line(
        `${nameOf(gen, statement.variable)} = ${plain(gen.expression(unit, statement.value))};`,
        origin,
      );
      recordLine(gen, unit, statement.variable, out);
      break;
    case "set-field": {
      const object = at(level.primary, gen.expression(unit, statement.object));
      out.line(
        `${object}.${statement.field.name} = ${plain(gen.expression(unit, statement.value))};`,
        origin,
      );
      break;
    }
    case "unpack":
      emitUnpack(gen, unit, statement, out);
      break;
    case "evaluate":
      emitEvaluation(gen, unit, statement.value, out);
      break;
    case "if":
      emitIf(gen, unit, statement, out, "");
      break;
    case "switch":
      emitSwitch(gen, unit, statement, out);
      break;
    case "for":
      emitFor(gen, unit, statement, out);
      break;
    case "for-in":
      emitForIn(gen, unit, statement, out);
      break;
    case "while":
      emitWhile(gen, unit, statement, out);
      break;
    default:
      out.line(`${statement.kind};`, origin);
  }
}

type Declare = IrStatement & { readonly kind: "declare" };

function emitDeclaration(gen: Gen, unit: Unit, statement: Declare, out: Writer): void {
  const { variable, value, before, origin } = statement;
  if (value !== undefined && emitAlias(gen, unit, variable, value, out)) return;
  if (value !== undefined && before.length === 0 && isHoistable(gen, variable, value)) {
    gen.hoisted.add(variable);
    unit.setup.line(`const ${nameOf(gen, variable)} = ${setupValue(gen, unit, value)};`, origin);
    return;
  }
  if (variable.mode !== undefined) {
    emitPersistent(gen, unit, statement, out);
    return;
  }
  const name = nameOf(gen, variable);
  const text = value === undefined ? undefined : plain(gen.expression(unit, value));
  if (variable.home.isGlobal && variable.captured) {
    unit.setup.line(`let ${name} = ${naJs(gen, variable.type)};`);
    if (text !== undefined) out.line(`${name} = ${text};`, origin);
  } else if (text === undefined) out.line(`let ${name};`, origin);
  else {
    // The runtime puts a `const` that is null into the lines that read it, where a failure then has the wrong place.
    const isConstant = !variable.reassigned && variable.role !== "hidden" && text !== "null";
    out.line(`${isConstant ? "const" : "let"} ${name} = ${text};`, origin);
  }
  if (text !== undefined) recordLine(gen, unit, variable, out);
  else storeOf(gen, unit, variable);
}

/** Plots and price sources are written as what they stand for. */
function emitAlias(gen: Gen, unit: Unit, variable: Variable, value: Ir, out: Writer): boolean {
  if (value.kind !== "call" || variable.reassigned || !variable.home.isGlobal) return false;
  if (value.emit.how === "output") {
    const { handle, sets } = outputJs(gen, unit, value);
    gen.aliases.set(variable, handle);
    for (const set of sets) out.line(`${set};`, value.origin);
    return true;
  }
  if (value.emit.how === "input" && value.emit.input === "source") {
    const name = nameOf(gen, variable);
    gen.aliases.set(variable, name);
    unit.setup.line(`const ${name} = ${inputCall(gen, unit, value, "source")};`, value.origin);
    return true;
  }
  return false;
}

function isHoistable(gen: Gen, variable: Variable, value: Ir): boolean {
  if (!variable.home.isGlobal || variable.reassigned || variable.mode === "varip") return false;
  if (variable.type.kind !== "fundamental" && variable.type.kind !== "enum") return false;
  return variable.role !== "hidden" && isSetup(gen, value);
}

function setupValue(gen: Gen, unit: Unit, value: Ir): string {
  if (value.kind === "call" && value.emit.how === "input")
    return inputCall(gen, unit, value, value.emit.input);
  return plain(gen.expression(unit, value));
}

/** `var` and `varip`: made once for the instance, kept over bars. */
function emitPersistent(gen: Gen, unit: Unit, statement: Declare, out: Writer): void {
  const { variable, value, before, origin } = statement;
  const name = nameOf(gen, variable);
  const save = (saved: string, isReferenceTo: boolean): void => {
    if (variable.mode === "var") unit.saved.push({ name: saved, isReference: isReferenceTo });
  };
  save(name, isReference(variable.type));
  if (value === undefined || (before.length === 0 && isSetup(gen, value))) {
    const initial = value === undefined ? naJs(gen, variable.type) : plain(gen.expression(unit, value));
    unit.setup.line(`let ${name} = ${initial};`, origin);
  } else {
    const born = namesOf(gen, unit).take(`${name}$born`);
    save(born, false);
    unit.setup.line(`let ${name} = ${naJs(gen, variable.type)}, ${born} = false;`);
    out.block(
      `if (!${born}) {`,
      "}",
      () => {
        out.line(`${born} = true;`);
        for (const inner of before) emitStatement(gen, unit, inner, out);
        out.line(`${name} = ${plain(gen.expression(unit, value))};`, origin);
      },
      origin,
    );
  }
  recordLine(gen, unit, variable, out);
}

/** `[a, b] = ...` without an array where the parts can be had by themselves. */
function emitUnpack(
  gen: Gen,
  unit: Unit,
  statement: IrStatement & { readonly kind: "unpack" },
  out: Writer,
): void {
  const { variables, value, origin, declares } = statement;
  const parts = tupleParts(gen, unit, value, out);
  for (const [index, variable] of variables.entries()) {
    if (variable === undefined) continue;
    const name = nameOf(gen, variable);
    const isOuter = variable.home.isGlobal && variable.captured;
    if (declares && isOuter) unit.setup.line(`let ${name} = ${naJs(gen, variable.type)};`);
    const keyword = !declares || isOuter ? "" : variable.reassigned ? "let " : "const ";
    out.line(`${keyword}${name} = ${parts[index]};`, origin);
    recordLine(gen, unit, variable, out);
  }
}

function tupleParts(gen: Gen, unit: Unit, value: Ir, out: Writer): readonly string[] {
  if (value.kind === "tuple") return value.members.map((member) => plain(gen.expression(unit, member)));
  const kernel = kernelParts(gen, unit, value);
  if (kernel !== undefined) {
    out.line(`${kernel.next};`, value.origin);
    return kernel.results;
  }
  const tuple = namesOf(gen, unit).numbered("tuple");
  out.line(`const ${tuple} = ${plain(gen.expression(unit, value))};`, value.origin);
  const size = value.type.kind === "tuple" ? value.type.members.length : 0;
  return Array.from({ length: size }, (_, index) => `${tuple}[${index}]`);
}

function emitEvaluation(gen: Gen, unit: Unit, value: Ir, out: Writer): void {
  if (value.kind === "call" && value.emit.how === "output") {
    for (const set of outputJs(gen, unit, value).sets) out.line(`${set};`, value.origin);
    return;
  }
  const { text } = gen.expression(unit, value);
  if (text === "void 0" || /^[\w$.]+$/.test(text)) return;
  out.line(`${text.startsWith("{") ? `(${text})` : text};`, value.origin);
}

type If = IrStatement & { readonly kind: "if" };

function emitIf(gen: Gen, unit: Unit, statement: If, out: Writer, prefix: string): void {
  const { condition, yes, no, origin } = statement;
  out.line(`${prefix}if (${gen.expression(unit, condition).text}) {`, origin);
  out.nested(() => gen.block(unit, yes, out));
  const only = no?.statements.length === 1 && no.home.remembered.length === 0 ? no.statements[0] : undefined;
  if (no === undefined) out.line("}");
  else if (only?.kind === "if") emitIf(gen, unit, only, out, "} else ");
  else {
    out.line("} else {");
    out.nested(() => gen.block(unit, no, out));
    out.line("}");
  }
}

type Switch = IrStatement & { readonly kind: "switch" };

/** JavaScript engines nest a chain of `else if` as deeply as it is long; a longer one is written flat. */
const longestChain = 200;

/** A chain of ifs: cases are expressions, tried one after the other. */
function emitSwitch(gen: Gen, unit: Unit, statement: Switch, out: Writer): void {
  const { subject, value, cases, origin } = statement;
  if (subject !== undefined && value !== undefined) {
    out.line(`const ${nameOf(gen, subject)} = ${plain(gen.expression(unit, value))};`, origin);
  }
  if (cases.length > longestChain) {
    emitFlat(gen, unit, cases, out);
    return;
  }
  let opened = false;
  for (const { test, body } of cases) {
    emitCase(gen, unit, test, body, out, opened);
    opened = true;
  }
  if (opened) out.line("}");
}

function emitFlat(gen: Gen, unit: Unit, cases: readonly IrCase[], out: Writer): void {
  const label = namesOf(gen, unit).numbered("chosen");
  out.line(`${label}: {`);
  out.nested(() => {
    for (const { test, body } of cases) {
      if (test === undefined) {
        gen.block(unit, body, out);
        continue;
      }
      out.line(`if (${gen.expression(unit, test).text}) {`, test.origin);
      out.nested(() => {
        gen.block(unit, body, out);
        out.line(`break ${label};`);
      });
      out.line("}");
    }
  });
  out.line("}");
}

function emitCase(
  gen: Gen,
  unit: Unit,
  test: IrCase["test"],
  body: IrBlock,
  out: Writer,
  opened: boolean,
): void {
  if (test === undefined) out.line(opened ? "} else {" : "{");
  else out.line(`${opened ? "} else " : ""}if (${gen.expression(unit, test).text}) {`, test.origin);
  out.nested(() => gen.block(unit, body, out));
}
