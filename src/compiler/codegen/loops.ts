import type { Ir, IrBlock, IrStatement, Variable } from "../ir.ts";
import { expressionsInBlock } from "../ir-walk.ts";
import { type Gen, nameOf, namesOf, type Unit } from "./gen.ts";
import { recordLine } from "./history.ts";
import { at, level, plain } from "./js.ts";
import type { Writer } from "./writer.ts";

/**
 * Loops. A runaway loop must not hang the run, so every loop pays for its passes out of a budget for each bar: at once
 * where their number is known before the first one, pass by pass otherwise.
 */

type For = IrStatement & { readonly kind: "for" };

/** Counts up when the start is not above the end, else down; the direction is fixed at the start; na: no pass. */
export function emitFor(gen: Gen, unit: Unit, statement: For, out: Writer): void {
  const { counter, from, to, step, body, origin } = statement;
  const isFixed =
    (!statement.moving || isFixedInLoop(to, body)) && (step === undefined || isFixedInLoop(step, body));
  const name = nameOf(gen, counter);
  const start = plain(gen.expression(unit, from));
  const end = at(level.sum, gen.expression(unit, to));
  const size = step === undefined ? "1" : at(level.unary, gen.expression(unit, step));
  const upward = countsUp(from, to);
  if (isFixed && upward !== undefined && step === undefined && !leaves(body)) {
    const passes = upward + 1;
    if (passes > fewPasses || nests(body)) out.line(`rt.spend(${passes});`);
    emitBody(
      gen,
      unit,
      `for (let ${name} = ${start}; ${name} <= ${end}; ${name}++) {`,
      body,
      counter,
      out,
      undefined,
      origin,
    );
    return;
  }
  const names = namesOf(gen, unit);
  const by = names.numbered("by");
  const first = from.kind === "constant" ? start : names.numbered("from");
  if (first !== start) out.line(`const ${first} = ${start};`, origin);
  if (isFixed) {
    const limit = names.numbered("to");
    const left = names.numbered("left");
    out.line(`const ${limit} = ${end}, ${by} = ${first} <= ${limit} ? ${size} : -${size};`, origin);
    // The number of passes is known: one comparison a pass, whatever the direction. na gives none.
    if (step === undefined) out.line(`let ${left} = Math.floor(Math.abs(${limit} - ${first})) + 1;`);
    else {
      gen.imports.add("passCount");
      out.line(`let ${left} = passCount(${first}, ${limit}, ${size});`, origin);
    }
    const steps = leaves(body) ? names.numbered("steps") : undefined;
    if (steps === undefined) payAtOnce(left, body, origin, out);
    const head = `for (let ${name} = ${first}; ${left} > 0; ${left}--, ${name} += ${by}) {`;
    emitBody(gen, unit, head, body, counter, out, steps, origin);
    return;
  }
  const steps = names.numbered("steps");
  out.line(`const ${by} = ${first} <= ${end} ? 1 : -1;`, origin);
  const test = `${by} > 0 ? ${name} <= ${end} : ${name} >= ${end}`;
  const advance = step === undefined ? by : `${by} * ${size}`;
  emitBody(
    gen,
    unit,
    `for (let ${name} = ${first}; ${test}; ${name} += ${advance}) {`,
    body,
    counter,
    out,
    steps,
    origin,
  );
}

/** A short loop that holds no other and calls nothing is not worth its accounting. */
const fewPasses = 1000;

/** Pays for all passes before the first. */
function payAtOnce(passes: string, body: IrBlock, origin: IrStatement["origin"], out: Writer): void {
  out.line(`${nests(body) ? "" : `if (${passes} > ${fewPasses}) `}rt.spend(${passes});`, origin);
}

/** Whether a pass may be long by itself. */
function nests(block: IrBlock): boolean {
  const isLoop = ({ kind }: IrStatement): boolean => kind === "for" || kind === "for-in" || kind === "while";
  if (
    block.statements.some(
      (statement) => isLoop(statement) || statement.kind === "switch" || statement.kind === "if",
    )
  )
    return true;
  for (const ir of expressionsInBlock(block)) if (ir.kind === "user-call") return true;
  return false;
}

/** Number of passes less one, when both ends are constants and it counts up. */
function countsUp(from: Ir, to: Ir): number | undefined {
  const [start, end] = [from, to].map((ir) =>
    ir.kind === "constant" && typeof ir.value === "number" ? ir.value : NaN,
  );
  return end! >= start! ? Math.floor(end! - start!) : undefined;
}

