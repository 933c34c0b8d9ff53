/** A bar that is executed again and again, as a live one is, gives what a single execution gives. */
import { afterAll, expect, test } from "bun:test";
import fc from "fast-check";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { ScriptBody, ScriptModule } from "../../src/api/script/declaration.ts";
import { parseBars } from "../../src/data/import/bars.ts";
import { readSymbolFile } from "../../src/data/syminfo-toml.ts";
import { loadPine } from "../../src/host/pine-script.ts";
import { linearCongruential } from "../../src/kernel/random.ts";
import { barAt, columnsOf } from "../../src/kernel/bar.ts";
import { runScript } from "../../src/runtime/run.ts";
import { drawingStates } from "../../src/runtime/pine/drawings/state.ts";
import { truth } from "./case.ts";
import { feedsOf } from "./feeds.ts";
import { readDefinition } from "./run-case.ts";
import { pending } from "./pending.ts";

const cache = mkdtempSync(join(tmpdir(), "pyne-rollback-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

/** Enough for every window to fill and move on. */
const mostBars = 150;

/** Orders are the simulator's to take back. */
const names = readdirSync(truth, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .filter(
    (name) =>
      !pending.has(name) && !/^strategy\(/m.test(readFileSync(join(truth, name, "script.pine"), "utf8")),
  )
  .toSorted();

/** How a bar is executed in vain: so often, each time with a factor to each of its prices and the volume. */
type Rehearsal = (bar: number) => readonly (readonly number[])[];
const none: Rehearsal = () => [];

/** Between one and five updates on every bar, above and below what it will be. */
function updates(seed: number): Rehearsal {
  return (bar) => {
    const random = linearCongruential(seed * 100_003 + bar);
    const factors = (): number[] => Array.from({ length: 5 }, () => 0.98 + random() * 0.04);
    return Array.from({ length: 1 + Math.floor(random() * 5) }, factors);
  };
}

/** Everything that can be seen of a run. */
async function outcome(folder: string, script: string, rehearsal: Rehearsal): Promise<unknown> {
  const { symInfo } = readSymbolFile(join(folder, "syminfo.toml"));
  const all = parseBars(readFileSync(join(folder, "data.csv"), "utf8"), "csv", symInfo.timezone).columns;
  const bars = Math.min(mostBars, all.length);
  const columns = columnsOf(Array.from({ length: bars }, (_, index) => barAt(all, index)));
  const { module } = await loadPine(script, () => undefined, cache, "rollback");
  const said: string[] = [];
  let isHeard = true;
  const say = (text: string): void => void (isHeard && said.push(text));
  const messages = {
    log: (level: string, text: string, bar: number) => say(`${bar} ${level} ${text}`),
    alert: (text: string, bar: number) => say(`${bar} alert ${text}`),
  };
  const prices = [columns.open, columns.high, columns.low, columns.close, columns.volume];
  const instantiate: ScriptModule["instantiate"] = (context) => {
    const { bar, save, restore } = module.instantiate(context) as ScriptBody;
    let index = -1;
    return () => {
      index++;
      const final = prices.map((column) => column[index]!);
      save();
      isHeard = false;
      for (const factors of rehearsal(index)) {
        for (const [at, column] of prices.entries()) column[index] = final[at]! * factors[at]!;
        bar();
        restore();
      }
      for (const [at, column] of prices.entries()) column[index] = final[at]!;
      isHeard = true;
      bar();
    };
  };
  // What is merged is merged from bars that are over, and not from those that this test tries out.
  const history = columnsOf(Array.from({ length: bars }, (_, index) => barAt(all, index)));
  const feeds = { ...feedsOf(folder, readDefinition(folder).security ?? []), history: () => history };
  const run = { feeds, columns, symInfo, timeframe: symInfo.period, messages };
  const result = await runScript({ ...module, instantiate }, run);
  return {
    plots: result.plots.map(({ title, values }) => [title, [...values]]),
    plotted: [...result.plotted],
    said,
    drawings: drawingStates(result.drawings),
  };
}

async function expectSame(folder: string, script: string, numRuns: number): Promise<void> {
  const plain = await outcome(folder, script, none);
  const property = fc.asyncProperty(fc.nat(1000), async (seed) => {
    expect(await outcome(folder, script, updates(seed))).toEqual(plain);
  });
  await fc.assert(property, { numRuns });
}

test.each(names)("%s", async (name) => {
  await expectSame(join(truth, name), join(truth, name, "script.pine"), 1);
});

const scripts: Readonly<Record<string, string>> = {
  "variables, logs and alerts": `
var total = 0.0
total += close
var string last = "none"
if close > open
    last := str.tostring(bar_index)
plot(total, "total")
plot(str.length(last), "last")
log.info("{0} {1}", last, total)
alert(last)`,
  "collections and the objects in them": `
type Level
    float price
    array<int> bars
    Level below
var levels = array.new<Level>()
var seen = map.new<string, float>()
var grid = matrix.new<float>(2, 2, 0)
Level top = na
if close > open or levels.size() == 0
    levels.push(Level.new(close, array.from(bar_index), levels.size() > 0 ? levels.last() : na))
else
    levels.get(levels.size() - 1).price += 1
    levels.get(0).bars.push(bar_index)
if levels.size() > 5
    levels.shift()
seen.put(str.tostring(bar_index % 7), close)
if bar_index % 5 == 0
    seen.remove("3")
grid.set(bar_index % 2, 1, close)
if bar_index % 50 == 49
    grid.reverse()
top := levels.get(0)
plot(top.price, "price")
plot(top.bars.size(), "bars")
plot(na(top.below) ? 0 : top.below.price, "below")
plot(seen.size() + seen.get("1"), "seen")
plot(grid.get(0, 1) - grid.get(1, 1), "grid")`,
  "drawings, within their limits": `
var marks = array.new<label>()
var line trend = na
if close > open
    marks.push(label.new(bar_index, high, str.tostring(close)))
    if marks.size() > 2
        marks.shift().delete()
if close > open * 1.0001
    trend := line.new(bar_index, low, bar_index + 1, high)
else
    trend.set_y2(close)
    marks.size() > 0 ? marks.get(0) : na
    if marks.size() > 0
        marks.get(0).set_text("seen")
box.new(bar_index, high, bar_index, low, text = str.tostring(box.all.size()))
var t = table.new(position.top_left, 1, 1)
var spot = chart.point.now(close)
var path = array.from(chart.point.now(open))
if close > open
    spot.price += 1
    path.get(0).index := bar_index
plot(spot.price + path.get(0).index, "spot")
t.cell(0, 0, str.tostring(close))
plot(label.all.size(), "labels")
plot(line.all.size(), "lines")
plot(trend.get_y2(), "y2")`,
  "functions, loops, branches and their history": `
f(x) =>
    var count = 0
    count += 1
    y = x + count
    y - nz(y[1]) + ta.ema(x, 3)
sum = 0.0
for i = 0 to int(close) % 3
    sum += f(close + i) + ta.change(close)
gated = close > open ? f(open) : 0.0
if close > open
    z = close * 2
    sum += nz(z[2])
plot(sum, "sum")
plot(gated, "gated")
plot(ta.valuewhen(close > open, close, 1) + ta.barssince(close < open), "when")
plot(timeframe.change("60") ? 1 : 0, "hour")`,
  "requests on the chart's bars and on longer ones": `
var total = 0.0
total += close
week = request.security(syminfo.tickerid, "1W", ta.ema(close, 3))
plot(week, "week")
plot(request.security(syminfo.tickerid, "1W", close, lookahead = barmerge.lookahead_on), "forming")
plot(request.security(syminfo.tickerid, "1W", close, gaps = barmerge.gaps_on), "gaps")
plot(request.security("", "", total), "own")
plot(request.security("", "", ta.cum(hl2)), "prices")
plot(request.security(ticker.heikinashi(syminfo.tickerid), "", ta.sma(hlc3, 3)), "heikin ashi")
if close > open
    plot_ = request.security("", "", ta.cum(total))
    log.info("{0}", plot_)
a = request.security_lower_tf(syminfo.tickerid, timeframe.period, close)
plot(a.first(), "lower")`,
};

test.each(Object.entries(scripts))("%s", async (name, text) => {
  const script = join(cache, `${name.replace(/\W+/g, "-")}.pine`);
  const declaration = "indicator('Again', max_labels_count = 3, max_lines_count = 4, max_boxes_count = 5)";
  writeFileSync(script, `//@version=6\n${declaration}${text}\n`);
  await expectSame(join(truth, "stat-linreg"), script, 5);
});

test("varip alone outlives what is taken back", async () => {
  const script = join(cache, "varip.pine");
  writeFileSync(script, `//@version=6\nindicator("V")\nvarip n = 0\nn += 1\nplot(n)\n`);
  const once: Rehearsal = () => [[1, 1, 1, 1, 1]];
  const { plots } = (await outcome(join(truth, "stat-linreg"), script, once)) as {
    plots: [string, number[]][];
  };
  expect(plots[0]![1].slice(0, 4)).toEqual([2, 4, 6, 8]);
});

test("so do the varip fields of an object, and no other field of it", async () => {
  const script = join(cache, "varip-fields.pine");
  const text = `type T
    int bars = 0
    varip int updates = 0
var T t = T.new()
t.bars += 1
t.updates += 1
plot(t.bars)
plot(t.updates)
`;
  writeFileSync(script, `//@version=6\nindicator("V")\n${text}`);
  const once: Rehearsal = () => [[1, 1, 1, 1, 1]];
  const { plots } = (await outcome(join(truth, "stat-linreg"), script, once)) as {
    plots: [string, number[]][];
  };
  // The object of the first bar is made anew when that bar runs again.
  expect(plots.map(([, values]) => values.slice(0, 4))).toEqual([
    [1, 2, 3, 4],
    [1, 3, 5, 7],
  ]);
});
