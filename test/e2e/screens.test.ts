/** The pickers and the symbol browser in a real terminal: what a person types and what stands on the screen. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { Sandbox } from "./pyne.ts";
import { keys, TerminalRun } from "./terminal.ts";

/** A loaded machine may be slow; nothing here waits for time. */
setDefaultTimeout(60_000);

const info = (symbol: string): string => `{
  prefix: "VENUE", description: "All about " + ${symbol}, ticker: ${symbol}, currency: "USDT", basecurrency: "BTC",
  period: "1D", type: "crypto", mintick: 0.01, pricescale: 100, minmove: 1, pointvalue: 1, mincontract: 0.001,
  timezone: "UTC", volumetype: "base", takerFee: 0.001, makerFee: 0.0002,
  openingHours: [0, 1, 2, 3, 4, 5, 6].map((day) => ({ day, start: "00:00:00", end: "00:00:00" })),
  sessionStarts: [], sessionEnds: [],
}`;

/** A venue with a few symbols, one of which it cannot describe. */
const venue = `
import { ProviderPlugin, ProviderError } from "pynecore/plugin";
export default class Venue extends ProviderPlugin {
  static override doc = "A venue for tests.";
  static override timeframes = { "60": "1h", "1D": "1d" };
  async getAvailableSymbols() { return ["BTC/USDT", "ETH/USDT", "SLOW/USDT", "ERR/USDT", "BROKEN", "EVIL\\u001b[2J\\u0007NAME", "比特币/USDT"]; }
  async getSymbolInfo() {
    if (this.symbol === "ETH/USDT") setTimeout(() => { throw new Error("a timer of the plugin broke"); });
    if (this.symbol === "BROKEN") throw new ProviderError("nobody knows BROKEN");
    return ${info("this.symbol")};
  }
  /** A bar for each day from 2024-01-01 to 2024-04-09; SLOW stops half way and waits. */
  async *download({ from, to, signal }) {
    if (this.symbol === "ERR/USDT") throw new ProviderError("the venue has gone home");
    const day = 86400000;
    const first = Date.UTC(2024, 0, 1);
    for (let page = 0; page < 100; page += 10) {
      const times = Array.from({ length: 10 }, (_, index) => first + (page + index) * day);
      const bars = times.filter((time) => time >= from && time < to);
      if (bars.length === 0) continue;
      yield bars.map((openTimeMs) => ({ openTimeMs, open: 1, high: 2, low: 0.5, close: 1.5, volume: 10 }));
      if (this.symbol !== "SLOW/USDT" || page < 50) continue;
      await new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        setTimeout(() => {}, 1e9);
      });
    }
  }
}
`;

/** Three brokers: one that works, one whose door is shut, one that takes for ever. */
const house = `
import { ProviderPlugin, ProviderError } from "pynecore/plugin";
export default class House extends ProviderPlugin {
  static override doc = "A house of brokers.";
  static override multiBroker = true;
  static override timeframes = { "1D": "1d" };
  static override async getListOfBrokers() {
    return [{ id: "SLOW", name: "Slow Bank" }, { id: "SHUT", name: "Shut Door Ltd" }, { id: "GOOD", name: "Good Friends" }];
  }
  #asked;
  constructor(options) {
    const alone = options.symbol !== null && !options.symbol.includes(":");
    super({ ...options, symbol: alone ? null : options.symbol });
    this.#asked = options.symbol;
  }
  async getAvailableSymbols(signal) {
    if (this.#asked === "SHUT") throw new ProviderError("the door is shut");
    if (this.#asked === "DEAF") {
      setInterval(() => {}, 1000);
      await new Promise(() => {});
    }
    if (this.#asked === "SLOW") await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    return Array.from({ length: 10000 }, (_, index) => "SYM" + index);
  }
  async getSymbolInfo() { return ${info("this.symbol")}; }
  async *download() {}
}
`;

async function sandbox(): Promise<Sandbox> {
  const box = await Sandbox.withWorkdir();
  box.plugin("venue", venue);
  box.plugin("house", house);
  return box;
}

