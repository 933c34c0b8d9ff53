/** What a run shows: the stream, the journal of drawings, and the snapshot in memory. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { indicator } from "../../src/api/script.ts";
import { loadPine } from "../../src/host/pine-script.ts";
import { VizStream } from "../../src/report/viz.ts";
import { plotCsvLines } from "./plot-csv-lines.ts";
import { type RunOptions, runScript } from "../../src/runtime/run.ts";
import { drawingStates } from "../../src/runtime/pine/drawings/state.ts";
import { columnsOf } from "../../src/kernel/bar.ts";
import { readSymbolFile } from "../../src/data/syminfo-toml.ts";
import { truth } from "../golden/case.ts";

const folder = mkdtempSync(join(tmpdir(), "pyne-viz-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { symInfo } = readSymbolFile(join(truth, "drawing-registries", "syminfo.toml"));
/** Closes of the bars, which open at 10. */
const bars = (...closes: number[]) =>
  columnsOf(
    closes.map((close, index) => ({
      openTimeMs: index * 300_000,
      open: 10,
      high: 20,
      low: 5,
      close,
      volume: 1,
    })),
  );

let scripts = 0;
async function pine(body: string, declaration = 'indicator("T")') {
  const path = join(folder, `s${scripts++}.pine`);
  writeFileSync(path, `//@version=6\n${declaration}\n${body}\n`);
  return (await loadPine(path, () => undefined, folder, "test")).module;
}

type Line = Record<string, unknown> & { t: string };

/** The lines of a run, without the header. */
async function stream(
  body: string,
  columns: ReturnType<typeof bars>,
  options: { journal?: boolean; declaration?: string } = {},
): Promise<Line[]> {
  const lines: Line[] = [];
  const follower = new VizStream((line) => lines.push(JSON.parse(line) as Line), options.journal === true);
  const run: RunOptions = { columns, symInfo, timeframe: "5", follower };
  const result = await runScript(await pine(body, options.declaration), run);
  follower.end(result.bars);
  return lines.slice(1);
}

const of = (lines: readonly Line[], t: string): Line[] => lines.filter((line) => line.t === t);

test("the header says what runs over what, and leaves out what is empty", async () => {
  const lines: string[] = [];
  const module = await pine(
    "plot(close)",
    'indicator("T", shorttitle = "s", overlay = true, max_boxes_count = 7)',
  );
  const follower = new VizStream((line) => lines.push(line), true);
  await runScript(module, { columns: bars(1), symInfo, timeframe: "5", follower });
  expect(JSON.parse(lines[0]!)).toEqual({
    t: "hdr",
    v: 1,
    script: {
      type: "indicator",
      title: "T",
      shorttitle: "s",
      overlay: true,
      max_lines_count: 50,
      max_labels_count: 50,
      max_boxes_count: 7,
      max_polylines_count: 50,
    },
    syminfo: {
      tickerid: "TEST:TEST",
      prefix: "TEST",
      ticker: "TEST",
      timeframe: "5",
      mintick: 0.00001,
      timezone: "UTC",
      type: "crypto",
    },
    journal: true,
  });
});

