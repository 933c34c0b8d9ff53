/** The acceptance table of the plugin system, row by row, against the compiled binary. */
import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, statSync } from "node:fs";
import { join } from "node:path";

import { foo, hello, options, printer } from "./plugins.ts";
import { Sandbox } from "./pyne.ts";

const helloManifest = { pyne: { plugins: { hello: "./src/index.ts#HelloPlugin" } } };

describe("commands of a plugin", () => {
  test("hello: add the package, greet", async () => {
    using box = new Sandbox();
    box.write(
      "project/pynecore-hello/package.json",
      JSON.stringify({
        name: "pynecore-hello",
        version: "0.1.0",
        description: "Greets people",
        type: "module",
        peerDependencies: { pynecore: ">=1.0 <2" },
        ...helloManifest,
      }),
    );
    box.write("project/pynecore-hello/src/index.ts", hello);
    const added = await box.pyne("plugin", "add", "./pynecore-hello");
    expect(added).toMatchObject({ exitCode: 0 });
    expect(added.stdout).toContain("hello");
    expect(await box.pyne("hello", "greet", "PyneCore")).toMatchObject({
      exitCode: 0,
      stdout: "Hello, PyneCore!\n",
    });
    expect(await box.pyne("hello", "greet")).toMatchObject({ exitCode: 0, stdout: "Hello, World!\n" });
  });

  test("a group without a command: usage, an error, exit 2", async () => {
    using box = new Sandbox();
    box.plugin("hello", hello, helloManifest);
    const bare = await box.pyne("hello");
    expect(bare.exitCode).toBe(2);
    expect(bare.stderr).toContain("no command");
    expect(bare.stdout + bare.stderr).toContain("greet");
    const help = await box.pyne("hello", "--help");
    expect(help.exitCode).toBe(0);
    expect(help.stdout).toContain("Greeting commands");
    expect(help.stdout).toContain("greet");
  });

  test("a single file dropped into the folder is a plugin", async () => {
    using box = new Sandbox();
    box.write(join(box.pyneHome, "plugins/hi.ts"), hello.replace("export class", "export default class"));
    const list = await box.pyne("plugin", "list");
    expect(list.exitCode).toBe(0);
    expect(list.stdout).toMatch(/^\s*hi\s.*v0\.0\.0.*\[cli\]/m);
  });

  test("a name equal to a built-in command: warning, the built-in unchanged", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin("run", hello, { pyne: { plugins: { run: "./src/index.ts#HelloPlugin" } } });
    const help = await box.pyne("run", "--help");
    expect(help.exitCode).toBe(0);
    expect(help.stdout).toContain("SCRIPT");
    expect(help.stderr).toContain('"run"');
  });
});

describe("options that plugins add to run", () => {
  const verbose = `{ verbose: { type: "boolean", alias: "V", default: false, description: "Say more" } }`;

  test("are shown in help", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin("talk", options(verbose));
    const help = await box.pyne("run", "--help");
    expect(help.stdout).toMatch(/-V, --verbose\s+Say more/);
  });

  test.each([
    ["given", ["-V"], true],
    ["by default", [], false],
  ] as const)("are delivered to an extension: %s", async (_name, args, expected) => {
    using box = await Sandbox.withWorkdir();
    box.plugin("talk", printer(verbose));
    const run = await box.pyne("run", "demo", "demo", "--ext", "talk", ...args);
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain(`params {"verbose":${expected}}`);
  });

  const count = `{ count: { type: "string", default: "1", description: "How many",
    parse: (text) => { if (!/^\\d+$/.test(text)) throw new Error("a whole number, not " + text); return Number(text); } } }`;

  test("with parse: the value is what parse made of it", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin("talk", printer(count));
    expect((await box.pyne("run", "demo", "demo", "--ext", "talk", "--count", "7")).stderr).toContain(
      '{"count":7}',
    );
    const wrong = await box.pyne("run", "demo", "demo", "--ext", "talk", "--count", "x");
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain("a whole number, not x");
  });

  test("with choices: a value outside them exits 2", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin("talk", printer(`{ tone: { type: "enum", options: ["soft", "loud"], default: "soft" } }`));
    expect((await box.pyne("run", "demo", "demo", "--ext", "talk", "--tone", "loud")).exitCode).toBe(0);
    const wrong = await box.pyne("run", "demo", "demo", "--ext", "talk", "--tone", "shrill");
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain("soft");
  });

  test.each([
    ["a core option", `{ from: { type: "string" } }`, "--from"],
    ["a core short option", `{ other: { type: "string", alias: "f" } }`, "-f"],
    ["a negated core option", `{ "no-plot": { type: "boolean" } }`, "--no-plot"],
    ["help", `{ help: { type: "boolean" } }`, "--help"],
    ["a global option", `{ workdir: { type: "string" } }`, "--workdir"],
  ] as const)("clash with %s: one warning, the command works", async (_name, body, option) => {
    using box = await Sandbox.withWorkdir();
    box.plugin("clash", options(body));
    const run = await box.pyne("run", "demo", "demo");
    expect(run.exitCode).toBe(0);
    const warnings = run.stderr.split("\n").filter((line) => line.includes("clash") && line.includes(option));
    expect(warnings).toHaveLength(1);
    expect((await box.pyne("run", "--help")).stdout).toContain("SCRIPT");
  });

  test("two plugins with one option: the second is refused, the first works", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin("aaa", printer(verbose));
    box.plugin("bbb", printer(verbose));
    const run = await box.pyne("run", "demo", "demo", "--ext", "aaa", "-V");
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain('params {"verbose":true}');
    expect(
      run.stderr.split("\n").filter((line) => line.includes("bbb") && line.includes("--verbose")),
    ).toHaveLength(1);
  });
});

