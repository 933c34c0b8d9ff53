/** Installing, updating and removing plugins: folders, tarballs, and a real registry on loopback. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { hello } from "./plugins.ts";
import { binary, Sandbox } from "./pyne.ts";

/** Writes a hello package below the sandbox's folder. */
function helloPackage(
  box: Sandbox,
  version: string,
  greeting = "Hello",
  folder = "project/pynecore-hello",
): string {
  const path = join(box.root, folder);
  box.write(
    join(path, "package.json"),
    JSON.stringify({
      name: "pynecore-hello",
      version,
      description: "Greets people",
      type: "module",
      files: ["src"],
      peerDependencies: { pynecore: ">=1.0 <2" },
      scripts: {
        postinstall: `touch ${join(box.root, "script-ran")}`,
        prepack: `touch ${join(box.root, "script-ran")}`,
      },
      pyne: { plugins: { hello: "./src/index.ts#HelloPlugin" } },
    }),
  );
  box.write(join(path, "src/index.ts"), hello.replace("Hello, ", `${greeting}, `));
  return path;
}

/** A tarball of a folder, made by the executable itself. */
async function pack(box: Sandbox, folder: string): Promise<string> {
  const child = Bun.spawn(
    [binary, "pm", "pack", "--ignore-scripts", "--quiet", "--destination", box.folder],
    {
      cwd: folder,
      env: { ...box.environment(), BUN_BE_BUN: "1" },
      stdout: "pipe",
      stderr: "ignore",
    },
  );
  const name = (await new Response(child.stdout).text()).trim().split("\n").at(-1)!;
  await child.exited;
  return join(box.folder, name.split("/").at(-1)!);
}

const installed = (box: Sandbox): string[] => {
  const path = join(box.pyneHome, "plugins/node_modules");
  return existsSync(path) ? readdirSync(path).filter((name) => !name.startsWith(".")) : [];
};

describe("a folder", () => {
  test("is copied: what happens to it later changes nothing; its scripts never run", async () => {
    using box = new Sandbox();
    const folder = helloPackage(box, "0.1.0");
    const added = await box.pyne("plugin", "add", "./pynecore-hello");
    expect(added).toMatchObject({ exitCode: 0, stdout: "hello   pynecore-hello v0.1.0   [cli]\n" });
    rmSync(folder, { recursive: true });
    expect((await box.pyne("hello", "greet", "A")).stdout).toBe("Hello, A!\n");
    expect(existsSync(join(box.root, "script-ran"))).toBe(false);
  });

  test("is linked with --link: edits take effect at once, removing leaves the folder", async () => {
    using box = new Sandbox();
    const folder = helloPackage(box, "0.1.0");
    expect((await box.pyne("plugin", "add", "--link", "./pynecore-hello")).exitCode).toBe(0);
    expect((await box.pyne("hello", "greet")).stdout).toBe("Hello, World!\n");
    helloPackage(box, "0.1.0", "Good day");
    expect((await box.pyne("hello", "greet")).stdout).toBe("Good day, World!\n");
    expect(await box.pyne("plugin", "remove", "hello")).toMatchObject({ exitCode: 0 });
    expect(existsSync(join(folder, "package.json"))).toBe(true);
    expect((await box.pyne("hello", "greet")).exitCode).toBe(2);
  });

  test.each([
    ["is no package", undefined, "no package.json"],
    ["has a package.json that is not JSON", "{ nope", "not JSON"],
    ["declares no plugins", `{"name":"x","version":"1.0.0"}`, "no plugins"],
    [
      "has a bad plugin name",
      `{"name":"x","version":"1.0.0","pyne":{"plugins":{"Bad":"./a.ts"}}}`,
      "not a plugin name",
    ],
    [
      "has an entry outside",
      `{"name":"x","version":"1.0.0","pyne":{"plugins":{"ok":"../../a.ts"}}}`,
      "leaves its package",
    ],
    [
      "is for another version",
      `{"name":"x","version":"1.0.0","peerDependencies":{"pynecore":">=99"},"pyne":{"plugins":{"ok":"./a.ts"}}}`,
      ">=99",
    ],
  ] as const)("that %s is refused, and nothing changes", async (_name, manifest, reason) => {
    using box = new Sandbox();
    helloPackage(box, "0.1.0");
    await box.pyne("plugin", "add", "./pynecore-hello");
    const before = readFileSync(join(box.pyneHome, "plugins/package.json"), "utf8");
    box.write("project/wrong/README.md", "x");
    if (manifest !== undefined) box.write("project/wrong/package.json", manifest);
    const refused = await box.pyne("plugin", "add", "./wrong");
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain(reason);
    expect(readFileSync(join(box.pyneHome, "plugins/package.json"), "utf8")).toBe(before);
    expect(installed(box)).toEqual(["pynecore-hello"]);
    expect((await box.pyne("hello", "greet")).exitCode).toBe(0);
    expect(readdirSync(box.pyneHome).filter((name) => name.includes("staging"))).toEqual([]);
  });

  test("that is not there, and a name no registry would have", async () => {
    using box = new Sandbox();
    expect((await box.pyne("plugin", "add", "./nothing")).stderr).toContain("there is no");
    expect((await box.pyne("plugin", "add", "git+ssh://somewhere/x")).stderr).toContain(
      "cannot be installed",
    );
    expect((await box.pyne("plugin", "add")).exitCode).toBe(2);
  });
});

