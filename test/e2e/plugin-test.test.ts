/** `pyne plugin test`: the contract of a provider, checked from the command line. */
import { describe, expect, test } from "bun:test";

import { hello } from "./plugins.ts";
import { Sandbox } from "./pyne.ts";

/** A provider of daily bars whose tick is wrong. */
const sloppy = `
import { ProviderPlugin, ProviderError } from "pynecore/plugin";
const day = 86_400_000;
export default class extends ProviderPlugin {
  static override timeframes = { "1D": "day" };
  getAvailableSymbols() { return Promise.resolve(["X"]); }
  getSymbolInfo() {
    if (this.symbol !== "X") throw new ProviderError("there is no " + this.symbol);
    const days = [0, 1, 2, 3, 4, 5, 6];
    return Promise.resolve({
      prefix: "S", description: "s", ticker: "X", currency: "USD", period: "1D", type: "crypto",
      mintick: 0.5, pricescale: 100, minmove: 1, pointvalue: 1, mincontract: 1, timezone: "UTC", volumetype: "base",
      openingHours: days.map((day) => ({ day, start: "00:00:00", end: "00:00:00" })),
      sessionStarts: days.map((day) => ({ day, time: "00:00:00" })),
      sessionEnds: days.map((day) => ({ day, time: "00:00:00" })),
    });
  }
  async *download({ from, to, limit = 100, signal }) {
    let page = [];
    for (let time = Math.ceil(from / day) * day; time < to && time <= Date.now(); time += day) {
      signal.throwIfAborted();
      page.push({ openTimeMs: time, open: 1, high: 1, low: 1, close: 1, volume: 1 });
      if (page.length === limit) { yield page; page = []; }
    }
    signal.throwIfAborted();
    if (page.length > 0) yield page;
  }
}
`;

describe("pyne plugin test", () => {
  test("a built-in passes: one line a case, the sum, exit 0", async () => {
    using box = await Sandbox.withWorkdir();
    const env = { PYNE_CONFIG_REPLAY_SPEED: "max" };
    const { exitCode, stdout, stderr } = await box.pyneWith({ env }, "plugin", "test", "replay", "demo");
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: "asking replay for real, as configured; no order is sent\n",
    });
    const lines = stdout.trimEnd().split("\n");
    expect(lines.at(-1)).toMatch(/^\d+ cases: \d+ passed, 0 failed, 2 skipped$/);
    for (const line of lines.slice(0, -1)) expect(line).toMatch(/^(pass|skip) {2}[a-z-]+ +\S/);
    expect(stdout).toContain("looking at 24 of demo at 1D");
  });

  test("a stranger's that breaks a rule: the case says how, exit 1; all of it as JSON", async () => {
    using box = await Sandbox.withWorkdir();
    box.plugin("sloppy", sloppy);
    const text = await box.pyne("plugin", "test", "sloppy");
    expect(text.exitCode).toBe(1);
    expect(text.stdout).toMatch(/^fail {2}info-tick +mintick = .*: mintick is 0.5, 1 \/ 100 is 0.01$/m);
    expect(text.stderr).toContain("error: sloppy does not keep the contract of a provider");
    const json = await box.pyne("plugin", "test", "sloppy:X@1D", "--json");
    expect(json.exitCode).toBe(1);
    const report = JSON.parse(json.stdout) as { results: { id: string; status: string }[] };
    expect(report).toMatchObject({ plugin: "sloppy", symbol: "X", failed: 1 });
    expect(report.results.filter(({ status }) => status === "fail").map(({ id }) => id)).toEqual([
      "info-tick",
    ]);
    expect(report.results.some(({ id }) => id.startsWith("live-"))).toBe(false);
  });

  test("a mistake in the configuration is no broken contract; without a workdir there is none", async () => {
    using box = new Sandbox();
    const wrong = await box.pyneWith(
      { env: { PYNE_CONFIG_REPLAY_SPEED: "fast" } },
      "plugin",
      "test",
      "replay",
    );
    expect(wrong).toMatchObject({
      exitCode: 2,
      stdout: "",
      stderr: expect.stringContaining("speed: expected"),
    });
    const bare = await box.pyne("plugin", "test", "replay");
    expect(bare.exitCode).toBe(1);
    expect(bare.stderr).toStartWith("there is no workdir here: the configuration is the default\n");
  });

  test.each([
    ["nobody", ["nope"], 2, 'no provider is called "nope"'],
    ["something that is no provider", ["hello"], 2, 'no provider is called "hello"'],
    ["no broker of several", ["ccxt"], 2, "ccxt has several brokers: name one, or BROKER:SYMBOL"],
    ["a symbol twice", ["replay:demo@1D", "demo"], 2, "given twice"],
    ["no timeframe", ["replay", "demo", "--timeframe", "1H"], 2, '"1H" is not a timeframe'],
    ["nothing", [], 2, "NAME"],
  ] as const)("%s is refused", async (_name, args, code, message) => {
    using box = await Sandbox.withWorkdir();
    box.plugin("hello", hello, { pyne: { plugins: { hello: "./src/index.ts#HelloPlugin" } } });
    const { exitCode, stderr } = await box.pyne("plugin", "test", ...args);
    expect(exitCode).toBe(code);
    expect(stderr).toContain(message);
  });
});
