/** Lists of trades in the shapes charts export them. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import { dateOrderOf, decimalMarkOf, numberOf, wallTimeOf } from "../../src/verify/cells.ts";
import { readTradeList } from "../../src/verify/trade-list.ts";
import { english, exported, type Sample, type Shape } from "./exports.ts";

const at = (text: string): number => Date.parse(`${text}Z`);
const trades: readonly Sample[] = [
  {
    side: "long",
    entryMs: at("2024-01-02T10:00"),
    exitMs: at("2024-01-03T11:00"),
    entryPrice: 1234.5,
    exitPrice: 1240.25,
    quantity: 2,
  },
  {
    side: "short",
    entryMs: at("2024-01-03T11:00"),
    exitMs: at("2024-01-15T09:00"),
    entryPrice: 1240.25,
    exitPrice: 1251,
    quantity: 3.5,
  },
  {
    side: "long",
    entryMs: at("2024-01-15T09:00"),
    exitMs: at("2024-02-01T16:00"),
    entryPrice: 1251,
    exitPrice: 1248.75,
    quantity: 2,
  },
  {
    side: "short",
    entryMs: at("2024-02-01T16:00"),
    exitMs: at("2024-02-02T12:00"),
    entryPrice: 1248.75,
    exitPrice: 998.125,
    quantity: 1,
  },
  {
    side: "long",
    entryMs: at("2024-02-02T12:00"),
    exitMs: at("2024-03-01T00:00"),
    entryPrice: 998.125,
    exitPrice: 1000,
    quantity: 1,
    isOpen: true,
  },
];

/** What every shape must be read as. */
const expected = trades.map((trade, index) => ({
  number: index + 1,
  side: trade.side,
  entry: trade.entryMs,
  entryPrice: trade.entryPrice,
  exit: trade.exitMs,
  exitPrice: trade.exitPrice,
  quantity: trade.quantity,
  isOpen: trade.isOpen === true,
}));

function read(text: string) {
  return readTradeList(text).map((trade) => ({
    number: trade.number,
    side: trade.side,
    entry: trade.entryTime.wallMs,
    entryPrice: trade.entryPrice,
    exit: trade.exitTime?.wallMs,
    exitPrice: trade.exitPrice,
    quantity: trade.quantity,
    isOpen: trade.isOpen,
  }));
}

const grouped =
  (locale: string) =>
  (value: number): string =>
    value.toLocaleString(locale, { maximumFractionDigits: 6 });
const minus = (value: number): string => grouped("en")(value).replace("-", "−");
const date = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", dateStyle: "short", timeStyle: "short" });
const iso = english.time;

const german: Partial<Shape> = {
  header: {
    number: "Nr.",
    type: "Typ",
    time: "Datum und Zeit",
    signal: "Signal",
    price: "Preis EUR",
    quantity: "Menge",
    value: "Positionswert",
    profit: "Gewinn",
    percent: "Gewinn %",
    cumulative: "Summe",
  },
  labels: {
    entryLong: "Einstieg Long",
    exitLong: "Ausstieg Long",
    entryShort: "Einstieg Short",
    exitShort: "Ausstieg Short",
  },
  open: "Offen",
};

/** Words that are in no list. */
const unknown: Partial<Shape> = {
  header: {
    number: "a",
    type: "b",
    time: "c",
    signal: "d",
    price: "e",
    quantity: "quantity",
    value: "g",
    profit: "h",
    percent: "i",
    cumulative: "j",
  },
  labels: { entryLong: "qapla", exitLong: "qapHa", entryShort: "betleH", exitShort: "batlh" },
};

