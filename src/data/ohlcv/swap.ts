import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { syncFolder, writeFileAtomic } from "../../config/atomic-write.ts";
import { sidecarPath } from "./sidecar.ts";

/**
 * A data file and its sidecar are replaced together: both are built under fixed private names, a note says that they
 * are complete, then they move into place. A crash before the note leaves the old pair; after it, the next writer
 * finishes the move.
 */

/** Where the replacement of a data file is built. The caller holds the file's lock, so one name is enough. */
export function stagedPath(path: string): string {
  return join(dirname(path), `.${basename(path).replace(/\.ohlcv$/i, "")}.staged.ohlcv`);
}

function notePath(path: string): string {
  return stagedPath(path).replace(/\.ohlcv$/, ".json");
}

/** Puts the staged pair in place of a data file and its sidecar; without a staged sidecar the old one goes. */
export function publishStaged(path: string): void {
  const staged = stagedPath(path);
  const sidecar = existsSync(sidecarPath(staged));
  if (!sidecar && !existsSync(sidecarPath(path))) {
    renameSync(staged, path);
    syncFolder(dirname(path));
    return;
  }
  if (sidecar) syncFile(sidecarPath(staged));
  writeFileAtomic(notePath(path), "the staged files beside this one are complete\n", { mode: 0o644 });
  finishSwap(path);
}

/** Finishes a replacement that a crash interrupted after its note. Every step may have happened already. */
export function finishSwap(path: string): void {
  const [note, staged] = [notePath(path), stagedPath(path)];
  if (!existsSync(note)) return;
  if (existsSync(staged)) {
    // The old sidecar goes first: a data file beside none is whole, one beside a stranger's is not.
    rmSync(sidecarPath(path), { force: true });
    renameSync(staged, path);
  }
  if (existsSync(sidecarPath(staged))) renameSync(sidecarPath(staged), sidecarPath(path));
  syncFolder(dirname(path));
  rmSync(note, { force: true });
  syncFolder(dirname(path));
}

/** Removes a replacement that never became complete. */
export function discardStaged(path: string): void {
  finishSwap(path);
  rmSync(stagedPath(path), { force: true });
  rmSync(sidecarPath(stagedPath(path)), { force: true });
}

function syncFile(path: string): void {
  const descriptor = openSync(path, "r+");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
