/** Inputs of every kind: what the settings file may say, and what the script then sees. */
import { describe, expect, test } from "bun:test";

import { InputRegistry } from "../../../src/runtime/inputs.ts";
import { columnsOf } from "../../../src/kernel/bar.ts";
import { PineInputs } from "../../../src/runtime/pine/inputs.ts";
import { symbol } from "../fixtures.ts";
import { Prices } from "../../../src/runtime/pine/prices.ts";
import { parseSettings, renderSettings } from "../../../src/runtime/settings-toml.ts";

const bar = { openTimeMs: 0, open: 1, high: 4, low: 2, close: 3, volume: 5 };
const prices = new Prices(columnsOf([bar]), 0, symbol());

/** Declares one input whose settings file says `value = TEXT`; an empty text says nothing. */
function declare(toml: string, input: (inputs: PineInputs) => unknown): unknown {
  const text = toml === "" ? "" : `[inputs.x]\nvalue = ${toml}\n`;
  return input(new PineInputs(new InputRegistry(parseSettings(text, "s.toml").inputs), prices));
}

const fast = { enumeration: "Mode", name: "fast", title: "Fast mode" };
const slow = { enumeration: "Mode", name: "slow", title: "slow" };

const kinds = {
  int: (x: PineInputs) => x.int("x", 14, { title: "X", minval: 1, maxval: 20 }),
  float: (x: PineInputs) => x.float("x", 1.5, {}),
  bool: (x: PineInputs) => x.bool("x", true, {}),
  string: (x: PineInputs) => x.string("x", "a", { options: ["a", "b"] }),
  "text area": (x: PineInputs) => x.text_area("x", "one\ntwo", {}),
  color: (x: PineInputs) => x.color("x", 0xf23645ff, {}),
  "color na": (x: PineInputs) => x.color("x", Number.NaN, {}),
  enum: (x: PineInputs) => x.enum("x", slow, { fast, slow }, {}),
  source: (x: PineInputs) => x.source("x", "close", {})[0],
  timeframe: (x: PineInputs) => x.timeframe("x", "", {}),
  session: (x: PineInputs) => x.session("x", "0930-1600", {}),
  symbol: (x: PineInputs) => x.symbol("x", "NASDAQ:AAPL", {}),
  time: (x: PineInputs) => x.time("x", 1000, {}),
  price: (x: PineInputs) => x.price("x", 1.25, {}),
} satisfies Record<string, (inputs: PineInputs) => unknown>;
type Kind = keyof typeof kinds;

test.each<[Kind, string, unknown]>([
  ["int", "", 14],
  ["int", "20", 20],
  ["float", "2", 2],
  ["bool", "false", false],
  ["string", '"b"', "b"],
  ["text area", '"three\\nfour"', "three\nfour"],
  ["color", "", 0xf23645ff],
  ["color", '"#00ff0080"', 0x00ff0080],
  ["color", '"#00FF00"', 0x00ff00ff],
  ["color", '"na"', Number.NaN],
  ["color na", "", Number.NaN],
  ["enum", "", slow],
  ["enum", '"fast"', fast],
  ["source", "", 3],
  ["source", '"hl2"', 3],
  ["source", '"volume"', 5],
  ["timeframe", '"1D"', "1D"],
  ["session", '"2200-0200:23456"', "2200-0200:23456"],
  ["symbol", '"BINANCE:BTCUSDT"', "BINANCE:BTCUSDT"],
  ["time", "2000", 2000],
  ["time", '"2024-02-03 10:00"', Date.UTC(2024, 1, 3, 10)],
  ["time", "2024-02-03", Date.UTC(2024, 1, 3)],
  ["price", "9.5", 9.5],
])("%s with %p: case %#", (kind, toml, expected) => {
  expect(declare(toml, kinds[kind])).toEqual(expected);
});

test.each<[Kind, string, string]>([
  ["int", "0", 'input x ("X") is at least 1, not 0'],
  ["int", "21", "at most 20"],
  ["int", "1.5", "a whole number"],
  ["int", '"14"', "a number"],
  ["bool", "1", "true or false"],
  ["string", '"c"', "one of a, b"],
  ["color", '"red"', "a colour as #RRGGBB or #RRGGBBAA"],
  ["enum", '"Fast mode"', "one of fast, slow"],
  ["source", '"closing"', "one of open, high"],
  ["timeframe", '"7X"', "a timeframe (5, 60, 1D), or empty for the chart's"],
  ["session", '"9-10"', "a session (0930-1600:23456)"],
  ["time", '"yesterday"', "a time in milliseconds or a date"],
  ["price", "true", "a number"],
])("%s refuses %p: %s", (kind, toml, message) => {
  expect(() => declare(toml, kinds[kind])).toThrow(message);
});

describe("the settings file", () => {
  const declaration = { kind: "indicator" as const, title: "T", settings: {} };
  const registry = (text: string) => {
    const user = parseSettings(text, "s.toml");
    const inputs = new InputRegistry(user.inputs);
    const pine = new PineInputs(inputs, prices);
    pine.text_area("note", "one\ntwo = 2", { title: "Note" });
    pine.time("since", 0, { confirm: true, inline: "row", tooltip: "When" });
    return { user, text: () => renderSettings(declaration, inputs.inputs, user) };
  };

  test("comments every line of a default out, and can be read again", () => {
    const fresh = registry("").text();
    expect(fresh).toContain('#value = "one\\ntwo = 2"\n');
    expect(fresh).toContain("# inline: row\n# may be a date: 1970-01-01T00:00:00.000Z\n# confirm: ");
    expect(parseSettings(fresh, "s.toml").inputs).toEqual({});
  });

  test("keeps what was set for an input that is gone, and a date as it was written", () => {
    const given = '[inputs.since]\nvalue = 2024-02-03\n\n[inputs.gone]\nvalue = "x"\n';
    const once = registry(given).text();
    expect(once).toContain("value = 2024-02-03\n");
    expect(once).toContain('[inputs.gone]\n# The script has no such input.\nvalue = "x"\n');
    expect(registry(once).text()).toBe(once);
  });
});
