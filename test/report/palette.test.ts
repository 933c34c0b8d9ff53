/** Whether the colours of a report can be read: contrast as WCAG 2 defines it. */
import { expect, test } from "bun:test";

import { dark, heat, light, mix, type Palette } from "../../src/report/html/palette.ts";

/** Relative luminance of `#rrggbb`; source: WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [bright = 0, dim = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (bright + 0.05) / (dim + 0.05);
}

test("the measure itself: black on white is 21 to 1", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
});

const surfaces = ["background", "surface", "grid"] as const;
const texts = ["text", "muted", "accent", "profit", "loss"] as const;

test.each([
  ["light", light],
  ["dark", dark],
] as const)("%s: text has 4.5 to 1 wherever it stands, drawings 3 to 1", (_name, palette: Palette) => {
  const weak: string[] = [];
  const demand = (least: number, what: string, colour: string, on: string): void => {
    const found = contrast(colour, on);
    if (found < least) weak.push(`${what}: ${found.toFixed(2)}`);
  };
  for (const text of texts)
    for (const surface of surfaces) demand(4.5, `${text} on ${surface}`, palette[text], palette[surface]);
  demand(4.5, "text on accent", palette.onAccent, palette.accent);
  for (const share of heat) {
    demand(4.5, `gain ${share}`, palette.text, mix(palette.profit, palette.surface, share));
    demand(4.5, `pain ${share}`, palette.text, mix(palette.loss, palette.surface, share));
  }
  for (const [index, colour] of palette.plots.entries()) demand(3, `plot ${index}`, colour, palette.surface);
  demand(3, "up", palette.up, palette.surface);
  demand(3, "down", palette.down, palette.surface);
  expect(weak).toEqual([]);
});
