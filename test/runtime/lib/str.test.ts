/** Texts of scripts: masks, formats, times, expressions, colours. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import { roundExact, roundShortest } from "../../../src/runtime/lib/str/digits.ts";
import { array, color, matrix, nz, str, truth } from "../../../src/runtime/pine.ts";

const { NaN: na } = Number;
const run = { syminfo: { mintick: 0.25, minmove: 25, pricescale: 100 } };
const show = (value: unknown, mask: string | null = null): string => str.tostring(value, mask, run);

describe("tostring", () => {
  test.each<[unknown, string | null, string]>([
    [1, null, "1"],
    [1.5, null, "1.5"],
    [-0.1, null, "-0.1"],
    [1e21, null, "1000000000000000000000"],
    [1e-12, null, "0"],
    [na, null, "NaN"],
    [Infinity, null, "∞"],
    [true, null, "true"],
    ["text", null, "text"],
    [null, null, "NaN"],
    [2.675, "#.##", "2.68"],
    [0.5, "#", "1"],
    [1234567.891, "#,###.##", "1,234,567.89"],
    [1234567, "#,##,###", "1,234,567"],
    [5, "000", "005"],
    [0.5, "#.0", ".5"],
    [0.5, "0.00", "0.50"],
    [0.256, "#.#%", "25.6%"],
    [-3, "#;(#)", "(3)"],
    [3.14159, "'#'0.0' units'", "#3.1 units"],
    [25, "percent", "25%"],
    [1234567, "volume", "1.235M"],
    [999, "volume", "999"],
    [-2500, "volume", "-2.5K"],
    [10.1, "mintick", "10.00"],
    [10.13, "mintick", "10.25"],
    [{ title: "Fast mode" }, null, "Fast mode"],
  ])("%p by %p is %p", (value, mask, text) => {
    expect(show(value, mask)).toBe(text);
  });
  test("arrays and matrices by the mask of their elements", () => {
    expect(show(array.from("float", 1, 2.55), "#.#")).toBe("[1, 2.6]");
    expect(show(matrix.new("int", 2, 2, 1))).toBe("[1, 1]\n[1, 1]");
  });
  test.each<[number, string, string]>([
    [12345, "0.###E0", "1.235E4"],
    [12345, "00.###E0", "12.345E3"],
    [12345, "##0.###E0", "12.345E3"],
    [123456, "##0.#E0", "123.5E3"],
    [0.00123, "##0.##E0", "1.23E-3"],
    [0.0123, "##0.##E0", "12.3E-3"],
    [0.01234, "000.0E0", "123.4E-4"],
    [0.000123, "0.00E00", "1.23E-04"],
    [9.9996, "0.###E0", "1E1"],
    [-1500, "0.#E0 'units'", "-1.5E3 units"],
    [0, "0.0E0", "0.0E0"],
    [1e22, "0.#E0", "1E22"],
    [2.5, "0E0", "3E0"],
  ])("%p by %p is %p", (value, mask, text) => {
    expect(show(value, mask)).toBe(text);
  });
  test.each(["#.0#0", "0#", "1.#.#", "0.0 0", "'0", "0E", "0E#", "0E0.0", "0.0E0E0"])(
    "%p is no mask",
    (mask) => {
      expect(() => show(1, mask)).toThrow("is no number mask");
    },
  );
});

describe("rounding decimals", () => {
  const sizes = fc.oneof(
    fc.double({ min: 1e-6, max: 1e12, noNaN: true }),
    fc.integer({ min: 0, max: 1e6 }).map((n) => n / 64),
  );
  test("exact: half to even on the binary value, as whole numbers of 2^-60 have it", () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 6 }), (size, decimals) => {
        // What the shortest form does not have is 0.
        if ((String(size).split(".")[1] ?? "").length <= decimals || String(size).includes("e")) return;
        // Both as integers: size · 2^60 · 10^decimals against the two candidates.
        const scale = 2n ** 110n;
        const [mantissa, exponent] = parts(size);
        const value = (mantissa * scale * 10n ** BigInt(decimals)) / 2n ** BigInt(-exponent);
        const below = value / scale;
        const rest = value % scale;
        const up = 2n * rest > scale || (2n * rest === scale && below % 2n === 1n);
        const expected = (below + (up ? 1n : 0n)).toString().padStart(decimals + 1, "0");
        expect(
          roundExact(size, decimals)
            .replace(".", "")
            .padStart(decimals + 1, "0"),
        ).toBe(expected);
      }),
    );
  });
  test("shortest: half up on the decimal form", () => {
    expect([
      roundShortest(1.005, 2),
      roundShortest(0.05, 1),
      roundShortest(9.995, 2),
      roundShortest(7, 2),
    ]).toEqual(["1.01", "0.1", "10.00", "7.00"]);
  });
  /** Mantissa and a power of two that is not positive. */
  function parts(size: number): [bigint, number] {
    let exponent = 0;
    let value = size;
    while (!Number.isInteger(value)) {
      value *= 2;
      exponent--;
    }
    return [BigInt(value), exponent];
  }
});

