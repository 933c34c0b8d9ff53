import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

import { wholeLines } from "../data/lines.ts";
import { DataError, UsageError, writeFailure } from "../kernel/errors.ts";
import type { Outcome, Results } from "./results.ts";

/**
 * What a search has found so far, on disk: a line that says which search it is, then a line for each set, appended a
 * few at a time. A line counts when its end is there: whatever a kill left behind it is cut off.
 *
 *     {"search":1,"script":"...","data":"...","settings":"..."}
 *     17,1204.5,12.05,...
 *     18!"ta.sma: the length is at least 1, not 0"
 */

/** Which search it is: hashes of everything that its results depend on. */
export interface SearchIdentity {
  readonly script: string;
  readonly data: string;
  /** Ranges, conditions, fixed inputs, settings. */
  readonly settings: string;
}

const version = 1;
const changedNames: Readonly<Record<keyof SearchIdentity, string>> = {
  script: "the script",
  data: "the data",
  settings: "ranges, conditions, inputs or settings",
};

/** The file of one search, open for appending. */
export class SearchLog implements Disposable {
  readonly path: string;
  readonly #descriptor: number;
  #pending = "";

  private constructor(path: string, descriptor: number) {
    this.path = path;
    this.#descriptor = descriptor;
  }

  /** Begins a file; the folder is made when it is missing. @throws RuntimeFailure when it cannot be written */
  static create(path: string, identity: SearchIdentity): SearchLog {
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, "");
      const log = new SearchLog(path, openSync(path, "a"));
      log.#pending = `${JSON.stringify({ search: version, ...identity })}\n`;
      log.commit();
      return log;
    } catch (error) {
      throw writeFailure(path, error);
    }
  }

  /**
   * Goes on with a file: its results are added to `results`, a torn end is cut off.
   *
   * @throws UsageError when it belongs to another search
   * @throws DataError when it is no such file
   */
  static resume(path: string, identity: SearchIdentity, results: Results): SearchLog {
    const wholeBytes = readAll(path, identity, results);
    if (wholeBytes === 0) return SearchLog.create(path, identity);
    try {
      truncateSync(path, wholeBytes);
      return new SearchLog(path, openSync(path, "a"));
    } catch (error) {
      throw writeFailure(path, error);
    }
  }

  /** Notes a result; it is on disk after the next `commit`. */
  add(ordinal: number, outcome: Outcome): void {
    this.#pending +=
      typeof outcome === "string"
        ? `${ordinal}!"${outcome.replace(/\s+/g, " ")}"\n`
        : `${ordinal},${outcome.join(",")}\n`;
  }

  /** Writes what was noted; when the disk takes no more the file ends where it ended before. @throws RuntimeFailure */
  commit(): void {
    if (this.#pending === "") return;
    const bytes = Buffer.from(this.#pending, "utf8");
    const { size } = fstatSync(this.#descriptor);
    try {
      for (let offset = 0; offset < bytes.length;) offset += writeSync(this.#descriptor, bytes, offset);
      fdatasyncSync(this.#descriptor);
    } catch (error) {
      ftruncateSync(this.#descriptor, size);
      throw writeFailure(this.path, error);
    }
    this.#pending = "";
  }

  /** The same where nobody can be told of a failure; the next `commit` meets it again. */
  tryCommit(): void {
    try {
      this.commit();
    } catch {
      // What was noted is still there.
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }

  /** The search is over and its results are somewhere else. */
  static remove(path: string): void {
    rmSync(path, { force: true });
  }

  static exists(path: string): boolean {
    return existsSync(path);
  }
}

/** @returns bytes of whole lines */
function readAll(path: string, identity: SearchIdentity, results: Results): number {
  let whole = 0;
  for (const piece of wholeLines(path)) {
    if (piece.at(-1) !== 10) break;
    const lines = piece.toString("utf8").split("\n").slice(0, -1);
    if (whole === 0) checkIdentity(lines.shift() ?? "", path, identity);
    for (const line of lines) addLine(line, path, results);
    whole += piece.length;
  }
  return whole;
}

function checkIdentity(line: string, path: string, identity: SearchIdentity): void {
  let found: Partial<Record<string, unknown>>;
  try {
    found = JSON.parse(line) as Partial<Record<string, unknown>>;
  } catch {
    found = {};
  }
  if (typeof found !== "object" || found === null || found["search"] !== version) {
    throw new DataError(`${path} is not the file of a search`, { hint: "--restart replaces it" });
  }
  const changed = (Object.keys(changedNames) as (keyof SearchIdentity)[]).filter(
    (name) => found[name] !== identity[name],
  );
  if (changed.length === 0) return;
  throw new UsageError(
    `${path} is of another search: ${changed.map((name) => changedNames[name]).join(", ")} changed since`,
    { hint: "--restart begins anew" },
  );
}

function addLine(line: string, path: string, results: Results): void {
  const match = /^(\d+)([,!])(.*)$/.exec(line);
  const ordinal = Number(match?.[1]);
  const rest = match?.[3] ?? "";
  const damaged = (): DataError =>
    new DataError(`${path} is damaged: "${line.slice(0, 40)}"`, { hint: "--restart begins anew" });
  if (match === null || ordinal >= results.count) throw damaged();
  if (match[2] === "!") return results.add(ordinal, rest.replace(/^"|"$/g, ""));
  const row = Float64Array.from(rest.split(","), Number);
  if (row.length !== results.width) throw damaged();
  results.add(ordinal, row);
}
