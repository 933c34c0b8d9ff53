import { rmSync, statSync } from "node:fs";

import { combinedHash, monthHashes, monthOf } from "./content-hash.ts";
import { readHeader, readOhlcv } from "./ohlcv/reader.ts";
import {
  maxNotes,
  provenancePath,
  type ProvenanceRecord,
  readProvenance,
  type RefusedBar,
  type Revision,
  type UnderWay,
  writeProvenance,
} from "./provenance-file.ts";
import { assignRange, type BarSource, type SourceRange } from "./provenance-ranges.ts";

/**
 * The provenance of a data file while it is being written. The order is: `begin` before the first bar is committed,
 * the bars, then `commit`. A crash in between is healed by the next `open`, which finds what was under way.
 *
 * The caller holds the file's lock.
 */
export class Provenance {
  readonly #path: string;
  #record: ProvenanceRecord;
  /** Bars from here on may have changed since their month was hashed. */
  #dirtyFromMs: number;

  private constructor(path: string, record: ProvenanceRecord, dirtyFromMs: number) {
    this.#path = path;
    this.#record = record;
    this.#dirtyFromMs = dirtyFromMs;
  }

  /** Reads what is known about a data file and reconciles it with the file. Nothing is written. */
  static open(path: string): Provenance {
    const known = readProvenance(path);
    const state = stateOf(path);
    if (known === undefined) {
      const record = { ...blank, ...state, ranges: wholeRange(state, "unknown") };
      return new Provenance(path, record, -Infinity);
    }
    const { underWay } = known;
    const unchanged =
      known.bars === state.bars &&
      Object.is(known.firstMs, state.firstMs) &&
      Object.is(known.lastMs, state.lastMs);
    if (underWay === undefined) {
      if (unchanged) return new Provenance(path, known, Infinity);
      return new Provenance(path, reconciled(path, known, state), -Infinity);
    }
    const ranges = unchanged ? known.ranges : within(assignRange(known.ranges, underWay), state);
    return new Provenance(
      path,
      { ...known, ...state, ranges, underWay: undefined },
      Object.is(known.firstMs, state.firstMs) ? underWay.fromMs : -Infinity,
    );
  }

  /** The provenance of a file that has just been written as a whole. */
  static fresh(path: string): Provenance {
    return new Provenance(path, { ...blank, ...stateOf(path) }, -Infinity);
  }

  /** First instant that the venue was asked for, where the file begins with the venue's answer. */
  get askedFromMs(): number | undefined {
    const first = this.#record.ranges[0];
    return first === undefined || !["download", "backfill", "repair"].includes(first.source)
      ? undefined
      : first.fromMs;
  }

