import { closeSync, openSync, readFileSync, readSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

import { writeFileAtomic } from "../../config/atomic-write.ts";

/**
 * What tells our own exports from files of somebody else: for every export, the digest of what was written is kept in
 * the workdir's cache. A file that is not byte for byte what we last wrote there (an imported source of the same name,
 * an export that was edited since) is not ours. When the cache is lost nothing is.
 */

/** Where the mark of a file is kept. */
function markPath(folder: string, path: string): string {
  const name = join(realpathSync(dirname(resolve(path))), basename(path));
  return join(folder, new Bun.CryptoHasher("sha256").update(name).digest("hex").slice(0, 32));
}

/** Digests that we wrote to a path, the newest first. */
function marksOf(folder: string, path: string): string[] {
  try {
    return readFileSync(markPath(folder, path), "utf8").trim().split("\n");
  } catch {
    return [];
  }
}

/** Whether a file is an export of ours, unchanged. */
export function isOwnExport(folder: string, path: string): boolean {
  const marks = marksOf(folder, path);
  return marks.length > 0 && marks.includes(digestOfFile(path));
}

/**
 * Remembers what is about to be written to a path. The digest before it is kept too, so that an export that fails
 * between this and its publication leaves a file that is still known.
 */
export function markExport(folder: string, path: string, digest: string): void {
  const marks = [...new Set([digest, ...marksOf(folder, path)])].slice(0, 2);
  writeFileAtomic(markPath(folder, path), `${marks.join("\n")}\n`);
}

function digestOfFile(path: string): string {
  const hasher = new Bun.CryptoHasher("sha256");
  const block = Buffer.alloc(1 << 20);
  const descriptor = openSync(path, "r");
  try {
    for (;;) {
      const count = readSync(descriptor, block, 0, block.length, null);
      if (count === 0) return hasher.digest("hex");
      hasher.update(block.subarray(0, count));
    }
  } finally {
    closeSync(descriptor);
  }
}