describe("format", () => {
  test.each<[string, unknown[], string]>([
    ["{0} and {1}", [1.23456, "x"], "1.235 and x"],
    ["{0}", [1234567.5], "1234567.5"],
    ["{0} {2} {03,number,#}", [1], "1 {2} {3}"],
    ["it''s '{0}' {0}", [1], "it's {0} 1"],
    ["{0,number}", [1234.5], "1,234.5"],
    ["{0,number,integer}", [2.5], "2"],
    ["{0,number,percent}", [0.456], "46%"],
    ["{0,number,0.00}", [2.345], "2.35"],
    ["{0,date,yyyy-MM-dd}", [0], "1970-01-01"],
    ["{0,time,HH:mm}", [3_600_000], "01:00"],
    ["{0,date}", [0], "Jan 1, 1970"],
    ["{0}|{1}|{2}", [na, Infinity, -0.0001], "NaN|∞|-0"],
    ["{0}", [array.from("float", 1, 2.5)], "[1.0, 2.5]"],
    ["{0} {1}", [array.from("int", 1, 2), array.from("string", "a", "b")], "[1, 2] [a, b]"],
    ["}", [], "}"],
    ["{0,number,0.###E0}", [12345], "1.234E4"],
    ["{0,number,0E0}", [2.5], "2E0"],
    ["{0,choice,0#none|1#one|1<many}", [1], "one"],
    ["{0,choice,0#none|1#one|1<many}", [1.5], "many"],
    ["{0,choice,0#none|1#one|1<many}", [-3], "none"],
    ["{0,choice,-∞#below|0≤'#' or {0} of {1}}", [2, "five"], "# or 2 of five"],
    ["{0,choice,0#no {1}|1#a {1}|1<{0,number,#.0} {1}s}", [2, "bar"], "2.0 bars"],
  ])("%p", (pattern, args, text) => {
    expect(str.format(pattern, ...args)).toBe(text);
  });
  test.each([
    "a{",
    "{{0}}",
    "{0 ,number,#.#}",
    "{}",
    "{a}",
    "{0,choice,none}",
    "{0,choice,1#a|0#b}",
    "{0,pick,1}",
  ])("%p is an error", (pattern) => {
    expect(() => str.format(pattern, 1)).toThrow("str.format");
  });
});

describe("format_time", () => {
  const time = Date.parse("2024-03-05T07:08:09.123Z");
  test.each<[string, string, string]>([
    ["yyyy-MM-dd'T'HH:mm:ssZ", "UTC", "2024-03-05T07:08:09+0000"],
    ["yyyy-MM-dd'T'HH:mm:ssZ", "UTC+5:30", "2024-03-05T12:38:09+0530"],
    ["HH:mm z", "America/New_York", "02:08 EST"],
    ["E EEEE d MMM MMMM yy", "UTC", "Tue Tuesday 5 Mar March 24"],
    ["h:mm a, K, k", "UTC+14", "9:08 PM, 9, 21"],
    ["D w W F u", "UTC", "65 10 2 1 2"],
    [`SSS X XX ${"X".repeat(3)} G`, "GMT-3", "123 -03 -0300 -03:00 AD"],
    ["''yyyy''", "UTC", "'2024'"],
  ])("%p in %p is %p", (pattern, zone, text) => {
    expect(str.format_time(time, pattern, zone)).toBe(text);
  });
  test("what cannot be", () => {
    expect(str.format_time(na, "yyyy", "UTC")).toBe("NaN");
    expect(() => str.format_time(0, "yyyy", "Nowhere/City")).toThrow('"Nowhere/City" is no time zone');
    expect(() => str.format_time(0, "b", "UTC")).toThrow('"b" of "b" means nothing');
    expect(() => str.format_time(0, "'open", "UTC")).toThrow("is not closed");
  });
});

