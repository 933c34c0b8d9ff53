/** The simulator against the slow and obvious one, over random bars and random streams of orders. */
import { test } from "bun:test";
import fc from "fast-check";
import { strategyDefaults } from "../../../src/api/script/declaration.ts";

import { messageOf } from "../../../src/kernel/errors.ts";
import { Simulator } from "../../../src/runtime/strategy/simulator.ts";
import type { StrategyRules } from "../../../src/runtime/strategy/rules.ts";
import { symbol } from "../fixtures.ts";
import { Reference } from "./reference.ts";

/** More of them in an hour of quiet: `PYNE_ORDER_STREAMS=1000000 bun test test/runtime/strategy/reference.test.ts`. */
const streams = Number(process.env["PYNE_ORDER_STREAMS"] ?? 10_000);

const tick = 0.5;
const lot = 0.25;
/** Everything is a small binary fraction, so that all arithmetic is exact and results can be compared as they are. */
const grid = symbol({ mintick: tick, minmove: 5, pricescale: 10, mincontract: lot });

type Arguments = Readonly<Record<string, number | string>>;

interface Command {
  readonly name: "entry" | "order" | "exit" | "close" | "closeAll" | "cancel" | "cancelAll";
  readonly id: string;
  readonly side: 1 | -1;
  readonly args: Arguments;
}

/** Reads choices out of one large number, so that a stream shrinks by losing commands. */
class Choices {
  #rest: number;

  constructor(seed: number) {
    this.#rest = seed;
  }

  of<Value>(...values: readonly Value[]): Value {
    const index = this.#rest % values.length;
    this.#rest = Math.floor(this.#rest / values.length);
    return values[index]!;
  }
}

const price = (choices: Choices): number => 97 + choices.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) * tick;

function commandOf(seed: number): Command {
  const choices = new Choices(seed);
  const name = choices.of(
    ...([
      "entry",
      "exit",
      "order",
      "entry",
      "exit",
      "close",
      "exit",
      "entry",
      "closeAll",
      "cancel",
      "cancelAll",
    ] as const),
  );
  const side = choices.of<1 | -1>(1, -1);
  const qty = choices.of<Arguments>({}, { qty: 1 }, { qty: 2.75 }, { qty: 0.5 });
  if (name === "entry" || name === "order") {
    const id = choices.of("A", "B", "C");
    const group = choices.of<Arguments>(
      {},
      {},
      {},
      { ocaName: "g", ocaType: choices.of("cancel", "reduce", "none") },
    );
    const levels = choices.of<() => Arguments>(
      () => ({}),
      () => ({ limit: price(choices) }),
      () => ({ stop: price(choices) }),
      () => ({ limit: price(choices), stop: price(choices) }),
    )();
    return { name, id, side, args: { ...qty, ...group, ...levels } };
  }
  if (name === "exit") {
    const id = choices.of("X", "Y");
    const from = choices.of<Arguments>({}, { fromEntry: "A" }, { fromEntry: "B" });
    const share = choices.of<Arguments>({}, {}, { qty: 1 }, { qtyPercent: 50 });
    const group = choices.of<Arguments>({}, {}, {}, {}, { ocaName: "g" });
    const levels = choices.of<() => Arguments>(
      () => ({ limit: price(choices) }),
      () => ({ stop: price(choices) }),
      () => ({ limit: price(choices), stop: price(choices) }),
      () => ({ profit: 2, loss: choices.of(1, 3) }),
      () => ({ profit: 4, stop: price(choices) }),
    )();
    return { name, id, side, args: { ...from, ...share, ...group, ...levels } };
  }
  const percent = choices.of<Arguments>({}, qty, { qtyPercent: 50 });
  return { name, id: choices.of("A", "B", "C", "X", "Y"), side, args: percent };
}

/** A bar around 100 whose prices meet the levels of the orders often. */
function barOf(seed: number, index: number) {
  const choices = new Choices(seed);
  const open = price(choices);
  const close = open + choices.of(0, 1, -1, 2, -2, 4, -4) * tick;
  const high = Math.max(open, close) + choices.of(0, 1, 2, 5) * tick;
  const low = Math.min(open, close) - choices.of(0, 1, 2, 5) * tick;
  return { index, timeMs: index * 60_000, open, high, low, close };
}

const number = fc.integer({ min: 0, max: 2 ** 42 });
const stream = fc.record({
  bars: fc.array(fc.tuple(number, fc.array(number, { maxLength: 3 })), { minLength: 2, maxLength: 12 }),
  pyramiding: fc.integer({ min: 0, max: 3 }),
  slippage: fc.integer({ min: 0, max: 1 }),
});

const rulesOf = (pyramiding: number, slippage: number): StrategyRules => ({
  ...strategyDefaults,
  pyramiding,
  slippage,
  commissionValue: 0.1,
  marginLong: 0,
  marginShort: 0,
});

test(`${streams.toLocaleString("en")} streams of orders: the same trades, bar by bar`, () => {
  fc.assert(
    fc.property(stream, ({ bars, pyramiding, slippage }) => {
      const quick = new Simulator(rulesOf(pyramiding, slippage), grid);
      const slow = new Reference({
        pyramiding: Math.max(1, pyramiding),
        slippage: slippage * tick,
        commission: 0.1,
        lot,
        tick,
      });
      const log: unknown[] = [];
      for (const [index, [seed, commands]] of bars.entries()) {
        const bar = barOf(seed, index);
        quick.step(bar);
        slow.step(bar);
        for (const command of commands) give(commandOf(command), quick, slow);
        quick.finish();
        log.push(bar, ...commands.map(commandOf));
        try {
          compare(quick, slow);
        } catch (error) {
          throw new Error(`${log.map((entry) => JSON.stringify(entry)).join("\n")}\n${messageOf(error)}`, {
            cause: error,
          });
        }
      }
    }),
    { numRuns: streams, includeErrorInReport: true },
  );
}, 3_600_000);

function give({ name, id, side, args }: Command, quick: Simulator, slow: Reference): void {
  switch (name) {
    case "entry":
    case "order":
      quick[name](id, side, args);
      return slow.entry(name === "entry" ? "entry" : "normal", id, side, args);
    case "exit":
      quick.exit(id, args);
      return slow.exit(id, args);
    case "close":
      quick.close(id, args);
      return slow.close(id, args);
    case "closeAll":
      quick.closeAll();
      return slow.close(null, {});
    case "cancel":
      quick.cancel(id);
      return slow.cancel(id);
    case "cancelAll":
      quick.cancelAll();
      return slow.cancelAll();
  }
}

function compare(quick: Simulator, slow: Reference): void {
  const position = slow.position();
  const text = (value: unknown): string => JSON.stringify(value, null, 1);
  if (quick.positionSize !== position)
    throw new Error(`position ${quick.positionSize}, not ${position}: ${text(slow.trades())}`);
  const expected = slow.trades();
  const actual = [...quick.closedTrades, ...quick.openTrades];
  const same =
    expected.length === actual.length &&
    expected.every((trade, index) => {
      const own = actual[index]!;
      return (
        trade.entryId === own.entryId &&
        trade.entryBar === own.entryBar &&
        trade.entryPrice === own.entryPrice &&
        trade.size === own.size &&
        trade.exitId === own.exitId &&
        trade.exitBar === own.exitBar &&
        trade.exitPrice === own.exitPrice &&
        (trade.profit === undefined || Math.abs(trade.profit - own.profit) < 1e-6)
      );
    });
  if (!same) throw new Error(`${text(actual)}\nnot\n${text(expected)}`);
}
