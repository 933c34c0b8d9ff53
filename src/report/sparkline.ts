/** A curve in one line of text. Pure. */

/** Heights of a character, lowest first. */
export const sparkLevels = { unicode: "▁▂▃▄▅▆▇█", ascii: "_.-~=+*#" } as const;

/** The values as `width` characters at most, each the last value of its stretch; `""` without values. */
export function sparkline(values: ArrayLike<number>, width: number, levels: string): string {
  const heights = [...levels];
  const columns = Math.min(width, values.length);
  const shown = Array.from(
    { length: columns },
    (_, column) => values[Math.ceil(((column + 1) * values.length) / columns) - 1] ?? 0,
  );
  const low = Math.min(...shown);
  const span = Math.max(...shown) - low;
  return shown
    .map((value) => {
      const share = span > 0 ? (value - low) / span : 0;
      return heights[Math.min(Math.floor(share * heights.length), heights.length - 1)];
    })
    .join("");
}