describe("meta", () => {
  test.each([
    ["plot(close)", { id: "Plot", kind: "plot", title: "Plot" }, "nothing but what must be there"],
    [
      'plot(close, "a", color.red, 2, plot.style_columns, offset = -1, display = display.pane)',
      {
        id: "a",
        kind: "plot",
        title: "a",
        display: "pane",
        color: "#F23645FF",
        width: 2,
        style: "columns",
        offset: -1,
      },
      "what differs from the defaults",
    ],
    [
      "plot(close, linewidth = 1, style = plot.style_line)",
      { id: "Plot", kind: "plot", title: "Plot" },
      "no defaults",
    ],
    ["plotshape(close > 1)", { id: "Shapes", kind: "shape", title: "Shapes" }, "a shape"],
    [
      'plotchar(close, char = "!", size = size.tiny)',
      { id: "Chars", kind: "char", title: "Chars", char: "!", size: "tiny" },
      "a character",
    ],
    [
      "plotarrow(close, colorup = color.lime)",
      { id: "Arrows", kind: "arrow", title: "Arrows", colorup: "#00E676FF" },
      "arrows",
    ],
    ["plotcandle(open, high, low, close)", { id: "Candles", kind: "candle", title: "Candles" }, "candles"],
    ["plotbar(open, high, low, close)", { id: "Bars", kind: "bar", title: "Bars" }, "bars"],
    [
      "hline(1.5, linestyle = hline.style_dotted)",
      { id: "hline#0", kind: "hline", title: "", price: 1.5, linestyle: "dotted" },
      "a level",
    ],
    ["bgcolor(na)", { id: "bgcolor#0", kind: "bgcolor", title: "", color: null }, "no colour is null"],
    [
      "barcolor(color.new(color.red, 50))",
      { id: "barcolor#0", kind: "barcolor", title: "", color: "#F2364580" },
      "half transparent",
    ],
  ])("%s: %j, %s", async (body, expected) => {
    const [meta] = of(await stream(`${body}\nplot(close, "last")`, bars(1, 2)), "meta");
    expect(meta).toEqual({ t: "meta", display: "all", dynamic: false, ...expected } as unknown as Line);
  });

  test("names that are taken get a number, and a fill says what it lies between", async () => {
    const body = `a = plot(open, "x")
b = plot(close, "x")
fill(a, b, color.red)
fill(hline(1), hline(2))`;
    const metas = of(await stream(body, bars(1)), "meta");
    expect(metas.map(({ id }) => id)).toEqual(["x", "x 0", "fill#0", "hline#0", "hline#1", "fill#1"]);
    expect(metas[2]).toMatchObject({ plot1: "x", plot2: "x 0" });
    expect(metas[5]).toMatchObject({ hline1: "hline#0", hline2: "hline#1" });
  });

  test("is said again when a colour first changes", async () => {
    const body = 'plot(close, "p", close > 2 ? color.red : color.lime)';
    const lines = await stream(body, bars(1, 1, 3, 3, 1));
    expect(lines.map(({ t, dynamic, i }) => (t === "meta" ? `meta ${dynamic}` : `${t} ${i ?? ""}`))).toEqual([
      "meta false",
      "bar 0",
      "bar 1",
      "meta true",
      "bar 2",
      "bar 3",
      "bar 4",
      "drawings ",
      "end ",
    ]);
    expect(of(lines, "bar").map(({ c }) => c)).toEqual([
      undefined,
      undefined,
      { p: "#F23645FF" },
      undefined,
      { p: "#00E676FF" },
    ]);
  });
});

test("transp of version 5 is the transparency of colours that have none, and not of texts", async () => {
  const lines: Line[] = [];
  const path = join(folder, "five.pine");
  writeFileSync(
    path,
    `//@version=5
indicator("T")
plot(close, "a", color = color.white, transp = 40)
plotshape(close > 2, "s", color = close > 1 ? color.white : color.new(color.black, 50), textcolor = color.black, transp = 100)
`,
  );
  const { module } = await loadPine(path, () => undefined, folder, "test");
  const follower = new VizStream((line) => lines.push(JSON.parse(line) as Line), false);
  await runScript(module, { columns: bars(1, 2), symInfo, timeframe: "5", follower });
  expect(of(lines, "meta").slice(0, 2)).toMatchObject([
    { id: "a", color: "#FFFFFF99" },
    { id: "s", color: "#363A4580", textcolor: "#363A45FF" },
  ]);
  expect(of(lines, "bar")[1]).toMatchObject({ c: { s: "#FFFFFF00" } });
});

test("a bar holds values by id; what is no number is null, what is empty is left out", async () => {
  const body = `plot(bar_index == 0 ? na : close, "p")
plotshape(close > 1, "s")
bgcolor(bar_index == 1 ? color.red : na)`;
  expect(of(await stream(body, bars(1, 2)), "bar")).toEqual([
    { t: "bar", i: 0, time: 0, v: { p: null, s: 0 } },
    { t: "bar", i: 1, time: 300_000, v: { p: 2, s: 1 }, c: { "bgcolor#0": "#F23645FF" } },
  ]);
  expect(of(await stream("bgcolor(na)", bars(1)), "bar")).toEqual([{ t: "bar", i: 0, time: 0 }]);
});

test("a gradient has two values and two colours", async () => {
  const body = `a = plot(open, "a")
b = plot(close, "b")
fill(a, b, high, low, color.red, bar_index == 0 ? color.lime : color.red)`;
  const lines = await stream(body, bars(1, 2));
  expect(of(lines, "meta")[2]).toMatchObject({ top_color: "#F23645FF", bottom_color: "#00E676FF" });
  expect(of(lines, "bar")[1]).toMatchObject({
    v: { "fill#0/top_value": 20, "fill#0/bottom_value": 5 },
    c: { "fill#0/bottom_color": "#F23645FF" },
  });
});

