import type { FunctionInstance, Ir, IrBlock, IrStatement } from "./ir.ts";

/** Every expression below one, itself first; bodies of called functions are not entered. */
export function* expressionsIn(ir: Ir): Generator<Ir> {
  yield ir;
  for (const child of childrenOf(ir)) yield* expressionsIn(child);
}

/** Expressions right below one. */
export function childrenOf(ir: Ir): readonly Ir[] {
  switch (ir.kind) {
    case "past":
    case "builtin-past":
      return [ir.offset];
    case "record":
      return [ir.value, ir.offset];
    case "negate":
    case "not":
    case "copy":
    case "truth":
      return [ir.operand];
    case "operation":
      return [ir.left, ir.right];
    case "choice":
      return [ir.condition, ir.yes, ir.no];
    case "call":
      return ir.args.filter((arg) => arg !== undefined);
    case "user-call":
    case "new":
      return ir.args;
    case "field":
      return [ir.object];
    case "tuple":
      return ir.members;
    default:
      return [];
  }
}

/** Every expression of a function, its result included. */
export function* expressionsOf({ body, result }: FunctionInstance): Generator<Ir> {
  if (body !== undefined) yield* expressionsInBlock(body);
  if (result !== undefined) yield* expressionsIn(result);
}

/** Every expression of a block and of those inside it. */
export function* expressionsInBlock(block: IrBlock): Generator<Ir> {
  for (const statement of block.statements) {
    for (const ir of valuesOf(statement)) yield* expressionsIn(ir);
    for (const inner of blocksOf(statement)) yield* expressionsInBlock(inner);
    if (statement.kind === "declare")
      yield* expressionsInBlock({ statements: statement.before, home: block.home });
  }
}

/** Expressions of a statement itself. */
export function valuesOf(statement: IrStatement): readonly Ir[] {
  switch (statement.kind) {
    case "declare":
    case "switch":
      return [
        ...(statement.value === undefined ? [] : [statement.value]),
        ...(statement.kind === "switch"
          ? statement.cases.flatMap(({ test }) => (test === undefined ? [] : [test]))
          : []),
      ];
    case "assign":
    case "unpack":
    case "evaluate":
      return [statement.value];
    case "set-field":
      return [statement.object, statement.value];
    case "if":
    case "while":
      return [statement.condition];
    case "for":
      return [statement.from, statement.to, ...(statement.step === undefined ? [] : [statement.step])];
    case "for-in":
      return [statement.collection];
    default:
      return [];
  }
}

/** Blocks of a statement. */
export function blocksOf(statement: IrStatement): readonly IrBlock[] {
  switch (statement.kind) {
    case "if":
      return statement.no === undefined ? [statement.yes] : [statement.yes, statement.no];
    case "switch":
      return statement.cases.map(({ body }) => body);
    case "for":
    case "for-in":
    case "while":
      return [statement.body];
    default:
      return [];
  }
}
