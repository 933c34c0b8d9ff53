import type { Expression, Statement, Structure } from "./ast.ts";

/** Whether an expression has blocks of its own. */
export function isStructure(node: Expression): node is Structure {
  return (
    node.kind === "if" ||
    node.kind === "switch" ||
    node.kind === "for" ||
    node.kind === "for-in" ||
    node.kind === "while"
  );
}

/** The structure that a statement is, or whose value it assigns. */
export function structureOf(statement: Statement): Structure | undefined {
  const value =
    statement.kind === "expression"
      ? statement.expression
      : "value" in statement
        ? statement.value
        : undefined;
  return value !== undefined && isStructure(value) ? value : undefined;
}
