import type { Ir } from "../ir.ts";
import type { Gen } from "./gen.ts";

/** Whether an expression can be computed before the first bar: constants, inputs, what is known of the symbol. */
export function isSetup(gen: Gen, ir: Ir): boolean {
  switch (ir.kind) {
    case "constant":
    case "enum":
      return true;
    case "variable":
      return gen.hoisted.has(ir.variable) || (gen.aliases.has(ir.variable) && ir.type.kind === "special");
    case "builtin":
      return ir.qualifier !== "series" && ir.emit.how === "context";
    case "negate":
    case "not":
    case "truth":
      return isSetup(gen, ir.operand);
    case "operation":
      return isSetup(gen, ir.left) && isSetup(gen, ir.right);
    case "choice":
      return isSetup(gen, ir.condition) && isSetup(gen, ir.yes) && isSetup(gen, ir.no);
    case "tuple":
      return ir.members.every((member) => isSetup(gen, member));
    case "call": {
      const { how } = ir.emit;
      if (
        how === "kernel" ||
        how === "output" ||
        how === "request" ||
        ir.type.kind === "void" ||
        ir.qualifier === "series"
      )
        return false;
      return ir.args.every((arg) => arg === undefined || isSetup(gen, arg));
    }
    default:
      return false;
  }
}
