/** The command line as people and shells use it. */
import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { hello, options } from "./plugins.ts";
import { binary, Sandbox } from "./pyne.ts";

describe("saying what it is", () => {
  test("pyne alone prints help and ends well", async () => {
    using box = new Sandbox();
    const { exitCode, stdout, stderr } = await box.pyne();
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("Usage: pyne COMMAND");
  });

  test("--version names version, commit, Bun and platform", async () => {
    using box = new Sandbox();
    const { stdout } = await box.pyne("--version");
    expect(stdout).toMatch(
      /^pyne \d+\.\d+\.\d+ \([0-9a-f]{7,40}(-dirty)?|development\) bun \d+\.\d+\.\d+ \w+-\w+\n$/,
    );
    expect((await box.pyne("-q", "--version")).stdout).toBe(stdout);
  });

  test.each([
    [],
    ["init"],
    ["run"],
    ["data"],
    ["data", "download"],
    ["data", "convert-from"],
    ["data", "convert-to"],
    ["data", "list"],
    ["data", "check"],
    ["data", "map"],
    ["data", "info"],
    ["schedule"],
    ...["add", "list", "remove", "run"].map((name) => ["schedule", name]),
    ["plugin"],
    ...["list", "info", "add", "remove", "update", "trust", "doctor", "new"].map((name) => ["plugin", name]),
    ["completion"],
  ])("%s %s: help has a usage line and examples, on stdout, wherever --help stands", async (...path) => {
    using box = new Sandbox();
    const page = await box.pyne(...path, "--help");
    expect([page.exitCode, page.stderr]).toEqual([0, ""]);
    expect(page.stdout).toContain(`Usage: pyne ${path.join(" ")}`.trimEnd());
    expect(page.stdout).toContain("Examples:\n");
    for (const other of [
      ["-h", ...path],
      ["help", ...path],
      [...path, "-q", "-h"],
    ])
      expect((await box.pyne(...other)).stdout).toBe(page.stdout);
  });
});

describe("mistakes exit 2 with the nearest right word, and nothing on stdout", () => {
  test.each([
    [["rnu"], `unknown command "rnu"`, "did you mean run?"],
    [["xyzzy"], `unknown command "xyzzy"`, "pyne --help lists the commands"],
    [["plugin", "lst"], `unknown command "lst" of pyne plugin`, "did you mean list?"],
    [["run", "demo", "demo", "--form", "5"], "unknown option --form", "did you mean --from?"],
    [["run", "demo", "demo", "--qiet"], "unknown option --qiet", "did you mean --quiet?"],
    [["--versoin"], "unknown option --versoin", undefined],
    [["run", "demo"], "DATA is missing", "pyne run --help"],
    [["run", "demo", "demo", "more"], `unexpected argument "more"`, undefined],
    [["run", "demo", "demo", "--plot"], "--plot needs a value", undefined],
    [["run", "demo", "demo", "--plot", "x", "--no-plot"], "contradict", undefined],
    [["run", "demo", "demo", "--from", "-5"], "counts bars back", undefined],
    [["run", "demo", "demo", "--from", "soon"], `"soon" is not a date`, undefined],
    [
      ["run", "demo", "demo", "--from", "2024-02-01", "--to", "2024-01-01"],
      "--from 2024-02-01 (2024-02-01T00:00Z) is after --to 2024-01-01 (2024-01-01T00:00Z)",
      "days back: --from 30 --to 10",
    ],
    [["run", "demo", "demo", "--from", "10", "--to", "30"], "--from 10 (", "days back"],
    [
      ["optimize", "demo", "demo", "--from", "now", "--to", "2020-01-01"],
      "is after --to 2020-01-01",
      undefined,
    ],
    [["verify", "demo", "demo", "no.csv", "--from", "2", "--to", "3"], "is after --to 3", undefined],
    [["run", "demo", "demo", "--ext", "zscor"], `no extension is called "zscor"`, "plugin list"],
    [["verify", "demo", "demo", "no.csv"], "there is no file", undefined],
    [["completion", "tcsh"], `no completion for "tcsh"`, "bash, zsh, fish"],
    [["plugin", "list", "--type", "toaster"], "provider, live, broker, cli, extension", undefined],
  ])("%j", async (words, message, hint) => {
    using box = await Sandbox.withWorkdir();
    const { exitCode, stdout, stderr } = await box.pyne(...words);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
    if (hint !== undefined) expect(stderr).toContain(hint);
  });

  test.each([
    [["check", "./nothing"], `there is no Pine script "./nothing"`, "looked for "],
    [["run", "nothing", "demo"], `there is no script "nothing"`, "workdir/scripts and "],
    [["check", "nothing"], `there is no Pine script "nothing"`, "workdir/scripts and "],
    [["schedule", "remove", "nothing"], "there is no crontab program", "nothing is scheduled without one"],
  ])("%j says where it looked", async (words, message, hint) => {
    using box = await Sandbox.withWorkdir();
    const { exitCode, stderr } = await box.pyne(...words);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(stderr.split("hint: ")[1]).toContain(hint);
  });

  test("failures that are no mistakes of typing exit 1", async () => {
    using box = await Sandbox.withWorkdir();
    for (const words of [
      ["run", "nothing", "demo"],
      ["run", "demo", "nothing"],
      ["data", "info", "nothing"],
      ["plugin", "info", "nothing"],
    ])
      expect((await box.pyne(...words)).exitCode).toBe(1);
  });

  test("a stack only with --debug", async () => {
    using box = await Sandbox.withWorkdir();
    box.write(
      "project/bad.ts",
      `import { indicator } from "pynecore";\nexport default indicator("x", {}, () => () => { throw new Error("inside"); });\n`,
    );
    const plain = await box.pyne("run", "./bad.ts", "demo");
    expect(plain.stderr).toContain("error: inside");
    expect(plain.stderr).not.toContain("    at ");
    expect((await box.pyne("run", "./bad.ts", "demo", "--debug")).stderr).toContain("    at ");
  });
});

