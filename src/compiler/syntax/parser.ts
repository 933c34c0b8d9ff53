import type { Diagnostics } from "../diagnostics.ts";
import { type Source, spanning } from "../source.ts";
import type { AssignOperator, Expression, FieldNode, NameNode, ParameterNode, Statement } from "./ast.ts";
import { Cursor, SyntaxFault } from "./cursor.ts";
import { parseExpression } from "./expression-parser.ts";
import { wordHint } from "./foreign.ts";
import { continuationHint, layOut } from "./layout.ts";
import { structureOf } from "./structure.ts";
import { atStructure, parseBody, parseStructure, statementOf } from "./structure-parser.ts";
import { declarationWords } from "./token.ts";
import { parseType, parseTypeSpec, typeSpecLength } from "./type-parser.ts";

const assignOperators: ReadonlySet<string> = new Set([":=", "+=", "-=", "*=", "/=", "%="]);

/** What could be read of a script. */
export interface Parsed {
  readonly statements: readonly Statement[];
  /** Names that occur in statements which could not be read: whatever they are, it is not known. */
  readonly lost: Set<string>;
}

/** The statements of a script. What cannot be read is reported and left out. */
export function parseScript(source: Source, diagnostics: Diagnostics): Parsed {
  const laid = layOut(source, diagnostics);
  const cursor = new Cursor(source, diagnostics, laid);
  const parser = new Parser(cursor);
  const statements: Statement[] = [];
  while (!cursor.is("end")) parser.line(statements);
  return { statements, lost: parser.lost };
}

class Parser {
  readonly lost = new Set<string>();
  faults = 0;
  readonly #cursor: Cursor;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  /** statement = simple { "," simple } NEWLINE | block-statement; recovers at the next statement. */
  line(into: Statement[]): void {
    const cursor = this.#cursor;
    const before = cursor.position;
    try {
      this.#line(into);
    } catch (fault) {
      if (!(fault instanceof SyntaxFault)) throw fault;
      this.faults++;
      this.#recover(before);
      for (const name of cursor.namesSince(before)) this.lost.add(name);
    }
  }

