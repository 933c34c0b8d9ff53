import { readFileSync } from "node:fs";
import { basename } from "node:path";

import { decodeSourceMap } from "../compiler/codegen/source-map.ts";
import { causeChain, RuntimeFailure } from "../kernel/errors.ts";
import { ScriptFailure } from "../runtime/pine/failure.ts";

/** A script that fails while it runs is told its own line, not that of the code it became. */

const mapMarker = "//# sourceMappingURL=data:application/json;base64,";

/**
 * The failure with its place: `script.pine:12: message (bar 14, 2024-01-01T10:00:00Z)`. What is no failure of a
 * script comes back as it is.
 *
 * @param file the generated module
 */
export function placedFailure(error: unknown, file: string): unknown {
  if (!(error instanceof ScriptFailure)) return error;
  const place = placeOf(error, file);
  const when = Number.isFinite(error.timeMs) ? `, ${new Date(error.timeMs).toISOString().slice(0, 19)}Z` : "";
  const bar = error.bar < 0 ? "" : ` (bar ${error.bar}${when})`;
  const message = `${place === undefined ? "" : `${place}: `}${error.message}${bar}`;
  return new RuntimeFailure(message, { hint: error.hint, cause: error.cause });
}

/** `script.pine:12` of the innermost generated line in a stack. */
function placeOf(error: ScriptFailure, file: string): string | undefined {
  const map = sourceMapOf(file);
  if (map === undefined) return undefined;
  for (const link of causeChain(error)) {
    if (!(link instanceof Error)) continue;
    for (const text of (link.stack ?? "").split("\n")) {
      const at = text.indexOf(file);
      const number = at < 0 ? undefined : /^:(\d+)/.exec(text.slice(at + file.length))?.[1];
      const place = number === undefined ? undefined : mappedPlace(map, Number(number));
      if (place !== undefined) return place;
    }
  }
  return undefined;
}

/**
 * Finds the places in a script of the lines of its code, from 1: `script.pine:12`. Code that was not compiled is the
 * script.
 *
 * @param file what the code was read from
 */
export function placesOf(code: string, file: string): (line: number) => string | undefined {
  const map = sourceMapIn(code);
  return (line) => (map === undefined ? `${basename(file)}:${line}` : mappedPlace(map, line));
}

/** @param number of the generated line, from 1 */
function mappedPlace({ sources, lines }: SourceMap, number: number): string | undefined {
  const place = lastMapped(lines, number - 1);
  return place === undefined ? undefined : `${sources[place.source]}:${place.line + 1}`;
}

/** A line that stands for no line of the script belongs to the one above it. */
function lastMapped<Place>(lines: readonly (Place | undefined)[], from: number): Place | undefined {
  for (let line = from; line >= 0; line--) if (lines[line] !== undefined) return lines[line];
  return undefined;
}

type SourceMap = NonNullable<ReturnType<typeof decodeSourceMap>>;

function sourceMapOf(file: string): SourceMap | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  return sourceMapIn(text);
}

function sourceMapIn(text: string): SourceMap | undefined {
  const marker = text.lastIndexOf(mapMarker);
  if (marker < 0) return undefined;
  return decodeSourceMap(
    Buffer.from(text.slice(marker + mapMarker.length).trim(), "base64").toString("utf8"),
  );
}
