import type { FunctionInstance, Ir } from "../ir.ts";
import { expressionsIn, expressionsOf } from "../ir-walk.ts";
import type { Type } from "../types.ts";
import { emitFunction, emitSaved } from "./functions.ts";
import { type Gen, naJs, namesOf, type Shared, type Unit } from "./gen.ts";
import { type Js, objectLiteral, plain, primary } from "./js.ts";
import { isSetup } from "./setup.ts";
import { Writer } from "./writer.ts";

/**
 * `request.*` with an expression: the expression is a program of its own, run over other bars. One that needs nothing
 * of the script but built-ins, inputs, constants and functions of such becomes a small program; for any other the
 * script is run there, cut down to what the value is made of, and the value is caught at this place. Such a run asks
 * only for what that value needs.
 */

type CallIr = Ir & { readonly kind: "call" };

/** Parameters that may change from bar to bar; the others are options. */
const moving: ReadonlySet<string> = new Set(["symbol", "timeframe", "source", "expression"]);

export function requestJs(gen: Gen, unit: Unit, ir: CallIr, kind: string): Js {
  const argument = (name: string): Ir | undefined => ir.args[ir.parameters.indexOf(name)];
  const expression = argument("expression")!;
  const optionsJs = (isWanted: (arg: Ir) => boolean): string =>
    objectLiteral(
      ir.parameters.map((name, index) => {
        const arg = ir.given[index] === true && !moving.has(name) ? ir.args[index] : undefined;
        return [name, arg === undefined || !isWanted(arg) ? undefined : plain(gen.expression(unit, arg))];
      }),
    );
  const options = optionsJs((arg) => isSetup(gen, arg));
  // A parameter of the function around it, or what a block computes, has no value before the first bar.
  const late = optionsJs((arg) => !isSetup(gen, arg));
  const site = namesOf(gen, unit).numbered(kind);
  const isSmall = isSelfContained(gen, expression);
  const shape = kind === "security_lower_tf" ? kindsJs(expression.type) : shapeJs(gen, expression.type);
  const holder = namesOf(gen, unit).numbered("made");
  const number = numberOf(gen.shared, ir);
  const opening = `rt.request.${kind}(${options}, `;
  const program = new Writer();
  if (isSmall) emitProgram(gen, expression, program);
  const write = (head: string, tail: string): void => {
    if (!isSmall) {
      const { name, needs } = gen.shared.slice(number);
      unit.setup.line(
        `${head}${opening}${name}, ${shape}, ${number}, [${needs.join(", ")}])${tail}`,
        ir.origin,
      );
      return;
    }
    unit.setup.line(`${head}${opening}(rt) => {`, ir.origin);
    unit.setup.nested(() => unit.setup.append(program));
    unit.setup.line(`}, ${shape}, ${number})${tail}`);
  };
  if (ir.site.inLoop) write(`const ${site} = rt.passes(() => `, ");");
  else write(`const ${site} = `, ";");
  const where = ["source", "symbol", "timeframe"].flatMap((name) => {
    const arg = argument(name);
    return arg === undefined ? [] : [plain(gen.expression(unit, arg))];
  });
  const target = ir.site.inLoop ? `${site}.take()` : site;
  const asked = (call: string): string =>
    late === "{}"
      ? `${call}.next(${where.join(", ")})`
      : `(${call}.isSettled ? ${call} : ${call}.settle(${late})).next(${where.join(", ")})`;
  if (isSmall && !ir.site.inLoop) return primary(asked(site));
  if (isSmall && late === "{}") return primary(asked(target));
  if (ir.site.inLoop) unit.setup.line(`let ${holder};`);
  if (isSmall) return primary(`(${holder} = ${target}, ${asked(holder)})`);
  const value = plain(gen.expression(unit, expression));
  if (!ir.site.inLoop) return primary(`(${site}.isTarget ? ${site}.capture(${value}) : ${asked(site)})`);
  return primary(`((${holder} = ${target}).isTarget ? ${holder}.capture(${value}) : ${asked(holder)})`);
}

/** The number of a request's place. Copies of a function share their places. */
export function numberOf({ requests }: Shared, { origin }: Ir): number {
  const place = `${origin.source.name}:${origin.start}`;
  let number = requests.get(place);
  if (number === undefined) requests.set(place, (number = requests.size));
  return number;
}

/** What stands for "no value": for a tuple one for each member. */
function shapeJs(gen: Gen, type: Type): string {
  if (type.kind === "tuple") return `[${type.members.map((member) => naJs(gen, member)).join(", ")}]`;
  return naJs(gen, type);
}

/** The kinds of the elements of the arrays. */
function kindsJs(type: Type): string {
  const kind = (member: Type): string =>
    JSON.stringify(member.kind === "fundamental" ? member.name : "object");
  return type.kind === "tuple" ? `[${type.members.map(kind).join(", ")}]` : kind(type);
}

/** Whether an expression needs nothing that a run of its own would not have. */
function isSelfContained(gen: Gen, expression: Ir): boolean {
  const functions = new Set<FunctionInstance>();
  const fits = (ir: Ir, owner: FunctionInstance | undefined): boolean => {
    switch (ir.kind) {
      case "variable":
      case "past":
        if (ir.variable.home.owner !== undefined && ir.variable.home.owner === owner) return true;
        return gen.hoisted.has(ir.variable) && ir.variable.qualifier !== "simple";
      case "record":
        return owner !== undefined || ir.variable.home.isGlobal;
      case "builtin":
        return ir.own === undefined || owner !== undefined;
      case "call":
        return ir.emit.how !== "request" && (owner !== undefined || !ir.site.inLoop);
      case "user-call":
        if (functions.has(ir.callee)) return true;
        functions.add(ir.callee);
        for (const inner of expressionsOf(ir.callee)) if (!fits(inner, ir.callee)) return false;
        return owner !== undefined || !ir.site.inLoop;
      default:
        return true;
    }
  };
  for (const ir of expressionsIn(expression)) if (!fits(ir, undefined)) return false;
  return true;
}

/** The functions that an expression calls, callees first. */
function calledFrom(expression: Ir): FunctionInstance[] {
  const found = new Set<FunctionInstance>();
  const visit = (all: Iterable<Ir>): void => {
    for (const ir of all) {
      if (ir.kind !== "user-call" || found.has(ir.callee)) continue;
      visit(expressionsOf(ir.callee));
      found.add(ir.callee);
    }
  };
  visit(expressionsIn(expression));
  return [...found];
}

/** A program that gives the value of an expression on each of its bars. */
function emitProgram(outer: Gen, expression: Ir, out: Writer): void {
  const script: Unit = { owner: undefined, setup: new Writer(), saved: [], usesIndex: false };
  const gen = outer.within(script);
  const functions = calledFrom(expression);
  for (const instance of functions) gen.functions.set(instance, gen.names.take(instance.name));
  const value = plain(gen.expression(script, expression));
  const written = functions.map((instance) => emitFunction(gen, instance));
  if (gen.columns.size > 0) out.line(`const { ${[...gen.columns].join(", ")} } = rt.prices;`);
  for (const one of written) out.append(one);
  out.append(script.setup);
  emitSaved(gen, script, out);
  out.block("return () => {", "};", () => {
    out.line("const i = rt.index;");
    out.append(gen.prologue);
    out.line(`return ${value};`, expression.origin);
  });
}
