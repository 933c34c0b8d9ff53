import { ReferenceBroker } from "./plugin/reference.ts";
import { DiskStore } from "./disk-store.ts";
import { labFolder } from "./lab-folder.ts";
import { Connection } from "./venue/connection.ts";
import type { Stage } from "./story.ts";

/** The lab's own venue and the broker plugin that was written for it. */
export function referenceStage(): Stage {
  return {
    openStore: (_profile, clock) => {
      const folder = labFolder();
      return new DiskStore(folder.file("broker.sqlite"), clock, () => folder.remove());
    },
    makeBroker: (profile, world) => (run, process) => {
      const { venue, time, calls } = world();
      const connection = new Connection(venue, time, calls, process);
      const plugin = new (brokerClass(profile.clientOrderIdMaxLen))({
        connection,
        account: "1",
        symInfo: run.symInfo,
        capabilities: profile.capabilities,
      });
      return { plugin, connection };
    },
  };
}

/** The class is asked for the longest id. */
function brokerClass(maxLen: number): typeof ReferenceBroker {
  return class extends ReferenceBroker {
    static override clientOrderIdMaxLen = maxLen;
  };
}
