/** What a script asks a venue for, read off its code, against what a plugin can. */
import { describe, expect, test } from "bun:test";

import { exchangeCapabilities } from "../../src/api/broker/capabilities.ts";
import { checkNeeds, needsOf } from "../../src/broker/script-needs.ts";
import { placesOf } from "../../src/host/pine-place.ts";
import { compilePineText } from "../../src/host/pine-compile.ts";

const needed = (code: string): string[] =>
  Object.entries(needsOf(code))
    .filter(([, uses]) => uses.length > 0)
    .map(([name]) => name);
const ofPine = (lines: string): string[] =>
  needed(compilePineText(`//@version=6\nstrategy("x")\n${lines}\n`, "x.pine", () => undefined as never));

describe("a Pine script", () => {
  test.each([
    ['strategy.entry("L", strategy.long)', []],
    ['strategy.entry("S", strategy.short)', ["mayGoShort"]],
    ['strategy.entry("L", strategy.long, stop=high)', ["stopOrders"]],
    ['strategy.entry("L", strategy.long, stop=na)', ["stopOrders"]],
    ['strategy.entry("L", strategy.long, stop=high, limit=low)', []],
    ['strategy.order("L", strategy.long)', ["strategyOrder"]],
    ['strategy.close("L", comment="stop: trail_price:")', ["exitOrders"]],
    ["strategy.close_all()", ["exitOrders"]],
    ['strategy.exit("X", "L", profit=1)', ["exitOrders"]],
    ['strategy.exit("X", "L", profit=1, stop=low)', ["tpSlBracket", "exitOrders"]],
    ['strategy.exit("X", "L", trail_points=5, trail_offset=2)', ["trailingStop", "exitOrders"]],
    ['strategy.exit("X", "L", limit=high, qty_percent=50)', ["exitOrders", "partialQtyBracketExit"]],
    ['// strategy.entry("S", strategy.short, stop=high)\nplot(close)', []],
  ])("%s", (lines, needs) => {
    expect(ofPine(lines)).toEqual(needs);
  });
});

test("a TypeScript script is read the same way; its types and comments are not code", () => {
  const code = `
    import { strategy } from "pynecore";
    interface Wish { stop: number }
    // s.entry("S", "short", { stop: 1 })
    export default strategy("x", {}, (s) => () => {
      const qty = 1;
      s.entry("L", "long", { qty: 1, limit: s.close.now });
      s.exit("X", { fromEntry: "L", qty, stop: Math.max(1, s.low.now) });
    });
  `;
  expect(needed(code)).toEqual(["exitOrders", "partialQtyBracketExit"]);
});

const able = { tpSlBracket: "software", partialQtyBracketExit: "software" } as const;
const all = {
  stopOrder: "native",
  tpSlBracket: "native",
  reduceOnly: "software",
  partialQtyBracketExit: "native",
  shortSelling: "native",
} as const;

test("everything that is missing is named at once, with the capability and where the script asks for it", () => {
  const text = `//@version=6
strategy("turn", pyramiding=2)
go(x) =>
    strategy.entry("S" + str.tostring(x), strategy.short,
       stop=low)
if close > open
    go(1)
    go(2)
strategy.exit("X", qty=1, limit=high,
   stop=low)
`;
  const code = compilePineText(text, "turn.pine", () => undefined as never);
  const needs = needsOf(code, placesOf(code, "turn.js"));
  expect(() => checkNeeds(needs, 2, exchangeCapabilities(able), "venue")).toThrow(
    "venue does not have what the script needs: " +
      "stop orders (stopOrder is unsupported; strategy.entry(stop) at turn.pine:4), " +
      "orders that only close (reduceOnly is unsupported; strategy.exit(limit, stop) at turn.pine:9), " +
      "exits of a part while several entries are open (partialQtyBracketExitPyramiding is unsupported; " +
      "strategy.exit(qty, limit, stop) at turn.pine:9), " +
      "short positions (shortSelling is unsupported; strategy.short at turn.pine:4)",
  );
  expect(() => checkNeeds(needs, 1, exchangeCapabilities(all), "venue")).not.toThrow();
});

test("a TypeScript script is its own code: its lines are those of the file, types and comments included", () => {
  const code = `// "short", s.entry("L", "long", { stop: 1 })
interface Wish {
  stop: number;
}
export default strategy("x", {}, (s) => () => {
  s.entry("S", "short", { qty: 1 });
  s.close("S");
});
`;
  expect(needsOf(code, placesOf(code, "scripts/turn.ts"))).toMatchObject({
    mayGoShort: [{ construct: "short", place: "turn.ts:6" }],
    exitOrders: [{ construct: "close()", place: "turn.ts:7" }],
    stopOrders: [],
  });
});

test("the fourth place and those after it are counted", () => {
  const needs = needsOf('s.entry("S", "short");\n'.repeat(5), (line) => `x.ts:${line}`);
  expect(() => checkNeeds(needs, 1, exchangeCapabilities({}), "venue")).toThrow(
    "short positions (shortSelling is unsupported; short at x.ts:1, short at x.ts:2, short at x.ts:3 and 2 more)",
  );
});
