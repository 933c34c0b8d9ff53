/**
 * Eight processes trade over one file and four look at it, all of them killed at any moment and started again.
 * `PYNE_PROCESSES_SECONDS=60` lets them do so for a minute.
 */
import { expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { join } from "node:path";

import { auditRun } from "../../../src/broker/store/audit.ts";
import { StoreReader } from "../../../src/broker/store/reader.ts";
import { BrokerStore } from "../../../src/broker/store/store.ts";
import { linearCongruential } from "../../../src/kernel/random.ts";
import { Folder } from "./fixtures.ts";

const seconds = Number(process.env["PYNE_PROCESSES_SECONDS"] ?? 0);
const [writers, lookers] = [8, 4];
/** How much has to have happened at least. */
const enough = { commits: 400, kills: 12, looks: 40 };

/** A process that tells how far it is, and comes back after a kill. */
class Worker {
  /** The highest number it has told. */
  told = 0;
  looks = 0;
  failure: string | undefined;
  readonly #command: readonly string[];
  #child: Bun.Subprocess<"ignore", "pipe", "pipe"> | undefined;
  #listening: Promise<void> = Promise.resolve();

  constructor(file: string, ...args: string[]) {
    this.#command = [process.execPath, join(import.meta.dir, file), ...args];
  }

  start(): void {
    const child = Bun.spawn([...this.#command], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
    this.#child = child;
    this.#listening = this.#listen(child);
  }

  /** Not heard of any more; what it told before counts. */
  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#listening;
  }

  async #listen(child: Bun.Subprocess<"ignore", "pipe", "pipe">): Promise<void> {
    const errors = new Response(child.stderr).text();
    const decoder = new TextDecoder();
    let rest = "";
    for await (const bytes of child.stdout) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop()!;
      this.looks += lines.length;
      // A number that was torn by the kill was not told.
      if (lines.length > 0) this.told = Number(lines.at(-1));
    }
    await child.exited;
    if (child.signalCode !== "SIGKILL") this.failure = `${this.#command.at(-1)}: ${await errors}`;
  }
}

test(
  "what a process was told to be written is there, whoever is killed; nothing is half, and every log is whole",
  async () => {
    using folder = new Folder();
    const { path } = folder;
    BrokerStore.open(path).close();
    const seed = Math.floor(Math.random() * 1e9);
    const random = linearCongruential(seed);
    const labels = Array.from({ length: writers }, (_, index) => `w${index}`);
    const trading = labels.map((label) => new Worker("writer.ts", path, label));
    const looking = Array.from({ length: lookers }, () => new Worker("looker.ts", path));
    const all = [...trading, ...looking];
    for (const worker of all) worker.start();
    const sum = (workers: readonly Worker[], of: (worker: Worker) => number): number =>
      workers.reduce((total, worker) => total + of(worker), 0);
    const deadline = performance.now() + seconds * 1000;
    let kills = 0;
    const isEnough = (): boolean =>
      performance.now() >= deadline &&
      kills >= enough.kills &&
      sum(trading, ({ told }) => told) >= enough.commits &&
      trading.every(({ told }) => told > 0) &&
      sum(looking, ({ looks }) => looks) >= enough.looks;
    while (!isEnough() && all.every(({ failure }) => failure === undefined)) {
      await Bun.sleep(100 + random() * 200);
      const victim = all[Math.floor(random() * all.length)]!;
      // One that has just begun gets to trade first.
      if (victim.looks === 0) continue;
      await victim.kill();
      kills++;
      victim.start();
    }
    await Promise.all(all.map((worker) => worker.kill()));
    expect(all.flatMap(({ failure }) => failure ?? [])).toEqual([]);

    using reader = new StoreReader(path);
    let commits = 0;
    for (const [index, label] of labels.entries()) {
      const runId = `ma@paper-1:BTCUSDT:60#${label}`;
      const fills = reader.all<{ fill_id: string }>(
        "SELECT fill_id FROM fills WHERE run_id = ? ORDER BY number",
        runId,
      );
      expect(fills.map(({ fill_id }) => fill_id)).toEqual(fills.map((_, at) => `${label}-${at + 1}`));
      expect(fills.length).toBeGreaterThanOrEqual(trading[index]!.told);
      expect(auditRun(reader, runId)).toMatchObject({ fills: fills.length, findings: [] });
      commits += fills.length;
    }
    using db = new Database(path);
    expect(db.query("PRAGMA integrity_check").values()).toEqual([["ok"]]);
    expect(db.query("PRAGMA foreign_key_check").values()).toEqual([]);
    if (seconds > 0)
      console.log(
        `seed ${seed}: ${commits} commits, ${sum(looking, ({ looks }) => looks)} looks, ${kills} kills`,
      );
  },
  { timeout: 120_000 + seconds * 2_000 },
);
