/**
 * Any sequence of downloads, whatever the venue, the windows, the failures and the moments of death, leaves exactly
 * the venue's closed bars:
 *
 * 1. a file can be read at any time, in order, with nothing in it that the venue never had or had not closed;
 * 2. between its first and its last bar nothing is missing;
 * 3. a run that ends well holds the whole window it was asked for, and everything it held before;
 * 4. further columns stay with their bars;
 * 5. the index says whence every bar came, and its hashes are those of the bars.
 */
import { afterAll, expect, test } from "bun:test";
import fc from "fast-check";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ProviderError, TransientProviderError } from "../../../src/api/plugins/errors.ts";
import { contentHash } from "../../../src/data/content-hash.ts";
import { settleMs } from "../../../src/data/download/intake.ts";
import { downloadBars } from "../../../src/data/download/runner.ts";
import type { DownloadStart } from "../../../src/data/download/types.ts";
import { readOhlcv } from "../../../src/data/ohlcv/reader.ts";
import { readSidecar } from "../../../src/data/ohlcv/sidecar.ts";
import { readProvenance } from "../../../src/data/provenance-file.ts";
import type { Bar } from "../../../src/kernel/bar.ts";
import { killAt, revive } from "./faulty-disk.ts";
import { type Answer, barOf, type HandClock, jobFor, minuteMs, start, TestVenue } from "./venue.ts";

const folder = mkdtempSync(join(tmpdir(), "pyne-history-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Minutes in which the venue trades; it revises a bar half a minute after its end. */
const lastMinute = 60;
const revisedAfterMs = 30_000;

interface World {
  readonly traded: ReadonlySet<number>;
  readonly revised: ReadonlySet<number>;
}

/** What the venue shows at an instant: closed bars, revised ones among them, and the one that forms. */
function shown({ traded, revised }: World, nowMs: number): Bar[] {
  const bars: Bar[] = [];
  for (let index = 0; start + index * minuteMs <= nowMs && index <= lastMinute; index++) {
    if (!traded.has(index)) continue;
    const endMs = start + (index + 1) * minuteMs;
    if (endMs > nowMs) bars.push({ ...barOf(index), volume: 0.25 });
    else bars.push(barOf(index, revised.has(index) && nowMs < endMs + revisedAfterMs ? 1 : 0));
  }
  return bars.map((bar) => ({ ...bar, extra: { minute: (bar.openTimeMs - start) / minuteMs } }));
}

/** One process. Times are minutes from the start; `kill` counts changes of the disk. */
interface Run {
  readonly advance: number;
  readonly from: number | "continue";
  readonly to: number | undefined;
  readonly truncate: boolean;
  readonly extra: boolean;
  readonly pageSize: number;
  readonly fault: "none" | "away" | "gone" | "overlap" | "shuffled" | "doubled" | "gaps" | "slow";
  readonly faultAt: number;
  readonly kill: number | undefined;
}

const run: fc.Arbitrary<Run> = fc.record({
  // Often just after a bar has closed, when it may still be revised.
  advance: fc
    .tuple(fc.integer({ min: 0, max: 10 }), fc.constantFrom(0, 10, 20, 45))
    .map(([minutes, seconds]) => minutes + seconds / 60),
  from: fc.oneof({ weight: 2, arbitrary: fc.constant("continue" as const) }, fc.integer({ min: 0, max: 40 })),
  to: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined, freq: 4 }),
  truncate: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
  extra: fc.boolean(),
  pageSize: fc.integer({ min: 1, max: 9 }),
  fault: fc.constantFrom("none", "none", "away", "gone", "overlap", "shuffled", "doubled", "gaps", "slow"),
  faultAt: fc.integer({ min: 0, max: 4 }),
  kill: fc.option(fc.integer({ min: 0, max: 80 }), { nil: undefined, freq: 1 }),
});

/** A venue in the mood of a run. */
function venueOf(world: World, { pageSize, fault, faultAt }: Run, clock: () => HandClock): TestVenue {
  let failed = false;
  return new TestVenue(function* ({ from, to }): Generator<Answer> {
    const reach = fault === "overlap" ? 5 * minuteMs : 0;
    const bars = shown(world, clock().now).filter(
      (bar) => bar.openTimeMs >= from - reach && bar.openTimeMs < to,
    );
    for (let at = 0, page = 0; at < bars.length; at += pageSize, page++) {
      if (page === faultAt && fault === "gone") throw new ProviderError("gone");
      if (page === faultAt && fault === "away" && !failed) {
        failed = true;
        throw new TransientProviderError("away");
      }
      const rows = bars.slice(at, at + pageSize);
      if (fault === "slow") clock().now += 15_000;
      if (fault === "gaps") yield [];
      if (fault === "shuffled") yield rows.toReversed();
      else if (fault === "doubled") yield [...rows, ...rows];
      else yield rows;
    }
  });
}

