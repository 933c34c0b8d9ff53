import { insertBars } from "../ohlcv/insert.ts";
import { readHeader, readOhlcv } from "../ohlcv/reader.ts";
import { readSidecarRows } from "../ohlcv/sidecar.ts";
import { publishStaged, stagedPath } from "../ohlcv/swap.ts";
import { OhlcvWriter, type WriterOptions } from "../ohlcv/writer.ts";
import { fill, type FillWindow } from "./fill.ts";
import type { FileRun } from "./file-run.ts";
import { backfillPath, removeBackfill } from "./leftovers.ts";
import type { DownloadLeg } from "./types.ts";
import { EmptyWindowError } from "./errors.ts";
import { gridOf } from "./symbol.ts";

/** The three ways bars get into a data file. Whatever ends one, the file is whole and holds what it held before. */

/** Told after each page: bars it brought, and the open time of the last one so far. */
export type OnPage = (added: number, lastMs: number) => void;

/** Fetches a leg. */
export function runLeg(run: FileRun, leg: DownloadLeg, onPage: OnPage): Promise<void> {
  switch (leg.kind) {
    case "append":
      return append(run, leg, onPage);
    case "backfill":
      return backfill(run, leg, onPage);
    case "replace":
      return replace(run, leg, onPage);
    default:
      return leg.kind satisfies never;
  }
}

/** At the end of the file, page by page. */
async function append(run: FileRun, leg: DownloadLeg, onPage: OnPage): Promise<void> {
  const { session, provenance } = run;
  using writer = OhlcvWriter.open(run.path, optionsOf(run));
  const [boundaryMs, before, holes] = [writer.lastMs, writer.recordCount, session.holes.length];
  const source = "download" as const;
  let storing = false;
  const onStore = (fromMs: number): void => {
    if (!storing) provenance.begin({ fromMs: Math.min(fromMs, leg.fromMs), toMs: leg.toMs - 1, source });
    storing = true;
  };
  try {
    await fill(session, writer, windowOf(run, leg, writer, onPage, onStore));
  } finally {
    run.added += writer.recordCount - before;
    if (storing) {
      const fromMs = boundaryMs === -Infinity ? leg.fromMs : boundaryMs;
      provenance.assign({ fromMs, toMs: writer.lastMs, source });
      for (const hole of session.holes.slice(holes))
        provenance.assign({ fromMs: hole.fromMs, toMs: hole.toMs - 1, source: "unknown" });
    }
  }
}

/** In front of the file: collected aside, where the next run finds it, and merged when it is complete. */
async function backfill(run: FileRun, leg: DownloadLeg, onPage: OnPage): Promise<void> {
  const { session, path } = run;
  const collected = backfillPath(path, leg.fromMs);
  {
    using writer = OhlcvWriter.open(collected, optionsOf(run));
    await fill(session, writer, windowOf(run, leg, writer, onPage));
  }
  const range = { fromMs: leg.fromMs, toMs: leg.toMs - 1, source: "backfill" as const };
  run.provenance.begin(range);
  insertBars(path, { columns: readOhlcv(collected).columns, extra: readSidecarRows(collected) });
  run.provenance.assign(range);
  run.added += readHeader(collected).recordCount;
  removeBackfill(collected);
}

/** In place of the file, which stays until the last bar has arrived. */
async function replace(run: FileRun, leg: DownloadLeg, onPage: OnPage): Promise<void> {
  const { session, path } = run;
  let range;
  let count = 0;
  {
    using writer = OhlcvWriter.create(stagedPath(path), optionsOf(run));
    await fill(session, writer, windowOf(run, leg, writer, onPage));
    if (writer.recordCount === 0) {
      throw new EmptyWindowError(`the provider has no bars in that window; ${path} was left as it was`);
    }
    count = writer.recordCount;
    range = { fromMs: leg.fromMs, toMs: writer.lastMs, source: "download" as const };
  }
  run.saveSymbol();
  publishStaged(path);
  run.forget();
  run.provenance.assign(range);
  run.added += count;
}

function optionsOf({ session, symbol }: FileRun): WriterOptions {
  return { timeframe: session.timeframe, grid: gridOf(symbol.symInfo) };
}

function windowOf(
  run: FileRun,
  leg: DownloadLeg,
  writer: OhlcvWriter,
  onPage: OnPage,
  onStore: (fromMs: number) => void = () => {},
): FillWindow {
  return {
    fromMs: leg.fromMs,
    toMs: leg.toMs,
    periods: run.periods,
    onStore,
    onPage: (added) => onPage(added, writer.lastMs === -Infinity ? leg.fromMs : writer.lastMs),
  };
}
