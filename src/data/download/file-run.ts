import { existsSync, statSync } from "node:fs";

import { tradingCalendar } from "../../kernel/calendar/calendar.ts";
import { DataError, messageOf } from "../../kernel/errors.ts";
import type { SymInfo } from "../../kernel/syminfo.ts";
import type { Timeframe } from "../../kernel/timeframe.ts";
import { readHeader } from "../ohlcv/reader.ts";
import { Provenance } from "../provenance.ts";
import { type SymbolFile, writeSymbolFile } from "../syminfo-toml.ts";
import type { Periods } from "./intake.ts";
import type { FetchSession } from "./session.ts";
import { sourceOf } from "./source.ts";
import { refineQuantityStep, stampSource, symbolPathOf } from "./symbol.ts";
import type { FetchJob, FetchResult } from "./types.ts";

/** A data file while bars are fetched into it: its symbol, its provenance, and what has been added. */
export class FileRun {
  readonly path: string;
  readonly session: FetchSession;
  /** The provider string of the instrument. */
  readonly source: string;
  readonly #timeframe: string;
  #provenance: Provenance | undefined;
  #symbol: SymbolFile | undefined;
  #symbolIsNew = false;
  added = 0;

  constructor(job: FetchJob, session: FetchSession) {
    if (job.provider.symbol === null) throw new Error("the provider was made without a symbol");
    this.path = job.path;
    this.session = session;
    this.source = sourceOf(job.provider, job.timeframe);
    this.#timeframe = job.timeframe;
  }

  /** What the data file's index says, reconciled with the file. */
  get provenance(): Provenance {
    this.#provenance ??= Provenance.open(this.path);
    return this.#provenance;
  }

  /** The file has been replaced as a whole: nothing that was known about it holds. */
  forget(): void {
    this.#provenance = Provenance.fresh(this.path);
  }

  get symbol(): SymbolFile {
    if (this.#symbol === undefined) throw new Error("nothing is known about the symbol yet");
    return this.#symbol;
  }

  /** @param isNew it is the provider's answer rather than what the file says */
  describe(symbol: SymbolFile, isNew: boolean): void {
    this.#symbol = symbol;
    this.#symbolIsNew = isNew;
  }

  /** Writes the symbol file; one that is there already only gets its source, where it has none. */
  saveSymbol(): void {
    if (this.#symbolIsNew) writeSymbolFile(symbolPathOf(this.path), this.symbol);
    else stampSource(this.path, this.source);
    this.#symbolIsNew = false;
  }

  get periods(): Periods {
    return periodsOf(this.symbol.symInfo, this.session.timeframe);
  }

  /** Brings the index and a guessed quantity step up to date and sums up. Never throws. */
  finish(interrupted: boolean): FetchResult {
    const { session, path } = this;
    let hash: string | undefined;
    const header = headerOf(path);
    if (header !== undefined && header.recordCount > 0) {
      try {
        this.provenance.note(session.revisions, session.refused);
        hash = this.provenance.isStale ? this.provenance.commit() : this.provenance.hash;
      } catch (error) {
        session.warnings.push(`the provenance of ${path} could not be written: ${messageOf(error)}`);
      }
      try {
        if (this.added > 0 && this.#symbol !== undefined)
          this.#symbol = refineQuantityStep(path, this.#symbol);
      } catch (error) {
        session.warnings.push(`${symbolPathOf(path)} could not be written: ${messageOf(error)}`);
      }
    }
    const empty = header === undefined || header.recordCount === 0;
    return {
      path,
      symbolPath: symbolPathOf(path),
      source: this.source,
      timeframe: this.#timeframe,
      added: this.added,
      revisions: session.revisions,
      refused: session.refused,
      holes: session.holes,
      warnings: session.warnings,
      bars: header?.recordCount ?? 0,
      firstMs: empty ? undefined : header.firstMs,
      lastMs: empty ? undefined : header.lastMs,
      hash,
      interrupted,
      symInfo: this.#symbol?.symInfo,
    };
  }
}

function headerOf(path: string): ReturnType<typeof readHeader> | undefined {
  try {
    return existsSync(path) && statSync(path).size > 0 ? readHeader(path) : undefined;
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}

/** Where the bars of a symbol end, and where there should be some. */
function periodsOf(symInfo: SymInfo, timeframe: Timeframe): Periods {
  const calendar = tradingCalendar(symInfo);
  return {
    endMs: (openMs) => calendar.periodEndMs(openMs, timeframe),
    missesBetween(beforeMs, afterMs) {
      for (const _open of calendar.missingBetween(beforeMs, afterMs, timeframe)) return true;
      return false;
    },
  };
}
