/** Bytes a terminal sends, and what they mean. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";

import { type Input, KeyDecoder } from "../../../src/cli/tui/keys.ts";

const encoder = new TextEncoder();

/** `up`, `'a'`, `paste(text)`: short names for inputs. */
function words(inputs: readonly Input[]): string {
  return inputs
    .map((input) =>
      input.type === "key" ? input.key : input.type === "text" ? `'${input.text}'` : `paste(${input.text})`,
    )
    .join(" ");
}

/** What the pieces give, one after the other; then what is left when nothing follows. */
function decode(pieces: readonly Uint8Array[]): string {
  const decoder = new KeyDecoder();
  const inputs = pieces.flatMap((piece) => decoder.feed(piece));
  return words(decoder.waiting ? [...inputs, ...decoder.flush()] : inputs);
}

const esc = "\u001b";

test.each([
  ["q", "'q'"],
  ["/btc", "'/' 'b' 't' 'c'"],
  ["é比🚀", "'é' '比' '🚀'"],
  ["\r", "enter"],
  ["\n", "enter"],
  ["\t", "tab"],
  [`${esc}[Z`, "shift-tab"],
  ["\u007f\b", "backspace backspace"],
  ["\u0003\u001a\u000c", "interrupt suspend redraw"],
  [`${esc}[A${esc}[B${esc}[C${esc}[D`, "up down right left"],
  [`${esc}OA${esc}OB`, "up down"],
  [`${esc}[1;5A`, "up"],
  [`${esc}[H${esc}[F${esc}[1~${esc}[4~${esc}[7~${esc}[8~${esc}OH`, "home end home end home end home"],
  [`${esc}[5~${esc}[6~`, "page-up page-down"],
  [esc, "escape"],
  [`${esc}${esc}`, "escape escape"],
  [`${esc}${esc}[A`, "escape up"],
  [`${esc}q`, "escape 'q'"],
  [`${esc}\r`, "escape enter"],
  // A function key, a mouse report, a focus report, a cut sequence: nothing.
  [`${esc}[15~`, ""],
  [`${esc}[<0;10;20m`, ""],
  [`${esc}[I`, ""],
  [`${esc}[1;`, ""],
  ["\u0000\u0001\u009b", ""],
  [`${esc}[200~q/\u0003\r${esc}[A${esc}[201~x`, `paste(q/\u0003\r${esc}[A) 'x'`],
])("%j", (bytes, expected) => {
  expect(decode([encoder.encode(bytes)])).toBe(expected);
});

describe("whatever way the bytes are cut", () => {
  test("the same comes out", () => {
    const piece = fc.constantFrom(
      "a",
      "比",
      "🚀",
      `${esc}[A`,
      `${esc}[5~`,
      "\r",
      `${esc}[200~a${esc}[Bq${esc}[201~`,
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(100)), (typed, cuts) => {
        const bytes = encoder.encode(typed.join(""));
        const places = [...new Set(cuts.map((place) => place % (bytes.length + 1)))].toSorted(
          (a, b) => a - b,
        );
        const pieces = [0, ...places].map((from, index) => bytes.slice(from, places[index] ?? bytes.length));
        expect(decode(pieces)).toBe(decode([bytes]));
      }),
    );
  });

  test("an escape byte waits for what follows", () => {
    const decoder = new KeyDecoder();
    expect(decoder.feed(encoder.encode(esc))).toEqual([]);
    expect(decoder.waiting).toBe(true);
    expect(words(decoder.feed(encoder.encode("[A")))).toBe("up");
    expect(decoder.waiting).toBe(false);
  });

  test("a sequence without an end is given up", () => {
    expect(decode([encoder.encode(`${esc}[${"1;".repeat(40)}`), encoder.encode("q")])).toBe("'q'");
  });

  test("a paste has a limit", () => {
    const text = decode([encoder.encode(`${esc}[200~${"x".repeat(100_000)}${esc}[201~`)]);
    expect(text.length).toBe("paste()".length + 4096);
  });
});