describe("names", () => {
  test("two packages declare one name: both are shown, neither is used, others work", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin("dup", foo());
    box.plugin("other", foo(), { name: "pynecore-other", pyne: { plugins: { dup: "./src/index.ts" } } });
    box.plugin("hello", hello, helloManifest);
    const list = await box.pyne("plugin", "list");
    expect(list.exitCode).toBe(0);
    expect(list.stdout.match(/!\s*dup/g)).toHaveLength(2);
    const json = JSON.parse((await box.pyne("plugin", "list", "--json")).stdout) as {
      plugins: { name: string; conflict: boolean }[];
    };
    expect(json.plugins.filter((plugin) => plugin.name === "dup").map((plugin) => plugin.conflict)).toEqual([
      true,
      true,
    ]);
    const info = await box.pyne("plugin", "info", "dup");
    expect(info.exitCode).toBe(1);
    expect(info.stdout + info.stderr).toContain("pynecore-dup");
    expect(info.stdout + info.stderr).toContain("pynecore-other");
    const download = await box.pyne("data", "download", "dup:X@1D");
    expect(download.exitCode).toBe(2);
    expect(download.stderr).toContain("pynecore-dup");
    expect(download.stderr).toContain("pynecore-other");
    expect((await box.pyne("hello", "greet")).stdout).toBe("Hello, World!\n");
    expect(existsSync(join(box.workdir, "config/plugins/dup.toml"))).toBe(false);
  });

  test("a plugin that is not there: the providers are listed, no package is suggested", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin("foo", foo());
    const missing = await box.pyne("data", "download", "nope:X@1D");
    expect(missing.exitCode).toBe(2);
    expect(missing.stderr).toContain("foo");
    expect(missing.stderr).not.toMatch(/plugin add|npm|pynecore-nope/);
  });

  test("a single-broker provider has no list of brokers", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin("foo", foo());
    const brokers = await box.pyne("data", "download", "foo", "--list-brokers");
    expect(brokers.exitCode).toBe(1);
    expect(
      brokers.stderr
        .trim()
        .split("\n")
        .filter((line) => line.startsWith("error")),
    ).toHaveLength(1);
  });

  test("a multi-broker provider lists its brokers, sorted and aligned", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin(
      "many",
      `
import { ProviderPlugin } from "pynecore/plugin";
export default class extends ProviderPlugin {
  static override timeframes = { "1D": "day" };
  static override multiBroker = true;
  static override getListOfBrokers() {
    return Promise.resolve([{ id: "OKX", name: "OKX" }, { id: "BYBIT", name: "Bybit" }]);
  }
  getAvailableSymbols() { return Promise.resolve(["X"]); }
  getSymbolInfo(): never { throw new Error("none"); }
  async *download() {}
}`,
    );
    const brokers = await box.pyne("data", "download", "many", "--list-brokers");
    expect(brokers).toMatchObject({ exitCode: 0, stdout: "BYBIT  Bybit\nOKX    OKX\n" });
  });
});