describe("the provider picker", () => {
  test("lists providers by name, filters, and quits with the terminal as it was", async () => {
    using box = await sandbox();
    await using run = new TerminalRun(box, ["data", "download"]);
    await run.until("A house of brokers");
    expect(run.lines[0]).toMatch(/Provider\s+(\d+)\/\1$/);
    run.type("/VEN");
    await run.until("1/");
    expect(run.text).not.toContain("A house of brokers");
    run.type(keys.escape);
    await run.until("A house of brokers");
    run.type("q");
    expect(await run.ended()).toBe(0);
    expect(run.restored).toBe(true);
    expect(run.plain.trim()).toBe("");
  });
});

describe("the way to a symbol", () => {
  test("provider, broker, symbol", async () => {
    using box = await sandbox();
    await using run = new TerminalRun(box, ["data", "download", "--symbol-info"]);
    await run.until("A house of brokers");
    run.type("/house", keys.enter);
    await run.until("Broker of house");
    expect(run.lines.slice(2, 5).map((line) => line.trim())).toEqual([
      "› GOOD  Good Friends",
      "SHUT  Shut Door Ltd",
      "SLOW  Slow Bank",
    ]);
    run.type(keys.down, keys.enter);
    await run.until("the door is shut");
    run.type(keys.up);
    await run.until((screen) => !screen.includes("the door is shut"));
    run.type(keys.enter);
    await run.until("10,000/10,000 symbols");
    await run.until("All about GOOD:SYM0");
    run.type("/sym123", keys.enter);
    expect(await run.ended()).toBe(0);
    expect(run.plain).toContain('"ticker": "GOOD:SYM123"');
  });
});

describe("every way out gives the terminal back", () => {
  test.each([
    ["q", 0],
    [keys.escape, 0],
    [keys.interrupt, 130],
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%j exits %d", async (way, code) => {
    using box = await sandbox();
    await using run = new TerminalRun(box, ["data", "download"]);
    await run.until("A venue for tests.");
    if (way === "SIGINT" || way === "SIGTERM") run.signal(way);
    else run.type(way);
    expect(await run.ended()).toBe(code);
    expect(run.restored).toBe(true);
    expect(run.plain.trim()).toBe("");
    // Long lines wrap again, pastes are keys again, colours are off.
    const left = run.bytes.slice(run.bytes.lastIndexOf("\u001b[0m"));
    expect(left).toBe("\u001b[0m\u001b[?2004l\u001b[?7h\u001b[?25h\u001b[?1049l");
  });

  test("while something is being waited for", async () => {
    using box = await sandbox();
    await using run = new TerminalRun(box, ["data", "download", "house:SLOW"]);
    await run.until("Loading the symbols of SLOW");
    run.type(keys.interrupt);
    expect(await run.ended()).toBe(130);
    expect(run.restored).toBe(true);
  });

  test("although a plugin hears nothing and goes on", async () => {
    using box = await sandbox();
    await using quit = new TerminalRun(box, ["data", "download", "house:DEAF"]);
    await quit.until("Loading the symbols of DEAF");
    quit.type("q");
    expect(await quit.ended()).toBe(0);
    expect(quit.restored).toBe(true);
    await using interrupted = new TerminalRun(box, ["data", "download", "house:DEAF"]);
    await interrupted.until("Loading the symbols of DEAF");
    interrupted.type(keys.interrupt);
    expect(await interrupted.ended()).toBe(130);
    expect(interrupted.restored).toBe(true);
  });

  test("an error nobody caught is told where it can be read", async () => {
    using box = await sandbox();
    await using run = new TerminalRun(box, ["data", "download", "venue"]);
    await run.until("All about BTC/USDT");
    run.type(keys.down);
    expect(await run.ended()).toBe(1);
    expect(run.restored).toBe(true);
    expect(run.plain).toContain("error: a timer of the plugin broke");
  });

  test("stopped and continued", async () => {
    using box = await sandbox();
    await using run = new TerminalRun(box, ["data", "download"]);
    await run.until("A venue for tests.");
    const shown = run.text;
    const before = run.bytes.length;
    run.type(keys.suspend);
    await run.until(() => run.bytes.indexOf("\u001b[?1049l", before) > 0);
    run.signal("SIGCONT");
    await run.until((screen) => run.bytes.indexOf("\u001b[?1049h", before) > 0 && screen === shown);
    run.type("q");
    expect(await run.ended()).toBe(0);
    expect(run.restored).toBe(true);
  });
});

