import { type CapabilityName, capabilityLevels, capabilityNames } from "../broker/capabilities.ts";
import { BrokerPlugin } from "../plugins/broker.ts";
import { benchOf } from "./broker-bench.ts";
import type { ConformanceCase } from "./case.ts";
import { fail, skip } from "./outcome.ts";

const base = BrokerPlugin.prototype;
/** Shortest client order id that the engine can make. */
const shortestIds = 20;

/** What a broker says about itself, looked at without an order. */
export const brokerProbeCases: readonly ConformanceCase[] = [
  {
    id: "broker-connect",
    title: "it connects, and its account has a name of its own",
    needs: ["info-complete"],
    run: async (lab) => {
      const { broker } = await benchOf(lab);
      const { accountId } = broker;
      if (accountId === "" || accountId === "default")
        fail(
          `after connect accountId is ${JSON.stringify(accountId)}: runs of two accounts would be taken for one`,
        );
      if (broker.accountId !== accountId) fail("accountId changes from one look to the next");
      return accountId;
    },
  },
  {
    id: "broker-capabilities",
    title: "every capability is told, in a word that there is",
    needs: ["broker-connect"],
    run: async (lab) => {
      const capabilities = await (await benchOf(lab)).capabilities();
      for (const name of capabilityNames) {
        const level: unknown = capabilities[name];
        if (!capabilityLevels.some((known) => known === level))
          fail(`${name} is ${JSON.stringify(level)}, not one of ${capabilityLevels.join(", ")}`);
      }
      const unknown = Object.keys(capabilities).find(
        (name) => !capabilityNames.includes(name as CapabilityName),
      );
      if (unknown !== undefined) fail(`there is no capability "${unknown}"`);
    },
  },
  {
    id: "broker-idempotency",
    title: "an order can be told from its repetition",
    needs: ["broker-capabilities"],
    run: async (lab) => {
      const { idempotency } = await (await benchOf(lab)).capabilities();
      if (idempotency === "unsupported") fail("idempotency is unsupported: it cannot trade live");
      return idempotency;
    },
  },
  {
    id: "broker-stream",
    title: "changes of orders are streamed",
    needs: ["broker-capabilities"],
    run: async (lab) => {
      const bench = await benchOf(lab);
      const { watchOrders } = await bench.capabilities();
      if (bench.broker.watchOrders === base.watchOrders)
        fail("watchOrders is not overridden: fills would go unheard");
      if (watchOrders === "unsupported") fail("watchOrders is there, and the capability says unsupported");
    },
  },
  {
    id: "broker-amend-declared",
    title: "what is amended natively has methods of its own",
    needs: ["broker-capabilities"],
    run: async (lab) => {
      const bench = await benchOf(lab);
      const { amendOrder } = await bench.capabilities();
      const own =
        bench.broker.modifyEntry !== base.modifyEntry || bench.broker.modifyExit !== base.modifyExit;
      if ((amendOrder === "native" || amendOrder === "partial_native") && !own)
        fail(`amendOrder is ${amendOrder}, but neither modifyEntry nor modifyExit is overridden`);
    },
  },
  {
    id: "broker-id-length",
    title: "client order ids of the engine fit",
    needs: [],
    run: async (lab) => {
      const { clientOrderIdMaxLen: length } = lab.target.plugin as unknown as typeof BrokerPlugin;
      if (!Number.isInteger(length) || length < shortestIds)
        fail(`clientOrderIdMaxLen is ${length}, not a whole number of ${shortestIds} or more`);
      return `${length}`;
    },
  },
  {
    id: "broker-cancel-outcome-known",
    title: "what came of a cancel can be told",
    needs: ["broker-connect"],
    run: async (lab) => {
      const { broker } = await benchOf(lab);
      if (broker.executeCancelWithOutcome === base.executeCancelWithOutcome)
        return "executeCancelWithOutcome is inherited: every cancel in doubt has to be asked about again";
    },
  },
  {
    id: "broker-residuals",
    title: "what a refused bracket leaves behind can be cancelled",
    needs: ["broker-connect"],
    run: async (lab) => {
      const { broker } = await benchOf(lab);
      const lists =
        broker.getResidualOrdersAfterBracketAttachReject !== base.getResidualOrdersAfterBracketAttachReject;
      if (!lists) skip("it leaves nothing behind");
      if (broker.cancelBrokerOrderRef === base.cancelBrokerOrderRef)
        fail("references are listed, but cancelBrokerOrderRef is not overridden");
    },
  },
  {
    id: "broker-ports",
    title: "a port is whole",
    needs: ["broker-connect", "broker-capabilities"],
    run: async (lab) => {
      const bench = await benchOf(lab);
      const { positionPort, spotInventoryPort } = bench.broker;
      if (positionPort === null && spotInventoryPort === null) skip("it has none");
      requireMembers("positionPort", positionPort, legMembers);
      requireMembers("spotInventoryPort", spotInventoryPort, spotMembers);
      if (spotInventoryPort === null) return;
      const { settlementGraceS } = spotInventoryPort;
      if (!Number.isFinite(settlementGraceS) || settlementGraceS < 0)
        fail(`settlementGraceS is ${settlementGraceS}, not a number of seconds`);
      if ((await bench.capabilities()).shortSelling !== "unsupported")
        fail("a spot account cannot go short, yet shortSelling is not unsupported");
    },
  },
  {
    id: "broker-balance",
    title: "the balance is money by currency",
    needs: ["broker-connect"],
    run: async (lab) => {
      const { broker } = await benchOf(lab);
      const balance = Object.entries(await lab.deadline("getBalance", () => broker.getBalance()));
      if (balance.length === 0) fail("there is not one currency in it");
      for (const [currency, money] of balance)
        if (!Number.isFinite(money)) fail(`the balance in ${currency} is ${money}`);
    },
  },
  {
    id: "broker-can-shutdown",
    title: "with nothing pending it can be left",
    needs: ["broker-connect"],
    run: async (lab) => {
      const { broker } = await benchOf(lab);
      if ((await lab.deadline("canShutdown", async () => broker.canShutdown())) !== true)
        fail("canShutdown is not true although nothing was ordered");
    },
  },
];

const legMembers = [
  "fetchRawPositions",
  "getVolumeQuantizer",
  "closeLeg",
  "rejectOutOfRange",
  "placeLeg",
  "amendBracket",
];
const spotMembers = [
  "productId",
  "baseAsset",
  "quoteAsset",
  "cursorScope",
  "baseTolerance",
  "settlementGraceS",
  "positionDustThreshold",
  "fetchExecutions",
  "fetchBaseBalance",
  "minSellableBase",
];

function requireMembers(what: string, port: object | null, members: readonly string[]): void {
  if (port === null) return;
  const missing = members.filter((name) => (port as Readonly<Record<string, unknown>>)[name] === undefined);
  if (missing.length > 0) fail(`${what} lacks ${missing.join(", ")}`);
}
