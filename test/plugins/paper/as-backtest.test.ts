/** Orders fill at the paper exchange where and when the backtest fills them. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import type { StrategyContext } from "pynecore";
import { simulate } from "../../runtime/strategy/harness.ts";
import { fillsOf, Story } from "./market.ts";

const ticks = fc.integer({ min: 9_600, max: 10_400 }).map((tick) => tick / 100);
const bar = fc.tuple(ticks, ticks, ticks, ticks).map(([a, b, c, d]) => {
  return `${a}/${Math.max(a, b, c, d)}/${Math.min(a, b, c, d)}/${c}`;
});
const market = fc.array(bar, { minLength: 2, maxLength: 8 });
const side = fc.constantFrom("buy", "sell");
const level = fc.option(ticks, { nil: undefined });
const symbol = { mintick: 0.01, minmove: 1, pricescale: 100, mincontract: 0.01 };
const settings = { initialCapital: 1e9, marginLong: 0, marginShort: 0, slippage: 3 };

const text = (levels: Readonly<Record<string, number | undefined>>): string =>
  Object.entries(levels)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name} ${value}`)
    .join("");

describe("as in a backtest", () => {
  test("entries fill", async () => {
    await fc.assert(
      fc.asyncProperty(market, side, level, level, async (bars, way, limit, stop) => {
        const result = await simulate(
          bars.join(" "),
          (s: StrategyContext) => ({
            0: () =>
              s.order("L", way === "buy" ? "long" : "short", {
                qty: 1,
                ...(limit === undefined ? {} : { limit }),
                ...(stop === undefined ? {} : { stop }),
              }),
          }),
          { symbol, settings },
        );
        const trade = result.strategy!.openTrades[0];
        const expected = trade === undefined ? [] : [`${trade.entryBar}: ${way} 1 @${cut(trade.entryPrice)}`];
        const order = `${way} 1${text({ limit, stop })}`;
        expect(fillsOf(bars.join(" "), [order], { slippage: 3 })).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test("brackets and trailing stops close", async () => {
    const trail = fc.option(fc.tuple(ticks, fc.integer({ min: 0, max: 200 })), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(market, side, level, level, trail, async (rest, way, limit, stop, trailing) => {
        fc.pre(limit !== undefined || stop !== undefined || trailing !== undefined);
        // One order knows which of its levels comes first; two legs that are both good at once do not.
        if (limit !== undefined && stop !== undefined) fc.pre(way === "buy" ? stop < limit : stop > limit);
        const bars = ["100", "100/100.5/99.5/100", ...rest].join(" ");
        const result = await simulate(
          bars,
          (s: StrategyContext) => ({
            0: () => s.order("L", way === "buy" ? "long" : "short", { qty: 1 }),
            1: () =>
              s.exit("X", {
                fromEntry: "L",
                ...(limit === undefined ? {} : { limit }),
                ...(stop === undefined ? {} : { stop }),
                ...(trailing === undefined ? {} : { trailPrice: trailing[0], trailOffset: trailing[1] }),
              }),
          }),
          { symbol, settings },
        );
        const trade = result.strategy!.closedTrades[0];
        const out = way === "buy" ? "sell" : "buy";
        const expected = trade === undefined ? [] : [`${trade.exitBar}: ${out} 1 @${cut(trade.exitPrice!)}`];
        const story = new Story({ slippage: 3 }).bars("100");
        story.order(`${way} 1`);
        story.bars("100/100.5/99.5/100");
        const legs: string[] = [];
        if (limit !== undefined) legs.push(`${out} 1 limit ${limit} reduce group g`);
        if (stop !== undefined || trailing !== undefined) {
          const following = trailing === undefined ? "" : ` trail ${trailing[0]}+${trailing[1]}`;
          legs.push(`${out} 1${text({ stop })}${following}${text({ beside: limit })} reduce group g`);
        }
        story.order(...legs);
        story.bars(rest.join(" "));
        expect(story.lines.slice(1)).toEqual(expected);
      }),
      { numRuns: 600 },
    );
  });
});

function cut(price: number): number {
  return Number(price.toFixed(6));
}
