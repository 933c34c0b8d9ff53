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
