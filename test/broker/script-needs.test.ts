/** What a script asks a venue for, read off its code, against what a plugin can. */
import { describe, expect, test } from "bun:test";

import { exchangeCapabilities } from "../../src/api/broker/capabilities.ts";
import { checkNeeds, needsOf } from "../../src/broker/script-needs.ts";
import { compilePineText } from "../../src/host/pine-compile.ts";

const needed = (code: string): string[] =>
  Object.entries(needsOf(code))
    .filter(([, isNeeded]) => isNeeded)
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

test("everything that is missing is named at once", () => {
  const needs = needsOf(`s.entry("S", "short", { stop: 1 }); s.exit("X", { qty: 1, limit: 2, stop: 1 })`);
  const capable = exchangeCapabilities({ tpSlBracket: "software", partialQtyBracketExit: "software" });
  expect(() => checkNeeds(needs, 2, capable, "venue")).toThrow(
    "venue does not have what the script needs: stop orders, orders that only close, exits of a part while several entries are open, short positions",
  );
  const all = exchangeCapabilities({
    stopOrder: "native",
    tpSlBracket: "native",
    reduceOnly: "software",
    partialQtyBracketExit: "native",
    shortSelling: "native",
  });
  expect(() => checkNeeds(needs, 1, all, "venue")).not.toThrow();
});
