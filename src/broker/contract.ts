import {
  type CapabilityName,
  capabilityLevels,
  capabilityNames,
  type ExchangeCapabilities,
} from "../api/broker/capabilities.ts";
import { inventoryConflictPolicies, unexpectedCancelPolicies } from "../api/broker/policies.ts";
import type { PositionPort, SpotInventoryPort } from "../api/broker/position.ts";
import { BrokerPlugin } from "../api/plugins/broker.ts";
import { shortestClientOrderIdBudget } from "./ids.ts";

/** A promise that a broker plugin breaks. */
export interface ContractFailure {
  /** An error keeps a run from starting; a warning is told. */
  readonly severity: "error" | "warning";
  readonly message: string;
}

/** What there is to know of a plugin before its first order. */
export interface BrokerFacts {
  readonly accountId: string;
  /** As the plugin said it: nothing from outside is believed. */
  readonly capabilities: Readonly<Record<string, unknown>>;
  readonly clientOrderIdMaxLen: unknown;
  /** Methods that the plugin has of its own, beside those that every broker must have. */
  readonly overrides: Readonly<Record<OptionalMethod, boolean>>;
  readonly positionPort: object | null;
  readonly spotInventoryPort: object | null;
  readonly onUnexpectedCancel: unknown;
  readonly onInventoryConflict: unknown;
}

const optionalMethods = [
  "watchOrders",
  "modifyEntry",
  "modifyExit",
  "executeCancelWithOutcome",
  "getResidualOrdersAfterBracketAttachReject",
  "cancelBrokerOrderRef",
] as const;
type OptionalMethod = (typeof optionalMethods)[number];

/** Reads the facts off a plugin that has been authenticated. */
export async function brokerFactsOf(plugin: BrokerPlugin): Promise<BrokerFacts> {
  const base = BrokerPlugin.prototype as unknown as Readonly<Record<string, unknown>>;
  const own = plugin as unknown as Readonly<Record<string, unknown>>;
  return {
    accountId: plugin.accountId,
    capabilities: { ...(await plugin.getCapabilities()) },
    clientOrderIdMaxLen: (plugin.constructor as typeof BrokerPlugin).clientOrderIdMaxLen,
    overrides: Object.fromEntries(
      optionalMethods.map((name) => [name, own[name] !== base[name]]),
    ) as unknown as BrokerFacts["overrides"],
    positionPort: plugin.positionPort,
    spotInventoryPort: plugin.spotInventoryPort,
    onUnexpectedCancel: plugin.onUnexpectedCancel,
    onInventoryConflict: plugin.onInventoryConflict,
  };
}

const positionMembers: Readonly<Record<keyof PositionPort, boolean>> = {
  supportsPartialLegClose: false,
  fetchRawPositions: true,
  getVolumeQuantizer: true,
  closeLeg: true,
  rejectOutOfRange: true,
  placeLeg: true,
  amendBracket: true,
};
const spotMembers: Readonly<Record<keyof SpotInventoryPort, boolean>> = {
  productId: true,
  baseAsset: true,
  quoteAsset: true,
  cursorScope: true,
  baseTolerance: true,
  settlementGraceS: true,
  positionDustThreshold: true,
  fetchExecutions: true,
  fetchBaseBalance: true,
  minSellableBase: true,
};

/** Every promise that a plugin breaks; an empty list: it may trade. */
export function contractFailures(facts: BrokerFacts): readonly ContractFailure[] {
  return [
    ...capabilityFailures(facts),
    ...identityFailures(facts),
    ...methodFailures(facts),
    ...portFailures("positionPort", facts.positionPort, positionMembers),
    ...portFailures("spotInventoryPort", facts.spotInventoryPort, spotMembers),
    ...spotFailures(facts),
  ];
}

const error = (message: string): ContractFailure => ({ severity: "error", message });

function isLevel(value: unknown): boolean {
  return (capabilityLevels as readonly unknown[]).includes(value);
}

