/** `pyne data download` and `pyne data update` as a scheduler and a person run them, over a provider of a plugin. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { binary, type Outcome, Sandbox } from "./pyne.ts";

/**
 * Hourly bars of 2024, in pages of 500. The environment says what goes wrong and after which page: `LAB=hang:3`. Where
 * it hangs it leaves a mark, so that a test knows.
 */
const lab = `
import { writeFileSync } from "node:fs";
import { ProviderPlugin, ProviderError, TransientProviderError } from "pynecore/plugin";

const hour = 3_600_000;
const first = Date.UTC(2024, 0, 1);
const last = Date.UTC(2024, 11, 31, 23);
const [mode, after] = (process.env.LAB ?? "none:0").split(":");

export default class Lab extends ProviderPlugin {
  static override timeframes = { "60": "1h" };
  static override fetchAllByDefault = true;
  getAvailableSymbols() { return Promise.resolve(["BTC/USD", "ETH/USD"]); }
  getSymbolInfo() {
    if (mode === "deaf") { this.mark(); return new Promise(() => { setInterval(() => {}, 1000); }); }
    if (!/^(BTC|ETH)/.test(this.symbol)) return Promise.reject(new ProviderError("there is no symbol " + this.symbol));
    const days = [0, 1, 2, 3, 4, 5, 6];
    return Promise.resolve({
      prefix: "LAB", description: "Lab", ticker: this.symbol.replace("/", ""), currency: "USD", period: "60",
      type: "crypto", mintick: 0.01, pricescale: 100, minmove: 1, pointvalue: 1, mincontract: 0.01,
      timezone: "UTC", volumetype: "base",
      openingHours: days.map((day) => ({ day, start: "00:00:00", end: "00:00:00" })), sessionStarts: [], sessionEnds: [],
    });
  }
  mark() { writeFileSync(process.env.LAB_MARK, "here"); }
  async *download({ from, to, limit = 500, signal }) {
    let page = 0;
    for (let at = Math.max(first, Math.ceil(from / hour) * hour); at <= last && at < to; at += limit * hour, page++) {
      if (page === Number(after)) {
        if (mode === "away" || mode === this.symbol) throw new TransientProviderError("the lab is away");
        if (mode === "gone") throw new ProviderError("the lab is gone");
        if (mode === "hang") {
          this.mark();
          const waiting = setInterval(() => {}, 1000);
          await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
          clearInterval(waiting);
        }
      }
      yield Array.from({ length: limit }, (_, step) => {
        const openTimeMs = at + step * hour;
        const price = 100 + ((openTimeMs / hour) % 300) / 100;
        const high = mode === "broken" && step === 3 && page === 0 ? price - 5 : price + 1;
        return { openTimeMs, open: price, high, low: price - 1, close: price + 0.5, volume: 1 + ((openTimeMs / hour) % 7) };
      }).filter((bar) => bar.openTimeMs <= last && bar.openTimeMs < to);
    }
  }
}
`;

const bars = 366 * 24;
const box = new Sandbox();
const stem = "lab_BTC_USD_60";
const data = join(box.workdir, "data");
const file = join(data, `${stem}.ohlcv`);
const mark = join(box.root, "mark");
let hash = "";

const pyne = (env: Record<string, string>, ...args: string[]): Promise<Outcome> =>
  box.pyneWith({ env: { LAB_MARK: mark, ...env } }, ...args);
const download = (env: Record<string, string> = {}, ...args: string[]): Promise<Outcome> =>
  pyne(env, "data", "download", "lab:BTC/USD@60", ...args);

interface Report {
  readonly added: number;
  readonly bars: number;
  readonly hash: string;
  readonly first: string;
  readonly [key: string]: unknown;
}
const reportOf = ({ stdout }: Outcome): Report => JSON.parse(stdout) as Report;

