import { existsSync, lstatSync } from "node:fs";
import { join } from "node:path";

import { removePackage } from "../../../host/install/install.ts";
import { RuntimeFailure } from "../../../kernel/errors.ts";
import { defineBuiltin } from "../../command.ts";
import { installerFor } from "../../installer.ts";
import { confirm } from "../../prompt.ts";

export default defineBuiltin({
  summary: "Remove an installed plugin",
  description: "The configuration file of the plugin stays: it may hold keys you want to keep.",
  examples: ["pyne plugin remove hello", "pyne plugin remove pynecore-hello"],
  args: {
    name: { type: "positional", required: true, valueHint: "NAME", description: "A plugin, or its package" },
  },
  async run({ app }, { name }) {
    const host = app.host();
    const all = host.catalog.flatMap((entry) => [...entry.candidates, ...entry.shadows]);
    const matches = all.filter(
      (candidate) => candidate.packageName === name || candidate.name === name.toLowerCase(),
    );
    const removable = matches.filter((candidate) => candidate.root === "user");
    const packages = [...new Set(removable.map((candidate) => candidate.packageName))];
    const [candidate] = removable;
    if (candidate === undefined) {
      const [present] = matches;
      throw new RuntimeFailure(
        present === undefined
          ? `no installed plugin or package is called "${name}"`
          : `"${name}" is a ${present.root} plugin, which this command does not remove`,
        { hint: "pyne plugin list shows what is installed" },
      );
    }
    if (packages.length > 1) {
      throw new RuntimeFailure(`several packages declare the plugin "${name}": ${packages.join(", ")}`, {
        hint: "name the package",
      });
    }
    const managed = candidate.folder.startsWith(join(app.home.plugins, "node_modules"));
    // Taking a link away destroys nothing.
    const linked = lstatSync(candidate.folder).isSymbolicLink();
    if (!managed && !linked && !app.globals.yes) {
      const what = candidate.manifestPath === candidate.entryPath ? candidate.entryPath : candidate.folder;
      if (!app.canAsk) {
        throw new RuntimeFailure(`${what} was not installed by pyne`, {
          hint: `to delete it: pyne --yes plugin remove ${name}`,
        });
      }
      if (!(await confirm(`Delete ${what}?`))) throw new RuntimeFailure("nothing was removed");
    }
    const kind = await removePackage(installerFor(app, undefined), candidate);
    const what = kind === "package" ? candidate.packageName : candidate.folder;
    app.out.print(
      kind === "link" ? `unlinked ${what}` : `removed ${kind === "file" ? candidate.entryPath : what}`,
    );
    const workdir = app.optionalWorkdir();
    for (const removed of all.filter((other) => other.packageName === candidate.packageName)) {
      const config = workdir?.pluginConfig(removed.name);
      if (config !== undefined && existsSync(config)) app.out.note(`its configuration stays: ${config}`);
    }
  },
});
