import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** How a small file is written. */
export interface AtomicWriteOptions {
  /** Mode of a new file; default 0600. An existing file keeps a stricter one. */
  readonly mode?: number;
}

/**
 * Replaces a file as a whole: a reader sees the old content or the new one, also after a power cut. The folder is
 * created with mode 0700. When anything fails (a full disk, a read-only folder) the old file is as it was and no
 * temporary file is left. A device or a pipe is written to, as it cannot be replaced.
 */
export function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  options: AtomicWriteOptions = {},
): void {
  if (isDevice(path)) return writeFileSync(path, content);
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = join(folder, `.${basename(path)}.${process.pid}.${crypto.randomUUID().slice(0, 8)}.tmp`);
  const mode = (options.mode ?? 0o600) & (statSync(path, { throwIfNoEntry: false })?.mode ?? 0o777) & 0o777;
  const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
  let descriptor: number | undefined = openSync(temporary, "wx", mode);
  try {
    for (let offset = 0; offset < bytes.length;) offset += writeSync(descriptor, bytes, offset);
    chmodSync(temporary, mode);
    fsyncSync(descriptor);
    closeSync(descriptor);
    descriptor = undefined;
    renameSync(temporary, path);
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
}

/**
 * Whether a path leads to a device, a pipe or a socket. A rename would put a plain file in its place, and whoever may
 * write to `/dev` would lose `/dev/null`.
 */
export function isDevice(path: string): boolean {
  // What these hold are links: `/dev/stdout` may lead to a plain file and is none.
  if (/^\/(?:dev\/(?!shm\/)|proc\/)/.test(resolve(path))) return true;
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

/** Makes a rename in this folder durable; systems that cannot sync a folder need not. */
export function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, "r");
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // Windows has no such thing; the rename itself has happened.
  }
}
