/** The signs that Pine's `shape.*` name, around a point; anything else is written as text. */

const size = 4.5;

/** Corners in units of `size`, y downwards. */
const outlines: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  triangleup: [
    [0, -1],
    [1, 1],
    [-1, 1],
  ],
  triangledown: [
    [0, 1],
    [1, -1],
    [-1, -1],
  ],
  diamond: [
    [0, -1.2],
    [1, 0],
    [0, 1.2],
    [-1, 0],
  ],
  square: [
    [-0.9, -0.9],
    [0.9, -0.9],
    [0.9, 0.9],
    [-0.9, 0.9],
  ],
  labelup: [
    [0, -1.2],
    [1, -0.3],
    [1, 1],
    [-1, 1],
    [-1, -0.3],
  ],
  labeldown: [
    [0, 1.2],
    [1, 0.3],
    [1, -1],
    [-1, -1],
    [-1, 0.3],
  ],
  arrowup: [
    [0, -1.4],
    [1, -0.2],
    [0.4, -0.2],
    [0.4, 1.2],
    [-0.4, 1.2],
    [-0.4, -0.2],
    [-1, -0.2],
  ],
  arrowdown: [
    [0, 1.4],
    [1, 0.2],
    [0.4, 0.2],
    [0.4, -1.2],
    [-0.4, -1.2],
    [-0.4, 0.2],
    [-1, 0.2],
  ],
  flag: [
    [-0.7, 1.3],
    [-0.7, -1.2],
    [1, -0.6],
    [-0.4, 0],
    [-0.4, 1.3],
  ],
};
const strokes: Readonly<Record<string, readonly (readonly [number, number, number, number])[]>> = {
  cross: [
    [0, -1, 0, 1],
    [-1, 0, 1, 0],
  ],
  xcross: [
    [-0.8, -0.8, 0.8, 0.8],
    [-0.8, 0.8, 0.8, -0.8],
  ],
};

/** Draws a sign in the colours that the context has. */
export function drawGlyph(context: CanvasRenderingContext2D, name: string, x: number, y: number): void {
  const outline = outlines[name];
  const lines = strokes[name];
  context.beginPath();
  if (name === "circle") {
    context.arc(x, y, size * 0.8, 0, Math.PI * 2);
    context.fill();
  } else if (outline !== undefined) {
    for (const [dx, dy] of outline) context.lineTo(x + dx * size, y + dy * size);
    context.closePath();
    context.fill();
  } else if (lines !== undefined) {
    for (const [x1, y1, x2, y2] of lines) {
      context.moveTo(x + x1 * size, y + y1 * size);
      context.lineTo(x + x2 * size, y + y2 * size);
    }
    context.lineWidth = 2;
    context.stroke();
  } else {
    context.font = "12px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(name, x, y);
  }
}
