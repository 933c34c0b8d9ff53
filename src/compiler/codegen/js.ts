/** A piece of JavaScript with how strongly it holds together. */
export interface Js {
  readonly text: string;
  readonly level: number;
}

/** Levels of binding, as JavaScript has them. */
export const level = {
  comma: 1,
  conditional: 3,
  or: 4,
  and: 5,
  equal: 9,
  compare: 10,
  sum: 12,
  product: 13,
  unary: 15,
  primary: 20,
} as const;

export const primary = (text: string): Js => ({ text, level: level.primary });

/** The text, in parentheses when it holds together less than the place wants. */
export function at(least: number, js: Js): string {
  return js.level >= least ? js.text : `(${js.text})`;
}

/** An argument or the right side of an assignment. */
export function plain(js: Js): string {
  return at(level.conditional, js);
}

/** Numbers as JavaScript writes them; na is NaN. */
export function numberJs(value: number): Js {
  if (Object.is(value, -0)) return { text: "-0", level: level.unary };
  return { text: String(value), level: value < 0 ? level.unary : level.primary };
}

/** A property that an object literal or a dot can have without quotes. */
export function isIdentifier(text: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(text);
}

/** `{ title: "MA", linewidth: 2 }`; what is undefined is left out. */
export function objectLiteral(entries: readonly (readonly [string, string | undefined])[]): string {
  const given = entries.filter(([, value]) => value !== undefined);
  if (given.length === 0) return "{}";
  return `{ ${given.map(([key, value]) => `${isIdentifier(key) ? key : JSON.stringify(key)}: ${value}`).join(", ")} }`;
}
