/** What is written arrives whole and in order, whatever stands behind the stream. */
import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const source = join(import.meta.dir, "../../src/cli/standard-stream.ts");
/** More than a pipe holds. */
const lines = 40_000;
const whole = Array.from({ length: lines }, (_, index) => `line ${index} é\n`).join("");

async function write(to: "pipe" | "file"): Promise<{ readonly text: string; readonly code: number }> {
  const folder = mkdtempSync(join(tmpdir(), "pyne-stream-"));
  try {
    const [script, file] = [join(folder, "write.ts"), join(folder, "out.txt")];
    writeFileSync(
      script,
      `import { StandardStream } from ${JSON.stringify(source)};
       const stream = new StandardStream(1, () => {});
       for (let index = 0; index < ${lines}; index++) stream.write(\`line \${index} é\\n\`);`,
    );
    const child = Bun.spawn([process.execPath, script], {
      stdout: to === "pipe" ? "pipe" : Bun.file(file),
      stderr: "inherit",
    });
    const text = to === "pipe" ? await new Response(child.stdout as ReadableStream).text() : "";
    const code = await child.exited;
    return { text: to === "pipe" ? text : readFileSync(file, "utf8"), code };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.each(["pipe", "file"] as const)("to a %s", async (to) => {
  const { text, code } = await write(to);
  expect(code).toBe(0);
  expect(text.length).toBe(whole.length);
  expect(text === whole).toBe(true);
});

test("a reader that has gone away is told of once, and nothing is thrown", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pyne-stream-"));
  try {
    const script = join(folder, "write.ts");
    writeFileSync(
      script,
      `import { StandardStream } from ${JSON.stringify(source)};
       const stream = new StandardStream(1, (error) => { process.exit(error.code === "EPIPE" ? 7 : 8); });
       setInterval(() => stream.write("x".repeat(10_000)), 1);`,
    );
    const child = Bun.spawn([process.execPath, script], { stdout: "pipe", stderr: "inherit" });
    const reader = child.stdout.getReader();
    await reader.read();
    await reader.cancel();
    expect(await child.exited).toBe(7);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