  #line(into: Statement[]): void {
    const cursor = this.#cursor;
    if (cursor.is("indent")) {
      throw cursor.fault(
        { start: cursor.token.start, end: cursor.token.start + 1 },
        "unexpected-indentation",
        "unexpected indentation: no line before this one opens a block",
        continuationHint,
      );
    }
    const kept = into.length;
    for (;;) {
      const statement = this.#statement();
      into.push(statement);
      if (endsWithBlock(statement)) {
        // The block took the end of its line along.
        cursor.accept("newline");
        return;
      }
      if (cursor.accept("newline") || cursor.is("end") || cursor.is("dedent")) return;
      if (!cursor.accept("operator", ",")) {
        // What stands before the fault is a piece of something else.
        into.length = kept;
        throw this.#trailing(statement);
      }
    }
  }

  #trailing(statement: Statement): SyntaxFault {
    const cursor = this.#cursor;
    if (cursor.isOperator("=") && statement.kind === "expression") {
      const { expression } = statement;
      if (expression.kind !== "name") {
        return cursor.fault(
          expression,
          "bad-target",
          "`=` declares a variable, and this is no name",
          "`:=` changes what exists",
        );
      }
    }
    if (cursor.isOperator("=>"))
      return cursor.unexpected("the end of the line", "a function is declared as f(x) => ...");
    const { previous } = cursor;
    const isWord = statement.kind === "expression" && statement.expression.kind === "name";
    const foreign = isWord && previous.kind === "name" ? wordHint(previous.text) : undefined;
    const hint = cursor.isFirstOnLine
      ? "its indentation makes this line a continuation of the one before it: statements are indented by multiples of four"
      : foreign;
    return cursor.unexpected("an operator, `,` or the end of the line", hint);
  }

  /** Skips to the next statement of the block in which the faulty one began. */
  #recover(before: number): void {
    const cursor = this.#cursor;
    if (cursor.position === before) cursor.advance();
    let depth = cursor.depthSince(before);
    for (; !cursor.is("end"); cursor.advance()) {
      if (cursor.is("indent")) depth++;
      else if (cursor.is("dedent")) {
        if (depth <= 0) return;
        depth--;
        if (depth === 0) {
          cursor.advance();
          // `else` and its block belong to the statement that was given up.
          if (!cursor.isKeyword("else")) return;
        }
      } else if (cursor.is("newline") && depth === 0 && cursor.peek(1).kind !== "indent") {
        cursor.advance();
        return;
      }
    }
  }

  #statement(): Statement {
    const cursor = this.#cursor;
    const first = cursor.token;
    if (first.kind === "keyword") {
      switch (first.text) {
        case "import":
          return this.#import();
        case "export":
          return this.#exported();
        case "var":
        case "varip":
          return this.#declaration(false);
        case "break":
        case "continue":
          cursor.advance();
          return { kind: first.text, start: first.start, end: first.end };
        case "else":
          throw cursor.fault(
            first,
            "else-without-if",
            "this `else` belongs to no `if`",
            "it stands exactly below its `if`",
          );
        default:
      }
    }
    if (this.#atBlockDeclaration(0)) return this.#blockDeclaration(false);
    if (atStructure(cursor)) return statementOf(parseStructure(cursor, this));
    if (this.#atTuple()) return this.#tuple();
    const spec = typeSpecLength(cursor);
    const afterSpec = cursor.peek(spec + 1);
    if (spec > 0 && afterSpec.kind === "operator" && afterSpec.text === "=") return this.#declaration(false);
    const second = cursor.peek(1);
    if (
      (first.kind === "name" || first.kind === "keyword") &&
      second.kind === "operator" &&
      second.text === "="
    ) {
      return this.#declaration(false);
    }
    return this.#expressionOrAssignment();
  }

  /** import = "import" NAME "/" NAME "/" INT [ "as" NAME ] */
  #import(): Statement {
    const cursor = this.#cursor;
    const first = cursor.advance();
    const user = cursor.expect("name", undefined, "the publisher of a library");
    cursor.expect("operator", "/", "`/`");
    const library = cursor.expect("name", undefined, "the name of a library");
    cursor.expect("operator", "/", "`/`");
    const version = cursor.expect("int", undefined, "the version of the library");
    const alias = cursor.accept("keyword", "as") ? cursor.newName("an alias") : undefined;
    return {
      kind: "import",
      user: user.text,
      library: library.text,
      version: Number(version.text),
      alias,
      ...spanning(first, cursor.previous),
    };
  }

  #exported(): Statement {
    const cursor = this.#cursor;
    const first = cursor.advance();
    if (this.#atBlockDeclaration(0)) return this.#blockDeclaration(true);
    if (typeSpecLength(cursor) > 0) return this.#declaration(true);
    throw cursor.fault(first, "bad-export", "a function, method, type, enum or constant is exported");
  }

  /** Whether `method`, `type`, `enum` or a function header stands here. */
  #atBlockDeclaration(ahead: number): boolean {
    const cursor = this.#cursor;
    const first = cursor.peek(ahead);
    const second = cursor.peek(ahead + 1);
    if (first.kind !== "name") return false;
    if (declarationWords.has(first.text) && (second.kind === "name" || second.kind === "keyword"))
      return true;
    if (second.kind !== "operator" || second.text !== "(") return false;
    let depth = 0;
    for (let at = ahead + 1; ; at++) {
      const token = cursor.peek(at);
      if (token.kind === "newline" || token.kind === "end") return false;
      if (token.kind !== "operator") continue;
      if (token.text === "(" || token.text === "[") depth++;
      else if ((token.text === ")" || token.text === "]") && --depth === 0) {
        const after = cursor.peek(at + 1);
        return after.kind === "operator" && after.text === "=>";
      }
    }
  }

  #blockDeclaration(exported: boolean): Statement {
    const cursor = this.#cursor;
    const follows = cursor.peek(1).kind !== "operator";
    if (follows && cursor.is("name", "type")) return this.#type(exported);
    if (follows && cursor.is("name", "enum")) return this.#enum(exported);
    return this.#function(exported);
  }

  /** function = [ "export" ] [ "method" ] NAME "(" [ param { "," param } ] ")" "=>" body */
  #function(exported: boolean): Statement {
    const cursor = this.#cursor;
    const first = cursor.token;
    const method = cursor.peek(1).kind !== "operator" && cursor.accept("name", "method");
    const name = cursor.newName(method ? "the name of a method" : "the name of a function");
    const open = cursor.expect("operator", "(", "`(`");
    const parameters: ParameterNode[] = [];
    while (!cursor.isOperator(")")) {
      parameters.push(this.#parameter());
      if (!cursor.accept("operator", ",")) break;
    }
    cursor.close(open, ")");
    cursor.expect("operator", "=>", "`=>`");
    const body = parseBody(cursor, this, "=>");
    return { kind: "function", exported, method, name, parameters, body, ...spanning(first, body) };
  }

  /** param = [ typespec ] NAME [ "=" expression ] */
  #parameter(): ParameterNode {
    const cursor = this.#cursor;
    const first = cursor.token;
    const spec = typeSpecLength(cursor) > 0 ? parseTypeSpec(cursor) : undefined;
    const name = cursor.newName("the name of a parameter");
    const value = cursor.accept("operator", "=") ? parseExpression(cursor) : undefined;
    return { spec, name, default: value, ...spanning(first, cursor.previous) };
  }

  /** typedecl = [ "export" ] "type" NAME NEWLINE INDENT { field } DEDENT */
  #type(exported: boolean): Statement {
    const cursor = this.#cursor;
    const first = cursor.advance();
    const name = cursor.newName("the name of a type");
    const fields: FieldNode[] = [];
    this.#members("type", () => {
      const start = cursor.token;
      const varip = cursor.accept("keyword", "varip");
      const type = parseType(cursor);
      const field = cursor.newName("the name of a field");
      const value = cursor.accept("operator", "=") ? parseExpression(cursor) : undefined;
      fields.push({ varip, type, name: field, default: value, ...spanning(start, cursor.previous) });
    });
    return { kind: "type", exported, name, fields, ...spanning(first, fields.at(-1) ?? name) };
  }

  /** enum = [ "export" ] "enum" NAME NEWLINE INDENT { NAME [ "=" STRING ] NEWLINE } DEDENT */
  #enum(exported: boolean): Statement {
    const cursor = this.#cursor;
    const first = cursor.advance();
    const name = cursor.newName("the name of an enum");
    const members: { name: NameNode; title: string | undefined }[] = [];
    this.#members("enum", () => {
      const member = cursor.newName("the name of a field");
      const title = cursor.accept("operator", "=")
        ? cursor.expect("string", undefined, "a title between quotes").text
        : undefined;
      members.push({ name: member, title });
    });
    return { kind: "enum", exported, name, members, ...spanning(first, members.at(-1)?.name ?? name) };
  }

  /** The lines of a type or enum, each of which may be faulty on its own. */
  #members(word: string, read: () => void): void {
    const cursor = this.#cursor;
    if (!cursor.is("newline")) throw cursor.unexpected("the end of the line");
    const at = cursor.advance();
    if (!cursor.accept("indent")) {
      const span = { start: Math.max(0, at.start - 1), end: at.start };
      throw cursor.fault(
        span,
        "empty-block",
        `this ${word} has no fields`,
        "they stand on the lines below, one level deeper",
      );
    }
    while (!cursor.accept("dedent") && !cursor.is("end")) {
      const before = cursor.position;
      try {
        read();
        if (!cursor.is("dedent")) cursor.expect("newline", undefined, "the end of the line");
      } catch (fault) {
        if (!(fault instanceof SyntaxFault)) throw fault;
        this.#recover(before);
      }
    }
  }

  /** declaration = [ mode ] [ typespec ] NAME "=" expression */
  #declaration(exported: boolean): Statement {
    const cursor = this.#cursor;
    const first = cursor.token;
    const mode =
      cursor.isKeyword("var") || cursor.isKeyword("varip")
        ? (cursor.advance().text as "var" | "varip")
        : undefined;
    const length = typeSpecLength(cursor);
    const spec = length > 0 ? parseTypeSpec(cursor) : undefined;
    const name = cursor.newName("the name of a variable");
    if (assignOperators.has(cursor.token.text))
      throw cursor.unexpected("`=`", "a declaration has `=`; `:=` changes what exists");
    cursor.expect("operator", "=", "`=`");
    const value = this.#value();
    return { kind: "declaration", exported, mode, spec, name, value, ...spanning(first, value) };
  }

  /** What stands on the right of `=`. */
  #value(): Expression {
    const cursor = this.#cursor;
    return atStructure(cursor) ? parseStructure(cursor, this) : parseExpression(cursor);
  }

  /** Whether `[a, b] =` stands here. */
  #atTuple(): boolean {
    const cursor = this.#cursor;
    if (!cursor.isOperator("[")) return false;
    for (let at = 1; ; at++) {
      const token = cursor.peek(at);
      if (token.kind === "operator" && token.text === "]") {
        const after = cursor.peek(at + 1);
        return after.kind === "operator" && after.text === "=";
      }
      if (token.kind !== "name" && !(token.kind === "operator" && token.text === ",")) return false;
    }
  }

  /** tuple = "[" NAME { "," NAME } "]" */
  #tuple(): Statement {
    const cursor = this.#cursor;
    const open = cursor.advance();
    const names: NameNode[] = [];
    do names.push(cursor.newName("the name of a variable"));
    while (cursor.accept("operator", ","));
    cursor.close(open, "]");
    cursor.expect("operator", "=", "`=`");
    const value = this.#value();
    return { kind: "tuple-declaration", names, value, ...spanning(open, value) };
  }

  #expressionOrAssignment(): Statement {
    const cursor = this.#cursor;
    const target = parseExpression(cursor);
    if (!assignOperators.has(cursor.token.text) || cursor.token.kind !== "operator")
      return statementOf(target);
    const operator = cursor.advance().text as AssignOperator;
    if (target.kind !== "name" && target.kind !== "member") {
      throw cursor.fault(target, "bad-target", "only a variable or a field can be assigned");
    }
    const value = this.#value();
    return { kind: "assignment", target, operator, value, ...spanning(target, value) };
  }
}

function endsWithBlock(statement: Statement): boolean {
  const { kind } = statement;
  return kind === "function" || kind === "type" || kind === "enum" || structureOf(statement) !== undefined;
}
