/** Lines, labels, boxes and the others: what scripts do to them, and what is left after a bar that is taken back. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import { Drawings, drawingLimits } from "../../../src/runtime/pine/drawings/drawings.ts";
import { ChartPoint } from "../../../src/runtime/pine/drawings/point.ts";
import { array } from "../../../src/runtime/pine/array.ts";

const limits = drawingLimits({ maxLinesCount: 3, maxLabelsCount: 4 });
const line = (drawings: Drawings, x1 = 0) => drawings.line.new({ x1, y1: 1, x2: x1 + 10, y2: 11 });
const vids = (drawings: Drawings) => [...drawings.line.registry].map(({ vid }) => vid);

describe("a budget", () => {
  test("holds the newest; the oldest goes", () => {
    const drawings = new Drawings(limits);
    const made = Array.from({ length: 5 }, () => line(drawings));
    expect(vids(drawings)).toEqual([2, 3, 4]);
    expect(made.map(({ isLive }) => isLive)).toEqual([false, false, true, true, true]);
  });

  test.each([
    [{}, { lines: 50, labels: 50, boxes: 50, polylines: 50 }, "50 of a kind unless the script says more"],
    [
      { maxLinesCount: 700, maxLabelsCount: 1, maxBoxesCount: 500, maxPolylinesCount: 500 },
      { lines: 500, labels: 1, boxes: 500, polylines: 100 },
      "500 at most, and 100 polylines",
    ],
  ])("%j: %j, %s", (settings, expected) => {
    expect(drawingLimits(settings as Record<string, number>)).toEqual(expected);
  });

  test("a deleted one makes room", () => {
    const drawings = new Drawings(limits);
    const [a, b] = [line(drawings), line(drawings), line(drawings)];
    drawings.line.delete(a!);
    drawings.line.delete(a!);
    line(drawings);
    expect(vids(drawings)).toEqual([b!.vid, 2, 3]);
  });
});

describe("na", () => {
  const drawings = new Drawings(limits);
  test("is ignored by setters and read as na", () => {
    drawings.line.set(null, "x1", 1);
    drawings.line.put(null, { x1: 1 });
    drawings.line.delete(null);
    drawings.line.set_first_point(null, null);
    drawings.table.cell({ table_id: null, column: 9, row: 9 });
    expect(drawings.line.number(null, "x1")).toBeNaN();
    expect(drawings.label.text(null, "text")).toBeNull();
    expect(drawings.line.get_price(null, 1)).toBeNaN();
    expect(drawings.line.copy(null)).toBeNull();
    expect(drawings.linefill.new(null, line(drawings), 0)).toBeNull();
  });

  test("as a name is the default, as a colour it is no colour", () => {
    const { values } = drawings.line.new({ x1: 1, style: null, extend: null, color: Number.NaN });
    expect(values).toMatchObject({
      style: "solid",
      extend: "none",
      color: Number.NaN,
      x1: 1,
      y1: Number.NaN,
    });
  });
});

test("a point gives its bar or its time, as the axis wants", () => {
  const drawings = new Drawings(limits);
  const [a, b] = [new ChartPoint(1000, 5, 1.5), new ChartPoint(2000, 6, 2.5)];
  const byBar = drawings.line.from_points({ first_point: a, second_point: b });
  const byTime = drawings.line.from_points({ first_point: a, second_point: b, xloc: "bar_time" });
  expect(byBar!.values).toMatchObject({ x1: 5, y1: 1.5, x2: 6, y2: 2.5 });
  expect(byTime!.values).toMatchObject({ x1: 1000, x2: 2000 });
  drawings.line.set_second_point(byTime, a);
  expect(byTime!.values).toMatchObject({ x2: 1000, y2: 1.5 });
  expect(drawings.label.from_point({ point: b, text: "x" }).values).toMatchObject({
    x: 6,
    y: 2.5,
    text: "x",
  });
});

test("the price of a line at a bar", () => {
  const drawings = new Drawings(limits);
  const slope = line(drawings);
  expect(drawings.line.get_price(slope, 5)).toBe(6);
  expect(drawings.line.get_price(slope, 20)).toBe(21);
  expect(drawings.line.get_price(drawings.line.new({ x1: 3, y1: 7, x2: 3, y2: 9 }), 5)).toBe(7);
  expect(drawings.line.get_price(drawings.line.new({ x1: 3, x2: 4, xloc: "bar_time" }), 5)).toBeNaN();
});

test("a fill goes with its lines, and there is one between two", () => {
  const drawings = new Drawings(limits);
  const [a, b] = [line(drawings), line(drawings)];
  const first = drawings.linefill.new(a, b, 1);
  const second = drawings.linefill.new(b, a, 2);
  expect([first!.isLive, second!.isLive]).toEqual([false, true]);
  expect(drawings.linefill.get_line1(second)).toBe(b);
  drawings.line.delete(a);
  expect(drawings.linefill.registry.count).toBe(0);
});

test("a polyline keeps the points as they were", () => {
  const drawings = new Drawings(limits);
  const point = new ChartPoint(0, 1, 2);
  const points = array.from("object", point);
  const { values } = drawings.polyline.new({ points });
  point.price = 99;
  array.clear(points);
  expect(values.points).toEqual([new ChartPoint(0, 1, 2)]);
});

describe("a table", () => {
  const made = () => {
    const drawings = new Drawings(limits);
    return { tables: drawings.table, id: drawings.table.new({ position: "top_left", columns: 3, rows: 2 }) };
  };

  test("has cells that are defined and then changed", () => {
    const { tables, id } = made();
    tables.cell({ table_id: id, column: 2, row: 1, text: "a", bgcolor: 0xff });
    tables.set_cell(id, 2, 1, "text", "b");
    tables.set_cell(id, 0, 0, "text_size", 12);
    expect(id.values.cells.get(5)).toMatchObject({ text: "b", bgcolor: 0xff, text_size: "normal" });
    expect(id.values.cells.get(0)).toMatchObject({ text: "", text_size: 12 });
    tables.clear({ table_id: id, start_column: 0, start_row: 0, end_column: 1, end_row: 1 });
    expect([...id.values.cells.keys()]).toEqual([5]);
  });

  test.each([
    [3, 0],
    [0, 2],
    [-1, 0],
    [Number.NaN, 0],
  ])("refuses column %p, row %p", (column, row) => {
    const { tables, id } = made();
    expect(() => tables.cell({ table_id: id, column, row })).toThrow(
      "outside of a table of 3 columns and 2 rows",
    );
  });

  test("merges cells once", () => {
    const { tables, id } = made();
    const area = { table_id: id, start_column: 0, start_row: 0, end_column: 1, end_row: 1 };
    tables.merge_cells(area);
    tables.merge_cells(area);
    expect(id.values.merged).toEqual([[0, 0, 1, 1]]);
    expect(() => tables.merge_cells({ ...area, start_column: 1, end_column: 2 })).toThrow("merged already");
  });

  test("of a negative size is refused", () => {
    const drawings = new Drawings(limits);
    expect(() => drawings.table.new({ columns: -1, rows: 1 })).toThrow("not -1 by 1");
  });
});

/** Something a script does on a bar; numbers choose among the handles it has. */
interface Deed {
  readonly what: (typeof deeds)[number];
  readonly which: number;
}
const deeds = ["line", "label", "table", "fill", "delete", "move", "rename", "cell"] as const;

