/** Client order ids: what they are made of, and how they are known again. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import type { OrderIdKind } from "../../src/api/broker/intents.ts";
import { attemptOf, canonicalOrderId, clientOrderId, readOrderId, runTag } from "../../src/broker/ids.ts";

const identity = { strategyId: "demo", symbol: "BTCUSDT", timeframe: "15", accountId: "paper-1" };
const parts = {
  runTag: "0abc",
  pineId: "Long",
  barTimeMs: 1_700_000_000_000,
  kind: "e",
  retrySeq: 0,
} as const;

const kind = fc.constantFrom<OrderIdKind[]>("e", "b", "t", "s", "c", "x");
const anyParts = fc.record({
  runTag: fc.stringMatching(/^[0-9a-z]{4}$/),
  pineId: fc.string({ unit: "binary", maxLength: 20 }),
  fromEntry: fc.option(fc.string({ maxLength: 10 }), { nil: undefined }),
  barTimeMs: fc.nat({ max: 4e12 }),
  kind,
  retrySeq: fc.nat({ max: 35 }),
});

describe("client order ids", () => {
  test("are written in one way for ever: a stored id is found again by the next version", () => {
    // Worked out by hand from the table in ids.ts.
    expect(runTag(identity)).toBe("706k");
    expect(runTag({ ...identity, label: "b" })).toBe("4hlf");
    expect(canonicalOrderId(parts)).toBe("0abc-bi1iybyv-0loyw3v28-e0");
    expect(canonicalOrderId({ ...parts, fromEntry: "Long", kind: "t", retrySeq: 36 })).toBe(
      "0abc-cgnzpkds-0loyw3v28-t10",
    );
    expect(clientOrderId(parts, 20)).toBe("0abc0loyw3v28edhljwi");
  });

  test.each([
    ["a budget below 20", { budget: 19 }],
    ["an attempt beyond five digits", { retrySeq: 36 ** 5 }],
    ["a broken attempt", { retrySeq: 0.5 }],
    ["a bar before 1970", { barTimeMs: -1 }],
    ["no bar", { barTimeMs: Number.NaN }],
  ])("cannot be made for %s", (_, changes) => {
    const { budget = 30, ...rest } = { budget: 30, ...changes };
    expect(() => clientOrderId({ ...parts, ...rest }, budget)).toThrow(RangeError);
  });

  test("fit their budget, fold case, and are read back", () => {
    fc.assert(
      fc.property(anyParts, fc.integer({ min: 20, max: 40 }), (order, budget) => {
        const id = clientOrderId(order, budget);
        expect(id.length).toBeLessThanOrEqual(budget);
        expect(id).toMatch(/^[0-9a-z-]+$/);
        expect(id).toBe(clientOrderId(order, budget));
        expect(readOrderId(id, budget)).toMatchObject({
          runTag: order.runTag,
          barTimeMs: order.barTimeMs,
          kind: order.kind,
        });
        expect(attemptOf(id, order, budget)).toBe(order.retrySeq);
        expect(attemptOf(id, { ...order, pineId: `${order.pineId}!` }, budget)).toBeNull();
        expect(
          attemptOf(id, { ...order, runTag: order.runTag === "zzzz" ? "zzzy" : "zzzz" }, budget),
        ).toBeNull();
      }),
    );
  });

  test("differ for different orders", () => {
    fc.assert(
      fc.property(anyParts, anyParts, fc.integer({ min: 20, max: 30 }), (a, b, budget) => {
        const isSame = JSON.stringify({ ...a, f: a.fromEntry }) === JSON.stringify({ ...b, f: b.fromEntry });
        expect(clientOrderId(a, budget) === clientOrderId(b, budget)).toBe(isSame);
      }),
    );
  });

  test("of others are nobody's", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 40 }),
        fc.integer({ min: 20, max: 30 }),
        (text, budget) => {
          const read = readOrderId(text, budget);
          if (read !== null) expect(text).toMatch(/^[0-9a-z]{4}/);
        },
      ),
    );
    for (const foreign of [
      "",
      "my-order",
      "0abc-short-000000000-e0",
      "0ABC-00000000-000000000-e0",
      "x".repeat(21),
      "0abc0loyw3v28zdhljwi",
    ])
      expect(readOrderId(foreign, 20)).toBeNull();
  });
});
