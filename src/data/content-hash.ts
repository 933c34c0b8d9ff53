import type { BarColumns } from "../kernel/bar.ts";

/**
 * What bars are, as one number: two files of the same bars have the same hash, however they are encoded.
 *
 * A month (UTC) of bars hashes to the SHA-256 of its columns time, open, high, low, close, volume, one column after
 * another, every value a little-endian double, a missing one the double `00 00 00 00 00 00 f8 7f`. All bars hash to
 * the SHA-256 of the hashes of their months, 32 bytes each, in order.
 */

type HashedColumns = Pick<BarColumns, "length" | "openTimeMs" | "open" | "high" | "low" | "close" | "volume">;

/** The hash of each calendar month that has bars, hexadecimal, by `yyyy-MM`, ascending. */
export function monthHashes(columns: HashedColumns): Map<string, string> {
  const hashes = new Map<string, string>();
  const { length, openTimeMs, open, high, low, close, volume } = columns;
  for (let from = 0; from < length;) {
    const { name, endMs } = monthOf(openTimeMs[from] ?? 0);
    const to = firstAtOrAfter(openTimeMs, endMs, from, length);
    const hasher = new Bun.CryptoHasher("sha256");
    for (const column of [openTimeMs, open, high, low, close, volume])
      hasher.update(bytesOf(column.subarray(from, to)));
    hashes.set(name, hasher.digest("hex"));
    from = to;
  }
  return hashes;
}

/** The hash of bars whose months have these hashes, hexadecimal. */
export function combinedHash(months: Iterable<string>): string {
  const hasher = new Bun.CryptoHasher("sha256");
  for (const hash of months) hasher.update(Buffer.from(hash, "hex"));
  return hasher.digest("hex");
}

/** The hash of bars, hexadecimal. A million bars take about 0.04 s. */
export function contentHash(columns: HashedColumns): string {
  return combinedHash(monthHashes(columns).values());
}

/** The UTC month of an instant: its name, its first ms and the first ms after it. */
export function monthOf(timeMs: number): { name: string; startMs: number; endMs: number } {
  const date = new Date(timeMs);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return {
    name: date.toISOString().slice(0, -17),
    startMs: Date.UTC(year, month, 1),
    endMs: Date.UTC(year, month + 1, 1),
  };
}

function firstAtOrAfter(times: Float64Array, timeMs: number, from: number, length: number): number {
  let [low, high] = [from, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The bytes of numbers; missing ones in their one bit pattern, also where the column is a view of foreign bytes. */
function bytesOf(column: Float64Array): Uint8Array {
  // The engine's own search is some ten times as fast as a loop before that is compiled.
  const clean = column.includes(Number.NaN)
    ? column.map((value) => (value === value ? value : Number.NaN))
    : column;
  return new Uint8Array(clean.buffer, clean.byteOffset, clean.byteLength);
}
