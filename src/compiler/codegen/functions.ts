import type { FunctionInstance, Variable } from "../ir.ts";
import { type Gen, nameOf, namesOf, type Unit } from "./gen.ts";
import { countExecution, recordLine } from "./history.ts";
import { plain } from "./js.ts";
import { Writer } from "./writer.ts";

/**
 * User functions. One without state is a plain function; one with state is a factory, called once for every place
 * that calls it: each instance has variables, history and kernels of its own. The factory takes the columns of prices,
 * the instance everything else.
 */
export function emitFunction(gen: Gen, instance: FunctionInstance): Writer {
  const out = new Writer();
  const unit: Unit = { owner: instance, setup: new Writer(), saved: [], usesIndex: false };
  const body = new Writer();
  const name = gen.functions.get(instance)!;
  const block = instance.body!;
  const isColumn = (parameter: Variable): boolean => gen.columnParameters.has(parameter);
  const columns = instance.parameters.filter(isColumn);
  const values = instance.parameters.filter((parameter) => !isColumn(parameter));
  for (const column of columns) gen.aliases.set(column, nameOf(gen, column));
  countExecution(gen, unit, block.home, body);
  for (const parameter of values) recordLine(gen, unit, parameter, body);
  // The block counts its executions once, above.
  gen.block(unit, { ...block, home: { ...block.home, remembered: [] } }, body);
  if (instance.result !== undefined) {
    body.line(`return ${plain(gen.expression(unit, instance.result))};`, instance.result.origin);
  }
  const named = (parameters: readonly Variable[]): string =>
    parameters.map((parameter) => nameOf(gen, parameter)).join(", ");
  const emitBody = (): void => {
    if (unit.usesIndex) out.line("const i = rt.index;");
    out.append(body);
  };
  if (!instance.stateful) {
    out.block(`function ${name}(${named(values)}) {`, "}", emitBody);
    return out;
  }
  out.block(`function ${name}(${named(columns)}) {`, "}", () => {
    out.append(unit.setup);
    emitSaved(gen, unit, out);
    out.block(`return (${named(values)}) => {`, "};", emitBody);
  });
  return out;
}

/** What a bar that is executed again must find as it was. */
export function emitSaved(gen: Gen, unit: Unit, out: Writer): void {
  if (unit.saved.length === 0) return;
  const shadows = unit.saved.map(({ name, isReference }) => ({
    name,
    isReference,
    shadow: namesOf(gen, unit).take(`${name}$s`),
  }));
  out.line(`let ${shadows.map(({ shadow }) => shadow).join(", ")};`);
  const lines = (write: (one: (typeof shadows)[number]) => string): string => shadows.map(write).join(" ");
  const save = lines(
    ({ name, shadow, isReference }) => `${shadow} = ${isReference ? `rt.hold(${name})` : name};`,
  );
  const restore = lines(
    ({ name, shadow, isReference }) => `${name} = ${isReference ? `rt.release(${shadow})` : shadow};`,
  );
  out.line(`rt.keep({ save() { ${save} }, restore() { ${restore} } });`);
}
