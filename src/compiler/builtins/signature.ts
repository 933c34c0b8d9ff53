import {
  arrayOf,
  float,
  isEarlyEnough,
  namedType,
  type Qualifier,
  type Type,
  voidType,
  na,
} from "../types.ts";
import type { FunctionEntry } from "./entry.ts";

/** A parameter of a built-in. */
export interface Parameter {
  readonly name: string;
  readonly type: Type;
  /** The latest that is accepted. */
  readonly qualifier: Qualifier;
  /** As written in the signature. */
  readonly default: string | undefined;
  readonly optional: boolean;
  readonly variadic: boolean;
}

/** The result of a built-in. */
export interface Result {
  readonly type: Type;
  /** `same`: the latest of the arguments. */
  readonly qualifier: Qualifier | "same";
}

/** A signature, taken apart. */
export interface Signature {
  readonly entry: FunctionEntry;
  /** Names that a template may give explicitly: `array.new<T>`. */
  readonly typeParameters: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly result: Result;
}

const parsed = new WeakMap<FunctionEntry, Signature>();

/** The signature of a function, parsed on first use. */
export function signatureOf(entry: FunctionEntry): Signature {
  let signature = parsed.get(entry);
  if (signature === undefined) parsed.set(entry, (signature = parseSignature(entry)));
  return signature;
}

function parseSignature(entry: FunctionEntry): Signature {
  const text = entry.signature;
  const open = text.indexOf("(");
  const close = closing(text, open);
  const head = text.slice(0, open);
  const angle = head.indexOf("<");
  const inner = text.slice(open + 1, close).trim();
  return {
    entry,
    typeParameters: angle < 0 ? [] : splitTop(head.slice(angle + 1, -1)),
    parameters: inner === "" ? [] : splitTop(inner).map(parseParameter),
    result: parseResult(text.slice(close + 1).trim()),
  };
}

/** Index of the bracket that closes the one at `open`. */
function closing(text: string, open: number): number {
  let depth = 0;
  let quote = "";
  for (let at = open; at < text.length; at++) {
    const character = text[at]!;
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === '"') quote = character;
    else if (character === "(") depth++;
    else if (character === ")" && --depth === 0) return at;
  }
  throw new Error(`unbalanced signature: ${text}`);
}

/** Splits at commas that stand outside of brackets and quotes. */
function splitTop(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '"') quoted = !quoted;
    if (quoted) continue;
    if ("<[(".includes(character)) depth++;
    else if (">])".includes(character)) depth--;
    else if (character === "," && depth === 0) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  parts.push(text.slice(from).trim());
  return parts;
}

function parseParameter(text: string): Parameter {
  const equals = text.indexOf("=");
  const declared = (equals < 0 ? text : text.slice(0, equals)).trim();
  const match = /^(?:(const|input|simple|series)\s+)?(.+?)\s+([A-Za-z_]\w*)(\?|\.\.\.)?$/.exec(declared);
  if (match === null) throw new Error(`not a parameter: ${text}`);
  const [, qualifier = "series", type = "", name = "", mark] = match;
  return {
    name,
    type: parseType(type),
    qualifier: qualifier as Qualifier,
    default: equals < 0 ? undefined : text.slice(equals + 1).trim(),
    optional: equals >= 0 || mark === "?",
    variadic: mark === "...",
  };
}

function parseResult(text: string): Result {
  if (text === "" || text === "void") return { type: voidType, qualifier: "series" };
  if (text.startsWith("[")) {
    const members = splitTop(text.slice(1, -1)).map((member) => parseResult(member).type);
    return { type: { kind: "tuple", members }, qualifier: "series" };
  }
  const match = /^(?:(const|input|simple|series|same)\s+)?(.+)$/.exec(text);
  return {
    type: parseType(match?.[2] ?? text),
    qualifier: (match?.[1] as Qualifier | "same" | undefined) ?? "series",
  };
}

/** A type in a signature: `int`, `array<T>`, `float[]`. */
function parseType(text: string): Type {
  if (text.endsWith("[]")) return arrayOf(parseType(text.slice(0, -2)));
  const angle = text.indexOf("<");
  if (angle > 0) {
    const head = text.slice(0, angle);
    const [first = float, second = float] = splitTop(text.slice(angle + 1, -1)).map(parseType);
    if (head === "array" || head === "matrix") return { kind: head, of: first };
    return { kind: "map", key: first, value: second };
  }
  if (/^[A-Z]$/.test(text)) return { kind: "parameter", name: text };
  if (text === "na") return na;
  const type = namedType(text);
  if (type === undefined) throw new Error(`a signature names the unknown type "${text}"`);
  return type;
}

/** A variable's or constant's type and qualifier. */
export function valueType(signature: string): { readonly type: Type; readonly qualifier: Qualifier } {
  const { type, qualifier } = parseResult(signature);
  return { type, qualifier: qualifier === "same" ? "series" : qualifier };
}

/** Whether every argument of a call is known early enough for the parameter. */
export function accepts(parameter: Parameter, qualifier: Qualifier): boolean {
  return isEarlyEnough(qualifier, parameter.qualifier);
}

/** As shown in messages: `ta.sma(series float source, series int length)`. */
export function signatureText(entry: FunctionEntry): string {
  const open = entry.signature.indexOf("(");
  return entry.signature.slice(0, closing(entry.signature, open) + 1);
}
