/**
 * Nothing that a script sees depends on what comes after the bar it is on. When the chart ends after a bar, and of
 * every other feed nothing is left but what had opened by then, with the prices of what was not over yet spoilt, all
 * values up to that bar are what they were.
 */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parseBars } from "../../../src/data/import/bars.ts";
import { readSymbolFile } from "../../../src/data/syminfo-toml.ts";
import { loadPine } from "../../../src/host/pine-script.ts";
import type { ScriptModule } from "../../../src/api/script/declaration.ts";
import type { BarColumns } from "../../../src/kernel/bar.ts";
import { tradingCalendar } from "../../../src/kernel/calendar/calendar.ts";
import type { SymInfo } from "../../../src/kernel/syminfo.ts";
import { parseTimeframe } from "../../../src/kernel/timeframe.ts";
import { runScript } from "../../../src/runtime/run.ts";
import type { Feed } from "../../../src/runtime/security/feeds.ts";
import { truth } from "../../golden/case.ts";
import { readDefinition } from "../../golden/run-case.ts";
import { symbol } from "../fixtures.ts";
import { compiled, feed, feedsOf, folder, walk } from "./setting.ts";

interface World {
  readonly columns: BarColumns;
  readonly symInfo: SymInfo;
  readonly feeds: readonly Feed[];
}

/** The world as it is known when a bar of the chart is over. */
function upTo({ columns, symInfo, feeds }: World, bar: number): World {
  const endOf = (info: SymInfo, openMs: number): number =>
    tradingCalendar(info).periodEndMs(openMs, parseTimeframe(info.period));
  const now = endOf(symInfo, columns.openTimeMs[bar]!);
  const cut = (one: Feed): Feed => {
    // A feed without any bars is a mistake; one that has not begun is none.
    let length = 1;
    while (length < one.columns.length && one.columns.openTimeMs[length]! < now) length++;
    const known = firstBars(one.columns, length);
    for (let index = 0; index < length; index++) {
      if (endOf(one.symInfo, known.openTimeMs[index]!) <= now) continue;
      for (const column of [known.open, known.high, known.low, known.close, known.volume])
        column[index]! *= 7;
    }
    return { ...one, columns: known };
  };
  return { columns: firstBars(columns, bar + 1), symInfo, feeds: feeds.map(cut) };
}

function firstBars(columns: BarColumns, length: number): BarColumns {
  const cut = (column: Float64Array): Float64Array => column.slice(0, length);
  return {
    length,
    openTimeMs: cut(columns.openTimeMs),
    open: cut(columns.open),
    high: cut(columns.high),
    low: cut(columns.low),
    close: cut(columns.close),
    volume: cut(columns.volume),
    extra: new Map(),
  };
}

async function values(module: ScriptModule, { columns, symInfo, feeds }: World): Promise<number[][]> {
  const { plots } = await runScript(module, {
    columns,
    symInfo,
    timeframe: symInfo.period,
    // Requests within requests may ask for what this world does not have.
    feeds: { ...feedsOf(feeds), toleratesMissing: true },
  });
  return plots.map((plot) => [...plot.values]);
}

async function expectNoLookahead(module: ScriptModule, world: World, bars: readonly number[]): Promise<void> {
  const whole = await values(module, world);
  for (const bar of bars) {
    const known = await values(module, upTo(world, bar));
    expect({ bar, values: known }).toEqual({ bar, values: whole.map((plot) => plot.slice(0, bar + 1)) });
  }
}

const cases = readdirSync(truth)
  .filter((name) => /^(security|ltf)-/.test(name))
  .toSorted();

test.each(cases)("%s", async (name) => {
  const at = join(truth, name);
  const barsOf = (file: string, zone: string): BarColumns =>
    parseBars(readFileSync(join(at, file), "utf8"), "csv", zone).columns;
  const { symInfo } = readSymbolFile(join(at, "syminfo.toml"));
  const all = barsOf("data.csv", symInfo.timezone);
  const feeds = (readDefinition(at).security ?? []).map(({ symbol: id, data, syminfo }): Feed => {
    const info = readSymbolFile(join(at, syminfo)).symInfo;
    const [prefix = "", ticker = ""] = id.split(":");
    return {
      columns: barsOf(data, info.timezone),
      symInfo: { ...info, prefix, ticker },
      timeframe: info.period,
    };
  });
  const { module } = await loadPine(join(at, "script.pine"), () => undefined, folder, name);
  const columns = firstBars(all, Math.min(all.length, 220));
  const last = columns.length - 1;
  const bars = [...new Set([0, 1, Math.floor(last / 3), Math.floor(last / 2), last - 1])];
  await expectNoLookahead(
    module,
    { columns, symInfo, feeds },
    bars.filter((bar) => bar >= 0 && bar < last),
  );
});

