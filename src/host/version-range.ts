/** Ranges of host versions, as packages state them. */

/** Whether this host is in the range; `null` means any. A range nobody can read excludes nothing. */
export function satisfiesRange(hostVersion: string, range: string | null): boolean {
  if (range === null || range.trim() === "" || range.trim() === "*") return true;
  // A pre-release of the host counts as the release it leads to.
  return Bun.semver.satisfies(hostVersion.split("-")[0] ?? hostVersion, range);
}

/**
 * The smallest version a range asks for: its highest lower bound, compared per component as numbers (6.10.0 is above
 * 6.9.0). Upper bounds and exclusions do not count; `null` when there is no lower bound.
 */
export function minimumVersion(range: string | null): string | null {
  if (range === null) return null;
  const bounds = [...range.matchAll(/(>=|<=|!=|>|<|~|\^|=)?\s*v?(\d+(?:\.\d+){0,2})/g)]
    .filter(([, operator]) => operator === undefined || !["<", "<=", "!="].includes(operator))
    .map(([, , version]) => version ?? "");
  return bounds.toSorted(compareVersions).at(-1) ?? null;
}

/** Negative, zero or positive, by numeric components; missing ones are 0. */
export function compareVersions(a: string, b: string): number {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  for (let index = 0; index < 3; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
