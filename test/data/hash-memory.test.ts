import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { contentHash } from "../../src/data/content-hash.ts";
import { type FileStamp, fileStamp, HashMemory } from "../../src/data/hash-memory.ts";
import type { BarColumns } from "../../src/kernel/bar.ts";

const folder = mkdtempSync(join(tmpdir(), "pyne-hashes-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** One bar that closes at a price. */
function bars(close: number): BarColumns {
  const of = (value: number): Float64Array => Float64Array.of(value);
  const [openTimeMs, open, high, low, volume] = [of(0), of(1), of(9), of(0.5), of(100)];
  return { length: 1, openTimeMs, open, high, low, close: of(close), volume, extra: new Map() };
}
const [first, second] = [bars(1), bars(2)];
const settled = (text: string): FileStamp => ({ text, changedMs: 0, readMs: 60_000 });

let number = 0;
const fresh = (): { memory: HashMemory; path: string } => {
  const path = join(folder, `memory-${number++}`);
  return { memory: new HashMemory(path), path };
};

test("bars of a file that nobody has changed are not hashed again", () => {
  const { memory } = fresh();
  expect(memory.hashOf("a.ohlcv", settled("x"), first)).toBe(contentHash(first));
  expect(memory.hashOf("a.ohlcv", settled("x"), second)).toBe(contentHash(first));
});

test.each<[string, string, FileStamp | undefined]>([
  ["another file", "b.ohlcv", settled("x")],
  ["a changed file", "a.ohlcv", settled("y")],
  ["a file that changed while it was read", "a.ohlcv", undefined],
])("those of %s are", (_what, path, stamp) => {
  const { memory } = fresh();
  memory.hashOf("a.ohlcv", settled("x"), first);
  expect(memory.hashOf(path, stamp, second)).toBe(contentHash(second));
});

test("a file is remembered when its last change is long enough ago", () => {
  const { memory, path } = fresh();
  memory.hashOf("a.ohlcv", { text: "x", changedMs: 59_000, readMs: 60_000 }, first);
  expect(() => readdirSync(path)).toThrow("ENOENT");
  expect(memory.hashOf("a.ohlcv", settled("x"), second)).toBe(contentHash(second));
});

test.each(["", "x", "x\nno hash", `y\n${"0".repeat(64)}`])("a note that says %p is none", (note) => {
  const { memory, path } = fresh();
  memory.hashOf("a.ohlcv", settled("x"), first);
  writeFileSync(join(path, readdirSync(path)[0]!), note);
  expect(memory.hashOf("a.ohlcv", settled("x"), second)).toBe(contentHash(second));
});

test("a folder that cannot be written costs nothing else", () => {
  const path = join(folder, "file");
  writeFileSync(path, "");
  expect(new HashMemory(join(path, "below")).hashOf("a.ohlcv", settled("x"), first)).toBe(contentHash(first));
});

test("a change of the same size is seen, be it given the old time", () => {
  const path = join(folder, "data");
  writeFileSync(path, "one");
  const { mtime } = statSync(path);
  const before = fileStamp(path);
  const until = Date.now() + 5000;
  // The clock of the file system ticks.
  do {
    writeFileSync(path, "two");
    utimesSync(path, mtime, mtime);
  } while (fileStamp(path)?.text === before?.text && Date.now() < until);
  expect(fileStamp(path)?.text).not.toBe(before?.text);
  expect(fileStamp(join(folder, "missing"))).toBeUndefined();
});