describe("an export", () => {
  test.each([
    ["in English, oldest first", {}],
    ["newest first", { newestFirst: true }],
    ["with a byte order mark and semicolons", { delimiter: ";" }],
    ["with thousands and a typographic minus", { number: minus }],
    ["with a decimal comma", { number: grouped("de"), delimiter: ";" }],
    ["with a decimal comma in quotes", { number: grouped("de") }],
    ["with narrow blanks for thousands", { number: grouped("fr") }],
    ["with apostrophes for thousands", { number: grouped("de-CH") }],
    ["with tabs", { delimiter: "\t" }],
    ["with days first", { time: (ms) => date.format(ms) }],
    ["with seconds", { time: (ms) => new Date(ms).toISOString().slice(0, 19) }],
    ["with days first and dots", { time: (ms) => iso(ms).replace(/(\d+)-(\d+)-(\d+)/, "$3.$2.$1") }],
    [
      "with months first and AM and PM",
      { time: (ms) => new Date(ms).toLocaleString("en-US", { timeZone: "UTC" }) },
    ],
    [
      "with names of months",
      {
        time: (ms) =>
          new Date(ms).toLocaleString("en-US", { timeZone: "UTC", dateStyle: "medium", timeStyle: "short" }),
      },
    ],
    ["with Chinese dates", { time: (ms) => iso(ms).replace(/(\d+)-(\d+)-(\d+)/, "$1年$2月$3日") }],
    [
      "with columns in another order",
      { columns: ["time", "price", "signal", "cumulative", "profit", "quantity", "type", "number"] },
    ],
    ["without numbers", { columns: ["type", "time", "signal", "price", "quantity", "profit"] }],
    ["in German", { ...german, number: grouped("de"), delimiter: ";", newestFirst: true }],
    [
      "in Chinese",
      {
        labels: {
          entryLong: "多头进场",
          exitLong: "多头出场",
          entryShort: "空头进场",
          exitShort: "空头出场",
        },
        open: "未平仓",
      },
    ],
    [
      "in Russian",
      {
        labels: {
          entryLong: "Вход в длинную позицию",
          exitLong: "Выход из длинной позиции",
          entryShort: "Вход в короткую позицию",
          exitShort: "Выход из короткой позиции",
        },
        open: "Открыта",
      },
    ],
    ["in a language nobody knows", unknown],
    ["in that language, newest first", { ...unknown, newestFirst: true }],
  ] satisfies [string, Partial<Shape>][])("%s", (_name, shape) => {
    const text = exported(trades, { ...english, ...shape });
    expect(read(`\uFEFF${text}`)).toEqual(expected);
  });

  test("in one row a trade", () => {
    const text = `trade,direction,entry_time,entry_signal,entry_price,exit_time,exit_signal,exit_price,qty,profit
1,short,2022-01-05T17:00:00-0500,MacdSE,1.13088,2022-01-06T09:00:00-0500,MacdLE,1.1312,1,-0.0003
2,long,2022-01-06T09:00:00-0500,MacdLE,1.1312,,,,1,
`;
    const list = readTradeList(text);
    expect(list[0]).toMatchObject({
      side: "short",
      entryTime: { wallMs: at("2022-01-05T17:00"), offsetMinutes: -300 },
      entryPrice: 1.13088,
      exitPrice: 1.1312,
      exitSignal: "MacdLE",
      isOpen: false,
    });
    expect(list[1]).toMatchObject({ side: "long", isOpen: true });
  });

  test("in one row a trade, without headings that say anything", () => {
    const text = `a;b;c;d;e;f;g
1;x;05.01.2022 17:00;06.01.2022 09:00;1,5;1,4;0,1
2;y;06.01.2022 09:00;07.01.2022 09:00;1,4;1,3;-0,1
3;x;07.01.2022 09:00;08.01.2022 09:00;1,3;1,35;-0,05
`;
    expect(read(text).map(({ side, entryPrice, exitPrice }) => [side, entryPrice, exitPrice])).toEqual([
      ["short", 1.5, 1.4],
      ["long", 1.4, 1.3],
      ["short", 1.3, 1.35],
    ]);
  });

  test("with an open trade that has no exit row", () => {
    const lines = exported(trades, english).split("\r\n").slice(0, -1);
    expect(read(lines.join("\n")).at(-1)).toMatchObject({ isOpen: true, entryPrice: 998.125 });
  });
});

