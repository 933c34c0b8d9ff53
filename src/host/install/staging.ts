import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";

/**
 * Changes to the installed packages happen in a copy beside them; the copy takes their place when everything about it
 * is known to be right. A change that fails leaves the folder as it was.
 */

/** What a change may touch; single files and folders that the user put there stay where they are. */
const parts = ["package.json", "bun.lock", "node_modules", ".host", ".packages"];

/** A copy of the managed parts of a plugin root. Files are shared by hard links, so this costs little. */
export function stage(root: string, staging: string): void {
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true, mode: 0o700 });
  for (const part of parts) {
    const source = join(root, part);
    if (!existsSync(source)) continue;
    // These are rewritten in place, so a shared file would change the original.
    if (part === "package.json" || part === "bun.lock") copyFileSync(source, join(staging, part));
    else linkTree(source, join(staging, part));
  }
}

/** Takes back a commit that a power cut or a kill left half-way. To be called under the installation's lock. */
export function recoverStage(root: string, staging: string): void {
  const backup = `${staging}.old`;
  if (!existsSync(backup)) return;
  for (const part of parts) {
    if (!existsSync(join(backup, part))) continue;
    rmSync(join(root, part), { recursive: true, force: true });
    renameSync(join(backup, part), join(root, part));
  }
  rmSync(backup, { recursive: true, force: true });
}

/** Puts the staged parts in place of the old ones; when a step fails the old ones return. */
export function commitStage(root: string, staging: string): void {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const backup = `${staging}.old`;
  rmSync(backup, { recursive: true, force: true });
  mkdirSync(backup, { recursive: true });
  const moved: string[] = [];
  const placed: string[] = [];
  try {
    for (const part of parts) {
      if (existsSync(join(root, part))) {
        renameSync(join(root, part), join(backup, part));
        moved.push(part);
      }
      if (existsSync(join(staging, part))) {
        renameSync(join(staging, part), join(root, part));
        placed.push(part);
      }
    }
  } catch (error) {
    for (const part of placed) rmSync(join(root, part), { recursive: true, force: true });
    for (const part of moved) renameSync(join(backup, part), join(root, part));
    throw error;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  rmSync(backup, { recursive: true, force: true });
}

function linkTree(source: string, target: string): void {
  mkdirSync(target, { recursive: true });
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
    else if (entry.isDirectory()) linkTree(from, to);
    else {
      try {
        linkSync(from, to);
      } catch {
        copyFileSync(from, to);
      }
    }
  }
}