const minutesOf = (times: Float64Array): number[] => Array.from(times, (time) => (time - start) / minuteMs);

async function history(world: World, runs: readonly Run[]): Promise<void> {
  const own = mkdtempSync(join(folder, "run-"));
  let nowMs = start + 5 * minuteMs;
  let before: number[] = [];
  for (const one of runs) {
    nowMs += Math.round(one.advance * minuteMs);
    const venue = venueOf(world, one, () => job.clock);
    const from: DownloadStart = one.from === "continue" ? "continue" : start + one.from * minuteMs;
    const job = jobFor(venue, 0, {
      folder: own,
      from,
      to: one.to === undefined ? undefined : start + one.to * minuteMs,
      truncate: one.truncate,
      withExtra: one.extra,
    });
    job.clock.now = nowMs;
    const begunMs = nowMs;
    if (one.kill !== undefined) killAt(one.kill);
    const result = await downloadBars(job).catch(() => undefined);
    const killed = revive();
    nowMs = Math.max(nowMs, job.clock.now);
    const after = existsSync(job.path) ? check(job.path, world, nowMs) : [];

    // A replacement may be shorter; a killed process may have died while it replaced the last bar.
    const kept = one.truncate ? [] : killed ? before.slice(0, -1) : before;
    expect(after).toEqual(expect.arrayContaining(kept));
    if (result !== undefined && !killed) {
      const settled = shown(world, begunMs).filter((bar) => bar.openTimeMs + minuteMs + settleMs <= begunMs);
      const wanted = settled.filter(
        (bar) => bar.openTimeMs >= result.fromMs && bar.openTimeMs <= result.toMs,
      );
      expect(result.holes).toEqual([]);
      expect(after).toEqual(expect.arrayContaining(wanted.map((bar) => (bar.openTimeMs - start) / minuteMs)));
      if (after.length > 0) checkIndex(job.path);
    }
    before = after;
  }
}

/** The file holds bars of the venue, all of them between its ends, none that was not closed. Returns their minutes. */
function check(path: string, { traded, revised }: World, nowMs: number): number[] {
  const { columns } = readOhlcv(path);
  const minutes = minutesOf(columns.openTimeMs);
  const [first, last] = [minutes[0] ?? 0, minutes.at(-1) ?? -1];
  expect(minutes).toEqual(
    [...traded].filter((minute) => minute >= first && minute <= last).toSorted((a, b) => a - b),
  );
  for (const [index, minute] of minutes.entries()) {
    expect(start + (minute + 1) * minuteMs).toBeLessThanOrEqual(nowMs);
    const versions = revised.has(minute) && index === minutes.length - 1 ? [0, 1] : [0];
    const found = {
      open: columns.open[index],
      high: columns.high[index],
      low: columns.low[index],
      close: columns.close[index],
      volume: columns.volume[index],
    };
    expect(versions.map((version) => pricesOf(barOf(minute, version)))).toContainEqual(found);
  }
  return minutes;
}

function pricesOf({ open, high, low, close, volume }: Bar): object {
  return { open, high, low, close, volume };
}

function checkIndex(path: string): void {
  const { columns, recordCount } = readOhlcv(path);
  const extra = readSidecar(path, recordCount, 0, recordCount).get("minute");
  for (const [index, minute] of minutesOf(columns.openTimeMs).entries()) {
    const cell = extra?.[index];
    if (typeof cell === "number" && !Number.isNaN(cell)) expect(cell).toBe(minute);
  }
  const index = readProvenance(path);
  expect(index).toMatchObject({ bars: recordCount, underWay: undefined });
  expect([...(index?.months.values() ?? [])]).toHaveLength(1);
  expect(
    new Bun.CryptoHasher("sha256")
      .update(Buffer.from([...(index?.months.values() ?? [])].join(""), "hex"))
      .digest("hex"),
  ).toBe(contentHash(columns));
  const known = index?.ranges.filter((range) => range.source !== "unknown") ?? [];
  for (const time of columns.openTimeMs)
    expect(known.some((range) => time >= range.fromMs && time <= range.toMs)).toBe(true);
}

const world: fc.Arbitrary<World> = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 0, max: lastMinute }), { minLength: 1, maxLength: 60 }),
    fc.uniqueArray(fc.integer({ min: 0, max: lastMinute }), { maxLength: 30 }),
  )
  .map(([traded, revised]) => ({ traded: new Set(traded), revised: new Set(revised) }));

test("any sequence of downloads", async () => {
  await fc.assert(fc.asyncProperty(world, fc.array(run, { minLength: 1, maxLength: 8 }), history), {
    numRuns: Number(process.env["PYNE_HISTORIES"] ?? 60),
  });
}, 120_000);
