import type { Bar } from "../../kernel/bar.ts";
import { DataError } from "../../kernel/errors.ts";
import type { Revision } from "../provenance-file.ts";
import { Intake, type Periods } from "./intake.ts";
import { pages } from "./pages.ts";
import { readPage } from "./page.ts";
import type { FetchSession } from "./session.ts";

/** Where fetched bars go: a data file, or memory. */
export interface BarSink {
  /** Open time of the last bar; −Infinity while empty. */
  readonly lastMs: number;
  /** The last bar as it reads back. */
  readonly lastBar: Bar | undefined;
  /** Whether the last bar is this one, as it would be stored. */
  endsWith(bar: Bar): boolean;
  replaceLast(bar: Bar): void;
  /** All of them or none. */
  append(bars: readonly Bar[]): void;
}

/** One stretch to fetch. */
export interface FillWindow {
  /** Inclusive. */
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
  readonly periods: Periods;
  /** Called before each commit, with the open time of the first bar that changes. */
  onStore?(fromMs: number): void;
  /** Called after each page, with the number of bars it brought. */
  onPage?(added: number): void;
}

/** Pages in a row that tell nothing new before a provider is taken to have lost its way. */
export const maxIdlePages = 3;
/** Pages in a row without any bars: a provider that steps through years before the first listing. */
export const maxEmptyPages = 100_000;

/**
 * Fetches a stretch into a sink, page by page, each of them committed before the next is asked for. After a transient
 * failure the provider is asked again from the last bar that the sink holds.
 *
 * @throws what the provider throws, DataError for pages out of order, the signal's reason
 */
export async function fill(session: FetchSession, sink: BarSink, window: FillWindow): Promise<void> {
  let stored = 0;
  await session.withRetries(
    () => attempt(session, sink, window, (count) => (stored += count)),
    () => stored,
  );
}

async function attempt(
  session: FetchSession,
  sink: BarSink,
  window: FillWindow,
  onStored: (count: number) => void,
): Promise<void> {
  // A page shows what the venue knew when it was asked, which may be long before the page arrives.
  const nowMs = session.clock.nowMs();
  const boundaryMs = sink.lastMs;
  const from = boundaryMs === -Infinity ? window.fromMs : Math.max(window.fromMs, boundaryMs);
  const intake = new Intake({ ...window, fromMs: from, boundaryMs });
  const request = {
    from,
    to: window.toMs,
    ...(session.limit === undefined ? {} : { limit: session.limit }),
    withExtra: session.withExtra,
  };
  let [idle, empty] = [0, 0];
  for await (const rows of pages(request, session)) {
    if (!Array.isArray(rows)) throw new DataError("the provider sent a page that is no list of bars");
    const page = readPage(rows, session.withExtra);
    session.refuse(intake.refuse(page.refused, nowMs));
    const taken = intake.take(page.bars, nowMs);
    if (taken.hole !== undefined) session.holes.push(taken.hole);
    const revised = taken.again !== undefined && differs(session, sink, taken.again);
    if (revised || taken.fresh.length > 0)
      window.onStore?.(revised ? sink.lastMs : (taken.fresh[0]?.openTimeMs ?? sink.lastMs));
    if (revised && taken.again !== undefined) revise(session, sink, taken.again);
    const added = store(session, sink, taken.fresh);
    onStored(added);
    window.onPage?.(added);
    idle = taken.idle ? idle + 1 : 0;
    empty = rows.length === 0 ? empty + 1 : 0;
    if (idle < maxIdlePages && empty < maxEmptyPages) continue;
    const last = Number.isFinite(sink.lastMs) ? new Date(sink.lastMs).toISOString() : "nothing";
    session.warnings.push(`the provider repeats itself after ${last}: the download ends there`);
    return;
  }
}

/** Whether the venue has the sink's last bar otherwise now; a version that cannot be stored does not count. */
function differs(session: FetchSession, sink: BarSink, bar: Bar): boolean {
  try {
    return bar.openTimeMs === sink.lastMs && !sink.endsWith(bar);
  } catch (error) {
    refuse(session, bar, error);
    return false;
  }
}

/** Notes a bar that no file can hold; every other failure goes on. */
function refuse(session: FetchSession, bar: Bar, error: unknown): void {
  if (!(error instanceof DataError)) throw error;
  session.refuse([
    { timeMs: bar.openTimeMs, reason: error.message.replace(/^the bar at \S+ (cannot be stored: )?/, "it ") },
  ]);
}

/** The venue changed its mind about the last bar: the file follows, and the old values are noted. */
function revise(session: FetchSession, sink: BarSink, bar: Bar): void {
  const before = sink.lastBar;
  sink.replaceLast(bar);
  const after = sink.lastBar;
  if (before === undefined || after === undefined) return;
  const atMs = session.clock.nowMs();
  for (const field of ["open", "high", "low", "close", "volume"] as const satisfies Revision["field"][]) {
    if (Object.is(before[field], after[field])) continue;
    session.revisions.push({
      timeMs: bar.openTimeMs,
      field,
      before: before[field],
      after: after[field],
      atMs,
    });
  }
}

/** Commits bars together; where one of them cannot be encoded, one by one without it. Returns how many. */
function store(session: FetchSession, sink: BarSink, bars: readonly Bar[]): number {
  if (bars.length === 0) return 0;
  try {
    sink.append(bars);
    return bars.length;
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const [first, ...more] = bars;
    if (first !== undefined && more.length === 0) refuse(session, first, error);
    return more.length === 0 ? 0 : bars.reduce((count, bar) => count + store(session, sink, [bar]), 0);
  }
}
