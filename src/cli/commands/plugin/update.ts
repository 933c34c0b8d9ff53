import { join } from "node:path";

import { updatePackages } from "../../../host/install/install.ts";
import { readRootPackage } from "../../../host/install/package-manager.ts";
import { RuntimeFailure } from "../../../kernel/errors.ts";
import { defineBuiltin } from "../../command.ts";
import { installerFor, reportInstalled } from "../../installer.ts";

export default defineBuiltin({
  summary: "Update installed plugins",
  description:
    "Brings packages to the newest version that what you asked for allows: with a range, within it; without one, the latest. Tarballs and folders are read again.",
  examples: ["pyne plugin update", "pyne plugin update hello"],
  args: {
    name: {
      type: "positional",
      required: false,
      valueHint: "NAME",
      description: "A plugin, or its package; default: all",
    },
    registry: { type: "string", valueHint: "URL", description: "Registry to ask" },
    json: { type: "boolean", description: "One JSON object on stdout" },
  },
  async run({ app }, { name, registry, json }) {
    const installed = Object.keys(readRootPackage(app.home.plugins).dependencies);
    const names = name === undefined ? installed : [packageOf(name)];
    if (names.length === 0) return app.out.print("no packages are installed");
    await reportInstalled(app, await updatePackages(installerFor(app, registry), names), json === true);

    function packageOf(wanted: string): string {
      if (installed.includes(wanted)) return wanted;
      const entry = app.host().catalog.find((known) => known.name === wanted.toLowerCase());
      const managed = entry?.candidates.find((candidate) =>
        candidate.folder.startsWith(join(app.home.plugins, "node_modules")),
      );
      if (managed === undefined) {
        throw new RuntimeFailure(`no installed plugin or package is called "${wanted}"`, {
          hint: "linked folders and single files need no update",
        });
      }
      return managed.packageName;
    }
  },
});
