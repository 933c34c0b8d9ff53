import { capabilitiesOf } from "../plugins/capabilities.ts";
import { closeBench } from "./broker-bench.ts";
import { brokerOrderCases } from "./broker-order-cases.ts";
import { brokerPositionCases } from "./broker-position-cases.ts";
import { brokerProbeCases } from "./broker-probe-cases.ts";
import type { ConformanceCase, ConformanceResult } from "./case.ts";
import { ConformanceFailure, ConformanceSkip } from "./outcome.ts";
import { historyCases } from "./history-cases.ts";
import { type ConformanceTarget, Lab, thrown } from "./lab.ts";
import { liveCases } from "./live-cases.ts";
import { refusalCases } from "./refusal-cases.ts";
import { staticCases } from "./static-cases.ts";
import { symbolCases } from "./symbol-cases.ts";

/**
 * `pynecore/testing`: whether a provider, a live feed or a broker keeps its contract. The same cases run for the
 * built-in ones, for a stranger's (`pyne plugin test NAME`) and inside a plugin project's own tests.
 *
 * It is only asked for what any user could ask: symbols, information, bars, updates. Orders are sent where the target
 * says that they may be.
 */

export type { ConformanceCase, ConformanceResult } from "./case.ts";
export type {
  LabBench,
  LabBracket,
  LabBrokerMaker,
  LabEvent,
  LabExecution,
  LabFailure,
  LabLeg,
  LabOrder,
  LabOrderRequest,
  LabVenue,
  LabVenueRules,
  LabWrite,
} from "./lab-bench.ts";
export type { ConformanceTarget, InstanceFactory, InstanceRequest, ProviderStatics } from "./lab.ts";

const providerCases = [...symbolCases, ...staticCases, ...historyCases, ...refusalCases];

/** The cases of providers, in the order in which they run; those whose id begins with `live-` are for live ones. */
export const conformanceCases: readonly ConformanceCase[] = [...providerCases, ...liveCases];

const tradingCases = [...brokerOrderCases, ...brokerPositionCases];

/** What a broker meets after them; from `broker-starts-flat` on orders are sent. */
export const brokerConformanceCases: readonly ConformanceCase[] = [...brokerProbeCases, ...tradingCases];

/** Those that a target meets: live ones for a live provider, a broker's for a broker, trading ones where it may. */
export function casesFor(target: ConformanceTarget): readonly ConformanceCase[] {
  const abilities = capabilitiesOf(target.plugin);
  return [
    ...providerCases,
    ...(abilities.includes("live") ? liveCases : []),
    ...(abilities.includes("broker") ? brokerProbeCases : []),
    ...(abilities.includes("broker") && target.sendsOrders === true ? tradingCases : []),
  ];
}

/**
 * Runs the suite; a result is yielded as soon as its case has ended. Never throws but for the target's own signal.
 *
 * @param onStart told before each case
 */
export async function* testProvider(
  target: ConformanceTarget,
  onStart: (next: ConformanceCase) => void = () => {},
): AsyncGenerator<ConformanceResult> {
  const lab = new Lab(target);
  const passed = new Set<string>();
  try {
    for (const one of casesFor(target)) {
      target.signal?.throwIfAborted();
      onStart(one);
      const result = await resultOf(one, lab, passed);
      target.signal?.throwIfAborted();
      if (result.status === "pass") passed.add(one.id);
      yield result;
    }
  } finally {
    await closeBench(lab);
    await lab.close();
  }
}

async function resultOf(
  { id, title, needs, run }: ConformanceCase,
  lab: Lab,
  passed: ReadonlySet<string>,
): Promise<ConformanceResult> {
  const missing = needs.find((need) => !passed.has(need));
  if (missing !== undefined) {
    return { id, title, status: "skip", detail: `without ${missing} it says nothing` };
  }
  try {
    const remark = await run(lab);
    return { id, title, status: "pass", ...(typeof remark === "string" ? { detail: remark } : {}) };
  } catch (error) {
    if (error instanceof ConformanceSkip) return { id, title, status: "skip", detail: error.message };
    if (error instanceof ConformanceFailure) return { id, title, status: "fail", detail: error.message };
    return { id, title, status: "fail", detail: thrown(error) };
  }
}
