/** Ends a `switch` over a closed union: the compiler proves that no case is left, the throw is for data that lied. */
export function unreachable(value: never): never {
  throw new Error(`unexpected value: ${String(value)}`);
}
