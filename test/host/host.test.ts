/** Manifests, ranges, catalogs, option rules and trust, without loading anything. */
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { PyneArg } from "../../src/api/cli-args.ts";
import { type Candidate, catalogOf, type PluginRoot } from "../../src/host/candidate.ts";
import { scanRoot } from "../../src/host/discovery.ts";
import { parseManifest } from "../../src/host/manifest.ts";
import { acceptOptions } from "../../src/host/surface.ts";
import { isTrusted, setTrust, trustedWorkdirs } from "../../src/host/trust.ts";
import { compareVersions, minimumVersion, satisfiesRange } from "../../src/host/version-range.ts";

describe("a manifest", () => {
  const manifest = (plugins: unknown, rest: object = {}): ReturnType<typeof parseManifest> =>
    parseManifest(JSON.stringify({ name: "pynecore-x", version: "1.2.3", pyne: { plugins }, ...rest }));

  test.each([
    ["a file", "./a.ts", { entry: "./a.ts", exportName: "default" }],
    ["a file and an export", "./a.ts#Foo", { entry: "./a.ts", exportName: "Foo" }],
    ["the long form", { entry: "./a.ts", export: "Foo" }, { entry: "./a.ts", exportName: "Foo" }],
    ["a folder with a hash", "./a#b/a.ts#Foo", { entry: "./a#b/a.ts", exportName: "Foo" }],
  ])("%s", (_name, value, expected) => {
    expect(manifest({ foo: value }).plugins).toMatchObject([{ name: "foo", ...expected }]);
  });

  test("hints", () => {
    const { hints } = manifest({
      foo: {
        entry: "./a.ts",
        capabilities: ["cli", "flying"],
        commands: ["run"],
        displayName: "Foo!",
        summary: "s",
      },
    }).plugins[0]!;
    expect(hints).toEqual({ capabilities: ["cli"], commands: ["run"], displayName: "Foo!", summary: "s" });
  });

  test.each([
    ["peerDependencies first", { peerDependencies: { pynecore: ">=1" }, engines: { pyne: ">=2" } }, ">=1"],
    ["then engines", { engines: { pyne: ">=2" } }, ">=2"],
    ["else any", {}, null],
  ])("the range of hosts: %s", (_name, rest, range) => {
    expect(manifest({ foo: "./a.ts" }, rest).range).toBe(range);
  });

  test.each([
    ["an upper-case name", { Foo: "./a.ts" }, "not a plugin name"],
    ["one letter", { f: "./a.ts" }, "not a plugin name"],
    ["33 letters", { ["f".repeat(33)]: "./a.ts" }, "not a plugin name"],
    ["a digit first", { "1a": "./a.ts" }, "not a plugin name"],
    ["no entry", { foo: {} }, "has no entry file"],
    ["a number", { foo: 1 }, "has no entry file"],
    ["an entry above", { foo: "../a.ts" }, "leaves its package"],
    ["an absolute entry", { foo: "/a.ts" }, "leaves its package"],
    ["a drive", { foo: "C:\\a.ts" }, "leaves its package"],
  ])("%s is a problem of that plugin alone", (_name, plugins, problem) => {
    const result = manifest({ ...plugins, good: "./b.ts" });
    expect(result.plugins.map(({ name }) => name)).toEqual(["good"]);
    expect(result.problems[0]?.message).toContain(problem);
  });

  test.each([
    ["{ nope", "is not JSON"],
    ["[]", "is not an object"],
    ["{}", "has no name"],
    [`{"name":"x"}`, "declares no plugins"],
  ])("%s %s", (text, reason) => {
    expect(() => parseManifest(text)).toThrow(reason);
  });
});

describe("ranges", () => {
  test.each([
    ["1.0.0", ">=1.0 <2", true],
    ["2.0.0", ">=1.0 <2", false],
    ["1.0.0", ">=99", false],
    ["1.0.0", "*", true],
    ["1.0.0", null, true],
    ["1.0.0-beta.1", ">=1.0", true],
    ["6.10.0", ">=6.9.0", true],
  ])("%s in %p: %p", (version, range, expected) => {
    expect(satisfiesRange(version, range)).toBe(expected);
  });
  test.each([
    [">=1.0 <2", "1.0"],
    [">=6.9.0 >=6.10.0", "6.10.0"],
    ["^1.2.3", "1.2.3"],
    ["<2", null],
    ["!=1.5 >=1.4", "1.4"],
    [null, null],
  ])("the smallest version of %p is %p", (range, minimum) => {
    expect(minimumVersion(range)).toBe(minimum);
  });
  test("versions compare by number", () => {
    expect(["6.10.0", "6.9", "6.9.1", "10"].toSorted(compareVersions)).toEqual([
      "6.9",
      "6.9.1",
      "6.10.0",
      "10",
    ]);
  });
});

