import { type Span, spanning } from "../source.ts";
import type { Block, Expression, NameNode, Statement, Structure, SwitchCase } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { parseExpression } from "./expression-parser.ts";
import type { Token } from "./token.ts";

/** What the structures need of the statement parser. */
export interface StatementReader {
  /** One line of statements, or a statement with blocks, with the end of its line. */
  line(into: Statement[]): void;
  /** How many statements could not be read so far. */
  readonly faults: number;
}

const structureWords: ReadonlySet<string> = new Set(["if", "switch", "for", "while"]);

/** Whether a structure begins here. */
export function atStructure(cursor: Cursor): boolean {
  return cursor.token.kind === "keyword" && structureWords.has(cursor.token.text);
}

/** structure = if | switch | for | for-in | while */
export function parseStructure(cursor: Cursor, reader: StatementReader): Structure {
  return cursor.nested(() => {
    const first = cursor.advance();
    switch (first.text) {
      case "if":
        return parseIf(cursor, reader, first);
      case "switch":
        return parseSwitch(cursor, reader, first);
      case "for":
        return parseFor(cursor, reader, first);
      default: {
        const condition = parseCondition(cursor);
        const body = parseBlock(cursor, reader, "while");
        return { kind: "while", condition, body, ...spanning(first, body) };
      }
    }
  });
}

/** if = "if" expression BLOCK { "else" "if" expression BLOCK } [ "else" BLOCK ] */
function parseIf(cursor: Cursor, reader: StatementReader, first: Token): Structure {
  // A chain of `else if` is no nesting to whoever reads it.
  const chain: { readonly first: Token; readonly condition: Expression; readonly yes: Block }[] = [];
  let otherwise: Block | undefined;
  for (let start = first; ; start = cursor.advance()) {
    const condition = parseCondition(cursor);
    chain.push({ first: start, condition, yes: parseBlock(cursor, reader, "if") });
    if (!cursor.isKeyword("else")) break;
    cursor.advance();
    if (cursor.isKeyword("if")) continue;
    otherwise = parseBlock(cursor, reader, "else");
    break;
  }
  let structure: Structure | undefined;
  for (const { first: start, condition, yes } of chain.toReversed()) {
    const no: Block | undefined =
      structure === undefined
        ? otherwise
        : { statements: [statementOf(structure)], start: structure.start, end: structure.end };
    structure = { kind: "if", condition, yes, no, ...spanning(start, no ?? yes) };
  }
  return structure!;
}

/** A condition; `=` in its place is the commonest slip. */
function parseCondition(cursor: Cursor): Expression {
  const condition = parseExpression(cursor);
  if (cursor.isOperator("=")) {
    throw cursor.fault(
      cursor.token,
      "assignment-in-condition",
      "`=` declares a variable; did you mean `==`?",
    );
  }
  return condition;
}

/** switch = "switch" [ expression ] NEWLINE INDENT { expression "=>" body } [ "=>" body ] DEDENT */
function parseSwitch(cursor: Cursor, reader: StatementReader, first: Token): Structure {
  const subject = cursor.is("newline") ? undefined : parseExpression(cursor);
  enterBlock(cursor, "switch");
  const cases: SwitchCase[] = [];
  while (!cursor.accept("dedent") && !cursor.is("end")) {
    const start = cursor.token;
    const test = cursor.isOperator("=>") ? undefined : parseExpression(cursor);
    if (cases.some((other) => other.test === undefined)) {
      throw cursor.fault(start, "default-not-last", "no case may follow the default `=>`");
    }
    if (!cursor.isOperator("=>")) throw cursor.unexpected("`=>`", "a case is written as value => result");
    cursor.advance();
    const body = parseBody(cursor, reader, "=>");
    cases.push({ test, body, ...spanning(start, body) });
  }
  return { kind: "switch", subject, cases, ...spanning(first, cases.at(-1) ?? first) };
}

/**
 * for = "for" [ "int" | "float" ] NAME "=" expression "to" expression [ "by" expression ] BLOCK
 * for-in = "for" ( NAME | "[" NAME "," NAME "]" ) "in" expression BLOCK
 */
function parseFor(cursor: Cursor, reader: StatementReader, first: Token): Structure {
  const names: NameNode[] = [];
  if (cursor.isOperator("[")) {
    const open = cursor.advance();
    names.push(cursor.newName("a loop variable"));
    cursor.expect("operator", ",", "`,`");
    names.push(cursor.newName("a loop variable"));
    cursor.close(open, "]");
  } else {
    const isTyped = ["int", "float"].includes(cursor.token.text) && cursor.peek(1).kind === "name";
    if (isTyped) cursor.advance();
    names.push(cursor.newName("a loop variable"));
  }
  if (names.length === 2 || cursor.isKeyword("in")) {
    cursor.expect("keyword", "in", "`in`");
    const collection = parseExpression(cursor);
    const body = parseBlock(cursor, reader, "for");
    return { kind: "for-in", names, collection, body, ...spanning(first, body) };
  }
  cursor.expect("operator", "=", "`=` or `in`");
  const from = parseExpression(cursor);
  cursor.expect("keyword", "to", "`to`");
  const to = parseExpression(cursor);
  const step = cursor.accept("keyword", "by") ? parseExpression(cursor) : undefined;
  const body = parseBlock(cursor, reader, "for");
  return { kind: "for", counter: names[0]!, from, to, step, body, ...spanning(first, body) };
}

/** BLOCK = NEWLINE INDENT { statement } DEDENT */
export function parseBlock(cursor: Cursor, reader: StatementReader, after: string): Block {
  const first = cursor.token;
  enterBlock(cursor, after);
  const statements: Statement[] = [];
  const { faults } = reader;
  while (!cursor.accept("dedent") && !cursor.is("end")) reader.line(statements);
  const start: Span = statements[0] ?? first;
  return { statements, faulty: reader.faults > faults, ...spanning(start, statements.at(-1) ?? start) };
}

/** Why a block does not begin where one should. */
function blockHint(cursor: Cursor): string {
  if (cursor.isFirstOnLine) return "a block is indented by four blanks or a tab, no more and no less";
  return "the block stands on the lines below, indented by four blanks or a tab";
}

function enterBlock(cursor: Cursor, after: string): void {
  if (!cursor.is("newline")) throw cursor.unexpected("the end of the line", blockHint(cursor));
  const line = cursor.advance();
  if (cursor.accept("indent")) return;
  const { previous } = cursor;
  const at = { start: Math.max(0, previous.start - 1), end: previous.start };
  throw cursor.fault(
    line.start === line.end ? at : line,
    "empty-block",
    `the lines after \`${after}\` must be indented by one level: this block is empty`,
    "one level is four spaces or a tab",
  );
}

/** body = simple { "," simple } NEWLINE | structure | BLOCK */
export function parseBody(cursor: Cursor, reader: StatementReader, after: string): Block {
  if (cursor.is("newline")) return parseBlock(cursor, reader, after);
  const first = cursor.token;
  const statements: Statement[] = [];
  const { faults } = reader;
  reader.line(statements);
  return { statements, faulty: reader.faults > faults, ...spanning(first, statements.at(-1) ?? first) };
}

/** A structure whose value nobody takes. */
export function statementOf(expression: Expression): Statement {
  return { kind: "expression", expression, start: expression.start, end: expression.end };
}
