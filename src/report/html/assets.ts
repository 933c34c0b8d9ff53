import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { RuntimeFailure } from "../../kernel/errors.ts";
import type { ReportAssets } from "./page.ts";

/**
 * The browser's part of a report. It is embedded in the executable; in a checkout the build leaves it in `dist`.
 *
 * @throws RuntimeFailure when it is not there
 */
export function reportAssets(): ReportAssets {
  const places = [
    join(import.meta.dir, "report.json"),
    join(import.meta.dir, "dist", "report.json"),
    join(import.meta.dir, "..", "..", "..", "dist", "report.json"),
  ];
  const path = places.find((place) => existsSync(place));
  if (path === undefined)
    throw new RuntimeFailure("this build carries no report", { hint: "bun run build makes one that does" });
  return JSON.parse(readFileSync(path, "utf8")) as ReportAssets;
}
