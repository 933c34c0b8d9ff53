import { BrokenBroker } from "./plugin/broken.ts";
import { intercept } from "./plugin/intercept.ts";
import type { ReferenceOptions } from "./plugin/reading.ts";
import { ReferenceBroker } from "./plugin/reference.ts";
import type { Break, LabProfile } from "./profile.ts";
import { openConnection, openStore } from "./stage-parts.ts";
import type { Stage } from "./story.ts";

/** The lab's own venue and the broker plugin that was written for it. @param open makes the stores, one a story */
export function referenceStage(open: Stage["openStore"] = openStore): Stage {
  return {
    openStore: open,
    makeBroker: (profile, world) => (run, process) => {
      const connection = openConnection(world(), run, process);
      connection.breaksGroups = true;
      const options: ReferenceOptions = {
        connection,
        account: "1",
        symInfo: run.symInfo,
        capabilities: profile.capabilities,
        mode: profile.rules.mode,
        closesLegsPartly: profile.closesLegsPartly,
        ...(profile.intercepts ? { interceptOrder: intercept(run.processes) } : {}),
        findsOrders: profile.findsOrders,
        resolvesLost: profile.resolvesLost,
      };
      return { plugin: pluginOf(profile, options), connection };
    },
  };
}

/** The class is asked for the longest id. */
function pluginOf({ clientOrderIdMaxLen, breaks }: LabProfile, options: ReferenceOptions): ReferenceBroker {
  if (breaks.length > 0) return new (brokenClass(clientOrderIdMaxLen))(options, breaks);
  return new (soundClass(clientOrderIdMaxLen))(options);
}

function soundClass(maxLen: number): typeof ReferenceBroker {
  return class extends ReferenceBroker {
    static override clientOrderIdMaxLen = maxLen;
  };
}

function brokenClass(
  maxLen: number,
): new (options: ReferenceOptions, breaks: readonly Break[]) => BrokenBroker {
  return class extends BrokenBroker {
    static override clientOrderIdMaxLen = maxLen;
  };
}
