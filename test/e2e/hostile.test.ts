/** Circumstances nobody wants: full disks, foreign folders, many processes, plugins that misbehave. */
import { describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { foo, hello, options, printer } from "./plugins.ts";
import { Sandbox } from "./pyne.ts";

/** A command of a plugin that reads its own configuration and one more. */
const reader = `
import { CLIPlugin, defineConfig, ensureConfig, field, v } from "pynecore/plugin";
import { defineCommand } from "citty";
const Config = defineConfig("Reader", { greeting: field(v.string(), "Hi", "What to say"), times: field(v.number(), 1, "How often") });
const Other = defineConfig("Another file", { depth: field(v.number(), 5, "Depth") });
export default class extends CLIPlugin {
  static override Config = Config;
  static override cli() {
    return defineCommand({
      meta: { name: "reader", description: "Reads" },
      subCommands: {
        own: defineCommand({ meta: { name: "own", description: "own" }, run: ({ data }) => console.log(data.config.greeting + " " + data.config.times) }),
        other: defineCommand({ meta: { name: "other", description: "other" }, run: () => console.log(JSON.stringify(ensureConfig(Other, "other.toml"))) }),
      },
    });
  }
}
`;

describe("a disk that is full", () => {
  /** Mounts a file system of a few kilobytes, or says that this machine does not let us. */
  function mounted(folder: string): boolean {
    mkdirSync(folder, { recursive: true });
    return Bun.spawnSync(["/bin/mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], {
      stderr: "ignore",
    }).success;
  }

  test("loses nothing: the old file is whole, no half-written one is left, the command works with what it read", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin("reader", reader);
    const config = join(box.workdir, "config/plugins");
    const path = join(config, "reader.toml");
    if (!mounted(config)) return console.warn("skipped: no right to mount a tmpfs");
    try {
      writeFileSync(path, `greeting = "Moin"\nunknown = 1\n`);
      const before = readFileSync(path, "utf8");
      try {
        writeFileSync(join(config, "filler"), "x".repeat(1024 * 1024));
      } catch {
        // Full is what it should be.
      }
      const { exitCode, stdout, stderr } = await box.pyne("reader", "own");
      expect([exitCode, stdout]).toEqual([0, "Moin 1\n"]);
      expect(stderr).toContain("could not be brought up to date: ENOSPC");
      expect(readFileSync(path, "utf8")).toBe(before);
      expect(readdirSync(config).toSorted()).toEqual(["filler", "reader.toml"]);
      rmSync(join(config, "filler"));
      expect((await box.pyne("reader", "own")).exitCode).toBe(0);
      expect(readFileSync(path, "utf8")).toStartWith("# Reader\n");
    } finally {
      Bun.spawnSync(["/bin/umount", config]);
    }
  });

  test("leaves the results of an earlier run, and says which file could not be written", async () => {
    using box = await Sandbox.withWorkdir();
    const output = join(box.workdir, "output");
    rmSync(output, { recursive: true });
    if (!mounted(output)) return console.warn("skipped: no right to mount a tmpfs");
    try {
      await box.pyne("run", "demo", "demo", "--from", "2025-06-01");
      const before = readFileSync(join(output, "demo.csv"), "utf8");
      const { exitCode, stderr } = await box.pyne("run", "demo", "demo");
      expect(exitCode).toBe(1);
      expect(stderr).toContain("demo.csv");
      expect(stderr).toContain("ENOSPC");
      expect(readFileSync(join(output, "demo.csv"), "utf8")).toBe(before);
      expect(readdirSync(output).filter((name) => name.includes("tmp"))).toEqual([]);
    } finally {
      Bun.spawnSync(["/bin/umount", output]);
    }
  });
});

test("two processes healing one file 200 times between them: the user's value survives, the file is whole", async () => {
  using box = await Sandbox.withWorkdir();
  box.plugin("reader", reader);
  const path = join(box.workdir, "config/plugins/reader.toml");
  const spoiled = `unknown = 1\ntimes = 7\n\n# mine\n[table]\nx = 1\n`;
  await box.pyne("reader", "own");
  /** As an editor saves: whole. A file written in place could be read when half of it is there. */
  const spoil = (who: string): void => renameSync(box.write(who, spoiled), path);
  const turns = async (who: string): Promise<void> => {
    for (let turn = 0; turn < 100; turn++) {
      spoil(who);
      const { exitCode, stdout, stderr } = await box.pyne("reader", "own");
      expect([exitCode, stdout, stderr.includes("error")]).toEqual([0, "Hi 7\n", false]);
    }
  };
  await Promise.all([turns("one"), turns("two")]);
  await box.pyne("reader", "own");
  expect(readFileSync(path, "utf8")).toBe(
    `# Reader\n\n# What to say\n#greeting = "Hi"\n\n# How often\ntimes = 7.0\n\n# mine\n[table]\nx = 1\n`,
  );
  const left = readdirSync(join(box.workdir, "config/plugins"));
  expect(left.filter((name) => name.includes("reader") || !name.endsWith(".toml"))).toEqual(["reader.toml"]);
}, 120_000);