function capabilityFailures({ capabilities }: BrokerFacts): ContractFailure[] {
  if (capabilityNames.every((name) => capabilities[name] === undefined))
    return [error("getCapabilities says nothing: it answers with a level for each of them")];
  const failures = capabilityNames
    .filter((name) => !isLevel(capabilities[name]))
    .map((name) =>
      error(
        `the capability ${name} is ${JSON.stringify(capabilities[name]) ?? "missing"}, not one of ${capabilityLevels.join(", ")}`,
      ),
    );
  if (capabilities["idempotency"] === "unsupported")
    failures.push(error("idempotency is unsupported: without it an order could be sent twice"));
  return failures;
}

function identityFailures({ accountId, clientOrderIdMaxLen }: BrokerFacts): ContractFailure[] {
  const failures: ContractFailure[] = [];
  if (accountId === "" || accountId === "default")
    failures.push(error(`accountId is "${accountId}": it has to name the account, as in bybit-demo-123`));
  if (!Number.isInteger(clientOrderIdMaxLen) || (clientOrderIdMaxLen as number) < shortestClientOrderIdBudget)
    failures.push(
      error(
        `clientOrderIdMaxLen is ${String(clientOrderIdMaxLen)}: it has to be a whole number of at least ${shortestClientOrderIdBudget}`,
      ),
    );
  return failures;
}

function methodFailures({ capabilities, overrides }: BrokerFacts): ContractFailure[] {
  const delivers = (name: CapabilityName, ...levels: ExchangeCapabilities[CapabilityName][]): boolean =>
    (levels as readonly unknown[]).includes(capabilities[name]);
  const failures: ContractFailure[] = [];
  if (!overrides.watchOrders)
    failures.push(error("watchOrders is not implemented: the engine would never hear of a fill"));
  else if (delivers("watchOrders", "unsupported"))
    failures.push(error("the capability watchOrders is unsupported: the engine would never hear of a fill"));
  if (delivers("amendOrder", "native", "partial_native") && !overrides.modifyEntry && !overrides.modifyExit)
    failures.push(error("amendOrder is promised, and neither modifyEntry nor modifyExit is implemented"));
  if (overrides.getResidualOrdersAfterBracketAttachReject && !overrides.cancelBrokerOrderRef)
    failures.push(
      error("getResidualOrdersAfterBracketAttachReject names orders that cancelBrokerOrderRef cannot cancel"),
    );
  if (!overrides.executeCancelWithOutcome)
    failures.push({
      severity: "warning",
      message:
        "executeCancelWithOutcome is not implemented: a cancel is only known to have worked from the stream",
    });
  return failures;
}

function portFailures(
  name: string,
  port: object | null,
  members: Readonly<Record<string, boolean>>,
): ContractFailure[] {
  if (port === null) return [];
  const missing = Object.keys(members).filter(
    (member) => members[member] === true && (port as Readonly<Record<string, unknown>>)[member] === undefined,
  );
  return missing.length === 0 ? [] : [error(`${name} lacks ${missing.join(", ")}`)];
}

function spotFailures(facts: BrokerFacts): ContractFailure[] {
  const failures: ContractFailure[] = [];
  const isPolicy = (policies: readonly string[], policy: unknown): boolean =>
    (policies as readonly unknown[]).includes(policy);
  if (!isPolicy(unexpectedCancelPolicies, facts.onUnexpectedCancel))
    failures.push(error(`onUnexpectedCancel is ${JSON.stringify(facts.onUnexpectedCancel)}`));
  if (facts.spotInventoryPort === null) return failures;
  const { settlementGraceS } = facts.spotInventoryPort as Partial<SpotInventoryPort>;
  if (typeof settlementGraceS !== "number" || !Number.isFinite(settlementGraceS) || settlementGraceS < 0)
    failures.push(error(`settlementGraceS is ${String(settlementGraceS)}: it has to be 0 or more seconds`));
  if (!isPolicy(inventoryConflictPolicies, facts.onInventoryConflict))
    failures.push(error(`onInventoryConflict is ${JSON.stringify(facts.onInventoryConflict)}`));
  if (facts.capabilities["shortSelling"] !== "unsupported")
    failures.push(error("a spot account cannot sell short: shortSelling has to be unsupported"));
  return failures;
}
