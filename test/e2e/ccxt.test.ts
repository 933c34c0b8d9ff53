/** ccxt through the compiled binary, moved away from the packages it was built with, against Bybit on loopback. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { minute, VenueServer } from "../venues/ccxt/server.ts";
import { binary, type Outcome, Sandbox } from "./pyne.ts";

let box: Sandbox;
let bybit: VenueServer;
beforeAll(async () => {
  bybit = new VenueServer("bybit");
  box = await Sandbox.withWorkdir();
  copyFileSync(binary, join(box.root, "moved"));
});
afterAll(() => {
  box[Symbol.dispose]();
  bybit[Symbol.dispose]();
});

function pyne(...args: string[]): Promise<Outcome> {
  const env = { PYNE_CONFIG_CCXT_BYBIT_BASE_URL: bybit.url, PYNE_CONFIG_CCXT_RATE_LIMIT: "0.01" };
  return box.pyneWith({ env, program: join(box.root, "moved") }, ...args);
}

test("brokers are listed by id with their names", async () => {
  const { stdout, exitCode } = await pyne("data", "download", "ccxt", "--list-brokers");
  expect(exitCode).toBe(0);
  const lines = stdout.trimEnd().split("\n");
  expect(lines.length).toBeGreaterThan(100);
  expect(lines).toEqual(lines.toSorted());
  expect(lines.find((line) => line.startsWith("bybit "))).toMatch(/^bybit {2,}Bybit$/);
});

test("symbols of an exchange", async () => {
  expect(await pyne("data", "download", "ccxt:BYBIT", "--list-symbols")).toEqual({
    stdout: "BTC/USD:BTC\nBTC/USDT\nBTC/USDT:USDT\nETH/USDT\nETH/USDT:USDT\n",
    stderr: "",
    exitCode: 0,
  });
});

test("symbol information, whatever the exchange's capitals", async () => {
  const { stdout, exitCode } = await pyne("data", "download", "ccxt:ByBit:BTC/USDT:USDT@60", "--symbol-info");
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    prefix: "BYBIT",
    ticker: "BTC/USDT:USDT",
    mintick: 0.1,
    period: "60",
  });
});

test("bars in pages of the exchange's size, then those that came since, under one name for the exchange", async () => {
  const now = Math.floor(Date.now() / minute) * minute;
  const from = now - 2500 * minute;
  bybit.history = [[from, now - 100 * minute]];
  const days = String(Math.ceil((2500 * minute) / 86_400_000));
  const first = await pyne("data", "download", "ccxt:ByBit:BTC/USDT:USDT@1", "--from", days, "--json");
  expect({ exitCode: first.exitCode, stderr: first.stderr }).toEqual({
    exitCode: 0,
    stderr: expect.any(String),
  });
  const stem = join(box.workdir, "data/ccxt_BYBIT_BTC_USDT_USDT_1");
  expect(box.read(`${stem}.toml`)).toContain('provider = "ccxt:BYBIT:BTC/USDT:USDT@1"');
  bybit.history = [[from, now + minute]];
  const second = await pyne("data", "download", "ccxt:bybit:BTC/USDT:USDT@1");
  expect(second.exitCode).toBe(0);
  const info = JSON.parse((await pyne("data", "info", "ccxt_BYBIT_BTC_USDT_USDT_1", "--json")).stdout) as {
    bars: number;
  };
  // The minute that forms may have ended meanwhile; it is never among them while it does.
  expect(info.bars).toBeGreaterThanOrEqual(2500);
  expect(info.bars).toBeLessThanOrEqual(2501);
});

test("nothing in the current folder is run", async () => {
  for (const name of ["http-proxy-agent", "https-proxy-agent", "socks-proxy-agent", "protobufjs", "undici"]) {
    const folder = join("project/node_modules", name);
    box.write(join(folder, "package.json"), JSON.stringify({ name, version: "1.0.0", main: "index.js" }));
    box.write(join(folder, "index.js"), 'console.error("taken over");');
  }
  const { stderr } = await pyne("data", "download", "ccxt:BYBIT", "--list-symbols");
  expect(stderr).toBe("");
});

test.each([
  [
    ["ccxt:BYBIT:NOPE/USDT", "-i"],
    1,
    /^error: bybit has no symbol "NOPE\/USDT"\nhint: pyne data download ccxt:BYBIT --list-symbols shows what there is\n$/,
  ],
  [
    ["ccxt:NOWHERE:BTC/USDT", "-i"],
    1,
    /^error: ccxt knows no exchange "nowhere"\nhint: pyne data download ccxt --list-brokers shows all\n$/,
  ],
  [["ccxt", "-l"], 1, /^error: no exchange is named\nhint: .*--list-brokers shows all\n$/],
] as const)("%j ends with %p", async (args, code, message) => {
  const { stderr, exitCode } = await pyne("data", "download", ...args);
  expect(stderr).toMatch(message);
  expect(exitCode).toBe(code);
});

test("an exchange that is away: come back later, in one line", async () => {
  bybit.fault = () => new Response("<html>\n<h1>maintenance</h1></html>", { status: 503 });
  try {
    const { stderr, exitCode } = await pyne("data", "download", "ccxt:BYBIT", "--list-symbols");
    expect(stderr).toBe("error: bybit: GET api.bybit.com 503 Service Unavailable maintenance\n");
    expect(exitCode).toBe(75);
  } finally {
    bybit.fault = () => undefined;
  }
});

test("a key in a table is never shown, a typo in one is named and the file left alone", async () => {
  const path = join(box.workdir, "config/plugins/ccxt.toml");
  mkdirSync(join(box.workdir, "config/plugins"), { recursive: true });
  const text = `[bybit]\napi_kye = "hunter2"\n`;
  box.write(path, text);
  try {
    const { stderr, exitCode } = await pyne("data", "download", "ccxt:BYBIT", "--list-symbols");
    expect(stderr).toBe(
      `error: ${path}: bybit.api_kye: there is no such field\nhint: the file was left as it is\n`,
    );
    expect(exitCode).toBe(2);
    expect(box.read(path)).toBe(text);
    box.write(path, `# mine\n[bybit] # here\napi_key = "hunter2"\n\n[bybitt]\nuid = "u"\n`);
    const healed = await pyne("data", "download", "ccxt:BYBIT", "--list-symbols");
    expect(healed.exitCode).toBe(0);
    expect(healed.stderr).toBe(
      "warning: config/plugins/ccxt.toml: [bybitt] is no exchange that ccxt knows\n",
    );
    expect(box.read(path)).toEndWith(
      `\n# mine\n[bybit] # here\napi_key = "hunter2"\n\n[bybitt]\nuid = "u"\n`,
    );
  } finally {
    box.write(path, "");
  }
});