describe("configuration that a plugin reads by hand", () => {
  test("is created and healed like its own", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin("reader", reader);
    expect((await box.pyne("reader", "other")).stdout).toBe(`{"depth":5}\n`);
    const path = join(box.folder, "other.toml");
    expect(readFileSync(path, "utf8")).toBe("# Another file\n\n# Depth\n#depth = 5.0\n");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    writeFileSync(path, "depth = true\n");
    const refused = await box.pyne("reader", "other");
    expect([refused.exitCode, refused.stderr]).toEqual([
      2,
      expect.stringContaining("other.toml: depth: expected number"),
    ]);
  });
});

describe("options that plugins add to data download", () => {
  test("are shown in its help and reach the provider", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin(
      "foo",
      foo().replace(
        `getAvailableSymbols() { return Promise.resolve(["X"]); }`,
        `static override cliParams(path) { return path === "data download" ? { depth: { type: "string", default: "3", description: "How deep" } } : {}; }
  getAvailableSymbols() { return Promise.resolve(["depth " + this.pluginParams.depth]); }`,
      ),
    );
    expect((await box.pyne("data", "download", "--help")).stdout).toContain("How deep");
    expect((await box.pyne("run", "--help")).stdout).not.toContain("How deep");
    expect((await box.pyne("data", "download", "foo:X", "--list-symbols")).stdout).toBe("depth 3\n");
    expect((await box.pyne("data", "download", "foo:X", "--list-symbols", "--depth", "9")).stdout).toBe(
      "depth 9\n",
    );
  });
});

describe("hints of a manifest", () => {
  test("that contradict the class: a warning in plugin list, and the class wins", async () => {
    using box = new Sandbox();
    box.plugin("flags", options(`{ maxBars: { type: "string" } }`), {
      pyne: { plugins: { flags: { entry: "./src/index.ts", capabilities: ["provider"] } } },
    });
    const { stdout, stderr } = await box.pyne("plugin", "list");
    expect(stdout).toMatch(/flags .*\[cli\]/);
    expect(stderr).toContain(`plugin "flags": the manifest says [provider], the class is [cli]`);
  });
});

describe("plugins that misbehave", () => {
  test.each([
    ["exits while it is imported", "process.exit(7);"],
    [
      "prints while it is imported",
      `console.log("noise"); console.error("noise");\n${hello.replace("export class", "export default class")}`,
    ],
    ["is killed while it is imported", "process.kill(process.pid, 'SIGKILL');"],
    [
      "rejects a promise nobody waits for",
      `void Promise.reject(new Error("lost"));\n${hello.replace("export class", "export default class")}`,
    ],
  ])("one that %s spoils no other command", async (_name, source) => {
    using box = await Sandbox.withWorkdir();
    box.plugin("rude", source);
    const run = await box.pyne("run", "demo", "demo", "--json");
    expect(run.exitCode).toBe(0);
    expect(JSON.parse(run.stdout)).toBeObject();
    expect((await box.pyne("plugin", "list")).exitCode).toBe(0);
  });

  test("a version check can be switched off, with a warning", async () => {
    using box = new Sandbox();
    box.plugin("hello", hello.replace("export class", "export default class"), {
      peerDependencies: { pynecore: ">=99" },
    });
    expect((await box.pyne("hello", "greet")).exitCode).toBe(1);
    const outcome = await box.pyneWith({ env: { PYNE_SKIP_PLUGIN_VERSION_CHECK: "1" } }, "hello", "greet");
    expect(outcome).toMatchObject({ exitCode: 0, stdout: "Hello, World!\n" });
    expect(outcome.stderr).toContain(">=99");
  });
});

describe("a foreign folder", () => {
  test("cannot change the process: no .env, no bunfig, no tsconfig, no package.json of it is obeyed", async () => {
    using box = await Sandbox.withWorkdir();
    box.write("project/.env", "PYNE_QUIET=banana\nPYNE_HOME=/nowhere\n");
    box.write("project/bunfig.toml", `preload = ["./evil.ts"]\n`);
    box.write("project/evil.ts", `await Bun.write(${JSON.stringify(join(box.root, "ran"))}, "x");`);
    box.write("project/package.json", "{ broken");
    box.write("project/tsconfig.json", "{ broken");
    expect((await box.pyne("run", "demo", "demo")).exitCode).toBe(0);
    expect(existsSync(join(box.root, "ran"))).toBe(false);
  });

  test("a secret never appears: not in errors, not in lists, not with --debug", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin(
      "foo",
      foo(
        `\n  api_key: field(v.pipe(v.string(), v.minLength(99)), "", "Key"),\n  token: field(v.pipe(v.string(), v.minLength(99), secret()), "", "Token"),`,
      ).replace("defineConfig,", "defineConfig, secret,"),
    );
    box.plugin("printer", printer(`{ verbose: { type: "boolean" } }`));
    box.write("project/workdir/config/plugins/foo.toml", `token = "hunter2"\n`);
    for (const words of [
      ["data", "download", "foo:X", "--list-symbols", "--debug"],
      ["plugin", "doctor", "--debug"],
      ["plugin", "info", "foo"],
      ["run", "demo", "demo", "--ext", "printer", "--debug"],
    ]) {
      const { stdout, stderr } = await box.pyne(...words);
      expect(stdout + stderr).not.toContain("hunter2");
    }
  });
});
