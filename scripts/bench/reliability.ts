import { existsSync } from "node:fs";
import { join } from "node:path";

import { readOhlcv } from "../../src/data/ohlcv/reader.ts";
import { readSidecar } from "../../src/data/ohlcv/sidecar.ts";
import { linearCongruential } from "../../src/kernel/random.ts";
import { binary, Sandbox } from "../../test/e2e/pyne.ts";

/**
 * Downloads by the executable, over a venue that misbehaves, killed at random moments: what is in the files is held
 * against what the venue has after each of them.
 */

/** The venue as both sides know it: minutes from its start, some of which have no bar. */
const venueStartMs = Date.UTC(2024, 0, 1);
const minuteMs = 60_000;
const venueMinutes = 20_000;
const trades = (minute: number): boolean => minute % 97 > 4 && minute % 1440 < 1380;
const closeOf = (minute: number): number => (10_000 + ((minute * 7919) % 500)) / 100;

/**
 * The venue as a plugin. Pages come unsorted, doubled or with overlap; requests fail, for a while or for good; the last
 * bar of a window has another volume than it will have later; every answer ends with a bar that still forms.
 */
const venue = `
import { ProviderPlugin, ProviderError, TransientProviderError } from "pynecore/plugin";

const start = ${venueStartMs}, minute = ${minuteMs};
const trades = ${trades.toString()};
const closeOf = ${closeOf.toString()};
let seed = Number(process.env.VENUE_SEED);
const random = () => { seed = (seed * 16807) % 2147483647; return seed / 2147483647; };

export default class Venue extends ProviderPlugin {
  static override timeframes = { "1": "1m" };
  getAvailableSymbols() { return Promise.resolve([]); }
  getSymbolInfo() {
    return Promise.resolve({
      prefix: "VENUE", description: "Venue", ticker: this.symbol, currency: "USD", period: "1", type: "crypto",
      mintick: 0.01, pricescale: 100, minmove: 1, pointvalue: 1, mincontract: 0, timezone: "UTC",
      volumetype: "base", openingHours: [], sessionStarts: [], sessionEnds: [],
    });
  }
  bar(at, to) {
    const close = closeOf(at);
    const volume = at === to - 1 ? 0.5 : 1 + (at % 50);
    return { openTimeMs: start + at * minute, open: close, high: close + 0.25, low: close - 0.25, close, volume, extra: { minute: at } };
  }
  async *download({ from, to }) {
    const end = Math.min(${venueMinutes}, Math.ceil((to - start) / minute));
    let at = Math.max(0, Math.ceil((from - start) / minute));
    const forming = { openTimeMs: Math.floor(Date.now() / minute) * minute, open: 1, high: 1, low: 1, close: 1, volume: 1 };
    for (; at < end; ) {
      if (random() < Number(process.env.VENUE_FAULTS)) throw random() < 0.9 ? new TransientProviderError("away") : new ProviderError("gone");
      const size = 20 + Math.floor(random() * 180);
      const back = random() < 0.1 ? 30 : 0;
      const page = [];
      for (let index = Math.max(0, at - back); index < Math.min(end, at + size); index++)
        if (trades(index)) page.push(this.bar(index, end));
      at += size;
      if (random() < 0.1) page.reverse();
      if (random() < 0.1) page.push(...page.slice(0, 5));
      if (random() < 0.05) yield [];
      await new Promise((resolve) => setTimeout(resolve, 0));
      yield [...page, forming];
    }
  }
}
`;

/** What came of it. */
export interface Reliability {
  readonly downloads: number;
  readonly killed: number;
  readonly exitCodes: ReadonlyMap<number, number>;
  readonly bars: number;
  readonly damaged: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly wrong: number;
  readonly unreportedHoles: number;
  readonly misplacedExtras: number;
  readonly incomplete: number;
}

/** One file of the many, and what it held after the last download. */
interface FileState {
  readonly symbol: string;
  minutes: readonly number[];
  reachedMinute: number;
}

const maxFiles = 8;

