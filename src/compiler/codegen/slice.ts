import type { FunctionInstance, Ir, IrBlock, IrStatement, Program } from "../ir.ts";
import {
  blocksOf,
  childrenOf,
  expressionsIn,
  expressionsInBlock,
  expressionsOf,
  valuesOf,
} from "../ir-walk.ts";
import { conditionsAround, type Dependencies, type Reached } from "./dependencies.ts";
import type { Effects } from "./effects.ts";

/** A script cut down to what the value of one request is made of. */
export interface Slice {
  readonly program: Program;
  /** The requests that the value needs; others that are left stand in expressions nobody looks at. */
  readonly needs: ReadonlySet<Ir>;
}

/**
 * Cuts a script down to the statements that the value of a request needs, and the places at which it stands.
 *
 * @param isTarget tells the request; copies of a function hold copies of it
 */
export function sliceFor(program: Program, dependencies: Dependencies, isTarget: (ir: Ir) => boolean): Slice {
  const cut = new Cut(program, dependencies.effects, isTarget);
  const needs = dependencies.reach(cut.roots).requests;
  const reached = dependencies.reach([...cut.roots, ...cut.calls, ...unnamedInputs(program)]);
  const body = cut.block(program.body, reached, false);
  const functions = functionsIn(body);
  return {
    program: { ...program, body, functions: program.functions.filter((one) => functions.has(one)) },
    needs,
  };
}

class Cut {
  /** What the value is made of, and what decides whether it is reached. */
  readonly roots: Ir[] = [];
  /** The calls that lead to the request. */
  readonly calls: Ir[] = [];
  readonly #effects: Effects;
  readonly #isTarget: (ir: Ir) => boolean;
  readonly #leading = new Set<FunctionInstance>();

  constructor(program: Program, effects: Effects, isTarget: (ir: Ir) => boolean) {
    this.#effects = effects;
    this.#isTarget = isTarget;
    // Callees come first, so that callers are recognized as well.
    for (const instance of program.functions) {
      for (const ir of expressionsOf(instance)) if (this.#leads(ir)) this.#leading.add(instance);
      if (this.#leading.has(instance) && instance.body !== undefined) {
        this.#collect(instance.body, []);
        if (instance.result !== undefined) this.#collectValue(instance.result, []);
      }
    }
    this.#collect(program.body, []);
  }

  #leads(ir: Ir): boolean {
    return this.#isTarget(ir) || (ir.kind === "user-call" && this.#leading.has(ir.callee));
  }

  #collect(block: IrBlock, conditions: readonly Ir[]): void {
    for (const statement of block.statements) {
      for (const value of valuesOf(statement)) this.#collectValue(value, conditions);
      if (statement.kind === "declare") this.#collect({ ...block, statements: statement.before }, conditions);
      const around = conditionsAround(statement, conditions);
      for (const inner of blocksOf(statement)) this.#collect(inner, around);
    }
  }

  #collectValue(value: Ir, conditions: readonly Ir[]): void {
    for (const ir of expressionsIn(value)) {
      if (!this.#leads(ir)) continue;
      this.calls.push(ir);
      this.roots.push(...conditions);
      if (ir.kind === "user-call") this.roots.push(...ir.args);
      else if (ir.kind === "call") for (const arg of ir.args) if (arg !== undefined) this.roots.push(arg);
    }
  }

  /** The statements of a block that are needed. */
  block(block: IrBlock, reached: Reached, inKeptLoop: boolean): IrBlock {
    const statements = block.statements.flatMap((statement) =>
      this.#statement(statement, reached, inKeptLoop),
    );
    return { ...block, statements };
  }

  #statement(statement: IrStatement, reached: Reached, inKeptLoop: boolean): readonly IrStatement[] {
    if (this.#isKept(statement, reached)) return [statement];
    if (statement.kind === "break" || statement.kind === "continue") return inKeptLoop ? [statement] : [];
    const isLoop = statement.kind === "for" || statement.kind === "for-in" || statement.kind === "while";
    const inner = blocksOf(statement);
    const isNeeded =
      inner.some((block) => this.block(block, reached, inKeptLoop && !isLoop).statements.length > 0) ||
      (inner.length > 0 && this.#hasEffect(statement, reached));
    if (isNeeded) return [withBlocks(statement, (block) => this.block(block, reached, inKeptLoop || isLoop))];
    return valuesOf(statement)
      .flatMap((value) => this.#leadingIn(value))
      .map((value) => ({ kind: "evaluate", value, origin: value.origin }));
  }

  #isKept(statement: IrStatement, reached: Reached): boolean {
    const { variables, references } = reached;
    switch (statement.kind) {
      case "declare":
      case "assign":
        if (variables.has(statement.variable)) return true;
        break;
      case "unpack":
        if (statement.variables.some((variable) => variable !== undefined && variables.has(variable)))
          return true;
        break;
      case "set-field":
        if (references) return true;
        break;
      default:
    }
    if (blocksOf(statement).length > 0) return false;
    return valuesOf(statement).some(isUnnamedInput) || this.#hasEffect(statement, reached);
  }

  #hasEffect(statement: IrStatement, { references }: Reached): boolean {
    return references && valuesOf(statement).some((value) => this.#effects.changes(value));
  }

  /** The outermost calls within a value that lead to the request. */
  #leadingIn(value: Ir): readonly Ir[] {
    return this.#leads(value) ? [value] : childrenOf(value).flatMap((child) => this.#leadingIn(child));
  }
}

/** Inputs without a variable are told apart by their order: all of them stay. */
function isUnnamedInput(value: Ir): boolean {
  for (const ir of expressionsIn(value))
    if (ir.kind === "call" && ir.emit.how === "input" && ir.key === undefined) return true;
  return false;
}

function* unnamedInputs({ body }: Program): Generator<Ir> {
  for (const statement of body.statements)
    for (const value of valuesOf(statement)) if (isUnnamedInput(value)) yield value;
}

function withBlocks(statement: IrStatement, change: (block: IrBlock) => IrBlock): IrStatement {
  switch (statement.kind) {
    case "if":
      return {
        ...statement,
        yes: change(statement.yes),
        no: statement.no === undefined ? undefined : change(statement.no),
      };
    case "switch":
      return { ...statement, cases: statement.cases.map((one) => ({ ...one, body: change(one.body) })) };
    case "for":
    case "for-in":
    case "while":
      return { ...statement, body: change(statement.body) };
    default:
      return statement;
  }
}

/** The functions that a block calls, and those that they call. */
function functionsIn(block: IrBlock): Set<FunctionInstance> {
  const found = new Set<FunctionInstance>();
  const visit = (all: Iterable<Ir>): void => {
    for (const ir of all) {
      if (ir.kind !== "user-call" || found.has(ir.callee)) continue;
      found.add(ir.callee);
      visit(expressionsOf(ir.callee));
    }
  };
  visit(expressionsInBlock(block));
  return found;
}
