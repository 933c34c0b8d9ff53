/** What bars hash to, and the index that keeps it. */
import { afterAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { combinedHash, contentHash, monthHashes } from "../../src/data/content-hash.ts";
import { readOhlcv } from "../../src/data/ohlcv/reader.ts";
import { OhlcvWriter } from "../../src/data/ohlcv/writer.ts";
import { describeWhole, Provenance } from "../../src/data/provenance.ts";
import { maxNotes, provenancePath, readProvenance, type Revision } from "../../src/data/provenance-file.ts";
import {
  assignRange,
  type BarSource,
  barSources,
  maxSourceRanges,
  type SourceRange,
} from "../../src/data/provenance-ranges.ts";
import { type Bar, columnsOf } from "../../src/kernel/bar.ts";

const folder = mkdtempSync(join(tmpdir(), "pyne-provenance-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const fresh = (): string => join(folder, `f${files++}.ohlcv`);

const hourMs = 3_600_000;
const begin = Date.UTC(2024, 0, 30);
const hourly = (from: number, to: number): Bar[] =>
  Array.from({ length: to - from }, (_, index) => {
    const price = 100 + ((from + index) % 20) / 100;
    return {
      openTimeMs: begin + (from + index) * hourMs,
      open: price,
      high: price,
      low: price,
      close: price,
      volume: 1,
    };
  });

function write(bars: readonly Bar[], grid = { minmove: 1, pricescale: 100 }, path = fresh()): string {
  using writer = OhlcvWriter.open(path, { timeframe: { value: 60, unit: "minute" }, grid });
  writer.append(bars);
  return path;
}

describe("the content hash", () => {
  test("of one bar, by hand", () => {
    const columns = columnsOf([
      { openTimeMs: begin, open: 1, high: 2, low: 0.5, close: 1.5, volume: Number.NaN },
    ]);
    const bytes = Buffer.alloc(48);
    [begin, 1, 2, 0.5, 1.5].forEach((value, index) => bytes.writeDoubleLE(value, index * 8));
    bytes.set([0, 0, 0, 0, 0, 0, 0xf8, 0x7f], 40);
    const sha256 = (content: Uint8Array): Buffer => new Bun.CryptoHasher("sha256").update(content).digest();
    expect(monthHashes(columns)).toEqual(new Map([["2024-01", sha256(bytes).toString("hex")]]));
    expect(contentHash(columns)).toBe(sha256(sha256(bytes)).toString("hex"));
  });

  test("has a part for each month, UTC", () => {
    const columns = columnsOf(hourly(0, 24 * 40));
    const months = monthHashes(columns);
    expect([...months.keys()]).toEqual(["2024-01", "2024-02", "2024-03"]);
    const february = hourly(0, 24 * 40).filter((bar) => new Date(bar.openTimeMs).getUTCMonth() === 1);
    expect(months.get("2024-02")).toBe(monthHashes(columnsOf(february)).get("2024-02")!);
    expect(combinedHash(months.values())).toBe(contentHash(columns));
  });

  test("does not depend on how a file stores the bars, only on what they are", () => {
    const bars = hourly(0, 100);
    const hash = contentHash(columnsOf(bars));
    const promoted = write(hourly(0, 99));
    write([{ ...hourly(99, 100)[0]!, high: 150.001 }], undefined, promoted);
    expect(contentHash(readOhlcv(write(bars)).columns)).toBe(hash);
    expect(contentHash(readOhlcv(promoted, { toMs: begin + 98 * hourMs }).columns)).toBe(
      contentHash(columnsOf(hourly(0, 99))),
    );
    for (const field of ["open", "high", "low", "close", "volume"] as const) {
      const other = columnsOf(bars);
      other[field][50]! += 1e-9;
      expect(contentHash(other)).not.toBe(hash);
    }
  });

  test("a missing value is one, whatever its bits", () => {
    const strange = columnsOf(hourly(0, 3));
    const bits = new BigUint64Array(strange.volume.buffer);
    bits[1] = 0xfff8_0000_0000_1234n;
    const plain = columnsOf(hourly(0, 3));
    plain.volume[1] = Number.NaN;
    expect(contentHash(strange)).toBe(contentHash(plain));
  });

  test("of nothing", () => {
    expect(contentHash(columnsOf([]))).toBe(
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
  });
});

describe("ranges of sources", () => {
  /** `d0-9 u10-19`: source, from, to. */
  const letters = { d: "download", b: "backfill", r: "repair", u: "unknown", i: "import" } as const;
  const parse = (text: string): SourceRange[] =>
    text
      .split(" ")
      .filter(Boolean)
      .map((word) => {
        const [, letter, fromMs, toMs] = /^([a-z])(\d+)-(\d+)$/.exec(word)!;
        return { fromMs: Number(fromMs), toMs: Number(toMs), source: letters[letter as "d"] };
      });
  const show = (ranges: readonly SourceRange[]): string =>
    ranges.map((range) => `${range.source[0]}${range.fromMs}-${range.toMs}`).join(" ");
  test.each([
    ["", "d0-9", "d0-9"],
    ["d0-9", "d10-19", "d0-19"],
    ["d0-9", "d5-19", "d0-19"],
    ["d0-9", "d11-19", "d0-9 d11-19"],
    ["d0-9", "r3-5", "d0-2 r3-5 d6-9"],
    ["d0-9 u10-19 d20-29", "r5-25", "d0-4 r5-25 d26-29"],
    ["d5-9", "b0-4", "b0-4 d5-9"],
    ["i0-9", "d0-9", "d0-9"],
    ["d0-9", "r9-3", "d0-9"],
  ])("%s with %s is %s", (ranges, added, expected) => {
    expect(show(assignRange(parse(ranges), parse(added)[0]!))).toBe(expected);
  });

  test("every instant has the source it was given last; ranges stay in order and apart", () => {
    const one = fc.record({ fromMs: fc.nat(60), length: fc.nat(20), source: fc.constantFrom(...barSources) });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 15 }), (list) => {
        const wanted = Array.from<BarSource | undefined>({ length: 90 });
        let ranges: SourceRange[] = [];
        for (const { fromMs, length, source } of list) {
          ranges = assignRange(ranges, { fromMs, toMs: fromMs + length, source });
          wanted.fill(source, fromMs, fromMs + length + 1);
        }
        const found = wanted.map(
          (_, at) => ranges.find((range) => range.fromMs <= at && at <= range.toMs)?.source,
        );
        expect(found).toEqual(wanted);
        for (const [index, range] of ranges.entries())
          expect(range.fromMs).toBeGreaterThan(ranges[index - 1]?.toMs ?? -1);
      }),
    );
  });

  test("there are not more than a file can bear: the oldest become one of unknown source", () => {
    let ranges: SourceRange[] = Array.from({ length: maxSourceRanges }, (_, index) => ({
      fromMs: index * 10,
      toMs: index * 10 + 5,
      source: "repair" as const,
    }));
    ranges = assignRange(ranges, { fromMs: 1e9, toMs: 1e9 + 1, source: "download" });
    expect([ranges.length, ranges[0]]).toEqual([maxSourceRanges, { fromMs: 0, toMs: 15, source: "unknown" }]);
  });
});

