import type { LabBrokerMaker } from "../../api/conformance/lab-bench.ts";
import { openConnection, openStore } from "./stage-parts.ts";
import type { Stage } from "./story.ts";

/** A plugin of somebody's own on the lab's venue. */
export function pluginStage(make: LabBrokerMaker): Stage {
  return {
    openStore,
    makeBroker: (_profile, world) => async (run, process) => {
      const connection = openConnection(world(), run, process);
      const plugin = await make({ venue: connection, symInfo: run.symInfo, clock: run.clock });
      return { plugin, connection };
    },
  };
}
