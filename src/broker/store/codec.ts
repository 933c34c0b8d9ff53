/**
 * Values as text and back: JSON, and for what JSON cannot say an object whose one key is `$`. Whatever has such a key
 * of its own is wrapped. What comes back equals what went in: numbers that are not finite, `undefined` in a list,
 * dates, maps, sets, bytes and big integers included.
 */

type Tag =
  | readonly ["number", "NaN" | "Infinity" | "-Infinity" | "-0"]
  | readonly ["undefined"]
  | readonly ["bigint", string]
  | readonly ["date", number | null]
  | readonly ["map", readonly unknown[]]
  | readonly ["set", readonly unknown[]]
  | readonly ["bytes", string]
  | readonly ["object", unknown];

/** @throws TypeError for what cannot be kept: functions, symbols, classes of one's own, values that hold themselves */
export function encode(value: unknown): string {
  return isPlain(value, 0) ? JSON.stringify(value) : tagged(value, []);
}

/** What `encode` made into text. */
export function decode<Value = unknown>(text: string): Value {
  const value: unknown = JSON.parse(text);
  return (text.includes('"$"') ? untagged(value) : value) as Value;
}

/** Deeper than anything that is kept; a value that holds itself is deeper than any. */
const deepest = 200;

/** JSON can say it, and nothing of it would be lost. */
function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0);
    case "object":
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (depth > deepest) throw new TypeError("a value to keep holds itself, or is far too deep");
  if (Array.isArray(value)) {
    for (const item of value) if (!isPlain(item, depth + 1)) return false;
    return true;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const key in value) {
    const item = (value as Record<string, unknown>)[key];
    // JSON leaves such a property out, and so does whoever reads it.
    if (key === "$" || (item !== undefined && !isPlain(item, depth + 1))) return false;
  }
  return true;
}

/** Text of what JSON cannot say as it is; parts of it that JSON can say are left to it. */
function tagged(value: unknown, above: readonly unknown[]): string {
  const tag = (...parts: Tag): string => `{"$":${JSON.stringify(parts)}}`;
  switch (typeof value) {
    case "string":
    case "boolean":
      return JSON.stringify(value);
    case "number":
      if (Object.is(value, -0)) return tag("number", "-0");
      return Number.isFinite(value) ? JSON.stringify(value) : tag("number", String(value) as "NaN");
    case "undefined":
      return tag("undefined");
    case "bigint":
      return tag("bigint", value.toString());
    case "object":
      break;
    default:
      throw new TypeError(`a ${typeof value} cannot be kept`);
  }
  if (value === null) return "null";
  if (above.includes(value)) throw new TypeError("a value that holds itself cannot be kept");
  const inside = [...above, value];
  const text = (item: unknown): string => (isPlain(item, 0) ? JSON.stringify(item) : tagged(item, inside));
  const list = (items: Iterable<unknown>): string => `[${Array.from(items, text).join(",")}]`;
  if (Array.isArray(value)) return list(value);
  if (value instanceof Date) return tag("date", Number.isNaN(value.getTime()) ? null : value.getTime());
  if (value instanceof Map) return `{"$":["map",${list([...value].flat(1))}]}`;
  if (value instanceof Set) return `{"$":["set",${list(value)}]}`;
  if (value instanceof Uint8Array) return tag("bytes", Buffer.from(value).toString("base64"));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError(`an object of class ${value.constructor.name} cannot be kept`);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  const plain = `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${text(item)}`).join(",")}}`;
  return entries.some(([key]) => key === "$") ? `{"$":["object",${plain}]}` : plain;
}

function untagged(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(untagged);
  if ("$" in value) return fromTag((value as { $: Tag }).$);
  return mapped(value);
}

const mapped = (value: object): object =>
  Object.fromEntries(Object.entries(value).map(([key, item]) => [key, untagged(item)]));

function fromTag(tag: Tag): unknown {
  switch (tag[0]) {
    case "number":
      return Number(tag[1]);
    case "undefined":
      return undefined;
    case "bigint":
      return BigInt(tag[1]);
    case "date":
      return new Date(tag[1] ?? Number.NaN);
    case "map": {
      const flat = tag[1].map(untagged);
      const map = new Map<unknown, unknown>();
      for (let index = 0; index < flat.length; index += 2) map.set(flat[index], flat[index + 1]);
      return map;
    }
    case "set":
      return new Set(tag[1].map(untagged));
    case "bytes":
      return new Uint8Array(Buffer.from(tag[1], "base64"));
    case "object":
      return mapped(tag[1] as object);
  }
}