const deed: fc.Arbitrary<Deed> = fc.record({ what: fc.constantFrom(...deeds), which: fc.nat(30) });

/** A script whose handles live in a `var` array: they go back as well. */
class Script {
  readonly drawings = new Drawings(limits);
  lines: ReturnType<typeof line>[] = [];
  labels: ReturnType<Drawings["label"]["new"]>[] = [];
  tables: ReturnType<Drawings["table"]["new"]>[] = [];

  run(all: readonly Deed[]): void {
    const { drawings, lines, labels, tables } = this;
    for (const [at, one] of all.entries()) {
      if (one.what === "line") lines.push(line(drawings, at));
      else if (one.what === "label") labels.push(drawings.label.new({ x: at, y: 1 }));
      else if (one.what === "table") tables.push(drawings.table.new({ columns: 2, rows: 2 }));
      else {
        const mine = lines[one.which % lines.length] ?? null;
        const other = lines[(one.which + 1) % lines.length] ?? null;
        if (one.what === "fill") drawings.linefill.new(mine, other, at);
        else if (one.what === "delete") drawings.line.delete(mine);
        else if (one.what === "move") drawings.line.put(mine, { x1: at * 100, y1: one.which });
        else if (one.what === "rename")
          drawings.label.set(labels[one.which % labels.length] ?? null, "text", `${one.which}`);
        else drawings.table.set_cell(tables[one.which % tables.length] ?? null, 1, 1, "text", `${at}`);
      }
    }
  }

  handles() {
    return { lines: [...this.lines], labels: [...this.labels], tables: [...this.tables] };
  }

  state(): unknown {
    return [...this.drawings.live()].map(({ kind, vid, values }) => {
      if (kind !== "linefill") return { kind, vid, values };
      const { line1, line2, color } = values as {
        line1: { vid: number };
        line2: { vid: number };
        color: number;
      };
      return { kind, vid, line1: line1.vid, line2: line2.vid, color };
    });
  }
}

test("a bar that is run again and again leaves what its last run alone would have left", () => {
  const bars = fc.array(
    fc.record({
      discarded: fc.array(fc.array(deed, { maxLength: 8 }), { maxLength: 3 }),
      last: fc.array(deed),
    }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(bars, (all) => {
      const [plain, live] = [new Script(), new Script()];
      for (const { discarded, last } of all) {
        plain.run(last);
        live.drawings.save();
        const handles = live.handles();
        for (const attempt of discarded) {
          live.run(attempt);
          Object.assign(live, { ...handles, lines: [...handles.lines], labels: [...handles.labels] });
          live.tables = [...handles.tables];
          live.drawings.restore();
        }
        live.run(last);
        expect(live.state()).toEqual(plain.state());
        expect(live.lines.map(({ isLive }) => isLive)).toEqual(plain.lines.map(({ isLive }) => isLive));
      }
    }),
  );
});

test("a removed drawing that a script keeps does not keep the others", () => {
  const drawings = new Drawings(limits);
  const first = line(drawings);
  for (let count = 0; count < 10; count++) line(drawings);
  expect(first.next).toBeUndefined();
  drawings.save();
  const second = line(drawings);
  drawings.line.delete(second);
  expect(second.previous).toBeDefined();
  drawings.save();
  expect(second.previous).toBeUndefined();
});