const from = Date.UTC(2024, 1, 26, 21);
const newYork = { timezone: "America/New_York", type: "stock" } as const;
const weekdays = [0, 1, 2, 3, 4];
const stockHours = {
  openingHours: weekdays.map((day) => ({ day, start: "09:30:00", end: "16:00:00" })),
  sessionStarts: weekdays.map((day) => ({ day, time: "09:30:00" })),
  sessionEnds: weekdays.map((day) => ({ day, time: "16:00:00" })),
};
const world: World = {
  columns: walk(300, 30, 1, from),
  symInfo: symbol({ period: "30", type: "crypto" }),
  feeds: [
    feed("EX:A", "5", walk(1800, 5, 2, from), { type: "crypto" }),
    feed("EX:A", "30", walk(300, 30, 3, from), { type: "crypto" }),
    feed("EX:A", "60", walk(150, 60, 4, from), { type: "crypto" }),
    feed("EX:A", "240", walk(40, 240, 5, from - 3_600_000), { type: "crypto" }),
    feed("EX:A", "1D", walk(8, 1440, 6, Date.UTC(2024, 1, 26)), { type: "crypto" }),
    // New York's sessions open at 14:30 UTC.
    feed("EX:S", "1D", walk(8, 1440, 7, Date.UTC(2024, 1, 26, 14, 30)), { ...newYork, ...stockHours }),
  ],
};

const timeframe = fc.constantFrom("30", "60", "120", "240", "D", "2D", "W", "");
const place = fc.oneof(
  timeframe.map((text) => `syminfo.tickerid, "${text}"`),
  timeframe.map((text) => `ticker.heikinashi(syminfo.tickerid), "${text}"`),
  fc.constantFrom("5", "30", "60", "240", "D").map((text) => `"EX:A", "${text}"`),
  fc.constant('"EX:S", "D"'),
  fc.constant('bar_index % 3 == 0 ? "EX:A" : syminfo.tickerid, "60"'),
);
const expression = fc.constantFrom(
  "close",
  "hl2[1]",
  "close[1] + open",
  "ta.sma(close, 3)",
  "ta.ema(hlc3, 4) - low",
  "f(close)",
  "x",
  "x + nz(y[2])",
  "bar_index + ta.cum(volume)",
  "barstate.isconfirmed ? time : -1.0",
  'timeframe.change("D") ? 1.0 : 0.0',
  'nz(request.security(syminfo.tickerid, "240", close)) + high',
  'nz(request.security("EX:A", "60", close[1], lookahead = barmerge.lookahead_on)) + low',
);
const options = fc.tuple(fc.boolean(), fc.boolean()).map(([gaps, ahead]) => {
  const parts = [
    ...(gaps ? ["gaps = barmerge.gaps_on"] : []),
    ...(ahead ? ["lookahead = barmerge.lookahead_on"] : []),
  ];
  return parts.map((part) => `, ${part}`).join("");
});
const request = fc.tuple(place, expression, options).map(([where, what, how]) => {
  return `request.security(${where}, ${what}${how})`;
});
const statement = fc.oneof(
  request.map((text) => `plot(${text})`),
  request.map((text) => `if close > open\n    y := nz(${text})\nplot(y)`),
  request.map((text) => `for i = 1 to 2\n    y += nz(${text}) * i\nplot(y)`),
  fc
    .constantFrom("close", "ta.cum(close)", "x")
    .map((what) => `plot(array.sum(request.security_lower_tf("EX:A", "5", ${what})))`),
  fc.constant('plot(request.currency_rate("EUR", "USD"))'),
);
const script = fc.array(statement, { minLength: 1, maxLength: 3 }).map(
  (statements) => `f(s) =>
    var total = 0.0
    total += s
    total - nz(s[1])
x = ta.rma(close, 3) + bar_index
y = 0.0
${statements.join("\n")}
plot(x)`,
);

test("random scripts", async () => {
  const property = fc.asyncProperty(script, fc.nat(298), fc.nat(298), async (text, first, second) => {
    const module = await compiled(text);
    // Requests in loops that are made of each other can be more than a run may have.
    const asksTooMuch = await values(module, world).then(
      () => false,
      (error: unknown) => (error as Error).message.includes("other contexts"),
    );
    fc.pre(!asksTooMuch);
    await expectNoLookahead(module, world, [first, second]);
  });
  await fc.assert(property, { numRuns: 25, endOnFailure: true });
}, 60_000);
