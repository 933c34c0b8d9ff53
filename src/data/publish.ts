import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { syncFolder } from "../config/atomic-write.ts";
import { writeFailure } from "../kernel/errors.ts";

/** A private name beside a file: same folder, so that a rename can publish it. */
export function privateName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.${crypto.randomUUID().slice(0, 8)}.tmp`);
}

/** Writes all bytes at a place in an open file. */
export function writeFully(descriptor: number, bytes: Uint8Array, position: number): void {
  for (let offset = 0; offset < bytes.length;) {
    offset += writeSync(descriptor, bytes, offset, bytes.length - offset, position + offset);
  }
}

/**
 * Replaces a file as a whole; when anything fails the old one stays and nothing else does.
 * @param beforeRename what else belongs to the file before it gets its name
 */
export function publish(
  path: string,
  chunks: Iterable<Uint8Array>,
  beforeRename: (temporary: string) => void = () => {},
): void {
  const temporary = privateName(path);
  let descriptor: number | undefined;
  try {
    descriptor = openSync(temporary, "wx", 0o644);
    let position = 0;
    for (const chunk of chunks) {
      writeFully(descriptor, chunk, position);
      position += chunk.length;
    }
    fsyncSync(descriptor);
    closeSync(descriptor);
    descriptor = undefined;
    beforeRename(temporary);
    renameSync(temporary, path);
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    rmSync(temporary, { force: true });
    throw writeFailure(path, error);
  }
  syncFolder(dirname(path));
}
