import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { RuntimeFailure } from "../../kernel/errors.ts";

/**
 * The files of the packages that a plugin project needs for types and tests, by path: `pynecore/package.json`, ...
 * They are embedded in the executable; in a checkout the build leaves them in `dist`.
 *
 * @throws RuntimeFailure when they are not there
 */
export function sdkFiles(): Readonly<Record<string, string>> {
  const places = [
    join(import.meta.dir, "sdk.json"),
    join(import.meta.dir, "dist", "sdk.json"),
    join(import.meta.dir, "..", "..", "..", "dist", "sdk.json"),
  ];
  const path = places.find((place) => existsSync(place));
  if (path === undefined)
    throw new RuntimeFailure("this build carries no plugin SDK", {
      hint: "bun run build makes one that does",
    });
  return JSON.parse(readFileSync(path, "utf8")) as Record<string, string>;
}