describe("a tarball", () => {
  test("installs on an empty PATH", async () => {
    using box = new Sandbox();
    const tarball = await pack(box, helloPackage(box, "0.1.0"));
    expect(await box.pyne("plugin", "add", tarball)).toMatchObject({ exitCode: 0 });
    rmSync(tarball);
    expect((await box.pyne("hello", "greet")).stdout).toBe("Hello, World!\n");
  });

  /** One tar entry. */
  function entry(name: string, content: string, type = "0", link = ""): Buffer {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write("0000644\0", 100);
    header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write("        ", 148);
    header.write(type, 156);
    header.write(link, 157);
    header.write("ustar\0" + "00", 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return Buffer.concat([header, Buffer.from(content.padEnd(Math.ceil(content.length / 512) * 512, "\0"))]);
  }

  const manifest = JSON.stringify({
    name: "pynecore-evil",
    version: "1.0.0",
    pyne: { plugins: { evil: "./a.ts" } },
  });
  test.each([
    ["a path with ..", [entry("package/../../../escaped.txt", "out")], "leads out"],
    ["an absolute path", [entry("/tmp/escaped.txt", "out")], "leads out"],
    ["a symbolic link", [entry("package/a.ts", "", "2", "/etc/passwd")], "link"],
    ["a hard link", [entry("package/a.ts", "", "1", "/etc/passwd")], "link"],
  ] as const)("with %s is refused as a whole", async (_name, entries, reason) => {
    using box = new Sandbox();
    const tar = Buffer.concat([entry("package/package.json", manifest), ...entries, Buffer.alloc(1024)]);
    const path = join(box.folder, "evil.tgz");
    writeFileSync(path, Bun.gzipSync(tar));
    const refused = await box.pyne("plugin", "add", "./evil.tgz");
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain(reason);
    expect(installed(box)).toEqual([]);
    expect(existsSync(join(box.root, "escaped.txt"))).toBe(false);
  });

  test("that is none", async () => {
    using box = new Sandbox();
    box.write("project/x.tgz", "not a tarball at all");
    expect((await box.pyne("plugin", "add", "./x.tgz")).stderr).toContain("no tarball");
  });
});

test("two additions at once: both are there", async () => {
  using box = new Sandbox();
  helloPackage(box, "0.1.0");
  box.write(
    "project/second/package.json",
    JSON.stringify({
      name: "pynecore-second",
      version: "1.0.0",
      type: "module",
      pyne: { plugins: { second: "./i.ts" } },
    }),
  );
  box.write("project/second/i.ts", hello.replace("export class", "export default class"));
  const outcomes = await Promise.all([
    box.pyne("plugin", "add", "./pynecore-hello"),
    box.pyne("plugin", "add", "./second"),
  ]);
  expect(outcomes.map((outcome) => outcome.exitCode)).toEqual([0, 0]);
  expect(installed(box).toSorted()).toEqual(["pynecore-hello", "pynecore-second"]);
});

describe("what lies in the plugin folders", () => {
  test("a folder that is no package, a broken manifest, a file with a bad name: listed as failed, exit 0", async () => {
    using box = new Sandbox();
    box.write(join(box.pyneHome, "plugins/nothing/readme.txt"), "x");
    box.write(join(box.pyneHome, "plugins/broken/package.json"), "{ nope");
    box.write(join(box.pyneHome, "plugins/Bad.ts"), "export default 1;");
    const list = await box.pyne("plugin", "list", "--json");
    expect(list.exitCode).toBe(0);
    const { errors } = JSON.parse(list.stdout) as { errors: { name: string; error: string }[] };
    expect(Object.fromEntries(errors.map(({ name, error }) => [name, error.split(" (")[0]]))).toEqual({
      nothing: "is not a package: it has no package.json",
      broken: "package.json is not JSON",
      Bad: '"Bad" is not a plugin name: a lower-case letter, then 1 to 31 of a-z, 0-9, _ and -',
    });
    expect((await box.pyne("plugin", "doctor")).exitCode).toBe(1);
  });

  test("a link out of a trusted workdir's plugins is not followed", async () => {
    using box = await Sandbox.withWorkdir();
    const outside = join(box.root, "outside");
    box.write(
      join(outside, "package.json"),
      JSON.stringify({ name: "pynecore-out", pyne: { plugins: { out: "./i.ts" } } }),
    );
    box.write(
      join(outside, "i.ts"),
      `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(join(box.root, "ran"))}, "");`,
    );
    mkdirSync(join(box.workdir, "plugins"), { recursive: true });
    symlinkSync(outside, join(box.workdir, "plugins/out"));
    symlinkSync(join(outside, "i.ts"), join(box.workdir, "plugins/single.ts"));
    await box.pyne("--yes", "plugin", "trust");
    const list = await box.pyne("plugin", "list");
    expect(list.stdout).toContain("outside the plugin folder");
    expect(existsSync(join(box.root, "ran"))).toBe(false);
  });
});

describe("a registry", () => {
  const folder = mkdtempSync(join(tmpdir(), "pyne-registry-"));
  let server: Bun.Subprocess | undefined;
  let url = "";

  beforeAll(async () => {
    const free = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    url = `http://127.0.0.1:${free.port}`;
    free.stop(true);
    writeFileSync(
      join(folder, "config.yaml"),
      [
        `storage: ${join(folder, "storage")}`,
        "auth:",
        "  htpasswd:",
        `    file: ${join(folder, "users")}`,
        "packages:",
        "  '**':",
        "    access: $all",
        "    publish: $all",
        "    unpublish: $all",
        "log: { type: stdout, format: json, level: fatal }",
        "",
      ].join("\n"),
    );
    const verdaccio = join(import.meta.dir, "../../node_modules/verdaccio/bin/verdaccio");
    server = Bun.spawn(
      [process.execPath, verdaccio, "--config", join(folder, "config.yaml"), "--listen", url],
      {
        cwd: folder,
        env: { ...process.env, HOME: folder },
        stdout: "ignore",
        stderr: "ignore",
      },
    );
    const answers = (): Promise<boolean> =>
      fetch(`${url}/-/ping`).then(
        (response) => response.ok,
        () => false,
      );
    while (!(await answers())) {
      if (server.exitCode !== null) throw new Error(`the registry ended with ${server.exitCode}`);
      await Bun.sleep(50);
    }
  }, 120_000);

  afterAll(() => {
    server?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  async function publish(box: Sandbox, version: string, greeting: string): Promise<void> {
    const path = helloPackage(box, version, greeting, `publish-${version}`);
    box.write(join(path, ".npmrc"), `//${url.slice(7)}/:_authToken=nobody\n`);
    const child = Bun.spawn([binary, "publish", "--ignore-scripts", `--registry=${url}`], {
      cwd: path,
      env: { ...box.environment(), BUN_BE_BUN: "1" },
      stdout: "pipe",
      stderr: "pipe",
    });
    const errors = await new Response(child.stderr).text();
    if ((await child.exited) !== 0) throw new Error(errors);
  }

  test("publish, add, run, publish a newer one, update, remove", async () => {
    using box = await Sandbox.withWorkdir();
    await publish(box, "0.1.0", "Hello");
    const add = await box.pyne("plugin", "add", "pynecore-hello", "--registry", url);
    expect(add).toMatchObject({ exitCode: 0, stdout: "hello   pynecore-hello v0.1.0   [cli]\n" });
    expect((await box.pyne("hello", "greet", "PyneCore")).stdout).toBe("Hello, PyneCore!\n");

    await publish(box, "0.2.0", "Good morning");
    expect((await box.pyne("hello", "greet")).stdout).toBe("Hello, World!\n");
    const update = await box.pyne("plugin", "update", "hello", "--registry", url);
    expect(update).toMatchObject({
      exitCode: 0,
      stdout: "hello   pynecore-hello v0.2.0 (was 0.1.0)   [cli]\n",
    });
    expect((await box.pyne("hello", "greet")).stdout).toBe("Good morning, World!\n");

    expect(await box.pyne("plugin", "remove", "hello")).toMatchObject({
      exitCode: 0,
      stdout: "removed pynecore-hello\n",
    });
    expect((await box.pyne("hello", "greet")).exitCode).toBe(2);
    expect(installed(box)).toEqual([]);
    expect(existsSync(join(box.root, "script-ran"))).toBe(false);
  }, 120_000);

  test("a range is kept by update; an unknown name is one line", async () => {
    using box = new Sandbox();
    await publish(box, "1.4.0", "Newer").catch(() => {});
    expect((await box.pyne("plugin", "add", "pynecore-hello@^0.1", "--registry", url)).stdout).toContain(
      "v0.1.0",
    );
    expect((await box.pyne("plugin", "update", "--registry", url)).stdout).toContain("v0.1.0");
    const unknown = await box.pyne("plugin", "add", "pynecore-nobody-has-this", "--registry", url);
    expect(unknown.exitCode).toBe(1);
    expect(
      unknown.stderr
        .trim()
        .split("\n")
        .filter((line) => line.startsWith("error")),
    ).toHaveLength(1);
    expect(installed(box)).toEqual(["pynecore-hello"]);
  }, 120_000);
});

describe("a new project", () => {
  test.each(["cli", "extension", "provider", "live", "broker"] as const)(
    "%s: types hold, its test passes, it installs",
    async (kind) => {
      using box = await Sandbox.withWorkdir();
      expect((await box.pyne("plugin", "new", "fresh", "--kind", kind)).exitCode).toBe(0);
      const project = join(box.folder, "pynecore-fresh");
      const bun = async (...args: string[]): Promise<{ code: number; output: string }> => {
        const child = Bun.spawn([binary, ...args], {
          cwd: project,
          env: { ...box.environment(), BUN_BE_BUN: "1" },
          stdout: "pipe",
          stderr: "pipe",
        });
        const output = (await new Response(child.stdout).text()) + (await new Response(child.stderr).text());
        return { code: await child.exited, output };
      };
      expect(await bun("check", "--no-script", "--no-pretty")).toMatchObject({ code: 0 });
      expect(await bun("test")).toMatchObject({ code: 0 });
      expect((await box.pyne("plugin", "add", "--link", "./pynecore-fresh")).exitCode).toBe(0);
      const info = await box.pyne("plugin", "info", "fresh");
      expect(info.exitCode).toBe(0);
      expect(info.stdout).toContain(kind === "live" || kind === "broker" ? `provider, live` : kind);
      // The types are real ones: a mistake is found.
      writeFileSync(
        join(project, "src/wrong.ts"),
        `import { ProviderError } from "pynecore/plugin"; export const x: number = new ProviderError("x").message;\n`,
      );
      expect((await bun("check", "--no-script", "--no-pretty")).output).toContain("TS2322");
    },
    30_000,
  );

  test("a provider that breaks its contract fails its own test", async () => {
    using box = new Sandbox();
    await box.pyne("plugin", "new", "fresh", "--kind", "provider");
    const project = join(box.folder, "pynecore-fresh");
    const source = readFileSync(join(project, "src/index.ts"), "utf8");
    writeFileSync(join(project, "src/index.ts"), source.replace("minmove: 1,", "minmove: 2,"));
    const child = Bun.spawn([binary, "test"], {
      cwd: project,
      env: { ...box.environment(), BUN_BE_BUN: "1" },
      stdout: "ignore",
      stderr: "pipe",
    });
    expect(await new Response(child.stderr).text()).toContain("info-tick: mintick is 0.01, 2 / 100 is 0.02");
    expect(await child.exited).toBe(1);
  }, 120_000);

  test("refuses a folder that holds something, and a bad name", async () => {
    using box = new Sandbox();
    box.write("project/pynecore-x1/keep.txt", "mine");
    expect((await box.pyne("plugin", "new", "x1")).exitCode).toBe(1);
    expect(readdirSync(join(box.folder, "pynecore-x1"))).toEqual(["keep.txt"]);
    expect((await box.pyne("plugin", "new", "Upper")).exitCode).toBe(2);
    expect((await box.pyne("plugin", "new", "x1", "--kind", "toaster")).stderr).toContain(
      "provider, live, broker",
    );
  });
});
