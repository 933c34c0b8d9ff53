import type { Signature } from "../builtins/signature.ts";
import type { Ir } from "../ir.ts";
import type { Span } from "../source.ts";
import { bool } from "../types.ts";
import { type Check, complain, type Place } from "./check.ts";
import { constantOf } from "./values.ts";

/** What is wrong with a call although its types fit: rules whose arguments are known when the script is compiled. */

type Arguments = (name: string) => Ir | undefined;

/** Reports violations; none of them stops the checking. */
export function checkRules(
  check: Check,
  at: Place,
  signature: Signature,
  args: readonly (Ir | undefined)[],
  span: Span,
): void {
  const { name } = signature.entry;
  const argument: Arguments = (wanted) =>
    args[signature.parameters.findIndex((parameter) => parameter.name === wanted)];
  const { emit } = signature.entry;
  if (emit.how === "input") checkInput(check, at, argument, span, emit.input);
  else if (name === "na" && at.module.version === 6) checkNa(check, at, argument, span);
  else if (name === "strategy.exit") checkExit(check, at, argument, span);
  else if (name === "request.security") checkRepainting(check, at, argument, span);
  else if (name === "strategy" || name === "indicator") checkDeclaration(check, at, argument);
}

function checkInput(check: Check, at: Place, argument: Arguments, span: Span, name: string): void {
  const value = constant(argument("defval"));
  const least = constant(argument("minval"));
  const most = constant(argument("maxval"));
  if (typeof least === "number" && typeof most === "number" && least > most) {
    complain(
      check,
      at,
      argument("minval")!.origin,
      "input-bounds",
      `minval ${least} is above maxval ${most}`,
    );
    return;
  }
  if (typeof value === "number") {
    const bound = typeof least === "number" && value < least ? `below minval ${least}` : undefined;
    const beyond = typeof most === "number" && value > most ? `above maxval ${most}` : undefined;
    const message = bound ?? beyond;
    if (message !== undefined)
      complain(check, at, argument("defval")!.origin, "input-bounds", `the default ${value} is ${message}`);
  }
  const source = argument("defval");
  if (name === "source" && (source?.kind !== "builtin" || source.emit.how !== "barColumn")) {
    complain(
      check,
      at,
      source!.origin,
      "input-source",
      "the default of a source is a price: close, hl2, ...",
    );
  }
  const options = argument("options");
  if (options?.kind !== "tuple" || value === undefined) return;
  const allowed = options.members.map(constant);
  if (allowed.some((option) => option === undefined) || allowed.includes(value)) return;
  const shown = allowed.map((option) => JSON.stringify(option)).join(", ");
  complain(
    check,
    at,
    span,
    "input-options",
    `the default ${JSON.stringify(value)} is none of the options ${shown}`,
  );
}

/** In version 6 a bool always has a value. */
function checkNa(check: Check, at: Place, argument: Arguments, span: Span): void {
  if (argument("x")?.type !== bool) return;
  complain(check, at, span, "bool-na", "a bool is never na in version 6", "it is true or false");
}

/** A call of `strategy.exit` without any trigger does nothing, ever. */
function checkExit(check: Check, at: Place, argument: Arguments, span: Span): void {
  const given = (name: string): boolean => argument(name) !== undefined;
  if (["profit", "limit", "loss", "stop"].some(given)) return;
  const trails = given("trail_price") || given("trail_points");
  if (trails && given("trail_offset")) return;
  const message =
    trails || given("trail_offset")
      ? "a trailing exit wants trail_offset and either trail_price or trail_points"
      : "`strategy.exit` has nothing that could trigger it";
  complain(
    check,
    at,
    span,
    "exit-without-trigger",
    message,
    "give it profit, limit, loss, stop, or a trailing stop",
  );
}

function checkRepainting(check: Check, at: Place, argument: Arguments, span: Span): void {
  const lookahead = constant(argument("lookahead"));
  const expression = argument("expression");
  if (lookahead !== "lookahead_on" || expression === undefined) return;
  if (expression.kind === "past" || expression.kind === "builtin-past" || expression.kind === "record")
    return;
  check.diagnostics.warn(
    at.module.source,
    span,
    "repainting",
    "`lookahead_on` without an offset looks into the future on TradingView",
    "request the value one bar back: close[1]",
  );
}

function checkDeclaration(check: Check, at: Place, argument: Arguments): void {
  const quantity = argument("default_qty_value");
  if (quantity?.kind === "constant" && quantity.value === null) {
    complain(
      check,
      at,
      quantity.origin,
      "declaration-value",
      "`default_qty_value` must have a value, not na",
    );
  }
  const least: Readonly<Record<string, number>> = {
    pyramiding: 0,
    slippage: 0,
    commission_value: 0,
    margin_long: 0,
    margin_short: 0,
    calc_bars_count: 0,
    max_lines_count: 1,
    max_labels_count: 1,
    max_boxes_count: 1,
    max_polylines_count: 1,
  };
  const most: Readonly<Record<string, number>> = {
    max_lines_count: 500,
    max_labels_count: 500,
    max_boxes_count: 500,
    max_polylines_count: 100,
    precision: 16,
  };
  for (const name of new Set([...Object.keys(least), ...Object.keys(most)])) {
    const ir = argument(name);
    const value = constant(ir);
    if (ir === undefined || typeof value !== "number") continue;
    const low = least[name] ?? 0;
    const high = most[name] ?? Infinity;
    if (value < low)
      complain(check, at, ir.origin, "declaration-value", `\`${name}\` is at least ${low}, not ${value}`);
    else if (value > high)
      complain(check, at, ir.origin, "declaration-value", `\`${name}\` is at most ${high}, not ${value}`);
  }
}

const constant = (ir: Ir | undefined): ReturnType<typeof constantOf> =>
  ir === undefined ? undefined : constantOf(ir);
