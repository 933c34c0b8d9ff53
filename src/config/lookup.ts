import { statSync } from "node:fs";
import { join, resolve } from "node:path";

/**
 * Finds the file an argument means. A bare name is looked up in `folder`, then in the current directory; anything
 * with a separator (`./x`) is a path from the current directory. Only known extensions count as one, so the dots in
 * `BTCUSDT.P_60` belong to the name.
 *
 * @param extensions with their dot, the preferred first
 * @returns `undefined` when there is no such file
 */
export function findFile(
  argument: string,
  folder: string,
  cwd: string,
  extensions: readonly string[],
): string | undefined {
  const bases = /[/\\]/.test(argument)
    ? [resolve(cwd, argument)]
    : [join(folder, argument), resolve(cwd, argument)];
  const complete = extensions.some((extension) => argument.toLowerCase().endsWith(extension));
  for (const base of bases) {
    for (const path of complete ? [base] : extensions.map((extension) => base + extension)) {
      if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return path;
    }
  }
  return undefined;
}
