import type { Candidate } from "../host/candidate.ts";
import type { AnyPluginClass } from "../host/plugin-class.ts";
import { version } from "./version.ts";

/** The plugins compiled into the executable: the one place that imports `plugins/`. Loaded when they are needed. */
export const builtinPlugins: readonly Candidate[] = [
  builtin("ccxt", "Bars of over a hundred crypto exchanges, past and live", async () => {
    return (await import("../../plugins/ccxt/index.ts")).Ccxt;
  }),
  builtin("http-csv", "Bars as CSV or JSON from a server of your own", async () => {
    return (await import("../../plugins/http-csv/index.ts")).HttpCsvPlugin;
  }),
  builtin("paper", "A simulated exchange over a data file or a live feed", async () => {
    return (await import("../../plugins/paper/index.ts")).PaperPlugin;
  }),
  builtin("replay", "A data file as a provider and as a live feed", async () => {
    return (await import("../../plugins/replay/index.ts")).ReplayPlugin;
  }),
];

/** A package of the same name in a higher root replaces it: that is how one is upgraded without a new executable. */
function builtin(name: string, description: string, load: () => Promise<AnyPluginClass>): Candidate {
  return {
    name,
    packageName: `pynesys-pynecore-${name}`,
    version,
    description,
    range: null,
    entry: name,
    exportName: "default",
    hints: {},
    root: "built-in",
    folder: "",
    entryPath: "",
    manifestPath: "",
    builtin: load,
  };
}
