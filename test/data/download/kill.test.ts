/**
 * The process dies at every single change of the disk in turn; then the next one does its work. Whatever the moment,
 * the file is whole in between and complete afterwards, its further columns with their bars, its index right.
 */
import { afterAll, describe, expect, test } from "bun:test";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { contentHash } from "../../../src/data/content-hash.ts";
import { repairBars } from "../../../src/data/download/repair.ts";
import { downloadBars } from "../../../src/data/download/runner.ts";
import type { DownloadJob } from "../../../src/data/download/types.ts";
import { OhlcvWriter } from "../../../src/data/ohlcv/writer.ts";
import { readOhlcv } from "../../../src/data/ohlcv/reader.ts";
import { readSidecar } from "../../../src/data/ohlcv/sidecar.ts";
import { readProvenance } from "../../../src/data/provenance-file.ts";
import type { Bar } from "../../../src/kernel/bar.ts";
import { killAt, revive } from "./faulty-disk.ts";
import { barOf, clockAt, type HandClock, jobFor, minuteMs, serving, start, TestVenue } from "./venue.ts";

const folder = mkdtempSync(join(tmpdir(), "pyne-kill-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (index: number): number => start + index * minuteMs;
const row = (index: number, version = 0): Bar => ({ ...barOf(index, version), extra: { minute: index } });
const rows = (from: number, to: number): Bar[] =>
  Array.from({ length: to - from }, (_, index) => row(from + index));
const revised = (bars: readonly Bar[], index: number): Bar[] =>
  bars.map((bar) => (bar.openTimeMs === at(index) ? row(index, 3) : bar));

type Job = DownloadJob & { readonly clock: HandClock };

/** What has happened before, what is being done when the process dies, and what the file holds in the end. */
interface Scenario {
  readonly before: (job: Job) => Promise<unknown>;
  readonly during: (job: Job) => Promise<unknown>;
  readonly after: readonly Bar[];
  /** The index cannot know whence every bar came. */
  readonly strange?: boolean;
  /** First minutes that a whole file may begin with, and last ones it may end with. */
  readonly first: readonly number[];
  readonly last: readonly number[];
}

const nothing = (): Promise<void> => Promise.resolve();
const from = (bars: readonly Bar[], options: Partial<DownloadJob>) => (job: Job) =>
  downloadBars({ ...job, provider: new TestVenue(serving(() => bars, 4)), ...options });
const later = clockAt(20);

const scenarios: Readonly<Record<string, Scenario>> = {
  "a first download": {
    before: nothing,
    during: from(rows(0, 12), { from: at(0) }),
    after: rows(0, 12),
    first: [0],
    last: [-1, 3, 7, 11],
  },
  "a continuation": {
    before: from(rows(0, 12), {}),
    during: from(rows(0, 20), { from: "continue", clock: later }),
    after: rows(0, 20),
    first: [0],
    // Four bars a page, the first of which is the last one stored.
    last: [11, 14, 18, 19],
  },
  "a revision of the last bar": {
    before: from(rows(0, 12), {}),
    during: from(revised(rows(0, 14), 11), { from: "continue", clock: later }),
    after: revised(rows(0, 14), 11),
    first: [0],
    last: [10, 11, 13],
  },
  "a revision of the only bar": {
    before: from(rows(0, 1), {}),
    during: from(revised(rows(0, 3), 0), { from: "continue", clock: later }),
    after: revised(rows(0, 3), 0),
    first: [0],
    last: [-1, 0, 2],
  },
  "a backfill": {
    before: from(rows(6, 12), { from: at(6) }),
    during: from(rows(0, 14), { from: at(0), clock: later }),
    after: rows(0, 14),
    first: [0, 6],
    last: [11, 13],
  },
  "a replacement": {
    before: from(rows(0, 12), {}),
    during: from(rows(3, 14), { from: at(3), truncate: true, clock: later }),
    after: rows(3, 14),
    first: [0, 3],
    last: [11, 13],
  },
  "a replacement without further columns": {
    before: from(rows(0, 12), {}),
    during: from(rows(3, 14), { from: at(3), truncate: true, withExtra: false, clock: later }),
    after: rows(3, 14),
    first: [0, 3],
    last: [11, 13],
  },
  "a repair": {
    before: async (job) => {
      await from(rows(0, 12), {})(job);
      // Somebody lost bars: the file is written anew without them.
      using writer = OhlcvWriter.create(job.path, {
        timeframe: { value: 1, unit: "minute" },
        grid: { minmove: 1, pricescale: 100 },
      });
      writer.append([...rows(0, 3), ...rows(6, 12)]);
    },
    during: (job) =>
      repairBars({ ...job, provider: new TestVenue(serving(() => revised(rows(0, 12), 8), 4)) }, [
        { fromMs: at(2), toMs: at(9) },
      ]),
    after: revised(rows(0, 12), 8),
    strange: true,
    first: [0],
    last: [11],
  },
};

let copies = 0;

/** A copy of a job's files, as another process finds them. */
function copyOf(job: Job): Job {
  const copy = join(folder, `copy-${copies++}`);
  cpSync(dirname(job.path), copy, { recursive: true });
  return { ...job, path: join(copy, "venue_X_1.ohlcv"), lock: { ...job.lock, folder: join(copy, "locks") } };
}

describe.each(Object.entries(scenarios))("%s", (_name, scenario) => {
  test("survives death at every change of the disk", async () => {
    const prepared: Job = { ...jobFor(new TestVenue(), 12), withExtra: true };
    await scenario.before(prepared);
    let kills = 0;
    for (let step = 0; ; step++) {
      const job = copyOf(prepared);
      killAt(step);
      await scenario.during(job).catch(() => {});
      const killed = revive();
      if (existsSync(job.path)) {
        const { columns } = readOhlcv(job.path);
        const minutes = Array.from(columns.openTimeMs, (time) => (time - start) / minuteMs);
        expect({ step, last: scenario.last.includes(minutes.at(-1) ?? -1) }).toEqual({ step, last: true });
        expect(scenario.first).toContain(minutes[0] ?? scenario.first[0]!);
      }
      await scenario.during(job);
      complete(job.path, scenario, step);
      if (!killed) break;
      kills++;
    }
    expect(kills).toBeGreaterThan(10);
  });
});

function complete(path: string, { after: bars, strange = false }: Scenario, step: number): void {
  const { columns, recordCount } = readOhlcv(path);
  expect({ step, minutes: Array.from(columns.openTimeMs) }).toEqual({
    step,
    minutes: bars.map((bar) => bar.openTimeMs),
  });
  for (const field of ["open", "high", "low", "close", "volume"] as const)
    expect(Array.from(columns[field])).toEqual(bars.map((bar) => bar[field]));
  const extra = readSidecar(path, recordCount, 0, recordCount).get("minute");
  for (const [index, cell] of (extra ?? []).entries())
    if (!Number.isNaN(Number(cell || Number.NaN)))
      expect({ step, cell: Number(cell) }).toEqual({
        step,
        cell: (bars[index]!.openTimeMs - start) / minuteMs,
      });
  const index = readProvenance(path)!;
  expect(index.underWay).toBeUndefined();
  const hash = new Bun.CryptoHasher("sha256").update(Buffer.from([...index.months.values()].join(""), "hex"));
  expect(hash.digest("hex")).toBe(contentHash(columns));
  for (const bar of bars)
    expect({
      step,
      known: index.ranges.some(
        (range) =>
          (strange || range.source !== "unknown") &&
          range.fromMs <= bar.openTimeMs &&
          bar.openTimeMs <= range.toMs,
      ),
    }).toEqual({ step, known: true });
  expect(readdirSync(dirname(path)).filter((name) => name.startsWith(".") && !name.endsWith(".tmp"))).toEqual(
    [],
  );
}
