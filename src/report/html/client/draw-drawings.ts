import type { Dash, EmbeddedBox, EmbeddedDrawing, EmbeddedLabel, EmbeddedPath } from "../wire/visuals.ts";
import type { Sight } from "./layer.ts";
import type { Report } from "./report.ts";

/** Lines, boxes and labels that a script drew. */

const font = "11px system-ui, sans-serif";
const lineHeight = 14;
const dashes: Readonly<Record<Dash, number[]>> = { solid: [], dashed: [6, 4], dotted: [2, 3] };

/** The drawings of one pane, in order. */
export function drawDrawings(sight: Sight, report: Report, overlay: boolean): void {
  for (const drawing of report.head.drawings) {
    if (drawing.overlay !== overlay || !isPlaced(drawing)) continue;
    if (drawing.kind === "path") drawPath(sight, drawing);
    else if (drawing.kind === "box") drawBox(sight, drawing);
    else drawLabel(sight, report, drawing);
  }
}

/** What has no place (na, `null` in JSON) is not drawn. */
function isPlaced(drawing: EmbeddedDrawing): boolean {
  const known = (value: number | null): boolean => value !== null;
  if (drawing.kind === "path") return drawing.points.every((point) => point.every(known));
  if (drawing.kind === "box") return [...drawing.from, ...drawing.to].every(known);
  return known(drawing.at[0]) && (drawing.place !== "price" || known(drawing.at[1]));
}

function drawPath(sight: Sight, path: EmbeddedPath): void {
  const { context, width } = sight;
  let points = path.points.map(([bar, price]) => [sight.x(bar), sight.y(price)] as const);
  const [a, b] = points;
  if (path.extend !== "none" && a !== undefined && b !== undefined && a[0] !== b[0]) {
    const [left, right] = a[0] < b[0] ? [a, b] : [b, a];
    const at = (x: number): readonly [number, number] => [
      x,
      left[1] + ((right[1] - left[1]) / (right[0] - left[0])) * (x - left[0]),
    ];
    const goesLeft = path.extend === "left" || path.extend === "both";
    const goesRight = path.extend === "right" || path.extend === "both";
    points = [goesLeft ? at(Math.min(0, left[0])) : left, goesRight ? at(Math.max(width, right[0])) : right];
  }
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  if (path.closed) context.closePath();
  if (path.fill !== null) {
    context.fillStyle = path.fill;
    context.fill();
  }
  if (path.stroke === null) return;
  stroke(context, path.stroke, path.width, path.dash);
}

function stroke(context: CanvasRenderingContext2D, colour: string, width: number, dash: Dash): void {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash(dashes[dash]);
  context.stroke();
  context.setLineDash([]);
}

function drawBox(sight: Sight, box: EmbeddedBox): void {
  const { context, width } = sight;
  const [x1, x2] = [sight.x(box.from[0]), sight.x(box.to[0])].toSorted((a, b) => a - b) as [number, number];
  const [y1, y2] = [sight.y(box.from[1]), sight.y(box.to[1])].toSorted((a, b) => a - b) as [number, number];
  const left = box.extend === "left" || box.extend === "both" ? Math.min(0, x1) : x1;
  const right = box.extend === "right" || box.extend === "both" ? Math.max(width, x2) : x2;
  context.beginPath();
  context.rect(left, y1, right - left, y2 - y1);
  if (box.fill !== null) {
    context.fillStyle = box.fill;
    context.fill();
  }
  if (box.stroke !== null && box.width > 0) stroke(context, box.stroke, box.width, box.dash);
  if (box.text === "" || box.textColour === null) return;
  write(context, box.text, (left + right) / 2, (y1 + y2) / 2, box.textColour);
}

/** Text of several lines around a point. */
function write(context: CanvasRenderingContext2D, text: string, x: number, y: number, colour: string): void {
  const lines = text.split("\n");
  context.font = font;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = colour;
  for (const [index, line] of lines.entries())
    context.fillText(line, x, y + (index - (lines.length - 1) / 2) * lineHeight);
}

function drawLabel(sight: Sight, report: Report, label: EmbeddedLabel): void {
  const { context } = sight;
  const [bar, price] = label.at;
  const x = sight.x(bar);
  if (!(x > -300 && x < sight.width + 300)) return;
  const whole = Math.round(bar);
  const y =
    label.place === "abovebar"
      ? sight.y(report.bars.high[whole] ?? Number.NaN) - 4
      : label.place === "belowbar"
        ? sight.y(report.bars.low[whole] ?? Number.NaN) + 4
        : sight.y(price);
  if (y !== y) return;
  context.font = font;
  const lines = label.text.split("\n");
  const width = Math.max(...lines.map((line) => context.measureText(line).width)) + 12;
  const height = lines.length * lineHeight + 6;
  // A label points at its place, and so lies on the other side of it.
  const towards = /left|right|up|down/g;
  const names: readonly string[] = label.style.match(towards) ?? [];
  const dx = names.includes("left") ? width / 2 + 6 : names.includes("right") ? -width / 2 - 6 : 0;
  const dy = names.includes("up") ? height / 2 + 6 : names.includes("down") ? -height / 2 - 6 : 0;
  const bubble = label.fill !== null && label.style !== "none" && !label.style.startsWith("text_outline");
  if (bubble) {
    context.fillStyle = label.fill ?? "";
    context.beginPath();
    context.roundRect(x + dx - width / 2, y + dy - height / 2, width, height, 4);
    context.fill();
    if (dx !== 0 || dy !== 0) {
      const [sx, sy] = [Math.sign(dx), Math.sign(dy)];
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(x + sx * 7 - sy * 5, y + sy * 7 + sx * 5);
      context.lineTo(x + sx * 7 + sy * 5, y + sy * 7 - sx * 5);
      context.closePath();
      context.fill();
    }
  }
  const ink = label.textColour;
  if (ink !== null) write(context, label.text, x + dx, y + dy, ink);
}
