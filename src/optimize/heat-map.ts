import type { Dimension, ParameterSpace } from "./space.ts";

/** Heat maps of a search: a table for each pair of inputs, as one page that needs nothing else. Pure. */

/** A set with what the objective says of it. */
export interface HeatPoint {
  readonly set: number;
  readonly value: number;
}

/** What the page is about. */
export interface HeatMapRequest {
  readonly title: string;
  readonly objective: { readonly title: string; readonly better: "higher" | "lower" };
  readonly space: ParameterSpace;
  /** Sets that count; what is not among them stays blank. */
  readonly points: Iterable<HeatPoint>;
  /** Lines under the title. */
  readonly notes: readonly string[];
}

/** Columns or rows of one map; more values than these share fields. */
const mostFields = 60;

/** One map: the best value of each field. */
export interface HeatGrid {
  readonly across: Axis;
  readonly down: Axis;
  /** By row, then column; NaN where nothing was tried. */
  readonly values: readonly Float64Array[];
}

interface Axis {
  readonly key: string;
  readonly labels: readonly string[];
}

/** The maps of every pair of inputs that have more than one value; one input alone is a single row. */
export function heatGrids({ space, points, objective }: HeatMapRequest): HeatGrid[] {
  const varied = space.dimensions.flatMap(({ values }, index) => (values.length > 1 ? [index] : []));
  const chosen = varied.length > 0 ? varied : [0];
  const pairs: [number, number | undefined][] =
    chosen.length === 1
      ? [[chosen[0] ?? 0, undefined]]
      : chosen.flatMap((across, index) =>
          chosen.slice(index + 1).map((down): [number, number] => [across, down]),
        );
  const grids = pairs.map(([across, down]) => ({
    across: axisOf(space.dimensions[across]),
    down: down === undefined ? { key: "", labels: [""] } : axisOf(space.dimensions[down]),
    values: [] as Float64Array[],
  }));
  for (const { down, across, values } of grids)
    for (const _ of down.labels) values.push(new Float64Array(across.labels.length).fill(Number.NaN));
  for (const { set, value } of points) {
    if (Number.isNaN(value)) continue;
    const places = space.places(set);
    for (const [index, [across, down]] of pairs.entries()) {
      const row = grids[index]?.values[down === undefined ? 0 : fieldOf(space, down, places)];
      const column = fieldOf(space, across, places);
      const known = row?.[column] ?? Number.NaN;
      const isBetter = Number.isNaN(known) || (objective.better === "higher" ? value > known : value < known);
      if (row !== undefined && isBetter) row[column] = value;
    }
  }
  return grids;
}

function fieldOf(space: ParameterSpace, dimension: number, places: readonly number[]): number {
  const count = space.dimensions[dimension]?.values.length ?? 1;
  const place = places[dimension] ?? 0;
  return count <= mostFields ? place : Math.floor((place * mostFields) / count);
}

function axisOf(dimension: Dimension | undefined): Axis {
  const { key = "", values = [] } = dimension ?? {};
  if (values.length <= mostFields) return { key, labels: values.map(String) };
  const first = Array.from({ length: mostFields }, (_, field) =>
    Math.ceil((field * values.length) / mostFields),
  );
  return { key, labels: first.map((place) => `${String(values[place])}…`) };
}

/** The page. */
export function heatMapPage(request: HeatMapRequest): string {
  const { title, objective, notes } = request;
  const grids = heatGrids(request);
  const best = objective.better === "higher" ? "highest" : "lowest";
  const note = grids.length > 1 ? `<p>Each field is the ${best} value over all other inputs.</p>` : "";
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}: ${escaped(objective.title)}</title>
<style>
:root { color-scheme: light dark; font: 14px/1.45 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 0 0 .3rem; }
h2 { font-size: 1rem; margin: 2rem 0 .5rem; }
p { margin: .2rem 0; opacity: .75; }
.map { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 12px; }
th { font-weight: 500; padding: 2px 6px; text-align: right; opacity: .75; }
td { min-width: 2.6rem; height: 1.7rem; padding: 0 4px; text-align: right; color: #111; border: 1px solid Canvas; }
td.none { background: none; }
td.best { outline: 2px solid currentColor; outline-offset: -2px; font-weight: 700; }
</style>
<h1>${escaped(title)}: ${escaped(objective.title)}</h1>
${notes.map((line) => `<p>${escaped(line)}</p>`).join("\n")}
${note}
${grids.map((grid) => gridHtml(grid, objective.better)).join("\n")}
</html>
`;
}

function gridHtml({ across, down, values }: HeatGrid, better: "higher" | "lower"): string {
  const finite = values.flatMap((row) => [...row]).filter((value) => Number.isFinite(value));
  const low = finite.reduce((least, value) => Math.min(least, value), Infinity);
  const high = finite.reduce((most, value) => Math.max(most, value), -Infinity);
  const top = better === "higher" ? high : low;
  const cell = (value: number, column: number, row: number): string => {
    if (Number.isNaN(value)) return '<td class="none"></td>';
    const share = high > low ? (Math.min(Math.max(value, low), high) - low) / (high - low) : 0.5;
    const title = [
      `${across.key} = ${across.labels[column]}`,
      ...(down.key === "" ? [] : [`${down.key} = ${down.labels[row]}`]),
      String(value),
    ];
    return `<td${value === top ? ' class="best"' : ""} style="background:${colour(better === "higher" ? share : 1 - share)}" title="${escaped(title.join(", "))}">${escaped(shortNumber(value))}</td>`;
  };
  const head = `<tr><th>${escaped(down.key)}</th>${across.labels.map((label) => `<th>${escaped(label)}</th>`).join("")}</tr>`;
  const rows = values.map(
    (row, index) =>
      `<tr><th>${escaped(down.labels[index] ?? "")}</th>${[...row].map((value, column) => cell(value, column, index)).join("")}</tr>`,
  );
  const title = down.key === "" ? across.key : `${across.key} across, ${down.key} down`;
  return `<h2>${escaped(title)}</h2>
<div class="map"><table>
${head}
${rows.join("\n")}
</table></div>`;
}

/** From red over white to green, for 0 to 1; lightness carries it for those who do not see the hue. */
function colour(share: number): string {
  const [hue, strength] = share < 0.5 ? [12, (0.5 - share) * 2] : [150, (share - 0.5) * 2];
  return `hsl(${hue} ${Math.round(30 + strength * 45)}% ${Math.round(94 - strength * 38)}%)`;
}

function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const text = value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
  return Number(text) === 0 ? "0" : text;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
