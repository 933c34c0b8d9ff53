import type { FunctionInstance, Ir, IrBlock, Program } from "../ir.ts";
import { blocksOf, expressionsIn, expressionsOf } from "../ir-walk.ts";
import { isReference } from "../types.ts";

/** What changes the contents of a collection. */
const changing: ReadonlySet<string> = new Set([
  ...["push", "pop", "shift", "unshift", "insert", "remove", "clear", "set", "fill", "sort", "reverse"].map(
    (name) => `array.${name}`,
  ),
  "array.concat",
  ...["put", "put_all", "remove", "clear"].map((name) => `map.${name}`),
  ...["set", "fill", "add_row", "add_col", "remove_row", "remove_col", "swap_rows", "swap_columns"].map(
    (name) => `matrix.${name}`,
  ),
  ...["reshape", "reverse", "sort", "concat"].map((name) => `matrix.${name}`),
]);

/** Calls that look at what they are given and leave it as it is, whatever else is changed by calls of their kind. */
const reading = /^(?:array|map|matrix|str|math|ta|color)\.|\.(?:new|copy|get_\w+)$|^(?:na|nz)$/;

/**
 * What changes things that variables refer to: arrays, objects, drawings and the like. A function does when anything in
 * it does, also to what it does not return.
 */
export class Effects {
  readonly #functions = new Set<FunctionInstance>();

  constructor(program: Program) {
    // Callees come first.
    for (const one of program.functions) {
      if (one.body !== undefined && setsFields(one.body)) this.#functions.add(one);
      else for (const ir of expressionsOf(one)) if (this.#doesChange(ir)) this.#functions.add(one);
    }
  }

  /** Whether computing a value changes anything. */
  changes(value: Ir): boolean {
    for (const ir of expressionsIn(value)) if (this.#doesChange(ir)) return true;
    return false;
  }

  #doesChange(ir: Ir): boolean {
    if (ir.kind === "user-call") return this.#functions.has(ir.callee);
    if (ir.kind !== "call" || !ir.args.some((arg) => arg !== undefined && isReference(arg.type)))
      return false;
    return changing.has(ir.name) || !reading.test(ir.name);
  }
}

function setsFields({ statements }: IrBlock): boolean {
  return statements.some(
    (statement) => statement.kind === "set-field" || blocksOf(statement).some((block) => setsFields(block)),
  );
}
