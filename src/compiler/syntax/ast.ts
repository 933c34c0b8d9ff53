import type { Span } from "../source.ts";
import type { Qualifier } from "../types.ts";

/** The tree of a script as it is written; nothing is resolved yet. */

export interface NameNode extends Span {
  readonly name: string;
}

export type BinaryOperator =
  "+" | "-" | "*" | "/" | "%" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "and" | "or";
export type AssignOperator = ":=" | "+=" | "-=" | "*=" | "/=" | "%=";

export interface Argument extends Span {
  readonly name: NameNode | undefined;
  readonly value: Expression;
}

export interface NumberLiteral extends Span {
  readonly kind: "number";
  readonly value: number;
  readonly isInt: boolean;
}
export interface StringLiteral extends Span {
  readonly kind: "string";
  readonly value: string;
}
export interface BoolLiteral extends Span {
  readonly kind: "bool";
  readonly value: boolean;
}
export interface ColorLiteral extends Span {
  readonly kind: "color";
  /** `0xRRGGBBAA`. */
  readonly value: number;
}
export interface Reference extends Span {
  readonly kind: "name";
  readonly name: string;
}
export interface Member extends Span {
  readonly kind: "member";
  readonly object: Expression;
  readonly member: NameNode;
}
export interface Call extends Span {
  readonly kind: "call";
  readonly callee: Expression;
  readonly typeArguments: readonly TypeNode[];
  readonly args: readonly Argument[];
}
export interface Index extends Span {
  readonly kind: "index";
  readonly object: Expression;
  readonly offset: Expression;
}
export interface Unary extends Span {
  readonly kind: "unary";
  readonly operator: "-" | "+" | "not";
  readonly operand: Expression;
}
export interface Binary extends Span {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}
export interface Ternary extends Span {
  readonly kind: "ternary";
  readonly condition: Expression;
  readonly yes: Expression;
  readonly no: Expression;
}
/** `[a, b]`. */
export interface List extends Span {
  readonly kind: "list";
  readonly members: readonly Expression[];
}
export interface If extends Span {
  readonly kind: "if";
  readonly condition: Expression;
  readonly yes: Block;
  readonly no: Block | undefined;
}
export interface SwitchCase extends Span {
  /** Absent: the default. */
  readonly test: Expression | undefined;
  readonly body: Block;
}
export interface Switch extends Span {
  readonly kind: "switch";
  readonly subject: Expression | undefined;
  readonly cases: readonly SwitchCase[];
}
export interface For extends Span {
  readonly kind: "for";
  readonly counter: NameNode;
  readonly from: Expression;
  readonly to: Expression;
  readonly step: Expression | undefined;
  readonly body: Block;
}
export interface ForIn extends Span {
  readonly kind: "for-in";
  /** One name: the element; two: index or key, and the element. */
  readonly names: readonly NameNode[];
  readonly collection: Expression;
  readonly body: Block;
}
export interface While extends Span {
  readonly kind: "while";
  readonly condition: Expression;
  readonly body: Block;
}

export type Structure = If | Switch | For | ForIn | While;
export type Expression =
  | NumberLiteral
  | StringLiteral
  | BoolLiteral
  | ColorLiteral
  | Reference
  | Member
  | Call
  | Index
  | Unary
  | Binary
  | Ternary
  | List
  | Structure;

/** `array<float>`, `float[]`, `lib.Type`. */
export interface TypeNode extends Span {
  readonly name: string;
  readonly args: readonly TypeNode[];
}

export interface TypeSpec extends Span {
  readonly qualifier: Qualifier | undefined;
  readonly type: TypeNode | undefined;
}

export interface Declaration extends Span {
  readonly kind: "declaration";
  readonly exported: boolean;
  readonly mode: "var" | "varip" | undefined;
  readonly spec: TypeSpec | undefined;
  readonly name: NameNode;
  readonly value: Expression;
}
export interface TupleDeclaration extends Span {
  readonly kind: "tuple-declaration";
  readonly names: readonly NameNode[];
  readonly value: Expression;
}
export interface Assignment extends Span {
  readonly kind: "assignment";
  readonly target: Expression;
  readonly operator: AssignOperator;
  readonly value: Expression;
}
export interface ExpressionStatement extends Span {
  readonly kind: "expression";
  readonly expression: Expression;
}
export interface Jump extends Span {
  readonly kind: "break" | "continue";
}
export interface Import extends Span {
  readonly kind: "import";
  readonly user: string;
  readonly library: string;
  readonly version: number;
  readonly alias: NameNode | undefined;
}
export interface ParameterNode extends Span {
  readonly spec: TypeSpec | undefined;
  readonly name: NameNode;
  readonly default: Expression | undefined;
}
export interface FunctionDeclaration extends Span {
  readonly kind: "function";
  readonly exported: boolean;
  readonly method: boolean;
  readonly name: NameNode;
  readonly parameters: readonly ParameterNode[];
  readonly body: Block;
}
export interface FieldNode extends Span {
  readonly varip: boolean;
  readonly type: TypeNode;
  readonly name: NameNode;
  readonly default: Expression | undefined;
}
export interface TypeDeclaration extends Span {
  readonly kind: "type";
  readonly exported: boolean;
  readonly name: NameNode;
  readonly fields: readonly FieldNode[];
}
export interface EnumDeclaration extends Span {
  readonly kind: "enum";
  readonly exported: boolean;
  readonly name: NameNode;
  readonly members: readonly { readonly name: NameNode; readonly title: string | undefined }[];
}

export type Statement =
  | Declaration
  | TupleDeclaration
  | Assignment
  | ExpressionStatement
  | Jump
  | Import
  | FunctionDeclaration
  | TypeDeclaration
  | EnumDeclaration;

/** The statements of a block in order. */
export interface Block extends Span {
  readonly statements: readonly Statement[];
  /** Some of its statements could not be read. */
  readonly faulty?: boolean;
}
