import { join } from "node:path";

import type { HomePaths } from "../../config/home.ts";
import { withLockSync } from "../../config/file-lock.ts";
import type { Crontab } from "./crontab.ts";

/**
 * Reads the crontab, changes it and writes it, one process at a time; nothing is written when nothing changed.
 * @throws TryAgainLaterError when another process is at it for long
 */
export function changeCrontab(crontab: Crontab, home: HomePaths, change: (text: string) => string): void {
  const lock = join(home.cache, "locks", "crontab.sqlite");
  withLockSync(lock, { waitMs: 10_000, what: "the crontab" }, () => {
    const before = crontab.read();
    const after = change(before);
    if (after !== before) crontab.write(after);
  });
}