describe("broken and unwanted plugins", () => {
  test.each([
    ["throws at import", `throw new Error("boom");`, "boom"],
    ["exports nothing", `export {};`, "export"],
    ["exports something else", `export default class {}`, "plugin class"],
    ["has a syntax error", `export default class {`, ""],
    ["imports what is not there", `import "not-there-at-all"; export default 1;`, "not-there-at-all"],
    [
      "lacks a required member",
      `import { ProviderPlugin } from "pynecore/plugin"; export default class extends ProviderPlugin {}`,
      "getSymbolInfo",
    ],
  ] as const)("one that %s is shown as failed and stops nobody else", async (_name, source, reason) => {
    using box = await Sandbox.withWorkdir();
    box.plugin("broken", source);
    box.plugin("hello", hello, helloManifest);
    const list = await box.pyne("plugin", "list");
    expect(list.exitCode).toBe(0);
    expect(list.stdout).toMatch(/broken.*failed to load/);
    expect(list.stdout).toContain(reason);
    expect(list.stdout).toMatch(/hello/);
    expect((await box.pyne("run", "demo", "demo")).exitCode).toBe(0);
    expect((await box.pyne("hello", "greet")).exitCode).toBe(0);
  });

  test("one that loops for ever at import is given up after a named time", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin("forever", `while (true) {}`);
    const env = { PYNE_PLUGIN_LOAD_TIMEOUT: "1" };
    const list = await box.pyneWith({ env }, "plugin", "list");
    expect(list.exitCode).toBe(0);
    expect(list.stdout).toMatch(/forever.*failed to load.*1 s/);
    expect((await box.pyneWith({ env }, "run", "demo", "demo")).exitCode).toBe(0);
  }, 120_000);

  test("a run that needs no plugin loads none", async () => {
    using box = await Sandbox.withWorkdir();
    const marker = join(box.root, "loaded");
    box.plugin(
      "lazy",
      `
import { appendFileSync } from "node:fs";
appendFileSync(${JSON.stringify(marker)}, "x");
${hello}`,
      { pyne: { plugins: { lazy: "./src/index.ts#HelloPlugin" } } },
    );
    expect((await box.pyne("plugin", "list")).exitCode).toBe(0);
    expect(existsSync(marker)).toBe(true);
    const before = box.read("loaded");
    expect((await box.pyne("run", "demo", "demo")).exitCode).toBe(0);
    expect(box.read("loaded")).toBe(before);
  });

  test("one made for another version is refused, and the list names the range", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin("hello", hello, { ...helloManifest, peerDependencies: { pynecore: ">=99" } });
    expect((await box.pyne("plugin", "list")).stdout).toContain(">=99");
    expect((await box.pyne("hello", "greet")).exitCode).not.toBe(0);
    const skipped = await box.pyneWith({ env: { PYNE_SKIP_PLUGIN_VERSION_CHECK: "1" } }, "hello", "greet");
    expect(skipped).toMatchObject({ exitCode: 0, stdout: "Hello, World!\n" });
  });

  test("one in an untrusted workdir is noticed, not loaded; trust loads it", async () => {
    using box = await Sandbox.withWorkdir();
    box.write(join(box.workdir, "plugins/hi.ts"), hello.replace("export class", "export default class"));
    const before = await box.pyne("plugin", "list");
    expect(before.stdout).not.toMatch(/^\s*hi\s/m);
    expect(before.stderr).toContain("pyne plugin trust");
    expect((await box.pyne("hi", "greet")).exitCode).toBe(2);
    expect((await box.pyne("--yes", "plugin", "trust")).exitCode).toBe(0);
    expect((await box.pyne("hi", "greet")).stdout).toBe("Hello, World!\n");
    expect(existsSync(join(box.workdir, "trusted.json"))).toBe(false);
  });
});

const born = `# Foo provider

# API key for authentication
#api_key = ""

# Use sandbox environment
#use_sandbox = false
`;

