/**
 * Everything that must hold: format, lint, types, the build, and every test, those against the executable included.
 * The last line is `N passed, N failed`; the exit code is 1 when anything failed.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { compile, root } from "./compile.ts";

const bun = process.execPath;
let failures = 0;

/** Runs a tool, shows what it said when it failed. */
async function step(name: string, action: () => Promise<{ ok: boolean; output: string }>): Promise<void> {
  const started = performance.now();
  const { ok, output } = await action().catch((error: unknown) => ({ ok: false, output: String(error) }));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${ok ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
  if (ok) return;
  failures++;
  console.log(output);
}

async function run(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ ok: boolean; output: string }> {
  const child = Bun.spawn([...command], {
    cwd: root,
    env: { ...process.env, ...env },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { ok: code === 0, output: stdout + stderr };
}

await step("format", () => run([bun, "fmt", "--check"]));
await step("lint", () =>
  run([
    bun,
    "node_modules/.bin/oxlint",
    "-c",
    "scripts/oxlint.json",
    "--deny-warnings",
    "src",
    "plugins",
    "scripts",
    "test",
  ]),
);
const types = [bun, "check", "--no-script", "--no-pretty"];
await step("types", () => run(types));
// What runs in a browser knows a browser's globals, and nothing else may.
for (const project of ["src/report/html/client", "test/browser"])
  await step(`types of ${project}`, () => run([...types, "-p", project]));
await step("build", async () => {
  await compile(join(root, "dist", "pyne"));
  return { ok: true, output: "" };
});

const started = performance.now();
// Tests make folders, and a process that is ended at once leaves them.
const temporary = mkdtempSync(join(tmpdir(), "pyne-check-"));
// A test says what must hold, not how fast: a busy machine may take its time.
const tests = await run([bun, "test", "--parallel", "--timeout=120000"], {
  PYNE_BIN: join(root, "dist", "pyne"),
  TMPDIR: temporary,
});
rmSync(temporary, { recursive: true, force: true });
console.log(tests.output.trimEnd());
const count = (word: string): number =>
  Number(new RegExp(`^\\s*(\\d+) ${word}$`, "m").exec(tests.output)?.[1] ?? 0);
const passed = count("pass");
const failed = count("fail");
// A crash of the runner itself is a failure even if every test it reached passed.
if (!tests.ok && failed === 0) failures++;
console.log(`tests (${((performance.now() - started) / 1000).toFixed(1)} s)`);
console.log(`${passed + 6 - Math.min(failures, 6)} passed, ${failed + failures} failed`);
process.exit(failed + failures === 0 && passed > 0 ? 0 : 1);
