/** The promises of a broker plugin that types cannot express. */
import { describe, expect, test } from "bun:test";

import { exchangeCapabilities } from "../../src/api/broker/capabilities.ts";
import { type BrokerFacts, brokerFactsOf, contractFailures } from "../../src/broker/contract.ts";
import { ScriptedPlugin } from "./scripted-plugin.ts";

const good: BrokerFacts = {
  accountId: "venue-demo-1",
  capabilities: exchangeCapabilities({ idempotency: "native", watchOrders: "native" }),
  clientOrderIdMaxLen: 30,
  overrides: {
    watchOrders: true,
    modifyEntry: false,
    modifyExit: false,
    executeCancelWithOutcome: true,
    getResidualOrdersAfterBracketAttachReject: false,
    cancelBrokerOrderRef: false,
  },
  positionPort: null,
  spotInventoryPort: null,
  onUnexpectedCancel: "stop",
  onInventoryConflict: "quarantine",
};
const able = (levels: Record<string, unknown>): Partial<BrokerFacts> => ({
  capabilities: { ...good.capabilities, ...levels },
});
const overriding = (overrides: Partial<BrokerFacts["overrides"]>): Partial<BrokerFacts> => ({
  overrides: { ...good.overrides, ...overrides },
});
const spot = {
  productId: "BTC-USD",
  baseAsset: "BTC",
  quoteAsset: "USD",
  cursorScope: "product",
  baseTolerance: 0,
  settlementGraceS: 5,
  positionDustThreshold: 0,
  fetchExecutions: () => {},
  fetchBaseBalance: () => {},
  minSellableBase: () => {},
};

describe("the contract of a broker", () => {
  test("is met by a plugin that says what it does", () => {
    expect(contractFailures(good)).toEqual([]);
    expect(contractFailures({ ...good, spotInventoryPort: spot })).toEqual([]);
  });

  test.each<[string, Partial<BrokerFacts>, string]>([
    [
      "a level that does not exist",
      able({ stopOrder: "yes" }),
      'the capability stopOrder is "yes", not one of',
    ],
    ["a capability that is not said", able({ stopOrder: undefined }), "the capability stopOrder is missing"],
    ["no idempotency", able({ idempotency: "unsupported" }), "an order could be sent twice"],
    [
      "the stream promised and not there",
      overriding({ watchOrders: false }),
      "watchOrders is not implemented",
    ],
    ["no stream", able({ watchOrders: "unsupported" }), "never hear of a fill"],
    ["amends promised and not there", able({ amendOrder: "native" }), "neither modifyEntry nor modifyExit"],
    ["an id too short", { clientOrderIdMaxLen: 19 }, "clientOrderIdMaxLen is 19"],
    ["an id of no length", { clientOrderIdMaxLen: "30" }, "a whole number of at least 20"],
    [
      "residuals that cannot be cancelled",
      overriding({ getResidualOrdersAfterBracketAttachReject: true }),
      "cancelBrokerOrderRef cannot cancel",
    ],
    [
      "half a position port",
      { positionPort: { closeLeg: () => {} } },
      "positionPort lacks fetchRawPositions, ",
    ],
    [
      "half a spot port",
      { spotInventoryPort: { ...spot, baseAsset: undefined } },
      "spotInventoryPort lacks baseAsset",
    ],
    [
      "no end to settling",
      { spotInventoryPort: { ...spot, settlementGraceS: Infinity } },
      "settlementGraceS is Infinity",
    ],
    [
      "short sales of a spot account",
      { ...able({ shortSelling: "native" }), spotInventoryPort: spot },
      "shortSelling has to be unsupported",
    ],
    [
      "a policy for inventory that does not exist",
      { spotInventoryPort: spot, onInventoryConflict: "pray" },
      'onInventoryConflict is "pray"',
    ],
    [
      "a policy for cancels that does not exist",
      { onUnexpectedCancel: "pray" },
      'onUnexpectedCancel is "pray"',
    ],
    ["an account without a name", { accountId: "default" }, 'accountId is "default"'],
  ])("is broken by %s", (_, changes, message) => {
    const failures = contractFailures({ ...good, ...changes });
    expect(failures.map(({ severity }) => severity)).toContain("error");
    expect(failures.map((failure) => failure.message).join("\n")).toContain(message);
  });

  test("an inherited outcome of cancels is worth a warning", () => {
    expect(contractFailures({ ...good, ...overriding({ executeCancelWithOutcome: false }) })).toEqual([
      {
        severity: "warning",
        message:
          "executeCancelWithOutcome is not implemented: a cancel is only known to have worked from the stream",
      },
    ]);
  });

  test("capabilities that are none are one failure, not one for each", async () => {
    const plugin = new ScriptedPlugin();
    plugin.getCapabilities = () => undefined as never;
    const { capabilities } = await brokerFactsOf(plugin);
    expect(contractFailures({ ...good, capabilities })[0]!.message).toStartWith(
      "getCapabilities says nothing",
    );
  });

  test("every failure is told at once", () => {
    expect(
      contractFailures({
        ...good,
        accountId: "",
        clientOrderIdMaxLen: 3,
        ...overriding({ watchOrders: false }),
      }),
    ).toHaveLength(3);
  });

  test("the facts are read off the plugin", async () => {
    const facts = await brokerFactsOf(new ScriptedPlugin());
    expect(facts.overrides).toMatchObject({ watchOrders: true, cancelBrokerOrderRef: true });
    expect(facts.overrides.getResidualOrdersAfterBracketAttachReject).toBe(false);
    expect(facts.capabilities["watchOrders"]).toBe("native");
    expect(facts.clientOrderIdMaxLen).toBe(30);
  });
});
