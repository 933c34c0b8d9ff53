import type { Qualifier } from "../types.ts";
import { spanning } from "../source.ts";
import type { TypeNode, TypeSpec } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import type { Token } from "./token.ts";

/** Types as they are written, and looking ahead whether one stands here. */

const qualifierWords: ReadonlySet<string> = new Set(["const", "input", "simple", "series"]);

const isName = (token: Token): boolean => token.kind === "name";
const isOperator = (token: Token, text: string): boolean => token.kind === "operator" && token.text === text;

/** Number of tokens a type takes from `ahead` on, or 0 when there is none. */
export function typeLength(cursor: Cursor, ahead: number): number {
  let at = ahead;
  if (!isName(cursor.peek(at))) return 0;
  at++;
  while (isOperator(cursor.peek(at), ".") && isName(cursor.peek(at + 1))) at += 2;
  if (isOperator(cursor.peek(at), "<")) {
    const args = typeArgumentsLength(cursor, at);
    if (args === 0) return 0;
    at += args;
  }
  if (isOperator(cursor.peek(at), "[") && isOperator(cursor.peek(at + 1), "]")) at += 2;
  return at - ahead;
}

/** Number of tokens of `<type, type>`, or 0. */
export function typeArgumentsLength(cursor: Cursor, ahead: number): number {
  let at = ahead;
  if (!isOperator(cursor.peek(at), "<")) return 0;
  do {
    at++;
    const length = typeLength(cursor, at);
    if (length === 0) return 0;
    at += length;
  } while (isOperator(cursor.peek(at), ","));
  return isOperator(cursor.peek(at), ">") ? at + 1 - ahead : 0;
}

/** Number of tokens of `[qualifier] type` when a name follows them, or 0. */
export function typeSpecLength(cursor: Cursor, ahead = 0): number {
  const first = cursor.peek(ahead);
  if (isName(first) && qualifierWords.has(first.text)) {
    const length = typeLength(cursor, ahead + 1);
    if (length > 0 && isName(cursor.peek(ahead + 1 + length))) return 1 + length;
    if (isName(cursor.peek(ahead + 1))) return 1;
  }
  const length = typeLength(cursor, ahead);
  return length > 0 && isName(cursor.peek(ahead + length)) ? length : 0;
}

/** Reads `[qualifier] type`; `typeSpecLength` said that it is there. */
export function parseTypeSpec(cursor: Cursor): TypeSpec {
  const first = cursor.token;
  let qualifier: Qualifier | undefined;
  if (qualifierWords.has(first.text) && cursor.peek(1).kind === "name") {
    qualifier = cursor.advance().text as Qualifier;
  }
  // `const x = 1`: the name follows at once.
  const alone = qualifier !== undefined && typeLengthBeforeName(cursor) === 0;
  const type = alone ? undefined : parseType(cursor);
  return { qualifier, type, ...spanning(first, cursor.previous) };
}

function typeLengthBeforeName(cursor: Cursor): number {
  const length = typeLength(cursor, 0);
  return length > 0 && isName(cursor.peek(length)) ? length : 0;
}

/** Reads a type. */
export function parseType(cursor: Cursor): TypeNode {
  return cursor.nested(() => {
    const first = cursor.expect("name", undefined, "a type");
    let name = first.text;
    while (cursor.isOperator(".")) {
      cursor.advance();
      name += `.${cursor.memberName().name}`;
    }
    const args = cursor.isOperator("<") ? parseTypeArguments(cursor) : [];
    const inner: TypeNode = { name, args, ...spanning(first, cursor.previous) };
    if (!cursor.isOperator("[") || !isOperator(cursor.peek(1), "]")) return inner;
    cursor.advance();
    return { name: "array", args: [inner], ...spanning(first, cursor.advance()) };
  });
}

/** Reads `<type, type>`. */
export function parseTypeArguments(cursor: Cursor): TypeNode[] {
  cursor.expect("operator", "<", "`<`");
  const args: TypeNode[] = [];
  do args.push(parseType(cursor));
  while (cursor.accept("operator", ","));
  cursor.expect("operator", ">", "`>`");
  return args;
}
