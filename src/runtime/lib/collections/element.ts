/** What the elements of an array, a matrix or a map are; it decides how they are kept, compared and printed. */
export type ElementKind = "int" | "float" | "bool" | "string" | "color" | "object";

/** Whether elements of a kind are numbers, whose na is `NaN`. */
export function isNumeric(kind: ElementKind): kind is "int" | "float" | "color" {
  return kind === "int" || kind === "float" || kind === "color";
}
