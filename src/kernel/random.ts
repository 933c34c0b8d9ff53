/**
 * A seeded source of numbers in [0, 1), the same on every machine: the 48-bit generator with multiplier 25214903917
 * and increment 11, of which 26 and 27 bits make a double.
 */
export function linearCongruential(seed: number): () => number {
  const mask = (1n << 48n) - 1n;
  let state = (BigInt(seed) ^ 0x5deece66dn) & mask;
  const bits = (count: bigint): number => {
    state = (state * 0x5deece66dn + 11n) & mask;
    return Number(state >> (48n - count));
  };
  return () => (bits(26n) * 134_217_728 + bits(27n)) / 9_007_199_254_740_992;
}
