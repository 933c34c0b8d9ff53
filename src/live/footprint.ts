import { readFileSync } from "node:fs";

/** How much memory a run that waits takes. What only its start has needed is given back once it is live. */

/** After that time what the start was about is over, ms. */
const settledMs = 5_000;
/** The engine shrinks when it is idle, which is about at once, ms. */
const shrunkMs = 500;
/** `MADV_DONTNEED` of Linux. */
const dontNeed = 4;

/** Addresses, the end excluded. */
export interface Range {
  readonly from: bigint;
  readonly to: bigint;
}

/** Where a file is in memory. */
interface Mapping extends Range {
  /** `r-xp`: read, write, execute, private or shared. */
  readonly access: string;
  readonly file: string;
}

/**
 * Where a file is in memory and just as it is on the disk: nobody has written there, and nobody may.
 *
 * @param smaps what `/proc/PID/smaps` says
 */
export function untouchedRanges(smaps: string, file: string): Range[] {
  const found: Range[] = [];
  let mapping: Mapping | undefined;
  for (const line of smaps.split("\n")) {
    mapping = mappingOf(line) ?? mapping;
    // One that was written to before it became read-only has pages of its own.
    if (mapping?.file !== file || !/^r-[x-]p$/.test(mapping.access) || !/^Anonymous: +0 kB$/.test(line))
      continue;
    found.push({ from: mapping.from, to: mapping.to });
  }
  return found;
}

/** The C library that a process runs on, glibc's or musl's. @param smaps what `/proc/PID/smaps` says */
export function cLibraryOf(smaps: string): string | undefined {
  for (const line of smaps.split("\n")) {
    const file = mappingOf(line)?.file;
    if (file !== undefined && /\/(libc\.so\.6|libc-[\d.]+\.so|ld-musl-[\w.-]+\.so\.1)$/.test(file))
      return file;
  }
  return undefined;
}

function mappingOf(line: string): Mapping | undefined {
  const [, from, to, access = "", file = ""] =
    /^([\da-f]+)-([\da-f]+) (\S{4}) [\da-f]+ \S+ \d+ *(.*)$/.exec(line) ?? [];
  return from === undefined ? undefined : { from: BigInt(`0x${from}`), to: BigInt(`0x${to}`), access, file };
}

/**
 * Takes the pages of the executable off this process, on Linux. Those that are still needed come back one by one from
 * the system's cache of the file; those of the start (parsing, compiling, encryption, ...) do not.
 *
 * @returns how many bytes of addresses that were; 0 where it is not possible
 */
export async function giveBackPages(): Promise<number> {
  if (process.platform !== "linux") return 0;
  try {
    const { dlopen } = await import("bun:ffi");
    const smaps = readFileSync("/proc/self/smaps", "utf8");
    const library = cLibraryOf(smaps);
    if (library === undefined) return 0;
    const c = dlopen(library, { madvise: { args: ["u64", "u64", "i32"], returns: "i32" } });
    let bytes = 0;
    for (const { from, to } of untouchedRanges(smaps, process.execPath))
      if (c.symbols.madvise(from, to - from, dontNeed) === 0) bytes += Number(to - from);
    return bytes;
  } catch {
    // A system that does not let itself be asked: the run is larger, and nothing else.
    return 0;
  }
}

/**
 * Called when a run has gone live: a little later, code and objects that only the start has needed go, and then pages of
 * the executable. It takes some 20 ms, once, and does not keep the process alive.
 */
export function shrinkOnceSettled(): void {
  const giveBack = (): void => void setTimeout(() => void giveBackPages(), shrunkMs).unref();
  setTimeout(() => {
    Bun.shrink();
    giveBack();
  }, settledMs).unref();
}
