import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Keeps what can be worked out again, for the user alone: a whole file or none, and not flushed to the disk, which would
 * take longer than most of it took to work out. A folder that cannot be written costs speed, not function.
 */
export function keepNote(folder: string, name: string, text: string): void {
  const path = join(folder, name);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(temporary, text, { mode: 0o600 });
    renameSync(temporary, path);
  } catch {
    // It is worked out again.
  }
}
