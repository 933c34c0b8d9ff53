import type { FunctionInstance, Ir, Program, Variable } from "../ir.ts";
import { expressionsInBlock, expressionsOf } from "../ir-walk.ts";

/**
 * Parameters whose past is read and which are a price at every call: their past is that of the price, so the function
 * is given its column instead of keeping one of its own. Only where executions are bars.
 */
export function columnParameters(program: Program, steady: ReadonlySet<FunctionInstance>): Set<Variable> {
  const found = new Set<Variable>();
  for (const instance of steady) {
    if (!instance.stateful) continue;
    for (const parameter of instance.parameters) {
      const { history, reassigned } = parameter;
      if ((history.dynamic || history.deepest >= 0) && !reassigned) found.add(parameter);
    }
  }
  if (found.size === 0) return found;
  const drop = (calls: Iterable<Ir>): void => {
    for (const ir of calls) {
      if (ir.kind !== "user-call") continue;
      for (const [index, parameter] of ir.callee.parameters.entries())
        if (columnOf(ir.args[index]) === undefined) found.delete(parameter);
    }
  };
  drop(expressionsInBlock(program.body));
  for (const instance of program.functions) drop(expressionsOf(instance));
  return found;
}

/** The price that an expression is. */
export function columnOf(ir: Ir | undefined): string | undefined {
  return ir?.kind === "builtin" && ir.emit.how === "barColumn" ? ir.emit.name : undefined;
}
