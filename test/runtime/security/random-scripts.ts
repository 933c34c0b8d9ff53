/** Random scripts full of requests, and the bars that they ask for. */
import fc from "fast-check";

import { barAt, type BarColumns, columnsOf } from "../../../src/kernel/bar.ts";
import type { SymInfo } from "../../../src/kernel/syminfo.ts";
import type { Feed } from "../../../src/runtime/security/feeds.ts";
import { symbol } from "../fixtures.ts";
import { feed, walk } from "./setting.ts";

/** A chart and everything else that can be asked for. */
export interface World {
  readonly columns: BarColumns;
  readonly symInfo: SymInfo;
  readonly feeds: readonly Feed[];
}

const from = Date.UTC(2024, 1, 26, 21);
const newYork = { timezone: "America/New_York", type: "stock" } as const;
const weekdays = [0, 1, 2, 3, 4];
const stockHours = {
  openingHours: weekdays.map((day) => ({ day, start: "09:30:00", end: "16:00:00" })),
  sessionStarts: weekdays.map((day) => ({ day, time: "09:30:00" })),
  sessionEnds: weekdays.map((day) => ({ day, time: "16:00:00" })),
};
function onWeekdays(columns: BarColumns): BarColumns {
  const bars = Array.from({ length: columns.length }, (_, index) => barAt(columns, index));
  return columnsOf(bars.filter(({ openTimeMs }) => new Date(openTimeMs).getUTCDay() % 6 !== 0));
}

/** A chart of half hours, and other feeds of all kinds beside it. */
export const world: World = {
  columns: walk(300, 30, 1, from),
  symInfo: symbol({ period: "30", type: "crypto" }),
  feeds: [
    feed("EX:A", "5", walk(1800, 5, 2, from), { type: "crypto" }),
    feed("EX:A", "30", walk(300, 30, 3, from), { type: "crypto" }),
    feed("EX:A", "60", walk(150, 60, 4, from), { type: "crypto" }),
    feed("EX:A", "240", walk(40, 240, 5, from - 3_600_000), { type: "crypto" }),
    feed("EX:A", "1D", walk(8, 1440, 6, Date.UTC(2024, 1, 26)), { type: "crypto" }),
    // New York's sessions open at 14:30 UTC.
    feed("EX:S", "1D", onWeekdays(walk(10, 1440, 7, Date.UTC(2024, 1, 26, 14, 30))), {
      ...newYork,
      ...stockHours,
    }),
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
/** Scripts that ask for all of it in all ways. */
export const randomScript = fc.array(statement, { minLength: 1, maxLength: 3 }).map(
  (statements) => `f(s) =>
    var total = 0.0
    total += s
    total - nz(s[1])
x = ta.rma(close, 3) + bar_index
y = 0.0
${statements.join("\n")}
plot(x)`,
);
