import { existsSync, readFileSync } from "node:fs";

import { writeFileAtomic } from "../config/atomic-write.ts";
import { messageOf } from "../kernel/errors.ts";
import type { RunResult } from "../runtime/run.ts";
import { renderSettings, type UserSettings } from "../runtime/settings-toml.ts";
import type { App } from "./app.ts";

/** Brings the settings file up to date; a folder that takes no writes stops nothing. */
export function saveSettings(app: App, path: string, result: RunResult, user: UserSettings): void {
  if (app.env["PYNE_SAVE_SCRIPT_TOML"] === "0") return;
  const text = renderSettings(result.declaration, result.inputs, user);
  try {
    if (!existsSync(path) || readFileSync(path, "utf8") !== text)
      writeFileAtomic(path, text, { mode: 0o644 });
  } catch (error) {
    app.out.warn(`${path} could not be written: ${messageOf(error)}`);
  }
}
