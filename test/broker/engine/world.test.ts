/** Whatever happens in whatever order: nothing is sent twice, nothing is booked twice, and everything comes to an end. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import type { CapabilityName } from "../../../src/api/broker/capabilities.ts";
import { World } from "./world.ts";

const happening = fc.tuple(fc.nat({ max: 11 }), fc.nat({ max: 60 }), fc.nat({ max: 60 }));

const venues: Readonly<
  Record<string, Partial<Record<CapabilityName, "native" | "software" | "unsupported">>>
> = {
  "with everything left to the engine": {
    stopOrder: "software",
    tpSlBracket: "software",
    partialQtyBracketExit: "software",
    amendOrder: "unsupported",
  },
  "that amends": { tpSlBracket: "software", amendOrder: "native" },
  "that does groups and brackets itself": { tpSlBracket: "native", ocaCancel: "native" },
};

describe.each(Object.entries(venues))("a venue %s", (_, capabilities) => {
  test("is told everything once, and comes to rest", () => {
    fc.assert(
      fc.property(fc.array(happening, { minLength: 20, maxLength: 120 }), (story) => {
        const world = new World({ capabilities, onUnexpectedCancel: "ignore" });
        try {
          for (const [what, which, how] of story) world.step(what, which, how);
          world.calmDown();
          const { state } = world.play;
          if (state.latches.halt !== null) return;
          expect(state.book.size).toBe(world.position);
          const open = [...world.orders.values()].filter(({ status }) => status === "open");
          expect(open).toEqual([]);
        } catch (error) {
          throw new Error(`${String(error)}\n${world.log.join("\n")}`, { cause: error });
        }
      }),
      { numRuns: Number(process.env["PYNE_WORLDS"] ?? 150) },
    );
  });
});

test("an exit that is told before its entries, and one that another entry has closed, agree with the venue", () => {
  const [evaluated, answered, arrived, filled, told, again] = [0, 1, 3, 4, 7, 11];
  const world = new World({
    capabilities: venues["that does groups and brackets itself"]!,
    onUnexpectedCancel: "ignore",
  });
  for (const [what, which, how] of [
    [evaluated, 4, 0],
    [evaluated, 13, 0],
    [answered + 1, 1, 2],
    [arrived, 0, 0],
    [evaluated, 7, 0],
    [filled, 0, 0],
    [filled, 0, 0],
    [told, 0, 1],
    [answered, 1, 0],
    [answered, 1, 0],
    [told + 1, 2, 0],
    [evaluated, 12, 0],
    [answered, 1, 2],
    [filled + 1, 0, 1],
    [filled, 0, 0],
    [told - 1, 5, 1],
    [again, 0, 0],
    [filled, 0, 0],
    [told, 4, 0],
    [evaluated, 0, 0],
    [arrived, 0, 0],
    [filled + 1, 0, 0],
  ] as const)
    world.step(what, which, how);
  world.calmDown();
  expect([world.play.state.book.size, world.position]).toEqual([1, 1]);
});