/** Runs so many downloads, two at a time, each on a file of its own turn. */
export async function reliability(downloads: number, seed: number): Promise<Reliability> {
  using box = await Sandbox.withWorkdir();
  box.plugin("venue", venue);
  await box.pyne("plugin", "list");
  const random = linearCongruential(seed);
  const fileCount = Math.min(maxFiles, 2 * Math.ceil(downloads / 16));
  const files: FileState[] = Array.from({ length: fileCount }, (_, index) => ({
    symbol: `S${index}`,
    minutes: [],
    reachedMinute: 0,
  }));
  const counts = {
    damaged: 0,
    lost: 0,
    duplicated: 0,
    wrong: 0,
    unreportedHoles: 0,
    misplacedExtras: 0,
    incomplete: 0,
    killed: 0,
    bars: 0,
  };
  const exitCodes = new Map<number, number>();
  /** What a download takes, ms: it is killed within that time. */
  let usualMs = 200;

  const once = async (file: FileState, peace = false): Promise<void> => {
    const kill = !peace && random() < 0.6;
    const choice = random();
    file.reachedMinute = Math.min(venueMinutes, file.reachedMinute + Math.floor(random() * 1500));
    const at = (minute: number): string => new Date(venueStartMs + minute * minuteMs).toISOString();
    const args = ["--to", at(file.reachedMinute), "--retries", "1", "--json"];
    // Mostly as a schedule does it; now and then from further back, and anew.
    if (file.minutes.length === 0) args.push("--from", at(Math.floor(random() * file.reachedMinute)));
    else if (choice < 0.2) args.push("--from", at(Math.floor(random() * file.reachedMinute)));
    else if (choice < 0.25) args.push("--truncate", "--from", at(Math.floor(random() * 200)));
    if (random() < 0.5) args.push("--extra-data");
    const child = Bun.spawn([binary, "data", "download", `venue:${file.symbol}@1`, ...args], {
      cwd: box.folder,
      env: box.environment({
        VENUE_SEED: String(1 + Math.floor(random() * 1e9)),
        VENUE_FAULTS: peace ? "0" : "0.01",
      }),
      stdin: "ignore",
      stdout: "pipe",
      stderr: "ignore",
    });
    const started = performance.now();
    const timer = kill ? setTimeout(() => child.kill("SIGKILL"), random() * usualMs) : undefined;
    const [stdout, code] = await Promise.all([new Response(child.stdout).text(), child.exited]);
    clearTimeout(timer);
    const killed = child.signalCode === "SIGKILL";
    // Machines differ; a wait between two tries would count as work.
    if (!killed) usualMs = 0.8 * usualMs + 0.2 * Math.min(performance.now() - started, 2 * usualMs);
    if (killed) counts.killed++;
    else exitCodes.set(code, (exitCodes.get(code) ?? 0) + 1);
    const report = killed || code !== 0 ? undefined : (JSON.parse(stdout) as { holes: unknown[] });
    inspect(file, killed, args.includes("--truncate"), report);
  };

  const inspect = (
    file: FileState,
    killed: boolean,
    replaced: boolean,
    report: { readonly holes: readonly unknown[] } | undefined,
  ): void => {
    const path = join(box.workdir, "data", `venue_${file.symbol}_1.ohlcv`);
    if (!existsSync(path)) return;
    let content;
    try {
      content = readOhlcv(path);
    } catch {
      counts.damaged++;
      return;
    }
    const { columns, recordCount } = content;
    const minutes = Array.from(columns.openTimeMs, (time) => (time - venueStartMs) / minuteMs);
    const held = new Set(minutes);
    counts.duplicated += minutes.length - held.size;
    // A process may die between taking the last bar out and putting its revision in.
    const kept = replaced ? [] : killed ? file.minutes.slice(0, -1) : file.minutes;
    counts.lost += kept.filter((minute) => !held.has(minute)).length;
    for (const [index, minute] of minutes.entries())
      if (!trades(minute) || columns.close[index] !== closeOf(minute)) counts.wrong++;
    if ((report?.holes.length ?? 0) === 0) {
      for (let minute = minutes[0] ?? 0; minute < (minutes.at(-1) ?? 0); minute++)
        if (trades(minute) && !held.has(minute)) counts.unreportedHoles++;
    }
    if (!killed) {
      const extra = readSidecar(path, recordCount, 0, recordCount).get("minute");
      for (const [index, cell] of (extra ?? []).entries())
        if (cell !== "" && !Number.isNaN(Number(cell)) && Number(cell) !== minutes[index])
          counts.misplacedExtras++;
    }
    file.minutes = minutes;
  };

  let done = 0;
  const work = async (own: readonly FileState[]): Promise<void> => {
    for (let turn = 0; done < downloads; turn++) {
      done++;
      await once(own[turn % own.length]!);
    }
  };
  const half = fileCount / 2;
  await Promise.all([work(files.slice(0, half)), work(files.slice(half))]);

  // In the end every file is continued in peace and has to be complete.
  for (const file of files.filter((one) => one.minutes.length > 0)) {
    file.reachedMinute = venueMinutes;
    await once(file, true);
    const first = file.minutes[0] ?? 0;
    let expected = 0;
    for (let minute = first; minute < venueMinutes; minute++) if (trades(minute)) expected++;
    if (expected !== file.minutes.length || file.minutes.at(-1) !== lastTraded()) counts.incomplete++;
    counts.bars += file.minutes.length;
  }
  return { downloads: done, exitCodes, ...counts };
}

function lastTraded(): number {
  let minute = venueMinutes - 1;
  while (!trades(minute)) minute--;
  return minute;
}

/** Prints what came of a thousand. */
export async function bench(): Promise<void> {
  const started = performance.now();
  const result = await reliability(1000, 20_240_101);
  const codes = [...result.exitCodes]
    .toSorted(([a], [b]) => a - b)
    .map(([code, count]) => `${count} with exit code ${code}`)
    .join(", ");
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`${result.downloads} downloads in ${seconds} s: ${result.killed} killed, ${codes}`);
  console.log(`${result.bars.toLocaleString("en")} bars in the end`);
  for (const [label, count] of Object.entries({
    "damaged files": result.damaged,
    "lost bars": result.lost,
    "duplicated bars": result.duplicated,
    "wrong bars": result.wrong,
    "unreported holes": result.unreportedHoles,
    "further columns at another bar": result.misplacedExtras,
    "files incomplete in the end": result.incomplete,
  }))
    console.log(`${label.padEnd(36)}${count}`);
}
