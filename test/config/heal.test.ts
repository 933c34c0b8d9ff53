/** The self-healing of configuration files, to the byte. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import * as v from "valibot";

import { type ConfigSchema, defineConfig, field, multiline, secret } from "../../src/api/config/fields.ts";
import { heal, newConfigText } from "../../src/config/heal.ts";
import { quoted, renderConfig } from "../../src/config/render.ts";
import { ConfigError } from "../../src/kernel/errors.ts";

const Foo = defineConfig("Foo provider", {
  api_key: field(v.string(), "", "API key for authentication"),
  use_sandbox: field(v.boolean(), false, "Use sandbox environment"),
});

const healed = (schema: ConfigSchema, text: string): string => heal(schema, text, "foo.toml").text;

describe("a new file", () => {
  test("has the header, a blank line, and every field commented", () => {
    expect(newConfigText(Foo)).toBe(
      `# Foo provider

# API key for authentication
#api_key = ""

# Use sandbox environment
#use_sandbox = false
`,
    );
  });

  test("has no header and no leading blank line without a description", () => {
    expect(newConfigText(defineConfig("", { a: field(v.boolean(), true, "") }))).toBe("#a = true\n");
  });

  test("comments every line of a description; empty lines are a lone #", () => {
    const schema = defineConfig("One\n\n  two  ", { a: field(v.string(), null, "x\n\ny") });
    expect(newConfigText(schema)).toBe("# One\n#\n# two\n\n# x\n#\n# y\n#a =\n");
  });
});

describe("values", () => {
  const whole = v.pipe(v.number(), v.integer());
  const rows: [name: string, schema: v.GenericSchema, value: unknown, text: string][] = [
    ["a text", v.string(), "a", `"a"`],
    ["quotes and backslashes", v.string(), `a"b\\c`, String.raw`"a\"b\\c"`],
    ["a carriage return", v.string(), "a\rb", String.raw`"a\rb"`],
    ["control characters", v.string(), "\u0000\u001f\u007f\t", String.raw`"\u0000\u001F\u007F\u0009"`],
    ["several lines", v.string(), "a\nb", "'''\na\nb\n'''"],
    ["lines with three quotes", v.string(), "a'''\nb", String.raw`"a'''\nb"`],
    ["an integer", whole, 7, "7"],
    ["the largest safe integer", whole, 9007199254740991, "9007199254740991"],
    ["a float that is whole", v.number(), 7, "7.0"],
    ["a float", v.number(), 0.1, "0.1"],
    ["a tiny float", v.number(), 1e-7, "1e-7"],
    ["a huge float", v.number(), 1e21, "1e+21"],
    ["minus zero", v.number(), -0, "-0.0"],
    ["no number", v.number(), Number.NaN, "nan"],
    ["infinity", v.number(), Number.NEGATIVE_INFINITY, "-inf"],
    ["true", v.boolean(), true, "true"],
    ["an empty array", v.array(v.number()), [], "[]"],
    ["an array of floats", v.array(v.number()), [1, 2.5], "[1.0, 2.5]"],
    ["an array of texts", v.array(v.string()), ["a", "b\nc"], String.raw`["a", "b\nc"]`],
    ["an empty table", v.record(v.string(), v.string()), {}, "{}"],
    ["a table", v.record(v.string(), v.string()), { "B:X": "y" }, `{ "B:X" = "y" }`],
    ["nested tables", v.object({ a: v.object({ b: whole }) }), { a: { b: 1 } }, `{ "a" = { "b" = 1 } }`],
    ["a date", v.date(), new Date("2024-05-06T07:08:09Z"), "2024-05-06T07:08:09.000Z"],
  ];
  test.each(rows)("%s", (_name, schema, value, text) => {
    const config = defineConfig("", { x: field(schema, null, "") });
    expect(renderConfig(config, { x: value })).toBe(`x = ${text}\n`);
    expect(heal(config, `x = ${text}\n`, "f").userValues["x"]).toEqual(
      typeof value === "string" && text.startsWith("'''") ? `${value}\n` : value,
    );
  });

  test("a multi-line default is commented on every line", () => {
    const config = defineConfig("", { pem: field(v.pipe(v.string(), multiline()), "a\nb", "") });
    expect(newConfigText(config)).toBe("#pem = '''\n#a\n#b\n#'''\n");
  });

  test("an empty literal block is written as one", () => {
    const config = defineConfig("", { pem: field(v.pipe(v.string(), multiline()), "", "") });
    expect(newConfigText(config)).toBe("#pem = '''\n#'''\n");
  });
});

describe("what survives", () => {
  test.each([
    [
      "a set value, even one equal to the default",
      `use_sandbox = false\n`,
      `# Foo provider\n\n# API key for authentication\n#api_key = ""\n\n# Use sandbox environment\nuse_sandbox = false\n`,
    ],
    [
      "a foreign table with the comment above it, byte for byte",
      `api_key = "k"\n\n# mine\n[binance]   # b\nlimits = [\n  [1, 2],\n]\n"[odd]" = 1\n`,
      `# Foo provider\n\n# API key for authentication\napi_key = "k"\n\n# Use sandbox environment\n#use_sandbox = false\n\n# mine\n[binance]   # b\nlimits = [\n  [1, 2],\n]\n"[odd]" = 1\n`,
    ],
    [
      "nothing of an unknown key",
      `old = 1\napi_key = "k"\n`,
      `# Foo provider\n\n# API key for authentication\napi_key = "k"\n\n# Use sandbox environment\n#use_sandbox = false\n`,
    ],
  ])("%s", (_name, before, after) => {
    expect(healed(Foo, before)).toBe(after);
  });

  const Mapped = defineConfig("", {
    symbol_map: field(v.record(v.string(), v.string()), {}, ""),
    list: field(v.array(v.array(v.number())), [], ""),
  });
  test.each([
    ['[symbol_map]\nA = "b"\n', `symbol_map = { "A" = "b" }\n\n#list = []\n`],
    ['[symbol_map] # note\nA = "b"\n', `symbol_map = { "A" = "b" }\n\n#list = []\n`],
    ['["symbol_map"]\nA = "b"\n', `symbol_map = { "A" = "b" }\n\n#list = []\n`],
    ["[ 'symbol_map' ]\nA = \"b\"\n[x]\ny = 1\n", `symbol_map = { "A" = "b" }\n\n#list = []\n\n[x]\ny = 1\n`],
    ["list = [\n[1, 2],\n[3]\n]\n", `#symbol_map = {}\n\nlist = [[1.0, 2.0], [3.0]]\n`],
    [
      "x = \"[not]\"\n[t]\ns = '''\n[neither]\n'''\n",
      `#symbol_map = {}\n\n#list = []\n\n[t]\ns = '''\n[neither]\n'''\n`,
    ],
  ])("%j", (before, after) => {
    expect(healed(Mapped, before)).toBe(after);
    expect(healed(Mapped, after)).toBe(after);
  });

  test("dropped keys are named", () => {
    expect(heal(Foo, "old = 1\nolder.x = 2\n", "f").droppedKeys).toEqual(["old", "older"]);
  });
});

describe("further tables whose fields the schema knows", () => {
  const Table = defineConfig("", {
    api_key: field(v.pipe(v.string(), secret()), "", "Key"),
    depth: field(v.pipe(v.number(), v.integer()), 5, "Depth"),
    options: field(v.record(v.string(), v.unknown()), {}, "Anything"),
  });
  const schema = defineConfig("", { api_key: field(v.string(), "", "") }, { tables: Table });

  test("are delivered with what the user set and nothing else, and stay byte for byte", () => {
    const text = `#api_key = ""\n\n# mine\n[bybit]   # b\napi_key = 'k'\n[bybit.options]\na.b = [1, 2]\n[Other]\n`;
    const { tables, text: healedText } = heal(schema, text, "f");
    expect(tables).toEqual({ bybit: { api_key: "k", options: { a: { b: [1, 2] } } }, Other: {} });
    expect(healedText).toBe(text);
  });

  test.each([
    [`[bybit]\napi_kye = "hunter2"`, "f.toml: bybit.api_kye: there is no such field"],
    [`[bybit]\napi_key = 12345678`, "f.toml: bybit.api_key: expected string, received integer"],
    [`[bybit]\ndepth = "x"`, 'f.toml: bybit.depth: expected number, received string "x"'],
    [`[[bybit]]\napi_key = "hunter2"`, "f.toml: bybit: expected table, received array"],
    [`bybit = { api_key = "hunter2" }`, "f.toml: bybit: write it as a table of its own: [bybit]"],
    [`bybit.api_key = "hunter2"`, "f.toml: bybit: write it as a table of its own: [bybit]"],
  ])("%s is refused: %s", (text, message) => {
    let caught: unknown;
    try {
      heal(schema, `${text}\n`, "f.toml");
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(ConfigError);
    expect((caught as ConfigError).message).toBe(message);
  });

  test("a schema without them delivers none, and looks into none", () => {
    expect(heal(Foo, `[bybit]\nanything = 1\n`, "f").tables).toEqual({});
  });

  test("a field cannot be called as they are delivered", () => {
    expect(() => defineConfig("", { tables: field(v.string(), "", "") }, { tables: Table })).toThrow(
      TypeError,
    );
  });
});

describe("errors name file and place, and never a secret", () => {
  const schema = defineConfig("", {
    count: field(v.pipe(v.number(), v.integer(), v.minValue(1)), 1, ""),
    mode: field(v.picklist(["fast", "slow"]), "fast", ""),
    nested: field(v.object({ inner: v.array(v.string()) }), { inner: [] }, ""),
    token: field(v.pipe(v.string(), v.minLength(20), secret()), "x".repeat(20), ""),
    rate: field(v.number(), 0.5, ""),
  });
  test.each([
    [`count = "3"`, 'f.toml: count: expected number, received string "3"'],
    [`count = 0`, "count: expected >=1, received integer 0"],
    [`count = true`, "count: expected number, received boolean true"],
    [`mode = "quick"`, `mode: expected ("fast" | "slow"), received string "quick"`],
    [`nested = { inner = ["a", 1] }`, "nested.inner.1: expected string, received integer 1"],
    [`nested = { inner = [], other = 1 }`, "nested.other: there is no such field"],
    [`token = "hunter2"`, "token: expected >=20, received string"],
    [`rate = true`, "rate: expected number, received boolean true"],
    [`count = 9007199254740993`, "f.toml"],
    [`count =`, "f.toml:1:"],
    [`a = 1\na = 2`, "f.toml:2:"],
  ])("%s", (text, message) => {
    let caught: unknown;
    try {
      heal(schema, `${text}\n`, "f.toml");
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(ConfigError);
    expect((caught as ConfigError).message).toContain(message);
    expect((caught as ConfigError).message).not.toContain("hunter2");
    expect((caught as ConfigError).exitCode).toBe(2);
  });

  test("an integer is a float where a float is wanted", () => {
    expect(heal(schema, "rate = 3\n", "f").userValues["rate"]).toBe(3);
    expect(healed(schema, "rate = 3\n")).toContain("rate = 3.0\n");
  });
});

describe("properties", () => {
  const scalars = fc.record(
    {
      text: fc.string({ unit: "binary", maxLength: 40 }).filter((text) => !/[\ud800-\udfff]/.test(text)),
      whole: fc.integer(),
      real: fc.double({ noNaN: true }),
      flag: fc.boolean(),
      list: fc.array(fc.string({ maxLength: 8 }), { maxLength: 4 }),
      map: fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.string({ maxLength: 8 }), {
        maxKeys: 4,
        noNullPrototype: true,
      }),
    },
    { requiredKeys: [] },
  );
  const schema = defineConfig("All types", {
    text: field(v.string(), "", "a text"),
    whole: field(v.pipe(v.number(), v.integer()), 0, "a whole number"),
    real: field(v.number(), 0, "a number"),
    flag: field(v.boolean(), false, "a flag"),
    list: field(v.array(v.string()), [], "a list"),
    map: field(v.record(v.string(), v.string()), {}, "a table"),
  });
  // An empty key and these names are what JavaScript objects cannot hold as they are.
  const plain = (values: Record<string, unknown>): boolean => !JSON.stringify(values).includes("__proto__");

  test("a healed file heals to itself, and holds what was set", () => {
    fc.assert(
      fc.property(scalars.filter(plain), (values) => {
        const once = renderConfig(schema, values);
        const again = heal(schema, once, "f");
        expect(again.text).toBe(once);
        for (const [key, value] of Object.entries(values)) {
          const read = again.userValues[key];
          const written =
            typeof value === "string" && value.includes("\n") && typeof read === "string"
              ? read.replace(/\n$/, "") === value.replace(/\n$/, "")
              : Bun.deepEquals(read, value) || (typeof value === "number" && Object.is(Math.abs(value), 0));
          expect(written).toBe(true);
        }
      }),
    );
  });

  test("foreign tables of any content stay as they are", () => {
    const body = fc.array(fc.tuple(fc.stringMatching(/^[a-z]{1,6}$/), fc.string({ maxLength: 20 })), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(fc.stringMatching(/^x[a-z]{1,6}$/), body, (name, pairs) => {
        const unique = new Map(pairs);
        const table = `# about ${name}\n[${name}] # [odd]\n${[...unique].map(([key, value]) => `${key} = ${quoted(value)} # '''\n`).join("")}`;
        const result = healed(schema, `flag = true\n\n${table}`);
        expect(result.endsWith(`\n\n${table}`)).toBe(true);
        expect(healed(schema, result)).toBe(result);
      }),
    );
  });
});