  /** The content hash of the whole file, as of the last commit. */
  get hash(): string {
    return combinedHash(this.#record.months.values());
  }

  /** Whether the index on disk says less than what is known here. */
  get isStale(): boolean {
    return this.#dirtyFromMs !== Infinity;
  }

  /** Notes on disk what is about to be written, so that a crash does not leave bars of unknown source. */
  begin(underWay: UnderWay): void {
    this.#record = { ...this.#record, underWay };
    writeProvenance(this.#path, this.#record, this.hash);
    this.changed(underWay.fromMs);
  }

  /** Says where a stretch came from. */
  assign(range: SourceRange): void {
    this.#record = { ...this.#record, ranges: assignRange(this.#record.ranges, range) };
    this.changed(range.fromMs);
  }

  /** Bars from here on are not what they were. */
  changed(fromMs: number): void {
    this.#dirtyFromMs = Math.min(this.#dirtyFromMs, fromMs);
  }

  /** Keeps what the venue revised and what was refused; the oldest are only counted. */
  note(revisions: readonly Revision[], refused: readonly RefusedBar[]): void {
    if (revisions.length + refused.length === 0) return;
    this.changed(this.#record.lastMs);
    const { revisions: old, refused: before } = this.#record;
    const [allRevisions, allRefused] = [
      [...old, ...revisions],
      [...before, ...refused],
    ];
    this.#record = {
      ...this.#record,
      revisions: allRevisions.slice(-maxNotes),
      olderRevisions: this.#record.olderRevisions + Math.max(0, allRevisions.length - maxNotes),
      refused: allRefused.slice(-maxNotes),
      olderRefused: this.#record.olderRefused + Math.max(0, allRefused.length - maxNotes),
    };
  }

  /**
   * Hashes the months that changed and writes the index.
   * @returns the content hash of the whole file
   */
  commit(): string {
    const state = stateOf(this.#path);
    const months = new Map(this.#record.months);
    if (state.bars > 0 && this.#dirtyFromMs !== Infinity) {
      const from =
        this.#dirtyFromMs === -Infinity || this.#dirtyFromMs < state.firstMs
          ? state.firstMs
          : Math.min(this.#dirtyFromMs, state.lastMs);
      const { name, startMs } = monthOf(from);
      for (const month of months.keys()) if (month >= name) months.delete(month);
      // A file that now begins later than it did has no bars in the months before.
      const first = monthOf(state.firstMs).name;
      for (const month of months.keys()) if (month < first) months.delete(month);
      for (const [month, hash] of monthHashes(readOhlcv(this.#path, { fromMs: startMs }).columns))
        months.set(month, hash);
    }
    this.#record = { ...this.#record, ...state, months, underWay: undefined };
    this.#dirtyFromMs = Infinity;
    writeProvenance(this.#path, this.#record, this.hash);
    return this.hash;
  }
}

/**
 * Writes the provenance of a file that has one source as a whole: an import, an aggregation. Where it cannot be
 * written there is none: it is worth less than the file.
 */
export function describeWhole(path: string, source: BarSource): void {
  try {
    const provenance = Provenance.fresh(path);
    for (const range of wholeRange(stateOf(path), source)) provenance.assign(range);
    provenance.commit();
  } catch {
    rmSync(provenancePath(path), { force: true });
  }
}

type FileState = Pick<ProvenanceRecord, "bars" | "firstMs" | "lastMs">;

const blank: ProvenanceRecord = {
  bars: 0,
  firstMs: Number.NaN,
  lastMs: Number.NaN,
  ranges: [],
  months: new Map(),
  revisions: [],
  olderRevisions: 0,
  refused: [],
  olderRefused: 0,
  underWay: undefined,
};

function stateOf(path: string): FileState {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const header = size > 0 ? readHeader(path) : undefined;
  if (header === undefined || header.recordCount === 0)
    return { bars: 0, firstMs: Number.NaN, lastMs: Number.NaN };
  return { bars: header.recordCount, firstMs: header.firstMs, lastMs: header.lastMs };
}

function wholeRange({ bars, firstMs, lastMs }: FileState, source: BarSource): SourceRange[] {
  return bars === 0 ? [] : [{ fromMs: firstMs, toMs: lastMs, source }];
}

/** Ranges that have to do with the bars there are. */
function within(ranges: readonly SourceRange[], { bars, firstMs, lastMs }: FileState): SourceRange[] {
  return ranges
    .filter((range) => bars > 0 && range.toMs >= firstMs && range.fromMs <= lastMs)
    .map((range) => ({ ...range, toMs: Math.min(range.toMs, lastMs) }));
}

/** Somebody else wrote the file: months that still hash to what they did keep their source, others lose it. */
function reconciled(path: string, known: ProvenanceRecord, state: FileState): ProvenanceRecord {
  let ranges = within(known.ranges, state);
  if (state.bars > 0) {
    for (const [month, hash] of monthHashes(readOhlcv(path).columns)) {
      if (known.months.get(month) === hash) continue;
      const { startMs, endMs } = monthOf(Date.parse(`${month}-01T00:00:00Z`));
      ranges = assignRange(ranges, {
        fromMs: Math.max(startMs, state.firstMs),
        toMs: Math.min(endMs - 1, state.lastMs),
        source: "unknown",
      });
    }
  }
  return { ...known, ...state, ranges, underWay: undefined };
}