describe("global options", () => {
  test.each([
    ["before the command", ["--workdir", "W", "run", "demo", "demo", "--json"]],
    ["between", ["plugin", "-w", "W", "list"]],
    ["after", ["run", "demo", "demo", "--json", "-w", "W"]],
    ["with =", ["run", "demo", "--workdir=W", "demo", "--json"]],
  ])("count %s", async (_name, words) => {
    using box = new Sandbox();
    const elsewhere = join(box.root, "elsewhere");
    await box.pyne("init", elsewhere);
    const outcome = await box.pyne(
      ...words.map((word) => word.replace(/^(--workdir=)?W$/, `$1${elsewhere}`)),
    );
    expect(outcome).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test("after -- they are arguments", async () => {
    using box = await Sandbox.withWorkdir();
    expect((await box.pyne("run", "demo", "--", "--quiet")).stderr).toContain(`there is no data "--quiet"`);
  });

  test("from the environment", async () => {
    using box = new Sandbox();
    const elsewhere = join(box.root, "elsewhere");
    await box.pyne("init", elsewhere);
    expect(
      (await box.pyneWith({ env: { PYNE_WORK_DIR: elsewhere } }, "run", "demo", "demo", "--json")).exitCode,
    ).toBe(0);
    const quiet = await box.pyneWith({ env: { PYNE_QUIET: "1" } }, "init", "other");
    expect([quiet.exitCode, quiet.stderr]).toEqual([0, ""]);
  });
});

describe("streams", () => {
  test("--json is one object and nothing else on stdout", async () => {
    using box = await Sandbox.withWorkdir();
    for (const words of [
      ["run", "demo", "demo"],
      ["plugin", "list"],
      ["data", "info", "demo"],
    ]) {
      const { stdout, stderr } = await box.pyne(...words, "--json");
      expect(stdout.trim().split("\n")).toHaveLength(1);
      expect(JSON.parse(stdout)).toBeObject();
      expect(stderr).toBe("");
    }
  });

  test("no colours off a terminal", async () => {
    using box = new Sandbox();
    for (const outcome of [await box.pyne("--help"), await box.pyne("rnu")])
      expect(outcome.stdout + outcome.stderr).not.toContain("\u001b");
  });

  /** Runs a command with a terminal as its stdout and stderr. */
  async function onTerminal(box: Sandbox, env: Record<string, string>, ...words: string[]): Promise<string> {
    const terminal = Bun.which("script");
    if (terminal === null) return "\u001b[skipped";
    const child = Bun.spawn([terminal, "-qec", [binary, ...words].join(" "), "/dev/null"], {
      cwd: box.folder,
      env: box.environment({ TERM: "xterm", PATH: "/usr/bin:/bin", SHELL: "/bin/sh", ...env }),
      stdin: "ignore",
      stdout: "pipe",
      stderr: "ignore",
    });
    return new Response(child.stdout).text();
  }

  test("colours on one, unless NO_COLOR says no", async () => {
    using box = new Sandbox();
    expect(await onTerminal(box, {}, "--help")).toContain("\u001b[");
    expect((await onTerminal(box, { NO_COLOR: "1" }, "--help")).replace("\u001b[skipped", "")).not.toContain(
      "\u001b[",
    );
  });

  test("a reader that goes away is no error", async () => {
    using box = await Sandbox.withWorkdir();
    const child = Bun.spawn(["/bin/sh", "-c", `"${binary}" --help | true; echo done`], {
      cwd: box.folder,
      env: box.environment({ PATH: "/usr/bin:/bin" }),
      stdout: "pipe",
      stderr: "pipe",
    });
    expect(await new Response(child.stdout).text()).toBe("done\n");
    expect(await new Response(child.stderr).text()).toBe("");
  });
});

describe("signals", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "%s during a run: whole files up to there, exit %p; what was there before is replaced as a whole",
    async (signal, code) => {
      using box = await Sandbox.withWorkdir();
      box.write(
        "project/workdir/scripts/slow.ts",
        `import { indicator } from "pynecore";
import { writeSync } from "node:fs";
export default indicator("slow", {}, (s) => () => {
  if (s.barIndex === 9000) writeSync(2, "ready\\n");
  const end = performance.now() + 0.02;
  while (performance.now() < end) {}
  s.plot("index", s.barIndex);
});
`,
      );
      const bars = Array.from(
        { length: 200_000 },
        (_, index) => `${1_600_000_000 + index * 60},1,2,0.5,1.5,3`,
      );
      box.write("project/workdir/data/many.csv", `time,open,high,low,close,volume\n${bars.join("\n")}\n`);
      await box.pyne("data", "convert-from", "workdir/data/many.csv", "--symbol", "MANY");
      const child = Bun.spawn([binary, "run", "slow", "many"], {
        cwd: box.folder,
        env: box.environment(),
        stdout: "pipe",
        stderr: "pipe",
      });
      for await (const chunk of child.stderr) if (new TextDecoder().decode(chunk).includes("ready")) break;
      child.kill(signal);
      expect(await child.exited).toBe(code);
      expect(await new Response(child.stdout).text()).toContain("plots");
      const lines = readFileSync(join(box.workdir, "output/slow.csv"), "utf8").split("\n");
      expect(lines.at(-1)).toBe("");
      expect(lines.length).toBeGreaterThan(9000);
      expect(lines.length).toBeLessThan(200_000);
      expect(lines.at(-2)!.split(",")).toHaveLength(7);
      expect(readdirSync(join(box.workdir, "output")).toSorted()).toEqual(["logs", "slow.csv"]);
    },
    30_000,
  );
});

