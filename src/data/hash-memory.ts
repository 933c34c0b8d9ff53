import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { keepNote } from "../config/note.ts";
import type { BarColumns } from "../kernel/bar.ts";
import { contentHash } from "./content-hash.ts";

/**
 * Which bars a data file held when they were last hashed, so that a second run over the same file need not hash them:
 * a million bars take 40 ms. A file is the same as long as the file system says that nobody has changed it: its place,
 * size, and both times, of which no program can set that of the last change. Disposable: what is missing, torn or about
 * another file is hashed again.
 */
export class HashMemory {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * The content hash of all bars of a file.
   * @param stamp of the file before and after it was read, when the two were the same
   */
  hashOf(path: string, stamp: FileStamp | undefined, columns: BarColumns): string {
    if (stamp === undefined) return contentHash(columns);
    const name = new Bun.CryptoHasher("sha256").update(path).digest("hex").slice(0, 32);
    const known = read(join(this.#folder, name));
    if (known?.stamp === stamp.text) return known.hash;
    const hash = contentHash(columns);
    // A clock that ticks too coarsely does not see a change that follows on another at once.
    if (stamp.readMs - stamp.changedMs > settledMs) keepNote(this.#folder, name, `${stamp.text}\n${hash}`);
    return hash;
  }
}

/** What a file system says of a file's content. */
export interface FileStamp {
  readonly text: string;
  /** When the file was last changed, and when that was asked for; epoch ms. */
  readonly changedMs: number;
  readonly readMs: number;
}

/** The stamp of a file now, `undefined` when there is none. */
export function fileStamp(path: string): FileStamp | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  const { dev, ino, size, mtimeNs, ctimeNs } = stat;
  return {
    text: [revision, dev, ino, size, mtimeNs, ctimeNs].join(" "),
    changedMs: Number(ctimeNs / 1_000_000n),
    readMs: Date.now(),
  };
}

/** Another when the same bytes become other bars, or bars another hash. */
const revision = 1;
/** Longer than the clock of any file system takes for a tick, ms. */
const settledMs = 2500;

interface Known {
  readonly stamp: string;
  readonly hash: string;
}

function read(place: string): Known | undefined {
  try {
    const [stamp = "", hash = ""] = readFileSync(place, "utf8").split("\n");
    return /^[0-9a-f]{64}$/.test(hash) ? { stamp, hash } : undefined;
  } catch {
    return undefined;
  }
}
