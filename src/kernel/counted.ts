/** A whole number as people read it: `2,000`. */
export function grouped(value: number): string {
  // The engine's own way reads its tables of all languages first, a millisecond that every run would pay.
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** A number of things: `1 bar`, `2,000 bars`. */
export function counted(value: number, noun: string, nouns = `${noun}s`): string {
  return `${grouped(value)} ${value === 1 ? noun : nouns}`;
}
