import type { LabBrokerMaker } from "../../api/conformance/lab-bench.ts";
import { openConnection, openStore } from "./stage-parts.ts";
import type { Stage } from "./story.ts";

/** A plugin of somebody's own on the lab's venue. @param open makes the stores, one a story */
export function pluginStage(make: LabBrokerMaker, open: Stage["openStore"] = openStore): Stage {
  return {
    openStore: open,
    makeBroker: (_profile, world) => async (run, process) => {
      const connection = openConnection(world(), run, process);
      const plugin = await make({ venue: connection, symInfo: run.symInfo, clock: run.clock });
      return { plugin, connection };
    },
  };
}
