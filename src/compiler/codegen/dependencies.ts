import type { FunctionInstance, Ir, IrBlock, IrStatement, Program, Variable } from "../ir.ts";
import {
  blocksOf,
  childrenOf,
  expressionsIn,
  expressionsInBlock,
  expressionsOf,
  valuesOf,
} from "../ir-walk.ts";
import { isReference } from "../types.ts";
import { Effects } from "./effects.ts";

/** What some values are made of. */
export interface Reached {
  readonly variables: Set<Variable>;
  readonly functions: Set<FunctionInstance>;
  /** Requests whose values they are. */
  readonly requests: Set<Ir>;
  /** Arrays, objects and the like: whatever changes one of them may change what these values refer to. */
  references: boolean;
}

/**
 * What a value is made of. A variable is made of everything that is ever assigned to it and of every condition around
 * the assignments. What refers to things (arrays, objects, ...) may refer to the same thing, so such variables count as
 * one, and whatever may change such a thing is part of all of them.
 */
export class Dependencies {
  readonly #written = new Map<Variable | "references", Ir[]>();
  readonly effects: Effects;

  constructor(program: Program) {
    this.effects = new Effects(program);
    this.#block(program.body, []);
    for (const { body } of program.functions) if (body !== undefined) this.#block(body, []);
  }

  /** Everything that some expressions reach. What a request computes elsewhere is not entered. */
  reach(roots: Iterable<Ir>): Reached {
    const reached: Reached = {
      variables: new Set(),
      functions: new Set(),
      requests: new Set(),
      references: false,
    };
    const waiting = [...roots];
    for (let ir = waiting.pop(); ir !== undefined; ir = waiting.pop()) this.#visit(ir, reached, waiting);
    return reached;
  }

  #visit(ir: Ir, reached: Reached, waiting: Ir[]): void {
    if (ir.kind === "variable" || ir.kind === "past") {
      this.#reachVariable(ir.variable, reached, waiting);
      if (ir.kind === "past") waiting.push(ir.offset);
    } else if (ir.kind === "user-call") {
      if (!reached.functions.has(ir.callee)) {
        reached.functions.add(ir.callee);
        waiting.push(...expressionsOf(ir.callee));
      }
      waiting.push(...ir.args);
    } else if (isRequest(ir)) {
      reached.requests.add(ir);
      for (const [index, arg] of ir.args.entries()) {
        if (arg === undefined) continue;
        if (ir.parameters[index] !== "expression") waiting.push(arg);
        else this.#reachSettings(arg, reached, waiting, new Set());
      }
    } else waiting.push(...childrenOf(ir));
  }

  #reachVariable(variable: Variable, reached: Reached, waiting: Ir[]): void {
    if (!reached.variables.has(variable)) {
      reached.variables.add(variable);
      waiting.push(...(this.#written.get(variable) ?? []));
    }
    if (isReference(variable.type) && !reached.references) {
      reached.references = true;
      waiting.push(...(this.#written.get("references") ?? []));
    }
  }

  /** A program on other bars takes inputs and the like from the script around it. */
  #reachSettings(expression: Ir, reached: Reached, waiting: Ir[], entered: Set<FunctionInstance>): void {
    for (const ir of expressionsIn(expression)) {
      if ((ir.kind === "variable" || ir.kind === "past") && ir.variable.qualifier !== "series")
        this.#reachVariable(ir.variable, reached, waiting);
      if (ir.kind !== "user-call" || entered.has(ir.callee)) continue;
      entered.add(ir.callee);
      for (const inner of expressionsOf(ir.callee)) this.#reachSettings(inner, reached, waiting, entered);
    }
  }

  #block(block: IrBlock, conditions: readonly Ir[]): void {
    for (const statement of block.statements) this.#statement(statement, block, conditions);
  }

  #statement(statement: IrStatement, block: IrBlock, conditions: readonly Ir[]): void {
    const values = valuesOf(statement);
    for (const value of values) this.#calls(value, conditions);
    // The statement is needed as a whole: what it assigns to must be there.
    if (statement.kind === "set-field" || values.some((value) => this.effects.changes(value)))
      this.#write("references", [...values, ...assignedBy(statement)], conditions);
    switch (statement.kind) {
      case "declare": {
        const before = { ...block, statements: statement.before };
        this.#block(before, conditions);
        this.#write(statement.variable, [...values, ...expressionsInBlock(before)], conditions);
        break;
      }
      case "assign":
        this.#write(statement.variable, values, conditions);
        break;
      case "unpack":
        for (const variable of statement.variables) this.#write(variable, values, conditions);
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
    const around = conditionsAround(statement, conditions);
    for (const inner of blocksOf(statement)) this.#block(inner, around);
  }

  #calls(ir: Ir, conditions: readonly Ir[]): void {
    if (ir.kind === "user-call") {
      for (const [index, parameter] of ir.callee.parameters.entries()) {
        const arg = ir.args[index];
        if (arg !== undefined) this.#write(parameter, [arg], conditions);
      }
    }
    for (const child of childrenOf(ir)) this.#calls(child, conditions);
  }

  #write(to: Variable | "references" | undefined, values: readonly Ir[], conditions: readonly Ir[]): void {
    if (to === undefined) return;
    const written = this.#written.get(to);
    if (written === undefined) this.#written.set(to, [...values, ...conditions]);
    else written.push(...values, ...conditions);
  }
}

export type RequestIr = Ir & { readonly kind: "call" };

export function isRequest(ir: Ir): ir is RequestIr {
  return ir.kind === "call" && ir.emit.how === "request";
}

/** The variables that a statement gives another value, as expressions. */
function assignedBy(statement: IrStatement): Ir[] {
  const assigned =
    statement.kind === "assign"
      ? [statement.variable]
      : statement.kind === "unpack"
        ? statement.variables.filter((variable) => variable !== undefined)
        : [];
  return assigned.map((variable) => ({
    kind: "variable",
    variable,
    type: variable.type,
    qualifier: variable.qualifier,
    origin: statement.origin,
  }));
}

/** What decides whether the blocks of a statement run. A `break` anywhere in a loop decides about all of it. */
export function conditionsAround(statement: IrStatement, conditions: readonly Ir[]): readonly Ir[] {
  const inner = blocksOf(statement);
  if (inner.length === 0) return conditions;
  const isLoop = statement.kind === "for" || statement.kind === "for-in" || statement.kind === "while";
  return [...conditions, ...valuesOf(statement), ...(isLoop ? inner.flatMap(conditionsIn) : [])];
}

function conditionsIn(block: IrBlock): Ir[] {
  return block.statements.flatMap((statement) => {
    const inner = blocksOf(statement);
    return inner.length === 0 ? [] : [...valuesOf(statement), ...inner.flatMap(conditionsIn)];
  });
}
