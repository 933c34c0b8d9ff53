import type { RunResult } from "../../runtime/run.ts";
import { colorText } from "../../runtime/visuals.ts";
import { dashOf } from "./visuals.ts";
import { cleaned } from "./safe-html.ts";
import type { EmbeddedDrawing, EmbeddedPath, Place } from "./wire/visuals.ts";

/** What a script drew and what was still there at the end: lines, boxes, labels, and tables. */

/** A table as text, row by row. */
export type ReportTable = readonly (readonly string[])[];

/**
 * Lines, boxes, labels, polylines and fills between lines, those below first.
 * @param first the first executed bar
 */
export function reportDrawings(result: RunResult, first: number): EmbeddedDrawing[] {
  const { drawings, declaration } = result;
  const place = placer(result, first);
  const overlayOf = (values: { readonly force_overlay: boolean }): boolean =>
    declaration.settings["overlay"] === true || values.force_overlay;
  const css = (color: number): string | null => colorText(color)?.toLowerCase() ?? null;
  const plain = { closed: false, extend: "none", fill: null, stroke: null, width: 1, dash: "solid" } as const;
  const path = (rest: Partial<EmbeddedPath> & Pick<EmbeddedPath, "points" | "overlay">): EmbeddedPath => ({
    kind: "path",
    ...plain,
    ...rest,
  });

  const fills = [...drawings.linefill.registry].map(({ values: { line1, line2, color } }) => {
    const [a, b] = [line1.values, line2.values];
    return path({
      overlay: overlayOf(a),
      closed: true,
      fill: css(color),
      points: [
        place(a.x1, a.y1, a.xloc),
        place(a.x2, a.y2, a.xloc),
        place(b.x2, b.y2, b.xloc),
        place(b.x1, b.y1, b.xloc),
      ],
    });
  });
  const boxes = [...drawings.box.registry].map(({ values: box }): EmbeddedDrawing => ({
    kind: "box",
    overlay: overlayOf(box),
    from: place(box.left, box.top, box.xloc),
    to: place(box.right, box.bottom, box.xloc),
    extend: extendOf(box.extend),
    stroke: css(box.border_color),
    fill: css(box.bgcolor),
    width: box.border_width,
    dash: dashOf(box.border_style),
    text: cleaned(box.text ?? ""),
    textColour: css(box.text_color),
  }));
  const polylines = [...drawings.polyline.registry].map(({ values: line }) =>
    path({
      overlay: overlayOf(line),
      points: line.points.map((point) =>
        place(line.xloc === "bar_time" ? point.time : point.index, point.price, line.xloc),
      ),
      closed: line.closed,
      stroke: css(line.line_color),
      fill: css(line.fill_color),
      width: line.line_width,
      dash: dashOf(line.line_style),
    }),
  );
  const lines = [...drawings.line.registry].map(({ values: line }) =>
    path({
      overlay: overlayOf(line),
      points: [place(line.x1, line.y1, line.xloc), place(line.x2, line.y2, line.xloc)],
      extend: extendOf(line.extend),
      stroke: css(line.color),
      width: line.width,
      dash: dashOf(line.style),
    }),
  );
  const labels = [...drawings.label.registry].map(({ values: label }): EmbeddedDrawing => ({
    kind: "label",
    overlay: overlayOf(label),
    at: place(label.x, label.y, label.xloc),
    place: label.yloc === "abovebar" || label.yloc === "belowbar" ? label.yloc : "price",
    style: (label.style ?? "").replace(/^label_/, ""),
    text: cleaned(label.text ?? ""),
    fill: css(label.color),
    textColour: css(label.textcolor),
  }));
  return [...fills, ...boxes, ...polylines, ...lines, ...labels];
}

/** The tables of a script; those without any text are left out. */
export function reportTables(result: RunResult): ReportTable[] {
  return [...result.drawings.table.registry]
    .map(({ values: { cells, columns, rows } }) =>
      Array.from({ length: rows }, (_, row) =>
        Array.from({ length: columns }, (_, column) => cells.get(row * columns + column)?.text ?? ""),
      ),
    )
    .filter((table) => table.some((row) => row.some((text) => text.trim() !== "")));
}

function extendOf(extend: string | null): EmbeddedPath["extend"] {
  return extend === "left" || extend === "right" || extend === "both" ? extend : "none";
}

/** Places by bar number or by time; a time between two bars lies between them, one beyond the last goes on at their pace. */
function placer(result: RunResult, first: number): (x: number, y: number, xloc: string | null) => Place {
  const times = result.columns.openTimeMs.subarray(0, result.bars);
  const last = times.length - 1;
  const pace = last > 0 ? ((times[last] ?? 0) - (times[0] ?? 0)) / last : 1;
  const barOf = (timeMs: number): number => {
    if (timeMs >= (times[last] ?? 0)) return last + (timeMs - (times[last] ?? 0)) / pace;
    let [low, high] = [0, last];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((times[middle] ?? 0) < timeMs) low = middle + 1;
      else high = middle;
    }
    const [before, at] = [times[low - 1], times[low] ?? 0];
    return before === undefined || at === timeMs ? low : low - (at - timeMs) / (at - before);
  };
  return (x, y, xloc) => [(xloc === "bar_time" ? barOf(x) : x) - first, y];
}
