import type { LabBrokerMaker } from "../../api/conformance/lab-bench.ts";
import type { BrokerPlugin } from "../../api/plugins/broker.ts";
import { UsageError } from "../../kernel/errors.ts";
import type { AccountMode } from "./venue/model.ts";
import { openConnection, openStore } from "./stage-parts.ts";
import type { Stage } from "./story.ts";

/** @throws UsageError for what is no broker: nothing that a story finds would say so */
function checkBroker(made: Partial<BrokerPlugin> | null | undefined): void {
  if (typeof made?.watchOrders === "function" && typeof made.executeEntry === "function") return;
  throw new UsageError("the default export of lab.ts makes no broker", {
    hint: "it returns an instance of the plugin, which extends BrokerPlugin of pynecore/plugin",
  });
}

/** @throws UsageError when a plugin has nothing to trade on such an account with */
function checkPorts({ name, positionPort, spotInventoryPort }: BrokerPlugin, mode: AccountMode): void {
  const missing =
    mode === "hedging" && positionPort === null
      ? "positionPort"
      : mode === "spot" && spotInventoryPort === null
        ? "spotInventoryPort"
        : null;
  if (missing === null) return;
  throw new UsageError(`${name} has no ${missing}: it cannot trade on a ${mode} account`, {
    hint: "set it in the constructor when bench.venue.rules.mode asks for it, or leave --venue away",
  });
}

/** A plugin of somebody's own on the lab's venue. @param open makes the stores, one a story */
export function pluginStage(make: LabBrokerMaker, open: Stage["openStore"] = openStore): Stage {
  return {
    openStore: open,
    makeBroker: (profile, world) => async (run, process) => {
      const connection = openConnection(world(), run, process);
      const plugin = await make({ venue: connection, symInfo: run.symInfo, clock: run.clock });
      checkBroker(plugin);
      checkPorts(plugin, profile.rules.mode);
      return { plugin, connection };
    },
  };
}
