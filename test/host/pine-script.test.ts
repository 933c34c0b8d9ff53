import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { ScriptModule } from "../../src/api/script/declaration.ts";
import { librariesIn } from "../../src/host/pine-libraries.ts";
import { PineMemory, sha256 } from "../../src/host/pine-memory.ts";
import { loadPine } from "../../src/host/pine-script.ts";

const root = mkdtempSync(join(tmpdir(), "pyne-test-"));
afterAll(() => rmSync(root, { recursive: true }));

const build = "test";
let count = 0;

/** A folder with a script, a cache and what was remembered. */
function place(text: string): {
  readonly script: string;
  readonly cache: string;
  readonly memory: PineMemory;
  readonly memoryFolder: string;
  readonly load: () => Promise<{ readonly module: ScriptModule; readonly file: string }>;
} {
  const folder = join(root, `place-${count++}`);
  const [script, cache, memoryFolder] = [join(folder, "x.pine"), join(folder, "cache"), join(folder, "home")];
  mkdirSync(join(folder, "lib/me/Lib"), { recursive: true });
  writeFileSync(script, text);
  const memory = new PineMemory(memoryFolder);
  const libraries = librariesIn([join(folder, "lib")]);
  return {
    script,
    cache,
    memory,
    memoryFolder,
    load: () => loadPine(script, libraries, cache, build, memory),
  };
}

const text = '//@version=6\nindicator("X")\nplot(close)\n';

/** Puts a module that no compiler made into the cache; returns the hash of its code. */
function plant(cache: string, title: string): string {
  const code = `import { script } from "pynecore/pine";
export default script({ kind: "indicator", title: "${title}", version: 6, settings: {} }, () => () => {});\n`;
  const hash = sha256(`${build}\n${code}`);
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, `x.pine-${hash.slice(0, 24)}.js`), code);
  return hash;
}

test("a script that was compiled before is not compiled again", async () => {
  const { cache, memory, load } = place(text);
  memory.remember(sha256(`${build}\nx.pine\n${text}`), plant(cache, "remembered"));
  expect((await load()).module.declaration.title).toBe("remembered");
});

test("code that the memory does not know is not run, whatever the cache holds", async () => {
  const { cache, load } = place(text);
  plant(cache, "planted");
  expect((await load()).module.declaration.title).toBe("X");
});

test("code that was changed in the cache is compiled again", async () => {
  const { memoryFolder, load } = place(text);
  const { file } = await load();
  const code = readFileSync(file, "utf8");
  expect(readdirSync(memoryFolder)).toHaveLength(1);
  writeFileSync(file, code.replace("plot", "plat"));
  await load();
  expect(readFileSync(file, "utf8")).toBe(code);
});

test.each(["", "x".repeat(64), "../../etc/passwd"])("a torn memory (%p) is none", async (content) => {
  const { memoryFolder, load } = place(text);
  await load();
  for (const name of readdirSync(memoryFolder)) writeFileSync(join(memoryFolder, name), content);
  expect((await load()).module.declaration.title).toBe("X");
});

test("a changed text is compiled", async () => {
  const { script, load } = place(text);
  await load();
  writeFileSync(script, text.replace('"X"', '"Y"'));
  expect((await load()).module.declaration.title).toBe("Y");
});

test("a script with libraries is compiled every time: they change without it", async () => {
  const { script, load } = place('//@version=6\nindicator("X")\nimport me/Lib/1\nplot(Lib.one())\n');
  const library = join(script, "../lib/me/Lib/1.pine");
  const body = (value: string): string => `//@version=6\nlibrary("Lib")\nexport one() =>\n    ${value}\n`;
  writeFileSync(library, body("1.5"));
  const first = await load();
  writeFileSync(library, body("2.5"));
  expect((await load()).file).not.toBe(first.file);
});