describe("the workdir", () => {
  test("is found from a folder inside it, by its marker or its name", async () => {
    using box = await Sandbox.withWorkdir();
    const deep = join(box.workdir, "scripts/a/b");
    mkdirSync(deep, { recursive: true });
    for (const cwd of [deep, box.workdir, box.folder])
      expect((await box.pyneWith({ cwd }, "run", "demo", "demo", "--json")).exitCode).toBe(0);
  });

  test("a marker that is broken or too old does not count", async () => {
    using box = new Sandbox();
    for (const marker of ["{{{", `workdir_version = "0.9"\n`, ""]) {
      box.write("project/.pyne", marker);
      expect((await box.pyne("run", "demo", "demo")).stderr).toContain("there is no workdir here");
    }
    expect(readdirSync(box.folder)).toEqual([".pyne"]);
  });

  test("is never created without a yes", async () => {
    using box = new Sandbox();
    const refused = await box.pyne("run", "demo", "demo");
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("create it with: pyne init");
    expect(readdirSync(box.folder)).toEqual([]);
    expect((await box.pyne("--yes", "run", "demo", "demo")).exitCode).toBe(0);
  });

  test("init completes what is missing and overwrites nothing", async () => {
    using box = await Sandbox.withWorkdir();
    writeFileSync(join(box.workdir, "scripts/demo.ts"), "// mine\n");
    rmSync(join(box.workdir, "cache"), { recursive: true });
    expect((await box.pyne("init")).exitCode).toBe(0);
    expect(existsSync(join(box.workdir, "cache"))).toBe(true);
    expect(readFileSync(join(box.workdir, "scripts/demo.ts"), "utf8")).toBe("// mine\n");
    await box.pyne("init", "--recreate-demo");
    expect(readFileSync(join(box.workdir, "scripts/demo.ts"), "utf8")).not.toBe("// mine\n");
  });

  test("PYNE_DATA_DIR moves the data alone; PYNE_HOME the user's folder", async () => {
    using box = await Sandbox.withWorkdir();
    const elsewhere = join(box.root, "bars");
    mkdirSync(elsewhere);
    for (const name of ["demo.ohlcv", "demo.toml"])
      writeFileSync(
        join(elsewhere, name.replace("demo", "moved")),
        readFileSync(join(box.workdir, "data", name)),
      );
    const env = { PYNE_DATA_DIR: elsewhere, PYNE_HOME: join(box.root, "pyne-home") };
    const outcome = await box.pyneWith({ env }, "run", "demo", "moved", "--json");
    expect(outcome).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(outcome.stdout)).toMatchObject({ data: join(elsewhere, "moved.ohlcv") });
    expect(existsSync(box.pyneHome)).toBe(false);
  });

  test("keeps the stack of an unexpected error, and forgets it at the next start", async () => {
    using box = await Sandbox.withWorkdir();
    const log = join(box.workdir, "output/logs/error.log");
    box.write(
      "project/workdir/scripts/bad.ts",
      `import { indicator } from "pynecore";\nexport default indicator("x", {}, () => () => { throw new TypeError("inside"); });\n`,
    );
    expect((await box.pyne("run", "bad", "demo")).exitCode).toBe(1);
    expect(readFileSync(log, "utf8")).toContain("TypeError: inside");
    expect((await box.pyne("run", "demo", "demo")).exitCode).toBe(0);
    expect(existsSync(log)).toBe(false);
  });

  test("the demo is 2,000 daily bars from 2020, the same everywhere", async () => {
    using box = await Sandbox.withWorkdir();
    const { stdout } = await box.pyne("data", "info", "demo", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      bars: 2000,
      from: "2020-01-01T00:00:00.000Z",
      timeframe: "1D",
    });
    const demo = readFileSync(join(box.workdir, "data/demo.ohlcv"));
    expect(Bun.SHA256.hash(demo, "hex")).toBe(
      Bun.SHA256.hash(readFileSync(join(await anotherDemo(box), "demo.ohlcv")), "hex"),
    );
  });

  async function anotherDemo(box: Sandbox): Promise<string> {
    await box.pyne("init", "second");
    return join(box.folder, "second/data");
  }
});