describe("names", () => {
  const candidate = (
    name: string,
    packageName: string,
    root: PluginRoot = "user",
    entry = "./a.ts",
  ): Candidate => ({
    name,
    packageName,
    root,
    entry,
    exportName: "default",
    hints: {},
    version: "1.0.0",
    description: "",
    range: null,
    folder: "",
    entryPath: "",
    manifestPath: "",
  });

  test("one package in two roots is one plugin; the highest root wins and tells what it hides", () => {
    const [entry] = catalogOf([
      candidate("foo", "pynecore-foo", "built-in"),
      candidate("foo", "pynecore-foo", "workdir"),
      candidate("foo", "pynecore-foo", "user"),
    ]);
    expect(entry?.candidates.map(({ root }) => root)).toEqual(["workdir"]);
    expect(entry?.shadows.map(({ root }) => root)).toEqual(["user", "built-in"]);
  });

  test("two packages are a conflict, in the order of package and entry, whatever order they were found in", () => {
    const [entry] = catalogOf([
      candidate("foo", "b"),
      candidate("foo", "a"),
      candidate("foo", "c", "workdir"),
    ]);
    expect(entry?.candidates.map(({ packageName }) => packageName)).toEqual(["a", "b", "c"]);
  });

  test("names ascend", () => {
    expect(catalogOf([candidate("b", "b"), candidate("a", "a")]).map(({ name }) => name)).toEqual(["a", "b"]);
  });
});

describe("options of plugins", () => {
  const taken = {
    keys: ["script", "data", "timeFrom", "noPlot"],
    spellings: ["--from", "-f", "--no-plot", "--no-no-plot"],
    globals: ["--workdir", "-w", "--quiet", "-q"],
  };
  const offer = (
    plugin: string,
    options: Record<string, PyneArg>,
  ): Parameters<typeof acceptOptions>[2][number] => ({
    plugin,
    options: Object.fromEntries(
      Object.entries(options).map(([key, argument]) => [key, { argument, hasParse: false }]),
    ),
  });
  const text: PyneArg = { type: "string" };
  const flag: PyneArg = { type: "boolean" };

  test.each<[rule: string, options: Record<string, PyneArg>, reason: string]>([
    ["1 a key of the command", { timeFrom: text }, "is an argument of pyne run"],
    ["1 the name of a positional", { script: text }, "is an argument of pyne run"],
    ["3 a long option of the command", { from: text }, "--from belongs to pyne run"],
    ["3 a letter of the command", { first: { ...text, alias: "f" } }, "-f belongs to pyne run"],
    ["3 a long alias", { first: { ...text, alias: ["from"] } }, "--from belongs to pyne run"],
    ["5 the negation of a flag", { plot: flag }, "--no-plot belongs to pyne run"],
    ["5 a negated name", { "no-plot": flag }, "--no-plot belongs to pyne run"],
    ["6 help", { help: flag }, "--help belongs to pyne (reserved"],
    ["6 -h", { hush: { ...flag, alias: "h" } }, "-h belongs to pyne (reserved"],
    ["6 version", { version: flag }, "--version belongs to pyne (reserved"],
    ["7 a global option", { workdir: text }, "--workdir belongs to pyne (a global option)"],
    ["7 a global letter", { world: { ...text, alias: "w" } }, "-w belongs to pyne (a global option)"],
    ["9 a name of one letter", { x: text }, "must match"],
    ["9 an upper-case name", { Xyz: text }, "must match"],
    ["9 a bad alias", { xyz: { ...text, alias: "1" } }, "neither one letter nor a name"],
    ["10 a positional", { xyz: { type: "positional" } }, "a positional cannot be added"],
    ["10 a required flag", { xyz: { ...flag, required: true } }, "a flag cannot be required"],
    ["10 a repeatable flag", { xyz: { ...flag, multiple: true } }, "a flag cannot be repeatable"],
    ["10 a default outside", { xyz: { type: "enum", options: ["a"], default: "b" } }, `"b" is not among`],
  ])("rule %s: refused with plugin, option and command", (_rule, options, reason) => {
    const { accepted, warnings } = acceptOptions("run", taken, [offer("foo", { ...options, fine: text })]);
    expect(accepted.map(({ key }) => key)).toEqual(["fine"]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`plugin "foo": the option --`);
    expect(warnings[0]).toContain(`"pyne run"`);
    expect(warnings[0]).toContain(reason);
  });

  test.each<[rule: string, second: Record<string, PyneArg>, reason: string]>([
    ["2 the same key", { maxBars: text }, '--max-bars belongs to plugin "aaa"'],
    ["2 the same key in another spelling", { "max-bars": text }, '--max-bars belongs to plugin "aaa"'],
    ["4 the same letter", { other: { ...text, alias: "m" } }, '-m belongs to plugin "aaa"'],
    ["4 its negation", { "no-loud": text }, '--no-loud belongs to plugin "aaa"'],
  ])("rule %s of an earlier plugin: the second is refused", (_rule, second, reason) => {
    const first = offer("aaa", { maxBars: { ...text, alias: "m" }, loud: flag });
    for (const order of [
      [first, offer("bbb", second)],
      [offer("bbb", second), first],
    ]) {
      const { accepted, warnings } = acceptOptions("run", taken, order);
      expect(accepted.map(({ plugin }) => plugin)).toEqual(["aaa", "aaa"]);
      expect(warnings.join()).toContain(reason);
    }
  });
});