describe("match: Java's expressions", () => {
  test.each<[string, string, string]>([
    ["NASDAQ:AAPL", "[\\w]+", "NASDAQ"],
    ["abcABC", "(?i)ABC", "abc"],
    ["a.b", "\\Qa.b\\E", "a.b"],
    ["ab1", "\\p{Alpha}+", "ab"],
    ["ab1", "[\\p{Digit}x]", "1"],
    ["ab1", "\\P{Alpha}", "1"],
    ["Größe", "\\p{L}+", "Größe"],
    ["a-b", "\\w\\-\\w", "a-b"],
    ["end\n", "end\\Z", "end"],
    ["x", "\\Ay", ""],
    ["a]b", "[]b]+", "]b"],
    ["2024-01", "(?<year>\\d{4})-(\\d\\d)", "2024-01"],
  ])("in %p, %p finds %p", (source, pattern, found) => {
    expect(str.match(source, pattern)).toBe(found);
  });
  test.each(["a++", "(?>a)", "[a-z&&[b]]", "(", "x(?i)y", "\\G"])("%p is refused", (pattern) => {
    expect(() => str.match("x", pattern)).toThrow("str.match");
  });
});

describe("small functions", () => {
  test("na gives na, or false", () => {
    expect([
      str.length(null),
      str.lower(null),
      str.contains(null, "a"),
      str.pos("a", null),
      str.split(null, ""),
    ]).toEqual([na, null, false, na, null]);
  });
  test("split, substring, repeat, tonumber", () => {
    expect([...str.split("abc", "")!]).toEqual(["a", "b", "c"]);
    expect([...str.split("", ",")!]).toEqual([""]);
    expect([...str.split("a,,b", ",")!]).toEqual(["a", "", "b"]);
    expect([str.substring("abc", 1), str.repeat("ab", 2, "-"), str.repeat("ab", 0, "-")]).toEqual([
      "bc",
      "ab-ab",
      "",
    ]);
    expect(() => str.substring("abc", 2, 5)).toThrow(
      "from 2 to 5 does not lie within a text of 3 characters",
    );
    expect(() => str.repeat("ab", 1e9, "")).toThrow("longer than");
    expect([" 1.5 ", "-2e3", ".5", "5.", "", "0x10", "1,5", "x"].map((text) => str.tonumber(text))).toEqual([
      1.5,
      -2000,
      0.5,
      5,
      na,
      na,
      na,
      na,
    ]);
  });
  test("replace_all takes the replacement literally", () => {
    expect(str.replace_all("a.a", "a", "$&")).toBe("$&.$&");
  });
  test("nz and truth", () => {
    expect([nz(na), nz(Infinity, 2), nz(3, 2), truth(na), truth(1e-11), truth(-1)]).toEqual([
      0,
      2,
      3,
      false,
      false,
      true,
    ]);
  });
});

describe("colours are 0xRRGGBBAA", () => {
  test.each<[string, number, number]>([
    ["new", color.new(0xf23645ff, 80), 0xf2364533],
    ["rgb", color.rgb(255, 128, 0), 0xff8000ff],
    ["rgb beyond its bounds", color.rgb(300, -5, 0, 100), 0xff000000],
    ["in the middle", color.from_gradient(5, 0, 10, 0x000000ff, 0xc8640000), 0x64320080],
    ["below", color.from_gradient(-5, 0, 10, 0x11223344, 0xffffffff), 0x11223344],
    ["na", color.new(na, 10), na],
  ])("%s", (_name, actual, expected) => {
    expect(actual).toBe(expected);
  });
  test("parts", () => {
    const c = color.new(0xf23645ff, 80);
    expect([color.r(c), color.g(c), color.b(c), color.t(c), color.t(na)]).toEqual([0xf2, 0x36, 0x45, 80, na]);
  });
  test("every whole transparency comes back", () => {
    for (let t = 0; t <= 100; t++) expect(color.t(color.new(0xffffffff, t))).toBe(t);
  });
});
