/** The providers that ask no exchange, as a user runs them. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { BarServer, csvOf } from "../plugins/bar-server.ts";
import { hour } from "../plugins/fixtures.ts";
import { Sandbox } from "./pyne.ts";

const start = Date.UTC(2024, 0, 1);
const query = "/bars?symbol={symbol}&tf={timeframe}&from={from}&to={to}&limit={limit}&token=t0ken-literal";

describe("replay", () => {
  test("downloads a file into another; the one it reads stays as it is, to the byte", async () => {
    using box = await Sandbox.withWorkdir();
    const source = join(box.workdir, "data/demo.ohlcv");
    const before = readFileSync(source);
    const downloaded = await box.pyne("data", "download", "replay:demo@1D");
    expect(downloaded).toMatchObject({ exitCode: 0 });
    expect(downloaded.stdout).toContain("replay_DEMO_1D.ohlcv");
    expect(readFileSync(source).equals(before)).toBe(true);
    const barsOf = async (name: string): Promise<unknown> => {
      const { stdout } = await box.pyne("data", "info", name, "--json");
      const { bars, from, to, size, symbol, mintick } = JSON.parse(stdout) as Record<string, unknown>;
      return { bars, from, to, size, symbol, mintick };
    };
    expect(await barsOf("replay_DEMO_1D")).toEqual(await barsOf("demo"));
  });

  test.each([
    ["a path", "replay:./workdir/data/demo.ohlcv@1D", 0, ""],
    ["no such file", "replay:nope@1D", 1, 'no data file "nope"'],
    ["a wrong timeframe", "replay:demo@60", 1, "holds bars of 1D, not of 60"],
  ])("%s", async (_name, argument, code, message) => {
    using box = await Sandbox.withWorkdir();
    const outcome = await box.pyne("data", "download", argument, "--from", "2025-06-01");
    expect(outcome.exitCode).toBe(code);
    expect(outcome.stderr).toContain(message);
  });

  test("a file without its symbol file is an error of one line", async () => {
    using box = await Sandbox.withWorkdir();
    box.write(
      join(box.workdir, "data/bare.ohlcv"),
      readFileSync(join(box.workdir, "data/demo.ohlcv"), "latin1"),
    );
    const { exitCode, stderr } = await box.pyne("data", "download", "replay:bare@1D", "--symbol-info");
    expect(exitCode).toBe(1);
    expect(
      stderr
        .trimEnd()
        .split("\n")
        .filter((line) => line.startsWith("error:")),
    ).toHaveLength(1);
  });
});

describe("http-csv", () => {
  const configured = async (origin: string): Promise<Sandbox> => {
    const box = await Sandbox.withWorkdir();
    box.write(
      join(box.workdir, "config/plugins/http-csv.toml"),
      `url = "${origin}${query}"\nsymbols = ["X"]\napi_key = "k3y-of-mine"\n\n[headers]\n"X-Key" = "{api_key}"\n`,
    );
    return box;
  };

  test("downloads from a server, and passes its own test", async () => {
    using server = new BarServer((url) => new Response(csvOf(url, start, hour, 100)));
    using box = await configured(server.origin);
    const range = ["--from", "2024-01-01", "--to", "2024-01-03"];
    const downloaded = await box.pyne("data", "download", "http-csv:X@60", ...range);
    expect(downloaded).toMatchObject({ exitCode: 0 });
    expect(downloaded.stdout).toContain("49 bars added");
    expect(server.requests[0]?.headers.get("x-key")).toBe("k3y-of-mine");
    const info = JSON.parse((await box.pyne("data", "info", "http-csv_X_60", "--json")).stdout) as object;
    expect(info).toMatchObject({ bars: 49, from: "2024-01-01T00:00:00.000Z", symbol: "CUSTOM:X" });
    const tested = await box.pyne("plugin", "test", "http-csv", "--timeframe", "60");
    expect(tested).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(", 0 failed, 2 skipped") });
  });

  test.each([
    [401, 1, "answered 401"],
    [404, 1, "answered 404"],
    [503, 75, "answered 503"],
  ])("a server that says %d: exit %d, and no secret anywhere", async (status, code, message) => {
    using server = new BarServer(() => new Response("k3y-of-mine t0ken-literal", { status }));
    using box = await configured(server.origin);
    const { exitCode, stdout, stderr } = await box.pyne(
      ...["data", "download", "http-csv:X@60", "--from", "2024-01-01", "--to", "2024-01-03"],
      ...["--retries", "0", "--debug"],
    );
    expect(exitCode).toBe(code);
    expect(stderr).toContain(message);
    expect(stdout + stderr).not.toMatch(/k3y|t0ken/);
  });
});