describe("the index of a file", () => {
  const hashOf = (path: string): string => contentHash(readOhlcv(path).columns);
  const download = (fromMs: number, toMs: number): SourceRange => ({ fromMs, toMs, source: "download" });

  test("after an append only the months that changed are read again", () => {
    const path = write(hourly(0, 24 * 40));
    describeWhole(path, "import");
    const first = readProvenance(path)!;
    // A month that were read again would get its true hash back.
    const text = readFileSync(provenancePath(path), "utf8").replace(
      first.months.get("2024-01")!,
      "0".repeat(64),
    );
    writeFileSync(provenancePath(path), text);
    const provenance = Provenance.open(path);
    provenance.begin(download(begin + 960 * hourMs, begin + 2000 * hourMs));
    write(hourly(960, 961), undefined, path);
    provenance.assign(download(begin + 960 * hourMs, begin + 960 * hourMs));
    provenance.commit();
    const { months, ranges, bars } = readProvenance(path)!;
    expect([...months.values()]).toEqual([
      "0".repeat(64),
      first.months.get("2024-02")!,
      monthHashes(readOhlcv(path).columns).get("2024-03")!,
    ]);
    expect([bars, ranges.map((range) => range.source)]).toEqual([961, ["import", "download"]]);
  });

  test.each([
    ["missing", (path: string) => rmSync(provenancePath(path))],
    ["no JSON", (path: string) => writeFileSync(provenancePath(path), "{")],
    [
      "of a later version",
      (path: string) =>
        writeFileSync(
          provenancePath(path),
          readFileSync(provenancePath(path), "utf8").replace('"version": 1', '"version": 2'),
        ),
    ],
  ])("that is %s is made again, its sources unknown", (_name, damage) => {
    const path = write(hourly(0, 50));
    describeWhole(path, "import");
    damage(path);
    const provenance = Provenance.open(path);
    expect([provenance.isStale, provenance.askedFromMs]).toEqual([true, undefined]);
    expect(provenance.commit()).toBe(hashOf(path));
    expect(readProvenance(path)?.ranges).toEqual([
      { fromMs: begin, toMs: begin + 49 * hourMs, source: "unknown" },
    ]);
  });

  test("of a file that somebody else wrote to keeps the source of the months that are as they were", () => {
    const path = write(hourly(0, 24 * 10));
    describeWhole(path, "download");
    write(hourly(24 * 10, 24 * 12), undefined, path);
    Provenance.open(path).commit();
    const february = Date.UTC(2024, 1, 1);
    expect(readProvenance(path)?.ranges).toEqual([
      download(begin, february - 1),
      { fromMs: february, toMs: begin + (24 * 12 - 1) * hourMs, source: "unknown" },
    ]);
  });

  test("says what was under way when the process died", () => {
    const path = write(hourly(0, 10));
    describeWhole(path, "import");
    Provenance.open(path).begin(download(begin + 9 * hourMs, begin + 99 * hourMs));
    write(hourly(10, 20), undefined, path);
    const next = Provenance.open(path);
    expect(next.commit()).toBe(hashOf(path));
    expect(readProvenance(path)?.ranges).toEqual([
      { fromMs: begin, toMs: begin + 9 * hourMs - 1, source: "import" },
      download(begin + 9 * hourMs, begin + 19 * hourMs),
    ]);
  });

  test("keeps the latest revisions and counts the rest", () => {
    const path = write(hourly(0, 3));
    describeWhole(path, "download");
    const revision = (index: number): Revision => ({
      timeMs: begin,
      field: "close",
      before: index,
      after: Number.NaN,
      atMs: begin,
    });
    const provenance = Provenance.open(path);
    provenance.note(
      Array.from({ length: maxNotes + 7 }, (_, index) => revision(index)),
      [{ timeMs: Number.NaN, reason: "no time" }],
    );
    provenance.commit();
    const found = readProvenance(path)!;
    expect([found.revisions.length, found.olderRevisions, found.revisions[0]]).toEqual([
      maxNotes,
      7,
      revision(7),
    ]);
    expect(found.refused).toEqual([{ timeMs: Number.NaN, reason: "no time" }]);
  });
});
