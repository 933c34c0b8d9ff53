import { copyFileSync, existsSync, linkSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";

import { syncFolder } from "../config/atomic-write.ts";
import { privateName } from "./publish.ts";

/** Files that get their names together: where each was built, and its name. */
export type Moves = readonly (readonly [from: string, to: string])[];

/**
 * Moves files that were built under private names into place, in their order, and removes others that go with them.
 * When a step fails everything is as it was, and nothing private is left. What is there under a name stays there until
 * the rename that replaces it.
 *
 * @param obsolete removed before anything moves
 * @param move `renameSync`, or what a test puts in its place
 */
export function publishTogether(
  moves: Moves,
  obsolete: readonly string[],
  move: (from: string, to: string) => void = renameSync,
): void {
  const names = [...new Set([...obsolete, ...moves.map(([, to]) => to)])];
  const existing = names.filter((name) => existsSync(name));
  const kept = new Map<string, string>();
  try {
    for (const name of existing) kept.set(name, keep(name));
    for (const name of obsolete) rmSync(name, { force: true });
    for (const [from, to] of moves) move(from, to);
  } catch (error) {
    for (const [name, copy] of kept) {
      renameSync(copy, name);
      // Renaming one name of a file to another of its names does nothing.
      rmSync(copy, { force: true });
    }
    for (const name of names) if (!existing.includes(name)) rmSync(name, { force: true });
    for (const [from] of moves) rmSync(from, { force: true });
    throw error;
  }
  for (const copy of kept.values()) rmSync(copy, { force: true });
  for (const folder of new Set(names.map(dirname))) syncFolder(folder);
}

/** A second name for a file, or a copy where the disk knows no second names. */
function keep(path: string): string {
  const copy = privateName(path);
  try {
    linkSync(path, copy);
  } catch {
    copyFileSync(path, copy);
  }
  return copy;
}
