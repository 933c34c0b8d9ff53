import { type Span, spanning } from "../source.ts";
import type { Argument, BinaryOperator, Expression, NameNode } from "./ast.ts";
import { type Cursor, describe } from "./cursor.ts";
import type { Token } from "./token.ts";
import { parseTypeArguments, typeArgumentsLength } from "./type-parser.ts";

/** How strongly an operator binds; all of them group to the left. */
const strength: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  "==": 3,
  "!=": 3,
  "<": 4,
  "<=": 4,
  ">": 4,
  ">=": 4,
  "+": 5,
  "-": 5,
  "*": 6,
  "/": 6,
  "%": 6,
};

/** expression = binary [ "?" expression ":" expression ] */
export function parseExpression(cursor: Cursor): Expression {
  return cursor.nested(() => {
    // A chain `a ? b : c ? d : e` is long in tables, and no nesting to whoever reads it.
    const chain: { readonly condition: Expression; readonly yes: Expression }[] = [];
    let last = parseBinary(cursor, 1);
    while (cursor.isOperator("?")) {
      const mark = cursor.advance();
      chain.push({ condition: last, yes: parseExpression(cursor) });
      if (!cursor.isOperator(":")) {
        const { line, column } = cursor.source.position(mark.start);
        throw cursor.unexpected("`:`", `the \`?\` at ${line}:${column} wants two values: condition ? a : b`);
      }
      cursor.advance();
      last = parseBinary(cursor, 1);
    }
    return chain.reduceRight<Expression>(
      (no, { condition, yes }) => ({ kind: "ternary", condition, yes, no, ...spanning(condition, no) }),
      last,
    );
  });
}

/** or, and, equal, compare, sum and product of the grammar, by strength. */
function parseBinary(cursor: Cursor, least: number): Expression {
  let left = parseUnary(cursor);
  for (;;) {
    const { token } = cursor;
    const own = token.kind === "operator" || token.kind === "keyword" ? strength[token.text] : undefined;
    if (own === undefined || own < least) return left;
    cursor.advance();
    const right = parseBinary(cursor, own + 1);
    left = {
      kind: "binary",
      operator: token.text as BinaryOperator,
      left,
      right,
      ...spanning(left, right),
    };
  }
}

/** unary = ( "-" | "+" | "not" ) unary | postfix */
function parseUnary(cursor: Cursor): Expression {
  const { token } = cursor;
  if (!cursor.isOperator("-") && !cursor.isOperator("+") && !cursor.isKeyword("not"))
    return parsePostfix(cursor);
  return cursor.nested(() => {
    cursor.advance();
    const operand = parseUnary(cursor);
    return { kind: "unary", operator: token.text as "-" | "+" | "not", operand, ...spanning(token, operand) };
  });
}

/** postfix = primary { "(" [ args ] ")" | "[" expression "]" | "." NAME | "<" type { "," type } ">" } */
function parsePostfix(cursor: Cursor): Expression {
  let expression = parsePrimary(cursor);
  for (;;) {
    if (cursor.isOperator("(")) {
      expression = parseCall(cursor, expression, []);
    } else if (cursor.isOperator("[")) {
      const open = cursor.advance();
      const offset = parseExpression(cursor);
      const close = cursor.close(open, "]");
      expression = { kind: "index", object: expression, offset, ...spanning(expression, close) };
    } else if (cursor.isOperator(".")) {
      cursor.advance();
      const member = cursor.memberName();
      expression = { kind: "member", object: expression, member, ...spanning(expression, member) };
    } else if (cursor.isOperator("<") && isTemplate(cursor, expression)) {
      expression = parseCall(cursor, expression, parseTypeArguments(cursor));
    } else return expression;
  }
}

/** `<` after `.new` opens type arguments only if a list of types, `>` and `(` follow: `f(a < b, c > (d))` compares. */
function isTemplate(cursor: Cursor, callee: Expression): boolean {
  if (callee.kind !== "member" || callee.member.name !== "new") return false;
  const length = typeArgumentsLength(cursor, 0);
  const after = cursor.peek(length);
  return length > 0 && after.kind === "operator" && after.text === "(";
}

function parseCall(
  cursor: Cursor,
  callee: Expression,
  typeArguments: ReturnType<typeof parseTypeArguments>,
): Expression {
  const open = cursor.advance();
  const args: Argument[] = [];
  while (!cursor.isOperator(")")) {
    args.push(parseArgument(cursor));
    if (!cursor.accept("operator", ",")) break;
  }
  const close = cursor.close(open, ")");
  return { kind: "call", callee, typeArguments, args, ...spanning(callee, close) };
}

/** arg = [ NAME "=" ] expression */
function parseArgument(cursor: Cursor): Argument {
  const first = cursor.token;
  const after = cursor.peek(1);
  let name: NameNode | undefined;
  if (
    (first.kind === "name" || first.kind === "keyword") &&
    after.kind === "operator" &&
    after.text === "="
  ) {
    name = cursor.memberName();
    cursor.advance();
  }
  const value = parseExpression(cursor);
  return { name, value, ...spanning(first, value) };
}

function parsePrimary(cursor: Cursor): Expression {
  const { token } = cursor;
  const span: Span = { start: token.start, end: token.end };
  switch (token.kind) {
    case "int":
    case "float":
      cursor.advance();
      return { kind: "number", value: Number(token.text), isInt: token.kind === "int", ...span };
    case "string":
      cursor.advance();
      return { kind: "string", value: token.text, ...span };
    case "color":
      cursor.advance();
      return { kind: "color", value: colorValue(token.text), ...span };
    case "name":
      cursor.advance();
      return { kind: "name", name: token.text, ...span };
    case "keyword":
      return parseKeyword(cursor, token, span);
    case "operator":
      if (token.text === "(") return parseGroup(cursor);
      if (token.text === "[") return parseList(cursor);
      break;
    default:
  }
  throw cursor.unexpected("a value");
}

function parseKeyword(cursor: Cursor, token: Token, span: Span): Expression {
  if (token.text === "true" || token.text === "false") {
    cursor.advance();
    return { kind: "bool", value: token.text === "true", ...span };
  }
  // `x.type` and `type(...)` differ: a keyword is a name after a dot only.
  if (["if", "switch", "for", "while"].includes(token.text)) {
    throw cursor.fault(
      token,
      "structure-as-operand",
      `\`${token.text}\` cannot stand inside an expression`,
      "assign it to a variable of its own first",
    );
  }
  throw cursor.unexpected(`a value`, `${describe(token)} is a keyword`);
}

function parseGroup(cursor: Cursor): Expression {
  const open = cursor.advance();
  const inner = parseExpression(cursor);
  const close = cursor.close(open, ")");
  return { ...inner, ...spanning(open, close) };
}

/** list = "[" expression { "," expression } "]" */
function parseList(cursor: Cursor): Expression {
  const open = cursor.advance();
  const members: Expression[] = [];
  do members.push(parseExpression(cursor));
  while (cursor.accept("operator", ",") && !cursor.isOperator("]"));
  const close = cursor.close(open, "]");
  return { kind: "list", members, ...spanning(open, close) };
}

/** `#RRGGBB` and `#RRGGBBAA` as `0xRRGGBBAA`; a faulty one, already reported, is black. */
function colorValue(text: string): number {
  const digits = text.slice(1);
  const value = Number.parseInt(digits.length === 6 ? `${digits}ff` : digits, 16);
  return Number.isNaN(value) ? 0xff : value;
}
