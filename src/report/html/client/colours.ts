import type { EmbeddedColour } from "../wire/visuals.ts";
import type { Report } from "./report.ts";

/** The colour on a bar: `null` for none, `undefined` where the page chooses. */
export function colourAt(
  report: Report,
  colour: EmbeddedColour | undefined,
  bar: number,
): string | null | undefined {
  if (colour === undefined || colour === null || typeof colour === "string") return colour;
  const index = report.columns[colour.column]?.[bar] ?? Number.NaN;
  return index === index ? (colour.palette[index] ?? null) : null;
}