describe("folders", () => {
  const inFolder = (action: (folder: string) => void): void => {
    const folder = mkdtempSync(join(tmpdir(), "pyne-host-"));
    try {
      action(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  const put = (path: string, text: string): void => {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  };
  const manifest = (name: string, plugin: string): string =>
    JSON.stringify({ name, version: "1.0.0", pyne: { plugins: { [plugin]: "./i.ts" } } });

  test("dependencies, then folders, then single files; hidden and foreign things are nothing", () => {
    inFolder((folder) => {
      put(join(folder, "package.json"), JSON.stringify({ dependencies: { dep: "1", missing: "1" } }));
      put(join(folder, "node_modules/dep/package.json"), manifest("dep", "from-dep"));
      put(join(folder, "node_modules/transitive/package.json"), manifest("transitive", "never"));
      put(join(folder, "sub/package.json"), manifest("sub", "from-sub"));
      put(join(folder, "single.ts"), "");
      put(join(folder, "types.d.ts"), "");
      put(join(folder, ".hidden/package.json"), manifest("hidden", "never"));
      put(join(folder, "notes.txt"), "");
      const { candidates, problems } = scanRoot(folder, "user", false);
      expect(candidates.map(({ name }) => name)).toEqual(["from-dep", "from-sub", "single"]);
      expect(candidates.at(-1)).toMatchObject({
        version: "0.0.0",
        packageName: "single",
        exportName: "default",
      });
      expect(problems).toEqual([]);
    });
  });

  test("a missing folder is an empty one", () => {
    expect(scanRoot("/nowhere/at/all", "user", false)).toEqual({ candidates: [], problems: [] });
  });

  test("an entry that is a link out of its package is refused in every root", () => {
    inFolder((folder) => {
      put(join(folder, "secret.ts"), "");
      put(join(folder, "root/sub/package.json"), manifest("sub", "evil"));
      symlinkSync(join(folder, "secret.ts"), join(folder, "root/sub/i.ts"));
      const { candidates, problems } = scanRoot(join(folder, "root"), "user", false);
      expect(candidates).toEqual([]);
      expect(problems[0]?.message).toContain("outside its package");
    });
  });

  test("trust is of the real folder, lives elsewhere, and can be taken back", () => {
    inFolder((folder) => {
      const [file, workdir, alias] = [
        join(folder, "trust.json"),
        join(folder, "work"),
        join(folder, "alias"),
      ];
      mkdirSync(workdir);
      symlinkSync(workdir, alias);
      expect(isTrusted(file, workdir)).toBe(false);
      expect(setTrust(file, alias, true)).toBe(true);
      expect(setTrust(file, workdir, true)).toBe(false);
      expect([isTrusted(file, workdir), isTrusted(file, alias), isTrusted(file, folder)]).toEqual([
        true,
        true,
        false,
      ]);
      expect(existsSync(join(workdir, "trust.json"))).toBe(false);
      expect(setTrust(file, workdir, false)).toBe(true);
      expect(trustedWorkdirs(file)).toEqual([]);
      writeFileSync(file, "{ broken");
      expect(isTrusted(file, workdir)).toBe(false);
    });
  });
});
