import type { Ir } from "../ir.ts";
import type { Span } from "../source.ts";
import type { Argument } from "../syntax/ast.ts";

/** An argument whose value has been checked. */
export interface Given {
  /** Absent for the receiver of a method. */
  readonly argument: Argument | undefined;
  readonly name: string | undefined;
  readonly value: Ir;
  readonly span: Span;
}
