import type { FunctionInstance, Ir, Program } from "../ir.ts";
import { expressionsInBlock, expressionsOf } from "../ir-walk.ts";

/**
 * The functions whose every call is reached exactly once on every bar: their executions are the bars, and nothing has
 * to count them.
 */
export function steadyFunctions(program: Program): Set<FunctionInstance> {
  const steady = new Set(program.functions);
  const drop = (calls: Iterable<Ir>, callerIsSteady: boolean): void => {
    for (const ir of calls) {
      if (ir.kind === "user-call" && !(callerIsSteady && ir.site.isSteady)) steady.delete(ir.callee);
    }
  };
  drop(expressionsInBlock(program.body), true);
  // Callees come first in the list: going backwards, a caller is settled before what it calls.
  for (const instance of program.functions.toReversed()) drop(expressionsOf(instance), steady.has(instance));
  return steady;
}
