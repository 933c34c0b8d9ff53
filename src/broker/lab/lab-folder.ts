import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of a story's own, in memory where the machine has such a place: processes are killed, disks are not. */
export interface LabFolder {
  file(name: string): string;
  remove(): void;
}

const memory = "/dev/shm";

export function labFolder(): LabFolder {
  const folder = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), "pyne-lab-"));
  return {
    file: (name) => join(folder, name),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
