import { pathToFileURL } from "node:url";

import type { LabBrokerMaker } from "../api/conformance/lab-bench.ts";
import { messageOf, RuntimeFailure } from "../kernel/errors.ts";
import { registerVirtualModules } from "./virtual-modules.ts";

/**
 * Imports a plugin's `lab.ts`.
 * @throws RuntimeFailure naming the file when it cannot be imported, or its default export makes no broker
 */
export async function loadLabBroker(path: string): Promise<LabBrokerMaker> {
  registerVirtualModules();
  let module: { readonly default?: unknown };
  try {
    module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
  } catch (error) {
    throw new RuntimeFailure(`${path}: ${messageOf(error)}`, { cause: error });
  }
  if (typeof module.default === "function") return module.default as LabBrokerMaker;
  throw new RuntimeFailure(`${path} does not say how the plugin is made: its default export is no function`, {
    hint: "export default (bench: LabBench) => new MyBroker(...); see docs/broker-lab.md",
  });
}
