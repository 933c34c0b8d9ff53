import { UsageError } from "../kernel/errors.ts";
import { nearest } from "../kernel/nearest.ts";
import type { InputValue } from "./candidates.ts";

/**
 * Conditions over inputs, pure. Nothing of them is ever run as code:
 *
 *     or         = and { ("or" | "||") and }
 *     and        = not { ("and" | "&&") not }
 *     not        = ("not" | "!") not | comparison
 *     comparison = sum { ("<" | "<=" | ">" | ">=" | "==" | "!=") sum }
 *     sum        = product { ("+" | "-") product }
 *     product    = sign { ("*" | "/" | "%") sign }
 *     sign       = "-" sign | primary
 *     primary    = NUMBER | TEXT | "true" | "false" | NAME | ("abs" | "min" | "max") "(" sum { "," sum } ")" | "(" or ")"
 *
 * `5 < fast < slow` is `5 < fast and fast < slow`.
 */

/** Values of inputs by name. */
export type Values = Readonly<Record<string, InputValue>>;

/** Whether values satisfy a condition. */
export type Condition = (values: Values) => boolean;

type Kind = "number" | "bool" | "text";

interface Expression {
  readonly kind: Kind;
  readonly evaluate: (values: Values) => InputValue;
}

interface Token {
  readonly kind: "number" | "text" | "name" | "operator" | "end";
  readonly text: string;
  /** Column from 1. */
  readonly at: number;
}

/** Expressions nest so deep at most. */
const deepest = 100;

const tokenShape =
  /\s*(?:((?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([\p{L}_][\p{L}\p{N}_]*)|(<=|>=|==|!=|&&|\|\||[-+*/%<>!(),]))/giuy;

/**
 * Compiles a condition.
 * @param inputs an example value of every input, which says its kind
 * @throws UsageError with the place of the mistake
 */
export function parseCondition(text: string, inputs: Values): Condition {
  const { kind, evaluate } = new Parser(text, inputs).whole();
  if (kind !== "bool") throw failure(text, 1, `this is a ${kind}, not a condition`);
  return (values) => evaluate(values) === true;
}

function failure(text: string, at: number, message: string, hint?: string): UsageError {
  return new UsageError(`--where "${text}": ${message} (at column ${at})`, {
    hint: hint ?? '--where "fast < slow and length % 2 == 0"',
  });
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  tokenShape.lastIndex = 0;
  let end = 0;
  while (text.slice(end).trim() !== "") {
    tokenShape.lastIndex = end;
    const match = tokenShape.exec(text);
    if (match === null) {
      const at = end + (text.slice(end).length - text.slice(end).trimStart().length);
      throw failure(text, at + 1, `"${text[at]}" has no meaning here`);
    }
    const [whole, digits, quoted, name, operator] = match;
    const part = digits ?? quoted ?? name ?? operator ?? "";
    const kind =
      digits !== undefined
        ? "number"
        : quoted !== undefined
          ? "text"
          : name !== undefined
            ? "name"
            : "operator";
    tokens.push({ kind, text: part, at: end + whole.length - part.length + 1 });
    end += whole.length;
  }
  tokens.push({ kind: "end", text: "the end", at: text.length + 1 });
  return tokens;
}

const comparisons: Readonly<Record<string, (a: InputValue, b: InputValue) => boolean>> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};

const sums: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
};

const products: Readonly<Record<string, (a: number, b: number) => number>> = {
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
};