describe("configuration heals itself", () => {
  const config = (box: Sandbox) => join(box.workdir, "config/plugins/foo.toml");

  test("birth: the first command after installation writes it, readable by its owner only", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin("foo", foo());
    expect((await box.pyne("run", "demo", "demo")).exitCode).toBe(0);
    expect(box.read(config(box))).toBe(born);
    expect(statSync(config(box)).mode & 0o777).toBe(0o600);
  });

  test("twice is the same: bytes and time", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin("foo", foo());
    await box.pyne("data", "download", "foo", "--list-symbols");
    const first = statSync(config(box)).mtimeMs;
    expect(await box.pyne("data", "download", "foo", "--list-symbols")).toMatchObject({
      exitCode: 0,
      stdout: "X\n",
    });
    expect(statSync(config(box)).mtimeMs).toBe(first);
    expect(box.read(config(box))).toBe(born);
  });

  test.each([
    [
      "a set value survives",
      born.replace('#api_key = ""', 'api_key = "k1"'),
      undefined,
      born.replace('#api_key = ""', 'api_key = "k1"'),
    ],
    [
      "a new field appears commented",
      born,
      `
  api_key: field(v.string(), "", "API key for authentication"),
  use_sandbox: field(v.boolean(), false, "Use sandbox environment"),
  depth: field(v.pipe(v.number(), v.integer()), 5, "Levels"),`,
      `${born}\n# Levels\n#depth = 5\n`,
    ],
    [
      "a removed field disappears",
      born.replace("#use_sandbox = false", "use_sandbox = true"),
      `
  api_key: field(v.string(), "", "API key for authentication"),`,
      `# Foo provider\n\n# API key for authentication\n#api_key = ""\n`,
    ],
    [
      "a foreign table stays as it is, with its comment",
      `${born}\n# my overrides\n[binance]\nx   = 1 # odd\n`,
      undefined,
      `${born}\n# my overrides\n[binance]\nx   = 1 # odd\n`,
    ],
  ] as const)("%s", async (_name, before, fields, after) => {
    using box = await Sandbox.withWorkdir();
    box.write(config(box), before);
    box.plugin("foo", foo(fields));
    expect((await box.pyne("data", "download", "foo", "--list-symbols")).exitCode).toBe(0);
    expect(box.read(config(box))).toBe(after);
  });

  test("a header comment does not double a table", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin("foo", foo(`symbol_map: field(v.record(v.string(), v.string()), {}, "Map"),`));
    box.write(config(box), `[symbol_map] # note\n"A" = "B"\n`);
    expect((await box.pyne("data", "download", "foo", "--list-symbols")).exitCode).toBe(0);
    expect(box.read(config(box)).match(/symbol_map/g)).toHaveLength(1);
    expect(Bun.TOML.parse(box.read(config(box)))).toEqual({ symbol_map: { A: "B" } });
  });

  test.each([
    ["a wrong type", `use_sandbox = "yes"\n`, "use_sandbox"],
    ["bad TOML", `# x\n\napi_key =\n`, "3"],
    ["a tab in a key", `api\tkey = "x"\n`, "1"],
    ["10 MB", `api_key = "${"x".repeat(10_000_000)}"\n`, "large"],
  ] as const)("%s: exit 2 with file and place, the file untouched", async (_name, text, place) => {
    using box = await Sandbox.withWorkdir();
    box.plugin("foo", foo());
    box.write(config(box), text);
    const outcome = await box.pyne("data", "download", "foo", "--list-symbols");
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr).toContain("foo.toml");
    expect(outcome.stderr).toContain(place);
    expect(box.read(config(box))).toBe(text);
  });

  test("a pasted key of several lines survives", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin(
      "foo",
      foo(`pem: field(v.pipe(v.string(), multiline()), "", "Private key"),`).replace(
        "field, v",
        "field, multiline, v",
      ),
    );
    const text = `# Foo provider\n\n# Private key\npem = '''\n-----BEGIN-----\nab\\c\n-----END-----\n'''\n`;
    box.write(config(box), text);
    expect((await box.pyne("data", "download", "foo", "--list-symbols")).exitCode).toBe(0);
    expect(box.read(config(box))).toBe(text);
  });

  test("the environment overrides and is never written", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin(
      "foo",
      foo().replace('return Promise.resolve(["X"])', "return Promise.resolve([this.config.api_key])"),
    );
    const outcome = await box.pyneWith(
      { env: { PYNE_CONFIG_FOO_API_KEY: "from-env" } },
      "data",
      "download",
      "foo",
      "--list-symbols",
    );
    expect(outcome.stdout).toBe("from-env\n");
    expect(box.read(config(box))).toBe(born);
  });

  test("a read-only folder stops nothing that needs nothing from it", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin("foo", foo());
    chmodSync(join(box.workdir, "config/plugins"), 0o500);
    const outcome = await box.pyne("data", "download", "foo", "--list-symbols");
    chmodSync(join(box.workdir, "config/plugins"), 0o700);
    expect(outcome).toMatchObject({ exitCode: 0, stdout: "X\n" });
  });
});