describe("the screen", () => {
  test("follows the size of the terminal, down to 40 x 10", async () => {
    using box = await sandbox();
    await using run = new TerminalRun(box, ["data", "download", "house:GOOD"]);
    await run.until("All about GOOD:SYM0");
    run.type(keys.pageDown);
    await run.until("All about GOOD:SYM10");
    run.resize(40, 10);
    await run.until((screen) => screen.includes("Enter download") && !screen.includes("All about"));
    expect(run.lines).toHaveLength(10);
    expect(run.lines.some((line) => line.startsWith(" › SYM10"))).toBe(true);
    run.resize(120, 30);
    await run.until("All about GOOD:SYM10");
    run.type("q");
    expect(await run.ended()).toBe(0);
  });

  test("shows no colours with NO_COLOR, and what comes from outside does nothing", async () => {
    using box = await sandbox();
    await using run = new TerminalRun(box, ["data", "download", "venue"], { env: { NO_COLOR: "1" } });
    await run.until("All about BTC/USDT");
    expect(run.text).toContain("EVIL�[2J�NAME");
    expect(run.text).toContain("比特币/USDT");
    // oxlint-disable-next-line no-control-regex -- colours are what this looks for
    expect(run.bytes).not.toMatch(/\u001b\[[1-9]\d*m/);
    run.type("/", keys.paste("q\u0003\rBROKEN"));
    await run.until("nothing matches");
    run.type(keys.escape, keys.escape);
    expect(await run.ended()).toBe(0);
  });

  test("a symbol that cannot be described says why, in red", async () => {
    using box = await sandbox();
    await using run = new TerminalRun(box, ["data", "download", "venue"]);
    run.type("/broken");
    await run.until("nobody knows BROKEN");
    expect(run.bytes).toContain("\u001b[31mnobody knows BROKEN");
    run.type(keys.escape, "q");
    expect(await run.ended()).toBe(0);
  });

  test("Esc in the browser leads back to the brokers", async () => {
    using box = await sandbox();
    await using run = new TerminalRun(box, ["data", "download", "house"]);
    await run.until("Broker of house");
    run.type(keys.enter);
    await run.until("Esc back");
    run.type(keys.escape);
    await run.until("Broker of house");
    run.type(keys.escape);
    expect(await run.ended()).toBe(0);
  });
});

describe("the download wizard", () => {
  const file = "project/workdir/data/venue_BTC_USDT_1D.ohlcv";

  /** Types a date into the field that is focused. */
  const custom = (date: string): string => keys.enter + keys.end + keys.enter + date + keys.enter;

  test("provider, symbol, form, bars in a file", async () => {
    using box = await sandbox();
    await using run = new TerminalRun(box, ["data", "download"]);
    await run.until("A venue for tests.");
    run.type("/venue", keys.enter);
    await run.until("7/7 symbols");
    run.type("/btc", keys.enter);
    await run.until("[ Download ]");
    expect(run.text).toContain("From       365 days back");
    run.type(keys.tab, custom("2024-02-01"), keys.tab, custom("2024-03-01"), keys.tab, keys.enter);
    await run.until("30 bars added");
    // Now there is a file: the form begins with what follows it.
    run.type(keys.enter);
    await run.until("Truncate   no");
    expect(run.text).toContain("From       continue");
    run.type(keys.shiftTab, keys.enter);
    await run.until("39 bars added");
    run.type("q");
    expect(await run.ended()).toBe(0);
    expect(run.restored).toBe(true);
    expect(run.plain.replaceAll("\r", "")).toMatch(
      /^30 bars added; 30 from .*\.ohlcv\n39 bars added; 69 from 2024-02-01 00:00 to 2024-04-09 00:00 UTC: .*venue_BTC_USDT_1D\.ohlcv$/m,
    );
    const info = await box.pyne("data", "info", "venue_BTC_USDT_1D", "--json");
    expect(JSON.parse(info.stdout)).toMatchObject({ bars: 69, timeframe: "1D" });
  });

  test("values of the command line are in the fields; a bad one is pointed at", async () => {
    using box = await sandbox();
    const args = ["data", "download", "venue", "-T", "240", "--from", "2024-01-01", "--to", "2024-01-10"];
    await using run = new TerminalRun(box, args);
    await run.until("7/7 symbols");
    run.type(keys.enter);
    await run.until("[ Download ]");
    expect(run.text).toContain("Timeframe  240");
    expect(run.text).toContain("From       2024-01-01");
    expect(run.text).toContain("To         2024-01-10");
    run.type(keys.shiftTab, keys.enter);
    await run.until('"240" is not supported');
    expect(run.text).toContain("› Timeframe");
    run.type(keys.enter, keys.end, keys.up, keys.up, keys.up, keys.enter, keys.shiftTab, keys.enter);
    await run.until("10 bars added");
    run.type("q");
    expect(await run.ended()).toBe(0);
  });

  test("a failure is red, and the form stays", async () => {
    using box = await sandbox();
    await using run = new TerminalRun(box, ["data", "download", "venue"]);
    await run.until("7/7 symbols");
    run.type("/err", keys.enter);
    await run.until("[ Download ]");
    run.type(keys.shiftTab, keys.enter);
    await run.until("the venue has gone home");
    expect(run.bytes).toContain("\u001b[31m the venue has gone home");
    expect(run.text).toContain("[ Download ]");
    run.type(keys.escape, keys.escape, "q");
    expect(await run.ended()).toBe(0);
  });

  test("a conflict with what is stored is asked about and never throws bars away", async () => {
    using box = await sandbox();
    const from = (date: string): string[] => [
      "data",
      "download",
      "venue",
      "--from",
      date,
      "--to",
      "2024-04-09",
    ];
    {
      await using run = new TerminalRun(box, from("2024-03-01"));
      await run.until("7/7 symbols");
      run.type("/btc", keys.enter);
      await run.until("[ Download ]");
      run.type(keys.shiftTab, keys.enter);
      await run.until("40 bars added");
      run.type("q");
      expect(await run.ended()).toBe(0);
    }
    const before = box.read(file);
    await using run = new TerminalRun(box, from("2024-01-01"));
    await run.until("7/7 symbols");
    run.type("/btc", keys.enter);
    await run.until("Truncate   no");
    run.type(keys.shiftTab, keys.enter);
    await run.until("begins at 2024-03-01");
    await run.until("b    backfill");
    run.type("t", keys.enter, "y", keys.escape);
    await run.until(/nothing\s+was\s+changed/);
    expect(box.read(file)).toBe(before);
    run.type(keys.enter);
    await run.until("b    backfill");
    run.type("b");
    await run.until("60 bars added");
    run.type("q");
    expect(await run.ended()).toBe(0);
    const info = await box.pyne("data", "info", "venue_BTC_USDT_1D", "--json");
    expect(JSON.parse(info.stdout)).toMatchObject({ bars: 100 });
  });

  test.each([
    [keys.interrupt, 130],
    ["SIGTERM", 143],
  ] as const)("%j while it runs keeps what has come and exits %d", async (way, code) => {
    using box = await sandbox();
    await using run = new TerminalRun(box, ["data", "download", "venue", "--from", "2024-01-01"]);
    await run.until("7/7 symbols");
    run.type("/slow", keys.enter);
    await run.until("[ Download ]");
    run.type(keys.shiftTab, keys.enter);
    await run.until("60 bars");
    run.type("q", keys.escape);
    if (way === "SIGTERM") run.signal(way);
    else run.type(way);
    expect(await run.ended()).toBe(code);
    expect(run.restored).toBe(true);
    expect(run.plain).toContain("60 bars added");
    const info = await box.pyne("data", "info", "venue_SLOW_USDT_1D", "--json");
    expect(JSON.parse(info.stdout)).toMatchObject({ bars: 60 });
  });
});

describe("without a terminal nothing is drawn", () => {
  test.each([
    [["data", "download"], 2, "PROVIDER is missing"],
    [["data", "download", "venue"], 2, "names no symbol"],
    [["data", "download", "house"], 2, "names no symbol"],
  ] as const)("%j", async (args, code, message) => {
    using box = await sandbox();
    const outcome = await box.pyne(...args);
    expect(outcome).toMatchObject({ exitCode: code, stdout: "" });
    expect(outcome.stderr).toContain(message);
    expect(outcome.stderr).not.toContain("\u001b");
  });
});
