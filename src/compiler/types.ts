/** The types of the language, and what may stand where another is wanted. */

/** How early a value is known; a later one is refused where an earlier one is wanted. */
export const qualifiers = ["const", "input", "simple", "series"] as const;
export type Qualifier = (typeof qualifiers)[number];

/** Types that have values of their own and no structure. */
export const fundamentalNames = ["int", "float", "bool", "string", "color"] as const;
export type FundamentalName = (typeof fundamentalNames)[number];

/** Types of ids that the run hands out. */
export const specialNames = [
  "line",
  "label",
  "box",
  "table",
  "linefill",
  "polyline",
  "chart.point",
  "footprint",
  "volume_row",
  "plot",
  "hline",
] as const;
export type SpecialName = (typeof specialNames)[number];

/** A field of a user-defined type. */
export interface FieldType {
  readonly name: string;
  type: Type;
  readonly varip: boolean;
}

/** A user-defined type; compared by identity. */
export interface ObjectType {
  readonly kind: "object";
  readonly name: string;
  /** Filled in after every type of the file is known: a type may hold itself. */
  fields: FieldType[];
  readonly exported: boolean;
}

/** An enum; compared by identity. */
export interface EnumType {
  readonly kind: "enum";
  readonly name: string;
  readonly members: readonly { readonly name: string; readonly title: string }[];
  readonly exported: boolean;
}

export type Type =
  | { readonly kind: "fundamental"; readonly name: FundamentalName }
  | { readonly kind: "special"; readonly name: SpecialName }
  | { readonly kind: "array"; readonly of: Type }
  | { readonly kind: "matrix"; readonly of: Type }
  | { readonly kind: "map"; readonly key: Type; readonly value: Type }
  | { readonly kind: "tuple"; readonly members: readonly Type[] }
  /** A type parameter of a built-in: `T`. */
  | { readonly kind: "parameter"; readonly name: string }
  /** `na` before it has found its type. */
  | { readonly kind: "na" }
  | { readonly kind: "void" }
  /** Stands in for what could not be determined; fits everywhere, so that a fault is reported once. */
  | { readonly kind: "unknown" }
  | ObjectType
  | EnumType;

const fundamental = (name: FundamentalName): Type => ({ kind: "fundamental", name });

export const int = fundamental("int");
export const float = fundamental("float");
export const bool = fundamental("bool");
export const string = fundamental("string");
export const color = fundamental("color");
export const na: Type = { kind: "na" };
export const voidType: Type = { kind: "void" };
export const unknown: Type = { kind: "unknown" };

const fundamentals: Readonly<Record<FundamentalName, Type>> = { int, float, bool, string, color };
const specials = new Map<string, Type>(specialNames.map((name) => [name, { kind: "special", name }]));

/** A type by its name, when it is one the language brings along. */
export function namedType(name: string): Type | undefined {
  return Object.hasOwn(fundamentals, name) ? fundamentals[name as FundamentalName] : specials.get(name);
}

export function arrayOf(of: Type): Type {
  return { kind: "array", of };
}

/** As people write it: `array<float>`, `Pivot`, `[float, float]`. */
export function typeName(type: Type): string {
  switch (type.kind) {
    case "fundamental":
    case "special":
    case "parameter":
    case "object":
    case "enum":
      return type.name;
    case "array":
    case "matrix":
      return `${type.kind}<${typeName(type.of)}>`;
    case "map":
      return `map<${typeName(type.key)}, ${typeName(type.value)}>`;
    case "tuple":
      return `[${type.members.map(typeName).join(", ")}]`;
    default:
      return type.kind;
  }
}

export function sameType(a: Type, b: Type): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case "fundamental":
    case "special":
    case "parameter":
      return a.name === (b as typeof a).name;
    case "array":
    case "matrix":
      return sameType(a.of, (b as typeof a).of);
    case "map":
      return sameType(a.key, (b as typeof a).key) && sameType(a.value, (b as typeof a).value);
    case "tuple": {
      const members = (b as typeof a).members;
      return (
        a.members.length === members.length && a.members.every((type, at) => sameType(type, members[at]!))
      );
    }
    case "object":
    case "enum":
      return false;
    default:
      return true;
  }
}

export const isNumber = (type: Type): boolean => type === int || type === float;
export const isCollection = (type: Type): boolean =>
  type.kind === "array" || type.kind === "matrix" || type.kind === "map";
/** Types whose values are references to something that can change. */
export const isReference = (type: Type): boolean =>
  isCollection(type) || type.kind === "object" || type.kind === "special";

/** The later of two qualifiers. */
export function stronger(a: Qualifier, b: Qualifier): Qualifier {
  return qualifiers.indexOf(a) >= qualifiers.indexOf(b) ? a : b;
}

/** Whether a value known this early may stand where one known that early is wanted. */
export function isEarlyEnough(have: Qualifier, want: Qualifier): boolean {
  return qualifiers.indexOf(have) <= qualifiers.indexOf(want);
}