describe("extensions", () => {
  const counter = `
import { ExtensionPlugin } from "pynecore/plugin";
export default class extends ExtensionPlugin {
  bars = 0; ends = 0;
  override onBar() { this.bars++; }
  override onEnd(ctx) { this.ends++; console.error("bars " + this.bars + " ends " + this.ends + " " + ctx.reason); }
}`;

  test("see every bar once and the end once", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin("counter", counter);
    const run = await box.pyne("run", "demo", "demo", "--ext", "counter");
    expect(run.exitCode).toBe(0);
    const rows = box.read(join(box.workdir, "output/demo.csv")).trim().split("\n").length - 1;
    expect(run.stderr.match(/bars \d+ ends \d+ \w+/g)).toEqual([`bars ${rows} ends 1 completed`]);
  });

  test("do nothing unless they are switched on", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin("counter", counter);
    expect((await box.pyne("run", "demo", "demo")).stderr).not.toContain("bars ");
    box.write(join(box.workdir, "config/extensions.toml"), `enabled = ["counter"]\n`);
    expect((await box.pyne("run", "demo", "demo")).stderr).toContain("ends 1");
    expect((await box.pyne("run", "demo", "demo", "--no-ext")).stderr).not.toContain("bars ");
  });

  test("a hook that throws: one error line, the run finishes", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin(
      "weak",
      `
import { ExtensionPlugin } from "pynecore/plugin";
export default class extends ExtensionPlugin {
  override onBar(ctx) { if (ctx.barIndex >= 5) throw new Error("cannot count"); }
}`,
    );
    const run = await box.pyne("run", "demo", "demo", "--ext", "weak");
    expect(run.exitCode).toBe(0);
    expect(run.stderr.split("\n").filter((line) => line.includes("cannot count"))).toHaveLength(1);
    expect(existsSync(join(box.workdir, "output/demo.csv"))).toBe(true);
  });

  test("may veto a run, add a column, and lend a function to scripts", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin(
      "veto",
      `
import { ExtensionPlugin } from "pynecore/plugin";
export default class extends ExtensionPlugin { override onScriptStart() { throw new Error("not on a Sunday"); } }`,
    );
    const vetoed = await box.pyne("run", "demo", "demo", "--ext", "veto");
    expect(vetoed.exitCode).toBe(1);
    expect(vetoed.stderr).toContain("not on a Sunday");

    box.plugin(
      "twice",
      `
import { ExtensionPlugin, defineFunction } from "pynecore/plugin";
export default class extends ExtensionPlugin {
  static override lib = { double: defineFunction({ args: { x: "float" }, returns: "float", call: (_state, { x }) => 2 * x }) };
  override onBar(ctx) { ctx.plot("Extra", ctx.barIndex); }
}`,
    );
    box.write(
      join(box.workdir, "scripts/twice.ts"),
      `
import { ext, indicator } from "pynecore";
export default indicator("Twice", {}, (s) => {
  const doubled = ext.twice.double(s.close);
  return () => s.plot("Double", doubled.now);
});`,
    );
    const run = await box.pyne("run", "twice", "demo", "--ext", "twice");
    expect(run).toMatchObject({ exitCode: 0 });
    const [header, first] = box.read(join(box.workdir, "output/twice.csv")).split("\n");
    expect(header).toBe("time,open,high,low,close,volume,Double,Extra");
    const cells = first!.split(",").map(Number);
    expect(cells[6]).toBe(2 * cells[4]!);
    expect(cells[7]).toBe(0);
  });
});
