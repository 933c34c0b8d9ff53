/** The position book: what fills make of a position, and that each counts once. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import type { LegType, Side } from "../../../src/api/broker/orders.ts";
import {
  giveUpBook,
  giveUpQty,
  isAgainst,
  netQty,
  openEntries,
  openQty,
  settleEarly,
  signOf,
  sizeOfFills,
  takeFill,
} from "../../../src/broker/engine/book/position.ts";
import { onGrid, plus } from "../../../src/broker/engine/book/quantity.ts";
import type { Fill } from "../../../src/broker/engine/fill.ts";
import type { PositionBook } from "../../../src/broker/engine/state.ts";
import { rulesOf } from "./notation.ts";

const flat: PositionBook = { size: 0, lots: [] };

/** A fill from `entry L buy 2`, `tp X<L sell 1` or `close L sell 1`; `@ 101` says at what price. */
function fillOf(text: string, fillId = text): Fill {
  const [head = "", at = "100"] = text.split("@");
  const [leg = "", name = "", side = "", qty = ""] = head.trim().split(/\s+/);
  const [pineId = "", fromEntry = leg === "close" && name !== "*" ? name : null] = name.split("<");
  return {
    fillId,
    clientOrderId: `${leg} ${name}`,
    exchangeOrderId: "1",
    intentKey: name,
    legType: leg as LegType,
    pineId,
    fromEntry,
    side: side as Side,
    qty: Number(qty),
    price: Number(at),
    fee: 0,
    feeCurrency: "USDT",
    timeMs: 0,
  };
}

function bookOf(fills: string): PositionBook {
  let book = flat;
  for (const text of fills.split(";").map((part) => part.trim()))
    if (text !== "") book = takeFill(book, fillOf(text), fillOf(text).qty).book;
  return book;
}

const bookText = (book: PositionBook): string =>
  book.lots.map((lot) => `${lot.entryId} ${lot.side} ${lot.qty}`).join(", ") || "flat";

describe("what the book has given up", () => {
  const givenUp = giveUpBook(bookOf("entry A buy 2"), 1_000);
  const sent = (createdMs: number) => ({ createdMs });

  test.each([
    ["is what the exit that was sent before has closed", 900, "close A sell 2", "flat", 0],
    ["explains as much as was given up, and no more", 900, "close A sell 3", "flat", 1],
    ["is none of what was sent after", 1_001, "close A sell 2", "flat", 2],
  ])("%s", (_name, createdMs, text, left, excessQty) => {
    const fill = fillOf(text);
    const booked = takeFill(givenUp, fill, fill.qty, sent(createdMs));
    expect([bookText(booked.book), booked.excessQty]).toEqual([left, excessQty]);
  });

  test.each([
    ["executed after it is of what is left", 1_001, "A buy 0.5"],
    ["executed before it is what has closed the other part", 1_000, "A buy 1"],
  ])("is a part of the position: an exit that was sent before and %s", (_name, timeMs, left) => {
    const part = giveUpQty(bookOf("entry A buy 2"), 1_000, 0.5);
    expect(bookText(part)).toBe("A buy 1.5");
    const fill = { ...fillOf("close A sell 1"), timeMs };
    expect(bookText(takeFill(part, fill, fill.qty, sent(900)).book)).toBe(left);
  });

  test("goes before what was opened since", () => {
    const again = takeFill(givenUp, fillOf("entry A buy 1"), 1).book;
    const late = takeFill(again, fillOf("close A sell 2"), 2, sent(900)).book;
    expect(late).toEqual({ size: 1, lots: again.lots });
  });

  test.each([
    ["of the other side that was executed before has closed", 900, "entry B sell 2", "flat"],
    ["closed it, and has opened the rest", 900, "entry B sell 3", "B sell 1"],
    ["came after it and opens", 1_100, "entry B sell 2", "B sell 2"],
    ["is of the same side and opens", 900, "entry B buy 2", "B buy 2"],
  ])("is what an entry that %s", (_, timeMs, fill, expected) => {
    const { book } = takeFill(givenUp, { ...fillOf(fill), timeMs }, fillOf(fill).qty);
    expect(bookText(book)).toBe(expected);
  });

  test("is explained once", () => {
    const once = takeFill(givenUp, fillOf("close A sell 1.5"), 1.5, sent(900)).book;
    expect(once.givenUp).toEqual([{ side: "buy", qty: 0.5, atMs: 1_000 }]);
    expect(takeFill(once, fillOf("close A sell 1"), 1, sent(900)).excessQty).toBe(0.5);
  });
});

