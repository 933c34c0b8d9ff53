/** Source maps: which line of a script each generated line comes from. Version 3, one segment a line. */

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** A place in one of the sources; line and column from 0. */
export interface MappedPlace {
  readonly source: number;
  readonly line: number;
  readonly column: number;
}

/** @param lines the place that each generated line comes from */
export function encodeSourceMap(
  file: string,
  sources: readonly string[],
  lines: readonly (MappedPlace | undefined)[],
): string {
  let [source, line, column] = [0, 0, 0];
  const mappings = lines.map((place) => {
    if (place === undefined) return "";
    const segment = [0, place.source - source, place.line - line, place.column - column]
      .map(encodeNumber)
      .join("");
    ({ source, line, column } = place);
    return segment;
  });
  return JSON.stringify({ version: 3, file, sources, names: [], mappings: mappings.join(";") });
}

/** Base 64, five bits a digit, the sign in the lowest. */
function encodeNumber(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = "";
  do {
    const digit = rest & 31;
    rest >>>= 5;
    text += digits[rest > 0 ? digit | 32 : digit];
  } while (rest > 0);
  return text;
}

/**
 * The places of the generated lines, as `encodeSourceMap` wrote them. A map that is not one of ours gives nothing.
 */
export function decodeSourceMap(
  json: string,
): { readonly sources: readonly string[]; readonly lines: readonly (MappedPlace | undefined)[] } | undefined {
  let map: { sources?: unknown; mappings?: unknown };
  try {
    map = JSON.parse(json) as typeof map;
  } catch {
    return undefined;
  }
  if (!Array.isArray(map.sources) || typeof map.mappings !== "string") return undefined;
  let [source, line, column] = [0, 0, 0];
  const lines = map.mappings.split(";").map((segments): MappedPlace | undefined => {
    const values = decodeNumbers(segments.split(",")[0] ?? "");
    if (values.length < 4) return undefined;
    source += values[1]!;
    line += values[2]!;
    column += values[3]!;
    return { source, line, column };
  });
  return { sources: map.sources.map(String), lines };
}

function decodeNumbers(text: string): number[] {
  const values: number[] = [];
  let [value, shift] = [0, 0];
  for (const character of text) {
    const digit = digits.indexOf(character);
    value |= (digit & 31) << shift;
    shift += 5;
    if ((digit & 32) !== 0) continue;
    values.push((value & 1) === 1 ? -(value >>> 1) : value >>> 1);
    [value, shift] = [0, 0];
  }
  return values;
}