test("the journal says what every bar did, and nothing about what a bar did and undid", async () => {
  const body = `var line keep = na
if bar_index == 0
    keep := line.new(0, 1, 2, 3)
    line.new(0, 0, 0, 0).delete()
if bar_index == 1
    keep.set_y1(9)
    keep.set_y1(1)
if bar_index == 2
    keep.set_y1(5)
if bar_index == 3
    keep.delete()
    label.new(1, 2, "x")
plot(close)`;
  const events = of(await stream(body, bars(1, 2, 3, 4), { journal: true }), "ev");
  expect(events.map(({ i, op, obj, id }) => `${i} ${op} ${obj} ${id}`)).toEqual([
    "0 create line 0",
    "2 update line 0",
    "3 delete line 0",
    "3 create label 2",
  ]);
  expect(events[1]!["s"]).toMatchObject({ id: 0, x1: 0, y1: 5, color: "#2962FFFF", width: 1 });
  expect(events[2]).not.toHaveProperty("s");
});

test("a fill between lines changes with them", async () => {
  const body = `var a = line.new(0, 0, 1, 1)
var b = line.new(0, 5, 1, 6)
var f = linefill.new(a, b, color.red)
if bar_index == 1
    a.set_y2(2)
plot(close)`;
  const lines = await stream(body, bars(1, 2), { journal: true });
  expect(of(lines, "ev").map(({ i, op, obj }) => `${i} ${op} ${obj}`)).toEqual([
    "0 create line",
    "0 create line",
    "0 create linefill",
    "1 update line",
    "1 update linefill",
  ]);
  expect(of(lines, "drawings")[0]).toMatchObject({
    linefills: [{ id: 2, line1: { id: 0, y2: 2 }, line2: { id: 1 }, color: "#F23645FF" }],
  });
});

test("what is left at the end: within the limits, cells by place, merged ones with their corners", async () => {
  const body = `line.new(bar_index, na, bar_index, 1)
if bar_index == 0
    t = table.new(position.top_left, 2, 2)
    t.cell(1, 1, "b")
    t.cell(0, 0, "a")
    t.merge_cells(0, 0, 1, 0)
    polyline.new(array.from(chart.point.from_index(1, 2), chart.point.from_time(3, 4)), closed = true)
plot(close)`;
  const declaration = 'indicator("T", max_lines_count = 2)';
  const [drawings, end] = (await stream(body, bars(1, 2, 3), { declaration })).slice(-2);
  expect(drawings).toMatchObject({
    lines: [
      { id: 3, x1: 1, y1: null },
      { id: 4, x1: 2 },
    ],
    labels: [],
    tables: [
      {
        id: 1,
        cells: [
          { column: 0, row: 0, text: "a", merge: [0, 0, 1, 0] },
          { column: 1, row: 1 },
        ],
      },
    ],
    polylines: [
      {
        id: 2,
        closed: true,
        points: [
          { time: null, index: 1, price: 2 },
          { time: 3, index: null, price: 4 },
        ],
      },
    ],
  });
  expect(end).toEqual({ t: "end", bars: 3 });
});

test("a script in TypeScript shows its plots as lines", async () => {
  const module = indicator("T", {}, (s) => () => s.plot("mine", s.close.now));
  const lines: Line[] = [];
  const follower = new VizStream((line) => lines.push(JSON.parse(line) as Line), false);
  await runScript(module, { columns: bars(1), symInfo, timeframe: "5", follower });
  expect(lines.slice(1)).toEqual([
    { t: "meta", id: "mine", kind: "plot", title: "mine", display: "all", dynamic: false },
    { t: "bar", i: 0, time: 0, v: { mine: 1 } },
  ]);
});

test("the CSV is the same with and without", async () => {
  const module = await pine('plot(close, "p", close > 2 ? color.red : color.lime)\nplotshape(close > 2)');
  const run = { columns: bars(1, 2, 3), symInfo, timeframe: "5" };
  const follower = new VizStream(() => {}, true);
  const [plain, shown] = [await runScript(module, run), await runScript(module, { ...run, follower })];
  expect(plotCsvLines(shown)).toEqual(plotCsvLines(plain));
});

test("the result has the visuals, the colours of every bar when they are kept, and the drawings", async () => {
  const module = await pine(`plot(close, "p", close > 2 ? color.red : color.lime)
plot(open, "q", color.red)
label.new(bar_index, close)`);
  const run = { columns: bars(1, 3, 1), symInfo, timeframe: "5" };
  const kept = await runScript(module, { ...run, keepsColors: true });
  expect(kept.visuals.map(({ id }) => id)).toEqual(["p", "q"]);
  expect([...kept.visuals[0]!.colors[0]!.byBar!]).toEqual([0x00e676ff, 0xf23645ff, 0x00e676ff]);
  expect(kept.visuals[1]!.colors[0]).toMatchObject({ first: 0xf23645ff, isDynamic: false, byBar: undefined });
  expect(drawingStates(kept.drawings).labels).toHaveLength(3);
  expect((await runScript(module, run)).visuals[0]!.colors[0]!.byBar).toBeUndefined();
});