describe("fills and the position", () => {
  test.each([
    ["an entry opens", "entry A buy 2", "A buy 2"],
    ["the next adds a lot", "entry A buy 2; entry B buy 1", "A buy 2, B buy 1"],
    [
      "a close of everything takes the oldest first",
      "entry A buy 2; entry B buy 1; close * sell 2.5",
      "B buy 0.5",
    ],
    ["a close takes from its own entry first", "entry A buy 2; entry B buy 1; close B sell 1", "A buy 2"],
    ["and goes on with the oldest", "entry A buy 2; entry B buy 1; close B sell 2", "A buy 1"],
    [
      "an exit takes from its own entry first",
      "entry A buy 2; entry B buy 2; tp X<B sell 1",
      "A buy 2, B buy 1",
    ],
    ["an exit never turns the position", "entry A buy 2; sl X<A sell 3", "flat"],
    ["a close never turns the position", "entry A buy 2; close * sell 5", "flat"],
    ["an exit of nothing opens nothing", "tp X<A sell 1", "flat"],
    ["an exit on the position's own side was before it", "entry A sell 1; tp X<B sell 1", "A sell 2"],
    ["and meets its entry when it is told", "entry A sell 1; tp X<B sell 1; entry B buy 1", "A sell 1"],
    ["an exit before its entry waits for it", "tp X<B sell 1; entry B buy 3", "B buy 2"],
    [
      "an entry that is told before an exit gets back what it took",
      "entry A buy 2; entry B sell 2; sl X<A sell 2",
      "B sell 2",
    ],
    ["an entry turns the position", "entry A buy 2; entry B sell 5", "B sell 3"],
    ["an entry against a larger position makes it smaller", "entry A buy 2; entry B sell 0.5", "A buy 1.5"],
    ["tenths sum up to nothing", "entry A buy 0.1; entry A buy 0.2; close * sell 0.3", "flat"],
  ])("%s: %s", (_, fills, expected) => {
    const book = bookOf(fills);
    expect(bookText(book)).toBe(expected);
    if (expected === "flat") expect(book.size).toBe(0);
  });

  test.each([
    ["closed what is open", "tp X<B sell 1; entry A buy 2", "A buy 1"],
    ["closed what an entry seemed to close", "tp Y<S buy 1; entry O sell 1; entry L buy 1", "L buy 1"],
    ["closed a part of it", "tp Y<S buy 1; entry O sell 2; entry L buy 2", "L buy 1"],
    ["were before what is open", "tp X<B sell 1; entry A buy 1; entry C sell 1", "C sell 1"],
    ["opened what nothing explains, and wait", "tp X<A sell 1", "flat"],
  ])("when the venue's position says so, exits that waited %s: %s", (_, fills, expected) => {
    const { book } = settleEarly(bookOf(fills));
    expect(bookText(book)).toBe(expected);
    expect(sizeOfFills(book)).toBe(sizeOfFills(bookOf(fills)));
  });

  test("fees go with the quantity that is left", () => {
    const opened = takeFill(flat, { ...fillOf("entry A buy 4"), fee: 2 }, 4).book;
    expect(takeFill(opened, fillOf("close A sell 1"), 1).book.lots[0]?.fee).toBe(1.5);
    expect(takeFill(opened, { ...fillOf("entry B sell 8"), fee: 8 }, 8).book.lots[0]?.fee).toBe(4);
  });

  test.each([
    ["buy", 1, 0.001, "BTC", true, 0.999],
    ["sell", 1, 0.001, "BTC", true, 1.001],
    ["buy", 1, 5, "USDT", true, 1],
    ["buy", 1, 0.001, "BTC", false, 1],
    ["buy", 0.30000000000000004, 0, "USDT", false, 0.3],
  ] as const)(
    "a %s of %d with a fee of %d %s, spot %p, moves the position by %d",
    (side, qty, fee, feeCurrency, isSpot, moved) => {
      expect(netQty({ side, qty, fee, feeCurrency }, rulesOf({ isSpot }))).toBe(moved);
    },
  );

  test("what is open of an entry, and whose orders opened it", () => {
    const book = bookOf("entry A buy 2; entry B buy 1; entry A buy 0.5");
    expect(openQty(book, "A", "sell")).toBe(2.5);
    expect(openQty(book, "A", "buy")).toBe(0);
    expect(openQty(book, null, "sell")).toBe(3.5);
    expect([...openEntries(book, "buy")]).toEqual(["entry A", "entry B"]);
    expect([isAgainst(book, "sell"), isAgainst(book, "buy"), isAgainst(flat, "buy")]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

const someFill = fc.record({
  leg: fc.constantFrom("entry", "tp", "close"),
  entry: fc.constantFrom("A", "B", "C"),
  side: fc.constantFrom<Side[]>("buy", "sell"),
  steps: fc.integer({ min: 1, max: 5000 }),
});

describe("always", () => {
  test("the position is the sum of the fills, less what exits filled beyond it; no lot is empty or on the other side", () => {
    fc.assert(
      fc.property(fc.array(someFill, { maxLength: 15 }), (fills) => {
        let book = flat;
        let sum = 0;
        for (const [index, { leg, entry, side, steps }] of fills.entries()) {
          const qty = onGrid(steps * 0.001, 0.001);
          const name = leg === "tp" ? `X<${entry}` : entry;
          book = takeFill(book, fillOf(`${leg} ${name} ${side} ${qty}`, `${index}`), qty).book;
          sum = plus(sum, (side === "buy" ? 1 : -1) * qty);
          const ahead = (book.early ?? []).reduce((all, lot) => plus(all, signOf(lot.side) * lot.qty), 0);
          expect(plus(book.size, ahead)).toBe(sum);
          for (const lot of book.lots) {
            expect(lot.qty).toBeGreaterThan(0);
            expect(lot.side === "buy").toBe(book.size > 0);
          }
        }
      }),
    );
  });

  test("a bracket's story makes the same position however its fills are told", () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(
          ["entry L buy 1", "entry L buy 1", "tp X<L sell 2", "entry S sell 3"].map((text, index) =>
            fillOf(text, `${index}`),
          ),
          { minLength: 4 },
        ),
        (told) => {
          const book = told.reduce((before, fill) => takeFill(before, fill, fill.qty).book, flat);
          expect(bookText({ ...book, lots: book.lots.map((lot) => ({ ...lot, qty: book.size })) })).toBe(
            "S sell -3",
          );
        },
      ),
    );
  });

  test("fills of one side make the same position in any order", () => {
    fc.assert(
      fc.property(fc.array(someFill, { minLength: 1, maxLength: 20 }), fc.gen(), (fills, gen) => {
        const texts = fills.map(({ entry, steps }) => `entry ${entry} buy ${onGrid(steps * 0.001, 0.001)}`);
        const shuffled = gen(fc.shuffledSubarray, texts, { minLength: texts.length });
        expect(bookOf(shuffled.join(";")).size).toBe(bookOf(texts.join(";")).size);
        for (const entry of ["A", "B", "C"])
          expect(openQty(bookOf(shuffled.join(";")), entry, "sell")).toBe(
            openQty(bookOf(texts.join(";")), entry, "sell"),
          );
      }),
    );
  });
});
