import { describe, expect, test } from "bun:test";

import {
  isRetryableProviderError,
  PluginNotFoundError,
  ProviderError,
  TransientProviderError,
} from "../../src/api/plugin.ts";
import { RuntimeFailure } from "../../src/kernel/errors.ts";

function loop(): Error {
  const first = new Error("first");
  const second = new Error("second", { cause: first });
  first.cause = second;
  return second;
}

describe("only a transient provider failure in the chain of causes is worth a retry", () => {
  test.each([
    ["a transient failure", true, new TransientProviderError("timeout")],
    ["one in a permanent failure", true, new ProviderError("x", { cause: new TransientProviderError("y") })],
    [
      "one wrapped twice in plain errors",
      true,
      new Error("a", { cause: new Error("b", { cause: new TransientProviderError("c") }) }),
    ],
    ["a permanent failure", false, new ProviderError("bad key")],
    ["one wrapped without a cause", false, new Error(String(new TransientProviderError("lost")))],
    ["a plain error", false, new Error("ECONNRESET")],
    ["a chain that loops", false, loop()],
    ["something that is no error", false, "timeout"],
  ] as const)("%s: %p", (_name, expected, error) => {
    expect(isRetryableProviderError(error)).toBe(expected);
  });
});

describe("a missing plugin", () => {
  test("names what there is, sorted, and suggests no package", () => {
    const error = new PluginNotFoundError("nope", ["replay", "ccxt"], "provider");
    expect(error.message).toBe('no provider is called "nope"; available: ccxt, replay');
    expect(`${error.message} ${error.hint}`).not.toContain("install nope");
    expect(error.exitCode).toBe(2);
  });

  test("says so when there is none at all", () => {
    expect(new PluginNotFoundError("nope", []).message).toEndWith("(none)");
  });
});

test("an error is named after its class and has a code that stays", () => {
  const error = new RuntimeFailure("x", { hint: "try y" });
  expect([error.name, error.code, error.hint, error.exitCode]).toEqual([
    "RuntimeFailure",
    "FAILED",
    "try y",
    1,
  ]);
});