describe("what is no list of trades", () => {
  test.each([
    ["nothing", "", "it has no columns"],
    ["a text", "Dear diary", "it has no columns"],
    ["a heading alone", "Trade #,Type,Signal,Date/Time,Price", "the list holds no trades"],
    [
      "bars",
      "time,open,high,low,close\n2024-01-01,1,2,0.5,1.5\n2024-01-02,1,2,0.5,1.5",
      "no column tells entries from exits",
    ],
    ["no times", "a,b,c,d\nx,1,2,3\ny,1,2,3", "no column holds times"],
    [
      "entries alone",
      "Type,Date,Price,Qty\nEntry long,2024-01-01,1,1\nEntry short,2024-01-02,1,1\nEntry long,2024-01-03,1,1",
      "do not make pairs",
    ],
  ])("%s", (_name, text, message) => {
    expect(() => readTradeList(text)).toThrow(message);
  });
});

test("whatever a file holds, it is a list or it is refused", () => {
  const cell = fc.oneof(
    fc.constantFrom(
      "Entry long",
      "Exit long",
      "Exit short",
      "long",
      "short",
      "Open",
      "",
      "Trade #",
      "Type",
      "Price",
    ),
    fc.constantFrom("2024-01-02 10:00", "03/01/2024", "1,234.5", "−3", "12%", "1", "2", '"'),
    fc.string({ maxLength: 6 }),
  );
  const rows = fc.array(fc.array(cell, { minLength: 3, maxLength: 7 }), { maxLength: 9 });
  fc.assert(
    fc.property(rows, fc.constantFrom(",", ";", "\t"), (cells, delimiter) => {
      try {
        for (const { entryTime, side } of readTradeList(cells.map((row) => row.join(delimiter)).join("\n"))) {
          expect(Number.isFinite(entryTime.wallMs)).toBe(true);
          expect(["long", "short"]).toContain(side);
        }
      } catch (error) {
        expect(error).toMatchObject({ code: "TRADE_LIST", exitCode: 2 });
      }
    }),
    { numRuns: 500 },
  );
});

describe("cells", () => {
  test.each([
    ["1,234.56", ".", 1234.56],
    ["1.234,56", ",", 1234.56],
    ["1\u202f234,5", ",", 1234.5],
    ["1’234.5", ".", 1234.5],
    ["−3.5%", ".", -3.5],
    ["+2 %", ".", 2],
    ["12.5 USDT", ".", 12.5],
    ["1e-05", ".", 0.00001],
    [".5", ".", 0.5],
    ["", ".", NaN],
    ["N/A", ".", NaN],
  ] as const)("%s with %s is %d", (cell, mark, value) => {
    expect(numberOf(cell, mark)).toBe(value);
  });

  test.each([
    [["1,234"], ".", "says nothing, the fallback holds"],
    [["1,234", "0,5"], ",", "0,5 speaks"],
    [["1,234", "12.5"], ".", "12.5 speaks"],
    [["1,234,567"], ".", "a mark that comes twice parts thousands"],
    [["1.234.567"], ",", "so does a dot"],
    [["1,13734"], ",", "five places are no thousands"],
  ] as const)("%j: %s", (cells, mark, _why) => {
    expect(decimalMarkOf(cells, ".")).toBe(mark);
  });

  test.each([
    ["2024-02-30 10:00", undefined],
    ["2024-01-02 24:00", undefined],
    ["1704189600", { wallMs: at("2024-01-02T10:00"), offsetMinutes: 0, isDate: false }],
    ["2024-01-02", { wallMs: at("2024-01-02T00:00"), isDate: true }],
    ["2024-01-02T10:00:00+05:30", { wallMs: at("2024-01-02T10:00"), isDate: false, offsetMinutes: 330 }],
    ["1/2/2024 12:30 AM", { wallMs: at("2024-01-02T00:30"), isDate: false }],
    ["12.5", undefined],
  ] as const)("%s", (cell, time) => {
    expect(wallTimeOf(cell, "monthFirst")).toEqual(time as never);
  });

  test("a day above 12 tells the order of a column", () => {
    expect(dateOrderOf(["01/02/2024", "13/02/2024"])).toBe("dayFirst");
    expect(dateOrderOf(["01/02/2024", "02/13/2024"])).toBe("monthFirst");
    expect(dateOrderOf(["01/02/2024"])).toBeUndefined();
  });
});
