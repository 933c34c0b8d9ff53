import { readFileSync, statSync } from "node:fs";

import { writeFileAtomic } from "../config/atomic-write.ts";
import type { Candidate } from "./candidate.ts";
import type { PluginFacts } from "./facts.ts";

/**
 * The index of plugin facts, so that help, completion and option parsing load nobody's code. Disposable: a missing,
 * torn or outdated index is rebuilt.
 */

/** What was found when a plugin was last loaded. */
export type IndexRecord = { readonly stamp: string } & (
  | { readonly facts: PluginFacts }
  | { readonly failure: { readonly code: string; readonly message: string; readonly hint?: string } }
);

/** Records by candidate key. */
export type PluginIndex = ReadonlyMap<string, IndexRecord>;

const format = 1;

/** What a record belongs to: the entry file and export. */
export function indexKey(candidate: Candidate): string {
  return `${candidate.entryPath || candidate.packageName}#${candidate.exportName}#${candidate.name}`;
}

/**
 * Size and time of manifest and entry, and the host: whatever changes one of them makes the record stale. A missing
 * file has its own stamp, so a plugin that was broken by it is looked at again when the file appears.
 */
export function stampOf(candidate: Candidate, host: string): string {
  return [host, fileStamp(candidate.manifestPath), fileStamp(candidate.entryPath)].join(" ");
}

function fileStamp(path: string): string {
  if (path === "") return "-";
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? "missing" : `${stat.size}:${stat.mtimeMs}`;
}

/** Reads the index; empty when there is none that this version understands. */
export function readIndex(path: string): PluginIndex {
  try {
    const json = JSON.parse(readFileSync(path, "utf8")) as {
      format: number;
      plugins: Record<string, IndexRecord>;
    };
    if (json.format !== format) return new Map();
    return new Map(Object.entries(json.plugins).filter(([, record]) => typeof record.stamp === "string"));
  } catch {
    return new Map();
  }
}

/** Writes the index; a folder that cannot be written costs speed, not function. */
export function writeIndex(path: string, index: PluginIndex): void {
  try {
    writeFileAtomic(path, JSON.stringify({ format, plugins: Object.fromEntries(index) }));
  } catch {
    // The next command rebuilds what it needs.
  }
}
