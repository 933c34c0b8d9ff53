/** Plots, colours and drawings of a Pine script on their way into a report. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { loadPine } from "../../src/host/pine-script.ts";
import { type ReportData, reportData } from "../../src/report/html/data.ts";
import { embedded } from "../../src/report/html/embed.ts";
import { type ReportVisual } from "../../src/report/html/visuals.ts";
import { runScript } from "../../src/runtime/run.ts";
import { rampColumns, symbol } from "../runtime/fixtures.ts";

const folder = mkdtempSync(join(tmpdir(), "pyne-visuals-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let scripts = 0;
/** The report of a script over six bars that open at 100, 101, ... and close half a point higher. */
async function report(body: string, declaration = 'indicator("T")'): Promise<ReportData> {
  const path = join(folder, `s${scripts++}.pine`);
  writeFileSync(path, `//@version=6\n${declaration}\n${body}\n`);
  const { module } = await loadPine(path, () => undefined, folder, "test");
  const symInfo = symbol();
  const columns = rampColumns(6);
  const result = await runScript(module, { columns, symInfo, timeframe: "5", keepsColors: true });
  return reportData(result, {
    symInfo,
    timeframe: "5",
    dataName: "T",
    contentHash: "",
    version: "",
    createdMs: 0,
  });
}

const plain = (visual: ReportVisual): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(visual).map(([name, value]) => [name, value instanceof Float64Array ? [...value] : value]),
  );

describe("visuals", () => {
  test.each([
    ['plot(close, "A")', { kind: "line", title: "A", style: "line", width: 1, overlay: false }],
    ['plot(close, "A", color.red, 3)', { kind: "line", width: 3, colour: "#f23645ff" }],
    ['plot(close, "A", style = plot.style_stepline)', { kind: "line", style: "step" }],
    ['plot(close, "A", style = plot.style_columns)', { kind: "line", style: "histogram" }],
    ['plot(close, "A", style = plot.style_areabr)', { kind: "line", style: "area" }],
    ['plot(close, "A", style = plot.style_cross)', { kind: "line", style: "circles" }],
    ['plot(close, "A", force_overlay = true)', { kind: "line", overlay: true }],
    ['plot(close, "A", na)', { kind: "line", colour: null }],
    ['plotshape(true, "S")', { kind: "mark", colour: undefined }],
    ["hline(70)", { kind: "level", colour: undefined }],
    ['plot(close, "A", display = display.none)', { kind: "line", colour: null }],
    ['plot(bar_index, "A", offset = 2)', { kind: "line", values: [Number.NaN, Number.NaN, 0, 1, 2, 3] }],
    [
      'plotshape(bar_index == 1, "S", shape.triangleup, location.belowbar, color.green, text = "up")',
      { kind: "mark", glyph: "triangleup", place: "belowbar", text: "up", values: [0, 1, 0, 0, 0, 0] },
    ],
    ['plotchar(true, "C", "x", location.top)', { kind: "mark", glyph: "x", place: "top" }],
    ['plotarrow(close - 102, "W")', { kind: "mark", glyph: "arrow" }],
    [
      'hline(70, "H", color.gray, hline.style_dotted, 2)',
      { kind: "level", value: 70, dash: "dotted", width: 2 },
    ],
    ["bgcolor(color.new(color.red, 80))", { kind: "background", colour: "#f2364533" }],
    ["barcolor(color.yellow)", { kind: "barColour" }],
  ])("%s", async (body, expected) => expect(plain((await report(body)).visuals[0]!)).toMatchObject(expected));

  test("colours by bar become numbers of a palette, none where there is none", async () => {
    const data = await report(
      'plot(close, "A", bar_index == 2 ? na : bar_index % 2 == 0 ? color.red : color.blue)',
    );
    const [visual] = embedded(data).head.visuals;
    expect(visual?.colour).toEqual({ column: expect.any(Number), palette: ["#f23645ff", "#2962ffff"] });
  });

  test("a fill lies between two of them, also when those are not shown", async () => {
    const { visuals } = await report(
      'a = plot(close, "A")\nplot(open, "B")\nc = plot(low, "C", display = display.none)\nfill(a, c, color.new(color.teal, 90))',
    );
    expect(visuals.map(({ kind }) => kind)).toEqual(["line", "line", "line", "fill"]);
    expect(visuals[3]).toMatchObject({ between: [0, 2] });
  });

  test("candles have four columns and bars of no price stay empty", async () => {
    const { visuals } = await report('plotcandle(open, high, low, bar_index > 0 ? close : na, "K")');
    const [candles] = visuals;
    expect(candles?.kind === "candles" && candles.columns.map((column) => column[1])).toEqual([
      101, 102.5, 100, 101.5,
    ]);
  });
});

describe("drawings", () => {
  test("what is left at the end, by bar number or by time, those below first", async () => {
    const { drawings } = await report(
      `if barstate.islast
    label.new(bar_index - 1, 50, "a\\nb", style = label.style_label_up, yloc = yloc.abovebar)
    l = line.new(time[4] + 150000, 1, time, 2, xloc.bar_time, extend.right, color.red, line.style_dashed, 2)
    line.delete(line.new(0, 0, 1, 1))
    box.new(1, 10, 3, 5, text = "box", bgcolor = na)
    linefill.new(l, line.new(0, 0, 5, 1), color.new(color.blue, 50))
    polyline.new(array.from(chart.point.from_index(0, 1), chart.point.from_index(2, 3)), closed = true)`,
      'indicator("T", overlay = true)',
    );
    expect(drawings.map(({ kind }) => kind)).toEqual(["path", "box", "path", "path", "path", "label"]);
    const [fill, box, polygon, line, , label] = drawings;
    expect(fill).toMatchObject({ fill: "#2962ff80", stroke: null, closed: true });
    expect(box).toMatchObject({ from: [1, 10], to: [3, 5], fill: null, text: "box" });
    expect(polygon).toMatchObject({
      points: [
        [0, 1],
        [2, 3],
      ],
      closed: true,
    });
    expect(line).toMatchObject({
      points: [
        [1.5, 1],
        [5, 2],
      ],
      extend: "right",
      stroke: "#f23645ff",
      dash: "dashed",
      width: 2,
      overlay: true,
    });
    expect(label).toMatchObject({ place: "abovebar", style: "label_up".slice(6), text: "a\nb" });
  });

  test("tables are rows of text; empty ones are none", async () => {
    const { tables } = await report(
      `if barstate.islast
    table.new(position.top_left, 2, 2)
    t = table.new(position.top_right, 2, 2)
    table.cell(t, 0, 0, "Bars")
    table.cell(t, 1, 1, str.tostring(bar_index))`,
    );
    expect(tables).toEqual([
      [
        ["Bars", ""],
        ["", "5"],
      ],
    ]);
  });

  test("numbers count from the first bar that was executed", async () => {
    const { drawings } = await report(
      'if barstate.islast\n    label.new(bar_index, 1, "last")',
      'indicator("T", calc_bars_count = 3)',
    );
    expect(drawings[0]).toMatchObject({ at: [2, 1] });
  });
});
