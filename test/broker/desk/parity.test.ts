/**
 * The same script at the simulator and at a venue that fills everything at the next open: the same trades. One command
 * a bar, because a venue does not fill the orders of one moment in the order of their placement.
 */
import { expect, test } from "bun:test";
import fc from "fast-check";

import type { Fill } from "../../../src/broker/engine/fill.ts";
import { type Actions, simulate, tradesOf } from "../../runtime/strategy/harness.ts";
import { AtVenue, startMs } from "./harness.ts";

const command = fc.record({
  name: fc.constantFrom("entry", "entry", "order", "close", "closeAll", "nothing"),
  id: fc.constantFrom("A", "B"),
  direction: fc.constantFrom("long" as const, "short" as const),
  qty: fc.integer({ min: 1, max: 3 }),
});
type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

const script =
  (commands: readonly Command[]): Actions =>
  (s) => {
    const { name, id, direction, qty } = commands[s.barIndex - 1] ?? { name: "nothing" };
    if (name === "entry") s.entry(id!, direction!, { qty: qty! });
    if (name === "order") s.order(id!, direction!, { qty: qty! });
    if (name === "close") s.close(id!, { qty: qty! });
    if (name === "closeAll") s.closeAll();
  };

test("trades are those of the simulator", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(command, { minLength: 3, maxLength: 25 }),
      fc.integer({ min: 1, max: 3 }),
      async (commands, pyramiding) => {
        const opens = commands.map((_, index) => 100 + ((index * 7) % 11));
        const settings = { pyramiding, marginLong: 0, marginShort: 0 };
        const simulated = tradesOf(
          await simulate(["100", ...opens].join(" "), script(commands), {
            settings,
            symbol: { mincontract: 0.01 },
          }),
        );
        const at = new AtVenue(script(commands), { settings });
        for (const [index, open] of opens.entries()) {
          for (const fill of fillsAt(at, open, index)) at.take({ kind: "fill", fill });
          at.bars(String(open));
        }
        expect(at.trades).toEqual(simulated);
      },
    ),
    { numRuns: 150 },
  );
});

/** What a venue fills at an open: of an entry against the position first a close of its own, then the entry. */
function fillsAt({ desk }: AtVenue, price: number, bar: number): Fill[] {
  return desk.wanted().flatMap(({ key, generation, intent }) => {
    if (intent.kind === "exit") return [];
    const fill: Fill = {
      fillId: `${bar}`,
      clientOrderId: `${key}${generation}`,
      exchangeOrderId: "",
      intentKey: key,
      legType: intent.kind,
      pineId: intent.pineId,
      fromEntry: null,
      side: intent.side,
      qty: intent.qty,
      price,
      fee: 0,
      feeCurrency: "",
      timeMs: startMs + bar,
    };
    const turns = desk.positionSize * (intent.side === "buy" ? 1 : -1) < 0;
    if (intent.kind !== "entry" || intent.isStrategyOrder || !turns) return [fill];
    const closing = { intentKey: `c\0reversal_close\0${intent.pineId}`, clientOrderId: `c${bar}` };
    return [{ ...fill, ...closing, legType: "close", qty: Math.abs(desk.positionSize) }, fill];
  });
}