describe("completion", () => {
  const words = async (box: Sandbox, ...typed: string[]): Promise<string[]> =>
    (await box.pyne("completion", "words", "--", ...typed)).stdout
      .trim()
      .split("\n")
      .map((line) => line.split("\t")[0]!);

  test("commands, their children, options; those of plugins too", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin("hello", hello, { pyne: { plugins: { hello: "./src/index.ts#HelloPlugin" } } });
    box.plugin("flags", options(`{ maxBars: { type: "string", description: "At most" } }`));
    expect(await words(box, "")).toEqual([
      "init",
      "run",
      "verify",
      "optimize",
      "check",
      "compile",
      "data",
      "broker",
      "schedule",
      "plugin",
      "completion",
      "hello",
    ]);
    expect(await words(box, "pl")).toEqual(["plugin"]);
    expect(await words(box, "plugin", "re")).toEqual(["remove"]);
    expect(await words(box, "hello", "")).toEqual(["greet"]);
    expect(await words(box, "run", "--m")).toEqual(["--max-bars"]);
    expect(await words(box, "run", "--qu")).toEqual(["--quiet"]);
    expect(await words(box, "run", "zzz")).toEqual([""]);
  });

  test("bash completes in a real shell", async () => {
    using box = new Sandbox();
    const bash = Bun.which("bash");
    expect(bash).not.toBeNull();
    mkdirSync(join(box.root, "bin"));
    writeFileSync(join(box.root, "bin/pyne"), `#!/bin/sh\nexec "${binary}" "$@"\n`);
    chmodSync(join(box.root, "bin/pyne"), 0o755);
    const script = `eval "$(pyne completion bash)"; COMP_WORDS=(pyne plugin re); COMP_CWORD=2; _pyne; echo "\${COMPREPLY[*]}"`;
    const child = Bun.spawn([bash!, "-c", script], {
      cwd: box.folder,
      env: box.environment({ PATH: join(box.root, "bin") }),
      stdout: "pipe",
      stderr: "pipe",
    });
    expect(await new Response(child.stdout).text()).toBe("remove\n");
  });

  test.each(["zsh", "fish"])("%s has a script", async (shell) => {
    using box = new Sandbox();
    expect((await box.pyne("completion", shell)).stdout).toContain("pyne completion words");
  });
});

test("nothing of pyne's own is readable by others where secrets may be", async () => {
  using box = await Sandbox.withWorkdir();
  expect(statSync(join(box.workdir, "config/plugins")).mode & 0o077).toBe(0);
});
