/** Every built-in provider keeps the contract. */
import { describe, expect, test } from "bun:test";

import { ReplayPlugin } from "../../plugins/replay/index.ts";
import { defaultsOf } from "../../src/api/config/fields.ts";
import { type ConformanceTarget, testProvider } from "../../src/api/conformance/suite.ts";
import { columnsOf, dataFiles, hour, symInfo, TurnsClock, zigzag } from "../plugins/fixtures.ts";

const start = Date.UTC(2024, 0, 1);
const clock = new TurnsClock(start + 10_000 * hour);

/** Runs the suite; what it skipped, by id, after nothing failed. */
async function skipped(target: ConformanceTarget): Promise<string[]> {
  const results = await Array.fromAsync(
    testProvider({ clock, patienceMs: 20_000, promptMs: 10_000, liveMs: 10_000, ...target }),
  );
  expect(results.filter((result) => result.status === "fail")).toEqual([]);
  return results.filter((result) => result.status === "skip").map((result) => result.id);
}

describe("replay", () => {
  const files = dataFiles({
    X: { symInfo: symInfo("60"), timeframe: "60", columns: columnsOf(zigzag(300, start, hour)) },
  });
  test("as fast as it is read", async () => {
    const found = await skipped({
      plugin: ReplayPlugin,
      create: (request) =>
        new ReplayPlugin({
          ...request,
          name: "replay",
          config: { ...defaultsOf(ReplayPlugin.Config), speed: "max" } as ReplayPlugin["config"],
          dataFiles: files,
        }),
    });
    expect(found).toEqual(["brokers-listed", "dead-connection"]);
  });
});