const functions: Readonly<Record<string, (...values: number[]) => number>> = {
  abs: Math.abs,
  min: Math.min,
  max: Math.max,
};

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #inputs: Values;
  #next = 0;
  #depth = 0;

  constructor(text: string, inputs: Values) {
    this.#text = text;
    this.#tokens = tokensOf(text);
    this.#inputs = inputs;
  }

  whole(): Expression {
    const expression = this.#or();
    const rest = this.#peek();
    if (rest.kind !== "end") throw this.#failure(rest, `"${rest.text}" is not expected here`);
    return expression;
  }

  /** or = and { ("or" | "||") and } */
  #or(): Expression {
    let left = this.#and();
    for (let token = this.#take("or", "||"); token !== undefined; token = this.#take("or", "||")) {
      const [a, b] = [this.#as("bool", left, token), this.#as("bool", this.#and(), token)];
      left = { kind: "bool", evaluate: (values) => a(values) === true || b(values) === true };
    }
    return left;
  }

  /** and = not { ("and" | "&&") not } */
  #and(): Expression {
    let left = this.#not();
    for (let token = this.#take("and", "&&"); token !== undefined; token = this.#take("and", "&&")) {
      const [a, b] = [this.#as("bool", left, token), this.#as("bool", this.#not(), token)];
      left = { kind: "bool", evaluate: (values) => a(values) === true && b(values) === true };
    }
    return left;
  }

  /** not = ("not" | "!") not | comparison */
  #not(): Expression {
    const token = this.#take("not", "!");
    if (token === undefined) return this.#comparison();
    const operand = this.#as(
      "bool",
      this.#nested(token, () => this.#not()),
      token,
    );
    return { kind: "bool", evaluate: (values) => operand(values) !== true };
  }

  /** comparison = sum { ("<" | "<=" | ">" | ">=" | "==" | "!=") sum } */
  #comparison(): Expression {
    let left = this.#sum();
    const parts: ((values: Values) => boolean)[] = [];
    for (let token = this.#comparator(); token !== undefined; token = this.#comparator()) {
      const [a, b] = [left, this.#sum()];
      if (a.kind !== b.kind) throw this.#failure(token, `a ${a.kind} cannot be compared with a ${b.kind}`);
      if (a.kind !== "number" && !/[=!]=/.test(token.text))
        throw this.#failure(
          token,
          `"${token.text}" compares numbers, not ${a.kind === "bool" ? "yes and no" : "texts"}`,
        );
      const compare = comparisons[token.text];
      if (compare !== undefined) parts.push((values) => compare(a.evaluate(values), b.evaluate(values)));
      left = b;
    }
    if (parts.length === 0) return left;
    return { kind: "bool", evaluate: (values) => parts.every((part) => part(values)) };
  }

  #comparator(): Token | undefined {
    return this.#take(...Object.keys(comparisons));
  }

  /** sum = product { ("+" | "-") product } */
  #sum(): Expression {
    return this.#chain(sums, () => this.#product());
  }

  /** product = sign { ("*" | "/" | "%") sign } */
  #product(): Expression {
    return this.#chain(products, () => this.#sign());
  }

  #chain(
    operators: Readonly<Record<string, (a: number, b: number) => number>>,
    operand: () => Expression,
  ): Expression {
    let left = operand();
    for (;;) {
      const token = this.#take(...Object.keys(operators));
      const operator = operators[token?.text ?? ""];
      if (token === undefined || operator === undefined) return left;
      const [a, b] = [this.#as("number", left, token), this.#as("number", operand(), token)];
      left = { kind: "number", evaluate: (values) => operator(Number(a(values)), Number(b(values))) };
    }
  }

  /** sign = "-" sign | primary */
  #sign(): Expression {
    const token = this.#take("-");
    if (token === undefined) return this.#primary();
    const operand = this.#as(
      "number",
      this.#nested(token, () => this.#sign()),
      token,
    );
    return { kind: "number", evaluate: (values) => -Number(operand(values)) };
  }

  #primary(): Expression {
    const token = this.#peek();
    this.#next++;
    if (token.kind === "number") return constant("number", Number(token.text.replaceAll("_", "")));
    if (token.kind === "text") return constant("text", token.text.slice(1, -1).replace(/\\(.)/g, "$1"));
    if (token.text === "(") {
      const inner = this.#nested(token, () => this.#or());
      this.#expect(")");
      return inner;
    }
    if (token.kind !== "name" || ["and", "or", "not"].includes(token.text))
      throw this.#failure(token, `"${token.text}" is not expected here`);
    if (token.text === "true" || token.text === "false") return constant("bool", token.text === "true");
    if (this.#peek().text === "(") return this.#call(token);
    return this.#input(token);
  }

  #input({ text: name, at }: Token): Expression {
    const example = Object.hasOwn(this.#inputs, name) ? this.#inputs[name] : undefined;
    if (example === undefined) {
      const near = nearest(name, Object.keys(this.#inputs));
      throw failure(
        this.#text,
        at,
        `there is no input "${name}"`,
        near === undefined ? `inputs: ${Object.keys(this.#inputs).join(", ")}` : `did you mean ${near}?`,
      );
    }
    const kind: Kind =
      typeof example === "number" ? "number" : typeof example === "boolean" ? "bool" : "text";
    return { kind, evaluate: (values) => values[name] ?? example };
  }

  #call(token: Token): Expression {
    const call = Object.hasOwn(functions, token.text) ? functions[token.text] : undefined;
    if (call === undefined)
      throw failure(this.#text, token.at, `there is no function "${token.text}"`, "abs, min and max");
    this.#expect("(");
    const args: ((values: Values) => InputValue)[] = [];
    do
      args.push(
        this.#as(
          "number",
          this.#nested(token, () => this.#sum()),
          token,
        ),
      );
    while (this.#take(",") !== undefined);
    this.#expect(")");
    if (token.text === "abs" && args.length !== 1) throw this.#failure(token, "abs takes one number");
    return { kind: "number", evaluate: (values) => call(...args.map((arg) => Number(arg(values)))) };
  }

  #nested<Result>(token: Token, inner: () => Result): Result {
    if (++this.#depth > deepest) throw this.#failure(token, "this is nested too deep");
    const result = inner();
    this.#depth--;
    return result;
  }

  #as(kind: Kind, { kind: actual, evaluate }: Expression, token: Token): Expression["evaluate"] {
    if (actual !== kind) throw this.#failure(token, `"${token.text}" wants a ${kind}, not a ${actual}`);
    return evaluate;
  }

  #peek(): Token {
    return this.#tokens[Math.min(this.#next, this.#tokens.length - 1)] as Token;
  }

  #take(...texts: string[]): Token | undefined {
    const token = this.#peek();
    if ((token.kind !== "operator" && token.kind !== "name") || !texts.includes(token.text)) return undefined;
    this.#next++;
    return token;
  }

  #expect(text: string): void {
    if (this.#take(text) === undefined) throw this.#failure(this.#peek(), `"${text}" is missing`);
  }

  #failure(token: Token, message: string): UsageError {
    return failure(this.#text, token.at, message);
  }
}

const constant = (kind: Kind, value: InputValue): Expression => ({ kind, evaluate: () => value });
