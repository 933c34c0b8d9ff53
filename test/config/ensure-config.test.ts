/** Configuration on disk: caching, modes, overrides, other processes, folders and disks that take no writes. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";

import { defineConfig, field, secret } from "../../src/api/config/fields.ts";
import { ensureConfig, type EnsureConfigOptions, resetConfigCache } from "../../src/config/ensure-config.ts";
import { ConfigError } from "../../src/kernel/errors.ts";

const Foo = defineConfig("Foo", {
  api_key: field(v.pipe(v.string(), secret()), "", "Key"),
  retries: field(v.pipe(v.number(), v.integer()), 3, "Times"),
  map: field(v.record(v.string(), v.string()), {}, "Map"),
});

let folder = "";
let warnings: string[] = [];
let options: EnsureConfigOptions;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pyne-config-"));
  warnings = [];
  options = { lock: join(folder, "lock.sqlite"), warn: (message) => warnings.push(message) };
  resetConfigCache();
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});
const file = (): string => join(folder, "config", "foo.toml");
const write = (text: string, mode = 0o600): void => {
  mkdirSync(join(folder, "config"), { recursive: true });
  writeFileSync(file(), text, { mode });
  chmodSync(file(), mode);
};
const modeOf = (path: string): number => statSync(path).mode & 0o777;

test("the file is born for its owner only, in a folder for its owner only", () => {
  const values = ensureConfig(Foo, file(), options);
  expect({ ...values }).toEqual({ api_key: "", retries: 3, map: {} });
  expect(modeOf(file())).toBe(0o600);
  expect(modeOf(join(folder, "config"))).toBe(0o700);
  expect(readdirSync(join(folder, "config"))).toEqual(["foo.toml"]);
});

test("values are frozen to the bottom, and defaults belong to one configuration alone", () => {
  const values = ensureConfig(Foo, file(), options);
  expect(() => Object.assign(values.map, { a: "b" })).toThrow();
  expect(ensureConfig(Foo, join(folder, "other.toml"), options).map).not.toBe(values.map);
});

test("the second call does no reading; another path or schema is another configuration", () => {
  const first = ensureConfig(Foo, file(), options);
  write("retries = 9\n");
  expect(ensureConfig(Foo, file(), options)).toBe(first);
  const Sub = defineConfig("Sub", { ...Foo.entries, extra: field(v.boolean(), true, "") });
  expect({ ...ensureConfig(Sub, file(), options) }).toMatchObject({ retries: 9, extra: true });
  resetConfigCache();
  expect(ensureConfig(Foo, file(), options).retries).toBe(9);
});

test("unknown keys are dropped with one warning that names them", () => {
  write("old = 1\nretries = 2\n");
  ensureConfig(Foo, file(), options);
  expect(warnings).toEqual([`${file()}: unknown keys were removed: old`]);
});

describe("modes", () => {
  test("a stricter one is kept", () => {
    write("retries = 2\n", 0o400);
    ensureConfig(Foo, file(), options);
    expect(modeOf(file())).toBe(0o400);
  });
  test("a looser one over a secret is tightened with a warning that does not show it", () => {
    write(`api_key = "hunter2"\n`, 0o644);
    ensureConfig(Foo, file(), options);
    resetConfigCache();
    chmodSync(file(), 0o644);
    ensureConfig(Foo, file(), options);
    expect(modeOf(file())).toBe(0o600);
    expect(warnings.join()).toContain("could be read by others (mode 644)");
    expect(warnings.join()).not.toContain("hunter2");
  });
});

describe("the environment", () => {
  const env = {
    PYNE_CONFIG_MY_FOO_API_KEY: "k",
    PYNE_CONFIG_MY_FOO_RETRIES: "5",
    PYNE_CONFIG_MY_FOO_MAP: "{}",
  };
  test("replaces scalars and is never written", () => {
    const values = ensureConfig(Foo, file(), { ...options, name: "my-foo", env });
    expect({ ...values }).toEqual({ api_key: "k", retries: 5, map: {} });
    expect(readFileSync(file(), "utf8")).not.toContain("5");
  });
  test("is validated, the variable named, the secret not shown", () => {
    const wrong = { PYNE_CONFIG_FOO_RETRIES: "many" };
    expect(() => ensureConfig(Foo, file(), { ...options, name: "foo", env: wrong })).toThrow(
      "PYNE_CONFIG_FOO_RETRIES",
    );
  });
});

describe("further tables", () => {
  const Venue = defineConfig("", {
    api_key: field(v.pipe(v.string(), secret()), "", "Key"),
    key: field(v.string(), "", "Another key"),
    depth: field(v.pipe(v.number(), v.integer()), 5, "Depth"),
  });
  const Many = defineConfig("Many", { api_key: field(v.string(), "", "Key") }, { tables: Venue });

  test("there are none in a new file", () => {
    expect(ensureConfig(Many, file(), options).tables).toEqual({});
  });

  test("are frozen; variables replace and add values and are never written", () => {
    write(`[By-Bit]\napi_key = "file"\ndepth = 7\n`);
    const env = {
      PYNE_CONFIG_MY_MANY_API_KEY: "top",
      PYNE_CONFIG_MY_MANY_BY_BIT_API_KEY: "hunter2",
      PYNE_CONFIG_MY_MANY_OKX_DEPTH: "3",
      PYNE_CONFIG_MY_MANY_OKX_NOTHING: "3",
      PYNE_CONFIG_MY_MANY_KEY: "no table",
    };
    const values = ensureConfig(Many, file(), { ...options, name: "my-many", env });
    expect(values).toEqual({
      api_key: "top",
      tables: { "By-Bit": { api_key: "hunter2", depth: 7 }, okx: { depth: 3 } },
    });
    expect(() => Object.assign(values.tables["okx"]!, { depth: 4 })).toThrow();
    expect(readFileSync(file(), "utf8")).not.toContain("hunter2");
    resetConfigCache();
    const wrong = { PYNE_CONFIG_MANY_OKX_DEPTH: "deep" };
    expect(() => ensureConfig(Many, file(), { ...options, name: "many", env: wrong })).toThrow(
      "PYNE_CONFIG_MANY_OKX_DEPTH: okx.depth: expected number",
    );
  });

  test("a secret in one of them tightens the file's mode", () => {
    ensureConfig(Many, file(), options);
    const text = `${readFileSync(file(), "utf8")}\n[bybit]\napi_key = "hunter2"\n`;
    write(text, 0o644);
    resetConfigCache();
    ensureConfig(Many, file(), options);
    expect(modeOf(file())).toBe(0o600);
    expect(readFileSync(file(), "utf8")).toBe(text);
    expect(warnings.join()).not.toContain("hunter2");
  });
});

describe("what cannot be written or read", () => {
  test("a wrong value: the file is untouched, to the byte and the time", () => {
    write(`retries = "x"\n# mine\n`);
    const before = statSync(file(), { bigint: true }).mtimeNs;
    expect(() => ensureConfig(Foo, file(), options)).toThrow(ConfigError);
    expect(readFileSync(file(), "utf8")).toBe(`retries = "x"\n# mine\n`);
    expect(statSync(file(), { bigint: true }).mtimeNs).toBe(before);
  });

  test("ten megabytes are refused before they are parsed", () => {
    write(`a = "${"x".repeat(10 * 1024 * 1024)}"\n`);
    expect(() => ensureConfig(Foo, file(), options)).toThrow("too large");
  });

  test("a folder in place of the file", () => {
    mkdirSync(file(), { recursive: true });
    expect(() => ensureConfig(Foo, file(), options)).toThrow("cannot be read");
  });

  test("a folder that cannot be made: the values are there all the same, with a warning", () => {
    writeFileSync(join(folder, "config"), "a file in the way");
    const path = join(folder, "config", "foo.toml");
    expect(() => ensureConfig(Foo, path, options)).not.toThrow();
    expect(warnings.join()).toContain("could not be brought up to date");
  });
});

test("four processes healing one file 200 times each leave it whole", async () => {
  write(`retries = 7\nold = 1\n\n# mine\n[binance]\nx = 1\n`);
  const worker = join(folder, "worker.ts");
  const source = join(import.meta.dir, "../../src");
  writeFileSync(
    worker,
    `import { ensureConfig, resetConfigCache } from ${JSON.stringify(join(source, "config/ensure-config.ts"))};
import { defineConfig, field } from ${JSON.stringify(join(source, "api/config/fields.ts"))};
import * as v from ${JSON.stringify(Bun.resolveSync("valibot", source))};
const [file, lock, extra] = process.argv.slice(2);
for (let turn = 0; turn < 200; turn++) {
  resetConfigCache();
  const schema = defineConfig("Foo", {
    retries: field(v.pipe(v.number(), v.integer()), 3, "Times"),
    // Every turn another schema, so that every turn writes.
    ["field_" + extra + (turn % 2)]: field(v.string(), "", "A field"),
  });
  const values = ensureConfig(schema, file, { lock });
  if (values.retries !== 7) throw new Error("lost the user's value in turn " + turn);
}
`,
  );
  const children = [0, 1, 2, 3].map((id) =>
    Bun.spawn([process.execPath, worker, file(), options.lock, String(id)], {
      stderr: "pipe",
      stdout: "ignore",
    }),
  );
  for (const child of children) {
    const [code, errors] = await Promise.all([child.exited, new Response(child.stderr).text()]);
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
  }
  const text = readFileSync(file(), "utf8");
  expect(text).toStartWith("# Foo\n\n# Times\nretries = 7\n");
  expect(text).toEndWith("\n\n# mine\n[binance]\nx = 1\n");
  expect(readdirSync(join(folder, "config"))).toEqual(["foo.toml"]);
}, 120_000);
