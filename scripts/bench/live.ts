/** What an update of a forming bar costs a live run, and whether that grows with what lies behind it. */
import { heapStats } from "bun:jsc";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { loadPine } from "../../src/host/pine-script.ts";
import { type Bar, barAt } from "../../src/kernel/bar.ts";
import { LiveRun } from "../../src/runtime/live-run.ts";
import { median } from "./measure.ts";
import { workloads } from "./pine-scripts.ts";
import { syntheticColumns, syntheticSymbol } from "./synthetic.ts";

const histories = [1000, 20_000, 100_000] as const;
const liveBars = 50;
const updatesPerBar = 20;

const script = (lines: readonly string[]): string =>
  ["//@version=6", 'indicator("Bench", max_labels_count = 500, max_lines_count = 500)', ...lines].join("\n");

/** State of every kind that has to go back to how the bar began. */
const states: Readonly<Record<string, { readonly what: string; readonly text: string }>> = {
  e: {
    what: "an array that grows by every bar",
    text: script(["var a = array.new<float>()", "a.push(close)", "plot(a.size() + a.last())"]),
  },
  f: {
    what: "500 objects with an array each",
    text: script([
      "type Level\n    float price\n    array<float> seen",
      "var levels = array.new<Level>()",
      "levels.push(Level.new(close, array.from(high, low)))",
      "if levels.size() > 500\n    levels.shift()",
      "for l in levels\n    l.price += 0.01",
      "plot(levels.last().price)",
    ]),
  },
  g: {
    what: "a map that grows up to 20,000 pairs",
    text: script(["var m = map.new<int, float>()", "m.put(bar_index % 20000, close)", "plot(m.size())"]),
  },
  h: {
    what: "a matrix of 100 by 100",
    text: script([
      "var m = matrix.new<float>(100, 100, 0)",
      "m.set(bar_index % 100, 5, close)",
      "plot(m.get(bar_index % 100, 5))",
    ]),
  },
  i: {
    what: "500 labels, one changed by every update",
    text: script([
      "var label last = na",
      "label.new(bar_index, high, str.tostring(close))",
      "last := label.all.last()",
      'last.set_text("x")',
      "plot(label.all.size())",
    ]),
  },
  j: {
    what: "an array of objects that grows by every bar",
    text: script([
      "type Point\n    float price\n    int bar",
      "var points = array.new<Point>()",
      "points.push(Point.new(close, bar_index))",
      "points.last().price += 1",
      "plot(points.last().price)",
    ]),
  },
};

/**
 * Prints microseconds for each update and each close, and bytes for each update.
 *
 * @param options `--only=a,e`: these scripts
 */
export async function bench(options: ReadonlyMap<string, string>): Promise<void> {
  const only = options.get("only")?.split(",");
  const folder = mkdtempSync(join(tmpdir(), "pyne-bench-"));
  console.log(
    `µs per update (bytes), per close${histories.map((count) => `${count.toLocaleString("en")} bars`.padStart(28)).join("")}`,
  );
  for (const [name, { what, text }] of Object.entries({ ...workloads, ...states })) {
    if (only?.includes(name) === false) continue;
    const path = join(folder, `${name}.pine`);
    writeFileSync(path, text);
    const { module } = await loadPine(path, () => undefined, folder, name);
    const cells: string[] = [];
    for (const history of histories) {
      const { updateUs, closeUs, bytes } = await costOf(module, history);
      cells.push(`${updateUs.toFixed(1)} (${bytes.toFixed(0)}), ${closeUs.toFixed(1)}`.padStart(28));
    }
    console.log(`${name}  ${what.padEnd(44)}${cells.join("")}`);
  }
  rmSync(folder, { recursive: true, force: true });
}

async function costOf(
  module: Awaited<ReturnType<typeof loadPine>>["module"],
  history: number,
): Promise<{ updateUs: number; closeUs: number; bytes: number }> {
  const all = syntheticColumns(history + 2 * liveBars);
  const first = { ...all, length: history };
  const run = new LiveRun(module, { history: first, symInfo: syntheticSymbol, timeframe: "1" });
  await run.warmUp();
  run.goLive();
  const spent = { update: [] as number[], close: [] as number[], bytes: 0 };
  for (let index = history; index < history + 2 * liveBars; index++) {
    // The first half warms the engine up.
    const counts = index >= history + liveBars;
    const bar = barAt(all, index);
    const updates = updatesOf(bar);
    const heap = counts ? heapStats().heapSize : 0;
    const started = performance.now();
    for (const update of updates) run.tick(update);
    const formed = performance.now();
    if (counts) spent.bytes += Math.max(0, heapStats().heapSize - heap);
    const closing = performance.now();
    run.close(bar);
    if (!counts) continue;
    spent.update.push(formed - started);
    spent.close.push(performance.now() - closing);
  }
  return {
    updateUs: (median(spent.update) * 1000) / updatesPerBar,
    closeUs: median(spent.close) * 1000,
    bytes: spent.bytes / (liveBars * updatesPerBar),
  };
}

function updatesOf(bar: Bar): Bar[] {
  return Array.from({ length: updatesPerBar }, (_, step) => {
    const close = bar.low + ((bar.high - bar.low) * ((step * 7) % updatesPerBar)) / updatesPerBar;
    return { ...bar, close, high: Math.max(bar.open, bar.high), low: Math.min(bar.open, bar.low) };
  });
}
