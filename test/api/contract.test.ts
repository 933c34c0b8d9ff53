import { describe, expect, test } from "bun:test";

import { CLIPlugin, LiveProviderPlugin, ProviderPlugin } from "../../src/api/plugin.ts";
import { missingMembers } from "../../src/api/plugins/contract.ts";

/** A provider as someone without a type checker might leave it. */
class Unfinished extends (ProviderPlugin as unknown as new () => object) {
  getAvailableSymbols() {
    return Promise.resolve([]);
  }
}

class UnfinishedLive extends (LiveProviderPlugin as unknown as new () => object) {
  static timeframes = { "1D": "day" };
  getAvailableSymbols() {}
  getSymbolInfo() {}
  download() {}
  connect() {}
}

class Tool extends CLIPlugin {}

describe("every missing member is named", () => {
  test.each([
    ["a provider with symbols only", Unfinished, ["static timeframes", "getSymbolInfo", "download"]],
    ["a live provider that only connects", UnfinishedLive, ["disconnect", "isConnected", "watchOhlcv"]],
    ["a class without data needs nothing", Tool, []],
  ] as const)("%s", (_name, plugin, expected) => {
    expect(missingMembers(plugin)).toEqual([...expected]);
  });
});
