import type { FunctionInstance, Ir, IrBlock, IrStatement, Program, Variable } from "../ir.ts";
import { blocksOf, childrenOf, expressionsOf, valuesOf } from "../ir-walk.ts";
import type { Type } from "../types.ts";

/**
 * Which requests the value of an expression is made of. A request that runs the whole script on other bars runs those
 * alone, and not all that happen to stand in the script: each would run the whole script again.
 *
 * A variable is made of everything that is ever assigned to it and of every condition around the assignments. What
 * refers to things (arrays, objects, ...) may refer to the same thing, so such variables count as one.
 */
export class Needs {
  readonly #written = new Map<Variable | "references", Ir[]>();

  constructor(program: Program) {
    this.#block(program.body, []);
    for (const { body } of program.functions) if (body !== undefined) this.#block(body, []);
  }

  /** The requests, the expression's own not entered. */
  of(expression: Ir): Set<Ir> {
    const requests = new Set<Ir>();
    const seen = new Set<Variable | FunctionInstance | "references">();
    const waiting: Ir[] = [expression];
    const reach = (what: Variable | "references"): void => {
      if (seen.has(what)) return;
      seen.add(what);
      waiting.push(...(this.#written.get(what) ?? []));
    };
    for (let ir = waiting.pop(); ir !== undefined; ir = waiting.pop()) {
      if (ir.kind === "variable" || ir.kind === "past") {
        reach(ir.variable);
        if (isReference(ir.variable.type)) reach("references");
      }
      if (ir.kind === "user-call" && !seen.has(ir.callee)) {
        seen.add(ir.callee);
        waiting.push(...expressionsOf(ir.callee));
      }
      if (ir.kind === "call" && ir.emit.how === "request") {
        requests.add(ir);
        waiting.push(
          ...(ir.args.filter(
            (arg, index) => arg !== undefined && ir.parameters[index] !== "expression",
          ) as Ir[]),
        );
      } else waiting.push(...childrenOf(ir));
    }
    return requests;
  }

  #block(block: IrBlock, conditions: readonly Ir[]): void {
    for (const statement of block.statements) this.#statement(statement, block, conditions);
  }

  #statement(statement: IrStatement, block: IrBlock, conditions: readonly Ir[]): void {
    const values = valuesOf(statement);
    for (const value of values) this.#calls(value, conditions);
    switch (statement.kind) {
      case "declare":
        this.#block({ ...block, statements: statement.before }, conditions);
        this.#write(statement.variable, values, conditions);
        break;
      case "assign":
        this.#write(statement.variable, values, conditions);
        break;
      case "unpack":
        for (const variable of statement.variables) this.#write(variable, values, conditions);
        break;
      case "set-field":
        this.#write("references", values, conditions);
        break;
      case "switch":
        this.#write(statement.subject, values, conditions);
        break;
      case "for":
        this.#write(statement.counter, values, conditions);
        break;
      case "for-in":
        this.#write(statement.key, values, conditions);
        this.#write(statement.element, values, conditions);
        break;
      default:
    }
    const inner = blocksOf(statement);
    if (inner.length === 0) return;
    // A `break` anywhere in a loop decides about all of it.
    const around = [...conditions, ...values, ...(isLoop(statement) ? inner.flatMap(conditionsIn) : [])];
    for (const one of inner) this.#block(one, around);
  }

  /** What a call is given it may change. */
  #calls(ir: Ir, conditions: readonly Ir[]): void {
    if (ir.kind === "user-call") {
      for (const [index, parameter] of ir.callee.parameters.entries()) {
        const arg = ir.args[index];
        if (arg !== undefined) this.#write(parameter, [arg], conditions);
      }
    }
    const isCall = ir.kind === "call" || ir.kind === "user-call";
    if (isCall && ir.args.some((arg) => arg !== undefined && isReference(arg.type)))
      this.#write("references", [ir], conditions);
    for (const child of childrenOf(ir)) this.#calls(child, conditions);
  }

  #write(to: Variable | "references" | undefined, values: readonly Ir[], conditions: readonly Ir[]): void {
    if (to === undefined) return;
    const written = this.#written.get(to);
    if (written === undefined) this.#written.set(to, [...values, ...conditions]);
    else written.push(...values, ...conditions);
  }
}

function isReference(type: Type): boolean {
  return type.kind !== "fundamental" && type.kind !== "enum" && type.kind !== "na" && type.kind !== "tuple";
}

function isLoop({ kind }: IrStatement): boolean {
  return kind === "for" || kind === "for-in" || kind === "while";
}

function conditionsIn(block: IrBlock): Ir[] {
  return block.statements.flatMap((statement) => {
    const inner = blocksOf(statement);
    return inner.length === 0 ? [] : [...valuesOf(statement), ...inner.flatMap(conditionsIn)];
  });
}
