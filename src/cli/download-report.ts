import { basename } from "node:path";

import { barName } from "../data/download/page.ts";
import type {
  DownloadConflict,
  DownloadProgress,
  DownloadResult,
  DownloadRetry,
  FetchResult,
} from "../data/download/types.ts";
import { messageOf } from "../kernel/errors.ts";
import { counted, grouped } from "../kernel/counted.ts";

/** What a person and a script read about a download. Pure. */

/** The line that is redrawn while bars arrive: how far, how many, how fast, how long still. */
export function progressLine({ bars, lastMs, fraction }: DownloadProgress, elapsedMs: number): string {
  const rate = bars / Math.max(elapsedMs / 1000, 0.001);
  const parts = [
    ...(fraction === undefined ? [] : [`${String(Math.floor(fraction * 100)).padStart(3)} %`]),
    counted(bars, "bar"),
    minute(lastMs),
    `${grouped(Math.round(rate))} bars/s`,
    ...(fraction === undefined || fraction <= 0.01 || fraction >= 1
      ? []
      : [`${duration((elapsedMs * (1 - fraction)) / fraction)} left`]),
  ];
  return parts.join("  ");
}

/** `0:07`, `12:05`, `1:02:03`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** Why there is a wait, and how long. */
export function retryLine({ attempt, retries, waitMs, error }: DownloadRetry): string {
  return `${messageOf(error)}; trying again in ${(waitMs / 1000).toFixed(1)} s (${retries === Number.POSITIVE_INFINITY ? attempt : `${attempt} of ${retries}`})`;
}

/** What the file holds and what was asked for. */
export function conflictLine({ path, firstStoredMs, requestedFromMs }: DownloadConflict): string {
  return `${basename(path)} begins at ${minute(firstStoredMs)} UTC; you asked for bars from ${minute(requestedFromMs)} UTC on`;
}

/** What came of it, in one line: `24 bars added; 1,234 from 2024-01-01 00:00 to 2024-06-30 23:00 UTC`. */
export function resultLine(result: FetchResult): string {
  const { added, bars, firstMs, lastMs, revisions } = result;
  const revised = new Set(revisions.map((revision) => revision.timeMs)).size;
  const changes = [
    added === 0 ? "nothing new" : `${counted(added, "bar")} added`,
    ...(revised === 0 ? [] : [`${counted(revised, "bar")} revised`]),
  ];
  const holds =
    firstMs === undefined || lastMs === undefined
      ? "no bars yet"
      : `${grouped(bars)} from ${minute(firstMs)} to ${minute(lastMs)} UTC`;
  return `${changes.join(", ")}; ${holds}`;
}

/** Everything in a result that somebody should look at. */
export function remarks(result: FetchResult): string[] {
  return [
    ...result.warnings,
    ...result.holes.map(
      ({ fromMs, toMs }) =>
        `the provider sent nothing from ${minute(fromMs)} to ${minute(toMs)} UTC, and not the bar before either: bars may be missing there`,
    ),
  ];
}

/** What the venue changed its mind about: usual with some, and kept in the index of the file. */
export function revisionLines(result: FetchResult): string[] {
  return result.revisions.map(
    ({ timeMs, field, before, after }) =>
      `the venue revised the ${field} at ${minute(timeMs)} UTC from ${before} to ${after}`,
  );
}

/** One line for each bar that was refused; they make a run fail, though everything else was stored. */
export function refusals(result: FetchResult): string[] {
  return result.refused.map((bar) => `${barName(bar)} was refused: ${bar.reason}`);
}

/** The result object of `--json`. */
export function resultObject(result: FetchResult | DownloadResult, seconds: number, error?: unknown): object {
  return {
    file: result.path,
    symbol_file: result.symbolPath,
    provider: result.source,
    timeframe: result.timeframe,
    ...("fromMs" in result ? { from: iso(result.fromMs), to: iso(result.toMs) } : {}),
    added: result.added,
    revised: result.revisions.map(({ timeMs, field, before, after }) => ({
      time: iso(timeMs),
      field,
      before,
      after,
    })),
    refused: result.refused.map(({ timeMs, reason }) => ({ time: iso(timeMs), reason })),
    holes: result.holes.map(({ fromMs, toMs }) => ({ from: iso(fromMs), to: iso(toMs) })),
    warnings: result.warnings,
    bars: result.bars,
    first: iso(result.firstMs),
    last: iso(result.lastMs),
    hash: result.hash ?? null,
    interrupted: result.interrupted,
    seconds: Math.round(seconds * 1000) / 1000,
    ...(error === undefined
      ? {}
      : { error: { code: (error as { code?: string }).code ?? "FAILED", message: messageOf(error) } }),
  };
}

/** What was saved when a run ended early, and how to go on. */
export function savedLine(result: FetchResult, lastMs = result.lastMs): string {
  const saved = `${result.added === 0 ? "nothing new" : counted(result.added, "bar")} saved`;
  const upTo = lastMs === undefined ? "" : `, the file ends at ${minute(lastMs)} UTC`;
  return `${saved}${upTo}; go on with: pyne data download ${basename(result.path)}`;
}

function iso(timeMs: number | undefined): string | null {
  return timeMs === undefined || !Number.isFinite(timeMs) || Math.abs(timeMs) > 8.64e15
    ? null
    : new Date(timeMs).toISOString();
}

function minute(timeMs: number): string {
  return (iso(timeMs) ?? "?").slice(0, 16).replace("T", " ");
}
