import { closeSync, fsyncSync, lstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { isDevice } from "../config/atomic-write.ts";
import { writeFailure } from "../kernel/errors.ts";

/**
 * A text file written line by line and published as a whole: it appears under its name when `publish` is called, so a
 * reader never sees half of it and a failed run leaves the previous one. A device or a pipe is written to at once.
 * It is not flushed to the disk unless that is asked for: what a power cut may take comes back by running again, and a
 * flush takes 10 ms and more.
 */
export class TextFile {
  readonly path: string;
  /** Where the lines go until then; `undefined` for a device. */
  readonly #temporary: string | undefined;
  readonly #descriptor: number;
  #pending: string[] = [];
  #size = 0;
  #isOpen = true;

  /** Creates the folder when it is missing. */
  constructor(path: string) {
    this.path = path;
    mkdirSync(dirname(path), { recursive: true });
    if (!isDevice(path)) this.#temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
    this.#descriptor = openSync(this.#temporary ?? path, "w");
  }

  line(text: string): void {
    this.#pending.push(text);
    this.#size += text.length;
    if (this.#size > 1 << 20) this.#flush();
  }

  /** Text as bytes, whole lines or not. */
  bytes(piece: Uint8Array): void {
    this.#flush();
    this.#write(piece);
  }

  #flush(): void {
    if (this.#pending.length === 0) return;
    const bytes = Buffer.from(`${this.#pending.join("\n")}\n`, "utf8");
    this.#pending = [];
    this.#size = 0;
    this.#write(bytes);
  }

  #write(bytes: Uint8Array): void {
    for (let offset = 0; offset < bytes.length;) offset += writeSync(this.#descriptor, bytes, offset);
  }

  /** Makes the file appear under its name. @param isDurable it is on the disk before */
  publish(isDurable: boolean): void {
    this.#flush();
    if (isDurable && this.#temporary !== undefined) fsyncSync(this.#descriptor);
    this.#close();
    if (this.#temporary === undefined) return;
    if (isDurable) renameSync(this.#temporary, this.path);
    else replace(this.path, this.#temporary);
  }

  /** Throws everything away; also after a `publish` that failed. */
  discard(): void {
    this.#close();
    if (this.#temporary !== undefined) rmSync(this.#temporary, { force: true });
  }

  #close(): void {
    if (this.#isOpen) closeSync(this.#descriptor);
    this.#isOpen = false;
  }
}

/**
 * Gives a file the name of another, which goes. A large one is put aside first: a file system such as ext4 takes a rename
 * over an existing file for a request to write the new one to the disk, and 25 MB then take 15 ms (measured) before the
 * rename is done. For the moment between two renames nothing has the name.
 */
function replace(path: string, by: string): void {
  const old = lstatSync(path, { throwIfNoEntry: false });
  if (old?.isFile() !== true || old.size < largeBytes) return renameSync(by, path);
  const aside = `${by}.old`;
  renameSync(path, aside);
  try {
    renameSync(by, path);
  } catch (error) {
    renameSync(aside, path);
    throw error;
  }
  rmSync(aside, { force: true });
}

/** Below this a rename over a file costs nothing that could be measured. */
const largeBytes = 1 << 20;

/** Whether a file is on the disk before it has its name; default: it can be made again, and is not. */
export interface Durability {
  readonly isDurable?: boolean;
}

/** Writes lines to a file; when writing fails the previous file stays. */
export function writeLines(path: string, lines: Iterable<string>, durability: Durability = {}): void {
  writeWhole(path, durability, (file) => {
    for (const line of lines) file.line(line);
  });
}

/** Writes a file with what it is given; when that fails the previous file stays. */
export function writeWhole(
  path: string,
  { isDurable = false }: Durability,
  write: (file: TextFile) => void,
): void {
  let file: TextFile | undefined;
  try {
    file = new TextFile(path);
    write(file);
    file.publish(isDurable);
  } catch (error) {
    file?.discard();
    throw writeFailure(path, error);
  }
}

/** A CSV cell, quoted only when it must be. */
export function csvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
