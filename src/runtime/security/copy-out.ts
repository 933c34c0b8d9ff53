import { Elements } from "../lib/collections/elements.ts";
import { Matrix } from "../lib/collections/matrix.ts";
import { PineMap } from "../lib/collections/pine-map.ts";
import { PineObject } from "../lib/snapshot.ts";

/**
 * A value as another context may have it: arrays, maps, matrices and objects are copied however nested, so that neither
 * side sees what the other does with them. Numbers, texts, drawings and enums are what they are.
 */
export function copyOut(value: unknown): unknown {
  return typeof value === "object" && value !== null ? copied(value, new Map()) : value;
}

function copied(value: unknown, known: Map<object, unknown>): unknown {
  if (typeof value !== "object" || value === null) return value;
  const before = known.get(value);
  if (before !== undefined) return before;
  if (Array.isArray(value)) return value.map((member) => copied(member, known));
  if (value instanceof PineObject) {
    const twin = Object.assign(Object.create(Object.getPrototypeOf(value) as object) as object, value);
    known.set(value, twin);
    for (const [name, field] of Object.entries(value))
      (twin as Record<string, unknown>)[name] = copied(field, known);
    return twin;
  }
  if (value instanceof Elements) {
    const twin = value.copy();
    known.set(value, twin);
    if (twin.kind === "object")
      for (let index = 0; index < twin.size; index++) twin.put(index, copied(twin.at(index), known));
    return twin;
  }
  if (value instanceof PineMap) {
    const twin = value.copy();
    known.set(value, twin);
    if (twin.valueKind === "object")
      for (const key of twin.keys()) twin.put(key, copied(twin.get(key), known));
    return twin;
  }
  if (value instanceof Matrix) {
    const rows = value.rows.map((row) => copied(row, known) as Elements<unknown>);
    return Matrix.ofRows(value.kind, rows, value.columns);
  }
  return value;
}
