import { expect, test } from "bun:test";
import { join } from "node:path";

import { cLibraryOf, type Range, untouchedRanges } from "../../src/live/footprint.ts";

/** A part of what `/proc/PID/smaps` says of one mapping. */
const mapping = (range: string, access: string, anonymousKb: number, file: string): string =>
  [
    `${range} ${access} 00001000 fe:00 5449542                   ${file}`,
    "Size:              24804 kB",
    "Rss:                7524 kB",
    `Anonymous:      ${String(anonymousKb).padStart(8)} kB`,
    "VmFlags: rd mr mw me",
  ].join("\n");

const smaps = [
  mapping("00200000-01a39000", "r--p", 0, "/opt/my pyne"),
  mapping("01a40000-0684a000", "r-xp", 0, "/opt/my pyne"),
  // Written to by the linker, then closed.
  mapping("0685f000-06867000", "r--p", 12, "/opt/my pyne"),
  mapping("06867000-090f7000", "rw-p", 124, "/opt/my pyne"),
  // Just-in-time code, and memory without a file.
  mapping("7fba49c41000-7fba89c41000", "rwxp", 972, ""),
  mapping("7fb900000000-7fba00000000", "rw-p", 940, ""),
  mapping("7fba89c50000-7fba89c60000", "r--p", 0, "/opt/my pyne.other"),
  mapping("7fba89fac000-7fba8a102000", "r-xp", 0, "/usr/lib/x86_64-linux-gnu/libc.so.6"),
].join("\n");

const text = ({ from, to }: Range): string => `${from.toString(16)}-${to.toString(16)}`;

test("only what nobody has written to and nobody may write to is given back", () => {
  expect(untouchedRanges(smaps, "/opt/my pyne").map(text)).toEqual(["200000-1a39000", "1a40000-684a000"]);
  expect(untouchedRanges(smaps, "/opt/pyne")).toEqual([]);
  expect(untouchedRanges("", "/opt/pyne")).toEqual([]);
});

test.each([
  ["/usr/lib/x86_64-linux-gnu/libc.so.6", true],
  ["/lib/libc-2.31.so", true],
  ["/lib/ld-musl-aarch64.so.1", true],
  ["/usr/lib/libcrypt.so.1", false],
  ["/usr/lib/ld-linux-x86-64.so.2", false],
])("%s is the C library: %p", (file, isOne) => {
  const found = cLibraryOf(mapping("7fba89fac000-7fba8a102000", "r-xp", 0, file));
  expect(found).toBe(isOne ? file : undefined);
});

test("a process goes on after it has given its pages back, and again", async () => {
  const script = `
    import { giveBackPages } from ${JSON.stringify(join(import.meta.dir, "../../src/live/footprint.ts"))};
    const bytes = [await giveBackPages(), await giveBackPages()];
    const parsed = JSON.parse(JSON.stringify(Array.from({ length: 1000 }, (_, i) => ({ i }))));
    console.log(bytes[0] > 50_000_000, bytes[0] === bytes[1], parsed.length, new Date(0).toISOString());
  `;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "inherit" });
  const said = (await new Response(child.stdout).text()).trim();
  expect(await child.exited).toBe(0);
  const isLinux = process.platform === "linux";
  expect(said).toBe(`${isLinux} true 1000 1970-01-01T00:00:00.000Z`);
});