/** Starts a command that will stop at its mark, and waits until it has. */
async function untilMark(
  env: Record<string, string>,
  ...args: string[]
): Promise<Bun.Subprocess<"ignore", "pipe", "pipe">> {
  rmSync(mark, { force: true });
  const child = Bun.spawn([binary, ...args], {
    cwd: box.folder,
    env: box.environment({ LAB_MARK: mark, ...env }),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  while (!existsSync(mark)) {
    if (child.exitCode !== null)
      throw new Error(`ended with ${child.exitCode}: ${await new Response(child.stderr).text()}`);
    await Bun.sleep(5);
  }
  return child;
}

const clean = (): void => {
  for (const name of readdirSync(data)) if (name.startsWith("lab_")) rmSync(join(data, name));
};

beforeAll(async () => {
  await box.pyne("init", "--quiet");
  box.plugin("lab", lab);
  const whole = await download({}, "--json");
  hash = reportOf(whole).hash;
  expect([whole.exitCode, reportOf(whole).bars, hash.length]).toEqual([0, bars, 64]);
}, 120_000);
afterAll(() => box[Symbol.dispose]());

describe("pyne data download", () => {
  test("says what came of it, and what to do next", async () => {
    clean();
    const first = await download();
    expect(first.stdout).toBe(
      `8,784 bars added; 8,784 from 2024-01-01 00:00 to 2024-12-31 23:00 UTC: ${file}\n`,
    );
    expect(first.stderr).toContain(`pyne data update ${stem}`);
    const second = await download();
    expect([second.stdout, second.stderr]).toEqual([
      `nothing new; 8,784 from 2024-01-01 00:00 to 2024-12-31 23:00 UTC: ${file}\n`,
      "",
    ]);
  });

  test.each([
    ["a transient failure", { LAB: "away:3" }, 75, "the lab is away"],
    ["a permanent one", { LAB: "gone:3" }, 1, "the lab is gone"],
  ] as const)("%s keeps what was written and says how to go on", async (_name, env, code, message) => {
    clean();
    const failed = await download(env, "--retries", "0");
    expect([failed.exitCode, failed.stdout]).toEqual([code, ""]);
    expect(failed.stderr).toContain(`error: ${message}\n`);
    expect(failed.stderr).toContain(
      `1,500 bars saved, the file ends at 2024-03-03 11:00 UTC; go on with: pyne data download ${stem}.ohlcv`,
    );
    const rest = await pyne({}, "data", "download", `${stem}.ohlcv`, "--json");
    expect(reportOf(rest)).toMatchObject({ added: bars - 1500, hash });
  });

  test("kill -9, then again: as if nothing had happened", async () => {
    clean();
    const child = await untilMark({ LAB: "hang:7" }, "data", "download", "lab:BTC/USD@60");
    child.kill("SIGKILL");
    await child.exited;
    expect(reportOf(await download({}, "--json"))).toMatchObject({ added: bars - 3500, hash });
    const index = JSON.parse(readFileSync(join(data, `${stem}.provenance.json`), "utf8")) as {
      ranges: { source: string }[];
      hash: string;
    };
    expect([index.hash, index.ranges.map((range) => range.source)]).toEqual([hash, ["download"]]);
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s ends it in order", async (signal, code) => {
    clean();
    const child = await untilMark({ LAB: "hang:2" }, "data", "download", "lab:BTC/USD@60");
    child.kill(signal);
    expect(await child.exited).toBe(code);
    expect(await new Response(child.stderr).text()).toContain(
      "interrupted: 1,000 bars saved, the file ends at 2024-02-11 15:00 UTC; go on with: pyne data download lab_BTC_USD_60.ohlcv",
    );
    expect(reportOf(await download({}, "--json"))).toMatchObject({ added: bars - 1000, hash });
  });

  test("a second signal ends it at once, whatever does not listen", async () => {
    const child = await untilMark({ LAB: "deaf" }, "data", "download", "lab:BTC/USD@60", "--symbol-info");
    child.kill("SIGINT");
    // The first one is taken before the second can be; nothing tells when.
    while (child.exitCode === null) {
      await Bun.sleep(20);
      child.kill("SIGINT");
    }
    expect(child.exitCode).toBe(130);
  });

  test("two processes, one file: the second is told at once, or waits", async () => {
    clean();
    const holder = await untilMark({ LAB: "hang:1" }, "data", "download", "lab:BTC/USD@60");
    const busy = await download();
    expect([busy.exitCode, busy.stderr.split("\n")[0]]).toEqual([
      75,
      `error: ${stem}.ohlcv is in use by another pyne process`,
    ]);
    const waiting = Bun.spawn(
      [binary, "data", "download", "lab:BTC/USD@60", "--lock-wait", "300", "--json"],
      {
        cwd: box.folder,
        env: box.environment(),
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
      },
    );
    const reader = waiting.stderr.getReader();
    const { value } = await reader.read();
    expect(new TextDecoder().decode(value)).toBe(
      `${stem}.ohlcv is in use by another pyne process: waiting for it\n`,
    );
    holder.kill("SIGKILL");
    expect(await waiting.exited).toBe(0);
    expect(JSON.parse(await new Response(waiting.stdout).text())).toMatchObject({ bars, hash });
  });

  test("a bar that breaks a rule is named and left out; all others are stored", async () => {
    clean();
    const broken = await download({ LAB: "broken" });
    expect(broken.exitCode).toBe(1);
    expect(broken.stdout).toContain("8,783 bars added");
    expect(broken.stderr).toContain("the bar at 2024-01-01T03:00:00.000Z was refused: its high");
    expect((await download()).exitCode).toBe(0);
  });

  test("a start before the file: filled in front without a terminal, and never without being asked otherwise", async () => {
    clean();
    await download({}, "--from", "2024-06-01");
    const asked = await download({}, "--from", "2024-01-01", "--on-conflict", "ask");
    expect([asked.exitCode, asked.stderr]).toEqual([1, expect.stringContaining("needs a terminal")]);
    const abort = await download({}, "--from", "2024-01-01", "--on-conflict", "abort");
    expect([abort.exitCode, abort.stderr]).toEqual([1, expect.stringContaining("nothing was changed")]);
    expect(reportOf(await download({}, "--from", "2024-01-01", "--json"))).toMatchObject({ bars, hash });
  });

  test("--truncate replaces, and only once everything has arrived", async () => {
    const failed = await download({ LAB: "gone:2" }, "--from", "2024-11-01", "--truncate");
    expect([failed.exitCode, statSync(file).size]).toEqual([1, 208 + 36 * bars]);
    const done = await download({}, "--from", "2024-12-01", "--truncate", "--json");
    expect(reportOf(done)).toMatchObject({ bars: 31 * 24, first: "2024-12-01T00:00:00.000Z" });
  });

  test("a run quotes the hash of the data it ran over", async () => {
    clean();
    await download();
    const run = await box.pyne("run", "demo", stem, "--no-plot", "--json");
    expect((JSON.parse(run.stdout) as { data_hash: string }).data_hash).toBe(hash);
    const text = await box.pyne("run", "demo", stem, "--no-plot");
    expect(text.stdout).toMatch(new RegExp(`^data hash +${hash.slice(0, 12)}$`, "m"));
  });

  test.each([
    [["data", "download", "nowhere.ohlcv"], 1, "there is no file"],
    [["data", "download", "demo.ohlcv"], 1, "has no [download] table"],
    [["data", "download", "lab:NONE@60"], 1, "there is no symbol NONE"],
    [["data", "download", "lab"], 2, "names no symbol"],
    [["data", "download", "lab:BTC/USD@240"], 1, "supported: 60"],
    [["data", "download", "lab:BTC/USD@1H"], 2, "is not a timeframe"],
    [["data", "download", "lab:BTC/USD", "-T", "1H"], 2, "is not a timeframe"],
    [["data", "download", "lab:BTC/USD@60", "-s", "X"], 2, "given twice"],
    [["data", "download", `${stem}.ohlcv`, "-s", "X"], 2, "one too many"],
    [["data", "download", "lab:BTC/USD@60", "--to", "continue"], 2, "not a date"],
    [["data", "download", "lab:BTC/USD@60", "-f", "-5"], 2, "not a date"],
    [["data", "download", "lab:BTC/USD@60", "--retries", "many"], 2, "whole number"],
    [["data", "download", "lab:BTC/USD@60", "--chunk-size", "0"], 2, "whole number from 1 on"],
    [
      ["data", "download", "lab:BTC/USD@60", "-f", "2024-02-01", "-t", "2024-01-01"],
      1,
      "ends before it begins",
    ],
    [["data", "download", "nope:X@60"], 2, 'no provider is called "nope"'],
  ] as const)("pyne %j", async (args, code, message) => {
    const before = readFileSync(file);
    const outcome = await box.pyne(...args);
    expect([outcome.exitCode, outcome.stdout]).toEqual([code, ""]);
    expect(outcome.stderr).toContain(message);
    expect(readFileSync(file)).toEqual(before);
  });
});

describe("pyne data update", () => {
  test("continues every file, goes on after a failure, and says by its exit code whether to try again", async () => {
    clean();
    await download({}, "--to", "2024-02-01");
    await pyne({}, "data", "download", "lab:ETH/USD@60", "--to", "2024-02-01");
    const partly = await pyne({ LAB: "ETH/USD:0" }, "data", "update", "--retries", "0");
    expect([partly.exitCode, partly.stdout]).toEqual([
      75,
      `${stem}  8,039 bars added; 8,784 from 2024-01-01 00:00 to 2024-12-31 23:00 UTC\n`,
    ]);
    expect(partly.stderr).toContain("error: lab_ETH_USD_60: the lab is away");
    expect(partly.stderr).toContain("1 of 2 files could not be updated");
    const gone = await pyne({ LAB: "gone:0" }, "data", "update", "lab_*");
    expect(gone.exitCode).toBe(1);
    const rest = await pyne({}, "data", "update", "*ETH*", "--json");
    expect(JSON.parse(rest.stdout)).toMatchObject({ files: [{ bars, added: 8039 }], failed: 0 });
  });

  test("is silent with --quiet when there is nothing to say", async () => {
    expect(await pyne({}, "-q", "-w", box.workdir, "data", "update")).toEqual({
      exitCode: 0,
      stdout: "",
      stderr: "",
    });
  });

  test("leaves other files alone and says so when a pattern matches none", async () => {
    const demo = readFileSync(join(data, "demo.ohlcv"));
    const none = await pyne({}, "data", "update", "demo");
    expect([none.exitCode, none.stderr]).toEqual([1, expect.stringContaining("no downloaded file in")]);
    expect(readFileSync(join(data, "demo.ohlcv"))).toEqual(demo);
  });

  test("passes over a symbol file that cannot be read", async () => {
    writeFileSync(join(data, "lab_zzz.toml"), "[symbol\n");
    const outcome = await pyne({}, "data", "update");
    expect([outcome.exitCode, outcome.stderr]).toEqual([0, expect.stringContaining("the file is skipped")]);
  });
});