/** Whether an expression has the same value on every pass of a loop with this body. */
function isFixedInLoop(ir: Ir, body: IrBlock): boolean {
  switch (ir.kind) {
    case "constant":
    case "builtin":
    case "builtin-past":
      return true;
    case "variable":
      return !ir.variable.reassigned;
    case "negate":
      return isFixedInLoop(ir.operand, body);
    case "operation":
      return isFixedInLoop(ir.left, body) && isFixedInLoop(ir.right, body);
    case "call":
      return (
        (ir.emit.how === "inline" || (ir.name === "array.size" && !resizes(body))) &&
        ir.args.every((arg) => arg !== undefined && isFixedInLoop(arg, body))
      );
    default:
      return false;
  }
}

/** Functions after which an array, or one that it is a window of, has another size. */
const resizing: ReadonlySet<string> = new Set(
  ["push", "pop", "shift", "unshift", "insert", "remove", "clear", "concat"].map((name) => `array.${name}`),
);

/** Whether some array may have another size after a block. */
function resizes(block: IrBlock): boolean {
  for (const ir of expressionsInBlock(block)) {
    if (ir.kind === "user-call" || (ir.kind === "call" && resizing.has(ir.name))) return true;
  }
  return false;
}

/** Whether a loop may end before its last pass. */
function leaves(block: IrBlock): boolean {
  return block.statements.some((statement) => {
    switch (statement.kind) {
      case "break":
        return true;
      case "if":
        return leaves(statement.yes) || (statement.no !== undefined && leaves(statement.no));
      case "switch":
        return statement.cases.some(({ body }) => leaves(body));
      default:
        return false;
    }
  });
}

type ForIn = IrStatement & { readonly kind: "for-in" };

/** Elements in order, rows that write through, pairs. The size is looked at on each pass, unless it stays as it is. */
export function emitForIn(gen: Gen, unit: Unit, statement: ForIn, out: Writer): void {
  const { over, collection, key, element, body, origin } = statement;
  const held = namesOf(gen, unit).numbered(over === "array" ? "list" : over);
  const given = plain(gen.expression(unit, collection));
  out.line(`const ${held} = ${over === "array" ? `array.over(${given})` : given};`, origin);
  if (over === "map") {
    const steps = namesOf(gen, unit).numbered("steps");
    const names = [key, element].map((variable) => (variable === undefined ? "" : nameOf(gen, variable)));
    const head = `for (const [${names.join(", ")}] of ${held}) {`;
    emitBody(gen, unit, head, body, undefined, out, steps, origin, [key, element]);
    return;
  }
  const index = key === undefined ? namesOf(gen, unit).numbered("at") : nameOf(gen, key);
  gen.imports.add(over);
  let size = over === "array" ? `${held}.size` : `matrix.rows(${held})`;
  const read = over === "array" ? `${held}.at(${index})` : `${held}.rows[${index}]`;
  const isFixed = over === "array" && !resizes(body);
  if (isFixed) {
    const passes = namesOf(gen, unit).numbered("size");
    out.line(`const ${passes} = ${size};`);
    size = passes;
  }
  const steps = isFixed && !leaves(body) ? undefined : namesOf(gen, unit).numbered("steps");
  if (steps === undefined) payAtOnce(size, body, origin, out);
  const head = `for (let ${index} = 0; ${index} < ${size}; ${index}++) {`;
  const first = element === undefined ? undefined : `const ${nameOf(gen, element)} = ${read};`;
  emitBody(gen, unit, head, body, undefined, out, steps, origin, [key, element], first);
}

type While = IrStatement & { readonly kind: "while" };

export function emitWhile(gen: Gen, unit: Unit, statement: While, out: Writer): void {
  const { condition, body, origin } = statement;
  const steps = namesOf(gen, unit).numbered("steps");
  const head = `while (${gen.expression(unit, condition).text}) {`;
  emitBody(gen, unit, head, body, undefined, out, steps, origin);
}

function emitBody(
  gen: Gen,
  unit: Unit,
  head: string,
  body: IrBlock,
  counter: Variable | undefined,
  out: Writer,
  steps: string | undefined,
  origin: IrStatement["origin"],
  remembered: readonly (Variable | undefined)[] = [counter],
  first?: string,
): void {
  if (steps !== undefined) out.line(`let ${steps} = 0;`);
  out.block(
    head,
    "}",
    () => {
      if (steps !== undefined) out.line(`if (++${steps} > rt.loopLimit) rt.spend(${steps});`, origin);
      if (first !== undefined) out.line(first, origin);
      gen.block(unit, body, out);
      for (const variable of remembered) if (variable !== undefined) recordLine(gen, unit, variable, out);
    },
    origin,
  );
  if (steps !== undefined) out.line(`rt.spend(${steps});`, origin);
}
