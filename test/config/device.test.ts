/** What is no plain file is written to, never replaced: a rename over `/dev/null` would take it from the whole machine. */
import { expect, test } from "bun:test";
import { lstatSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { isDevice, writeFileAtomic } from "../../src/config/atomic-write.ts";
import { writeLines } from "../../src/report/text-file.ts";

test.each([
  ["/dev/null", true],
  ["/dev/../dev/null", true],
  ["/dev/stdout", true],
  ["/proc/self/fd/1", true],
  ["/dev/shm/plots.csv", false],
  ["/devices/null", false],
  [import.meta.path, false],
  [import.meta.dir, false],
  [join(import.meta.dir, "nothing"), false],
])("%s is a device: %p", (path, expected) => {
  expect(isDevice(path)).toBe(expected);
});

test.each([
  ["a small file", (path: string): void => writeFileAtomic(path, "one\ntwo\n")],
  ["lines", (path: string): void => writeLines(path, ["one", "two"])],
])("%s goes through a pipe, which stays one", async (_name, write) => {
  const folder = mkdtempSync(join(tmpdir(), "pyne-device-"));
  try {
    const pipe = join(folder, "pipe");
    expect(Bun.spawnSync(["mkfifo", pipe]).exitCode).toBe(0);
    const reader = Bun.spawn(["cat", pipe], { stdin: "ignore", stdout: "pipe" });
    write(pipe);
    expect(await new Response(reader.stdout).text()).toBe("one\ntwo\n");
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a file that cannot be made says why, not that its temporary file could not be removed", () => {
  const path = join(tmpdir(), `${"x".repeat(250)}.toml`);
  let thrown: unknown;
  try {
    writeFileAtomic(path, "a = 1\n");
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: "ENAMETOOLONG", syscall: "open" });
});
