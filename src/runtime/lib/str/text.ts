import type { ElementKind } from "../collections/element.ts";
import { Elements } from "../collections/elements.ts";
import { Matrix } from "../collections/matrix.ts";
import { shortest } from "./digits.ts";

/** An enum member, as far as printing goes. */
interface Titled {
  readonly title: string;
}

function isTitled(value: object): value is Titled {
  return "title" in value && typeof value.title === "string";
}

/** Prints one number. */
export type NumberPrinter = (value: number, kind: ElementKind) => string;

/** The shortest digits; a float has at least one decimal. */
export const plainNumber: NumberPrinter = (value, kind) => {
  if (value !== value) return "NaN";
  if (!Number.isFinite(value)) return value < 0 ? "-∞" : "∞";
  const text = shortest(Math.abs(value));
  const sign = value < 0 ? "-" : "";
  return kind === "float" && !text.includes(".") ? `${sign}${text}.0` : `${sign}${text}`;
};

/** An element of a collection as text. */
export function elementText(value: unknown, kind: ElementKind, print: NumberPrinter): string {
  return typeof value === "number" ? print(value, kind) : valueText(value, print);
}

/** Anything a script can print as text: `[1.0, 2.5]` for arrays, row by row for matrices, titles for enum members. */
export function valueText(value: unknown, print: NumberPrinter): string {
  if (value === null || value === undefined) return "NaN";
  if (typeof value === "number") return print(value, "int");
  if (value instanceof Elements) {
    const array = value as Elements<unknown>;
    return `[${[...array].map((element) => elementText(element, array.kind, print)).join(", ")}]`;
  }
  if (value instanceof Matrix)
    return (value.rows as unknown[]).map((row) => valueText(row, print)).join("\n");
  if (typeof value === "object" && isTitled(value)) return value.title;
  return String(value as string | boolean);
}
