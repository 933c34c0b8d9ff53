/** The spellings of a name: `timeFrom` in code, `--time-from` on the command line, `time_from` in a file. */

/** `timeFrom` and `time_from` to `time-from`. */
export function kebabCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/_/g, "-")
    .toLowerCase();
}

/** `time-from` and `time_from` to `timeFrom`. */
export function camelCase(name: string): string {
  return name.replace(/[-_]+([a-z0-9])/gi, (_match, letter: string) => letter.toUpperCase());
}

/** `timeFrom` and `time-from` to `time_from`. */
export function snakeCase(name: string): string {
  return kebabCase(name).replaceAll("-", "_");
}
