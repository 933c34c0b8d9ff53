/** A whole number as people read it: `2,000`. */
export function grouped(value: number): string {
  return value.toLocaleString("en");
}

/** A number of things: `1 bar`, `2,000 bars`. */
export function counted(value: number, noun: string, nouns = `${noun}s`): string {
  return `${grouped(value)} ${value === 1 ? noun : nouns}`;
}
