import { statSync } from "node:fs";
import { join, resolve } from "node:path";

import { RuntimeFailure } from "../kernel/errors.ts";

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
  const bases = isPath(argument)
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

/**
 * `findFile` where the file has to be there.
 *
 * @param what it is, for the message: `script`, `data file`
 * @throws RuntimeFailure that says where it was looked for
 */
export function requireFile(
  what: string,
  argument: string,
  folder: string,
  cwd: string,
  extensions: readonly string[],
): string {
  const path = findFile(argument, folder, cwd, extensions);
  if (path === undefined) throw notFound(what, [argument], folder, cwd);
  return path;
}

/** What to say of arguments that name no file: where `findFile` looked. */
export function notFound(
  what: string,
  names: readonly string[],
  folder: string,
  cwd: string,
): RuntimeFailure {
  return new RuntimeFailure(`there is no ${what} ${names.map((name) => `"${name}"`).join(", ")}`, {
    hint: names.every(isPath)
      ? `looked for ${names.map((name) => resolve(cwd, name)).join(", ")}`
      : `looked in ${[...new Set([folder, cwd])].join(" and ")}`,
  });
}

function isPath(argument: string): boolean {
  return /[/\\]/.test(argument);
}
